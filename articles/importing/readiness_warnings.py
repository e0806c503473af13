"""Readiness findings for files that publish. They don't stop an import; the receipt lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.utils import timezone

from articles.changes.door import Change
from articles.content.article_state import ArticleState, publishes
from articles.importing.steps import Step
from articles.readiness import checks, findings
from articles.readiness.findings import Finding, Subject
from articles.seedfile.addresses import url_key
from articles.seedfile.problems import Problem, warning


@dataclass
class Shown:
    """What readers see after earlier files that are not in the database yet."""

    titles: set[str] = field(default_factory=set)
    coverage: dict[str, str] = field(default_factory=dict)
    """Address keys to the title of the article whose coverage contains them."""
    changed: set[int] = field(default_factory=set)
    """Articles that were live before, whose rows may be outdated."""

    def still_true(self, known: Iterable[Finding]) -> list[Finding]:
        """Without findings about an outdated article."""
        return [finding for finding in known if not self.changed or finding.other not in self.changed]

    def add(self, state: ArticleState) -> None:
        self.titles.add(state.content.title)
        for entry in state.content.related:
            self.coverage.setdefault(url_key(entry.web_url), state.content.title)

    def findings(self, subject: Subject) -> Iterator[Finding]:
        if subject.url_key in self.coverage:
            title = self.coverage[subject.url_key]
            yield Finding(checks.covered_elsewhere.name, checks.COVERED.format(title), checks.COMPARE, False)
        if subject.title in self.titles:
            yield Finding(checks.same_title.name, checks.SAME_TITLE, checks.COMPARE, False)


def with_readiness(steps: Sequence[Step], shown: Shown) -> list[Step]:
    """The steps, with findings added to the problems of those that publish; a constant number of queries, none if no
    step publishes. Each step is checked against the ones before it, independent of batches."""
    now = timezone.now()
    publishing = {id(step): _subject(step, change) for step in steps if (change := step.change) and _publishes(change)}
    by_subject = findings.examine(list(publishing.values()), at=now) if publishing else {}
    order = {check.name: place for place, check in enumerate(findings.active_checks())} if publishing else {}
    told = []
    for step in steps:
        subject = publishing.get(id(step))
        if subject is not None:
            step = _with_findings(
                step, _in_order([*shown.still_true(by_subject.get(subject, [])), *shown.findings(subject)], order)
            )
        if step.change is not None and step.change.article and step.change.article.published:
            shown.changed.add(step.change.article.pk)
        if step.change is not None and step.change.state.is_visible(at=now):
            shown.add(step.change.state)
        told.append(step)
    return told


def _publishes(change: Change) -> bool:
    return publishes(change.article, change.state)


def _subject(step: Step, change: Change) -> Subject:
    key = change.article.pk if change.article else None
    return findings.subject_of_state(key, change.state, is_deciding="published" in step.agreed)


def _in_order(findings: Iterable[Finding], order: dict[str, int]) -> list[Finding]:
    """One finding per check, blockers first, without silenced checks."""
    once = {finding.name: finding for finding in reversed(list(findings)) if finding.name in order}
    return sorted(once.values(), key=lambda finding: (not finding.is_blocker, order[finding.name]))


def _with_findings(step: Step, findings: Sequence[Finding]) -> Step:
    problems = (*step.report.problems, *map(_problem, findings))
    return replace(step, report=replace(step.report, problems=problems)) if findings else step


def _problem(finding: Finding) -> Problem:
    what = "despite a blocker" if finding.is_blocker else "with a warning"
    return warning(f"published {what}: {finding.message} ({finding.remedy})")
