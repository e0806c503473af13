"""The response to a stale form: each field three ways, and one button that saves both sides if nothing clashes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest

from articles.admin.article_form.decisions import pressed
from articles.admin.article_form.kept_text import kept_boxes
from articles.admin.article_form.typed_state import ArticleEditor
from articles.admin.labels import label_of, shortened_lines
from articles.changes.actors import may, may_change
from articles.content import article_state
from articles.content.article_state import ArticleState, DeskState, value_of, with_fields
from articles.content.revision_values import dump_value
from articles.diffs.fields import Difference, difference
from articles.models import Article, Revision
from articles.seedfile.merging.merge import Decision, merge
from articles.workflow.verbs import Verb, offered

LATEST = 3
"""How many of the revisions in between are listed."""
_BOXES = {"provider": "id_provider_name", "images": "pictures", "related": "coverage"}


@dataclass(frozen=True)
class Side:
    """A field of a stale form. `theirs` and `mine` are the two changes since the form was opened; None if unchanged."""

    field: str
    began: str
    theirs: Difference | None
    mine: Difference | None
    is_merged: bool
    is_contested: bool
    by: Revision | None

    @property
    def label(self) -> str:
        return label_of(self.field)

    @property
    def box(self) -> str:
        """The id of its form field."""
        return _BOXES.get(self.field, f"id_{self.field}")


@dataclass(frozen=True)
class Stale:
    """What the page shows. `decision` is the pressed verb, if there is still something to do; `is_over` means that the
    article already has all of the typed edits; `kept` is the typed text, if the form is locked now and text cannot be
    copied from it."""

    editor: ArticleEditor
    contested: list[Side]
    others: list[Side]
    between: list[Revision]
    decision: Verb | None
    is_over: bool
    lost_right: bool
    kept: list[tuple[str, str]]

    @property
    def latest(self) -> list[Revision]:
        return self.between[:LATEST]

    @property
    def earlier_count(self) -> int:
        return len(self.between[LATEST:])


def chosen(request: HttpRequest, editor: ArticleEditor) -> ArticleState:
    """The typed state, with the others' value in each contested field for which the user chose theirs."""
    typed, shown = cast("ArticleState", editor.state), editor.shown
    return over(typed, shown, set(left(request))) if shown else typed


def left(request: HttpRequest) -> list[str]:
    """The contested fields for which the user chose theirs, for a page without choices."""
    return [name for name in article_state.FIELDS if _is_left(request, name)]


def look(request: HttpRequest, article: Article, typist: ArticleEditor) -> Stale:
    """The current `article` beside the typed form."""
    began = cast("ArticleState", typist.shown)
    merge = three_way(began, article_state.read_state(article), chosen(request, typist))
    rows = places(merge, article.version, _places(request, typist))
    editor = ArticleEditor(merge.merged, version=article.version, places=rows)
    editor.form.initial["reason"] = request.POST.get("reason", "")
    between = list(article.revisions.filter(number__gt=typist.version).order_by("-number"))
    sides, verb = _sides(merge, between), pressed(request)
    return Stale(
        editor,
        [side for side in sides if side.is_contested],
        [side for side in sides if not side.is_contested],
        between,
        _decision(request, merge.theirs),
        merge.merged == merge.theirs,
        verb is not None and not may(request.user, verb.right),
        [] if may_change(request.user, article) else kept_boxes(request),
    )


def _places(request: HttpRequest, typist: ArticleEditor) -> dict[str, list[str]]:
    """Rows for which the user chose theirs, by their place in the form's version."""
    shown, version = cast("ArticleState", typist.shown), typist.version
    own = {name: [f"{version}-{index}" for index in range(len(getattr(shown.content, name)))] for name in typist.places}
    return {name: own[name] if _is_left(request, name) else rows for name, rows in typist.places.items()}


def _is_left(request: HttpRequest, name: str) -> bool:
    """Whether the user chose theirs for a contested field."""
    return request.POST.get(f"side-{name}") == "theirs"


def _sides(merge: ThreeWay, between: list[Revision]) -> list[Side]:
    authors: dict[str, Revision] = {}
    for revision in between:
        authors |= {name: revision for name in revision.values if name not in authors}
    return [_side(merge, name, authors.get(name)) for name in merge.changed]


def _side(merge: ThreeWay, name: str, by: Revision | None) -> Side:
    began, theirs, typed, merged = (
        dump_value(name, value_of(state, name)) for state in (merge.began, merge.theirs, merge.typed, merge.merged)
    )
    return Side(
        name,
        shortened_lines(name, began),
        difference(name, began, theirs) if theirs != began else None,
        difference(name, began, typed) if typed != began else None,
        merged not in (theirs, typed),
        name in merge.contested,
        by,
    )


def _decision(request: HttpRequest, state: ArticleState) -> Verb | None:
    verb = pressed(request)
    return verb if verb in offered(state, request.user) else None


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
    return with_fields(base, {name: value_of(other, name) for name in names})


def places(merge: ThreeWay, version: int, typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The "VERSION-INDEX" place of each merged picture and coverage entry: in the newest version, `version`, or where
    the typed row came from, by `typed`. Empty for a new entry."""
    return {name: _places_of(merge, name, version, typed[name]) for name in _ADDRESSES}


def _merged_desk(began: DeskState, theirs: DeskState, typed: DeskState) -> tuple[DeskState, set[str]]:
    values: dict[str, Any] = {}
    clashing = set()
    for name in article_state.DESK_FIELDS:
        old, new, own = (getattr(desk, name) for desk in (began, theirs, typed))
        values[name] = new if own == old else own
        if own not in (old, new) and new != old:
            clashing.add(name)
    return DeskState(**values), clashing


def _places_of(merge: ThreeWay, name: str, version: int, typed: Sequence[str]) -> list[str]:
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
