"""An article's form gives it away as a seed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from articles import exporting
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.exporting import ExportOutcome
from articles.importing.runner import Import
from articles.models import Article, ImportRun, Source
from articles.seedfile import reader
from articles.workflow import publishing
from newsdesk.settings import BASE_DIR
from tests.admin.browserless import tags_of, text_of
from tests.admin.seeds import seed
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
REAL = "000_46925ec215a6d86c.txt"


def address_of(article) -> str:
    return f"{LIST}{article.pk}/seed/"


@pytest.fixture
def editors(editor, signed_in):
    return signed_in(editor)


@pytest.fixture
def imported(db, tmp_path):
    """`imported(more="secured: x\\n")`: the article of a file with these lines more."""

    def make(name="a.md", **seeds):
        (tmp_path / name).write_text(seed(**seeds))
        Import([tmp_path], root="wire", actor=OPERATOR).execute()
        return Article.objects.get()

    return make


def test_what_nobody_touched_is_downloaded_byte_for_byte_under_its_own_name(editors, imported, tmp_path):
    article = imported("Café.md", more="# a comment\nsubtitle: 'x'\n", body="Text\n")
    response = editors.get(address_of(article))
    assert response.content == (tmp_path / "Café.md").read_bytes()
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Caf%C3%A9.md"
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_what_was_published_here_is_a_line_of_difference(editors, editor, imported, tmp_path):
    article = imported(more="published: false\n")
    publishing.publish(article, actor=editor)
    expected = (tmp_path / "a.md").read_bytes().replace(b"published: false", b"published: true")
    assert editors.get(address_of(article)).content == expected


def test_what_was_written_here_is_named_by_date_and_slug(editors):
    article = make_article(title="Written here")
    response = editors.get(address_of(article))
    assert response["Content-Disposition"] == 'attachment; filename="2026-11-01-written-here.md"'
    assert reader.read(response.content).content == article_state.read_state(article).content


@pytest.mark.parametrize(
    "line",
    ["secured: T0KEN\n", 'secured: "T0KEN"  # T0KEN\n', "secured: |\n  T0KEN\n  T0KEN\n", "secured: >-\n  T0KEN\n"],
)
def test_the_secured_is_taken_out_with_its_lines(editors, imported, tmp_path, line):
    article = imported(more=f"# before\n{line}quality: 4\n")
    raw = editors.get(address_of(article)).content
    assert raw == (tmp_path / "a.md").read_bytes().replace(line.encode(), b"")
    assert "Without the protected payload" in text_of(editors.get(f"{LIST}{article.pk}/change/"))
    made = exporting.seed_file(article, article_state.read_state(article).content, Source.objects.get())
    assert made.outcome is ExportOutcome.IDENTICAL


def test_the_real_seed_comes_whole_but_for_its_secured(editors):
    Import([BASE_DIR / "seeds"], root="seeds", actor=OPERATOR).execute()
    raw = editors.get(address_of(Article.objects.get(source__path=REAL))).content
    head, _, rest = (BASE_DIR / "seeds" / REAL).read_bytes().partition(b"\nsecured:")
    assert raw == head + rest.partition(b"\n")[2]


def test_one_written_here_with_a_secured_comes_without_it(editors):
    article = make_article(secured="T0KEN")
    raw = editors.get(address_of(article)).content
    assert b"T0KEN" not in raw
    assert reader.read(raw).content == article_state.read_state(article).content.model_copy(update={"secured": ""})


def test_the_form_offers_it_and_speaks_of_secured_only_where_there_is_one(editors):
    article = make_article()
    page = editors.get(f"{LIST}{article.pk}/change/")
    assert address_of(article) in [attrs.get("href") for tag, attrs in tags_of(page) if tag == "a"]
    assert "secured" not in text_of(page)


def test_a_downloaded_file_imported_again_empties_the_secured_and_undo_brings_it_back(
    editors, chief, signed_in, imported, tmp_path
):
    """What docs/decisions/0007 says."""
    article = imported(more="secured: T0KEN\n")
    (tmp_path / "a.md").write_bytes(editors.get(address_of(article)).content)
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    article.refresh_from_db()
    assert article_state.read_state(article).content.secured == ""
    assert article.secured_payloads.filter(text="T0KEN").exists()
    signed_in(chief).post(f"/admin/articles/importrun/{ImportRun.objects.latest('pk').pk}/undo/")
    article.refresh_from_db()
    assert article_state.read_state(article).content.secured == "T0KEN"


@pytest.mark.parametrize("step", ["export", "patch"])
def test_what_cannot_be_written_is_a_message_on_the_form(editors, editor, imported, monkeypatch, step):
    article = imported(more="secured: T0KEN\n")
    if step == "export":
        publishing.publish(article, actor=editor)

    def fail(*words):
        raise exporting.Unpatchable("there is an anchor in it")

    monkeypatch.setattr(exporting.writer, step, fail)
    response = editors.get(address_of(article), follow=True)
    assert response.redirect_chain == [(f"{LIST}{article.pk}/change/", 302)]
    assert "This article cannot be written as a seed: there is an anchor in it" in text_of(response)


@pytest.mark.parametrize("name", ['a"b.md', "a\\b.md", "d\u202egpj.md", "-rf.md", "a;b=c.md"])
def test_a_hostile_name_is_a_harmless_header(editors, imported, name):
    article = imported()
    Source.objects.update(path=f"sub/{name}")
    header = editors.get(address_of(article))["Content-Disposition"]
    safe = name.replace('"', "_").replace("\\", "_").replace("\u202e", "_")
    assert header == f'attachment; filename="{safe}"'


def test_who_may_see_articles_may_download_and_nobody_else(signed_in, client):
    article = make_article(title="Canary")
    viewer = make_user()
    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    assert signed_in(viewer).get(address_of(article)).status_code == 200
    assert signed_in(make_user()).get(address_of(article)).status_code == 403
    assert client.get(address_of(article)).status_code == 302


def test_wrong_methods_and_articles_that_are_not_are_refused(editors):
    article = make_article()
    assert editors.post(address_of(article)).status_code == 405
    assert editors.head(address_of(article)).status_code == 200
    for key in ("0", "999999", "x", "9" * 30):
        assert editors.get(f"{LIST}{key}/seed/").status_code == 404
