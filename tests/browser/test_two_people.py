"""Two people at one article, in two browsers: they know of each other, and nothing of either is lost."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from articles.content import article_state
from articles.models import Article
from tests.browser.desk import WIDTHS, form_of, settle
from tests.factories import PASSWORD, make_article
from tests.importing.import_running import import_seeds, story, write
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

BODY = "\nThe ferry sails.\n\nIt is late.\n\nNobody minds.\n"


@pytest.fixture
def article(tmp_path, db) -> Article:
    """From a file, so that an import can change it as well."""
    write(tmp_path, "ferry.md", story("ferry", "excerpt: Began\nquality: 37\ntopics: [Sea]\n", body=BODY))
    import_seeds(tmp_path)
    return Article.objects.get()


def beat(page: Page) -> None:
    """A heartbeat now, as when a window comes back to the front."""
    with page.expect_response("**/presence/"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def hears(page: Page, words: str, *others: Page) -> None:
    """Sooner or later: heartbeats of the page and of others pass each other, and one may get lost."""
    until(lambda: [beat(each) for each in (*others, page)] and words in page.locator(".presence").inner_text())


def save(page: Page) -> None:
    page.locator(".decide-bar").get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()


def test_two_browsers_and_an_import_change_one_article_and_nothing_is_lost(desk, editor, chief, article, tmp_path):
    """Show 2."""
    mine, theirs = desk(editor).open(form_of(article)), desk(chief).open(form_of(article))
    mine.fill("#id_title", "The editor's headline")
    mine.fill("#id_topics", "Harbour\nSea")
    mine.fill("#id_body", BODY.replace("Nobody minds.", "Nobody minds, says the editor."))
    theirs.fill("#id_excerpt", "The chief's excerpt")
    theirs.fill("#id_topics", "Sea\nFerries")
    theirs.fill("#id_body", BODY.replace("The ferry sails.", "The ferry sails, says the chief."))
    save(theirs)
    expect(theirs.locator(".messagelist")).to_contain_text("Saved")
    write(tmp_path, "ferry.md", story("ferry", "excerpt: Began\nquality: 62\ntopics: [Sea, Wire]\n", body=BODY))
    import_seeds(tmp_path)

    hears(mine, "saved version 3 (import)")
    save(mine)
    panel = mine.locator(".panel.stale")
    expect(panel).to_contain_text("Your changes don't overlap")
    for words in (chief.username, "operator", "editor's headline", "The chief's excerpt", "Wire", "Harbour", "62"):
        expect(panel).to_contain_text(words)
    assert Article.objects.get().version == 3
    panel.get_by_role("button", name="Save both versions").click()
    expect(mine.locator(".messagelist")).to_contain_text("Saved")

    saved = article_state.read_state(Article.objects.get()).content
    assert (saved.title, saved.excerpt, saved.quality) == ("The editor's headline", "The chief's excerpt", 62)
    assert saved.topics == ("Harbour", "Sea", "Ferries", "Wire")
    assert saved.body == BODY.replace("sails.", "sails, says the chief.").replace("minds.", "minds, says the editor.")
    assert list(article.revisions.order_by("number").values_list("actor_name", "origin")) == [
        ("operator", "import"),
        (chief.username, "form"),
        ("operator", "import"),
        (editor.username, "form"),
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_about_two_people_are_accessible(desk, axe_findings, editor, chief, article, width):
    window = desk(editor, width=width)
    page, theirs = window.open(form_of(article)), desk(chief).open(form_of(article))
    theirs.fill("#id_title", "A colleague's title " + "W" * 70)
    hears(page, f"{chief.username} has been editing this since", theirs)
    window.check(axe_findings, "somebody else is editing")
    theirs.fill("#id_excerpt", "Theirs")
    save(theirs)
    hears(page, f"{chief.username} saved version 2")
    expect(page.locator(".presence a")).to_have_attribute("target", "_blank")
    window.check(axe_findings, "somebody else saved it")
    page.fill("#id_title", "My title")
    page.fill("#id_quality", "55")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".side.contested")).to_contain_text("changed by both")
    window.check(axe_findings, "stale form")
    page.get_by_label("Theirs").check()
    expect(page.locator(".box-title")).to_have_class("box box-title left-to-others")
    window.check(axe_findings, "stale form, chosen")
    page.get_by_role("button", name="Save as chosen and publish").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved: quality")
    saved = Article.objects.get()
    assert (saved.title[:11], saved.excerpt, saved.quality, saved.published) == ("A colleague", "Theirs", 55, True)


def test_typing_into_a_box_that_was_left_to_the_others_takes_it_back(desk, editor, chief, article):
    page, theirs = desk(editor).open(form_of(article)), desk(chief).open(form_of(article))
    theirs.fill("#id_title", "Theirs")
    save(theirs)
    page.fill("#id_title", "Mine")
    save(page)
    page.get_by_label("Theirs").check()
    page.fill("#id_title", "A third")
    page.get_by_role("button", name="Save as chosen").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved: title")
    assert Article.objects.get().title == "A third"


def test_who_closes_the_form_is_gone_at_once_and_an_own_second_window_is_named_as_such(desk, editor, chief, article):
    page, other = desk(editor).open(form_of(article)), desk(chief)
    theirs = other.open(form_of(article))
    hears(page, f"{chief.username} has had this open", theirs)
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    second = opened.value
    expect(page.locator(".own-window")).to_be_visible()
    expect(page.locator(".presence-now")).not_to_contain_text(editor.username)
    second.close()
    expect(page.locator(".own-window")).to_be_hidden()
    theirs.goto(f"{other.site}/admin/")
    until(lambda: beat(page) or page.locator(".presence-now").inner_text() == "")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_session_that_ended_costs_nothing_that_was_typed(desk, axe_findings, editor, article, width):
    window = desk(editor, width=width)
    page = window.open(form_of(article))
    page.fill("#id_title", "Typed for an hour")
    Session.objects.all().delete()
    hears(page, "You are signed out")
    window.check(axe_findings, "signed out beside the form")
    save(page)
    expect(page.locator("#content")).to_contain_text("Your text is safe; sign in to continue.")
    window.watched.complaints.clear()
    window.check(axe_findings, "sign-in with typed text")
    page.fill("#id_username", editor.username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    window.check(axe_findings, "signed in with typed text")
    page.get_by_role("button", name="Continue with your text").click()
    expect(page.locator("#id_title")).to_have_value("Typed for an hour")
    window.check(axe_findings, "form with carried text")
    assert Article.objects.get().version == 1
    save(page)
    expect(page.locator(".messagelist")).to_contain_text("Saved: title")
    has_no_draft(page)


def test_signing_in_again_beside_the_form_lets_it_save_without_a_detour(desk, editor, article):
    window = desk(editor)
    page = window.open(form_of(article))
    page.fill("#id_title", "Typed before")
    Session.objects.all().delete()
    beat(page)
    beside = page.context.new_page()
    beside.goto(f"{window.site}/admin/login/")
    beside.fill("#id_username", editor.username)
    beside.fill("#id_password", PASSWORD)
    beside.click("#login-form [type=submit]")
    expect(beside.locator("h1")).to_be_visible()
    beat(page)
    expect(page.locator(".presence")).not_to_contain_text("You are signed out")
    save(page)
    expect(page.locator(".messagelist")).to_contain_text("Saved: title")


def drafts_of(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('newsdesk-draft:'))")


def wait_for_draft(page: Page) -> None:
    until(lambda: drafts_of(page))


def has_no_draft(page: Page) -> None:
    until(lambda: not drafts_of(page))


def typed_and_lost(page: Page, site: str, article: Article, title: str) -> None:
    """Typed, and the window gone without saving."""
    page.goto(site + form_of(article))
    page.fill("#id_title", title)
    wait_for_draft(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{site}/admin/")


def test_a_window_that_was_closed_offers_its_text_again_and_a_save_ends_that(desk, editor, article):
    window = desk(editor)
    page = window.page
    typed_and_lost(page, window.site, article, "Typed and lost")
    assert "Typed and lost" not in page.evaluate("JSON.stringify(localStorage)")
    window.open(form_of(article))
    expect(page.locator("#draft")).to_contain_text("You have unsaved text from")
    expect(page.locator("#id_title")).not_to_have_value("Typed and lost")
    page.get_by_role("button", name="Restore it").click()
    expect(page.locator("#id_title")).to_have_value("Typed and lost")
    assert Article.objects.get().version == 1
    save(page)
    expect(page.locator(".messagelist")).to_contain_text("Saved: title")
    has_no_draft(page)
    window.open(form_of(article))
    expect(page.locator("#draft")).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_draft_of_an_older_version_is_restored_into_a_stale_form(desk, axe_findings, editor, chief, article, width):
    window = desk(editor, width=width)
    page = window.page
    typed_and_lost(page, window.site, article, "Typed and lost")
    theirs = desk(chief).open(form_of(article))
    theirs.fill("#id_excerpt", "Theirs")
    save(theirs)
    window.open(form_of(article))
    expect(page.locator("#draft")).to_contain_text("based on version 1")
    window.check(axe_findings, "form with a draft")
    page.get_by_role("button", name="Restore it").click()
    page.get_by_role("button", name="Save both versions").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved: title")
    saved = Article.objects.get()
    assert (saved.title, saved.excerpt) == ("Typed and lost", "Theirs")
    has_no_draft(page)


def test_drafts_are_for_the_account_that_typed_them_and_go_with_signing_out(desk, editor, contributor, article):
    window = desk(editor)
    page = window.page
    typed_and_lost(page, window.site, article, "A secret of the editor")
    window.sign_in(contributor)
    window.open(form_of(article))
    expect(page.locator("#presence")).to_be_attached()
    settle(page)
    expect(page.locator("#draft")).to_be_hidden()
    assert len(drafts_of(page)) == 1
    window.sign_in(editor)
    window.open(form_of(article))
    page.get_by_role("button", name="Discard it").click()
    has_no_draft(page)
    typed_and_lost(page, window.site, article, "Another")
    page.click("details.account summary")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_load_state()
    has_no_draft(page)


def test_a_draft_of_a_new_article_ends_when_it_was_created(desk, editor):
    page = desk(editor).open("/admin/articles/article/add/")
    for name, text in {
        "title": "Brand new",
        "web_url": "https://news.example/new",
        "provider_name": "The Ledger",
        "published_at": "2026-11-01T12:00:00",
    }.items():
        page.fill(f"#id_{name}", text)
    wait_for_draft(page)
    page.locator(".decide-bar").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Created")
    has_no_draft(page)
    assert Article.objects.get().title == "Brand new"


def test_pages_that_keep_text_are_accessible(desk, axe_findings, editor):
    article = make_article(title="Began", body="Body", related=[{"title": "E", "webUrl": "https://other.example/1"}])
    window = desk(editor, width=390)
    page = window.open(form_of(article))
    page.fill("#id_title", "Typed " * 20)
    page.evaluate("document.querySelector('#article_form [name=csrfmiddlewaretoken]').value = 'a'.repeat(64)")
    save(page)
    expect(page.locator("h1")).to_have_text("Your text is kept")
    window.watched.complaints.clear()
    window.check(axe_findings, "a token that was exchanged")
    page.get_by_role("button", name="Continue with your text").click()
    expect(page.locator("#id_title")).to_have_value("Typed " * 20)
