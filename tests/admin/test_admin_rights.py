"""Who may read and write what in the admin: every address, every role, against the tables of `rights_table`."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin.article_list.actions import actions_for
from articles.changes import door, refusals
from articles.content import article_state
from articles.history import change_sets
from articles.importing.runner import Import
from articles.models import (
    Article,
    BulkAction,
    BulkEntry,
    Category,
    Cause,
    ChangeSet,
    ImportRun,
    Provider,
    Revision,
    SecuredPayload,
    Topic,
    User,
)
from articles.models.history import Origin
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.admin.browserless import URLENCODED, open_form, unrendered
from tests.admin.every_address import filled, routes, writes
from tests.admin.rights_table import ARTICLE, ROLES, URLS, URLS_BY_KIND, WRITES
from tests.admin.seeds import seed
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def user_of(role):
    if role == "stranger":
        return None
    user = make_user("" if role in ("staff", "viewer") else role)
    if role == "viewer":
        user.user_permissions.add(Permission.objects.get(codename="view_article"))
    return user


def client_of(user):
    client = Client()
    if user:
        client.force_login(user)
    return client


KINDS = ("hidden", "scheduled", "live")
ABOUT_OTHERS = ("articles/user/", "articles/category/", "articles/topic/", "articles/provider/")


def routes_that_may_tell(kind):
    """Every one for a hidden article; for others those that know of articles."""
    every = routes().items()
    about = [(name, route) for name, route in every if route.startswith("articles/")]
    return every if kind == "hidden" else [pair for pair in about if not pair[1].startswith(ABOUT_OTHERS)]


MODELS = (
    Article,
    BulkAction,
    BulkEntry,
    Revision,
    ChangeSet,
    SecuredPayload,
    Category,
    Topic,
    Provider,
    ImportRun,
    Group,
    AccessAttempt,
    AccessLog,
)


def snapshot():
    """Everything that a forged post could want to change."""
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}
    users = list(
        User.objects.order_by("pk").values(
            "pk", "username", "password", "is_superuser", "is_staff", "is_active", "time_zone"
        )
    )
    rights = list(User.user_permissions.through.objects.order_by("pk").values())
    groups = list(User.groups.through.objects.order_by("pk").values())
    return rows | {"users": users, "rights": rights, "groups": groups}


def forged(objects, address):
    """What would do harm if it were let through."""
    model = next((name for name in objects if f"/{name}/" in address), "article")
    return {
        "post": "yes",
        "action": "delete_selected",
        "index": "0",
        "_selected_action": objects[model].pk,
        "label": "Forged",
        "name": "Forged",
        "title": "Forged",
        "username": "forged",
        "password1": "forged horse battery",
        "password2": "forged horse battery",
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "on",
        "version": "1",
        **{f"{prefix}-{name}_FORMS": "0" for prefix in ("images", "related") for name in ("TOTAL", "INITIAL")},
        "time_zone": "Pacific/Apia",
    }


def test_every_address_of_the_admin_has_a_row_in_the_table():
    assert set(routes()) == set(URLS)


def test_every_action_of_the_list_has_a_row_in_the_table():
    offered = set(actions_for(make_user(is_superuser=True)))
    assert offered
    assert {f"action {name}" for name in offered} <= ARTICLE.keys() == WRITES.keys()
    assert all(rows.keys() >= set(KINDS) for table in (ARTICLE, WRITES) for rows in table.values())


def test_the_secured_payloads_have_no_admin():
    assert SecuredPayload not in admin.site._registry
    assert {model.__name__ for model in admin.site._registry} == {
        "AccessAttempt",
        "AccessFailureLog",
        "AccessLog",
        "Article",
        "BulkAction",
        "Category",
        "ChangeSet",
        "Conflict",
        "Group",
        "ImportRun",
        "Provider",
        "Topic",
        "User",
    }


@pytest.mark.parametrize("kind", KINDS, indirect=True)
@pytest.mark.parametrize("role", ROLES)
def test_each_address_answers_each_role_as_the_table_says(objects, kind, role):
    client = client_of(user_of(role))
    cookies, before = client.cookies.output(), snapshot()
    wrong = []
    for name, route in routes_that_may_tell(kind):
        address = filled(route, objects)
        read, written, writers = URLS_BY_KIND.get((name, kind), URLS[name])
        for method, expected in (("get", read), ("post", written)):
            point = transaction.savepoint()
            is_page_the_subject = kind == "hidden" and method == "get"
            with CaptureQueriesContext(connection) as queries, nullcontext() if is_page_the_subject else unrendered():
                response = getattr(client, method)(address, forged(objects, address) if method == "post" else None)
            wrote = writes(queries) and snapshot() != before
            transaction.savepoint_rollback(point)
            client.cookies.load(cookies.replace("Set-Cookie: ", ""))
            asked = int(expected.split()[ROLES.index(role)])
            may_write = method == "post" and role in writers.split()
            if (response.status_code, wrote) != (asked, may_write):
                wrong.append((method, address, response.status_code, "wrote" if wrote else "", f"expected {asked}"))
            if response.status_code == 302 and role == "stranger" and name != "logout":
                assert "/admin/login/" in response["Location"]
    assert not wrong


def an_article(kind, editor):
    """One that was published, or edited, by a change set of its own. Returns both."""
    article = make_article(title="Canary")
    change_set = change_sets.open_change_set(ChangeSet.Kind.EDIT, actor=editor)
    if kind in ("hidden", "aside", "held"):
        state = article_state.read_state(article)
        wanted = article_state.ArticleState(state.content.model_copy(update={"title": "Canary 2"}), state.desk)
        door.change(article, wanted, actor=editor, origin=Origin.FORM, expected_version=1, change_set=change_set)
    else:
        days = timedelta(days=1 if kind == "scheduled" else -1)
        publishing.publish(article, actor=editor, at=timezone.now() + days, change_set=change_set)
    change_set = _decided(kind, article, editor) or change_set
    return Article.objects.get(pk=article.pk), change_set


def _decided(kind, article, editor):
    """Set aside, or put on hold; by which change set."""
    words = {"actor": editor, "origin": Origin.ACTION, "change_set": change_sets.open_change_set("hold", actor=editor)}
    if kind == "aside":
        decide("set_aside", [article], cause=Cause.POOR, **words)
    elif kind == "held":
        decide("hold", [article], why="legal is reading it", **words)
    else:
        return None
    return words["change_set"]


def attempt(operation, client, article, change_set, form):
    """What a role sends, with a form as one sees it who may do everything."""
    address = f"{LIST}{article.pk}/change/"
    if operation.startswith("action "):
        data = {"action": operation.split()[1], "index": "0", "_selected_action": article.pk, "verb": "add_topics"}
        data |= {"arguments": '{"topics": ["New"]}'} if "confirm" in operation else {}
        data |= {"set_aside-cause": "duplicate", "hold-why": "another reason"}
        return client.post(LIST + "?state=all", data)
    if operation == "undo":
        return client.post(f"{LIST}undo/{change_set.pk}/")
    if operation == "restore":
        data = {"number": 1, "version": article.version, "fields": ["title", "published", "live_from"]}
        return client.post(f"{LIST}{article.pk}/restore/", data)
    if operation == "delete":
        return client.post(f"{LIST}{article.pk}/delete/", {"post": "yes"})
    button = {"publish": "_publish", "unpublish": "_unpublish"}.get(operation, "_save")
    typed = {"save": ("title", "Forged"), "schedule": ("live_until", "2099-01-01T00:00:00")}.get(operation)
    values = dict(form.values)
    if operation.startswith("form "):
        button = f"_{operation.split()[1]}"
        for name, value in {
            "set_aside-cause": "duplicate",
            "set_aside-note": "another note",
            "hold-why": "another reason",
        }.items():
            form.forge(name, value)
    if typed:
        form.forge(*typed)
    response = form.send(client, address, button)
    form.values = values
    return response


@pytest.mark.parametrize("where", ["list", "form", "elsewhere"])
@pytest.mark.parametrize("kind", [*KINDS, "aside", "held"])
def test_each_role_may_do_to_an_article_what_the_table_says_and_nothing_else(editor, chief, kind, where):
    article, change_set = an_article(kind, editor)
    form = open_form(client_of(chief), f"{LIST}{article.pk}/change/")
    clients = {role: client_of(user_of(role)) for role in ROLES}
    before = snapshot()
    wrong = []
    for operation, rows in operations(where).items():
        for place, role in enumerate(ROLES):
            point = transaction.savepoint()
            with CaptureQueriesContext(connection) as queries, unrendered():
                status = attempt(operation, clients[role], article, change_set, form).status_code
            wrote = writes(queries) and snapshot() != before
            transaction.savepoint_rollback(point)
            expected = int(_row(rows, kind).split()[place]), role in _row(WRITES[operation], kind).split()
            if (status, wrote) != expected:
                wrong.append((operation, role, status, wrote, f"expected {expected}"))
    assert not wrong


def operations(where):
    prefix = {"list": "action ", "form": "form "}.get(where)
    if prefix:
        return {name: rows for name, rows in ARTICLE.items() if name.startswith(prefix)}
    return {name: rows for name, rows in ARTICLE.items() if " " not in name}


def _row(rows, kind):
    return rows.get(kind, rows["hidden"]) if kind in ("aside", "held") else rows[kind]


@pytest.mark.parametrize("role", ["stranger", "staff"])
def test_who_has_no_right_reads_no_title_in_any_refusal(objects, role):
    Article.objects.update(title="Canary-title")
    Topic.objects.update(name="Canary-topic")
    client = client_of(user_of(role))
    for route in routes().values():
        assert b"Canary-" not in client.get(filled(route, objects)).content


def test_the_lookups_of_others_boxes_need_the_right_to_view(objects):
    Topic.objects.update(name="Canary-topic")
    query = "/admin/autocomplete/?app_label=articles&model_name=topic&field_name=shown_as&term=Canary"
    for role in ("stranger", "staff", "viewer"):
        response = client_of(user_of(role)).get(query)
        assert response.status_code in (302, 403)
        assert b"Canary" not in response.content
    assert b"Canary" in client_of(user_of("Contributor")).get(query).content


@pytest.mark.parametrize(
    "query",
    [
        "app_label=articles&model_name=revision&field_name=article",
        "app_label=articles&model_name=securedpayload&field_name=article",
        "app_label=articles&model_name=article&field_name=secured_payloads",
        "app_label=articles&model_name=changeset&field_name=actor",
        "app_label=auth&model_name=permission&field_name=content_type",
        "app_label=axes&model_name=x&field_name=y",
        "app_label=articles&model_name=topic&field_name=name",
        "",
    ],
)
def test_the_lookup_serves_the_boxes_of_terms_alone(chief, query):
    response = client_of(chief).get(f"/admin/autocomplete/?{query}&term=")
    assert response.status_code in (403, 404)
    assert b"results" not in response.content


def test_a_password_cannot_be_searched_for_in_the_list_of_users(objects):
    client = client_of(make_user(is_superuser=True))
    for query in ("?password__startswith=md5", "?password__regex=^m", "?groups__permissions__name__startswith=C"):
        assert client.get(f"/admin/articles/user/{query}").status_code == 400
    for query in ("?article__title__startswith=T", "?article__secured_payloads__text__startswith=A"):
        assert client.get(f"/admin/articles/category/{query}").status_code == 400


@pytest.mark.parametrize("role", ["staff", "viewer", "Contributor", "Editor", "Chief"])
def test_nobody_makes_himself_more_than_he_is(objects, role):
    user = user_of(role)
    client = client_of(user)
    data = {
        "username": user.username,
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "on",
        "groups": [3],
        "user_permissions": [1],
    }
    before, own = snapshot(), 302 if role == "Chief" else 403
    for address in (f"/admin/articles/user/{user.pk}/change/", "/admin/articles/user/add/"):
        assert client.post(address, data).status_code == (200 if role == "Chief" and "add" in address else own)
    assert client.post(f"/admin/articles/user/{user.pk}/link/").status_code == 403
    assert snapshot() == before
    assert not User.objects.get(pk=user.pk).is_superuser


def test_losing_the_role_ends_its_rights_at_once(editor, signed_in):
    article = make_article()
    client = signed_in(editor)
    form = open_form(client, f"{LIST}{article.pk}/change/")
    editor.groups.clear()
    assert form.send(client, f"{LIST}{article.pk}/change/", "_publish").status_code == 403
    assert client.get(LIST).status_code == 403
    editor.is_active = False
    editor.save()
    assert client.get(LIST).status_code == 302
    assert not Article.objects.get(pk=article.pk).published


def test_an_import_in_the_name_of_a_contributor_publishes_nothing(contributor, editor, tmp_path):
    text = seed(more="published: true\n")
    (tmp_path / "a.md").write_text(text)
    receipt = Import([tmp_path], root="wire", actor=contributor).execute()
    assert receipt.has_rejected
    assert not Article.objects.exists()
    Import([tmp_path], root="wire", actor=editor).execute()
    (tmp_path / "a.md").write_text(text.replace("title: T", "title: Changed"))
    Import([tmp_path], root="wire", actor=contributor).execute()
    assert Article.objects.get().title == "T"


@pytest.mark.parametrize("change", ["publish", "unpublish"])
def test_the_door_itself_refuses_who_may_not_publish(contributor, change):
    article = make_article(published=change == "unpublish")
    with pytest.raises(refusals.NotAllowed):
        getattr(publishing, change)(article, actor=contributor)
    refused = decide(change, [article], actor=contributor)
    assert [type(result) for result in refused] == [refusals.NotAllowed]
    assert Article.objects.get(pk=article.pk).version == 1


def test_the_title_of_a_hidden_article_is_not_told_by_an_address(editor, signed_in):
    """CASES I08: no `r/` that would redirect to, and so name, an article's page."""
    article = make_article(title="Canary")
    response = signed_in(make_user()).get(f"/admin/r/5/{article.pk}/")
    assert response.status_code == 404
    assert "canary" not in response.headers.get("Location", "").lower()


def test_the_shape_of_the_sent_form_is_the_browsers(editor, signed_in):
    article = make_article()
    client = signed_in(editor)
    form = open_form(client, f"{LIST}{article.pk}/change/")
    assert client.post(f"{LIST}{article.pk}/change/", b"\xff\xfe=%ZZ", content_type=URLENCODED).status_code == 400
    assert client.post(f"{LIST}{article.pk}/change/", b"{}", content_type="application/json").status_code == 400
    assert form["version"] == "1"
