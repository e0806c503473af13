"""What import runs did, to read."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import ImportOutcome, ImportRun

COUNTS = tuple(f"{name}_count" for name in ("created", "updated", "unchanged", "conflicted", "rejected", "skipped"))
FIELDS = ("actor", "root", "paths", "started_at", "finished_at", *COUNTS, "files")
MOST_FILES = 200


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin):
    list_display = ("__str__", "started_at", "actor", "root", *COUNTS)
    list_select_related = ("change_set",)
    list_per_page = 50
    show_full_result_count = False
    fields = readonly_fields = FIELDS

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        return super().get_queryset(request).select_related("change_set")

    @admin.display(description="who")
    def actor(self, run: ImportRun) -> str:
        return run.change_set.actor_name

    @admin.display(description="files, but for those unchanged")
    def files(self, run: ImportRun) -> SafeString:
        """Rejected and conflicted ones first; the rest of a long receipt is in the JSON of the command."""
        outcomes = sorted(run.outcomes.all()[: MOST_FILES * 50], key=_urgency)[:MOST_FILES]
        rows = format_html_join("", "<li>{}</li>", ((_line(outcome),) for outcome in outcomes))
        return format_html('<ul class="receipt">{}</ul>', rows) if outcomes else SafeString("None")


def _urgency(outcome: ImportOutcome) -> int:
    return ["rejected", "conflicted", "skipped", "updated", "created", "unchanged"].index(outcome.outcome)


def _line(outcome: ImportOutcome) -> SafeString:
    problems = format_html_join(
        "",
        "<li>{}{} {}</li>",
        ((f"line {p['line']}: " if p["line"] else "", p["key"], p["message"]) for p in outcome.problem_list),
    )
    changes = ", ".join(outcome.changes.split("\n")) if outcome.changes else ""
    return format_html("<b>{}</b> <bdi>{}</bdi> {}<ul>{}</ul>", outcome.outcome, outcome.path, changes, problems)
