"""The article form: what is typed goes through the door, and nothing else does."""

import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.template.base import Template
from django.template.loader import render_to_string

from articles.admin.article_form.forms import ImageFormSet, RelatedFormSet
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.history import change_sets, purging
from articles.importing.runner import Import
from articles.models import Article, ChangeSet, Revision
from tests.admin.browserless import form_of, open_form, text_of
from tests.admin.seeds import seed
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
ODD = '{"credit":"A\\r\\nB","deep":{"z":[1,null]}}'


def address_of(article):
    return f"/admin/articles/article/{article.pk}/change/"


def state_of(article):
    return article_state.read_state(Article.objects.get(pk=article.pk))


def content_of(article):
    return state_of(article).content


def full_article(**fields):
    """One with two pictures, two coverage entries and unknown keys everywhere."""
    entries = [
        {
            "title": f"Elsewhere {n}",
            "webUrl": f"https://other.example/{n}",
            "provider": {"name": f"Other {n}", "domain": "other.example", "extra": f'{{"p":{n}}}'},
            "images": [{"url": f"https://other.example/{n}.jpg", "width": 1, "height": 2, "extra": f'{{"pic":{n}}}'}],
            "extra": f'{{"entry":{n}}}',
        }
        for n in (1, 2)
    ]
    pictures = [
        {
            "url": f"https://img.example/{n}.jpg",
            "width": n,
            "height": n,
            "isCached": n == 1,
            "extra": f'{{"image":{n}}}',
        }
        for n in (1, 2)
    ]
    whole = {
        "category": "news",
        "excerpt": "Short.",
        "body": "Long.",
        "topics": ["Ferries", "Ports"],
        "provider": {"name": "The Ledger", "domain": "ledger.example", "extra": ODD},
        "images": pictures,
        "related": entries,
        "extra": ODD,
        "secured": "payload",
    }
    return make_article(**(whole | fields))


def edit(client, article, **typed):
    """Types into boxes of the form and saves. Returns the answer."""
    form = open_form(client, address_of(article))
    for name, value in typed.items():
        form[name] = value
    return form.send(client, address_of(article), "_save")


def newest(article):
    return article.revisions.order_by("-number").first()


ONE_BOX = [
    ("title", "A new title", "title", "A new title"),
    ("excerpt", "Two\nlines", "excerpt", "Two\nlines"),
    ("body", "\n# Begins with a blank line\n", "body", "\n# Begins with a blank line\n"),
    ("byline", " A. Person ", "byline", "A. Person"),
    ("category", "science", "category", "science"),
    ("category", "", "category", ""),
    ("type", "video", "type", "video"),
    ("topics", "Ports\nFerries", "topics", ("Ports", "Ferries")),
    ("topics", "Ports\n\n  Ports \nTides", "topics", ("Ports", "Tides")),
    ("topics", "", "topics", ()),
    ("quality", "100", "quality", 100),
    ("heat", "2147483647", "heat", 2_147_483_647),
    ("published_at", "2026-03-01T08:00:05", "published_at", datetime(2026, 3, 1, 8, 0, 5, tzinfo=UTC)),
    ("web_url", "https://news.example/moved?a=1&b=2", "web_url", "https://news.example/moved?a=1&b=2"),
    ("original_url", "https://origin.example/", "original_url", "https://origin.example/"),
    ("live_from", "2026-12-01T08:00", "live_from", datetime(2026, 12, 1, 8, tzinfo=UTC)),
    ("live_until", "2099-12-01T08:00", "live_until", datetime(2099, 12, 1, 8, tzinfo=UTC)),
    ("title", "Cafe\u0301", "title", "Café"),
    ("body", "e\u0301", "body", "é"),
]


@pytest.mark.parametrize(("box", "typed", "field", "expected"), ONE_BOX)
def test_a_box_edited_alone_makes_one_revision_with_exactly_its_field(editor, signed_in, box, typed, field, expected):
    article = full_article()
    before = state_of(article)
    response = edit(signed_in(editor), article, **{box: typed})
    assert response.status_code == 302
    after = state_of(article)
    assert article_state.value_of(after, field) == expected
    assert article_state.differing_fields(before, after) == [field]
    revision = newest(article)
    assert (revision.number, list(revision.values), revision.actor, revision.origin) == (2, [field], editor, "form")
    assert revision.change_set.kind == ChangeSet.Kind.EDIT
    assert Article.objects.get(pk=article.pk).version == 2


