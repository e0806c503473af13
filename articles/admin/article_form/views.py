"""The article form: shows a state, and takes what was typed through the door."""

from __future__ import annotations

from typing import Any, TypedDict, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from articles.admin.article_form import decisions, drafts, stale
from articles.admin.article_form.forms import ArticleForm
from articles.admin.article_form.kept_text import keeping, kept_after
from articles.admin.article_form.origins import shown_origins
from articles.admin.article_form.presence import presence_context
from articles.admin.article_form.takedown import take_down
from articles.admin.article_form.typed_form import (
    actor_of,
    article_of_form,
    check_rows,
    lock,
    typed_anew,
    typed_over,
    typed_since,
)
from articles.admin.article_form.typed_state import ArticleEditor
from articles.admin.article_form.visible_changes import panel_of_form
from articles.admin.conflicts.rows import ContestedArticle, contested
from articles.admin.labels import history_of, label_of
from articles.admin.requests import resumed
from articles.admin.requests.options import category_options, type_options
from articles.admin.requests.posted import own_work, say_once, typed_words
from articles.changes import door, refusals, rights
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.history import change_sets
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.seedfile.addresses import url_key
from articles.workflow import publishing

LATEST_REVISIONS = 3


class _Words(TypedDict):
    """What the door is told beside the state."""

    actor: User
    reason: str
    origin: Origin
    change_set: ChangeSet


@keeping
def add(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """An empty form, or a new article from what was typed."""
    actor = actor_of(request)
    editor = typed_anew(admin, request)
    if request.method == "POST":
        check_rows(request)
    is_sent = request.method == "POST" and not resumed.is_to_be_shown(request)
    if is_sent and editor.is_valid() and editor.state is not None:
        try:
            return _saved(request, _create(request, actor, editor.state).pk)
        except IntegrityError:
            refusal: refusals.Refused = _taken(editor.state)
        except (refusals.AddressTaken, refusals.NotReady) as problem:
            refusal = problem
        owner = refusal.article if isinstance(refusal, refusals.AddressTaken) else None
        if owner and _is_done(request, owner, editor.state, since=0, kind=ChangeSet.Kind.EDIT):
            return _saved(request, owner)
        _blame(editor, refusal)
    return _form_page(admin, request, editor, None)


@keeping
def change(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one article; on POST, saved and, by its button, published or unpublished.

    A stale form is answered with 409: what others changed meanwhile is in the form where it does not clash with what
    was typed, all sides are shown, and saving again is a decision with all in view. No answer loses what was typed.
    """
    article = article_of_form(pk)
    actor = actor_of(request)
    if not admin.has_view_permission(request, article):
        raise PermissionDenied
    state = article_state.read_state(article)
    if request.method != "POST":
        editor = ArticleEditor(state, version=article.version)
        lock(editor, actor, article)
        return _form_page(admin, request, editor, article)
    if decisions.pressed(request) == "_unpublish" and not _is_to_be_shown(request):
        return _take_down(admin, request, article, actor)
    return _post(admin, request, article, state)


def _take_down(admin: ModelAdmin, request: HttpRequest, article: Article, actor: User) -> HttpResponse:
    """Whatever the boxes hold. What was typed into them stays on the page, and nothing of it is saved."""
    if not admin.has_change_permission(request, article):
        raise PermissionDenied
    is_down = take_down(request, article, actor, origin=Origin.FORM)
    article = article_of_form(article.pk)
    state = article_state.read_state(article)
    try:
        typed = typed_since(admin, request, article, state)
    except BadRequest:
        return kept_after(request)
    editor = typed.editor
    is_valid = editor.is_valid()
    if not (editor.images.management_form.is_valid() and editor.related.management_form.is_valid()):
        return kept_after(request)
    if is_valid and editor.state == editor.shown:
        return HttpResponseRedirect(request.path)
    if is_valid and typed.version != article.version:
        return _stale_page(admin, request, article.pk, editor, status=200 if is_down else 409)
    return _form_page(admin, request, editor, article, is_left=True)


def _post(admin: ModelAdmin, request: HttpRequest, article: Article, state: ArticleState) -> HttpResponse:
    typed = typed_over(admin, request, article, state)
    check_rows(request)
    editor = typed.editor
    is_shown = _is_to_be_shown(request)
    if not editor.is_valid() or editor.state is None or (is_shown and typed.version == article.version):
        return _form_page(admin, request, editor, article)
    if is_shown:
        return _stale_page(admin, request, article.pk, editor)
    if lacking := decisions.problem_of(request):
        editor.form.add_error(None, f"Nothing was saved: {lacking}.")
        return _form_page(admin, request, editor, article)
    state = stale.chosen(request, editor)
    try:
        _save(request, article, state, actor_of(request), typed.version)
    except refusals.Stale:
        kind = decisions.kind_of(decisions.pressed(request))
        if _is_done(request, article.pk, state, since=typed.version, kind=kind):
            return _saved(request, article.pk)
        return _stale_page(admin, request, article.pk, editor)
    except refusals.NotAllowed as refusal:
        _blame(editor, refusal)
        return _form_page(admin, request, editor, article, status=403)
    except (refusals.AddressTaken, refusals.NotReady, refusals.OutOfTheWay) as refusal:
        _blame(editor, refusal)
        return _form_page(admin, request, editor, article)
    return _saved(request, article.pk)


def _taken(state: ArticleState) -> refusals.AddressTaken:
    """By another request, between the door's look at the addresses and its writing."""
    address = state.content.web_url
    owner = Article.objects.filter(url_key=url_key(address)).values_list("pk", flat=True).first()
    return refusals.AddressTaken(address, owner)


def _is_to_be_shown(request: HttpRequest) -> bool:
    return resumed.is_to_be_shown(request) or "_changes" in request.POST


def _is_done(request: HttpRequest, pk: int, typed: ArticleState, *, since: int, kind: ChangeSet.Kind) -> bool:
    """Whether the same form was sent before, and did just this; then says once more what it did."""
    own = own_work({pk: since}, actor=actor_of(request), kind=kind).get(pk)
    if own is None:
        return False
    article = article_of_form(pk)
    now = article_state.read_state(article)
    if decisions.wanted(request, typed, now) != now:
        return False
    _say_saved(request, article, list(own.revisions.filter(article=article).order_by("number")), own)
    return True


def _saved(request: HttpRequest, pk: int) -> HttpResponse:
    return drafts.saved(request, HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk])))


