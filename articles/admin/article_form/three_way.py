"""A stale form: the version it was opened with, the current article, the typed state, and the merge of them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from articles.content import article_state
from articles.content.article_state import ArticleState, DeskState, value_of
from articles.seedfile.merging.merge import Decision, merge

_NOT_TYPED = ("published", "secured", "extra")
"""Not edited in the form's fields; `published` is changed by buttons."""
_ADDRESSES = {"images": "url", "related": "web_url"}


@dataclass(frozen=True)
class ThreeWay:
    """`merged` has the changes of both sides, merged within topics, pictures, coverage and body. Fields that clash
    (`contested`) have the typed value."""

    began: ArticleState
    theirs: ArticleState
    typed: ArticleState
    merged: ArticleState
    contested: frozenset[str]

    @property
    def mine(self) -> list[str]:
        """The fields changed in the form."""
        return article_state.differing_fields(self.began, self.typed)

    @property
    def changed(self) -> list[str]:
        """The fields that either side changed, contested ones first."""
        names = {*self.mine, *article_state.differing_fields(self.began, self.theirs)}
        return sorted(
            (name for name in article_state.FIELDS if name in names), key=lambda name: name not in self.contested
        )


def three_way(began: ArticleState, theirs: ArticleState, typed: ArticleState) -> ThreeWay:
    current = typed.content.model_copy(update={name: getattr(theirs.content, name) for name in _NOT_TYPED})
    plan = merge(began.content, theirs.content, current, decided=True)
    clashing = {name: getattr(current, name) for name in plan.fields(Decision.CONFLICT)}
    desk, clashing_desk = _merged_desk(began.desk, theirs.desk, typed.desk)
    merged = ArticleState(plan.content.model_copy(update=clashing), desk)
    return ThreeWay(began, theirs, typed, merged, frozenset(clashing) | clashing_desk)


def over(base: ArticleState, other: ArticleState, names: set[str]) -> ArticleState:
    """`base` with these fields taken from `other`."""
    kept = {name: value_of(other, name) for name in names if name not in article_state.DESK_FIELDS}
    desk = {name: value_of(other if name in names else base, name) for name in article_state.DESK_FIELDS}
    return ArticleState(base.content.model_copy(update=kept), DeskState(**desk))


def places(merge: ThreeWay, version: int, typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The "VERSION-INDEX" place of each merged picture and coverage entry: in the newest version, `version`, or where
    the typed row came from, by `typed`. Empty for a new entry."""
    return {name: _places(merge, name, version, typed[name]) for name in _ADDRESSES}


def _merged_desk(began: DeskState, theirs: DeskState, typed: DeskState) -> tuple[DeskState, set[str]]:
    values: dict[str, Any] = {}
    clashing = set()
    for name in article_state.DESK_FIELDS:
        old, new, own = (getattr(desk, name) for desk in (began, theirs, typed))
        values[name] = new if own == old else own
        if own not in (old, new) and new != old:
            clashing.add(name)
    return DeskState(**values), clashing


def _places(merge: ThreeWay, name: str, version: int, typed: Sequence[str]) -> list[str]:
    merged, theirs, mine = (getattr(s.content, name) for s in (merge.merged, merge.theirs, merge.typed))
    if merged == mine and merged != theirs:
        return list(typed)
    known = [(entry, f"{version}-{index}") for index, entry in enumerate(theirs)]
    known += zip(mine, typed, strict=True)
    return _paired(merged, known, [lambda entry: entry, lambda entry: getattr(entry, _ADDRESSES[name])])


def _paired(
    entries: Sequence[Any], known: Sequence[tuple[Any, str]], keys: Sequence[Callable[[Any], Hashable]]
) -> list[str]:
    """The place of the first known entry that is equal, else of one with the same address; each is used once."""
    pairs: dict[int, int] = {}
    for key in keys:
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for number, (entry, _) in enumerate(known):
            if number not in pairs.values():
                waiting[key(entry)].append(number)
        for index, entry in enumerate(entries):
            if index not in pairs and (same := waiting.get(key(entry))):
                pairs[index] = same.popleft()
    return [known[pairs[index]][1] if index in pairs else "" for index in range(len(entries))]
