"""Nothing reaches an article around the door, and nobody edits its history.

`tests/one_door.py` watches every statement of the suite; here is what the code and the roles say.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import RequestFactory

from articles.content import article_state
from articles.content.taxonomy import Taxonomy
from articles.models import Article, ChangeSet, Revision
from articles.sql.many_rows import update_rows
from tests.admin.browserless import open_form
from tests.factories import NOW, make_article, make_user
from tests.one_door import PROJECT, AroundTheDoorError

WRITES = {
    *("update", "create", "delete", "save", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "add"),
    *("acreate", "aupdate", "adelete", "asave", "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create"),
    *("_raw_delete", "set", "clear", "remove"),
}
OF_ARTICLES = {"Article", "ArticleTopic", "ArticleImage", "RelatedArticle", "SecuredPayload"}
OF_HISTORY = {"Revision"}
DOORS = {
    # who may write what by name; tests/one_door.py watches what happens
    "articles/content/article_state.py": OF_ARTICLES,
    "articles/changes/door.py": OF_ARTICLES | OF_HISTORY,
    "articles/history/purging.py": OF_ARTICLES,
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("articles", "newsdesk"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            name = str(path.relative_to(PROJECT))
            if not name.startswith("articles/migrations/"):
                yield name, ast.parse(path.read_text(), name)


def written(call: ast.Call) -> str:
    """The model at the root of a chain such as `Article.objects.filter(...).update(...)`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return ""
    at: ast.expr = call.func.value
    while isinstance(at, ast.Attribute | ast.Call | ast.Subscript):
        at = at.func if isinstance(at, ast.Call) else at.value
    return at.id if isinstance(at, ast.Name) else ""


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def calls() -> Iterator[tuple[str, ast.Call]]:
    for name, tree in modules():
        yield from ((name, node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_no_module_but_the_doors_writes_an_articles_rows_or_its_history():
    around = [
        f"{name}:{call.lineno} {written(call)}"
        for name, call in calls()
        if written(call) in (OF_ARTICLES | OF_HISTORY) - DOORS.get(name, set())
    ]
    assert around == []


def test_only_the_door_asks_for_an_articles_rows_to_be_written():
    """`article_state.insert` and `article_state.update` write them."""
    asking = {
        name
        for name, call in calls()
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr) in {("article_state", "insert"), ("article_state", "update")}
    }
    assert asking == {"articles/changes/door.py"}


def test_nobody_assigns_published():
    for name, tree in modules():
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            assert not [t for t in targets if isinstance(t, ast.Attribute) and t.attr == "published"], name


def test_django_keeps_no_second_history():
    """Of accounts it keeps the only one."""
    for name, tree in modules():
        if name.startswith("articles/admin/accounts/"):
            continue
        words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        words |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not words & {"LogEntry", "log_actions", "log_addition", "log_change", "log_deletions"}, name


@pytest.mark.django_db
def test_saving_publishing_and_undoing_in_the_admin_writes_no_log_entry(editor, signed_in):
    client, article = signed_in(editor), make_article()
    address = f"/admin/articles/article/{article.pk}/change/"
    form = open_form(client, address)
    form["title"] = "Mine"
    form.send(client, address, "_publish")
    client.post(f"/admin/articles/article/undo/{ChangeSet.objects.latest('pk').pk}/")
    assert [row.origin for row in article.revisions.all()] == ["undo", "form", "import"]
    assert not LogEntry.objects.exists()


@pytest.mark.django_db
def test_the_watch_sees_code_that_goes_around_the_door():
    article = make_article()
    namespace = {"Article": Article, "pk": article.pk}
    code = compile("Article.objects.filter(pk=pk).update(title='x')", str(PROJECT / "articles/elsewhere.py"), "exec")
    with pytest.raises(AroundTheDoorError, match=r"elsewhere\.py writes to article"), transaction.atomic():
        exec(code, namespace)
    with pytest.raises(AroundTheDoorError, match=r"rows\.py writes to article"), transaction.atomic():
        update_rows([article], ["title"])
    change = (article, article_state.read_state(article), ["title"])
    with pytest.raises(AroundTheDoorError, match=r"rows\.py writes to article"), transaction.atomic():
        article_state.update([change], taxonomy=Taxonomy(), bodies={}, now=NOW)


@pytest.mark.django_db
def test_no_role_can_add_change_or_delete_revisions():
    """Neither one of ours, nor one that a Chief could put together: there is no such right."""
    kinds = ContentType.objects.get_for_models(Revision, ChangeSet).values()
    rights = set(Permission.objects.filter(content_type__in=kinds).values_list("codename", flat=True))
    assert rights <= {"view_revision", "view_changeset"}
    assert {"Contributor", "Editor", "Chief"} <= set(Group.objects.values_list("name", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["", "Contributor", "Editor", "Chief", "superuser"])
def test_no_page_of_the_admin_adds_changes_or_deletes_what_was_done(role):
    user = make_user(role if role != "superuser" else "", is_superuser=role == "superuser")
    request = RequestFactory().get("/")
    request.user = user
    for model in (Revision, ChangeSet):
        registered = admin.site._registry.get(model)
        if registered is not None:
            assert not registered.has_add_permission(request)
            assert not registered.has_change_permission(request)
            assert not registered.has_delete_permission(request)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["history", "compare", "restore", "delete"])
def test_the_pages_of_a_history_change_no_revision_by_whatever_is_posted(page, signed_in):
    article = make_article()
    client = signed_in(make_user(is_superuser=True))
    before = list(Revision.objects.values())
    forged = {"changes": "{}", "actor_name": "nobody", "number": "1", "version": "1", "delete": "1", "post": "yes"}
    for method in (client.post, client.put, client.patch, client.delete):
        method(f"/admin/articles/article/{article.pk}/{page}/", forged)
    assert list(Revision.objects.values()) == before


def test_what_stands_here_is_what_there_is():
    assert all((PROJECT / name).is_file() for name in DOORS if name != "articles/history/purging.py")
    assert Path(article_state.__file__).is_relative_to(PROJECT)
