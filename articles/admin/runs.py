"""What import runs did, to read."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import ImportOutcome, ImportRun

COUNTS = tuple(f"{name}_count" for name in ("created", "updated", "unchanged", "conflicted", "rejected", "skipped"))
FACTS = ("actor", "root", "paths", "started_at", "finished_at")
MOST_FILES = 200


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin):
    list_display = ("__str__", "started_at", "actor", "root", *COUNTS)
    list_select_related = ("change_set",)
    list_per_page = 50
    show_full_result_count = False
    fields = (FACTS[:3], FACTS[3:], COUNTS, "files")
    readonly_fields = (*FACTS, *COUNTS, "files")

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
        row = "<tr><td><b>{}</b></td><td><bdi>{}</bdi></td><td>{}</td></tr>"
        rows = format_html_join("", row, map(_cells, outcomes))
        head = SafeString('<tr><th scope="col">Outcome</th><th scope="col">File</th><th scope="col">What</th></tr>')
        table = '<table class="receipt"><thead>{}</thead><tbody>{}</tbody></table>'
        return format_html(table, head, rows) if outcomes else SafeString("None")


def _urgency(outcome: ImportOutcome) -> int:
    return ["rejected", "conflicted", "skipped", "updated", "created", "unchanged"].index(outcome.outcome)


def _cells(outcome: ImportOutcome) -> tuple[str, str, SafeString]:
    """Outcome, path, and the fields that changed with the problems found."""
    problems = format_html_join(
        "",
        "<li>{}{} {}</li>",
        ((f"line {p['line']}: " if p["line"] else "", p["key"], p["message"]) for p in outcome.problem_list),
    )
    changes = format_html("{}", ", ".join(outcome.changes.split("\n")))
    what = format_html("{}<ul>{}</ul>", changes, problems) if problems else changes
    return outcome.outcome, outcome.path, what