def _blame(editor: ArticleEditor, refusal: refusals.Refused) -> None:
    """Beside the box, if one is to blame."""
    if isinstance(refusal, refusals.AddressTaken):
        editor.form.add_error("web_url", str(refusal))
    else:
        editor.form.add_error(None, f"Nothing was saved: {refusal}.")


def _save(request: HttpRequest, article: Article, state: ArticleState, actor: User, version: int) -> None:
    """The edit, then the button's decision, as one change set."""
    reason = typed_words(request)
    kind = decisions.kind_of(decisions.pressed(request))
    with transaction.atomic():
        change_set = change_sets.open_change_set(kind, actor=actor, reason=reason)
        words = _Words(actor=actor, reason=reason, origin=Origin.FORM, change_set=change_set)
        made = [door.change(article, state, expected_version=version, **words)]
        made.append(decisions.decide(request, article, words))
        if not any(made):
            change_set.delete()
    _say_saved(request, article, [revision for revision in made if revision], change_set)


def _create(request: HttpRequest, actor: User, state: ArticleState) -> Article:
    reason = typed_words(request)
    with transaction.atomic():
        change_set = change_sets.open_change_set(ChangeSet.Kind.EDIT, actor=actor, reason=reason)
        words = _Words(actor=actor, reason=reason, origin=Origin.FORM, change_set=change_set)
        article = door.create(state, **words)
        if "_publish" in request.POST:
            publishing.publish(article, **words)
    _say_saved(request, article, list(change_set.revisions.order_by("number")), change_set)
    return article


def _say_saved(request: HttpRequest, article: Article, made: list[Revision], change_set: ChangeSet) -> None:
    sentence = publishing.standing_sentence(article, at=timezone.now())
    if not made:
        messages.info(request, f"No changes. {sentence}")
    elif made[0].number == 1:
        say_once(request, f"Created “{article.title}”. {sentence}", None)
    else:
        say_once(request, f"{decisions.done_sentence(article, made)} {sentence}", change_set.pk)


def _stale_page(
    admin: ModelAdmin, request: HttpRequest, pk: int, typist: ArticleEditor, *, status: int = 409
) -> HttpResponse:
    article = article_of_form(pk)
    sides = stale.look(request, article, typist)
    lock(sides.editor, actor_of(request), article)
    return _form_page(admin, request, sides.editor, article, status=status, stale=sides)


def _form_page(
    admin: ModelAdmin,
    request: HttpRequest,
    editor: ArticleEditor,
    article: Article | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    now = timezone.now()
    actor = actor_of(request)
    state = article_state.read_state(article) if article else None
    context = {
        **admin.admin_site.each_context(request),
        "opts": Article._meta,
        "title": article.title if article else "New article",
        "article": article,
        "editor": editor,
        "adminform": AdminForm(cast("Any", editor.form), ArticleForm.FIELDSETS, {}, (), model_admin=admin),
        "standing": article.standing(at=now) if article else None,
        "standing_sentence": publishing.standing_sentence(article, at=now) if article else "",
        "may_change": rights.may_change(actor, article) if article else True,
        "may_publish": rights.may_publish(actor),
        "source": getattr(article, "source", None) if article else None,
        "history": history_of(article).defer("changes")[:LATEST_REVISIONS] if article else [],
        "contested": _contested(article, state, actor) if article and state else None,
        "origins": shown_origins(article, state) if article and state else {},
        "categories": category_options(),
        "types": type_options(),
        "draft_key": drafts.key(actor),
        "is_carried": request.method == "POST" and resumed.is_to_be_shown(request),
        "not_done": decisions.label_of_button(decisions.pressed(request)),
        "is_of_another": request.method == "POST" and resumed.is_of_another(request),
        "left": [(name, label_of(name)) for name in stale.left(request)],
        **panel_of_form(article, state, editor),
        **decisions.standing_decisions(request, article, (editor.state if request.method == "POST" else None) or state),
        **presence_context(request, article, actor, version=int(editor.form["version"].value())),
        **more,
    }
    return TemplateResponse(request, "admin/articles/article/form.html", context, status=status)


def _contested(article: Article, state: ArticleState, actor: User) -> ContestedArticle | None:
    """With what the article holds now, which a form that was typed into does not show. None without a conflict."""
    if not actor.has_perm("articles.view_conflict"):
        return None
    waiting = list(article.conflicts.filter(closed_at=None))
    return contested(article, state, waiting, actor) if waiting else None
