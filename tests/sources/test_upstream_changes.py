"""Live articles whose file changed, vanished or would unpublish them, until an editor looks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.changes.actors import OPERATOR
from articles.history import acknowledgements, change_sets
from articles.models import ChangeSet, Conflict, Source
from articles.models.history import Origin
from articles.sources import upstream_changes
from articles.workflow import publishing
from tests.admin.browserless import read_form, text_of
from tests.contesting import changed_upstream, contested_publication, edit_article
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db
PAGE = "/admin/articles/article/upstream/"


def vanished(tmp_path):
    file = write(tmp_path, "a.md", story("a", "published: true\n"))
    write(tmp_path, "b.md", story("b"))
    import_seeds(tmp_path)
    file.unlink()
    import_seeds(tmp_path)
    return article_of("a")


def waiting():
    return [article.pk for article in upstream_changes.changed_upstream(at=timezone.now())]


def choose(client, choice, slug="a"):
    form = read_form(client, PAGE, f"upstream-{article_of(slug).pk}")
    return form.send(client, PAGE, f"choice={choice}", follow=True)


def decide_address(slug="a"):
    return f"/admin/articles/article/{article_of(slug).pk}/upstream/"


def test_only_visible_articles_wait_for_a_look(tmp_path, editor):
    article = changed_upstream(tmp_path)
    assert waiting() == [article.pk]
    publishing.unpublish(article, actor=editor)
    assert waiting() == []


def test_the_page_shows_what_the_file_changed_and_nothing_else(tmp_path, editor, signed_in):
    changed_upstream(tmp_path)
    edit_article("a", quality=9)
    response = signed_in(editor).get(PAGE)
    words = text_of(response)
    assert "1 article" in words
    assert "added: New" in words
    assert "Quality" not in words
    assert "<b>Theirs" not in response.content.decode()


def test_fine_as_it_is_ends_the_waiting_and_changes_no_article(tmp_path, editor, signed_in):
    article = changed_upstream(tmp_path)
    assert f"Marked as reviewed: “{article.title}”." in text_of(choose(signed_in(editor), "accept"))
    assert waiting() == []
    assert article_of("a").version == article.version


def test_putting_back_returns_what_nobody_edited_since_and_undo_takes_that_back(tmp_path, editor, signed_in):
    changed_upstream(tmp_path)
    edit_article("a", title="Mine")
    client = signed_in(editor)
    assert "leaves it alone: title" in text_of(client.get(PAGE))
    assert "Restored our excerpt" in text_of(choose(client, "put-back"))
    assert (article_of("a").title, article_of("a").excerpt) == ("Mine", "Old")
    assert waiting() == []
    client.post(f"/admin/articles/article/undo/{ChangeSet.objects.get(kind='restore').pk}/")
    assert article_of("a").excerpt == "New"


def test_what_was_put_back_stays_when_the_same_file_comes_again(tmp_path, editor, signed_in):
    changed_upstream(tmp_path)
    choose(signed_in(editor), "put-back")
    assert import_seeds(tmp_path).counts == {"unchanged": 1}
    assert article_of("a").excerpt == "Old"


def test_unpublishing_takes_it_from_readers(tmp_path, editor, signed_in):
    article, client = changed_upstream(tmp_path), signed_in(editor)
    form = read_form(client, PAGE, f"upstream-{article.pk}")
    form["unpublish-reason"] = "legal called"
    assert "Unpublished" in text_of(form.send(client, PAGE, "choice=unpublish", follow=True))
    assert not article_of("a").published
    assert article.revisions.first().reason == "legal called"


def test_a_vanished_file_waits_until_somebody_knows(tmp_path, editor, signed_in):
    article = vanished(tmp_path)
    assert waiting() == [article.pk]
    client = signed_in(editor)
    assert f"The source file was deleted: {article.source.root}/a.md" in text_of(client.get(PAGE))
    choose(client, "accept")
    assert waiting() == []
    assert article_of("a").published


def test_a_file_that_would_unpublish_waits_and_is_kept_or_followed(tmp_path, editor, signed_in):
    contested_publication(tmp_path, here=True)
    client = signed_in(editor)
    assert "The source says “not published”" in text_of(client.get(PAGE))
    choose(client, "accept")
    assert (Conflict.objects.get().outcome, article_of("a").published) == ("kept", True)
    client.post(f"/admin/articles/article/undo/{ChangeSet.objects.get(kind='conflict').pk}/")
    choose(client, "unpublish")
    assert (Conflict.objects.get().outcome, article_of("a").published) == ("agreed", False)


def undo_newest(client):
    return client.post(f"/admin/articles/article/undo/{ChangeSet.objects.latest('pk').pk}/", follow=True)


def changed(tmp_path):
    return changed_upstream(tmp_path)


@pytest.mark.parametrize("happened", [changed, vanished])
def test_fine_as_it_is_can_be_undone_and_that_undo_as_well(tmp_path, editor, signed_in, happened):
    article = happened(tmp_path)
    client = signed_in(editor)
    response = choose(client, "accept")
    made = ChangeSet.objects.get(kind="look")
    assert f"/undo/{made.pk}/" in response.content.decode()
    page = text_of(client.get(f"/admin/articles/changeset/{made.pk}/change/"))
    assert "reviewed the source's change" in page
    assert article.title in text_of(client.get("/admin/articles/changeset/?kind=look"))
    assert "Undone" in text_of(undo_newest(client))
    assert waiting() == [article.pk]
    assert article_of("a").version == article.version
    undo_newest(client)
    assert waiting() == []
    undo_newest(client)
    assert waiting() == [article.pk]


def test_a_look_is_undone_once_and_not_past_a_newer_change(tmp_path, editor, signed_in):
    article = changed_upstream(tmp_path)
    client = signed_in(editor)
    choose(client, "accept")
    look = ChangeSet.objects.latest("pk")
    write(tmp_path, "a.md", story("a", "published: true\n", title="Newer"))
    import_seeds(tmp_path)
    address = f"/admin/articles/article/undo/{look.pk}/"
    assert "its source has changed again" in text_of(client.post(address, follow=True))
    assert Source.objects.get(article=article).unreviewed_from == article.version
    choose(client, "accept")
    client.post(address)
    assert "its source has changed again" in text_of(client.post(address, follow=True))
    assert ChangeSet.objects.filter(undoes=look).count() == 1


def test_the_undo_of_a_look_at_a_file_that_is_back_leaves_it(tmp_path, editor, signed_in):
    vanished(tmp_path)
    client = signed_in(editor)
    choose(client, "accept")
    write(tmp_path, "a.md", story("a", "published: true\n"))
    import_seeds(tmp_path)
    assert "or is back" in text_of(
        client.post(f"/admin/articles/article/undo/{ChangeSet.objects.get(kind='look').pk}/", follow=True)
    )
    assert waiting() == []


def test_who_may_not_publish_undoes_no_look(tmp_path, editor, contributor, signed_in):
    changed_upstream(tmp_path)
    choose(signed_in(editor), "accept")
    assert "has no permission to" in text_of(undo_newest(signed_in(contributor)))
    assert waiting() == []
    assert not ChangeSet.objects.filter(kind="undo").exists()


def test_undoing_what_was_put_back_lets_it_wait_again(tmp_path, editor, signed_in):
    article = changed_upstream(tmp_path)
    client = signed_in(editor)
    choose(client, "put-back")
    undo_newest(client)
    assert (article_of("a").excerpt, waiting()) == ("New", [article.pk])
    undo_newest(client)
    assert (article_of("a").excerpt, waiting()) == ("Old", [])


def test_what_an_undo_returned_is_no_edit_and_can_be_put_back_again(tmp_path, editor, signed_in):
    article, client = changed_upstream(tmp_path), signed_in(editor)
    before = upstream_changes.look_at([article])[0]
    choose(client, "put-back")
    undo_newest(client)
    again = upstream_changes.look_at([article_of("a")])[0]
    assert (again.before, again.now, again.own) == (before.before, before.now, set())
    assert "Restored our title, excerpt" in text_of(choose(client, "put-back"))


def test_what_a_file_merged_into_an_edit_is_not_put_back(tmp_path, editor):
    lines = "One.\n\nTwo.\n\nThree.\n"
    bodies = [lines, lines.replace("One", "Uno"), lines.replace("One", "Uno").replace("Three", "Tre")]
    write(tmp_path, "a.md", story("a", "published: true\n", body=bodies[0]))
    import_seeds(tmp_path)
    write(tmp_path, "a.md", story("a", "published: true\n", body=bodies[1]))
    import_seeds(tmp_path)
    edit_article("a", body=article_of("a").body.replace("Two", "Mine"))
    write(tmp_path, "a.md", story("a", "published: true\n", body=bodies[2]))
    import_seeds(tmp_path)
    shown = upstream_changes.look_at([article_of("a")])[0]
    assert ("Mine" in article_of("a").body, "Tre" in article_of("a").body) == (True, True)
    assert (list(shown.before), shown.returnable) == (["body"], [])


def test_one_undo_takes_back_a_look_and_the_conflict_that_it_closed(tmp_path, editor, signed_in):
    article = changed_upstream(tmp_path)
    publishing.unpublish(article, actor=editor)
    publishing.publish(article_of("a"), actor=editor)
    write(tmp_path, "a.md", story("a", "published: false\nexcerpt: Newer\n"))
    import_seeds(tmp_path)
    client = signed_in(editor)
    choose(client, "accept")
    assert waiting() == []
    undo_newest(client)
    assert waiting() == [article.pk]
    assert Conflict.objects.get().is_open
    assert Source.objects.get().unreviewed_from is not None


def test_undoing_looks_takes_the_same_queries_for_one_and_for_ten(tmp_path):
    counts = []
    for slugs in ("a", "bcdefghijk"):
        made = change_sets.open_change_set(ChangeSet.Kind.LOOK, actor=OPERATOR)
        for slug in slugs:
            look = acknowledgements.end(changed_upstream(tmp_path, slug), since=1, is_loss=False)
            look.change_set = made
            look.save()
        with CaptureQueriesContext(connection) as queries:
            report = change_sets.undo(made, actor=OPERATOR)
        assert len(report.undone) == len(slugs)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("choice", ["accept", "put-back"])
def test_a_stale_choice_changes_nothing_and_says_so(tmp_path, editor, signed_in, choice):
    article = changed_upstream(tmp_path)
    client = signed_in(editor)
    form = read_form(client, PAGE, f"upstream-{article.pk}")
    edit_article("a", quality=9)
    assert "check it again" in text_of(form.send(client, PAGE, f"choice={choice}", follow=True))
    assert waiting() == [article.pk]
    assert article_of("a").excerpt == "New"


def test_a_stale_page_never_stands_in_a_takedowns_way(tmp_path, editor, signed_in):
    article = changed_upstream(tmp_path)
    client = signed_in(editor)
    form = read_form(client, PAGE, f"upstream-{article.pk}")
    edit_article("a", quality=9)
    for _ in range(2):
        words = text_of(form.send(client, PAGE, "choice=unpublish", follow=True))
        assert f"Unpublished “{article.title}”. It is no longer live." in words
    now = article_of("a")
    assert (now.published, now.quality, now.version) == (False, 9, article.version + 2)


def test_what_came_up_since_the_page_was_seen_goes_on_waiting(tmp_path, editor, signed_in):
    article = changed_upstream(tmp_path)
    client = signed_in(editor)
    form = read_form(client, PAGE, f"upstream-{article.pk}")
    (tmp_path / "a.md").unlink()
    write(tmp_path, "b.md", story("b"))
    import_seeds(tmp_path)
    form.send(client, PAGE, "choice=accept")
    assert waiting() == [article.pk]


def test_a_choice_that_is_pressed_twice_is_made_once_and_says_so(tmp_path, editor, signed_in):
    article = changed_upstream(tmp_path)
    client = signed_in(editor)
    form = read_form(client, PAGE, f"upstream-{article.pk}")
    form.send(client, PAGE, "choice=put-back")
    words = text_of(form.send(client, PAGE, "choice=put-back", follow=True))
    assert words.count("Restored our title, excerpt of “") == 1
    assert article_of("a").version == article.version + 1


def test_who_may_not_publish_sees_it_and_decides_nothing(tmp_path, client, contributor, signed_in):
    article = changed_upstream(tmp_path)
    theirs = signed_in(contributor)
    assert "don’t have permission to decide this" in text_of(theirs.get(PAGE))
    data = {"version": article.version, "since": 1, "choice": "accept"}
    assert theirs.post(decide_address(), data).status_code == 403
    assert client.post(decide_address(), data)["Location"].startswith("/admin/login/")
    assert theirs.get(decide_address()).status_code == 405
    assert waiting() == [article.pk]


@pytest.mark.parametrize("more", [{"choice": "burn"}, {"version": "x"}, {"since": "x"}, {"conflict": "-1"}])
def test_a_choice_that_no_page_offers_is_refused(tmp_path, editor, signed_in, more):
    data = {"version": changed_upstream(tmp_path).version, "since": 1, "choice": "accept"} | more
    assert signed_in(editor).post(decide_address(), data).status_code == 400


def test_the_index_counts_them(tmp_path, editor, signed_in):
    changed_upstream(tmp_path)
    assert "1 source change" in text_of(signed_in(editor).get("/admin/"))


def test_the_page_takes_the_same_queries_for_one_article_and_for_ten(tmp_path, editor, signed_in):
    client, counts = signed_in(editor), []
    for slugs in ("a", "bcdefghij"):
        for slug in slugs:
            changed_upstream(tmp_path, slug)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(PAGE).context["shown"]) == (1 if slugs == "a" else 10)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_publishing_again_is_a_look(tmp_path, editor):
    article = changed_upstream(tmp_path)
    publishing.unpublish(article, actor=editor)
    publishing.publish(article, actor=OPERATOR, origin=Origin.FORM)
    assert waiting() == []


@pytest.mark.sqlite
def test_they_are_found_by_the_marks_and_not_by_reading_articles_or_sources():
    plan = upstream_changes.changed_upstream(at=timezone.now()).explain()
    assert {"source_unreviewed", "source_lost", "conflict_open_once"} <= set(plan.split())
    assert "SCAN articles_article" not in plan
