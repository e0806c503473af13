"""Import runs: the list, and the receipt of each, as a page to filter and to leaf through, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import DateFieldListFilter, ModelAdmin, ShowFacets, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.labels import label_of, time_cell
from articles.admin.requests.addresses import RowAddress, key_of, read, require_POST, require_safe
from articles.admin.requests.offered_lists import ReadOnlyAdmin
from articles.admin.requests.options import MOST_OPTIONS
from articles.admin.requests.posted import actor_of, allowed, typed_words
from articles.importing.receipt import FileReport, kept_receipt
from articles.importing.undo import RunUndo, is_left_to_undo, undo_run
from articles.importing.walk import printable
from articles.models import ChangeSet, Conflict, ImportOutcome, ImportRun
from articles.models.importing import Outcome
from articles.seedfile.problems import Problem, Severity
from articles.seedfile.schema import ArticleContent, attributes_of


class _NamesFilter(SimpleListFilter):
    """A filter by one of a column's values."""

    column = ""

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        values = ImportRun.objects.order_by(self.column).values_list(self.column, flat=True).distinct()
        return [(value, value) for value in values[:MOST_OPTIONS]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
        wanted = self.value()
        return queryset if wanted is None else queryset.filter(**{self.column: wanted})


class RootFilter(_NamesFilter):
    title = "root"
    parameter_name = "root"
    column = "root"


class ActorFilter(_NamesFilter):
    title = "who"
    parameter_name = "who"
    column = "change_set__actor_name"


class OutcomeFilter(SimpleListFilter):
    title = "outcome"
    parameter_name = "with"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [(str(outcome), f"with {outcome} files") for outcome in Outcome if outcome is not Outcome.UNCHANGED]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
        wanted = self.value()
        return queryset if wanted is None else queryset.filter(**{f"{wanted}_count__gt": 0})


class DateFilter(DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "date"


def _count_column(outcome: Outcome) -> Any:
    @admin.display(description=outcome.label, ordering=f"{outcome}_count")
    def count(run: ImportRun) -> SafeString:
        number = run.count_of(outcome)
        span = '<span class="tally is-{}{}" data-label="{}">{}</span>'
        return format_html(span, outcome, "" if number else " is-none", outcome.label, number)

    return count


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("name", "began", "actor", "root", *map(_count_column, Outcome))
    list_filter = (OutcomeFilter, RootFilter, ActorFilter, ("started_at", DateFilter))
    list_select_related = ("change_set",)
    list_per_page = 50
    search_fields = ("=pk", "root", "paths", "change_set__actor_name")
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def get_urls(self) -> list[URLPattern]:
        receipt = self.admin_site.admin_view(require_safe(self.receipt_view))
        undo = self.admin_site.admin_view(require_POST(self.undo_view))
        return [
            path("<path:object_id>/receipt.json", receipt, name="articles_importrun_receipt"),
            path("<path:object_id>/undo/", undo, name="articles_importrun_undo"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Import runs"} | (extra_context or {}))

    @method_decorator(require_safe)
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return show(self, request, key_of(object_id, "import"))

    def receipt_view(self, request: HttpRequest, object_id: str) -> Any:
        return receipt(self, request, key_of(object_id, "import"))

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return undo(self, request, key_of(object_id, "import"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        undos = ChangeSet.objects.filter(undoes=OuterRef("change_set"))
        runs: QuerySet[ImportRun] = super().get_queryset(request)
        return runs.annotate(is_undone=Exists(undos))

    @admin.display(description="import run")
    def name(self, run: ImportRun) -> SafeString:
        is_undone = getattr(run, "is_undone", False)
        mark = SafeString(' <span class="mark">undone</span>') if is_undone else SafeString("")
        return format_html("{}{}", run, mark)

    @admin.display(description="started", ordering="started_at")
    def began(self, run: ImportRun) -> SafeString:
        began = time_cell(run.started_at)
        return began if run.finished_at else format_html("{}, not finished", began)

    @admin.display(description="who", ordering="change_set__actor_name")
    def actor(self, run: ImportRun) -> SafeString:
        return format_html("<bdi>{}</bdi>", run.change_set.actor_name)


FILES_PER_PAGE = 100
URGENCY = (Outcome.REJECTED, Outcome.CONFLICTED, Outcome.SKIPPED, Outcome.UPDATED, Outcome.CREATED)
"""The order of a receipt: files that need attention first."""
UNDO_RIGHT = "articles.undo_importrun"
MOST_FILES_TO_UNDO = 2_000
MOST_NAMED = 50
_ATTRIBUTES = attributes_of(ArticleContent)
_PIECES_AT_ONCE = 500
_LONGEST_KEY = 2**63 - 1


class ReceiptFilters(RowAddress):
    """The page's parameters. `after` is the last file of the previous page."""

    outcome = forms.ChoiceField(required=False, choices=[("", "Any"), *((str(o), o.label) for o in URGENCY)])
    severity = forms.ChoiceField(required=False, choices=[("", "Any"), *((str(s), str(s)) for s in Severity)])
    q = forms.CharField(required=False, max_length=200)
    after = forms.IntegerField(required=False, min_value=0, max_value=_LONGEST_KEY)


@dataclass(frozen=True)
class ShownFile:
    """One file of the page. Path, keys and messages quote the file, so each is made one harmless line."""

    path: str
    outcome: Outcome
    article: int | None
    changes: list[str]
    problems: list[Problem]


def show(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(admin, request, pk)
    wanted = read(request, ReceiptFilters)
    outcomes = _files(run, wanted)
    undone_by = list(run.change_set.undone_by.order_by("pk"))
    context = {
        **admin.admin_site.each_context(request),
        "opts": ImportRun._meta,
        "title": f"Import {run.pk}",
        "run": run,
        "filters": wanted,
        "is_filtered": any(wanted[name] for name in ("outcome", "severity", "q")),
        "may_undo": request.user.has_perm(UNDO_RIGHT) and (not undone_by or is_left_to_undo(run)),
        "undone_by": undone_by,
        "tabs": _tabs(run, wanted),
        "severities": list(Severity),
        "files": [_file_row(row) for row in outcomes[:FILES_PER_PAGE]],
        "next_query": _query(wanted, after=outcomes[FILES_PER_PAGE - 1].pk) if len(outcomes) > FILES_PER_PAGE else "",
        "first_query": _query(wanted, after=None),
    }
    return TemplateResponse(request, "admin/articles/importrun/receipt.html", context)


def receipt(admin: ModelAdmin, request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The whole receipt, as `import_seeds --format json` printed it; the page's filters don't apply."""
    pieces = kept_receipt(_run(admin, request, pk))
    answer = StreamingHttpResponse(_in_larger_pieces(pieces), content_type="application/json")
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def undo(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Undoes the run; a large one has to be undone on the command line, because no browser waits that long."""
    run = _run(admin, request, pk)
    actor = actor_of(request)
    if not actor.has_perm(UNDO_RIGHT):
        raise PermissionDenied
    if sum(run.count_of(outcome) for outcome in URGENCY) > MOST_FILES_TO_UNDO:
        command = f"manage.py import_seeds --undo {run.pk}"
        messages.error(request, f"More than {MOST_FILES_TO_UNDO:,} files: too many to undo here. Run {command}")
    else:
        _say_undone(request, undo_run(run, actor=actor, reason=typed_words(request)))
    return HttpResponseRedirect(reverse("admin:articles_importrun_change", args=[run.pk]))


def _say_undone(request: HttpRequest, report: RunUndo) -> None:
    if report.change_set:
        restored = f"{report.returned_count} article{pluralize(report.returned_count)} restored"
        messages.success(request, f"Undid {report.run}: {restored}, {report.removed_count} removed.")
    elif not report.kept:
        messages.info(request, "Nothing to undo.")
    for article, why in report.kept[:MOST_NAMED]:
        messages.warning(request, f"“{article.title}” kept: {why}.")
    if len(report.kept) > MOST_NAMED:
        messages.warning(request, f"Kept {len(report.kept) - MOST_NAMED} more.")


def _run(admin: ModelAdmin, request: HttpRequest, pk: int) -> ImportRun:
    """Checks the permission first, so that others don't learn which runs exist."""
    allowed(admin, request)
    still_open = Conflict.objects.filter(opened_in=OuterRef("change_set"), closed_at=None)
    runs = ImportRun.objects.select_related("change_set").annotate(has_open_conflicts=Exists(still_open))
    return get_object_or_404(runs, pk=pk)


def _files(run: ImportRun, wanted: dict[str, Any]) -> list[ImportOutcome]:
    """A page and one more, in the order of URGENCY: at most one query per outcome, however many files there are."""
    rows = _narrowed(run, wanted)
    outcomes: Sequence[str] = [wanted["outcome"]] if wanted["outcome"] else [o for o in URGENCY if run.count_of(o)]
    after = wanted["after"]
    if after is not None:
        last = get_object_or_404(ImportOutcome, run=run, pk=after)
        outcomes = outcomes[outcomes.index(last.outcome) :] if last.outcome in outcomes else []
    reported: list[ImportOutcome] = []
    for place, outcome in enumerate(outcomes):
        beyond = {"pk__gt": after} if after is not None and place == 0 else {}
        part = rows.filter(outcome=outcome, **beyond).order_by("pk")
        reported += part[: FILES_PER_PAGE + 1 - len(reported)]
        if len(reported) > FILES_PER_PAGE:
            break
    return reported


def _narrowed(run: ImportRun, wanted: dict[str, Any]) -> QuerySet[ImportOutcome]:
    rows = run.outcomes.all()
    if wanted["severity"]:
        # In JSON, quotes inside a text are escaped, so no message can look like this.
        rows = rows.filter(problems__contains=f'"severity": "{wanted["severity"]}"')
    return rows.filter(path__icontains=wanted["q"]) if wanted["q"] else rows


def _tabs(run: ImportRun, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """The run's counts, each linked to its files, except unchanged ones."""
    return [
        {
            "outcome": str(outcome),
            "count": run.count_of(outcome),
            "query": _query(wanted | {"outcome": str(outcome)}, after=None) if outcome in URGENCY else "",
            "is_current": wanted["outcome"] == outcome,
        }
        for outcome in (*URGENCY, Outcome.UNCHANGED)
    ]


def _query(wanted: dict[str, Any], *, after: int | None) -> str:
    return urlencode({name: value for name, value in (wanted | {"after": after}).items() if value not in (None, "")})


def _file_row(row: ImportOutcome) -> ShownFile:
    report = FileReport.of_row(row)
    labels = [label_of(_ATTRIBUTES.get(key, key)) for key in report.changes]
    problems = [replace(p, key=printable(p.key), message=printable(p.message)) for p in report.problems]
    return ShownFile(printable(report.path), report.outcome, report.article, labels, problems)


def _in_larger_pieces(pieces: Iterator[str]) -> Iterator[str]:
    return iter(lambda: "".join(islice(pieces, _PIECES_AT_ONCE)), "")
