"""The article form: shows a state, and saves what was typed."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from articles.admin.article_form import decisions, stale
from articles.admin.article_form.forms import ArticleForm
from articles.admin.article_form.kept_text import draft_key, draft_saved, keeping, kept_after
from articles.admin.article_form.origins import shown_origins
from articles.admin.article_form.presence import presence_context
from articles.admin.article_form.typed_form import (
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
from articles.admin.labels import label_of
from articles.admin.requests import resumed
from articles.admin.requests.options import category_options, type_options
from articles.admin.requests.posted import actor_of, allowed, own_work, say_once, typed_words
from articles.changes import door, refusals
from articles.changes.actors import may_change, may_publish
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.history import change_sets
from articles.importing.receipt import FileReport, rejection_of
from articles.importing.walk import printable
from articles.models import Article, ChangeSet, Conflict, Revision, User
from articles.models.history import Origin
from articles.seedfile.addresses import url_key
from articles.sources import provenance
from articles.sql.compiled import Blank, Compiled
from articles.timezones import read_in_the_zone_shown
from articles.workflow import publishing
from articles.workflow.deciding import Decision
from articles.workflow.verbs import BadArguments, Verb

LATEST_REVISIONS = 3


@keeping
def add(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: creates an article."""
    read_in_the_zone_shown(request)
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
        if owner and _is_created(request, owner, editor.state):
            return _saved(request, owner)
        _blame(editor, refusal)
    return _form_page(admin, request, editor, None)


@keeping
def change(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one article. POST saves it and carries out the pressed button's verb.

    A stale form gets 409: other people's changes are merged into the form where they don't clash with what was typed,
    and all sides are shown before saving again. No response loses typed text.
    """
    read_in_the_zone_shown(request)
    article = article_of_form(pk)
    actor = allowed(admin, request, article)
    state = article_state.read_state(article)
    if request.method != "POST":
        editor = ArticleEditor(state, version=article.version)
        lock(editor, actor, article)
        return _form_page(admin, request, editor, article, state=state)
    verb = decisions.pressed(request)
    if verb and verb.works_on_row and not _is_to_be_shown(request):
        return _decide_row(admin, request, article, verb)
    return _post(admin, request, article, state)


def _decide_row(admin: ModelAdmin, request: HttpRequest, article: Article, verb: Verb) -> HttpResponse:
    """Ignores the form's fields; typed text stays on the page, unsaved."""
    allowed(admin, request, article, to="change")
    is_done = decisions.decide_row(request, verb, article, origin=Origin.FORM)
    article = article_of_form(article.pk)
    state = article_state.read_state(article)
    try:
        editor = typed_since(admin, request, article, state)
    except BadRequest:
        return kept_after(request)
    is_valid = editor.is_valid()
    if not (editor.images.management_form.is_valid() and editor.related.management_form.is_valid()):
        return kept_after(request)
    if is_valid and editor.state == editor.shown:
        return HttpResponseRedirect(request.path)
    if is_valid and editor.version != article.version:
        return _stale_page(admin, request, article.pk, editor, status=200 if is_done else 409)
    return _form_page(admin, request, editor, article, state=state, is_left=True)


def _post(admin: ModelAdmin, request: HttpRequest, article: Article, state: ArticleState) -> HttpResponse:
    editor = typed_over(admin, request, article, state)
    check_rows(request)
    is_shown = _is_to_be_shown(request)
    if not editor.is_valid() or editor.state is None or (is_shown and editor.version == article.version):
        return _form_page(admin, request, editor, article)
    if is_shown:
        return _stale_page(admin, request, article.pk, editor)
    verb, state = decisions.pressed(request), stale.chosen(request, editor)
    try:
        decision = decisions.decision_in(request, verb) if verb else None
        _save(request, article, state, decision, editor.version)
    except BadArguments as failure:
        editor.form.add_error(None, f"Not saved. {' '.join(failure.problems.values())}")
        return _form_page(admin, request, editor, article)
    except refusals.Stale:
        if _is_done(request, article.pk, state, decision, since=editor.version):
            return _saved(request, article.pk)
        return _stale_page(admin, request, article.pk, editor)
    except refusals.Refused as refusal:
        _blame(editor, refusal)
        status = 403 if isinstance(refusal, refusals.NotAllowed) else 200
        return _form_page(admin, request, editor, article, status=status)
    return _saved(request, article.pk)


def _taken(state: ArticleState) -> refusals.AddressTaken:
    """Another request took the address between the door's check and its write."""
    address = state.content.web_url
    owner = Article.objects.filter(url_key=url_key(address)).values_list("pk", flat=True).first()
    return refusals.AddressTaken(address, owner)


def _is_to_be_shown(request: HttpRequest) -> bool:
    return resumed.is_to_be_shown(request) or "_changes" in request.POST


def _is_done(request: HttpRequest, pk: int, typed: ArticleState, decision: Decision | None, *, since: int) -> bool:
    """Whether the same form was sent before with the same result; then repeats its message. Publishing uses the
    article's live_from as its time."""
    verb = decision.verb if decision else None
    own = own_work({pk: since}, actor=actor_of(request), kind=decisions.kind_of(verb)).get(pk)
    if own is None:
        return False
    article = article_of_form(pk)
    now = article_state.read_state(article)
    if not decisions.is_made(typed, decision, now):
        return False
    _say_saved(request, article, own.revisions.filter(article=article).first(), own, decision, typed)
    return True


def _is_created(request: HttpRequest, pk: int, typed: ArticleState) -> bool:
    """Whether the same form was sent before and created this article; then repeats its message."""
    if not own_work({pk: 0}, actor=actor_of(request), kind=ChangeSet.Kind.EDIT):
        return False
    article = article_of_form(pk)
    now = article_state.read_state(article)
    if not decisions.is_made(typed, decisions.decision_on_new(request), now):
        return False
    _say_created(request, article)
    return True


def _saved(request: HttpRequest, pk: int) -> HttpResponse:
    return draft_saved(request, HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk])))


