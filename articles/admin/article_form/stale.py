"""The response to a stale form: each field three ways, and one button that saves both sides if nothing clashes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest

from articles.admin.article_form.decisions import pressed
from articles.admin.article_form.kept_text import kept_boxes
from articles.admin.article_form.three_way import ThreeWay, over, places, three_way
from articles.admin.article_form.typed_state import ArticleEditor
from articles.admin.labels import label_of, lines_of
from articles.changes import rights
from articles.changes.actors import may
from articles.content import article_state
from articles.content.article_state import ArticleState, value_of
from articles.content.revision_values import dump_value
from articles.diffs.fields import Difference, difference
from articles.models import Article, Revision
from articles.workflow.verbs import Verb, offered

LATEST = 3
"""How many of the revisions in between are listed."""
LONGEST_SHOWN = 600
"""Characters shown of the common earlier value."""
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
    between = list(article.revisions.filter(number__gt=int(typist.form["version"].value())).order_by("-number"))
    sides, verb = _sides(merge, between), pressed(request)
    return Stale(
        editor,
        [side for side in sides if side.is_contested],
        [side for side in sides if not side.is_contested],
        between,
        _decision(request, merge.theirs),
        merge.merged == merge.theirs,
        verb is not None and not may(request.user, verb.right),
        [] if rights.may_change(request.user, article) else kept_boxes(request),
    )


def _places(request: HttpRequest, typist: ArticleEditor) -> dict[str, list[str]]:
    """Rows for which the user chose theirs, by their place in the form's version."""
    shown, version = cast("ArticleState", typist.shown), typist.form["version"].value()
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
        _shortened("\n".join(lines_of(name, began))),
        difference(name, began, theirs) if theirs != began else None,
        difference(name, began, typed) if typed != began else None,
        merged not in (theirs, typed),
        name in merge.contested,
        by,
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"


def _decision(request: HttpRequest, state: ArticleState) -> Verb | None:
    verb = pressed(request)
    return verb if verb in offered(state, request.user) else None
