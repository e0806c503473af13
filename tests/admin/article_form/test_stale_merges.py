"""A stale form merges what does not clash, entry by entry and line by line; one click saves both."""

import pytest

from articles.admin.article_form.stale import places, three_way
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models import Article, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.browserless import form_of, open_form, tags_of, text_of
from tests.factories import make_article, make_state, make_user

pytestmark = pytest.mark.django_db

LINES = "One\n\nTwo\n\nThree\n\nFour"


def address_of(article):
    return f"/admin/articles/article/{article.pk}/change/"


def state_of(article):
    return article_state.read_state(Article.objects.get(pk=article.pk))


def change_as(actor, article, **fields):
    row = Article.objects.get(pk=article.pk)
    state = article_state.read_state(row)
    wanted = article_state.ArticleState(type(state.content).model_validate(dict(state.content) | fields), state.desk)
    door.change(row, wanted, actor=actor, origin=Origin.FORM, expected_version=row.version)


def entry(n, **fields):
    return {"title": f"Elsewhere {n}", "webUrl": f"https://other.example/{n}", "extra": f'{{"entry":{n}}}'} | fields


def picture(n, **fields):
    return {"url": f"https://img.example/{n}.jpg", "extra": f'{{"image":{n}}}'} | fields


def contested_fields(response):
    contested = [tags for _, tags in tags_of(response) if "contested" in tags.get("class", "").split()]
    return [tags["aria-labelledby"].removeprefix("side-") for tags in contested]


@pytest.fixture
def bo(db):
    return make_user("Editor", username="bo")


def sent_stale(client, article, form, button="_save"):
    response = form.send(client, address_of(article), button)
    assert response.status_code == 409
    return response


def test_edits_that_do_not_touch_are_both_in_the_form_and_saved_with_one_click(editor, bo, signed_in):
    client = signed_in(editor)
    article = make_article(
        title="T", excerpt="E", body=LINES, topics=["A", "B"], images=[picture(1)], related=[entry(1), entry(2)]
    )
    before = state_of(article).content
    form = open_form(client, address_of(article))
    change_as(
        bo,
        article,
        excerpt="Theirs",
        body=LINES.replace("One", "One of theirs"),
        topics=["A", "B", "Theirs"],
        images=[picture(2), *before.images],
        related=[entry(1, title="Theirs"), entry(2)],
    )
    form["title"] = "Mine"
    form["body"] = LINES.replace("Four", "Four of mine")
    form["topics"] = "Mine\nA"
    form["images-0-width"] = "860"
    form["related-1-title"] = "Mine"
    form.add_part("related", title="Added", web_url="https://other.example/3")
    response = sent_stale(client, article, form)
    assert contested_fields(response) == []
    assert "Save both versions" in text_of(response)
    again = form_of(response, "article_form")
    assert again.send(client, address_of(article), "_save").status_code == 302
    saved = state_of(article).content
    assert (saved.title, saved.excerpt) == ("Mine", "Theirs")
    assert saved.body == LINES.replace("One", "One of theirs").replace("Four", "Four of mine")
    assert saved.topics == ("Mine", "A", "Theirs")
    assert [(i.url[-5:], i.width, i.extra) for i in saved.images] == [
        ("2.jpg", None, '{"image":2}'),
        ("1.jpg", 860, '{"image":1}'),
    ]
    assert [(e.title, e.extra) for e in saved.related] == [
        ("Theirs", '{"entry":1}'),
        ("Mine", '{"entry":2}'),
        ("Added", ""),
    ]
    assert article.revisions.get(number=3).actor == editor


