"""A folder with one good file and a file for every case that must not hurt: the good one is in, each bad one named."""

from __future__ import annotations

import os
import socket

import pytest
from django.db import DataError, IntegrityError, OperationalError

from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.importing import planning, runner, walk
from articles.importing.receipt import FileReport
from articles.importing.runner import Import
from articles.models import Article, Category, ImportOutcome, Provider, Revision, SecuredPayload, Source, Topic
from articles.models.importing import Outcome
from articles.seedfile import handler, limits, reader
from tests.database_dump import desk_rows
from tests.importing.import_running import article_of, import_seeds, story, write
from tests.seedfile.test_seed_refusals import HOSTILE, REFUSED, SIZES

pytestmark = pytest.mark.django_db

XSS = [
    "<script>__x(1)</script>",
    '"><img src=x onerror=__x(1)>',
    "' onmouseover='__x(1)",
    "</title><script>",
    "{{7*7}}{% debug %}",
    "\u202egnp.exe\u2069\u200b",
]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


GOOD = story(
    "good",
    "originalUrl: http://gazette.example/original\ncategory: ' News  Desk'\nquality: 100\nheat: 2147483647\n"
    "excerpt: |\n  One\n  two\n"
    "topics: [no, on, 012, 1e3, AI, ai, AI]\n"
    "images:\n  - {url: https://gazette.example/p.jpg, width: 860, isCached: true, alt: x}\n"
    "related:\n  - title: Itself\n    webUrl: http://gazette.example/good\n    quality: 7\n"
    "    provider: {name: The Herald, logo: x}\n    related: [{title: Deeper}]\n"
    "    images: [{url: https://herald.example/q.jpg}]\n"
    "secured: 'a b\\c=='\nPublished: true\npk: 1\nid: 1\n__class__: x\n_state: y\nsecured_plain: z\n",
    body="---\n\nA **body**\r\n---\n...\n--- a second\n",
    title="'Cafe\u0301 \u202e \U0001f600'",
)


def test_every_refused_file_is_named_and_the_good_one_is_in(tmp_path):
    write(tmp_path, "good.md", GOOD)
    cases = {f"{place:03}-{case.id}.md": case.values for place, case in enumerate([*REFUSED, *SIZES])}
    for name, (raw, _) in cases.items():
        write(tmp_path, name, raw)
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.counts) == (1, {"created": 1, "rejected": len(cases)})
    for name, (raw, expected) in cases.items():
        file = ran.file(name)
        assert (file["outcome"], file["article"], file["changes"]) == ("rejected", None, [])
        if len(raw) > limits.FILE_BYTES:
            assert f"is {len(raw):,} bytes long; at most 591,872 are read" in ran.said(name)
            continue
        for (line, key, words), problem in zip(expected, file["problems"], strict=True):
            assert (problem["line"], problem["key"]) == (line, key)
            assert words in problem["message"]
            assert problem["message"].isprintable()
    assert list(Article.objects.all()) == [Source.objects.get().article]
    assert Revision.objects.count() == 1
    assert ImportOutcome.objects.count() == len(cases) + 1


def test_the_good_one_has_the_same_rows_on_every_database(tmp_path):
    write(tmp_path, "good.md", GOOD)
    ran = import_seeds(tmp_path)
    article = Article.objects.get()
    rows = desk_rows()
    assert (article.title, article.slug) == ("Caf\u00e9 \u202e \U0001f600", "café")
    assert (article.category.name, article.excerpt) == ("News  Desk", "One\ntwo\n")
    assert (article.original_url, article.heat, article.quality) == ("http://gazette.example/original", 2147483647, 100)
    assert article.body == "---\n\nA **body**\n---\n...\n--- a second\n"
    assert article.extra == '{"Published":true,"pk":1,"id":1,"__class__":"x","_state":"y","secured_plain":"z"}'
    assert (article.published, article.live_from, article.pk == 1) == (False, None, article.pk == 1)
    assert [row["topic__name"] for row in sorted(rows["ArticleTopic"], key=lambda row: row["position"])] == [
        "no",
        "on",
        "012",
        "1e3",
        "AI",
        "ai",
    ]
    assert rows["ArticleImage"][0] | {"article__url_key": ""} == {
        "article__url_key": "",
        "position": 0,
        "url": "https://gazette.example/p.jpg",
        "width": 860,
        "height": None,
        "is_cached": True,
        "alt": "x",
        "caption": "",
        "credit": "",
        "extra": "",
    }
    (related,) = rows["RelatedArticle"]
    assert related["url_key"] == article.url_key
    assert related["extra"] == '{"related":[{"title":"Deeper"}]}'
    assert (related["provider__name"], related["provider__domain"]) == ("The Herald", "")
    assert related["provider_extra"] == '{"logo":"x"}'
    assert related["images"] == '[{"url": "https://herald.example/q.jpg"}]'
    assert SecuredPayload.objects.get().text == "a b\\c=="
    assert bytes(Source.objects.get().raw) == GOOD
    said = ran.said("good.md")
    for key in ("Published", "pk", "id", "__class__", "_state", "secured_plain", "related[0].related"):
        assert key in {problem["key"] for problem in ran.file("good.md")["problems"]}
    assert "did you mean published?" in said
    assert "names a topic twice" in said
    assert "coverage of coverage is not read" in said
    assert import_seeds(tmp_path).counts == {"unchanged": 1}