def _blame(editor: ArticleEditor, refusal: refusals.Refused) -> None:
    """Shown at the field, if one is to blame."""
    if isinstance(refusal, refusals.AddressTaken):
        editor.form.add_error("web_url", str(refusal))
    else:
        editor.form.add_error(None, f"Not saved: {refusal}.")


def _save(request: HttpRequest, article: Article, state: ArticleState, decision: Decision | None, version: int) -> None:
    """Saves the typed text and the decision as one change. Raises Refused."""
    actor, reason = actor_of(request), typed_words(request)
    wanted = decisions.wanted(state, decision)
    with transaction.atomic():
        kind = decisions.kind_of(decision.verb if decision else None)
        change_set = change_sets.open_change_set(kind, actor=actor, reason=reason)
        made = _change(request, article, wanted, change_set, version)
        if made is None:
            change_set.delete()
    _say_saved(request, article, made, change_set, decision, state)


def _create(request: HttpRequest, actor: User, state: ArticleState) -> Article:
    """The decision is a separate change, so that Undo reverts only the decision: a creation cannot be undone."""
    reason, decision = typed_words(request), decisions.decision_on_new(request)
    with transaction.atomic():
        change_set = change_sets.open_change_set(ChangeSet.Kind.EDIT, actor=actor, reason=reason)
        article = door.create(state, actor=actor, origin=Origin.FORM, change_set=change_set, reason=reason)
        if decision:
            wanted = decision.wanted(article_state.read_state(article))
            _change(request, article, wanted, change_set, article.version)
    _say_created(request, article)
    return article


def _change(
    request: HttpRequest, article: Article, wanted: ArticleState, change_set: ChangeSet, version: int
) -> Revision | None:
    return door.change(
        article,
        wanted,
        actor=actor_of(request),
        origin=Origin.FORM,
        change_set=change_set,
        reason=typed_words(request),
        expected_version=version,
    )


def _say_created(request: HttpRequest, article: Article) -> None:
    sentence = publishing.standing_sentence(article, at=timezone.now())
    say_once(request, f"Created “{article.title}”. {sentence}", None)


def _say_saved(
    request: HttpRequest,
    article: Article,
    made: Revision | None,
    change_set: ChangeSet,
    decision: Decision | None,
    typed: ArticleState,
) -> None:
    sentence = publishing.standing_sentence(article, at=timezone.now())
    if made is None:
        messages.info(request, f"No changes. {sentence}")
    else:
        done = decisions.done_sentence(article, decision, made.values, typed)
        say_once(request, f"{done} {sentence}", change_set.pk)


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
    state: ArticleState | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """`state` is the article's, if already read."""
    now = timezone.now()
    actor = actor_of(request)
    if article:
        state = state or article_state.read_state(article)
    waiting = _WAITING.instances(article=article.pk) if article else []
    revisions = provenance.latest_revisions(article) if article else []
    is_changeable = may_change(actor, article) if article else True
    context = {
        **admin.admin_site.each_context(request),
        "opts": Article._meta,
        "title": article.title if article else "New article",
        "article": article,
        "editor": editor,
        "adminform": AdminForm(cast("Any", editor.form), ArticleForm.FIELDSETS, {}, (), model_admin=admin),
        "standing": article.standing(at=now) if article else None,
        "standing_sentence": publishing.standing_sentence(article, at=now) if article else "",
        "may_change": is_changeable,
        "may_publish": may_publish(actor),
        "source": getattr(article, "source", None) if article else None,
        "rejected": _rejected(article) if article else None,
        "history": revisions[:LATEST_REVISIONS],
        "contested": _contested(article, state, waiting, actor) if article and state else None,
        "origins": shown_origins(article, state, revisions, may_change=is_changeable) if article and state else {},
        "categories": category_options(),
        "types": type_options(),
        "draft_key": draft_key(actor),
        "is_carried": request.method == "POST" and resumed.is_to_be_shown(request),
        "not_done": verb.button if (verb := decisions.pressed(request)) else "",
        "is_of_another": request.method == "POST" and resumed.is_of_another(request.POST, actor),
        "left": [(name, label_of(name)) for name in stale.left(request)],
        **panel_of_form(article, state, editor),
        **decisions.standing_decisions(
            request, article, state, (editor.state if request.method == "POST" else None) or state, waiting
        ),
        **presence_context(request, article, actor, version=editor.version),
        **more,
    }
    return TemplateResponse(request, "admin/articles/article/form.html", context, status=status)


def _rejected(article: Article) -> dict[str, Any] | None:
    """If the last import of its root rejected the article's file: its path and problems, which quote the file, as
    harmless lines."""
    line = rejection_of(article)
    if line is None:
        return None
    problems = [(problem.line, printable(problem.message)) for problem in FileReport.of_row(line).problems]
    return {"path": printable(line.path), "run": line.run_id, "problems": problems}


_WAITING = Compiled(lambda: Conflict.objects.filter(article=Blank("article", BigIntegerField()), closed_at=None))


def _contested(article: Article, state: ArticleState, waiting: list[Conflict], actor: User) -> ContestedArticle | None:
    """With the article's current values, which a form with unsaved text does not show. None without conflicts."""
    may_see = bool(waiting) and actor.has_perm("articles.view_conflict")
    return contested(article, state, waiting, actor) if may_see else None
