"""The article's history: every revision with who, when, from where, why, and what it changed; two of them side by side,
and bringing the earlier one back, whole or by field.
"""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from articles.admin.labels import ShownRevision, choices_of, history_of, label_of
from articles.admin.requests.addresses import RevisionNumber, RowPageAddress, read
from articles.admin.requests.posted import allowed, own_revision, posted_number, say_once, typed_words
from articles.changes import refusals
from articles.changes.actors import may_change
from articles.content import article_state
from articles.diffs.fields import difference
from articles.history import change_sets, restoring
from articles.models import Article, ChangeSet, Conflict, Revision, Tombstone, User
from articles.workflow import publishing

REVISIONS_PER_PAGE = 25


def show(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    article, tombstone = _article(pk)
    allowed(admin, request, article)
    page = Paginator(history_of(article), REVISIONS_PER_PAGE).get_page(read(request, RowPageAddress)["p"])
    context = {
        **admin.admin_site.each_context(request),
        "opts": Article._meta,
        "title": "History",
        "subtitle": article.title,
        "article": article,
        "tombstone": tombstone,
        "page": page,
        "history": [(ShownRevision(revision), kept) for revision, kept in _with_kept(article, page)],
        "first": max(1, article.version - 1),
        "second": article.version,
        "choices": choices_of(article),
        "may_change": may_change(request.user, article),
    }
    return TemplateResponse(request, "admin/articles/article/history.html", context)


@dataclass(frozen=True)
class Kept:
    """A decision that left the article as it was, and so made no revision."""

    change_set: ChangeSet
    labels: list[str]


def _with_kept(article: Article, page: Page[Revision]) -> list[tuple[Revision, list[Kept]]]:
    """Each revision of the page with the conflicts that were decided for ours after it and before the next one, newest
    first. One query, and another from the second page on."""
    shown = list(page)
    rows = Conflict.objects.filter(article=article.pk, outcome=Conflict.Outcome.KEPT, closed_in__isnull=False)
    if page.has_next():
        rows = rows.filter(closed_at__gte=shown[-1].created_at)
    if page.has_previous():
        newer = article.revisions.filter(number__gt=shown[0].number).order_by("number")
        rows = rows.filter(closed_at__lt=Subquery(newer.values("created_at")[:1]))
    by_revision: dict[int, dict[ChangeSet, list[str]]] = {revision.number: {} for revision in shown}
    for one in rows.select_related("closed_in").defer("base", "incoming", "current").order_by("-closed_in", "pk"):
        before = next((r for r in shown if one.closed_at and r.created_at <= one.closed_at), shown[-1])
        by_revision[before.number].setdefault(one.closed_in, []).append(label_of(one.field))  # type: ignore[arg-type]
    return [(r, [Kept(made, labels) for made, labels in by_revision[r.number].items()]) for r in shown]


def _article(pk: int) -> tuple[Article, Tombstone | None]:
    """A purged article is shown from its tombstone."""
    article = Article.objects.for_listing().filter(pk=pk).first()
    if article is not None:
        return article, None
    tombstone = get_object_or_404(Tombstone, article=pk)
    return tombstone.as_article(), tombstone


CompareAddress = type("CompareAddress", (forms.Form,), {"from": RevisionNumber(), "to": RevisionNumber()})


@dataclass(frozen=True)
class Compared:
    """Two existing revisions, the earlier one first."""

    article: Article
    first: Revision
    second: Revision

    @property
    def is_with_the_present(self) -> bool:
        return self.second.number == self.article.version


def compare(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """`from` and `to` are revision numbers. `to` defaults to the current one, `from` to the one before it."""
    article: Article = get_object_or_404(Article.objects.for_listing(), pk=pk)
    allowed(admin, request, article)
    asked = read(request, CompareAddress)
    second = article.version if asked["to"] is None else asked["to"]
    before = article.revisions.filter(number__lt=second).order_by("-number").values_list("number", flat=True).first()
    first = (before or second) if asked["from"] is None else asked["from"]
    return _compare_page(admin, request, _compared(article, first, second))


def restore(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Restores the selected fields, or the one whose button was pressed. A refusal is shown on the current page."""
    article = get_object_or_404(Article.objects.select_related("category", "provider"), pk=pk)
    actor = allowed(admin, request, article, to="change")
    compared = _compared(article, posted_number(request, "number"), article.version)
    fields = request.POST.getlist("only") or request.POST.getlist("fields")
    if not set(fields) <= set(article_state.FIELDS):
        raise BadRequest("the form names an unknown field")
    try:
        _restore(request, actor, compared, fields)
    except refusals.NotAllowed as refusal:
        return _compare_page(admin, request, compared, refusal, status=403)
    except refusals.Refused as refusal:
        now = _compared_now(compared)
        own = _restored_before(now, actor, posted_number(request, "version"), fields)
        if own is None:
            return _compare_page(admin, request, now, refusal, status=409)
        _say_restored(request, now, own)
    return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))


def _restore(request: HttpRequest, actor: User, compared: Compared, fields: list[str]) -> None:
    article, reason = compared.article, typed_words(request)
    version = posted_number(request, "version")
    with transaction.atomic():
        change_set = change_sets.open_change_set(ChangeSet.Kind.RESTORE, actor=actor, reason=reason)
        made = restoring.restore(
            article,
            compared.first.number,
            fields=fields,
            actor=actor,
            expected_version=version,
            reason=reason,
            change_set=change_set,
        )
        if not made:
            change_set.delete()
    _say_restored(request, compared, made)


def _restored_before(compared: Compared, actor: User, version: int, fields: list[str]) -> Revision | None:
    """Whether a first press of the same button did it already."""
    article = compared.article
    own = own_revision(article, version, actor=actor, kind=ChangeSet.Kind.RESTORE)
    if own is None or set(fields) & restoring.values_then(article, compared.first.number, article.version)[0].keys():
        return None
    return own


def _say_restored(request: HttpRequest, compared: Compared, made: Revision | None) -> None:
    sentence = publishing.standing_sentence(compared.article, at=timezone.now())
    if made is None:
        messages.info(request, f"Nothing to restore. {sentence}")
        return
    names = ", ".join(map(label_of, made.values))
    restored = f"Restored from revision {compared.first.number}: {names}. {sentence}"
    say_once(request, restored, made.change_set_id)


def _compared(article: Article, first: int, second: int) -> Compared:
    rows = article.revisions.select_related("change_set__import_run").defer("changes")
    by_number = {revision.number: revision for revision in rows.filter(number__in=[first, second])}
    if not {first, second} <= by_number.keys():
        raise Http404("There is no such revision.")
    return Compared(article, by_number[min(first, second)], by_number[max(first, second)])


def _compared_now(compared: Compared) -> Compared:
    article: Article = get_object_or_404(Article.objects.for_listing(), pk=compared.article.pk)
    return _compared(article, compared.first.number, article.version)


def _compare_page(
    admin: ModelAdmin,
    request: HttpRequest,
    compared: Compared,
    refusal: refusals.Refused | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    article, first, second = compared.article, compared.first, compared.second
    then, now = restoring.values_then(article, first.number, second.number)
    context = {
        **admin.admin_site.each_context(request),
        "opts": Article._meta,
        "title": f"Revisions {first.number} and {second.number}",
        "article": article,
        "compared": compared,
        "differences": [difference(name, then[name], now[name]) for name in then],
        "may_restore": compared.is_with_the_present and may_change(request.user, article),
        "refusal": refusal,
        "ticked": request.POST.getlist("fields") if refusal else list(then),
        "reason": request.POST.get("reason", ""),
        "first": first.number,
        "second": second.number,
        "choices": choices_of(article),
    }
    return TemplateResponse(request, "admin/articles/article/compare.html", context, status=status)
