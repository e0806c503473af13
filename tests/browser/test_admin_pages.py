"""The admin in a browser: accessible, self-contained and inside its window, and an editor's ways through it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.history import change_sets, purging
from articles.models import Article, ChangeSet, ImportRun, Topic, User
from articles.models.history import Origin
from articles.workflow.deciding import decide
from tests.browser.desk import LIST, WIDTHS, form_of, settle
from tests.contesting import changed_upstream, contested
from tests.factories import PASSWORD, make_article, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

CONFLICTS = "/admin/articles/conflict/"


def history_of(article: Article) -> str:
    return f"{LIST}{article.pk}/history/"


def purge_of(article: Article) -> ChangeSet:
    change_set = change_sets.open_change_set(ChangeSet.Kind.PURGE, actor=OPERATOR, reason="legal")
    purging.purge_many([Article.objects.get(pk=article.pk)], actor=OPERATOR, change_set=change_set, reason="legal")
    return change_set


@pytest.fixture
def shelf(db, tmp_path, story, live) -> None:
    """Other standings, enough rows for two pages, and an import run with a rejected file."""
    now = timezone.now()
    make_article(title="Later", published=True, live_from=now + timedelta(days=2))
    make_article(title="Over", published=True, live_from=now - timedelta(days=2), live_until=now - timedelta(days=1))
    for n in range(55):
        make_article(title=f"Row {n} " + "W" * 90, published_at=now - timedelta(days=n + 1), heat=n - 1)
    (tmp_path / "bad.md").write_text("---\ntitle: x\nquality: 400\n---\n")
    with pytest.raises(SystemExit):
        call_command("import_seeds", str(tmp_path), stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_that_an_editor_reads_are_accessible(desk, axe_findings, editor, shelf, story, live, width):
    window = desk(editor, width=width)
    rewrite(story, actor=editor)
    gone = make_article(title="W" * 90)
    decided = publish_together([gone, make_article()], actor=editor)
    purge = purge_of(gone)
    for path in (
        "/admin/",
        LIST,
        f"{LIST}?state=all&p=2",
        f"{LIST}?state=published&since=2020-01-01",
        f"{LIST}?q=nothing+answers+this",
        f"{LIST}add/",
        form_of(story),
        form_of(live),
        history_of(story),
        f"{LIST}{story.pk}/compare/",
        f"{LIST}{story.pk}/compare/?from=1&to=1",
        "/admin/articles/changeset/?kind=publish",
        f"/admin/articles/changeset/{decided.pk}/change/",
        f"/admin/articles/changeset/{purge.pk}/change/",
        history_of(gone),
        "/admin/password_change/",
    ):
        window.open(path)
        window.check(axe_findings, path)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_first_page_is_accessible_with_its_figures_open(desk, axe_findings, chief, shelf, width):
    make_article(hold="wait")
    make_article(set_aside_before="poor")
    publish_together([make_article(), make_article()], actor=chief)
    window = desk(chief, width=width)
    page = window.open("/admin/")
    expect(page.get_by_role("img", name="Decisions by hour")).to_be_visible()
    expect(page.get_by_role("link", name="1 rejected file")).to_be_visible()
    page.get_by_text("Figures by hour").click()
    expect(page.get_by_role("row")).to_have_count(25)
    window.check(axe_findings, "first page")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_refused_address_is_answered_by_an_accessible_page(desk, axe_findings, editor, width):
    window = desk(editor, width=width)
    for path in (f"{LIST}?state=live&state=held", "/admin/articles/topic/?name__regex=" + "(" * 200):
        page = window.open(path)
        window.watched.complaints[:] = [text for text in window.watched.complaints if "status of 400" not in text]
        window.check(axe_findings, path)
        page.get_by_role("link", name="Open the page without filters").click()
        page.wait_for_url(f"**{path.partition('?')[0]}")


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_a_chief_and_of_a_superuser_are_accessible(desk, axe_findings, chief, shelf, story, width):
    window = desk(chief, width=width)
    topic, run = Topic.objects.get(name="AI"), ImportRun.objects.latest("pk")
    places = [
        "/admin/articles/importrun/",
        "/admin/articles/importrun/?with=rejected&q=seeds",
        f"/admin/articles/importrun/{run.pk}/change/",
        f"/admin/articles/importrun/{run.pk}/change/?outcome=rejected&severity=error&q=bad",
        f"/admin/articles/importrun/{run.pk}/change/?q=nothing",
        "/admin/",
        "/admin/articles/topic/",
        f"/admin/articles/topic/{topic.pk}/change/",
        "/admin/articles/provider/",
        "/admin/articles/user/",
        "/admin/articles/user/add/",
        f"/admin/articles/user/{make_user('Editor').pk}/change/",
        f"/admin/articles/user/{chief.pk}/change/",
        "/admin/password/MQ/x-y/",
    ]
    for path in places:
        window.open(path)
        if "topic/" in path and "change" in path:
            window.page.wait_for_selector(".select2-selection[aria-label]")
        window.check(axe_findings, path)
    root = User.objects.create_superuser("root", password=PASSWORD)
    window.sign_in(root)
    for path in ("/admin/", "/admin/articles/user/", f"/admin/articles/user/{chief.pk}/change/"):
        window.open(path)
        window.watched.complaints.clear()
        assert axe_findings(window.page) == [], path
        window.watched.complaints.clear()


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_about_conflicts_are_accessible(desk, axe_findings, editor, tmp_path, width):
    article = contested(tmp_path)
    changed_upstream(tmp_path, "b")
    window = desk(editor, width=width)
    for path in ("/admin/", f"{LIST}upstream/", CONFLICTS, f"{CONFLICTS}?q=nothing", LIST, form_of(article)):
        window.open(path)
        window.check(axe_findings, path)
    page = window.open(CONFLICTS)
    page.locator("button[value^='keep:']").first.click()
    expect(page.locator(".messagelist")).to_contain_text("Kept our title")
    window.check(axe_findings, "queue after a decision")


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_before_signing_in_are_accessible(desk, axe_findings, db, width):
    window = desk(width=width)
    window.open("/admin/login/")
    window.check(axe_findings, "sign-in")
    sign_in_by_hand(window.page, "nobody", "wrong")
    window.check(axe_findings, "sign-in, refused")
    while window.page.locator("#login-form").is_visible():
        sign_in_by_hand(window.page, "nobody", "wrong")
    expect(window.page.locator("h1")).to_have_text("Sign-in is locked")
    window.check(axe_findings, "locked out")


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_that_answer_an_editor_are_accessible(desk, axe_findings, editor, chief, story, width):
    window = desk(editor, width=width)
    page = window.open(LIST)
    page.check("input.action-select >> nth=0")
    page.click("button[value=publish]")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    window.check(axe_findings, "list with a message")
    page.click("text=Undo")
    expect(page.locator(".messagelist")).to_contain_text("Undone")

    window.open(form_of(story))
    page.fill("#id_title", "")
    page.fill("#id_quality", "400")
    page.click("text=Add an entry")
    page.fill("#id_related-2-title", "Without an address")
    page.click("button[name=_save]")
    expect(page.locator(".errornote a")).to_have_count(3)
    expect(page.locator("details.entry").nth(2)).to_have_attribute("open", "")
    window.check(axe_findings, "form with errors")

    window.open(form_of(story))
    retitle(story, "A colleague's title", actor=chief)
    page.fill("#id_title", "My title")
    page.click("button[name=_save]")
    expect(page.locator(".side.contested")).to_contain_text("changed by both")
    expect(page.locator("#id_title")).to_have_value("My title")
    window.check(axe_findings, "stale form")

    window.open(history_of(story))
    expect(page.locator("ol.history > li").first).to_contain_text("A colleague's title")
    window.check(axe_findings, "history with changes")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_published_article_is_locked_for_a_contributor_and_says_why(
    desk, axe_findings, contributor, live, story, width
):
    window = desk(contributor, width=width)
    page = window.open(form_of(live))
    expect(page.locator(".locked")).to_contain_text("Only people who may publish can change a published article")
    expect(page.locator("#id_title")).to_be_disabled()
    expect(page.locator("button[name=_save]")).to_have_count(0)
    window.check(axe_findings, "locked form")
    window.open(LIST)
    expect(page.locator(".decide-bar summary[data-key]:visible")).to_have_text(["Dismiss…S", "Hold…H"])
    window.check(axe_findings, "list of a Contributor")


def test_an_editor_signs_in_publishes_sees_it_on_the_front_page_and_takes_it_back(desk, editor, story):
    window = desk()
    page = window.open(LIST)
    sign_in_by_hand(page, editor.username, PASSWORD)
    page.click(f"text={story.title[-40:]}")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("It is live")
    expect(page.locator(".page-head .standing")).to_have_text("live")
    front = page.context.new_page()
    front.goto(f"{window.site}/")
    expect(front.locator("main")).to_contain_text(story.title)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messagelist")).to_contain_text("Undone")
    front.reload()
    expect(front.locator("body")).not_to_contain_text(story.title)


def test_enter_in_the_title_box_saves_and_does_not_publish(desk, editor, story):
    page = desk(editor).open(form_of(story))
    page.fill("#id_title", "A shorter title")
    page.press("#id_title", "Enter")
    expect(page.locator(".messagelist")).to_contain_text("Saved")
    story.refresh_from_db()
    assert (story.title, story.published) == ("A shorter title", False)


def test_enter_in_a_box_of_one_line_saves_without_javascript(browser, live_server, editor, story):
    with browser.new_context(java_script_enabled=False) as context:
        client = Client()
        client.force_login(editor)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + form_of(story))
        page.fill("#id_quality", "38")
        page.press("#id_quality", "Enter")
        expect(page.locator(".messagelist")).to_contain_text("Saved")
    story.refresh_from_db()
    assert (story.quality, story.published) == (38, False)


def test_enter_in_the_reason_box_of_the_list_decides_nothing(desk, editor, story):
    window = desk(editor)
    page = window.open(LIST)
    page.check("input.action-select")
    page.fill("#action-reason", "a reason")
    page.evaluate("addEventListener('submit', () => { document.title = 'sent'; })")
    page.press("#action-reason", "Enter")
    settle(page)
    assert page.title() != "sent"
    window.open(LIST)
    expect(page.locator(".messagelist")).to_have_count(0)
    assert not Article.objects.get(pk=story.pk).published


def test_an_added_picture_and_an_added_coverage_entry_are_saved(desk, editor, story):
    page = desk(editor).open(form_of(story))
    page.click("text=Add a picture")
    page.fill("#id_images-2-url", "https://img.example/2.jpg")
    page.click("text=Add an entry")
    page.fill("#id_related-2-title", "Third")
    page.fill("#id_related-2-web_url", "https://wire.example/3")
    page.click("button[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("Saved: pictures, coverage")
    assert [image.url for image in story.images.all()] == ["https://img.example/1.jpg", "https://img.example/2.jpg"]
    assert story.related.count() == 3


def test_rows_are_decided_with_the_keyboard_and_the_next_one_has_the_focus(desk, editor, story):
    for n in range(3):
        make_article(title=f"Row {n}", published_at=timezone.now() - timedelta(days=n + 1))
    page = desk(editor).open(LIST)
    page.focus("input.action-select >> nth=0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    expect(page.locator(".messagelist")).to_contain_text("Published “Row 0”")
    expect(page.locator("tbody tr").nth(1).locator("input.action-select")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".action-counter")).to_have_text("2 of 3 selected")
    page.fill("#action-reason", "pux")
    page.keyboard.press("Shift+Tab")
    page.click("button[value=publish]")
    expect(page.locator(".messagelist")).to_contain_text("Published “Row 1”, “Row 2”")
    assert list(Article.objects.filter(published=False)) == [story]


def test_leaving_the_form_with_something_unsaved_asks_first(desk, editor, story):
    page = desk(editor).open(form_of(story))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.press("#id_title", "x")
    page.click("ol.breadcrumbs a")
    page.wait_for_url(f"**{LIST}")
    assert asked == ["beforeunload"]


def sign_in_by_hand(page: Page, name: str, password: str) -> None:
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    with page.expect_navigation():
        page.click("#login-form [type=submit]")


def publish_together(articles: list[Article], *, actor: User) -> ChangeSet:
    """One of the two is changed afterwards."""
    change_set = change_sets.open_change_set("publish", actor=actor, reason="The evening edition")
    decide("publish", articles, actor=actor, change_set=change_set)
    retitle(articles[0], "Changed since, " + "W" * 70, actor=actor)
    return change_set


def rewrite(article: Article, *, actor: User) -> None:
    """An edit of every kind of field, the schedule included."""
    state = article_state.read_state(article)
    first, second = state.content.related
    values = {
        "title": "القمر فوق المرفأ: a title in two directions, long enough to need a second line in every list",
        "body": "Some *other* text.\n\n" * 2 + "Some *text*.\n\n" * 3,
        "topics": ("AI", "Harbour", "Meta AI"),
        "quality": 80,
        "provider": state.content.provider.model_copy(update={"name": "The Gazette"}),
        "images": (state.content.images[0].model_copy(update={"width": 900}),),
        "related": (second, first.model_copy(update={"title": "Much the same elsewhere", "quality": 7})),
    }
    typed = replace(state, content=state.content.model_copy(update=values))
    typed = replace(typed, desk=replace(state.desk, live_from=timezone.now() + timedelta(days=3)))
    door.change(article, typed, actor=actor, origin=Origin.FORM, expected_version=article.version)


def retitle(article: Article, title: str, *, actor: User) -> None:
    article.refresh_from_db()
    state = article_state.read_state(article)
    typed = replace(state, content=state.content.model_copy(update={"title": title}))
    door.change(article, typed, actor=actor, origin=Origin.FORM, expected_version=article.version)
