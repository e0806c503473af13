"""What files and editors write is text on every page of the admin (CASES X03, X04)."""

import pytest

from articles.importing.runner import Import
from articles.models import Article, Category, ImportRun, Provider, Topic
from tests.admin.browserless import form_of, open_form, tags_of
from tests.admin.seeds import seed
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
ATTACKS = [
    "<script>__x(1)</script>' onmouseover=__x(1) '",
    '"><img src=x onerror=__x(1)><!--__x\u202e__x\u2066{%debug%}',
    "</textarea><script>__x(1)</script>{{7|add:7}}__x",
]
"""Each several at once, as long as the shortest field takes."""


def poisoned(attack, n):
    """An article with the attack in every field that takes text."""
    address = f"https://news.example/{n}"
    return make_article(
        title=attack,
        excerpt=attack,
        body=attack,
        category=attack,
        type=attack,
        topics=[attack],
        provider={"name": attack, "domain": attack, "extra": '{"k":"<script>__x(1)</script>"}'},
        web_url=address,
        images=[{"url": f"{address}/'onerror=__x(1)'.jpg"}],
        related=[{"title": attack, "excerpt": attack, "webUrl": address, "type": attack, "provider": {"name": attack}}],
        extra='{"</script><script>__x(1)":"<img src=x onerror=__x(1)>"}',
    )


def assert_harmless(response):
    assert response.status_code in (200, 403, 409), response.status_code
    page = response.content.decode()
    for tag, attributes in tags_of(response):
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        if tag == "script":
            assert attributes.get("src", "").startswith(("/static/", "/admin/jsi18n/")), attributes
        assert not attributes.get("href", "").lower().startswith("javascript:")
        assert (tag, attributes.get("src")) != ("img", "x")
    assert "__x(1)</script>" not in page
    assert "14__x" not in page
    assert "<!--__x" not in page


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_text_on_every_page_and_in_every_message(signed_in, attack):
    user = make_user("Chief", is_superuser=True)
    client = signed_in(user)
    article = poisoned(attack, 1)
    address = f"{LIST}{article.pk}/change/"
    form, stale = open_form(client, address), open_form(client, address)
    assert form["title"] == attack
    form["title"] = f"{attack} 2"
    form["reason"] = attack
    form.send(client, address, "_publish")
    assert_harmless(client.get(address))
    stale["title"] = f"{attack} 3"
    answer = stale.send(client, address, "_save")
    assert answer.status_code == 409
    assert_harmless(answer)
    again = form_of(answer, "article_form")
    again["quality"] = "999"
    assert_harmless(again.send(client, address, "_save"))
    ticked = {"action": "unpublish", "index": "0", "_selected_action": article.pk, "reason": attack}
    assert_harmless(client.post(f"{LIST}?state=all", ticked, follow=True))
    pages = [LIST, f"{LIST}{article.pk}/history/", f"{LIST}{article.pk}/delete/", "/admin/", f"{LIST}add/"]
    for model in (Category, Topic, Provider):
        term = model.objects.order_by("pk").first()
        listing = f"/admin/articles/{model._meta.model_name}/"
        pages += [listing, f"{listing}{term.pk}/change/", f"{listing}{term.pk}/delete/", f"{listing}{term.pk}/history/"]
    for page in pages:
        assert_harmless(client.get(page))
    for name in ("q", "category", "provider", "topic", "type"):
        assert_harmless(client.get(LIST, {"state": "all", name: attack}))
    assert Article.objects.get(pk=article.pk).title == f"{attack} 2"


def test_names_and_contents_of_files_are_text_in_runs_and_on_the_form(signed_in, tmp_path):
    user = make_user("Chief", username="<b>boss")
    (tmp_path / "<img src=x onerror=__x(1)>.md").write_text(seed())
    (tmp_path / "b.md").write_text(seed(more="'<img src=x onerror=__x(1)>': 1\nquality: '<script>__x(1)</script>'\n"))
    Import([tmp_path], root="<script>__x(1)</script>", actor=user).execute()
    client = signed_in(user)
    run = ImportRun.objects.get()
    for page in (
        "/admin/articles/importrun/",
        f"/admin/articles/importrun/{run.pk}/change/",
        f"{LIST}{Article.objects.get().pk}/change/",
    ):
        assert_harmless(client.get(page))
    assert Article.objects.get().source.root == "<script>__x(1)</script>"