def test_unknown_keys_that_the_others_brought_to_an_entry_stay_with_what_was_typed_there(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(related=[entry(1)], images=[picture(1)])
    form = open_form(client, address_of(article))
    change_as(bo, article, related=[entry(1, extra='{"entry":"new"}')], images=[picture(1, extra='{"image":"new"}')])
    form["related-0-title"] = "Mine"
    form["images-0-height"] = "573"
    again = form_of(sent_stale(client, article, form), "article_form")
    again.send(client, address_of(article), "_save")
    saved = state_of(article).content
    assert [(e.title, e.extra) for e in saved.related] == [("Mine", '{"entry":"new"}')]
    assert [(i.height, i.extra) for i in saved.images] == [(573, '{"image":"new"}')]


def test_a_contested_field_is_the_typists_unless_they_leave_it_to_the_others(editor, bo, signed_in):
    client = signed_in(editor)
    for choice, kept in (("mine", "Mine"), ("theirs", "Theirs")):
        article = make_article(title="Began", excerpt="E", body="B")
        form = open_form(client, address_of(article))
        change_as(bo, article, title="Theirs", body="Theirs")
        form["title"] = "Mine"
        form["excerpt"] = "Mine"
        response = sent_stale(client, article, form)
        assert contested_fields(response) == ["title"]
        again = form_of(response, "article_form")
        assert again["side-title"] == "mine"
        again.forge("side-title", choice)
        again.send(client, address_of(article), "_save")
        saved = state_of(article).content
        assert (saved.title, saved.excerpt, saved.body) == (kept, "Mine", "Theirs")


def test_lists_that_are_left_to_the_others_are_theirs_to_the_last_key_even_when_stale_again(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(related=[entry(1), entry(2)])
    form = open_form(client, address_of(article))
    change_as(bo, article, related=[entry(3), entry(4), entry(5)])
    theirs = state_of(article).content.related
    form["related-0-title"] = "Retold"
    again = form_of(sent_stale(client, article, form), "article_form")
    again["side-related"] = "theirs"
    again["title"] = "Mine"
    change_as(bo, article, excerpt="Theirs again")
    third = form_of(sent_stale(client, article, again), "article_form")
    assert third.send(client, address_of(article), "_save").status_code == 302
    saved = state_of(article).content
    assert (saved.title, saved.excerpt, saved.related) == ("Mine", "Theirs again", theirs)


def test_bodies_that_clash_keep_the_typed_one_and_show_both_word_by_word(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(body=LINES)
    form = open_form(client, address_of(article))
    change_as(bo, article, body=LINES.replace("Two", "Two of theirs"))
    form["body"] = LINES.replace("Two", "Two of mine")
    response = sent_stale(client, article, form)
    assert contested_fields(response) == ["body"]
    assert form_of(response, "article_form")["body"] == LINES.replace("Two", "Two of mine")
    inserted = [tag for tag, _ in tags_of(response) if tag == "ins"]
    assert len(inserted) == 2


def test_stale_twice_in_a_row_loses_nothing_of_either(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(title="T", excerpt="E", body=LINES)
    form = open_form(client, address_of(article))
    change_as(bo, article, excerpt="Theirs 1")
    form["title"] = "Mine"
    form["reason"] = "My reason"
    again = form_of(sent_stale(client, article, form), "article_form")
    change_as(bo, article, excerpt="Theirs 2", body=LINES + "\n\nFive")
    again["body"] = "Zero\n\n" + LINES
    third = form_of(sent_stale(client, article, again), "article_form")
    assert third["reason"] == "My reason"
    assert third.send(client, address_of(article), "_save").status_code == 302
    saved = state_of(article).content
    assert (saved.title, saved.excerpt, saved.body) == ("Mine", "Theirs 2", "Zero\n\n" + LINES + "\n\nFive")
    assert article.revisions.get(number=4).reason == "My reason"


def test_the_publication_is_kept_and_one_click_saves_and_publishes(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(title="T", excerpt="E")
    form = open_form(client, address_of(article))
    change_as(bo, article, excerpt="Theirs")
    form["title"] = "Mine"
    response = sent_stale(client, article, form, "_publish")
    assert "Save both and publish" in text_of(response)
    again = form_of(response, "article_form")
    assert next(iter(again.buttons)) == "_save"
    again.send(client, address_of(article), "_publish")
    saved = state_of(article).content
    assert (saved.title, saved.excerpt, saved.published) == ("Mine", "Theirs", True)


def test_a_decision_that_somebody_else_made_meanwhile_is_not_offered_again(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(title="T")
    form = open_form(client, address_of(article))
    publishing.publish(Article.objects.get(), actor=bo)
    response = sent_stale(client, article, form, "_publish")
    assert "Nothing to save" in text_of(response)
    assert "and publish" not in text_of(response)
    assert state_of(article).content.published


def test_who_lost_the_right_to_publish_meanwhile_can_still_save(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(title="T", excerpt="E")
    form = open_form(client, address_of(article))
    change_as(bo, article, excerpt="Theirs")
    editor.groups.set(make_user("Contributor").groups.all())
    form["title"] = "Mine"
    response = sent_stale(client, article, form, "_publish")
    assert "You don't have permission for “Publish”" in text_of(response)
    again = form_of(response, "article_form")
    assert "_save" in again.buttons
    assert not {"_publish", "_unpublish"} & set(again.buttons)
    again.send(client, address_of(article), "_save")
    saved = state_of(article).content
    assert (saved.title, saved.excerpt, saved.published) == ("Mine", "Theirs", False)


def test_the_page_names_who_changed_what_and_when(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(title="T", excerpt="E")
    form = open_form(client, address_of(article))
    for n in range(5):
        change_as(bo, article, excerpt=f"Theirs {n}")
    change_as(make_user("Editor", username="cy<b>"), article, body="Theirs")
    form["title"] = "Mine"
    words = text_of(sent_stale(client, article, form))
    assert "cy<b> saved version 7 (article form) at" in words
    assert "and 3 earlier changes" in words
    assert "Now (bo)" in words
    assert "Now (cy<b>)" in words


def test_a_published_article_whose_schedule_both_chose_is_contested(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(published=True)
    form = open_form(client, address_of(article))
    theirs = open_form(signed_in(bo), address_of(article))
    theirs["live_until"] = "2098-01-01T00:00:00"
    theirs.send(signed_in(bo), address_of(article), "_save")
    form["live_until"] = "2099-01-01T00:00:00"
    response = sent_stale(client, article, form)
    assert contested_fields(response) == ["live_until"]
    again = form_of(response, "article_form")
    again["side-live_until"] = "theirs"
    again.send(client, address_of(article), "_save")
    assert state_of(article).desk.live_until.year == 2098
    assert Revision.objects.filter(article=article).count() == 2


def test_an_error_after_a_choice_keeps_the_choice(editor, bo, signed_in):
    client, article = signed_in(editor), make_article(title="Began")
    form = open_form(client, address_of(article))
    change_as(bo, article, title="Theirs")
    form["title"] = "Mine"
    again = form_of(sent_stale(client, article, form), "article_form")
    again["side-title"] = "theirs"
    again["quality"] = "101"
    wrong = again.send(client, address_of(article), "_save")
    assert "Kept their version of title" in text_of(wrong)
    third = form_of(wrong, "article_form")
    third["quality"] = "99"
    third.send(client, address_of(article), "_save")
    saved = state_of(article).content
    assert (saved.title, saved.quality) == ("Theirs", 99)


def test_a_stale_page_asks_few_queries_however_much_came_between(editor, bo, signed_in, django_assert_max_num_queries):
    client, article = signed_in(editor), make_article(related=[entry(n) for n in range(20)])
    form = open_form(client, address_of(article))
    for n in range(30):
        change_as(bo, article, excerpt=f"Theirs {n}")
    form["title"] = "Mine"
    with django_assert_max_num_queries(60):
        sent_stale(client, article, form)


def test_the_operators_import_is_named_as_what_it_is(editor, signed_in):
    client, article = signed_in(editor), make_article(title="T")
    form = open_form(client, address_of(article))
    change_as(OPERATOR, article, excerpt="Theirs")
    form["title"] = "Mine"
    assert "operator saved version 2" in text_of(sent_stale(client, article, form))


def test_places_of_repeated_entries_are_each_named_once():
    began = make_state(images=[picture(1), picture(1, extra="")])
    theirs = article_state.ArticleState(
        began.content.model_copy(update={"images": (*began.content.images, *began.content.images[:1])}), began.desk
    )
    typed = article_state.ArticleState(
        began.content.model_copy(update={"images": began.content.images[1:]}), began.desk
    )
    merge = three_way(began, theirs, typed)
    named = places(merge, 7, {"images": ["3-1"], "related": []})["images"]
    assert len(named) == len(merge.merged.content.images)
    assert len({name for name in named if name}) == len([name for name in named if name])