@pytest.mark.parametrize("box", ["provider_name", "provider_domain"])
def test_another_provider_keeps_the_unknown_keys_of_the_old_one(editor, signed_in, box):
    article = full_article()
    before = state_of(article)
    edit(signed_in(editor), article, **{box: "new.example"})
    after = state_of(article)
    assert article_state.differing_fields(before, after) == ["provider"]
    assert after.content.provider.extra == ODD
    assert getattr(after.content.provider, box.removeprefix("provider_")) == "new.example"


def test_the_reason_stands_in_revision_and_change_set_and_is_cut_at_500(editor, signed_in):
    client, article = signed_in(editor), make_article()
    edit(client, article, title="New", reason="  <b>because</b>  ")
    assert (newest(article).reason, newest(article).change_set.reason) == ("<b>because</b>",) * 2
    form = open_form(client, address_of(article))
    form["title"] = "Newer"
    form.forge("reason", "x" * 501)
    assert form.send(client, address_of(article), "_save").status_code == 200
    assert content_of(article).title == "New"


PART_EDITS = [
    ("images-0-url", "https://img.example/new.jpg", "images"),
    ("images-0-width", "", "images"),
    ("images-1-height", "640", "images"),
    ("images-1-is_cached", True, "images"),
    ("images-0-is_cached", False, "images"),
    ("images-0-alt", "Seen from the quay", "images"),
    ("images-1-caption", "The ferry, at last", "images"),
    ("images-1-credit", "A. Person", "images"),
    ("related-0-title", "Retold", "related"),
    ("related-1-excerpt", "\nLine", "related"),
    ("related-0-web_url", "https://other.example/moved", "related"),
    ("related-0-provider_name", "Somebody", "related"),
    ("related-1-provider_domain", "", "related"),
    ("related-0-type", "video", "related"),
    ("related-0-quality", "77", "related"),
    ("related-1-published_at", "2026-01-02T03:04:05", "related"),
]


@pytest.mark.parametrize(("box", "typed", "field"), PART_EDITS)
def test_a_box_of_a_part_edited_alone_leaves_the_rest_and_every_unknown_key(editor, signed_in, box, typed, field):
    article = full_article()
    before = state_of(article)
    edit(signed_in(editor), article, **{box: typed})
    after = state_of(article)
    assert article_state.differing_fields(before, after) == [field]
    assert list(newest(article).values) == [field]
    place = int(box.split("-")[1])
    old, new = getattr(before.content, field), getattr(after.content, field)
    assert new[1 - place] == old[1 - place]
    assert new[place].extra == old[place].extra
    if field == "related":
        assert new[place].provider.extra == old[place].provider.extra
        assert new[place].images == old[place].images


def test_pictures_and_coverage_are_added_at_the_end(editor, signed_in):
    client, article = signed_in(editor), full_article()
    form = open_form(client, address_of(article))
    form["images-2-url"] = "https://img.example/3.jpg"
    form.add_part(
        "related", title="Third", web_url="https://third.example/", pictures="https://third.example/p.png 10x20"
    )
    form.send(client, address_of(article), "_save")
    after = content_of(article)
    assert [image.url[-5] for image in after.images] == ["1", "2", "3"]
    assert [entry.title for entry in after.related] == ["Elsewhere 1", "Elsewhere 2", "Third"]
    third = after.related[2]
    assert (third.provider, third.quality, third.extra) == (None, 0, "")
    assert [(p.url, p.width, p.height) for p in third.images] == [("https://third.example/p.png", 10, 20)]
    assert list(newest(article).values) == ["images", "related"]


def test_pictures_and_coverage_are_removed(editor, signed_in):
    article = full_article()
    before = content_of(article)
    edit(signed_in(editor), article, **{"images-0-DELETE": True, "related-1-DELETE": True})
    after = content_of(article)
    assert after.images == before.images[1:]
    assert after.related == before.related[:1]


def test_pictures_and_coverage_are_reordered_with_all_that_is_theirs(editor, signed_in):
    article = full_article()
    before = content_of(article)
    edit(signed_in(editor), article, **{"images-0-ORDER": 3, "related-0-ORDER": 2, "related-1-ORDER": 1})
    after = content_of(article)
    assert after.images == before.images[::-1]
    assert after.related == before.related[::-1]


