"""What an import makes of new, changed, unchanged, moved and vanished files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.content import article_state
from articles.importing import walk
from articles.models import Article, ArticleTopic, ImportOutcome, ImportRun, Revision, SecuredPayload, Source, Topic
from articles.models.history import ChangeSet, Origin
from articles.seedfile import reader
from articles.sources import upstream_changes
from tests.database_dump import changed_tables, desk_rows, every_row
from tests.factories import make_article, make_user
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db

RUN_TABLES = {"articles_importrun", "articles_changeset"}
TODAY = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_new_file_becomes_an_article_with_one_revision_and_its_source(tmp_path):
    raw = story("ferry", "topics: [Ships, AI]\ncategory: News\nquality: 37\n", body="It *sails*.\n")
    write(tmp_path, "a/ferry.md", raw)
    ran = import_seeds(tmp_path)
    article = article_of("ferry")
    assert ran.status == 0
    assert ran.receipt["files"] == [
        {"path": "a/ferry.md", "outcome": "created", "article": article.pk, "changes": [], "problems": []}
    ]
    assert (article.title, article.quality, article.category.name) == ("The story of ferry", 37, "News")
    assert (article.published, article.live_from, article.version) == (False, None, 1)
    assert list(article.topic_rows.values_list("topic__name", flat=True)) == ["Ships", "AI"]
    assert article.body == "It *sails*.\n"
    revision = article.revisions.get()
    assert (revision.number, revision.origin, revision.actor_name, revision.changes) == (1, "import", "operator", "")
    assert revision.source_digest == reader.digest_of(raw)
    assert revision.change_set.kind == ChangeSet.Kind.IMPORT
    assert revision.change_set.import_run.pk == ran.receipt["run"]
    source = article.source
    assert (source.root, source.path, bytes(source.raw)) == (tmp_path.name, "a/ferry.md", raw)
    assert (source.digest, source.reader_version) == (reader.digest_of(raw), reader.VERSION)
    assert (source.run_id, source.missing_at) == (ran.receipt["run"], None)


def test_run_keeps_its_counts_and_one_outcome_per_file_that_was_not_unchanged(tmp_path):
    write(tmp_path, "good.md", story("good"))
    import_seeds(tmp_path)
    write(tmp_path, "bad.md", b"no seed")
    write(tmp_path, "new.md", story("new"))
    ran = import_seeds(tmp_path)
    run = ImportRun.objects.get(pk=ran.receipt["run"])
    assert (run.created_count, run.unchanged_count, run.rejected_count) == (1, 1, 1)
    assert run.root == tmp_path.name
    assert run.paths == str(tmp_path)
    assert run.started_at <= run.finished_at
    outcomes = {row.path: (row.outcome, row.article_id, row.problem_list) for row in run.outcomes.all()}
    assert outcomes == {
        file["path"]: (file["outcome"], file["article"], file["problems"]) for file in ran.receipt["files"]
    }


def test_F14_reimport_of_unchanged_files_writes_nothing_but_the_run(tmp_path):  # noqa: N802
    for number in range(30):
        write(tmp_path, f"{number}.md", story(f"s{number}", "topics: [A]\nsecured: s\npublished: true\n"))
    import_seeds(tmp_path)
    before = every_row()
    with CaptureQueriesContext(connection) as queries:
        ran = import_seeds(tmp_path)
    assert ran.counts == {"unchanged": 30}
    assert ran.receipt["files"] == []
    assert changed_tables(before) == RUN_TABLES
    writes = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(writes) == 4, "open the change set and the run, count, close"


def test_rejected_file_is_rejected_again_and_nothing_else_is_written(tmp_path):
    write(tmp_path, "bad.md", story("bad", "heat: x\n"))
    import_seeds(tmp_path)
    before = every_row()
    assert import_seeds(tmp_path).status == 1
    assert changed_tables(before) == RUN_TABLES | {"articles_importoutcome"}
    assert not Article.objects.exists()


def test_changed_file_updates_an_untouched_article_with_one_revision_of_what_changed(tmp_path):
    file = write(tmp_path, "a.md", story("a", "topics: [A]\nquality: 1\nsecured: old\n", body="one"))
    import_seeds(tmp_path)
    raw = story("a", "topics: [A, B]\nquality: 2\nsecured: new\n", body="one", title="Another")
    file.write_bytes(raw)
    ran = import_seeds(tmp_path)
    article = article_of("a")
    assert ran.file("a.md") == {
        "path": "a.md",
        "outcome": "updated",
        "article": article.pk,
        "changes": ["title", "quality", "topics", "secured"],
        "problems": [],
    }
    assert (article.version, article.title, article.quality) == (2, "Another", 2)
    revision = article.revisions.get(number=2)
    assert (revision.origin, revision.source_digest) == (Origin.IMPORT, "")
    assert article.source.digest == reader.digest_of(raw)
    digests = [article_state.secured_digest("old"), article_state.secured_digest("new")]
    assert revision.values == {
        "title": ["The story of a", "Another"],
        "quality": [1, 2],
        "topics": [["A"], ["A", "B"]],
        "secured": digests,
    }
    assert (bytes(article.source.raw), article.source.run_id) == (raw, ran.receipt["run"])
    assert ImportOutcome.objects.get(run=ran.receipt["run"]).changes == "title\nquality\ntopics\nsecured"


def test_untouched_part_keeps_its_rows(tmp_path):
    file = write(tmp_path, "a.md", story("a", "topics: [A]\n"))
    import_seeds(tmp_path)
    row = ArticleTopic.objects.get().pk
    file.write_bytes(story("a", "topics: [A]\nquality: 2\n"))
    import_seeds(tmp_path)
    assert ArticleTopic.objects.get().pk == row


def test_every_further_change_is_one_more_revision(tmp_path):
    for quality in range(1, 4):
        write(tmp_path, "a.md", story("a", f"quality: {quality}\n"))
        import_seeds(tmp_path)
    article = article_of("a")
    assert article.version == 3
    assert sorted(article.revisions.values_list("number", flat=True)) == [1, 2, 3]


def test_file_that_differs_in_a_comment_alone_moves_the_source_on_without_a_revision(tmp_path):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    updated_at = article_of("a").updated_at
    file.write_bytes(story("a", "# a comment\n"))
    ran = import_seeds(tmp_path)
    article = article_of("a")
    assert ran.file("a.md")["outcome"] == "updated"
    assert ran.file("a.md")["changes"] == []
    assert (article.version, article.updated_at, Revision.objects.count()) == (1, updated_at, 1)
    assert bytes(article.source.raw) == file.read_bytes()
    assert import_seeds(tmp_path).counts == {"unchanged": 1}


def touch_by_form(article):
    editor = make_user("Editor")
    state = article_state.read_state(article)
    changed = article_state.ArticleState(state.content.model_copy(update={"title": "Mine"}), state.desk)
    door.change(article, changed, actor=editor, origin=Origin.FORM, expected_version=article.version)


def test_touched_article_whose_file_did_not_change_is_unchanged(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    touch_by_form(article_of("a"))
    assert import_seeds(tmp_path).counts == {"unchanged": 1}
    assert article_of("a").title == "Mine"


def test_published_seed_is_live_from_its_publishedDateTime(tmp_path):  # noqa: N802
    write(tmp_path, "past.md", story("past", "published: true\n"))
    write(tmp_path, "future.md", story("future", "published: true\n", publishedDateTime="2099-01-01T00:00:00Z"))
    write(tmp_path, "waiting.md", story("waiting"))
    import_seeds(tmp_path)
    assert article_of("past").live_from == datetime(2026, 2, 28, 9, tzinfo=UTC)
    assert article_of("future").live_from == datetime(2099, 1, 1, tzinfo=UTC)
    assert list(Article.objects.visible(at=TODAY)) == [article_of("past")]
    assert article_of("waiting").live_from is None


def test_file_publishes_an_article_that_nobody_decided_on(tmp_path):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    file.write_bytes(story("a", "published: true\n"))
    ran = import_seeds(tmp_path)
    assert ran.file("a.md")["changes"] == ["published", "live_from"]
    assert article_of("a").is_visible(at=TODAY)


def test_changed_publishedDateTime_moves_what_the_seed_published(tmp_path):  # noqa: N802
    file = write(tmp_path, "a.md", story("a", "published: true\n"))
    import_seeds(tmp_path)
    file.write_bytes(story("a", "published: true\n", publishedDateTime="2026-03-01T09:00:00+02:00"))
    ran = import_seeds(tmp_path)
    assert ran.file("a.md")["changes"] == ["publishedDateTime", "live_from"]
    assert article_of("a").live_from == datetime(2026, 3, 1, 7, tzinfo=UTC)


def test_changed_publishedDateTime_takes_no_article_from_readers(tmp_path):  # noqa: N802
    file = write(tmp_path, "a.md", story("a", "published: true\n"))
    import_seeds(tmp_path)
    file.write_bytes(story("a", "published: true\n", publishedDateTime="2099-01-01T00:00:00Z"))
    assert import_seeds(tmp_path).file("a.md")["changes"] == ["publishedDateTime"]
    article = article_of("a")
    assert article.is_visible(at=TODAY)
    assert list(upstream_changes.changed_upstream(at=TODAY)) == [article]


def test_changed_publishedDateTime_moves_what_waits_for_its_moment(tmp_path):  # noqa: N802
    file = write(tmp_path, "a.md", story("a", "published: true\n", publishedDateTime="2099-01-01T00:00:00Z"))
    import_seeds(tmp_path)
    file.write_bytes(story("a", "published: true\n", publishedDateTime="2099-02-01T00:00:00Z"))
    import_seeds(tmp_path)
    assert article_of("a").live_from == datetime(2099, 2, 1, tzinfo=UTC)


def test_changed_publishedDateTime_moves_nothing_past_the_end_that_an_editor_chose(tmp_path, editor):  # noqa: N802
    file = write(tmp_path, "a.md", story("a", "published: true\n"))
    import_seeds(tmp_path)
    article, end = article_of("a"), datetime(2099, 1, 1, tzinfo=UTC)
    state = article_state.read_state(article)
    ending = article_state.ArticleState(state.content, replace(state.desk, live_until=end))
    door.change(article, ending, actor=editor, origin=Origin.FORM, expected_version=1)
    file.write_bytes(story("a", "published: true\n", publishedDateTime="2099-06-01T09:00:00Z"))
    assert import_seeds(tmp_path).file("a.md")["changes"] == ["publishedDateTime"]
    stored = article_of("a")
    assert (stored.live_from, stored.live_until) == (article.live_from, end)


def test_changed_publishedDateTime_of_a_hidden_article_sets_no_schedule(tmp_path):  # noqa: N802
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    file.write_bytes(story("a", publishedDateTime="2026-03-01T09:00:00Z"))
    assert import_seeds(tmp_path).file("a.md")["changes"] == ["publishedDateTime"]
    assert article_of("a").live_from is None


def test_known_path_with_another_address_updates_its_article(tmp_path):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    old = article_of("a")
    file.write_bytes(story("b"))
    ran = import_seeds(tmp_path)
    new = article_of("b")
    assert ran.file("a.md")["changes"] == ["title", "webUrl"]
    assert new.pk == old.pk
    assert new.url_key != old.url_key
    assert Article.objects.count() == 1


def test_address_that_only_looks_different_keeps_the_article(tmp_path):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    old = article_of("a")
    file.write_bytes(story("a", webUrl="http://GAZETTE.example/a?utm_source=x#top"))
    assert import_seeds(tmp_path).file("a.md")["changes"] == ["webUrl"]
    new = Article.objects.get()
    assert (new.pk, new.url_key) == (old.pk, old.url_key)
    assert new.web_url == "http://GAZETTE.example/a?utm_source=x#top"


def test_known_path_with_an_address_that_another_article_has_is_rejected(tmp_path):
    write(tmp_path, "a.md", story("a"))
    write(tmp_path, "b.md", story("b"))
    import_seeds(tmp_path)
    before = desk_rows()
    write(tmp_path, "a.md", story("b", title="Mine now"))
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.outcomes) == (1, {"a.md": "rejected"})
    assert "the address of b.md" in ran.said("a.md")
    assert desk_rows() == before


def test_file_that_came_back_to_an_earlier_content_updates_again(tmp_path):
    for quality in (1, 2, 1):
        write(tmp_path, "a.md", story("a", f"quality: {quality}\n"))
        assert import_seeds(tmp_path).status == 0
    assert (article_of("a").quality, article_of("a").version) == (1, 3)


def test_moved_file_is_adopted(tmp_path):
    file = write(tmp_path, "old/a.md", story("a"))
    import_seeds(tmp_path)
    article = article_of("a")
    (tmp_path / "new").mkdir()
    file.rename(tmp_path / "new" / "b.md")
    ran = import_seeds(tmp_path)
    assert ran.file("new/b.md")["outcome"] == "updated"
    assert ran.file("new/b.md")["article"] == article.pk
    assert ran.said("new/b.md") == "moved from old/a.md"
    source = Source.objects.get()
    assert (source.article_id, source.path, source.missing_at) == (article.pk, "new/b.md", None)
    assert (article_of("a").version, Revision.objects.count()) == (1, 1)
    assert ran.errors == ""
    assert import_seeds(tmp_path).counts == {"unchanged": 1}


def test_file_that_was_moved_and_changed_is_adopted_with_its_change(tmp_path):
    write(tmp_path, "a.md", story("a")).unlink()
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    (tmp_path / "a.md").unlink()
    write(tmp_path, "b.md", story("a", "quality: 4\n"))
    ran = import_seeds(tmp_path)
    assert ran.file("b.md")["changes"] == ["quality"]
    assert Source.objects.get().path == "b.md"
    assert article_of("a").version == 2


def test_moved_file_of_a_touched_article_is_adopted_and_its_text_stays(tmp_path):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    touch_by_form(article_of("a"))
    file.rename(tmp_path / "b.md")
    assert import_seeds(tmp_path).counts == {"updated": 1}
    assert Source.objects.get().path == "b.md"
    assert article_of("a").title == "Mine"


def test_two_files_swap_their_names(tmp_path):
    write(tmp_path, "a.md", story("a"))
    write(tmp_path, "b.md", story("b"))
    import_seeds(tmp_path)
    write(tmp_path, "a.md", story("b"))
    write(tmp_path, "b.md", story("a"))
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.counts) == (0, {"updated": 2})
    assert [(article_of(slug).source.path, article_of(slug).version) for slug in "ab"] == [("b.md", 1), ("a.md", 1)]


def test_F17_vanished_file_is_marked_on_its_source_and_its_article_stays(tmp_path):  # noqa: N802
    write(tmp_path, "a.md", story("a", "published: true\n"))
    write(tmp_path, "b.md", story("b"))
    import_seeds(tmp_path)
    (tmp_path / "a.md").unlink()
    before = every_row()
    with time_machine.travel(TODAY, tick=False):
        ran = import_seeds(tmp_path)
    assert (ran.status, ran.counts) == (0, {"unchanged": 1})
    assert "Missing files: 1, now marked." in ran.errors
    assert article_of("a").source.missing_at == TODAY
    assert article_of("b").source.missing_at is None
    assert article_of("a").is_visible(at=TODAY)
    assert changed_tables(before) == RUN_TABLES | {"articles_source"}


def test_vanished_file_is_marked_once(tmp_path):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    file.unlink()
    import_seeds(tmp_path, "--allow-missing")
    before = every_row()
    assert import_seeds(tmp_path).errors == ""
    assert changed_tables(before) == RUN_TABLES


BACK = {
    "as it was": story("a"),
    "with other fields": story("a", "quality: 3\n"),
}


@pytest.mark.parametrize("raw", BACK.values(), ids=BACK)
@pytest.mark.parametrize("touch", [touch_by_form, lambda article: None], ids=["touched", "untouched"])
def test_file_that_is_there_again_is_no_longer_missing(tmp_path, raw, touch):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    touch(article_of("a"))
    file.unlink()
    import_seeds(tmp_path, "--allow-missing")
    assert Source.objects.get().missing_at is not None
    file.write_bytes(raw)
    import_seeds(tmp_path)
    assert Source.objects.get().missing_at is None
    assert Article.objects.count() == 1


def test_what_stands_there_and_is_no_seed_may_be_anything(tmp_path):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    file.unlink()
    import_seeds(tmp_path, "--allow-missing")
    file.write_bytes(b"no seed")
    assert import_seeds(tmp_path).counts == {"rejected": 1}
    assert article_of("a").source.missing_at is not None
    file.write_bytes(story("b"))
    assert import_seeds(tmp_path).counts == {"created": 1}


def test_file_that_cannot_be_looked_at_is_not_marked_as_missing(tmp_path, monkeypatch):
    write(tmp_path, "deep/a.md", story("a"))
    import_seeds(tmp_path)
    real = walk.os.lstat

    def lstat(path, **options):
        if "deep" in str(path):
            raise PermissionError(13, "Permission denied")
        return real(path, **options)

    monkeypatch.setattr(walk.os, "lstat", lstat)
    import_seeds(tmp_path)
    assert Source.objects.get().missing_at is None


def test_article_written_here_with_the_same_address_stays_as_it_is(tmp_path):
    make_article(web_url="https://gazette.example/a", title="Written here")
    before = desk_rows()
    write(tmp_path, "a.md", story("a", webUrl="http://gazette.example/a?utm_medium=x"))
    ran = import_seeds(tmp_path)
    assert ran.counts == {"conflicted": 1}
    assert ran.file("a.md")["article"] == article_of("a").pk
    assert "written on the desk" in ran.said("a.md")
    assert desk_rows() == before


def test_newer_reader_reads_the_unchanged_files_again(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a"))
    write(tmp_path, "touched.md", story("touched"))
    import_seeds(tmp_path)
    touch_by_form(article_of("touched"))
    monkeypatch.setattr(reader, "VERSION", reader.VERSION + 1)
    real = reader.read

    def newer(raw):
        document = real(raw)
        changed = document.content.model_copy(update={"title": document.content.title.upper()})
        return reader.SeedDocument(changed, document.front_matter, document.body, document.digest, document.problems)

    monkeypatch.setattr(reader, "read", newer)
    ran = import_seeds(tmp_path)
    assert ran.file("a.md")["changes"] == ["title"]
    assert (article_of("a").title, article_of("a").version) == ("THE STORY OF A", 2)
    assert article_of("a").source.reader_version == reader.VERSION
    assert article_of("touched").title == "Mine"


def test_newer_reader_that_reads_the_same_makes_no_revision(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a"))
    write(tmp_path, "touched.md", story("touched"))
    import_seeds(tmp_path)
    touch_by_form(article_of("touched"))
    monkeypatch.setattr(reader, "VERSION", reader.VERSION + 1)
    ran = import_seeds(tmp_path)
    assert "conflicted" not in ran.counts, "its file did not change, so nobody has to decide anything"
    assert article_of("a").version == 1
    assert article_of("a").source.reader_version == reader.VERSION


def test_newer_reader_may_refuse_what_an_older_one_took(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    before = desk_rows()
    monkeypatch.setattr(reader, "VERSION", reader.VERSION + 1)

    def strict(raw):
        raise reader.SeedError([reader.error("no longer", line=1)])

    monkeypatch.setattr(reader, "read", strict)
    assert import_seeds(tmp_path).outcomes == {"a.md": "rejected"}
    assert desk_rows() == before


def test_reader_that_breaks_on_one_file_does_not_keep_the_others_out(tmp_path, monkeypatch, caplog):
    for name in "abc":
        write(tmp_path, f"{name}.md", story(name, "secured: hush\n"))
    real = reader.read

    def broken(raw):
        if b"/b" in raw:
            raise RecursionError("hush")
        return real(raw)

    monkeypatch.setattr(reader, "read", broken)
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.outcomes) == (1, {"a.md": "created", "b.md": "rejected", "c.md": "created"})
    assert "b.md" in caplog.text


def test_names_are_kept_in_their_exact_spellings(tmp_path):
    write(tmp_path, "a.md", story("a", "category: News\ntopics: [AI, ai, Ａi, A.I.]\n"))
    write(tmp_path, "b.md", story("b", "category: news\ntopics: [ai]\n"))
    import_seeds(tmp_path)
    names = list(article_of("a").topic_rows.values_list("topic__name", flat=True))
    assert names == ["AI", "ai", "Ａi", "A.I."]
    assert article_of("b").category.name == "news"
    slugs = list(Topic.objects.values_list("slug", flat=True))
    assert len(set(slugs)) == len(slugs) == 4


def test_second_secured_is_kept_beside_the_first(tmp_path):
    for secured in ("one", "two", '""'):
        write(tmp_path, "a.md", story("a", f"secured: {secured}\n"))
        import_seeds(tmp_path)
    assert list(SecuredPayload.objects.order_by("pk").values_list("text", flat=True)) == ["one", "two", ""]
    assert article_state.read_state(article_of("a")).content.secured == ""
