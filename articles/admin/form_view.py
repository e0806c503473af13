"""The article form: shows a state, and takes what was typed through the door."""

from __future__ import annotations

from typing import Any, TypedDict, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from articles import carrying, changesets, content, publishing, revisions
from articles.admin import drafts, form_decisions, stale_view
from articles.admin.changes_view import panel_of_form
from articles.admin.conflict_showing import ContestedArticle, contested
from articles.admin.editor import ArticleEditor
from articles.admin.forms import ArticleForm
from articles.admin.kept_view import keeping
from articles.admin.options import category_options, type_options
from articles.admin.origin_view import shown_origins
from articles.admin.presence_view import told
from articles.admin.showing import history_of, label_of
from articles.admin.typed_form import actor_of, article_of_form, check_rows, lock, typed_anew, typed_over
from articles.admin.typed_words import typed_words
from articles.content import ArticleState
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin

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
    is_sent = request.method == "POST" and not carrying.is_to_be_shown(request)
    if is_sent and editor.is_valid() and editor.state is not None:
        try:
            article = _create(request, actor, editor.state)
        except (revisions.AddressTaken, revisions.NotReady) as refusal:
            _blame(editor, refusal)
        else:
            return _saved(request, article.pk)
    return _page(admin, request, editor, None)


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
    state = content.read_state(article)
    if request.method != "POST":
        editor = ArticleEditor(state, version=article.version)
        lock(editor, actor, article)
        return _page(admin, request, editor, article)
    return _post(admin, request, article, state)


def _post(admin: ModelAdmin, request: HttpRequest, article: Article, state: ArticleState) -> HttpResponse:
    typed = typed_over(admin, request, article, state)
    check_rows(request)
    editor = typed.editor
    is_shown = carrying.is_to_be_shown(request) or "_changes" in request.POST
    if not editor.is_valid() or editor.state is None or (is_shown and typed.version == article.version):
        return _page(admin, request, editor, article)
    if is_shown:
        return _stale_page(admin, request, article.pk, editor)
    if lacking := form_decisions.problem_of(request):
        editor.form.add_error(None, f"Nothing was saved: {lacking}.")
        return _page(admin, request, editor, article)
    try:
        _save(request, article, stale_view.chosen(request, editor), actor_of(request), typed.version)
    except revisions.Stale:
        return _stale_page(admin, request, article.pk, editor)
    except revisions.NotAllowed as refusal:
        _blame(editor, refusal)
        return _page(admin, request, editor, article, status=403)
    except (revisions.AddressTaken, revisions.NotReady, revisions.OutOfTheWay) as refusal:
        _blame(editor, refusal)
        return _page(admin, request, editor, article)
    return _saved(request, article.pk)


def _saved(request: HttpRequest, pk: int) -> HttpResponse:
    return drafts.saved(request, HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk])))


def _blame(editor: ArticleEditor, refusal: revisions.Refused) -> None:
    """Beside the box, if one is to blame."""
    if isinstance(refusal, revisions.AddressTaken):
        editor.form.add_error("web_url", str(refusal))
    else:
        editor.form.add_error(None, f"Nothing was saved: {refusal}.")


def _save(request: HttpRequest, article: Article, state: ArticleState, actor: User, version: int) -> None:
    """The edit, then the button's decision, as one change set."""
    reason = typed_words(request)
    kind = form_decisions.kind_of(form_decisions.pressed(request))
    with transaction.atomic():
        change_set = changesets.open_change_set(kind, actor=actor, reason=reason)
        words = _Words(actor=actor, reason=reason, origin=Origin.FORM, change_set=change_set)
        made = [revisions.change(article, state, expected_version=version, **words)]
        made.append(form_decisions.decide(request, article, words))
        if not any(made):
            change_set.delete()
    _tell(request, article, [revision for revision in made if revision], change_set.pk)


def _create(request: HttpRequest, actor: User, state: ArticleState) -> Article:
    reason = typed_words(request)
    with transaction.atomic():
        change_set = changesets.open_change_set(ChangeSet.Kind.EDIT, actor=actor, reason=reason)
        words = _Words(actor=actor, reason=reason, origin=Origin.FORM, change_set=change_set)
        article = revisions.create(state, **words)
        if "_publish" in request.POST:
            publishing.publish(article, **words)
    messages.success(request, f"Created. {publishing.standing_sentence(article, at=timezone.now())}")
    return article


def _tell(request: HttpRequest, article: Article, made: list[Revision], change_set: int | None) -> None:
    sentence = publishing.standing_sentence(article, at=timezone.now())
    if not made:
        messages.info(request, f"There was nothing to change. {sentence}")
        return
    messages.success(request, f"{form_decisions.told(made)} {sentence}", extra_tags=f"undo-{change_set}")


def _stale_page(admin: ModelAdmin, request: HttpRequest, pk: int, typist: ArticleEditor) -> HttpResponse:
    article = article_of_form(pk)
    stale = stale_view.look(request, article, typist)
    lock(stale.editor, actor_of(request), article)
    return _page(admin, request, stale.editor, article, status=409, stale=stale)


def _page(
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
    state = content.read_state(article) if article else None
    context = {
        **admin.admin_site.each_context(request),
        "opts": Article._meta,
        "title": article.title if article else "New article",
        "article": article,
        "editor": editor,
        "adminform": AdminForm(cast("Any", editor.form), ArticleForm.FIELDSETS, {}, (), model_admin=admin),
        "standing": article.standing(at=now) if article else None,
        "standing_sentence": publishing.standing_sentence(article, at=now) if article else "",
        "may_change": revisions.may_change(actor, article) if article else True,
        "may_publish": revisions.may_publish(actor),
        "source": getattr(article, "source", None) if article else None,
        "history": history_of(article).defer("changes")[:LATEST_REVISIONS] if article else [],
        "contested": _contested(article, state, actor) if article and state else None,
        "origins": shown_origins(article, state) if article and state else {},
        "categories": category_options(),
        "types": type_options(),
        "draft_key": drafts.key(actor),
        "is_carried": request.method == "POST" and carrying.is_to_be_shown(request),
        "is_of_another": request.method == "POST" and carrying.is_of_another(request),
        "left": [(name, label_of(name)) for name in stale_view.left(request)],
        **panel_of_form(article, state, editor),
        **form_decisions.standing_decisions(
            request, article, (editor.state if request.method == "POST" else None) or state
        ),
        **told(request, article, actor, version=int(editor.form["version"].value())),
        **more,
    }
    return TemplateResponse(request, "admin/articles/article/form.html", context, status=status)


def _contested(article: Article, state: ArticleState, actor: User) -> ContestedArticle | None:
    """With what the article holds now, which a form that was typed into does not show. None without a conflict."""
    if not actor.has_perm("articles.view_conflict"):
        return None
    waiting = list(article.conflicts.filter(closed_at=None))
    return contested(article, state, waiting, actor) if waiting else None
