"""Databases whose bylines and pictures' texts came in while these were unknown keys."""

from __future__ import annotations

import json
from contextlib import contextmanager
from importlib import import_module
from unittest import mock

import pytest
from django.apps import apps

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.history import restoring
from articles.models import Article, Conflict, RelatedArticle, Revision, Source
from articles.models.history import Origin
from articles.seedfile import reader, schema
from articles.sources import conflicts
from tests.database_dump import changed_tables, every_row
from tests.importing.import_running import article_of, import_seeds, story, write
from tests.management.test_export_seeds import export_seeds

pytestmark = pytest.mark.django_db
MIGRATION = import_module("articles.migrations.0026_texts_out_of_unknown_keys")

PICTURES = """\
images:
  - url: https://gazette.example/p.jpg
    source: x
    alt: 'The  ferry'
    caption: |
      Two
      lines
    credit: [A, B]
  - {url: https://gazette.example/q.jpg, credit: C. Person}
related:
  - title: Elsewhere
    webUrl: https://herald.example/a
    images: [{url: https://herald.example/p.jpg, credit: D. Person, x: 1}, {url: https://herald.example/q.jpg}]
"""
BYLINES = {
    "plain": "A. Person",
    "quoted": "'  A. Person '",
    "combining": '"Cafe\u0301"',
    "longest": "x" * 500,
    "too-long": "x" * 501,
    "number": "37",
    "digits": "'37'",
    "flag": "true",
    "list": "[A, B]",
    "mapping": "{name: A}",
    "empty": "",
    "nothing": '""',
    "tilde": "~",
    "quoted-tilde": '"~"',
    "null": "null",
    "capital-null": "Null",
    "block": ">\n  A. Person\n  and B",
}


@contextmanager
def older_reader():
    """Reads as before the keys were known."""
    known = schema.attributes_of

    def attributes_of(part):
        return {key: name for key, name in known(part).items() if key not in schema.KEPT_TEXTS}

    with mock.patch.object(schema, "attributes_of", attributes_of):
        yield


@pytest.fixture
def folder(tmp_path):
    """Imported by the older reader."""
    write(tmp_path, "a.md", story("a", f"zebra: 1\nbyline: A. Person\nyak: {{k: [1, ~]}}\n{PICTURES}"))
    for slug, byline in BYLINES.items():
        write(tmp_path, f"{slug}.md", story(slug, f"byline: {byline}\n"))
    with older_reader():
        assert import_seeds(tmp_path).counts == {"created": len(BYLINES) + 1}
    assert Article.objects.filter(extra__contains='"byline"').count() == len(BYLINES) + 1
    return tmp_path


def migrate():
    MIGRATION.move(apps, None)


def content_of(article):
    return article_state.read_state(Article.objects.get(pk=article.pk)).content


def edit(article, **values):
    article.refresh_from_db()
    state = article_state.read_state(article)
    wanted = ArticleState(state.content.model_copy(update=values), state.desk)
    door.change(article, wanted, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version)


def restore(article, number, *fields):
    article.refresh_from_db()
    restoring.restore(article, number, fields=fields or None, actor=OPERATOR, expected_version=article.version)


def test_every_article_is_as_the_reader_has_it_today(folder):
    migrate()
    for source in Source.objects.select_related("article"):
        assert content_of(source.article) == reader.read(bytes(source.raw)).content, source.path
    article = article_of("a")
    assert (article.byline, article.extra) == ("A. Person", '{"zebra":1,"yak":{"k":[1,"~"]}}')
    first, second = article.images.all()
    assert (first.alt, first.caption, first.credit) == ("The  ferry", "Two lines", "")
    assert first.extra == '{"source":"x","credit":["A","B"]}'
    assert (second.credit, second.extra) == ("C. Person", "")
    kept = set(Article.objects.exclude(extra="").values_list("slug", flat=True))
    unread = ("too-long", "number", "flag", "list", "mapping")
    assert kept == {f"the-story-of-{slug}" for slug in ("a", *unread)}


def test_coverage_holds_its_pictures_as_an_import_would_write_them(folder):
    migrate()
    (migrated,) = RelatedArticle.objects.values_list("images", flat=True)
    assert json.loads(migrated) == [
        {"url": "https://herald.example/p.jpg", "credit": "D. Person", "extra": '{"x":1}'},
        {"url": "https://herald.example/q.jpg"},
    ]


def test_the_files_are_exported_as_they_came_and_are_no_news(folder):
    migrate()
    assert f"{len(BYLINES) + 1} identical, 0 patched, 0 new, 0 failed" in export_seeds(folder, "--check")
    before = every_row()
    ran = import_seeds(folder)
    assert ran.counts == {"unchanged": len(BYLINES) + 1}
    assert not changed_tables(before) & {"articles_article", "articles_revision", "articles_conflict"}


def test_files_that_are_read_anew_change_nothing(folder):
    edit(article_of("list"), title="Edited")
    migrate()
    Source.objects.update(reader_version=reader.VERSION - 1)
    count = Revision.objects.count()
    assert import_seeds(folder).counts == {"unchanged": len(BYLINES) + 1}
    assert (Revision.objects.count(), Conflict.objects.count()) == (count, 0)


def test_an_edited_article_takes_the_next_file_without_a_conflict(folder):
    edit(article_of("a"), title="Edited")
    migrate()
    raw = (folder / "a.md").read_bytes()
    (folder / "a.md").write_bytes(raw.replace(b"byline: A. Person", b"byline: B. Person").replace(b"C. Per", b"E. Per"))
    ran = import_seeds(folder)
    assert (ran.file("a.md")["outcome"], ran.file("a.md")["changes"]) == ("updated", ["byline", "images"])
    assert (article_of("a").byline, article_of("a").title) == ("B. Person", "Edited")
    report = export_seeds(folder, "--check")
    assert "0 failed" in report
    assert "1 patched" in report


