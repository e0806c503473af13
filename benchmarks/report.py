"""The goals, the table and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Measurement

LISTS = ("front page", "deep page", "category page", "provider page", "topic page, common", "topic page, rare")
TWICE = ", twice as many"
WIDTH = 130
"""Width in a pipe."""


@dataclass(frozen=True)
class Goal:
    """A maximum ratio to the CPU of a yardstick from the same run, and a maximum number of queries."""

    name: str
    most: float
    beside: str
    unit: str
    queries: int | None = None

    def wanted(self) -> str:
        return f"{self.most:g} {self.unit}" + (f", {self.queries} queries" if self.queries else "")

    def found(self, measured: Mapping[str, Measurement]) -> str:
        queries = f", {measured[self.name].queries} queries" if self.queries else ""
        return f"{self._ratio(measured):.3g} {self.unit}{queries}"

    def is_met(self, measured: Mapping[str, Measurement]) -> bool:
        queries = measured[self.name].queries
        return self._ratio(measured) <= self.most and (self.queries is None or queries <= self.queries)

    def _ratio(self, measured: Mapping[str, Measurement]) -> float:
        return measured[self.name].cpu / measured[self.beside].cpu


class SpeedGoal(Goal):
    """A minimum speed ratio."""

    def is_met(self, measured: Mapping[str, Measurement]) -> bool:
        return self._ratio(measured) >= self.most

    def _ratio(self, measured: Mapping[str, Measurement]) -> float:
        return measured[self.beside].cpu / measured[self.name].cpu


class MemoryGoal(Goal):
    """A maximum ratio of peak memory."""

    def _ratio(self, measured: Mapping[str, Measurement]) -> float:
        return measured[self.name].peak_mb / measured[self.beside].peak_mb


GOALS = (
    *(Goal(name, 10, "hello", "h", queries=8) for name in LISTS),
    Goal("article page", 6, "hello", "h"),
    Goal("front page, unchanged", 2, "hello", "h"),
    Goal("admin list", 65, "hello", "h", queries=12),
    Goal("article form", 70, "hello", "h", queries=20),
    Goal("publish 50 with revisions", 13, "raw SQL for the same rows", "times raw SQL"),
    SpeedGoal("first import", 10, "per-file ORM saves", "times the speed of ORM saves"),
    SpeedGoal("first import", 0.5, "reader.read alone", "times the speed of merely reading"),
    SpeedGoal("unchanged files", 20, "first import", "times the speed of the first import"),
    *(MemoryGoal(name + TWICE, 1.2, name, "times the memory") for name in ("first import", "unchanged files")),
)
"""The goals whose measurements exist."""


def print_report(measurements: Sequence[Measurement], *, title: str) -> None:
    console = Console()
    console = console if console.is_terminal else Console(width=WIDTH)
    console.print(_table(measurements, title))
    console.print(
        "Only ratios count; times depend on the machine. h: the CPU of a hello view through the same middleware.\n"
    )
    console.print(_verdict({measured.name: measured for measured in measurements}))


def _table(measurements: Sequence[Measurement], title: str) -> Table:
    table = Table("what", title=title, title_justify="left")
    for column in ("a second", "CPU ms", "ms each", "queries", "peak MB"):
        table.add_column(column, justify="right")
    for one in measurements:
        times = (f"{1_000 / one.clock:,.0f}", f"{one.cpu:.3f}", f"{one.clock:.3f}")
        table.add_row(one.name, *times, f"{one.queries:,}", f"{one.peak_mb:,}")
    return table


def _verdict(measured: Mapping[str, Measurement]) -> Table:
    table = Table("goal", "wanted", "found", "", title="Verdict", title_justify="left")
    for goal in GOALS:
        verdict = "met" if goal.is_met(measured) else "MISSED"
        table.add_row(goal.name, goal.wanted(), goal.found(measured), verdict)
    return table
