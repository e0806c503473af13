"""Revisions and states in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles import moments
from articles.diffs.fields import Difference, difference
from articles.models import Article, Cause, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.querysets import Standing
from articles.readiness.findings import Finding
from articles.workflow.verbs import VERBS, event_of

LABELS = {
    "published_at": "source date",
    "original_url": "original address",
    "web_url": "web address",
    "related": "coverage",
    "images": "pictures",
    "live_from": "live from",
    "live_until": "live until",
    "set_aside": "dismissed as",
    "set_aside_note": "note",
    "set_aside_before": "was dismissed as",
    "extra": "other keys",
    "is_cached": "is cached",
    "alt": "alt text",
}
_MOMENTS = ("published_at", "live_from", "live_until")
_NOTHING = "—"
_DEEDS = {
    "published": ("unpublished", "published"),
    "set_aside": ("returned to queue", "dismissed"),
    "hold": ("hold lifted", "put on hold"),
}
"""By whether the field became empty or not."""
MOST_CHOICES = 100
"""Revisions offered in a select; beyond, the number is typed."""
LONGEST_SHOWN = 600
"""Characters of a value that two sides began with."""
LONG = 60_000
"""Characters of a revision's changes; a page of longer ones would take seconds."""


@dataclass(frozen=True)
class ShownRevision:
    """A revision with its differences, computed lazily; only field names if it is long."""

    revision: Revision

    @property
    def is_long(self) -> bool:
        return len(self.revision.changes) > LONG

    @property
    def labels(self) -> list[str]:
        return [label_of(name) for name in self.revision.values]

    @property
    def differences(self) -> list[Difference]:
        return [difference(name, before, after) for name, (before, after) in self.revision.values.items()]


def label_of(field: str) -> str:
    return LABELS.get(field, field)


def in_words(value: int | bool | datetime | None) -> str:
    """A number, flag or time in words."""
    if value is None:
        return "none"
    if isinstance(value, datetime):
        return moments.in_full(value, with_seconds=True)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def time_cell(moment: datetime, *, is_age: bool = False) -> SafeString:
    """A moment in a list's column; as an age, with the exact time in its title."""
    local, exact = timezone.localtime(moment), moments.in_short(moment)
    shown = moments.age(moment) if is_age else exact
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact if is_age else "", shown)


def standing_badge(article: Article) -> SafeString:
    """The status: "live", "live from", "expired" or "not published"."""
    standing = article.standing(at=timezone.now())
    until = f" until {moments.in_short(article.live_until)}" if article.live_until else ""
    words = {
        Standing.LIVE: f"live{until}",
        Standing.SCHEDULED: f"live from {moments.in_short(article.live_from)}{until}",
        Standing.ENDED: f"expired {moments.in_short(article.live_until)}",
        Standing.HIDDEN: "not published",
    }
    return format_html('<span class="standing is-{}">{}</span>', standing, words[standing])


def history_of(article: Article) -> QuerySet[Revision]:
    """The article's revisions, newest first, each with whether it `is_undone`."""
    undos = Revision.objects.filter(article=OuterRef("article"), change_set__undoes=OuterRef("change_set"))
    rows = article.revisions.select_related("change_set__import_run").annotate(is_undone=Exists(undos))
    return rows.order_by("-number")


def latest_change(article: Article, name: str) -> Revision | None:
    """The revision that last changed a field; None if history does not tell."""
    rows = article.revisions.changing(name).defer("changes")
    return rows.order_by("-number").first()


def deed_of(revision: Revision, reader: User, title: str) -> str:
    """Who did what to it and when, for a message: "anna unpublished “…” at 10:32"."""
    is_import = revision.origin == Origin.IMPORT
    is_own = revision.actor_id == reader.pk
    who = "an import" if is_import else "you" if is_own else revision.actor_name
    deed = decision_in(revision) or ("changed" if is_import else "edited")
    return f"{who} {deed} {title} {moments.when(revision.created_at)}"


def decision_in(revision: Revision) -> str:
    """ "published", "dismissed", and so on; "" for an edit. Uses the change set's verb if it is loaded."""
    change_set = _loaded_set(revision)
    if change_set is not None and change_set.kind in VERBS:
        return VERBS[change_set.kind].event
    return next((_DEEDS[name][bool(after)] for name, (_, after) in revision.values.items() if name in _DEEDS), "")


def _loaded_set(revision: Revision) -> ChangeSet | None:
    return revision.change_set if "change_set" in revision._state.fields_cache else None


def origin_of(revision: Revision) -> str:
    """Where it was made; a conflict is decided in the queue and on the form."""
    change_set = _loaded_set(revision)
    is_conflict = change_set is not None and change_set.kind == ChangeSet.Kind.CONFLICT
    return "conflict decision" if is_conflict else revision.get_origin_display()


