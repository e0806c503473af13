"""A form that shows an older version than the article's: nothing is overwritten, and nothing typed is lost."""

import pytest

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.importing.runner import Import
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.browserless import form_of, open_form, tags_of, text_of
from tests.admin.seeds import seed
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db


def address_of(article):
    return f"/admin/articles/article/{article.pk}/change/"


def state_of(article):
    return article_state.read_state(Article.objects.get(pk=article.pk))


def change_as(actor, article, **fields):
    """Somebody else's change, through the door."""
    row = Article.objects.get(pk=article.pk)
    state = article_state.read_state(row)
    wanted = article_state.ArticleState(type(state.content).model_validate(dict(state.content) | fields), state.desk)
    door.change(row, wanted, actor=actor, origin=Origin.FORM, expected_version=row.version)


def entry(n, extra=""):
    return {"title": f"Elsewhere {n}", "webUrl": f"https://other.example/{n}", "extra": extra or f'{{"entry":{n}}}'}


@pytest.fixture
def other(db):
    return make_user("Editor", username="the-other")


@pytest.mark.parametrize("button", ["_save", "_publish", "_unpublish"])
def test_a_stale_form_is_refused_with_409_and_nothing_is_written(editor, other, signed_in, button):
    client, article = signed_in(editor), make_article(title="Began", excerpt="Began")
    form = open_form(client, address_of(article))
    change_as(other, article, title="Theirs")
    before = state_of(article)
    rows = Revision.objects.count(), ChangeSet.objects.count()
    form["title"] = "Mine"
    response = form.send(client, address_of(article), button)
    assert response.status_code == 409
    assert article_state.differing_fields(before, state_of(article)) == []
    assert (Revision.objects.count(), ChangeSet.objects.count()) == rows
    assert not Article.objects.get(pk=article.pk).published


def test_the_stale_page_shows_three_sides_marks_what_is_contested_and_keeps_what_was_typed(editor, other, signed_in):
    client = signed_in(editor)
    article = make_article(title="Began", excerpt="Excerpt began", body="Body began", quality=1)
    form = open_form(client, address_of(article))
    change_as(other, article, title="Theirs", excerpt="Excerpt theirs")
    form["title"] = "Mine"
    form["body"] = "Body mine"
    response = form.send(client, address_of(article), "_save")
    words = text_of(response)
    assert "Not saved" in words
    assert "the-other" in words
    for said in ("Began", "Theirs", "Mine", "Excerpt began", "Excerpt theirs", "Body mine"):
        assert said in words, said
    contested = [
        attributes for tag, attributes in tags_of(response) if "contested" in attributes.get("class", "").split()
    ]
    assert len(contested) == 1
    shown = form_of(response, "article_form")
    assert (shown["title"], shown["excerpt"], shown["body"]) == ("Mine", "Excerpt theirs", "Body mine")
    assert (shown["version"], shown["quality"]) == ("2", "1")