def test_what_was_imported_is_read_back_as_the_file_says(tmp_path):
    write(tmp_path, "good.md", GOOD)
    import_seeds(tmp_path)
    assert article_state.read_state(Article.objects.get()).content == planning.reader.read(GOOD).content


MERGE = "Text\n<<<<<<< ours\nmine\n=======\ntheirs\n>>>>>>> theirs\n"


@pytest.mark.parametrize("new", [story("a", "published: true\n", body=MERGE), MERGE.encode() + story("a")])
def test_T06_file_with_an_unresolved_merge_is_rejected_at_every_run_until_it_is_mended(tmp_path, new):  # noqa: N802
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    before = desk_rows()
    file.write_bytes(new)
    for _ in range(2):
        ran = import_seeds(tmp_path)
        assert (ran.status, ran.counts) == (1, {"rejected": 1})
        (problem,) = ran.file("a.md")["problems"]
        assert problem["line"] == new[: new.index(b"<<<<<<<")].count(b"\n") + 1
        assert problem["message"].startswith("unresolved merge: ")
    assert desk_rows() == before
    file.write_bytes(story("a", body="mine\n"))
    assert import_seeds(tmp_path).counts == {"updated": 1}


def test_T06_file_that_an_older_reader_took_is_rejected_as_well(tmp_path, monkeypatch):  # noqa: N802
    write(tmp_path, "a.md", story("a", "published: true\n", body=MERGE))
    monkeypatch.setattr(handler, "unresolved_merges", lambda text, body: [])
    monkeypatch.setattr(reader, "VERSION", 1)
    assert import_seeds(tmp_path).counts == {"created": 1}
    monkeypatch.undo()
    assert "unresolved merge" in import_seeds(tmp_path).said("a.md")


def test_Y30_coverage_that_goes_in_circles_ends(tmp_path):  # noqa: N802
    for one, other in ("ab", "ba"):
        write(
            tmp_path, f"{one}.md", story(one, f"related:\n  - title: x\n    webUrl: https://gazette.example/{other}\n")
        )
    assert import_seeds(tmp_path).counts == {"created": 2}


def test_hostile_files_keep_out_no_other(tmp_path):
    write(tmp_path, "good.md", GOOD)
    for name, (most, hostile) in HOSTILE.items():
        write(tmp_path, f"{name}.md", hostile(most))
    ran = import_seeds(tmp_path)
    assert article_of("good")
    assert sum(ran.counts.values()) == len(HOSTILE) + 1


def test_Y20_caps_themselves_are_imported(tmp_path):  # noqa: N802
    topics = ", ".join(f"{'t' * 196}{number:03}{'é'}" for number in range(limits.TOPICS))
    images = "".join(f"  - url: https://gazette.example/{number}.jpg\n" for number in range(limits.IMAGES))
    related = "".join(
        f"  - title: {'x' * 500}\n    webUrl: https://gazette.example/{number}\n    provider: {{name: P{number}}}\n"
        for number in range(limits.RELATED)
    )
    raw = story("full", f"topics: [{topics}]\nimages:\n{images}related:\n{related}heat: -1\n", body="x" * 524_288)
    write(tmp_path, "full.md", raw)
    assert import_seeds(tmp_path).counts == {"created": 1}
    article = article_of("full")
    assert (article.topic_rows.count(), article.images.count(), article.related.count()) == (50, 50, 50)


def test_longest_values_are_stored_on_every_database(tmp_path):
    wide = "\U00020000"
    raw = story(
        "x" * 1900,
        f"category: {wide * limits.CATEGORY}\ntopics: [{wide * limits.TOPIC}]\n"
        f"originalUrl: https://a.example/{'y' * 1900}\nexcerpt: {wide * 5_000}\nsecured: {'s' * 30_000}\n",
        title=wide * limits.TITLE,
        type=wide * limits.TYPE,
        provider=f"{{name: {wide * limits.PROVIDER_NAME}, domain: {wide * limits.PROVIDER_DOMAIN}}}",
    )
    write(tmp_path, "x.md", raw)
    assert import_seeds(tmp_path).counts == {"created": 1}
    assert Article.objects.get().title == wide * limits.TITLE
    assert import_seeds(tmp_path).counts == {"unchanged": 1}


