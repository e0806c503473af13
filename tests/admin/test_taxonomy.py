"""Categories, topics and providers: how readers see them is the Chief's; what files call them is nobody's."""

import pytest

from articles.models import Article, Category, Provider, Topic
from tests.admin.browserless import read_form, text_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
MODELS = [Category, Topic, Provider]


def address_of(term, view="change"):
    return f"/admin/articles/{term._meta.model_name}/{term.pk}/{view}/"


def term_of(model, name="ai"):
    columns = {"domain": "ai.example"} if model is Provider else {}
    return model.objects.create(name=name, slug=name.lower() + str(model.objects.count()), **columns)


def term_form(client, term):
    return read_form(client, address_of(term), f"{term._meta.model_name}_form")


@pytest.mark.parametrize("model", MODELS)
def test_a_chief_sets_label_and_shown_as_and_the_name_stays_whatever_is_forged(chief, signed_in, model):
    term, other = term_of(model), term_of(model, "Artificial")
    client = signed_in(chief)
    form = term_form(client, term)
    assert "name" not in form.boxes
    form["label"] = "AI <b>now</b>"
    form.forge("shown_as", other.pk)
    for name, value in {"name": "forged", "slug": "forged", "domain": "forged.example"}.items():
        form.forge(name, value)
    assert form.send(client, address_of(term), "_save").status_code == 302
    row = model.objects.get(pk=term.pk)
    assert (row.name, row.slug, row.label, row.shown_as) == (term.name, term.slug, "AI <b>now</b>", other)
    assert getattr(row, "domain", "ai.example") == "ai.example"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("role", ["Contributor", "Editor"])
def test_others_read_terms_and_change_nothing(signed_in, model, role):
    term = term_of(model)
    client = signed_in(make_user(role))
    assert client.get(address_of(term)).status_code == 200
    assert client.post(address_of(term), {"label": "Forged", "shown_as": ""}).status_code == 403
    assert model.objects.get(pk=term.pk).label == ""


@pytest.mark.parametrize("model", MODELS)
def test_circles_and_chains_of_shown_as_are_refused_in_words(chief, signed_in, model):
    first, second, third = term_of(model, "first"), term_of(model, "second"), term_of(model, "third")
    model.objects.filter(pk=second.pk).update(shown_as=third)
    client = signed_in(chief)
    for term, target, words in (
        (first, first, "A name cannot be displayed as itself"),
        (first, second, "is displayed as another name"),
        (third, first, "Other names are displayed as this one"),
        (third, second, "is displayed as another name"),
    ):
        form = term_form(client, term)
        form.forge("shown_as", target.pk)
        response = form.send(client, address_of(term), "_save")
        assert response.status_code == 200
        assert words in text_of(response)
        assert model.objects.get(pk=term.pk).shown_as is None


@pytest.mark.parametrize("target", ["99999", "abc", "-1", "9" * 30])
def test_a_forged_shown_as_is_refused(chief, signed_in, target):
    term = term_of(Topic)
    client = signed_in(chief)
    form = term_form(client, term)
    form.forge("shown_as", target)
    assert form.send(client, address_of(term), "_save").status_code in (200, 400)
    assert Topic.objects.get(pk=term.pk).shown_as is None


def test_a_rename_for_readers_touches_no_article(chief, signed_in):
    article = make_article(topics=["ai"], category="c")
    row = Article.objects.values().get(pk=article.pk)
    client = signed_in(chief)
    form = term_form(client, Topic.objects.get())
    form["label"] = "AI"
    form.send(client, address_of(Topic.objects.get()), "_save")
    assert Article.objects.values().get(pk=article.pk) == row


@pytest.mark.parametrize("model", MODELS)
def test_nobody_of_the_roles_adds_or_deletes_terms_even_unused_ones(chief, signed_in, model):
    term = term_of(model)
    client = signed_in(chief)
    assert client.post(address_of(term, "delete"), {"post": "yes"}).status_code == 403
    listing = f"/admin/articles/{model._meta.model_name}/"
    client.post(listing, {"action": "delete_selected", "index": "0", "_selected_action": term.pk, "post": "yes"})
    assert client.post(f"{listing}add/", {"name": "new", "label": ""}).status_code == 403
    assert list(model.objects.all()) == [term]


@pytest.mark.parametrize("model", MODELS)
def test_a_term_in_use_cannot_be_deleted_even_by_a_superuser(signed_in, model):
    make_article(category="c", topics=["t"], title="<b>Canary</b>")
    term = model.objects.get()
    client = signed_in(make_user(is_superuser=True))
    listing = f"/admin/articles/{model._meta.model_name}/"
    response = client.post(address_of(term, "delete"), {"post": "yes"})
    assert b"<b>Canary" not in response.content
    client.post(listing, {"action": "delete_selected", "index": "0", "_selected_action": term.pk, "post": "yes"})
    assert list(model.objects.all()) == [term]
    assert Article.objects.count() == 1


def test_a_provider_of_coverage_alone_is_in_use_as_well(signed_in):
    make_article(related=[{"title": "t", "webUrl": "https://o.example/", "provider": {"name": "Other"}}])
    term = Provider.objects.get(name="Other")
    signed_in(make_user(is_superuser=True)).post(address_of(term, "delete"), {"post": "yes"})
    assert Provider.objects.filter(pk=term.pk).exists()


@pytest.mark.parametrize("model", MODELS)
def test_lists_of_terms_are_answered_with_search_and_odd_pages(contributor, signed_in, model):
    term_of(model, "<script>__x(1)</script>")
    client = signed_in(contributor)
    for query in ("", "?q=script", "?q=%00", "?p=0", "?p=99999999", "?o=1.-2", "?o=99", "?e=1", "?all="):
        response = client.get(f"/admin/articles/{model._meta.model_name}/{query}", follow=True)
        assert response.status_code in (200, 400)
        assert b"<script>__x" not in response.content
