"""What was typed is never lost: neither with the session, nor the token, the right, the article or its old versions."""

import json

import pytest
from axes.models import AccessAttempt
from django.test import Client

from articles.changes import door
from articles.content import article_state
from articles.models import Article, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.browserless import form_of, forms_of, open_form, read_form, tags_of, text_of
from tests.factories import PASSWORD, make_article, make_user
from tests.history.gaps import leave_gap

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
TEXT = "An hour of work\n\nwith “signs”, <b>tags</b> & more"


def address_of(article):
    return f"/admin/articles/article/{article.pk}/change/"


def state_of(article):
    return article_state.read_state(Article.objects.get(pk=article.pk))


def retitle(article, title, actor):
    row = Article.objects.get(pk=article.pk)
    state = article_state.read_state(row)
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": title}), state.desk)
    door.change(row, wanted, actor=actor, origin=Origin.FORM, expected_version=row.version)


def strict_client(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def typed_form(client, article):
    form = read_form(client, address_of(article))
    form["body"] = TEXT
    form.add_part("related", title="Elsewhere", web_url="https://other.example/9")
    return form


def end_session(client):
    del client.cookies["sessionid"]


def sign_in(client, page, user, password=PASSWORD):
    form = form_of(page, "login-form")
    form["username"] = user.username
    form["password"] = password
    return form.send(client, "/admin/login/")


@pytest.fixture
def article(db):
    return make_article(title="Began", body="Began")


def test_a_session_that_ended_loses_nothing_and_saves_nothing_unseen(editor, article):
    client = strict_client(editor)
    form = typed_form(client, article)
    end_session(client)
    page = form.send(client, address_of(article), "_publish")
    assert page.status_code == 403
    assert "Your text is safe; sign in to continue." in text_of(page)
    wrong = sign_in(client, page, editor, "wrong")
    assert wrong.status_code == 200
    carried = sign_in(client, wrong, editor)
    assert state_of(article).content.body == "Began"
    shown = form_of(carried, "again").send(client, "", "_show")
    assert shown.status_code == 200
    assert "Not saved yet" in text_of(shown)
    assert state_of(article).content.body == "Began"
    again = form_of(shown, "article_form")
    assert again["body"] == TEXT
    assert again.send(client, address_of(article), "_save").status_code == 302
    saved = state_of(article).content
    assert (saved.body, [e.title for e in saved.related], saved.published) == (TEXT, ["Elsewhere"], False)


def test_what_was_carried_past_a_sign_in_goes_through_the_stale_check(editor, article):
    client = strict_client(editor)
    form = typed_form(client, article)
    end_session(client)
    page = form.send(client, address_of(article), "_publish")
    retitle(article, "Theirs", make_user("Editor"))
    stale = form_of(sign_in(client, page, editor), "again").send(client, "", "_show")
    assert stale.status_code == 409
    assert "Save both and publish" in text_of(stale)
    form_of(stale, "article_form").send(client, address_of(article), "_save")
    saved = state_of(article).content
    assert (saved.title, saved.body) == ("Theirs", TEXT)


def test_somebody_else_who_signs_in_saves_nothing_and_is_told_whose_it_is_not(editor, contributor, article):
    client = strict_client(editor)
    form = typed_form(client, article)
    end_session(client)
    page = form.send(client, address_of(article), "_save")
    shown = form_of(sign_in(client, page, contributor), "again").send(client, "", "_show")
    assert "text from another account" in text_of(shown)
    assert Revision.objects.count() == 1
    form.forge("csrfmiddlewaretoken", form_of(shown, "article_form")["csrfmiddlewaretoken"])
    end_session(client)
    page = form.send(client, address_of(article), "_save")
    refused = form_of(sign_in(client, page, make_user()), "again").send(client, "", "_show")
    assert refused.status_code == 403
    assert TEXT.split("\n", maxsplit=1)[0] in text_of(refused)


def test_a_new_article_survives_the_end_of_a_session(editor):
    client = strict_client(editor)
    form = read_form(client, ADD)
    form["title"] = "Brand new"
    form["body"] = TEXT
    end_session(client)
    carried = sign_in(client, form.send(client, ADD, "_save"), editor)
    shown = form_of(carried, "again").send(client, "", "_show")
    again = form_of(shown, "article_form")
    assert (again["title"], again["body"]) == ("Brand new", TEXT)
    assert not Article.objects.exists()


def test_a_stranger_without_a_token_is_refused_and_nothing_is_stored(article):
    client = Client(enforce_csrf_checks=True)
    data = {"version": "1", "title": "Forged", "body": "Forged", "_publish": "1"}
    page = client.post(address_of(article), data)
    assert page.status_code == 403
    assert "Forged" not in page.text
    assert state_of(article).content.title == "Began"
    assert not client.session.keys()


@pytest.mark.parametrize("typed", ["", "x", "{}", "[1]", '[["a"]]', "[[1, 2]]", "[" * 5000, '{"a": ["b", "c"]}'])
def test_a_forged_box_of_the_sign_in_page_is_nothing(editor, article, typed):
    data = {"username": editor.username, "password": PASSWORD, "next": address_of(article), "typed": typed}
    response = Client().post("/admin/login/", data)
    assert (response.status_code, response["Location"]) == (302, address_of(article))


@pytest.mark.parametrize("address", ["/admin/", "/admin/articles/article/", "https://evil.example/", "/nowhere/"])
def test_typed_text_is_carried_to_the_article_form_alone(editor, address):
    typed = json.dumps([["title", "Canary"], ["version", "1"], ["body", ""]])
    data = {"username": editor.username, "password": PASSWORD, "next": address, "typed": typed}
    response = Client().post("/admin/login/", data)
    assert response.status_code == 302
    assert "evil" not in response["Location"]


def test_a_token_that_was_exchanged_by_signing_in_beside_it_loses_nothing(editor, article):
    client = strict_client(editor)
    form = typed_form(client, article)
    client.force_login(editor)
    client.cookies["csrftoken"] = "b" * 32
    page = form.send(client, address_of(article), "_publish", HTTP_ORIGIN="http://testserver")
    assert page.status_code == 403
    assert "An hour of work" in text_of(page)
    assert state_of(article).content.body == "Began"
    shown = form_of(page, "again").send(client, "", "_show", HTTP_ORIGIN="http://testserver")
    assert form_of(shown, "article_form")["body"] == TEXT
    assert not Article.objects.get().published


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example", None])
def test_what_another_site_sends_is_not_offered_to_be_saved(editor, article, origin):
    client = strict_client(editor)
    headers = {"HTTP_ORIGIN": origin} if origin else {}
    data = {"version": "1", "title": "Forged", "body": "Forged", "_publish": "1"}
    page = client.post(address_of(article), data, **headers)
    assert page.status_code == 403
    assert "Forged" not in page.text


def test_showing_needs_a_token_too(editor, article):
    client = strict_client(editor)
    data = {"version": "1", "title": "Forged", "body": "Forged", "_show": "1"}
    assert client.post(address_of(article), data).status_code == 403


def test_who_lost_their_role_gets_the_text_back(editor, article, signed_in):
    client = signed_in(editor)
    form = typed_form(client, article)
    editor.groups.clear()
    page = form.send(client, address_of(article), "_save")
    assert page.status_code == 403
    words = text_of(page)
    assert "Not saved" in words
    assert "with “signs”, <b>tags</b> & more" in words
    assert "https://other.example/9" in words
    assert state_of(article).content.body == "Began"


def test_who_was_struck_from_the_staff_is_asked_to_sign_in_and_keeps_the_text(editor, article, signed_in):
    client = signed_in(editor)
    form = typed_form(client, article)
    editor.is_staff = False
    editor.save()
    page = form.send(client, address_of(article), "_save")
    assert page.status_code == 403
    assert ["body", TEXT.replace("\n", "\r\n")] in json.loads(form_of(page, "login-form")["typed"])


def test_who_lost_the_right_to_publish_gets_the_form_back_with_the_reason(editor, article, signed_in):
    client = signed_in(editor)
    form = typed_form(client, article)
    editor.groups.set(make_user("Contributor").groups.all())
    page = form.send(client, address_of(article), "_publish")
    assert page.status_code == 403
    assert "has no permission to publish" in text_of(page)
    again = form_of(page, "article_form")
    assert again["body"] == TEXT
    again.send(client, address_of(article), "_save")
    assert (state_of(article).content.body, Article.objects.get().published) == (TEXT, False)


def test_an_article_that_was_removed_meanwhile_leaves_the_text_on_the_page(editor, article, signed_in):
    client = signed_in(editor)
    form = typed_form(client, article)
    door.withdraw_many([article], actor=editor)
    page = form.send(client, address_of(article), "_save")
    assert page.status_code == 404
    words = text_of(page)
    assert "Somebody deleted the article" in words
    assert "An hour of work" in words
    assert "https://other.example/9" in words


def test_a_version_in_a_gap_of_the_history_keeps_the_text_and_overwrites_nothing(editor, article, signed_in):
    client = signed_in(editor)
    for n in range(3):
        retitle(article, f"Version {n}", editor)
    form = read_form(client, address_of(article))
    form["body"] = TEXT
    retitle(article, "Version 3", editor)
    leave_gap(article, 3, 5)
    page = form.send(client, address_of(article), "_save")
    assert page.status_code == 409
    words = text_of(page)
    assert "no longer readable" in words
    assert "An hour of work" in words
    assert state_of(article).content.body == "Began"


def test_a_row_from_a_version_in_a_gap_is_no_error_either(editor, signed_in):
    article = make_article(title="Began", related=[{"title": "Elsewhere", "webUrl": "https://other.example/1"}])
    client = signed_in(editor)
    retitle(article, "Version 2", editor)
    form = read_form(client, address_of(article))
    retitle(article, "Version 3", editor)
    form["related-0-title"] = "Mine"
    form.forge("related-0-place", "2-0")
    leave_gap(article, 2, 3)
    again = form_of(open_page(client, article), "article_form")
    again.forge("related-0-place", "2-0")
    page = again.send(client, address_of(article), "_save")
    assert page.status_code == 409
    assert "Elsewhere" in text_of(page)


def open_page(client, article):
    return client.get(address_of(article))


def test_a_broken_payload_of_the_past_is_no_error(editor, article, signed_in):
    client = signed_in(editor)
    form = typed_form(client, article)
    retitle(article, "Version 2", editor)
    lost = json.dumps({"secured": ["a" * 64, "b" * 64], "title": ["Began", "Version 2"]})
    article.revisions.filter(number=2).update(changes=lost)
    page = form.send(client, address_of(article), "_save")
    assert page.status_code == 409
    assert "An hour of work" in text_of(page)


NO_VERSION = [None, "", " ", "abc", "-1", "1.0", "1e3", "99", "2147483648", "9" * 30, "9" * 5000, "\x00", "1\x00"]


def with_version(form, version):
    form.forge("version", version or "")
    if version is None:
        del form.values["version"]
    return form


@pytest.mark.parametrize("button", ["_save", "_publish", "_show"])
@pytest.mark.parametrize("version", [*NO_VERSION, "0"])
def test_a_version_that_never_was_keeps_the_text_as_well(editor, article, signed_in, version, button):
    client = signed_in(editor)
    page = with_version(typed_form(client, article), version).send(client, address_of(article), button)
    assert page.status_code == 400
    words = text_of(page)
    assert "An hour of work" in words
    assert "https://other.example/9" in words
    assert Revision.objects.count() == 1


@pytest.mark.parametrize("button", ["_save", "_publish", "_show"])
@pytest.mark.parametrize("version", [*NO_VERSION, "1", "00"])
def test_a_form_that_is_no_new_articles_keeps_the_text_too(editor, article, signed_in, version, button):
    client = signed_in(editor)
    form = open_form(client, ADD)
    form["title"] = "Brand new"
    form["body"] = TEXT
    form.add_part("related", title="Elsewhere", web_url="https://other.example/9")
    page = with_version(form, version).send(client, ADD, button)
    assert page.status_code == 400
    words = text_of(page)
    assert "Brand new" in words
    assert "An hour of work" in words
    assert "https://other.example/9" in words
    assert list(Article.objects.all()) == [article]


@pytest.mark.parametrize("data", [{}, {"title": "Typed alone"}, {"excerpt": "Typed alone", "version": "1"}])
def test_of_a_form_that_is_not_whole_what_is_there_is_kept(editor, article, signed_in, data):
    client = signed_in(editor)
    for address in (ADD, address_of(article)):
        page = client.post(address, data)
        assert page.status_code == 400
        assert ("Typed alone" in text_of(page)) is bool(data)
    assert Revision.objects.count() == 1


def test_a_form_without_its_version_survives_the_end_of_a_session_too(editor, article):
    client = strict_client(editor)
    form = with_version(typed_form(client, article), None)
    end_session(client)
    carried = sign_in(client, form.send(client, address_of(article), "_save"), editor)
    shown = form_of(carried, "again").send(client, "", "_show")
    assert shown.status_code == 400
    assert "An hour of work" in text_of(shown)
    assert state_of(article).content.body == "Began"


@pytest.mark.parametrize(
    ("draft", "is_told"), [("0123456789abcdef", True), ("", False), ("x" * 16, False), ("a;b", False)]
)
def test_a_save_tells_the_browser_which_draft_is_saved(editor, article, signed_in, draft, is_told):
    client = signed_in(editor)
    form = typed_form(client, article)
    form.forge("draft", draft)
    response = form.send(client, address_of(article), "_save")
    assert response.status_code == 302
    assert ("newsdesk_saved" in response.cookies) is is_told
    if is_told:
        cookie = response.cookies["newsdesk_saved"]
        assert (cookie.value, cookie["path"], cookie["samesite"], cookie["max-age"]) == (
            draft,
            "/admin/",
            "Strict",
            120,
        )


def test_what_was_refused_tells_of_no_saved_draft(editor, article, signed_in):
    client = signed_in(editor)
    form = typed_form(client, article)
    form.forge("draft", "0123456789abcdef")
    form["quality"] = "101"
    assert "newsdesk_saved" not in form.send(client, address_of(article), "_save").cookies


def test_the_key_of_drafts_is_an_accounts_own(editor, contributor, article, signed_in):
    def key(user):
        page = signed_in(user).get(address_of(article)).text
        return page.split('data-key="')[1].split('"')[0]

    assert key(editor) == key(editor)
    assert key(editor) != key(contributor)


def test_too_many_wrong_passwords_cost_no_text_either(editor, article):
    client = strict_client(editor)
    form = typed_form(client, article)
    end_session(client)
    page = form.send(client, address_of(article), "_save")
    for _ in range(11):
        form = form_of(page, "login-form")
        form["username"], form["password"] = editor.username, "wrong"
        page = form.send(client, "/admin/login/")
        if page.status_code == 429:
            break
    assert "Your text is kept" in text_of(page)
    waiting = next(form for form in forms_of(page) if "typed" in form.values)
    AccessAttempt.objects.all().delete()
    back = waiting.send(client, "/admin/login/")
    shown = form_of(sign_in(client, back, editor), "again").send(client, "", "_show")
    assert form_of(shown, "article_form")["body"] == TEXT


def test_a_locked_stale_form_has_the_text_where_it_can_be_copied(contributor, editor, article, signed_in):
    client = signed_in(contributor)
    form = typed_form(client, article)
    publishing.publish(Article.objects.get(), actor=editor)
    page = form.send(client, address_of(article), "_save")
    assert page.status_code == 409
    readonly = [attributes for tag, attributes in tags_of(page) if tag == "textarea" and "readonly" in attributes]
    assert readonly
    assert "Your text" in text_of(page)
    assert "https://other.example/9" in text_of(page)
