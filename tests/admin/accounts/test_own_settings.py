"""Each member of staff sets his own time zone, and the whole admin follows it; nobody else's pages do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from articles.history import change_sets
from articles.models import User
from articles.timezones import offered_zones, zone_called
from articles.workflow import publishing
from tests.admin.browserless import form_of, open_form, read_form, tags_of, text_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
SETTINGS = "/admin/articles/user/settings/"
NOW = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def frozen_time():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def choose(client, zone, **more):
    form = read_form(client, SETTINGS, "settings")
    form["time_zone"] = zone
    for name, value in more.items():
        form.forge(name, value)
    return form.send(client, SETTINGS)


def zone_of(user):
    return User.objects.get(pk=user.pk).time_zone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("  europe/berlin ", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
        ("", ""),
    ],
)
def test_a_zone_is_kept_in_its_own_spelling(editor, signed_in, typed, kept):
    editor.time_zone = "Asia/Kathmandu"
    editor.save()
    client = signed_in(editor)
    response = choose(client, typed)
    assert (response.status_code, response["Location"], zone_of(editor)) == (302, SETTINGS, kept)
    assert f"Times are now in {kept or 'UTC'}" in text_of(client.get(SETTINGS))


@pytest.mark.parametrize("typed", ["Nowhere", "../../etc/passwd", "Factory", "localtime", "Louisville", "+01:00"])
def test_what_is_no_zone_is_refused_with_a_remedy_and_the_text_stays(editor, signed_in, typed):
    client = signed_in(editor)
    response = choose(client, typed)
    assert response.status_code == 200
    assert "choose one such as Europe/Berlin" in text_of(response)
    assert "Error:" in response.text
    assert form_of(response, "settings")["time_zone"] == typed
    assert zone_of(editor) == ""


@pytest.mark.parametrize("typed", ["x" * 100_000, "\x00", "Europe/Ber\x00lin"])
def test_an_endless_or_binary_name_is_refused(editor, signed_in, typed):
    assert choose(signed_in(editor), typed).status_code == 200
    assert zone_of(editor) == ""


def test_the_form_writes_nothing_but_the_zone_of_who_is_signed_in(editor, chief, signed_in):
    client = signed_in(editor)
    before = User.objects.filter(pk=editor.pk).values().get()
    forged = {"pk": chief.pk, "user": chief.pk, "username": "root", "is_superuser": "on", "language": "x"}
    assert choose(client, "Asia/Tokyo", **forged).status_code == 302
    assert User.objects.filter(pk=editor.pk).values().get() == before | {"time_zone": "Asia/Tokyo"}
    assert zone_of(chief) == ""


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_is_answered(editor, signed_in, method):
    assert getattr(signed_in(editor), method)(SETTINGS).status_code == 405
    assert signed_in(editor).get(f"{SETTINGS}?time_zone=Asia/Tokyo").status_code == 200
    assert zone_of(editor) == ""


def test_a_post_without_token_or_session_changes_nothing(editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(SETTINGS, {"time_zone": "Asia/Tokyo"}).status_code == 403
    assert Client().post(SETTINGS, {"time_zone": "Asia/Tokyo"}).status_code == 302
    assert zone_of(editor) == ""


def test_who_is_no_staff_has_no_settings(signed_in):
    reader = User.objects.create_user("reader", password="x")
    assert "/admin/login/" in signed_in(reader).post(SETTINGS, {"time_zone": "Asia/Tokyo"})["Location"]
    assert zone_of(reader) == ""


def test_the_way_back_leads_to_a_page_of_the_admin_alone(editor, signed_in):
    client = signed_in(editor)
    assert choose(client, "Asia/Tokyo", next="/admin/articles/article/")["Location"] == "/admin/articles/article/"
    for forged in ("https://evil.example/", "//evil.example/admin/", "/", "javascript:alert(1)"):
        assert choose(client, "Asia/Tokyo", next=forged)["Location"] == SETTINGS


def test_the_settings_are_in_the_menu_and_offer_each_place_with_its_clock(editor, signed_in):
    client = signed_in(editor)
    assert f'href="{SETTINGS}"' in client.get("/admin/").text
    page = client.get(SETTINGS)
    offered = [attributes["value"] for tag, attributes in tags_of(page) if tag == "option"]
    assert offered == list(offered_zones())
    assert {"UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia"} <= set(offered)
    assert '<option value="Europe/Berlin">00:30</option>' in page.text


def test_every_offered_zone_is_found_by_its_name():
    assert [zone_called(name) for name in offered_zones()] == list(offered_zones())


def test_every_page_of_the_admin_shows_times_in_the_users_zone(chief, signed_in):
    article = make_article()
    publishing.publish(article, actor=chief, change_set=change_sets.open_change_set("publish", actor=chief))
    chief.time_zone = "Asia/Kathmandu"
    chief.save()
    client = signed_in(chief)
    pages = {
        "/admin/articles/article/?state=live": "",
        f"/admin/articles/article/{article.pk}/change/": "2026-07-02T04:15:00",
        f"/admin/articles/article/{article.pk}/history/": "04:15",
        f"/admin/articles/article/{article.pk}/compare/": "04:15",
        "/admin/articles/changeset/": "04:15",
    }
    for address, shown in pages.items():
        page = client.get(address)
        assert shown in page.text, address
        assert "22:30" not in text_of(page), address


def test_dates_of_the_lists_filter_are_days_in_the_users_zone(editor, signed_in):
    make_article(title="Late at night", published_at=NOW)
    client = signed_in(editor)
    days = "?state=all&since=2026-07-02&until=2026-07-02"
    assert "Late at night" not in client.get(f"/admin/articles/article/{days}").text
    editor.time_zone = "Asia/Kathmandu"
    editor.save()
    assert "Late at night" in client.get(f"/admin/articles/article/{days}").text


def test_a_users_zone_touches_no_readers_page_and_no_later_request(editor, signed_in, client):
    article = make_article(published=True, published_at=NOW, live_from=NOW)
    addresses = ("/", article.get_absolute_url())
    before = [client.get(address).content for address in addresses]
    editor.time_zone = "Asia/Kathmandu"
    editor.save()
    own = signed_in(editor)
    for address, content in zip(addresses, before, strict=True):
        assert "2 Jul 2026, 0" in own.get("/admin/articles/article/?state=all").text
        open_form(own, f"/admin/articles/article/{article.pk}/change/").send(
            own, f"/admin/articles/article/{article.pk}/change/", "_save"
        )
        assert timezone.get_current_timezone_name() == "UTC"
        assert own.get(address).content == content
        assert client.get(address).content == content


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc", "Europe", "x" * 64])
def test_a_zone_that_this_machine_no_longer_knows_gives_the_sites(signed_in, name):
    client = signed_in(make_user("Editor", time_zone=name))
    page = client.get(SETTINGS)
    assert page.status_code == 200
    assert "UTC, now 22:30" in text_of(page)
