"""What stands against publishing, as signs: a shape and words, never a colour alone. Nothing here runs a query."""

from __future__ import annotations

from collections.abc import Sequence

from django.template.defaultfilters import pluralize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Article, Cause
from articles.readiness.findings import Finding


def sign(findings: Sequence[Finding]) -> SafeString:
    """How many blockers and warnings; what they say, and the remedies, unfold."""
    if not findings:
        return SafeString('<span class="sign is-ready">ready</span>')
    return format_html(
        '<details class="readiness" name="readiness"><summary>{}</summary>{}</details>',
        counts(findings),
        told(findings),
    )


def counts(findings: Sequence[Finding]) -> SafeString:
    blockers = sum(found.is_blocker for found in findings)
    numbers = (("blocker", blockers), ("warning", len(findings) - blockers))
    shown = [(name, count, name, pluralize(count)) for name, count in numbers if count]
    return format_html_join(" ", '<span class="sign is-{}">{} {}{}</span>', shown)


def told(findings: Sequence[Finding]) -> SafeString:
    """Each with its remedy, which leads to where it speaks of."""
    return format_html('<ul class="findings">{}</ul>', format_html_join("", "<li>{}</li>", map(_line, findings)))


def _line(found: Finding) -> tuple[SafeString]:
    remedy = format_html('<a href="{}">{}</a>', found.address, found.remedy) if found.address else found.remedy
    name = "blocker" if found.is_blocker else "warning"
    line = '<b class="sign is-{}">{}</b> <bdi>{}</bdi> <span class="remedy">{}</span>'
    return (format_html(line, name, name.capitalize(), found.message, remedy),)


def marks(article: Article) -> SafeString:
    """What was decided about it beside publishing, and that it came back."""
    found = []
    if article.set_aside:
        found.append(("aside", cause_label(article.set_aside), article.set_aside_note))
    if article.hold:
        found.append(("hold", "on hold", article.hold))
    if article.set_aside_before and not article.set_aside:
        found.append(("back", f"back: was set aside as {cause_label(article.set_aside_before)}; its file changed", ""))
    return format_html_join("", ' <span class="decided"><span class="mark is-{}">{}</span> <bdi>{}</bdi></span>', found)


def cause_label(code: str) -> str:
    return str(Cause(code).label) if code in Cause.values else code
