"""An article as readers would see it, before they do: from the form as typed, and from the list as saved."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models import Article, Category, ChangeSet, Provider, Revision, SecuredPayload, Topic
from articles.models.history import Origin
from tests.admin.browserless import open_form, tags_of, text_of
from tests.database_dump import every_row
from tests.factories import NOW, make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
ADD = f"{LIST}add/"
HOSTILE = [
    "<script>__x(1)</script>",
    '"><img src=x onerror=__x(1)>',
    "' onmouseover='__x(1)",
    "</title><script>__x(1)</script>",
    "{{7*7}}{% debug %}",
]
HOSTILE_BODY = """<script>__x(1)</script><img src=x onerror=__x(1)><svg><script>__x(1)</script></svg>
<iframe srcdoc=x></iframe><form action=//evil.example></form><style>*{}</style><base href=//evil.example>
<meta http-equiv=refresh content=0><object></object><x onclick=__x(1)>x</x><div style=position:fixed>d</div>

[x](javascript:__x(1)) [x](JaVaScRiPt&#58;__x(1)) <javascript:__x(1)> ![x](data:image/svg+xml;base64,AA)

<a id=getElementById name=cookie href=https://a.example/>a</a> <a target=_blank href=https://b.example/>b</a>
"""


def form_of(article):
    return f"{LIST}{article.pk}/change/"


def preview_of(article):
    return f"{LIST}{article.pk}/preview/"


def typed(client, article, **boxes):
    """The form with something typed into it."""
    form = open_form(client, form_of(article))
    for name, value in boxes.items():
        form[name] = value
    return form


def main_of(response):
    return re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]


def rest_of(response):
    """The whole page but for the bar and what the head says about addresses, robots and the bar's style."""
    html = response.content.decode()
    html = re.sub(r'<aside class="preview-bar".*?</aside>', "", html, flags=re.DOTALL)
    html = re.sub(r'<(meta name="robots"|link rel="canonical"|meta property="og:url")[^>]*>', "", html)
    html = re.sub(r'<link rel="stylesheet" href="[^"]*preview.css">', "", html)
    return re.sub(r"\s*\n\s*", "\n", html)


def full_article(**fields):
    whole = {
        "category": "news",
        "excerpt": "In short.",
        "body": "It *rose*.",
        "topics": ["Coast", "AI"],
        "provider": {"name": "The Wire", "domain": "wire.example"},
        "images": [{"url": "https://img.example/1.jpg"}],
        "related": [{"title": "Elsewhere", "web_url": "https://wire.example/1", "provider": {"name": "Other"}}],
        "secured": "5ECuReD",
    }
    return make_article(**(whole | fields))


def assert_private(response):
    assert {"no-store", "private"} <= set(re.split(r",\s*", response["Cache-Control"]))
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert response["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert re.search(r'<meta name="robots" content="(noindex|NONE)', response.content.decode())


def test_what_is_typed_is_shown_as_readers_will_see_it_once_it_is_published(editor, signed_in):
    article = full_article()
    client = signed_in(editor)
    form = typed(
        client,
        article,
        title="The tide & the <town>",
        body="It *fell*.\n\n> And rose",
        excerpt="Two\nlines",
        category="Brand new",
        topics="Brand/New\nbrand new\nAI",
        provider_name="Some new wire",
        published_at="2026-03-01T08:00:05",
        original_url="https://origin.example/?a=1&b=2",
    )
    form.add_part("related", title="A third", web_url="https://third.example/", provider_name="Unheard of")
    before = every_row()
    preview = form.send(client, preview_of(article))
    assert preview.status_code == 200
    assert every_row() == before
    assert "Preview: not saved, not published" in text_of(preview)
    assert "Brand new" in text_of(preview)
    form.send(client, form_of(article), "_publish")
    page = Client().get(Article.objects.get(pk=article.pk).get_absolute_url())
    assert page.status_code == 200
    assert main_of(preview) == main_of(page)
    assert rest_of(preview) == rest_of(page)


def test_a_new_article_is_shown_before_there_is_one(editor, signed_in):
    client = signed_in(editor)
    form = open_form(client, ADD)
    boxes = {
        "title": "Newly written",
        "category": "Novel",
        "type": "analysis",
        "topics": "One\nTwo",
        "provider_name": "Ours",
        "published_at": "2026-03-01T08:00:05",
        "web_url": "https://ours.example/1",
        "body": "A **body**.",
    }
    for name, value in boxes.items():
        form[name] = value
    before = every_row()
    preview = form.send(client, f"{ADD}preview/")
    assert preview.status_code == 200
    assert every_row() == before
    form.send(client, ADD, "_publish")
    page = Client().get(Article.objects.get().get_absolute_url())
    assert main_of(preview) == main_of(page)
    assert rest_of(preview) == rest_of(page)
    assert_private(preview)


def test_a_viewer_in_another_time_zone_is_shown_the_readers_times(signed_in):
    editor = make_user("Editor", time_zone="Pacific/Auckland")
    article = full_article()
    preview = signed_in(editor).get(preview_of(article))
    assert "1 November 2026, 12:00 UTC" in text_of(preview)


def test_times_are_read_in_the_zone_that_the_form_shows(signed_in):
    editor = make_user("Editor", time_zone="Pacific/Auckland")
    article = full_article()
    client = signed_in(editor)
    form = typed(client, article, published_at="2026-03-01T08:00:05")
    editor.time_zone = "America/Lima"
    editor.save()
    assert "28 February 2026, 19:00 UTC" in text_of(form.send(client, preview_of(article)))


@pytest.mark.parametrize(
    ("desk", "says"),
    [
        ({}, "Preview: not published"),
        ({"published": True}, "Preview: saved and live"),
        ({"published": True, "live_from": NOW + timedelta(days=36500)}, "Preview: not live yet"),
        (
            {"published": True, "live_from": NOW - timedelta(days=2), "live_until": NOW - timedelta(days=1)},
            "Preview: no longer live",
        ),
    ],
)
def test_what_is_saved_is_shown_however_it_stands(editor, signed_in, desk, says):
    article = full_article(published_at=NOW - timedelta(days=900), **desk)
    client = signed_in(editor)
    preview = client.get(preview_of(article))
    assert preview.status_code == 200
    assert says in text_of(preview)
    assert "5ECuReD" not in preview.content.decode()
    assert_private(preview)
    assert b"5ECuReD" not in typed(client, article, title="Other").send(client, preview_of(article)).content
    page = Client().get(article.get_absolute_url())
    assert page.status_code == (200 if says.endswith("live") and "saved" in says else 404)
    if page.status_code == 200:
        assert rest_of(preview) == rest_of(page)


def test_a_label_and_shown_as_are_applied(editor, signed_in):
    article = full_article(topics=["ai", "AI"])
    Topic.objects.filter(name="ai").update(shown_as=Topic.objects.get(name="AI"))
    Category.objects.update(label="The news")
    make_article(provider={"name": "WIRE"})
    Provider.objects.filter(name="The Wire").update(shown_as=Provider.objects.get(name="WIRE"))
    client = signed_in(editor)
    for preview in (
        client.get(preview_of(article)),
        typed(client, article, title="T").send(client, preview_of(article)),
    ):
        html = main_of(preview)
        assert html.count("<bdi>AI</bdi>") == 1
        assert "<bdi>The news</bdi>" in html
        assert "The Wire" not in html


WRONG = [
    ("title", "", "This field is required"),
    ("title", "x" * 2000, "at most"),
    ("web_url", "javascript:alert(1)", "http"),
    ("web_url", "https://user:pw@a.example/", ""),
    ("original_url", "ftp://a.example/", "http"),
    ("quality", "101", "100"),
    ("published_at", "yesterday", "valid date"),
    ("topics", "x" * 400, "shorten it to 200"),
    ("live_from", "2026-13-01T00:00", "valid date"),
]


@pytest.mark.parametrize(("box", "value", "says"), WRONG)
def test_what_is_wrong_is_said_in_place_of_a_preview(editor, signed_in, box, value, says):
    article = full_article()
    client = signed_in(editor)
    form = open_form(client, form_of(article))
    form.forge(box, value)
    before = every_row()
    answer = form.send(client, preview_of(article))
    assert answer.status_code == 200
    assert "preview-bar" not in answer.content.decode()
    assert "No preview yet" in text_of(answer)
    assert says in text_of(answer)
    assert_private(answer)
    assert every_row() == before


def test_all_problems_are_told_at_once_those_of_the_form_and_those_of_the_schema(editor, signed_in):
    article = full_article()
    client = signed_in(editor)
    form = open_form(client, form_of(article))
    form["title"] = ""
    form["web_url"] = "javascript:x"
    form["topics"] = "x" * 400
    form["images-0-url"] = "javascript:y"
    form["related-0-web_url"] = "ftp://a.example/"
    for address in (preview_of(article), form_of(article)):
        said = text_of(form.send(client, address))
        assert "Title: This field is required" in said
        assert 'Web address: web_url "javascript:x" is not' in said
        assert "shorten it to 200" in said
        assert "Picture 1, address" in said
        assert "Coverage 1, web address" in said


def test_pictures_and_coverage_that_are_wrong_are_named_by_their_row(editor, signed_in):
    article = full_article()
    client = signed_in(editor)
    form = open_form(client, form_of(article))
    form["images-0-url"] = "javascript:x"
    form["related-0-web_url"] = "javascript:x"
    said = text_of(form.send(client, preview_of(article)))
    assert "Picture 1, address" in said
    assert "Coverage 1, web address" in said


def test_a_stale_form_still_shows_what_is_typed(editor, signed_in):
    article = full_article()
    client = signed_in(editor)
    form = typed(client, article, title="Mine")
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(
        state.content.model_copy(update={"title": "Theirs", "excerpt": "Theirs"}), state.desk
    )
    door.change(article, wanted, actor=OPERATOR, origin=Origin.COMMAND, expected_version=1)
    preview = form.send(client, preview_of(article))
    assert preview.status_code == 200
    assert "Mine" in main_of(preview)
    assert "Theirs" not in main_of(preview)
    assert Article.objects.get(pk=article.pk).title == "Theirs"


@pytest.mark.parametrize("version", ["", "0", "99", "-1", "x", "1e3", "9" * 400])
def test_a_version_that_never_was_is_refused(editor, signed_in, version):
    article = full_article()
    client = signed_in(editor)
    form = typed(client, article)
    form.forge("version", version)
    assert form.send(client, preview_of(article)).status_code == 400


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_text_is_text(editor, signed_in, attack):
    article = full_article(published=True)
    client = signed_in(editor)
    form = typed(client, article, title=attack, excerpt=attack, category=attack, type=attack[:50], topics=attack)
    form["provider_name"] = form["provider_domain"] = attack
    form["related-0-title"] = form["related-0-provider_name"] = attack
    form["body"] = HOSTILE_BODY
    preview = form.send(client, preview_of(article))
    assert preview.status_code == 200
    for tag, attributes in tags_of(preview):
        assert tag not in ("script", "img", "svg", "iframe", "form", "style", "base", "object", "x", "input")
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")]
        assert not re.match(r"\s*(javascript|data):", attributes.get("href", ""), re.IGNORECASE)
        assert attributes.get("http-equiv") is None
        assert attributes.get("id") in (None, "content", "topics-title", "coverage-title")
        if attributes.get("href") in ("https://a.example/", "https://b.example/"):
            assert "noopener" in attributes["rel"]
            assert "target" not in attributes
    assert "49" not in text_of(preview).replace("{{7*7}}", "")


def test_addresses_of_the_other_kind_are_refused_with_a_message(editor, signed_in):
    client, article = signed_in(editor), full_article()
    form = typed(client, article, web_url="javascript:alert(1)")
    answer = form.send(client, preview_of(article))
    assert all("javascript" not in attributes.get("href", "") for _, attributes in tags_of(answer))
    assert "Web address" in text_of(answer)


def test_only_those_who_may_read_articles_are_shown_one(signed_in):
    article = full_article()
    address = preview_of(article)
    assert Client().get(address).status_code == 302
    assert Client().post(address, {"version": 1}).status_code == 302
    assert signed_in(make_user()).get(address).status_code == 403
    assert signed_in(make_user()).post(f"{ADD}preview/", {}).status_code == 403
    viewer = make_user()
    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    assert signed_in(viewer).get(address).status_code == 200
    assert signed_in(viewer).post(address, {"version": 1}).status_code == 403
    assert signed_in(viewer).post(f"{ADD}preview/", {}).status_code == 403


def test_a_contributor_types_into_what_is_hidden_and_not_into_what_is_published(contributor, editor, signed_in):
    article, live = full_article(), full_article(published=True)
    client = signed_in(contributor)
    form = typed(client, article, title="Typed")
    form.forge("live_from", "2030-01-01T00:00:00")
    assert "Typed" in main_of(form.send(client, preview_of(article)))
    form = typed(signed_in(editor), live, title="Forged")
    assert form.send(client, preview_of(live)).status_code == 403
    assert client.get(preview_of(live)).status_code == 200


def test_a_post_from_elsewhere_is_refused(editor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert strict.post(preview_of(full_article()), {"version": 1}).status_code == 403


def test_other_methods_are_refused(editor, signed_in):
    article = full_article()
    client = signed_in(editor)
    assert client.head(preview_of(article)).status_code == 200
    for method in ("put", "patch", "delete", "options", "trace"):
        assert getattr(client, method)(preview_of(article)).status_code == 405
        assert getattr(client, method)(f"{ADD}preview/").status_code == 405
    assert client.get(f"{ADD}preview/").status_code == 405
    assert client.get(f"{LIST}987654/preview/").status_code == 404
    assert client.get(f"{LIST}{'9' * 30}/preview/").status_code == 404
    assert client.get(f"{LIST}x/preview/").status_code in (302, 404)


def test_no_picture_of_another_server_is_asked_for(editor, signed_in):
    article = full_article(body="![a](https://tracker.example/1.gif) <img src=https://tracker.example/2.gif>")
    preview = signed_in(editor).get(preview_of(article))
    assert not [tag for tag, _ in tags_of(preview) if tag in ("img", "script", "iframe")]
    for tag, attributes in tags_of(preview):
        if tag == "link":
            assert attributes["href"].startswith("/static/")


def test_ten_topics_and_entries_cost_as_many_queries_as_one(editor, signed_in):
    client = signed_in(editor)
    counts = []
    for n in (1, 10):
        entries = [
            {"title": "E", "web_url": f"https://w.example/{n}-{k}", "provider": {"name": f"P{k}"}} for k in range(n)
        ]
        article = full_article(topics=[f"T {n} {k}" for k in range(n)], related=entries)
        form = typed(client, article, title="Typed", topics="\n".join(f"New {n} {k}" for k in range(n)))
        client.get(preview_of(article))
        with CaptureQueriesContext(connection) as queries:
            client.get(preview_of(article))
            form.send(client, preview_of(article))
        counts.append(len(queries))
        assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert counts[0] == counts[1]


def test_the_list_leads_from_each_row_to_its_preview(editor, signed_in):
    articles = [full_article() for _ in range(3)]
    links = [a["href"] for tag, a in tags_of(signed_in(editor).get(LIST)) if a.get("class") == "preview"]
    assert sorted(links) == sorted(preview_of(article) for article in articles)


def test_enter_still_saves_as_the_preview_button_stands_behind(editor, signed_in):
    article = full_article()
    response = signed_in(editor).get(form_of(article))
    buttons = [a for tag, a in tags_of(response) if tag == "button" and a.get("type") == "submit" and "form" not in a]
    names = [button.get("name") or button.get("class") for button in buttons]
    assert names.index("_save") < names.index("preview")
    button = next(button for button in buttons if button.get("class") == "preview")
    assert (button["formaction"], button["formtarget"]) == (preview_of(article), "_blank")


def test_nothing_is_left_behind(editor, signed_in):
    article = full_article()
    client = signed_in(editor)
    typed(client, article, title="X", category="Y", topics="Z").send(client, preview_of(article))
    counts = [model.objects.count() for model in (Article, Revision, ChangeSet, Category, Topic, SecuredPayload)]
    assert counts == [1, 1, 0, 1, 2, 1]