def test_order_zero_means_first(editor, signed_in):
    article = full_article()
    before = content_of(article)
    edit(signed_in(editor), article, **{"related-1-ORDER": 0})
    assert content_of(article).related == before.related[::-1]


def test_a_picture_of_an_entry_keeps_its_unknown_keys_when_its_size_is_typed_anew(editor, signed_in):
    article = full_article()
    edit(
        signed_in(editor), article, **{"related-0-pictures": "https://other.example/1.jpg 300x200\nhttps://x.example/n"}
    )
    first, second = content_of(article).related[0].images
    assert (first.width, first.height, first.extra) == (300, 200, '{"pic":1}')
    assert (second.url, second.width, second.extra) == ("https://x.example/n", None, "")


def test_the_add_form_makes_an_article_through_the_door(contributor, signed_in):
    client = signed_in(contributor)
    form = open_form(client, ADD)
    typed = {
        "title": "A story of our own",
        "type": "article",
        "provider_name": "Newsdesk",
        "published_at": "2026-11-02T10:00:00",
        "web_url": "https://desk.example/own",
        "topics": "Ferries",
        "images-0-url": "https://desk.example/p.jpg",
        "reason": "from the phone",
    }
    for name, value in typed.items():
        form[name] = value
    response = form.send(client, ADD, "_save")
    article = Article.objects.get()
    assert response["Location"] == address_of(article)
    assert (article.title, article.published, article.live_from, article.version) == (
        "A story of our own",
        False,
        None,
        1,
    )
    assert content_of(article).images[0].url == "https://desk.example/p.jpg"
    revision = article.revisions.get()
    assert (revision.actor, revision.origin, revision.reason) == (contributor, "form", "from the phone")
    assert "Not published." in text_of(client.get(response["Location"]))


def test_the_add_form_refuses_an_address_that_an_article_has_beside_its_box(contributor, signed_in):
    make_article(web_url="https://desk.example/own")
    client = signed_in(contributor)
    form = open_form(client, ADD)
    typed = {
        "title": "x",
        "provider_name": "N",
        "published_at": "2026-11-02T10:00",
        "web_url": "http://desk.example/own",
    }
    for name, value in typed.items():
        form[name] = value
    response = form.send(client, ADD, "_save")
    assert (response.status_code, Article.objects.count(), ChangeSet.objects.count()) == (200, 1, 0)
    assert "each article needs its own" in text_of(response)
    assert form_of(response, "article_form")["title"] == "x"


REFUSED = [
    ({"title": ""}, "title", "This field is required."),
    ({"title": "   "}, "title", "This field is required."),
    ({"title": "x" * 501}, "title", "at most 500 characters"),
    ({"title": "nul \x00 byte"}, "title", "Null characters are not allowed."),
    ({"body": "bell \x07"}, "body", "U+0007"),
    ({"web_url": "javascript:alert(1)"}, "web_url", "is not a web address"),
    ({"web_url": "https://user:pw@news.example/"}, "web_url", "carries a user name"),
    ({"original_url": "data:text/html,x"}, "original_url", "is not a web address"),
    ({"quality": "101"}, "quality", "less than or equal to 100"),
    ({"quality": "-1"}, "quality", "greater than or equal to 0"),
    ({"quality": "3.7"}, "quality", "Enter a whole number"),
    ({"quality": "9" * 5000}, "quality", ""),
    ({"heat": "2147483648"}, "heat", "less than or equal to"),
    ({"heat": "-2"}, "heat", "greater than or equal to -1"),
    ({"published_at": "31.02.2026"}, "published_at", "Enter a valid date/time."),
    ({"published_at": ""}, "published_at", "This field is required."),
    ({"published_at": "0999-01-01T00:00"}, "published_at", "year"),
    ({"live_from": "9999-12-31T23:59:59"}, "live_from", "The year must be from 1000 to 9998."),
    ({"live_until": "0001-01-01T00:00:00"}, "live_until", "The year must be from 1000 to 9998."),
    ({"live_from": "2026-12-02T00:00", "live_until": "2026-12-01T00:00"}, "live_until", "must be after"),
    ({"live_from": "2026-12-02T00:00", "live_until": "2026-12-02T00:00"}, "live_until", "must be after"),
    ({"topics": "x" * 201}, "topics", "200"),
    ({"topics": "\n".join(f"t{n}" for n in range(51))}, "topics", "50"),
    ({"provider_name": ""}, "provider_name", "This field is required."),
    ({"type": "x" * 51}, "type", "at most 50 characters"),
    ({"images-0-url": "javascript:alert(1)"}, "images-0-url", "is not a web address"),
    ({"images-0-url": ""}, "images-0-url", "This field is required."),
    ({"byline": "x" * 501}, "byline", "at most 500 characters"),
    ({"byline": "A\0"}, "byline", "Null characters are not allowed."),
    ({"byline": "A\x07"}, "byline", "contains the character U+0007"),
    ({"images-0-alt": "x" * 2_001}, "images-0-alt", "at most 2000 characters"),
    ({"images-0-caption": "A\x07"}, "images-0-caption", "contains the character U+0007"),
    ({"images-1-width": "1000001"}, "images-1-width", "less than or equal to"),
    ({"related-0-title": ""}, "related-0-title", "This field is required."),
    ({"related-1-web_url": "ftp://x.example/"}, "related-1-web_url", "is not a web address"),
    ({"related-0-quality": "101"}, "related-0-quality", "less than or equal to 100"),
    ({"related-0-pictures": "javascript:alert(1)"}, "related-0-pictures", "is not a web address"),
    ({"related-0-provider_name": "", "related-0-provider_domain": "a.example"}, "related-0-provider_name", "is empty"),
]


