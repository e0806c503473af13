"""No path forgets the version: what somebody changed since the page was loaded is overwritten by none of the buttons.

One row for each way of the admin to change an article. A new way needs a row here. Nothing stands in a takedown's
way, but it overwrites nothing either.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client

from articles.changes import door
from articles.content import article_state
from articles.history import change_sets
from articles.models import Article, ChangeSet, Conflict, ImportRun, Revision, Source
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.browserless import form_of, forms_of, open_form, read_form
from tests.contesting import changed_upstream, contested
from tests.factories import make_article, make_user
from tests.importing.import_running import import_seeds, story, write

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
CONFLICTS = "/admin/articles/conflict/"


@dataclass
class World:
    client: Client
    actor: object
    folder: object


Press = Callable[[], HttpResponse]


def form_button(button, **fields):
    """A button of the form, with something typed."""

    def prepare(world: World) -> tuple[Article, Press]:
        article = make_article(title="Began", published=button == "_unpublish")
        address = f"{LIST}{article.pk}/change/"
        form = open_form(world.client, address)
        form["excerpt"] = "Typed"
        for name, value in fields.items():
            form[name] = value
        return article, lambda: form.send(world.client, address, button)

    return prepare


def carried_text(world: World) -> tuple[Article, Press]:
    """What was carried past a sign-in and is saved as it was shown."""
    article = make_article(title="Began")
    address = f"{LIST}{article.pk}/change/"
    form = open_form(world.client, address)
    form["excerpt"] = "Typed"
    shown = form_of(form.send(world.client, address, "_show"), "article_form")
    return article, lambda: shown.send(world.client, address, "_save")


def merged_text(world: World) -> tuple[Article, Press]:
    """The one click of a stale form, stale once more."""
    article = make_article(title="Began")
    address = f"{LIST}{article.pk}/change/"
    form = open_form(world.client, address)
    form["excerpt"] = "Typed"
    retitle(article, "Between")
    again = form_of(form.send(world.client, address, "_save"), "article_form")
    return article, lambda: again.send(world.client, address, "_save")


def list_action(action, **state):
    def prepare(world: World) -> tuple[Article, Press]:
        article = make_article(title="Began", **state)
        form = read_form(world.client, f"{LIST}?state=all", "changelist-form")
        form.forge("_selected_action", article.pk)
        form.forge("set_aside-cause", "poor")
        form.forge("hold-why", "A reason")
        form["reason"] = "A reason"
        return article, lambda: form.send(world.client, f"{LIST}?state=all", f"action={action}")

    return prepare


def back_to_file(world: World) -> tuple[Article, Press]:
    write(world.folder, "a.md", story("a", "excerpt: Of the file\n"))
    import_seeds(world.folder)
    article = Article.objects.get()
    change(article, excerpt="Of the desk")
    form = read_form(world.client, f"{LIST}{article.pk}/change/", "from-file")
    return article, lambda: form.send(world.client, "", "field=excerpt")


def restored(*fields):
    def prepare(world: World) -> tuple[Article, Press]:
        article = make_article(title="Began", excerpt="Began")
        change(article, excerpt="Changed")
        page = world.client.get(f"{LIST}{article.pk}/compare/?from=1&to=2")
        form = next(form for form in forms_of(page) if form.action.endswith("/restore/"))
        if fields:
            form.forge("fields", *fields)
        return article, lambda: form.send(world.client, "")

    return prepare


def undone_change_set(world: World) -> tuple[Article, Press]:
    article = make_article(title="Began")
    change_set = change_sets.open_change_set("publish", actor=world.actor)
    publishing.publish(article, actor=world.actor, change_set=change_set)
    return article, lambda: world.client.post(f"{LIST}undo/{change_set.pk}/")


def undone_import(world: World) -> tuple[Article, Press]:
    write(world.folder, "a.md", story("a"))
    import_seeds(world.folder)
    write(world.folder, "a.md", story("a", title="From the file"))
    import_seeds(world.folder)
    run = ImportRun.objects.latest("pk")
    return Article.objects.get(), lambda: world.client.post(f"/admin/articles/importrun/{run.pk}/undo/")


def conflict_decision(decision):
    def prepare(world: World) -> tuple[Article, Press]:
        article = contested(world.folder)
        conflict = Conflict.objects.get(article=article, field="excerpt")
        form = form_of(world.client.get(CONFLICTS), "decide")
        return article, lambda: form.send(world.client, "", f"decision={decision}:{conflict.pk}")

    return prepare


def ticked_conflicts(decision):
    def prepare(world: World) -> tuple[Article, Press]:
        article = contested(world.folder)
        form = form_of(world.client.get(CONFLICTS), "decide")
        form.forge("conflicts", *Conflict.objects.filter(field="excerpt").values_list("pk", flat=True))
        return article, lambda: form.send(world.client, "", f"decision={decision}")

    return prepare


def upstream_choice(choice):
    def prepare(world: World) -> tuple[Article, Press]:
        article = changed_upstream(world.folder)
        page = world.client.get(f"{LIST}upstream/")
        form = next(form for form in forms_of(page) if form.action.endswith(f"/{article.pk}/upstream/"))
        return article, lambda: form.send(world.client, "", f"choice={choice}")

    return prepare


PATHS: dict[str, Callable[[World], tuple[Article, Press]]] = {
    "form, save": form_button("_save"),
    "form, publish": form_button("_publish"),
    "form, unpublish": form_button("_unpublish"),
    "form, schedule": form_button("_save", live_until="2099-01-01T00:00:00"),
    "form, carried past a sign-in": carried_text,
    "form, merged and stale again": merged_text,
    "list, publish": list_action("publish"),
    "list, unpublish": list_action("unpublish", published=True),
    "list, set aside": list_action("set_aside"),
    "list, bring back": list_action("bring_back", set_aside="poor"),
    "list, hold": list_action("hold"),
    "list, lift the hold": list_action("lift_hold", hold="Wait for the court"),
    "back to the file's value": back_to_file,
    "restore, whole": restored(),
    "restore, by field": restored("excerpt"),
    "undo of a change set": undone_change_set,
    "undo of an import": undone_import,
    "conflict, keep": conflict_decision("keep"),
    "conflict, take": conflict_decision("take"),
    "conflicts ticked, keep": ticked_conflicts("keep"),
    "conflicts ticked, take": ticked_conflicts("take"),
    "upstream, fine as it is": upstream_choice("accept"),
    "upstream, put back": upstream_choice("put-back"),
    "upstream, unpublish": upstream_choice("unpublish"),
}


def change(article, actor=None, **fields):
    row = Article.objects.get(pk=article.pk)
    state = article_state.read_state(row)
    wanted = article_state.ArticleState(state.content.model_copy(update=fields), state.desk)
    by = actor or make_user("Editor")
    door.change(row, wanted, actor=by, origin=Origin.FORM, expected_version=row.version)


def retitle(article, title):
    change(article, title=title)


def everything(article):
    return (
        article_state.read_state(Article.objects.get(pk=article.pk)),
        Revision.objects.count(),
        list(Conflict.objects.order_by("pk").values("pk", "outcome", "closed_at")),
        list(Source.objects.order_by("pk").values("digest", "unreviewed_from", "is_loss_reviewed")),
        set(ChangeSet.objects.exclude(kind=ChangeSet.Kind.UNDO).values_list("pk", flat=True)),
    )


@pytest.fixture
def world(chief, signed_in, tmp_path):
    return World(signed_in(chief), chief, tmp_path)


TAKEDOWNS = ("form, unpublish", "list, unpublish", "upstream, unpublish")


@pytest.mark.parametrize("name", [name for name in PATHS if name not in TAKEDOWNS])
def test_a_stale_way_changes_nothing(world, name):
    article, press = PATHS[name](world)
    retitle(article, "Meanwhile")
    before = everything(article)
    response = press()
    assert response.status_code in (200, 302, 403, 409), response.status_code
    assert everything(article) == before


@pytest.mark.parametrize("name", TAKEDOWNS)
def test_a_stale_takedown_changes_nothing_but_that(world, name):
    article, press = PATHS[name](world)
    retitle(article, "Meanwhile")
    before = article_state.read_state(Article.objects.get(pk=article.pk))
    assert press().status_code in (200, 302)
    after = article_state.read_state(Article.objects.get(pk=article.pk))
    assert after == publishing.unpublished_state(before) != before


@pytest.mark.parametrize("name", PATHS)
def test_the_same_way_does_its_work_when_nobody_came_in_between(world, name):
    article, press = PATHS[name](world)
    before = everything(article)
    press()
    assert everything(article) != before
