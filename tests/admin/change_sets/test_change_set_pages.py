"""Change sets in the admin: a list with who, when, what kind and how many; each with its articles and Undo."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.history import change_sets, purging
from articles.importing.runner import Import
from articles.importing.undo import undo_run
from articles.models import Article, ChangeSet, ImportRun, Revision
from articles.sources import conflicts
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.admin.browserless import form_of, forms_of, read_form, text_of
from tests.admin.seeds import seed
from tests.contesting import contested
from tests.factories import make_article, make_user
from tests.importing.import_running import story, write

pytestmark = pytest.mark.django_db
SETS = "/admin/articles/changeset/"


def page_of(change_set):
    return f"{SETS}{change_set.pk}/change/"


def published(*titles, actor, reason="", count=0):
    """A set that published articles of these titles, or `count` of them."""
    articles = [make_article(title=title) for title in titles] + [make_article() for _ in range(count)]
    change_set = change_sets.open_change_set("publish", actor=actor, reason=reason)
    decide("publish", articles, actor=actor, change_set=change_set)
    return change_set


def is_published(title):
    return article_state.read_state(Article.objects.get(title=title)).content.published


def test_the_list_says_who_when_what_kind_how_many_and_why(editor, signed_in):
    change_set = published("A", "B", "C", actor=editor, reason="the evening edition")
    words = text_of(signed_in(editor).get(SETS))
    row = words[words.index(f"Change set {change_set.pk}: published") :]
    assert f"{editor.username} “A” and 2 more the evening edition" in row


def test_the_list_and_the_page_name_the_article(editor, signed_in, tmp_path):
    client = signed_in(editor)
    change_set = published("Night <b> ferry", actor=editor)
    contested(tmp_path)
    kept = conflicts.keep(conflicts.open_conflicts(), actor=editor).change_set
    words = text_of(client.get(SETS))
    assert f"{editor.username} “Night <b> ferry”" in words
    assert f"Change set {change_set.pk}: published: “Night <b> ferry”" in text_of(client.get(page_of(change_set)))
    assert f"Change set {kept.pk}: conflicts decided: “Mine”" in text_of(client.get(page_of(kept)))
    undone = client.post(f"/admin/articles/article/undo/{kept.pk}/", follow=True)
    assert "2 conflicts reopened: “Mine”." in text_of(undone)
    assert f"{editor.username} “Mine”" in text_of(client.get(f"{SETS}?kind=undo"))


def test_a_change_set_that_was_undone_says_so_and_offers_no_second_undo(editor, signed_in):
    client, change_set = signed_in(editor), published("A", "B", actor=editor)
    undone = change_sets.undo(change_set, actor=editor).change_set
    assert f"Change set {change_set.pk}: published undone" in text_of(client.get(SETS))
    page = client.get(page_of(change_set))
    assert not any(form.id == "undo" for form in forms_of(page))
    assert "Undone by Change set" in text_of(page)
    change_sets.undo(undone, actor=editor)
    assert f"Change set {change_set.pk}: published undone and restored" in text_of(client.get(SETS))
    assert not any(form.id == "undo" for form in forms_of(client.get(page_of(change_set))))


def test_a_change_set_that_was_undone_in_part_keeps_its_undo(editor, chief, signed_in):
    client, change_set = signed_in(editor), published("A", "B", actor=editor)
    publishing.unpublish(Article.objects.get(title="B"), actor=chief)
    change_sets.undo(change_set, actor=editor)
    page = client.get(page_of(change_set))
    assert "partly undone" in text_of(page)
    assert any(form.id == "undo" for form in forms_of(page))


def test_an_import_run_is_told_with_the_number_of_its_articles(editor, signed_in, tmp_path):
    (tmp_path / "a.md").write_text(seed())
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    assert f"operator “{Article.objects.get().title}”" in text_of(signed_in(editor).get(SETS))


def test_the_list_is_filtered_by_kind_and_by_who(editor, chief, signed_in):
    mine, theirs = published("A", actor=editor), published("B", actor=chief)
    change_sets.open_change_set(ChangeSet.Kind.COMMAND, actor=OPERATOR)
    client = signed_in(editor)

    def listed(query):
        return [row.pk for row in client.get(SETS + query).context["cl"].result_list]

    assert listed(f"?who={editor.pk}") == [mine.pk]
    assert listed("?kind=publish") == [theirs.pk, mine.pk]
    assert len(listed("?who=operator")) == 1


@pytest.mark.parametrize(
    "query",
    [
        *("?actor__password__startswith=m", "?revisions__changes__contains=A"),
        *("?kind=nothing", "?who=x", f"?who={'9' * 30}"),
    ],
)
def test_nothing_else_can_be_asked_of_the_list(editor, signed_in, query):
    published("A", actor=editor)
    assert signed_in(editor).get(SETS + query).status_code == 400


def test_lists_take_the_same_few_queries_for_one_row_and_for_ten(editor, signed_in):
    client = signed_in(editor)
    large = published(actor=editor, count=1)
    counts = []
    for _ in range(2):
        for address in (SETS, page_of(large)):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
        for _ in range(9):
            published(actor=editor, count=2)
        large = published(actor=editor, count=10)
    assert counts[:2] == counts[2:]
    assert max(counts) <= 13


def test_a_set_shows_its_articles_and_what_was_done_to_each(editor, chief, signed_in):
    change_set = published("Night ferry", "Day ferry", actor=editor, reason="why not")
    publishing.unpublish(Article.objects.get(title="Day ferry"), actor=chief)
    words = text_of(signed_in(editor).get(page_of(change_set)))
    assert "Reason why not" in words
    words = words[words.index("Articles of the change set") :]
    assert "Revision 2 of Night ferry Night ferry Published, live from" in words
    assert "changed since" not in words[words.index("Night ferry") : words.index("Day ferry")]
    assert "changed since" in words[words.index("Day ferry") :]


def test_a_large_set_is_in_pages(editor, signed_in):
    change_set = published(actor=editor, count=60)
    client = signed_in(editor)
    first, second = (client.get(page_of(change_set) + query) for query in ("", "?p=2"))
    assert [len(page.context["steps"]) for page in (first, second)] == [50, 10]


def test_undo_returns_what_nobody_touched_and_names_the_others(editor, chief, signed_in):
    change_set = published("Night ferry", "Day ferry", actor=editor)
    touched = Article.objects.get(title="Day ferry")
    publishing.unpublish(touched, actor=chief)
    touched.refresh_from_db()
    publishing.publish(touched, actor=chief)
    client = signed_in(editor)
    response = read_form(client, page_of(change_set), "undo").send(client, page_of(change_set))
    assert response["Location"] == page_of(change_set)
    words = text_of(client.get(response["Location"]))
    assert "Undone: “Night ferry”." in words
    assert "“Day ferry” not changed: it has changed since." in words
    assert "Undone by Change set" in words
    assert (is_published("Night ferry"), is_published("Day ferry")) == (False, True)


def test_undo_pressed_twice_undoes_once(editor, signed_in):
    change_set = published("A", actor=editor)
    client = signed_in(editor)
    form = read_form(client, page_of(change_set), "undo")
    form.send(client, page_of(change_set))
    rows = Revision.objects.count(), ChangeSet.objects.count()
    form.send(client, page_of(change_set))
    assert (Revision.objects.count(), ChangeSet.objects.count()) == rows


def test_an_undo_has_a_page_that_leads_to_what_it_took_back(editor, signed_in):
    change_set = published("A", actor=editor)
    undone = change_sets.undo(change_set, actor=editor).change_set
    client = signed_in(editor)
    assert page_of(change_set) in client.get(page_of(undone)).content.decode()
    form = form_of(client.get(page_of(undone)), "undo")
    form.send(client, page_of(undone))
    assert is_published("A")


def test_an_import_run_is_not_undone_here_and_leads_to_its_receipt(chief, signed_in, tmp_path):
    (tmp_path / "a.md").write_text(seed())
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    change_set = ChangeSet.objects.get()
    page = signed_in(chief).get(page_of(change_set))
    assert "undo" not in [form.id for form in forms_of(page)]
    assert f"/admin/articles/importrun/{change_set.import_run.pk}/change/" in page.content.decode()


def test_a_viewer_reads_change_sets_and_is_offered_no_undo(editor, signed_in):
    change_set = published("A", actor=editor)
    viewer = make_user()
    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    page = signed_in(viewer).get(page_of(change_set))
    assert page.status_code == 200
    assert "undo" not in [form.id for form in forms_of(page)]


def test_staff_without_rights_read_no_title(editor, signed_in):
    change_set = published("Canary", actor=editor)
    for address in (SETS, page_of(change_set)):
        response = signed_in(make_user()).get(address)
        assert response.status_code == 403
        assert b"Canary" not in response.content


@pytest.mark.parametrize("key", ["0", "99999", "x", "9" * 40])
def test_a_change_set_that_there_is_not_is_answered_with_404(editor, signed_in, key):
    assert signed_in(editor).get(f"{SETS}{key}/change/").status_code == 404


def purged(*articles, reason=""):
    change_set = change_sets.open_change_set(ChangeSet.Kind.PURGE, actor=OPERATOR, reason=reason)
    purging.purge_many(articles, actor=OPERATOR, change_set=change_set, reason=reason)
    return change_set


def test_articles_purged_since_are_told_with_their_history_alone(editor, signed_in):
    change_set = published("Gone", "Here", actor=editor)
    gone = Article.objects.get(title="Gone")
    purged(gone)
    page = signed_in(editor).get(page_of(change_set))
    assert f"Purged article {gone.pk}: Gone" in text_of(page)
    links = re.findall(rf"/admin/articles/article/{gone.pk}/\w+/", page.content.decode())
    assert set(links) == {f"/admin/articles/article/{gone.pk}/history/"}
    assert "Here" in text_of(page)


def test_undo_names_what_was_purged_since(editor, signed_in):
    change_set = published("Gone", "Here", actor=editor)
    purged(Article.objects.get(title="Gone"))
    client = signed_in(editor)
    page = client.post(f"/admin/articles/article/undo/{change_set.pk}/", follow=True)
    assert "“Gone” not changed: it was purged on" in text_of(page)
    assert not is_published("Here")


def test_a_purge_shows_what_went_and_offers_no_undo(editor, signed_in):
    gone = make_article(title="Gone <b>")
    change_set = purged(gone, reason="legal")
    client = signed_in(editor)
    page = client.get(page_of(change_set))
    assert f"Purged article {gone.pk} Gone <b> {gone.web_url}" in text_of(page)
    assert "Purged articles cannot be restored." in text_of(page)
    assert not any(form.id == "undo" for form in forms_of(page))
    assert "operator “Gone <b>” legal" in text_of(client.get(SETS))
    told = client.post(f"/admin/articles/article/undo/{change_set.pk}/", follow=True)
    assert "it was purged on" in text_of(told)
    assert not ChangeSet.objects.filter(undoes=change_set).exists()


def test_a_page_of_purged_articles_takes_the_same_queries_for_one_and_for_ten(editor, signed_in):
    client = signed_in(editor)

    def queries_for(count):
        change_set = published(actor=editor, count=count)
        purge = purged(*Article.objects.filter(published=True))
        with CaptureQueriesContext(connection) as queries:
            for one in (change_set, purge):
                assert client.get(page_of(one)).status_code == 200
        return len(queries)

    assert queries_for(1) == queries_for(10)


def test_the_undo_of_a_decision_names_the_conflicts_that_it_opened(tmp_path, editor, signed_in):
    contested(tmp_path)
    made = conflicts.keep(conflicts.open_conflicts(), actor=editor).change_set
    undone = change_sets.undo(made, actor=editor)
    words = text_of(signed_in(editor).get(page_of(undone.change_set)))
    assert "Conflicts reopened Title of Mine Excerpt of Mine" in words
    assert "No articles changed" not in words


def taken_back(folder):
    """The undo of a run that created one article and changed another."""
    write(folder, "a.md", story("a", title="Old"))
    Import([folder], root="wire", actor=OPERATOR).execute()
    write(folder, "a.md", story("a", title="New"))
    write(folder, "b.md", story("b"))
    Import([folder], root="wire", actor=OPERATOR).execute()
    return undo_run(ImportRun.objects.get(updated_count=1), actor=OPERATOR).change_set


def test_the_undo_of_an_undone_run_says_before_what_does_not_return(chief, signed_in, tmp_path):
    client, undone = signed_in(chief), taken_back(tmp_path)
    page = client.get(page_of(undone))
    assert "articles that were removed do not return" in text_of(page)
    assert f"manage.py import_seeds --again --root wire {tmp_path}" in text_of(page)
    assert "Restore values" in text_of(page)
    after = text_of(client.get(form_of(page, "undo").send(client, page_of(undone))["Location"]))
    assert "Undone: “New”." in after
    assert "articles that were removed do not return" in after
    assert set(Article.objects.values_list("title", flat=True)) == {"New"}
    counts = Import([tmp_path], root="wire", actor=OPERATOR, is_again=True).execute().head()["counts"]
    assert (counts["created"], counts["updated"], counts["conflicted"]) == (1, 1, 0)


def test_an_undo_that_only_removed_has_nothing_to_return(chief, signed_in, tmp_path):
    (tmp_path / "a.md").write_text(seed())
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    undone = undo_run(ImportRun.objects.get(), actor=OPERATOR).change_set
    page = signed_in(chief).get(page_of(undone))
    assert "articles that were removed do not return" in text_of(page)
    assert "Restore values" not in text_of(page)