def test_old_revisions_bring_the_texts_back_in_their_own_fields(folder):
    (folder / "a.md").write_bytes(
        (folder / "a.md").read_bytes().replace(b"A. Person", b"B. Person").replace(b"'The  ferry'", b"A ferry")
        .replace(b"D. Person", b"F. Person").replace(b"zebra: 1", b"zebra: 2")
    )  # fmt: skip
    write(folder, "plain.md", story("plain"))
    write(folder, "number.md", story("number", "byline: N\n"))
    with older_reader():
        import_seeds(folder)
    migrate()
    article = article_of("a")
    then, now = restoring.values_then(article, 1, 2)
    assert list(then) == ["byline", "images", "related", "extra"]
    assert (then["byline"], now["byline"]) == ("A. Person", "B. Person")
    assert then["extra"] == '{"zebra":1,"yak":{"k":[1,"~"]}}'
    assert (then["images"][0]["alt"], now["images"][0]["alt"]) == ("The  ferry", "A ferry")
    restore(article, 1)
    restored = content_of(article)
    assert (restored.byline, restored.images[0].alt, restored.extra) == ("A. Person", "The  ferry", then["extra"])
    assert restored.related[0].images[0].credit == "D. Person"
    assert article_of("plain").revisions.get(number=2).values == {"byline": ["A. Person", ""]}
    assert article_of("number").revisions.get(number=2).values == {"byline": ["", "N"], "extra": ['{"byline":37}', ""]}
    restore(article_of("number"), 1)
    assert (article_of("number").byline, article_of("number").extra) == ("", '{"byline":37}')


def contested(folder, *, here, there):
    """Changed on both sides while the keys were unknown."""
    edit(article_of("a"), extra=here)
    raw = (folder / "a.md").read_bytes()
    for old, new in there.items():
        raw = raw.replace(old, new)
    (folder / "a.md").write_bytes(raw)
    with older_reader():
        assert import_seeds(folder).counts["conflicted"] == 1
    migrate()


def test_a_conflict_about_unknown_keys_becomes_one_about_the_byline(folder):
    here = '{"zebra":1,"byline":"Ours","yak":{"k":[1,"~"]}}'
    contested(folder, here=here, there={b"A. Person": b"Theirs"})
    conflict = Conflict.objects.get()
    assert (conflict.field, conflict.values) == ("byline", ("A. Person", "Theirs", "Ours"))
    conflicts.take([conflict], actor=OPERATOR)
    assert (article_of("a").byline, article_of("a").extra) == ("Theirs", '{"zebra":1,"yak":{"k":[1,"~"]}}')
    assert f"{len(BYLINES) + 1} identical" in export_seeds(folder, "--check")


def test_a_conflict_about_both_becomes_two(folder):
    here = '{"zebra":2,"byline":"Ours","yak":{"k":[1,"~"]}}'
    contested(folder, here=here, there={b"A. Person": b"Theirs", b"zebra: 1": b"zebra: 3"})
    extra = '{{"zebra":{},"yak":{{"k":[1,"~"]}}}}'.format
    assert {conflict.field: conflict.values for conflict in Conflict.objects.filter(closed_at=None)} == {
        "extra": (extra(1), extra(3), extra(2)),
        "byline": ("A. Person", "Theirs", "Ours"),
    }


def test_a_conflict_about_another_key_loses_the_byline(folder):
    here = '{"zebra":2,"byline":"A. Person","yak":{"k":[1,"~"]}}'
    contested(folder, here=here, there={b"A. Person": b"Theirs", b"zebra: 1": b"zebra: 3"})
    conflict = Conflict.objects.get()
    assert conflict.field == "extra"
    assert not any("byline" in side for side in conflict.values)
    assert article_of("a").byline == "Theirs"


def test_taken_back_the_texts_are_unknown_keys_again(folder):
    write(folder, "plain.md", story("plain"))
    write(folder, "number.md", story("number", "byline: N\n"))
    with older_reader():
        import_seeds(folder)
    migrate()
    assert article_of("quoted").byline == "A. Person"
    MIGRATION.put_back(apps, None)
    assert article_of("a").extra == '{"zebra":1,"yak":{"k":[1,"~"]},"byline":"A. Person"}'
    assert article_of("quoted").extra == '{"byline":"A. Person"}'
    assert article_of("number").extra == '{"byline":"N"}'
    plain, number = (article_of(slug).revisions.get(number=2) for slug in ("plain", "number"))
    assert plain.values == {"extra": ['{"byline":"A. Person"}', ""]}
    assert number.values == {"extra": ['{"byline":37}', '{"byline":"N"}']}
    assert [json.loads(image.extra) for image in article_of("a").images.all()] == [
        {"source": "x", "credit": ["A", "B"], "alt": "The  ferry", "caption": "Two lines"},
        {"credit": "C. Person"},
    ]
    assert not Article.objects.exclude(byline="").exists()


def test_a_conflict_is_taken_back_as_one_about_unknown_keys(folder):
    here = '{"zebra":2,"byline":"Ours","yak":{"k":[1,"~"]}}'
    contested(folder, here=here, there={b"A. Person": b"Theirs", b"zebra: 1": b"zebra: 3"})
    MIGRATION.put_back(apps, None)
    (conflict,) = Conflict.objects.all()
    sides = [json.loads(side) for side in conflict.values]
    assert conflict.field == "extra"
    assert [side["byline"] for side in sides] == ["A. Person", "Theirs", "Ours"]
    assert [side["zebra"] for side in sides] == [1, 3, 2]