@pytest.mark.parametrize(("typed", "box", "words"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_cannot_be_stored_is_refused_in_words_beside_its_box(editor, signed_in, typed, box, words):
    client, article = signed_in(editor), full_article()
    before = state_of(article)
    form = open_form(client, address_of(article))
    for name, value in typed.items():
        form.forge(name, value)
    response = form.send(client, address_of(article), "_save")
    page = response.content.decode()
    assert response.status_code == 200
    around = page.find(f'name="{box}"')
    errors = page.find('class="errorlist', around - 400)
    assert 0 < errors < around + 2_000 + len(str(typed[box]) if box in typed else ""), "no error beside the box"
    assert words in text_of(response)
    assert article_state.differing_fields(before, state_of(article)) == []
    assert Revision.objects.count() == 1
    assert not ChangeSet.objects.exists()


def test_the_begin_of_a_published_article_cannot_be_emptied(editor, signed_in):
    article = make_article(published=True)
    response = edit(signed_in(editor), article, live_from="")
    assert response.status_code == 200
    assert "A published article needs a “Live from” time" in text_of(response)
    assert state_of(article).desk.live_from == NOW


@pytest.mark.parametrize(
    ("time_zone", "moment"),
    [
        ("Asia/Kathmandu", "0001-01-01T00:00:00"),
        ("Asia/Kathmandu", "1000-01-01T00:00:00"),
        ("America/New_York", "9998-12-31T23:59:59"),
        ("America/New_York", "9999-12-31T23:59:59"),
    ],
)
def test_the_first_and_last_moments_are_answered_in_every_zone(editor, signed_in, time_zone, moment):
    editor.time_zone = time_zone
    editor.save()
    client, article = signed_in(editor), full_article()
    for box in ("live_from", "published_at", "related-0-published_at"):
        response = edit(client, article, **{box: moment})
        assert response.status_code in (200, 302)
        assert client.get(address_of(article)).status_code == 200
        assert client.get(f"/admin/articles/article/{article.pk}/history/").status_code == 200


def test_an_address_that_another_article_has_is_refused_beside_its_box(editor, signed_in):
    make_article(web_url="https://news.example/taken")
    article = make_article()
    response = edit(signed_in(editor), article, web_url="http://news.example/taken?utm_source=x")
    assert response.status_code == 200
    assert "each article needs its own" in text_of(response)
    assert Article.objects.get(pk=article.pk).version == 1
    assert not ChangeSet.objects.exists()


def test_the_address_of_a_purged_article_is_refused_beside_its_box(editor, signed_in):
    gone, article = make_article(web_url="https://news.example/gone"), make_article()
    purge = change_sets.open_change_set(ChangeSet.Kind.PURGE, actor=OPERATOR)
    purging.purge_many([gone], actor=OPERATOR, change_set=purge)
    response = edit(signed_in(editor), article, web_url="http://news.example/gone")
    assert response.status_code == 200
    assert f"is the address of purged article {gone.pk}, purged on" in text_of(response)
    assert "manage.py purge_articles --forget" in text_of(response)
    assert Article.objects.get(pk=article.pk).version == 1


FORGED = {
    "published": "on",
    "secured": "FORGED",
    "extra": '{"forged":1}',
    "slug": "forged",
    "url_key": "f" * 64,
    "body_html": "<script>",
    "id": "99",
    "live_from": "2026-01-01T00:00",
    "live_until": "2027-01-01T00:00",
    "images-0-extra": '{"forged":1}',
    "images-0-id": "99",
    "related-0-extra": '{"forged":1}',
    "related-0-published": "on",
}


def test_forged_fields_of_a_contributor_are_ignored(contributor, signed_in):
    article = full_article()
    before = state_of(article)
    row = Article.objects.values().get(pk=article.pk)
    client = signed_in(contributor)
    form = open_form(client, address_of(article))
    for name, value in FORGED.items():
        form.forge(name, value)
    assert form.send(client, address_of(article), "_save").status_code == 302
    assert article_state.differing_fields(before, state_of(article)) == []
    assert Article.objects.values().get(pk=article.pk) == row
    assert Revision.objects.count() == 1


def test_forged_fields_of_an_editor_beyond_the_form_are_ignored(editor, signed_in):
    article = full_article()
    before = state_of(article)
    client = signed_in(editor)
    form = open_form(client, address_of(article))
    for name, value in FORGED.items():
        form.forge(name, value)
    form.send(client, address_of(article), "_save")
    after = state_of(article)
    assert article_state.differing_fields(before, after) == ["live_from", "live_until"]
    assert after.content.secured == "payload"


def test_forged_schedule_and_flag_of_a_contributor_on_the_add_form_are_ignored(contributor, signed_in):
    client = signed_in(contributor)
    form = open_form(client, ADD)
    typed = {
        "title": "x",
        "provider_name": "N",
        "published_at": "2026-11-02T10:00",
        "web_url": "https://desk.example/own",
    }
    for name, value in (typed | FORGED).items():
        form.forge(name, value)
    form.send(client, ADD, "_save")
    article = Article.objects.get()
    assert (article.published, article.live_from, article.live_until, content_of(article).secured) == (
        False,
        None,
        None,
        "",
    )


def test_a_contributor_pressing_publish_on_the_add_form_makes_nothing(contributor, signed_in):
    client = signed_in(contributor)
    form = open_form(client, ADD)
    typed = {
        "title": "x",
        "provider_name": "N",
        "published_at": "2026-11-02T10:00",
        "web_url": "https://desk.example/own",
    }
    for name, value in typed.items():
        form[name] = value
    assert form.send(client, ADD, "_publish").status_code == 403
    assert (Article.objects.count(), ChangeSet.objects.count()) == (0, 0)


def test_a_hundred_coverage_rows_are_answered_and_fifty_are_stored(editor, signed_in):
    client, article = signed_in(editor), make_article()
    form = open_form(client, address_of(article))
    for n in range(100):
        form.add_part("related", title=f"Row {n}", web_url=f"https://other.example/{n}")
    response = form.send(client, address_of(article), "_save")
    assert response.status_code == 200
    assert "50" in text_of(response)
    assert content_of(article).related == ()
    for n in range(50, 100):
        form.forge(f"related-{n}-DELETE", "on")
    assert form.send(client, address_of(article), "_save").status_code == 302
    assert len(content_of(article).related) == 50


def test_a_body_of_three_megabytes_is_refused_in_words_and_kept_in_the_form(editor, signed_in):
    client, article = signed_in(editor), make_article()
    form = open_form(client, address_of(article))
    form["body"] = "x" * 3_000_000
    response = form.send(client, address_of(article), "_save")
    assert response.status_code == 200
    assert "at most 524288 characters" in text_of(response)
    assert len(form_of(response, "article_form")["body"]) == 3_000_000
    assert content_of(article).body == ""


def test_a_post_beyond_all_bounds_is_refused(editor, signed_in):
    client, article = signed_in(editor), make_article()
    form = open_form(client, address_of(article))
    form["body"] = "x" * 9_000_000
    assert form.send(client, address_of(article), "_save").status_code in (400, 413)
    form["body"] = ""
    for n in range(2_100):
        form.forge(f"more-{n}", "x")
    assert form.send(client, address_of(article), "_save").status_code == 400
    assert Revision.objects.count() == 1


COUNTS = [f"{prefix}-{name}_FORMS" for prefix in ("images", "related") for name in ("TOTAL", "INITIAL")]


@pytest.mark.parametrize(
    ("name", "forged"),
    [
        *((name, forged) for name in COUNTS for forged in (None, "", "x", "1e3", "9" * 5000, "\x00")),
        *((name, forged) for name in COUNTS[::2] for forged in ("-1", "1", "201", "1000")),
    ],
)
def test_rows_that_the_form_does_not_count_are_kept_on_the_page_and_nothing_is_saved(editor, signed_in, name, forged):
    client, article = signed_in(editor), full_article()
    before = state_of(article)
    form = open_form(client, address_of(article))
    form["related-1-excerpt"], form["images-1-url"] = "An hour of work", "https://typed.example/1.jpg"
    if forged is None:
        del form.values[name]
    else:
        form.forge(name, forged)
    response = form.send(client, address_of(article), "_save")
    assert response.status_code == 400
    words = text_of(response)
    assert "An hour of work" in words
    assert "https://typed.example/1.jpg" in words
    assert article_state.differing_fields(before, state_of(article)) == []
    assert Revision.objects.count() == 1


def test_of_more_rows_than_a_form_takes_each_is_kept_on_the_page(editor, signed_in):
    client = signed_in(editor)
    form = open_form(client, ADD)
    for number in range(201):
        form.add_part("related", title=f"Row {number}")
    response = form.send(client, ADD, "_save")
    assert response.status_code == 400
    assert "Row 200" in text_of(response)
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    "place", ["1-99", "1-1000", "99-0", "0-0", "-1-0", "x", "1-0; DROP", "1" * 5000, "999999999-999"]
)
def test_a_place_that_never_was_makes_a_row_without_unknown_keys(editor, signed_in, place):
    client, article = signed_in(editor), full_article()
    form = open_form(client, address_of(article))
    form.forge("related-0-place", place)
    response = form.send(client, address_of(article), "_save")
    assert response.status_code in (200, 302)
    after = content_of(article).related
    assert [entry.title for entry in after] == ["Elsewhere 1", "Elsewhere 2"]
    if response.status_code == 302:
        assert (after[0].extra, after[0].provider.extra) == ("", "")
    assert after[1].extra == '{"entry":2}'


def test_a_row_with_the_place_of_another_is_saved_as_its_boxes_say(editor, signed_in):
    client, article = signed_in(editor), full_article()
    form = open_form(client, address_of(article))
    form.forge("related-0-place", form["related-1-place"])
    form.send(client, address_of(article), "_save")
    assert [entry.title for entry in content_of(article).related] == ["Elsewhere 1", "Elsewhere 2"]
    assert [entry.web_url[-1] for entry in content_of(article).related] == ["1", "2"]


def test_a_form_of_an_article_that_is_gone_is_answered_with_404(editor, signed_in):
    client, article = signed_in(editor), make_article()
    form = open_form(client, address_of(article))
    article.revisions.all().delete()
    Article.objects.filter(pk=article.pk).delete()
    for button in ("_save", "_publish"):
        assert form.send(client, address_of(article), button).status_code == 404
    assert not Article.objects.exists()
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize("pk", ["abc", "0", "-1", "1_2F", "99999999999999999999999", "١", "9" * 400])
def test_an_address_of_no_article_is_answered_with_404(editor, signed_in, pk):
    client = signed_in(editor)
    for view in ("change", "history"):
        assert client.get(f"/admin/articles/article/{pk}/{view}/").status_code == 404


def test_the_form_shows_source_digest_and_run_and_links_the_run_for_those_who_may_read_it(
    editor, chief, signed_in, tmp_path
):
    (tmp_path / "in <b>it.md").write_text(seed())
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    article = Article.objects.get()
    run = article.source.run_id
    for user, is_linked in ((editor, False), (chief, True)):
        response = signed_in(user).get(address_of(article))
        assert "wire: in <b>it.md" in text_of(response)
        assert article.source.digest[:16] in text_of(response)
        assert (f"/admin/articles/importrun/{run}/change/" in response.content.decode()) is is_linked


def test_the_form_asks_the_same_few_queries_however_much_history_and_coverage(
    editor, signed_in, django_assert_max_num_queries
):
    client, article = signed_in(editor), full_article()
    for n in range(3):
        edit(client, article, title=f"Title {n}")
    client.get(address_of(article))
    # PostgreSQL is told within a transaction how long the note of who is here may wait.
    with django_assert_max_num_queries(20 if connection.vendor == "postgresql" else 19):
        client.get(address_of(article))
    form = open_form(client, address_of(article))
    form["title"] = "Published with a new title"
    with django_assert_max_num_queries(30):
        form.send(client, address_of(article), "_publish")


def test_a_press_enters_few_modules(editor, signed_in):
    """Of the application, once its caches are warm (docs/decisions/0021-a-press-enters-36-modules.md)."""
    client, article = signed_in(editor), full_article()
    edit(client, article, title="Saved once")
    form = open_form(client, address_of(article))
    form["title"] = "Published with a new title"
    entered = set()

    def enter(frame, event, argument):
        if event == "call" and frame.f_globals.get("__name__", "").startswith("articles."):
            entered.add(frame.f_globals["__name__"])

    sys.setprofile(enter)
    try:
        form.send(client, address_of(article), "_publish")
    finally:
        sys.setprofile(None)
    assert Article.objects.get().published
    assert len(entered) <= 36, sorted(entered)


def test_a_form_renders_few_templates(editor, signed_in, monkeypatch):
    """Each box had two or three of its own."""
    client, article = signed_in(editor), full_article()
    rendered, render = [], Template._render

    def count(template, context):
        rendered.append(template.name)
        return render(template, context)

    monkeypatch.setattr(Template, "_render", count)
    assert client.get(address_of(article)).status_code == 200
    assert len(rendered) < 25, Counter(rendered).most_common(9)


@pytest.mark.parametrize("rows", [ImageFormSet(prefix="images"), RelatedFormSet(prefix="related")])
def test_a_blank_row_is_what_the_template_makes_of_an_empty_form(rows):
    made = render_to_string(rows.empty_form.template, {"form": rows.empty_form})
    assert rows.blank_row() == made
    assert rows.blank_row() == made, "kept"
    assert [row.replace("images-0", "images-__prefix__") for row in rows.rows()] == [made] * rows.extra


def test_what_was_typed_into_a_new_row_stays_beside_a_problem(editor, signed_in):
    client, address = signed_in(editor), address_of(full_article())
    form = open_form(client, address)
    form["images-2-alt"] = "Typed, and no address"
    response = form.send(client, address, "_save")
    assert response.status_code == 200
    assert form_of(response, "article_form")["images-2-alt"] == "Typed, and no address"


def test_a_typed_text_takes_the_place_of_an_unread_value(editor, signed_in):
    picture = {"url": "https://img.example/1.jpg", "extra": '{"alt":["A"],"x":1}'}
    article = full_article(extra='{"byline":["A","B"],"deep":{}}', images=[picture])
    edit(signed_in(editor), article, byline="A and B", **{"images-0-alt": "A"})
    content = content_of(article)
    assert (content.byline, content.extra) == ("A and B", '{"deep":{}}')
    assert (content.images[0].alt, content.images[0].extra) == ("A", '{"x":1}')
    assert list(newest(article).values) == ["byline", "images", "extra"]
    edit(signed_in(editor), article, byline="")
    assert (content_of(article).byline, content_of(article).extra) == ("", '{"deep":{}}')


def test_the_unknown_keys_are_still_the_ordered_json_that_came(editor, signed_in):
    article = full_article()
    edit(signed_in(editor), article, title="New")
    assert content_of(article).extra == ODD
    assert json.loads(content_of(article).extra)["credit"] == "A\r\nB"
    assert content_of(article).published_at - NOW == timedelta(0)


def test_the_message_tells_the_decision_first_and_then_what_else_was_saved(editor, signed_in):
    client, address = signed_in(editor), address_of(make_article(title="Old"))
    form = open_form(client, address)
    form["title"] = "New"
    form.send(client, address, "_publish")
    assert "Published “New”. Saved: title. It is live." in client.get(address).text
    open_form(client, address).send(client, address, "_unpublish")
    assert "Unpublished “New”. It is no longer live." in client.get(address).text