def event_in(revision: Revision) -> str:
    """What happened in it, in a word or two."""
    if decision := decision_in(revision):
        return decision
    if revision.origin == Origin.IMPORT:
        return "imported" if revision.number == 1 else "updated by an import"
    return "written" if revision.number == 1 else "edited"


def name_of_set(change_set: ChangeSet) -> str:
    """Number and event: "change set 12: published"."""
    return f"change set {change_set.pk}: {event_of(change_set.kind)}"


def articles_in(change_set: ChangeSet) -> str:
    """Of a summarised one: its article by title; of more, the first and how many more."""
    count, title = change_set.article_count or 0, change_set.first_title  # type: ignore[attr-defined]
    if not count or title is None:
        return f"{count} article{pluralize(count)}"
    return f"“{title}”" + (f" and {count - 1} more" if count > 1 else "")


def choices_of(article: Article) -> list[Revision]:
    """All of the article's revisions, newest first, for a select; none if there are too many."""
    rows = article.revisions.order_by("-number").only("article", "number", "actor_name", "created_at")
    terms = list(rows[: MOST_CHOICES + 1])
    return terms if len(terms) <= MOST_CHOICES else []


def lines_of(field: str, value: Any) -> list[str]:
    """A value as revisions hold it, in words."""
    if value in (None, "", []):
        return [_NOTHING]
    if field in _MOMENTS:
        return [_moment(value)]
    if field in ("set_aside", "set_aside_before"):
        return [str(value).replace("_", " ")]
    if field == "secured":
        return [f"SHA-256 {value[:16]}…"]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, list):
        return [_entry(entry) for entry in value]
    return [_entry(value)] if isinstance(value, dict) else str(value).split("\n")


def shortened_lines(field: str, value: Any) -> str:
    """`lines_of`, of a value that two sides began with."""
    text = "\n".join(lines_of(field, value))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"


def _entry(value: Any) -> str:
    """A topic, picture, provider or coverage entry on one line."""
    if not isinstance(value, dict):
        return str(value)
    names = [str(value[key]) for key in ("title", "name", "domain", "url", "webUrl") if value.get(key)]
    size = f"{value['width']}x{value['height']}" if value.get("width") and value.get("height") else ""
    rest = {
        key: v for key, v in value.items() if key not in ("title", "name", "domain", "url", "webUrl", "width", "height")
    }
    return " · ".join(filter(None, [*names, size, json.dumps(rest, ensure_ascii=False) if rest else ""]))


def _moment(value: str) -> str:
    moment = parse_datetime(value)
    return in_words(moment) if isinstance(moment, datetime) else value


def sign(findings: Sequence[Finding]) -> SafeString:
    """The number of blockers and warnings, which unfolds into messages and remedies."""
    if not findings:
        return SafeString('<span class="sign is-ready">ready</span>')
    return format_html(
        '<details class="readiness" name="readiness"><summary>{}</summary>{}</details>',
        counts(findings),
        findings_list(findings),
    )


def counts(findings: Sequence[Finding]) -> SafeString:
    blockers = sum(finding.is_blocker for finding in findings)
    numbers = (("blocker", blockers), ("warning", len(findings) - blockers))
    shown = [(name, count, name, pluralize(count)) for name, count in numbers if count]
    return format_html_join(" ", '<span class="sign is-{}">{} {}{}</span>', shown)


def findings_list(findings: Sequence[Finding]) -> SafeString:
    """The findings, each with its remedy, linked to the place to fix it."""
    return format_html('<ul class="findings">{}</ul>', format_html_join("", "<li>{}</li>", map(_line, findings)))


def _line(finding: Finding) -> tuple[SafeString]:
    remedy = format_html('<a href="{}">{}</a>', finding.address, finding.remedy) if finding.address else finding.remedy
    name = "blocker" if finding.is_blocker else "warning"
    line = '<b class="sign is-{}">{}</b> <bdi>{}</bdi> <span class="remedy">{}</span>'
    return (format_html(line, name, name.capitalize(), finding.message, remedy),)


def marks(article: Article) -> SafeString:
    """Dismissal, hold, and return to the queue."""
    parts = []
    if article.set_aside:
        parts.append(("aside", cause_label(article.set_aside), article.set_aside_note))
    if article.hold:
        parts.append(("hold", "on hold", article.hold))
    if article.set_aside_before and not article.set_aside:
        parts.append(
            ("back", f"back: was dismissed as {cause_label(article.set_aside_before)}; the source has changed", "")
        )
    return format_html_join("", ' <span class="decided"><span class="mark is-{}">{}</span> <bdi>{}</bdi></span>', parts)


def cause_label(code: str) -> str:
    return str(Cause(code).label) if code in Cause.values else code