def test_what_one_changed_oneself_meanwhile_is_called_ones_own(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Began", published=True)
    form = open_form(client, address_of(article))
    change_as(editor, article, title="In another tab")
    publishing.unpublish(Article.objects.get(pk=article.pk), actor=editor)
    form["title"] = "Mine"
    words = text_of(form.send(client, address_of(article), "_save"))
    assert "You unpublished it as version 3" in words
    assert "Now (you)" in words
    assert f"{editor.username} unpublished" not in words


def test_saving_the_stale_page_again_stores_exactly_what_it_showed(editor, other, signed_in):
    client = signed_in(editor)
    article = make_article(title="Began", excerpt="Excerpt began", body="Body began", topics=["A"])
    form = open_form(client, address_of(article))
    change_as(other, article, title="Theirs", excerpt="Excerpt theirs", topics=["A", "B"])
    form["title"] = "Mine"
    form["body"] = "Body mine"
    again = form_of(form.send(client, address_of(article), "_save"), "article_form")
    assert again.send(client, address_of(article), "_save").status_code == 302
    saved = state_of(article).content
    assert (saved.title, saved.excerpt, saved.body, saved.topics) == ("Mine", "Excerpt theirs", "Body mine", ("A", "B"))
    revision = article.revisions.get(number=3)
    assert revision.values == {"title": ["Theirs", "Mine"], "body": ["Body began", "Body mine"]}


def test_both_having_typed_the_same_is_no_contest(editor, other, signed_in):
    client, article = signed_in(editor), make_article(title="Began")
    form = open_form(client, address_of(article))
    change_as(other, article, title="Same")
    form["title"] = "Same"
    response = form.send(client, address_of(article), "_save")
    assert response.status_code == 409
    assert not [attributes for _, attributes in tags_of(response) if "contested" in attributes.get("class", "").split()]
    form_of(response, "article_form").send(client, address_of(article), "_save")
    assert Revision.objects.filter(article=article).count() == 2


def test_an_import_in_between_makes_the_form_stale(editor, signed_in, tmp_path):
    file = tmp_path / "seed.md"
    file.write_text(seed(title="Began"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    client, article = signed_in(editor), Article.objects.get()
    form = open_form(client, address_of(article))
    file.write_text(seed(title="From the wire", body="Imported body"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    form["title"] = "Mine"
    response = form.send(client, address_of(article), "_save")
    assert response.status_code == 409
    assert "import" in text_of(response)
    again = form_of(response, "article_form")
    assert (again["title"], again["body"]) == ("Mine", "Imported body")
    again.send(client, address_of(article), "_save")
    saved = state_of(article).content
    assert (saved.title, saved.body) == ("Mine", "Imported body")


def test_two_editors_and_an_import_in_between_lose_nothing(editor, other, signed_in, tmp_path):
    file = tmp_path / "seed.md"
    file.write_text(seed(title="Began"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    article = Article.objects.get()
    mine, theirs = signed_in(editor), signed_in(other)
    my_form, their_form = open_form(mine, address_of(article)), open_form(theirs, address_of(article))
    file.write_text(seed(title="From the wire"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    their_form["excerpt"] = "Theirs"
    their_again = form_of(their_form.send(theirs, address_of(article), "_save"), "article_form")
    assert their_again.send(theirs, address_of(article), "_save").status_code == 302
    my_form["body"] = "Mine"
    my_again = form_of(my_form.send(mine, address_of(article), "_save"), "article_form")
    assert my_again.send(mine, address_of(article), "_save").status_code == 302
    saved = state_of(article).content
    assert (saved.title, saved.excerpt, saved.body) == ("From the wire", "Theirs", "Mine")
    assert [r.actor_name for r in article.revisions.order_by("number")] == [
        "operator",
        "operator",
        "the-other",
        editor.username,
    ]


def test_coverage_kept_over_a_stale_page_keeps_the_unknown_keys_of_each_entry(editor, other, signed_in):
    client = signed_in(editor)
    pictures = [{"url": f"https://img.example/{n}.jpg", "extra": f'{{"image":{n}}}'} for n in (1, 2)]
    article = make_article(related=[entry(1), entry(2)], images=pictures)
    before = state_of(article).content
    form = open_form(client, address_of(article))
    change_as(other, article, title="Theirs")
    form["related-0-DELETE"] = True
    form["images-0-ORDER"] = 9
    again = form_of(form.send(client, address_of(article), "_save"), "article_form")
    assert again.send(client, address_of(article), "_save").status_code == 302
    saved = state_of(article).content
    assert saved.related == before.related[1:]
    assert saved.images == before.images[::-1]
    assert saved.title == "Theirs"


def test_coverage_that_both_changed_keeps_the_typed_rows_with_the_unknown_keys_they_had(editor, other, signed_in):
    client = signed_in(editor)
    article = make_article(related=[entry(1), entry(2)])
    form = open_form(client, address_of(article))
    change_as(other, article, related=[entry(3)])
    form["related-1-title"] = "Retold"
    form.add_part("related", title="Fourth", web_url="https://other.example/4")
    answer = form.send(client, address_of(article), "_save")
    again = form_of(answer, "article_form")
    change_as(other, article, title="Theirs again")
    third = form_of(again.send(client, address_of(article), "_save"), "article_form")
    assert third.send(client, address_of(article), "_save").status_code == 302
    saved = state_of(article).content.related
    assert [(e.title, e.extra) for e in saved] == [
        ("Elsewhere 1", '{"entry":1}'),
        ("Retold", '{"entry":2}'),
        ("Fourth", ""),
    ]


NEVER = [None, "", "0", "-1", "2", "x", "1.0", "1 ", "000000001999", "1" * 5000, "000000001" + "9" * 5000]


@pytest.mark.parametrize("button", ["_save", "_publish"])
def test_a_version_that_never_was_is_refused_with_400(editor, signed_in, button):
    client, article = signed_in(editor), make_article(title="Began")
    form = open_form(client, address_of(article))
    form["title"] = "Mine"
    for version in NEVER:
        form.values.pop("version", None)
        if version is not None:
            form.forge("version", version)
        assert form.send(client, address_of(article), button).status_code == 400, version
        assert state_of(article).content.title == "Began"
        assert (Revision.objects.count(), ChangeSet.objects.count()) == (1, 0)


def test_a_contributor_whose_article_was_published_meanwhile_gets_the_typed_text_back(contributor, editor, signed_in):
    client, article = signed_in(contributor), make_article(title="Began")
    form = open_form(client, address_of(article))
    publishing.publish(article, actor=editor)
    before = state_of(article)
    form["body"] = "An hour of work"
    response = form.send(client, address_of(article), "_save")
    assert response.status_code == 409
    assert "An hour of work" in text_of(response)
    assert article_state.differing_fields(before, state_of(article)) == []
    again = form_of(response, "article_form")
    again.forge("body", "forged")
    again.forge("version", "2")
    assert again.send(client, address_of(article), "_save").status_code == 403
    assert article_state.differing_fields(before, state_of(article)) == []


def test_an_old_form_whose_article_came_back_to_what_it_was_is_still_stale(editor, other, signed_in):
    client, article = signed_in(editor), make_article(title="Began")
    form = open_form(client, address_of(article))
    change_as(other, article, title="There")
    change_as(other, article, title="Began")
    form["title"] = "Mine"
    response = form.send(client, address_of(article), "_save")
    assert response.status_code == 409
    assert state_of(article).content.title == "Began"


def test_a_stale_form_with_an_error_shows_the_error_first_and_writes_nothing(editor, other, signed_in):
    client, article = signed_in(editor), make_article(title="Began")
    form = open_form(client, address_of(article))
    change_as(other, article, title="Theirs")
    form["quality"] = "101"
    form["title"] = "Mine"
    response = form.send(client, address_of(article), "_save")
    assert response.status_code == 200
    again = form_of(response, "article_form")
    assert (again["title"], again["version"]) == ("Mine", "1")
    again["quality"] = "100"
    assert again.send(client, address_of(article), "_save").status_code == 409
    assert state_of(article).content.title == "Theirs"


def test_a_schedule_that_somebody_else_set_is_kept_by_the_stale_page(editor, other, signed_in):
    client, article = signed_in(editor), make_article(title="Began")
    form = open_form(client, address_of(article))
    publishing.publish(Article.objects.get(pk=article.pk), actor=other)
    began = state_of(article).desk
    form["title"] = "Mine"
    again = form_of(form.send(client, address_of(article), "_save"), "article_form")
    again.send(client, address_of(article), "_save")
    saved = state_of(article)
    assert (saved.content.title, saved.content.published, saved.desk) == ("Mine", True, began)
