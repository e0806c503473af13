"""The table and the verdict as an operator reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Measurement

LIST_PAGES = (
    "front page",
    "deep page",
    "category page",
    "provider page",
    "topic page, a common one",
    "topic page, a rare one",
)

MANY = ("first import of many", "unchanged of many")
WITH_FILES = ("first import", "unchanged files", "merged", "check", "export", *MANY)
PUBLISHED = ("publish 5 with revisions", "publish 50 with revisions")
SAVES, READING = "per-file ORM saves", "reader.read alone"

WIDTH = 130
"""In a pipe."""


@dataclass(frozen=True)
class Goal:
    """What was wanted and what was found, in words; a goal that could not be measured is not met."""

    name: str
    wanted: str
    found: str
    is_met: bool


def print_report(measured: Sequence[Measurement], *, title: str) -> None:
    console = Console()
    console = console if console.is_terminal else Console(width=WIDTH)
    console.print(_table(measured, title))
    console.print("Times say little alone; ratios count. Ratio: CPU to that of raw SQL for the same rows.")
    console.print(
        "Saves, reading: how many times the speed of per-file ORM saves, of reader.read alone, by the clock.\n"
    )
    console.print(_verdict(goals({measurement.name: measurement for measurement in measured})))


def goals(measured: Mapping[str, Measurement]) -> list[Goal]:
    """DESIGN.md's numbers, as far as this benchmark measures them."""
    return [
        *(_page_goal(measured[name], 10, 8) for name in LIST_PAGES),
        _page_goal(measured["article page"], 5, None),
        _page_goal(measured["admin list"], 60, 10),
        _publish_goal(*(measured[name] for name in PUBLISHED)),
        _speed_goal(measured[SAVES], measured["first import"], 10),
        _speed_goal(measured[READING], measured["first import"], 0.5),
        _speed_goal(measured["first import"], measured["unchanged files"], 20),
        *(_memory_goal(measured[name], 400) for name in WITH_FILES),
        *(_flat_goal(measured[few], measured[many]) for few, many in zip(WITH_FILES, MANY, strict=False)),
    ]


def _table(measured: Sequence[Measurement], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    for column in ("a second", "ms each", "CPU ms", "queries", "raw SQL ms", "ratio", "saves", "reading", "peak MB"):
        table.add_column(column, justify="right")
    by_name = {measurement.name: measurement for measurement in measured}
    for measurement in measured:
        table.add_row(
            measurement.name,
            *([f"left out: {measurement.left_out}"] if measurement.left_out else _cells(measurement, by_name)),
        )
    return table


def _cells(measurement: Measurement, measured: Mapping[str, Measurement]) -> list[str]:
    beside = [measured[name] if measurement.name in WITH_FILES else None for name in (SAVES, READING)]
    return [
        f"{measurement.per_second:,.0f}",
        f"{measurement.time.clock:.3f}",
        f"{measurement.time.cpu:.3f}",
        "" if measurement.queries is None else f"{measurement.queries:,}",
        "" if measurement.sql_ms is None else f"{measurement.sql_ms:.3f}",
        "" if measurement.ratio is None else f"{measurement.ratio:.1f}",
        *("" if other is None else f"{_times(other, measurement):.1f}" for other in beside),
        "" if measurement.peak_mb is None else f"{measurement.peak_mb:,}",
    ]


def _verdict(goals_met: Sequence[Goal]) -> Table:
    table = Table("goal", "wanted", "found", "", title="Verdict", title_justify="left")
    for goal in goals_met:
        table.add_row(goal.name, goal.wanted, goal.found, "met" if goal.is_met else "MISSED")
    return table


def _page_goal(page: Measurement, most_ms: float, most_queries: int | None) -> Goal:
    wanted = f"{most_ms} ms" + (f", {most_queries} queries" if most_queries else "")
    if page.left_out or page.queries is None:
        return Goal(page.name, wanted, page.left_out, is_met=False)
    is_met = page.time.cpu <= most_ms and (most_queries is None or page.queries <= most_queries)
    return Goal(page.name, wanted, f"{page.time.cpu:.1f} ms, {page.queries} queries", is_met)


def _publish_goal(few: Measurement, many: Measurement) -> Goal:
    """And the queries are those of a few."""
    wanted = f"250 ms, the queries of {few.name}"
    if few.left_out or many.left_out:
        return Goal(many.name, wanted, few.left_out or many.left_out, is_met=False)
    figures = f"{many.time.cpu:.1f} ms, {many.queries} queries and {few.queries}"
    return Goal(many.name, wanted, figures, many.time.cpu <= 250 and many.queries == few.queries)


def _speed_goal(slower: Measurement, faster: Measurement, least: float) -> Goal:
    """By the clock: to wait for the disk is a part of every import, and other processes read for it."""
    times = _times(slower, faster)
    by_cpu = slower.time.cpu / faster.time.cpu
    figures = f"{times:.2f} times ({by_cpu:.1f} by CPU)"
    return Goal(faster.name, f"{least:g} times {slower.name}", figures, times >= least)


def _times(slower: Measurement, faster: Measurement) -> float:
    return slower.time.clock / faster.time.clock


def _flat_goal(few: Measurement, many: Measurement) -> Goal:
    name, wanted = f"{many.name}, memory", f"{_MORE:g} times {few.name} at most"
    if few.peak_mb is None or many.peak_mb is None:
        return Goal(name, wanted, many.left_out, is_met=False)
    times = many.peak_mb / few.peak_mb
    return Goal(name, wanted, f"{times:.2f} times", is_met=times <= _MORE)


_MORE = 1.3
"""A first batch knows less than a last one how many files fit into a turn."""


def _memory_goal(measurement: Measurement, most_mb: int) -> Goal:
    if measurement.peak_mb is None:
        return Goal(f"{measurement.name}, memory", f"{most_mb} MB", measurement.left_out, is_met=False)
    peak = measurement.peak_mb
    return Goal(f"{measurement.name}, memory", f"{most_mb} MB", f"{peak} MB", peak < most_mb)