def test_XSS_payloads_are_stored_as_the_text_they_are(tmp_path):  # noqa: N802
    for place, payload in enumerate(XSS):
        text = quoted(payload)
        raw = story(
            f"x{place}",
            f"excerpt: {text}\ncategory: {text}\ntopics: [{text}]\n"
            f"related:\n  - title: {text}\n    webUrl: https://herald.example/x\n    type: {text}\n",
            title=text,
            type=text,
            provider=f"{{name: {text}, domain: {text}}}",
        )
        write(tmp_path, f"{place}<script>__x(1)<`script>.md", raw)
    assert import_seeds(tmp_path).counts == {"created": len(XSS)}
    for place, payload in enumerate(XSS):
        article = article_of(f"x{place}")
        stored = (article.title, article.excerpt, article.category.name, article.type, article.provider.name)
        assert stored == (payload,) * 5
        assert article.topics.get().name == article.related.get().title == payload
        assert article.slug.replace("-", "").replace("_", "").isalnum()


# Folders.


def test_whatever_stands_in_a_folder_the_good_file_is_in(tmp_path, monkeypatch):
    write(tmp_path, "good.md", GOOD)
    (tmp_path / "passwd.md").symlink_to("/etc/passwd")
    (tmp_path / "root").symlink_to("/")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "loop.md").symlink_to("loop.md")
    os.mkfifo(tmp_path / "fifo.md")
    (tmp_path / "folder.md").mkdir()
    with open(tmp_path / "sparse.md", "wb") as file:
        file.truncate(2 * 1024**3)
    for name in ("a\nb.md", "\udcff.md", "-rf.md", "x" * 252 + ".md", "CON.md", "é/\udcff/n.md", "X.MD"):
        write(tmp_path, name, b"no seed")
    for name in (".md", ".hidden.md", "x.md~", "README.md", "_x.md", "x.json", "_drafts/x.md", ".git/x.txt"):
        write(tmp_path, name, b"no seed")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.md")
        ran = import_seeds(tmp_path)
    assert ran.status == 1
    assert ran.outcomes == {
        "good.md": "created",
        "passwd.md": "skipped",
        "root": "skipped",
        "loop.md": "skipped",
        "fifo.md": "skipped",
        "folder.md": "skipped",
        "socket.md": "skipped",
        "sparse.md": "rejected",
        "a\\nb.md": "skipped",
        "\\xff.md": "skipped",
        "é/\\xff/n.md": "skipped",
        "-rf.md": "rejected",
        "x" * 252 + ".md": "rejected",
        "CON.md": "rejected",
        "X.MD": "rejected",
    }
    assert Source.objects.count() == 1


def test_seeds_with_nasty_but_honest_names_are_imported(tmp_path):
    names = ["-rf.md", "CON.md", "x" * 252 + ".md", "a'b\"c`$(x).md", " .md", "é ü.TXT", "北京.md"]
    names.append("d/" * 50 + "deep.markdown")
    for place, name in enumerate(names):
        write(tmp_path, name, story(f"s{place}"))
    assert import_seeds(tmp_path).counts == {"created": len(names)}
    assert set(Source.objects.values_list("path", flat=True)) == set(names)
    assert import_seeds(tmp_path).counts == {"unchanged": len(names)}


def test_F07_file_that_changes_while_it_is_read_is_picked_up_by_the_next_run(tmp_path, monkeypatch):  # noqa: N802
    write(tmp_path, "a.md", story("a"))
    write(tmp_path, "b.md", story("b"))
    write(tmp_path, "c.md", story("c"))
    real = os.fstat

    def fstat(descriptor):
        status = real(descriptor)
        if status.st_ino == (tmp_path / "b.md").stat().st_ino:
            write(tmp_path, "b.md", story("b", "quality: 5\n"))
        return status

    monkeypatch.setattr(walk.os, "fstat", fstat)
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.outcomes) == (1, {"a.md": "created", "b.md": "rejected", "c.md": "created"})
    assert ran.said("b.md") == "changed while it was read; the next import takes it"
    monkeypatch.undo()
    assert import_seeds(tmp_path).counts == {"created": 1, "unchanged": 2}
    assert article_of("b").quality == 5


def test_F07_file_deleted_after_the_walk_saw_it_is_rejected(tmp_path, monkeypatch):  # noqa: N802
    write(tmp_path, "a.md", story("a"))
    real = runner.read_file

    def read_file(file):
        (tmp_path / "a.md").unlink()
        return real(file)

    monkeypatch.setattr(runner, "read_file", read_file)
    ran = import_seeds(tmp_path)
    assert ran.outcomes == {"a.md": "rejected"}
    assert ran.said("a.md") == "cannot be read: No such file or directory"


