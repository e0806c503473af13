"""The `secured` of an article is on no page, list, message, history, receipt or log, for no role."""

import json
import logging

import pytest
from django.core.management import call_command

from articles.changes.actors import OPERATOR
from articles.importing.runner import Import
from articles.models import Article, ChangeSet, ImportOutcome, ImportRun, Revision, SecuredPayload, Topic
from newsdesk.settings import BASE_DIR
from tests.admin.browserless import form_of, open_form
from tests.admin.seeds import seed
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TOKEN = "5ECuReD-t0ken"
LIST = "/admin/articles/article/"


@pytest.fixture
def imported(db, tmp_path, caplog):
    """Articles whose files hold the token, one of them changed once, and files refused because of it."""
    caplog.set_level(logging.DEBUG)

    def write(name, *, secured, title="T", published="false"):
        more = f"topics: [A]\npublished: {published}\nsecured: {secured}\n"
        text = seed(title=title, more=more).replace("https://a.example/", f"https://a.example/{name}")
        (tmp_path / name).write_text(text)

    write("a.md", secured=TOKEN)
    write("b.md", secured=f'"{TOKEN}"', published="true")
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    write("a.md", secured=f"{TOKEN} anew", title="T2")
    write("list.md", secured=f"[{TOKEN}]")
    write("map.md", secured=f"{{{TOKEN}: {TOKEN}}}")
    write("long.md", secured=TOKEN + "x" * 50_001)
    write("bell.md", secured=f'"{TOKEN}\\a"')
    write("colon.md", secured=f"{TOKEN}: {TOKEN}")
    write("quote.md", secured=f"'{TOKEN}")
    write("twice.md", secured=f"{TOKEN}\nsecured: {TOKEN}")
    receipt = Import([tmp_path], root="wire", actor=OPERATOR).execute()
    assert ImportOutcome.objects.filter(outcome="rejected").count() >= 6
    assert SecuredPayload.objects.filter(text__startswith=TOKEN).count() == 3
    return receipt


def pages():
    article, published = Article.objects.order_by("pk")
    run = ImportRun.objects.latest("pk")
    return [
        "/admin/",
        "/admin/articles/",
        LIST,
        f"{LIST}?state=all",
        *(f"{LIST}{a.pk}/{view}/" for a in (article, published) for view in ("change", "history", "delete", "seed")),
        "/admin/articles/importrun/",
        *(f"/admin/articles/importrun/{run.pk - back}/{view}/" for back in (0, 1) for view in ("change", "history")),
        *(f"/admin/articles/importrun/{run.pk - back}/receipt.json" for back in (0, 1)),
        *(f"/admin/articles/{model}/" for model in ("category", "topic", "provider", "user")),
        f"/admin/articles/topic/{Topic.objects.get().pk}/change/",
        f"/admin/articles/topic/{Topic.objects.get().pk}/delete/",
        "/",
        published.get_absolute_url(),
    ]


@pytest.mark.parametrize("role", ["", "Contributor", "Editor", "Chief", "superuser"])
def test_no_role_meets_the_token_on_any_page(imported, signed_in, caplog, role):
    caplog.clear()
    client = signed_in(make_user(is_superuser=True) if role == "superuser" else make_user(role))
    for address in pages():
        assert TOKEN not in client.get(address).getvalue().decode(), address
    assert TOKEN not in caplog.text


def test_no_search_finds_an_article_by_it(imported, editor, signed_in):
    client = signed_in(editor)
    assert b"_selected_action" in client.get(f"{LIST}?state=all&q=T2").content
    assert b"_selected_action" not in client.get(f"{LIST}?state=all&q={TOKEN}").content
    published = Article.objects.get(published=True)
    assert published.get_absolute_url() in client.get("/").content.decode()
    assert published.get_absolute_url() not in client.get(f"/?q={TOKEN}").content.decode()


def test_saving_publishing_undoing_and_a_stale_page_do_not_tell_it(imported, editor, signed_in):
    client = signed_in(editor)
    article = Article.objects.order_by("pk").first()
    address = f"{LIST}{article.pk}/change/"
    form, stale = open_form(client, address), open_form(client, address)
    form["title"] = "Mine"
    answers = [form.send(client, address, "_publish"), client.get(address)]
    stale["title"] = "Late"
    answers.append(stale.send(client, address, "_save"))
    assert answers[-1].status_code == 409
    answers.append(form_of(answers[-1], "article_form").send(client, address, "_unpublish"))
    answers.append(client.post(f"{LIST}undo/{ChangeSet.objects.latest('pk').pk}/", follow=True))
    assert all(TOKEN not in answer.content.decode() for answer in answers)
    assert article.secured_payloads.first().text == f"{TOKEN} anew"


def test_neither_rows_beside_its_own_table_nor_receipts_nor_logs_hold_it(imported, caplog, capsys, tmp_path):
    rows = [list(model.objects.values()) for model in (Article, Revision, ChangeSet, ImportRun, ImportOutcome)]
    assert TOKEN not in str(rows)
    assert TOKEN not in caplog.text
    assert TOKEN not in str(imported.files if hasattr(imported, "files") else vars(imported))
    with pytest.raises(SystemExit):
        call_command("import_seeds", str(tmp_path), root="wire", format="json", dry_run=True)
    printed = capsys.readouterr()
    assert json.loads(printed.out)["counts"]["rejected"] >= 6
    assert TOKEN not in printed.out + printed.err


def test_the_secured_of_the_real_seed_is_in_its_own_table_exactly_and_nowhere_else(chief, signed_in):
    Import([BASE_DIR / "seeds"], root="seeds", actor=OPERATOR).execute()
    article = Article.objects.get(source__path="000_46925ec215a6d86c.txt")
    payload = article.secured_payloads.get().text
    raw = (BASE_DIR / "seeds" / "000_46925ec215a6d86c.txt").read_text()
    assert len(payload) > 300
    assert payload in raw
    client = signed_in(chief)
    for address in (LIST, f"{LIST}{article.pk}/change/", f"{LIST}{article.pk}/history/"):
        assert payload[:40] not in client.get(address).content.decode()
    assert payload[:40] not in str(list(Revision.objects.values()) + list(Article.objects.values()))