@pytest.mark.slow
def test_F10_two_thousand_files_come_in_with_small_batches_and_flat_memory(tmp_path, monkeypatch):  # noqa: N802
    for number in range(2_000):
        write(tmp_path, f"{number // 100}/{number}.md", story(f"s{number}", f"topics: [T{number % 7}]\n"))
    sizes = []
    real = Import._settle

    def settle(self, batch):
        sizes.append(len(batch))
        return real(self, batch)

    monkeypatch.setattr(Import, "_settle", settle)
    assert import_seeds(tmp_path).counts == {"created": 2_000}
    assert Article.objects.count() == Source.objects.count() == Revision.objects.count() == 2_000
    assert Topic.objects.count() == 7
    assert max(sizes) <= runner.LARGEST_BATCH
    assert sum(sizes) == 2_000


def test_the_last_few_files_of_a_turn_say_nothing_about_how_many_to_write_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(Import, "_settle", lambda self, batch: runner.WRITE_SECONDS)
    run = Import([tmp_path], root="seeds", actor=OPERATOR, is_dry_run=True)
    entries = [FileReport(f"{number}.md", Outcome.REJECTED) for number in range(201)]
    assert run._write_turn(entries, 100) == 100
    monkeypatch.setattr(Import, "_settle", lambda self, batch: 2 * runner.WRITE_SECONDS)
    assert run._write_turn(entries[:100], 100) == 50


# What the database, or our own code, refuses.


def refusing(monkeypatch, part, failure):
    """Whatever would be written for the file whose title holds `part` raises `failure`."""
    real = article_state.insert

    def insert(states, **options):
        if any(part in state.content.title for state in states):
            raise failure
        return real(states, **options)

    monkeypatch.setattr(article_state, "insert", insert)


@pytest.mark.parametrize("kind", [IntegrityError, DataError, ValueError, RecursionError])
def test_file_that_cannot_be_stored_does_not_keep_the_others_of_its_batch_out(tmp_path, monkeypatch, caplog, kind):
    for name in ("one", "two", "three", "four"):
        write(tmp_path, f"{name}.md", story(name, f"topics: [{name}]\ncategory: {name}\n"))
    refusing(monkeypatch, "story of two", kind("the row itself"))
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.counts) == (1, {"created": 3, "rejected": 1})
    assert ran.said("two.md") == "could not be stored; see the log"
    assert "two.md" in caplog.text
    assert kind.__name__ in caplog.text
    assert "the row itself" not in caplog.text
    assert set(Source.objects.values_list("path", flat=True)) == {"one.md", "three.md", "four.md"}
    assert ImportOutcome.objects.count() == 4
    monkeypatch.undo()
    assert import_seeds(tmp_path).counts == {"created": 1, "unchanged": 3}
    assert {topic.name for topic in article_of("two").topics.all()} == {"two"}


def test_constraint_of_the_database_itself_keeps_one_file_out(tmp_path, monkeypatch):
    for name in "abc":
        write(tmp_path, f"{name}.md", story(name))
    real = planning.first_state

    def first_state(content):
        state = real(content)
        broken = state.content.model_copy(update={"heat": -5})
        return article_state.ArticleState(broken, state.desk) if "story of b" in content.title else state

    monkeypatch.setattr(planning, "first_state", first_state)
    ran = import_seeds(tmp_path)
    assert ran.outcomes == {"a.md": "created", "b.md": "rejected", "c.md": "created"}
    assert Article.objects.count() == Source.objects.count() == 2


def test_race_for_an_address_is_decided_again(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a"))
    failures = [IntegrityError("taken"), IntegrityError("taken")]
    real = article_state.insert

    def insert(states, **options):
        if failures:
            raise failures.pop()
        return real(states, **options)

    monkeypatch.setattr(article_state, "insert", insert)
    assert import_seeds(tmp_path).counts == {"created": 1}


def test_deadlock_is_tried_again(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a"))
    deadlock = OperationalError("deadlock detected")
    deadlock.__cause__ = type("DeadlockDetected", (Exception,), {"sqlstate": "40P01"})()
    failures = [deadlock]
    real = article_state.insert

    def insert(states, **options):
        if failures:
            raise failures.pop()
        return real(states, **options)

    monkeypatch.setattr(article_state, "insert", insert)
    assert import_seeds(tmp_path).counts == {"created": 1}


def test_refused_file_leaves_no_name_behind(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a", "topics: [Lost]\ncategory: Lost\n", provider="{name: Lost}"))
    refusing(monkeypatch, "story of a", DataError("too long"))
    import_seeds(tmp_path)
    assert not Topic.objects.exists()
    assert not Category.objects.exists()
    assert not Provider.objects.exists()
