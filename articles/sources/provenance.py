"""Where each of an article's values comes from, and reverting a field to the source."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import BigIntegerField

from articles.changes import door, refusals
from articles.changes.actors import Actor
from articles.content import article_state
from articles.content.article_state import ArticleState, value_of
from articles.history import change_sets
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from articles.seedfile import reader
from articles.seedfile.problems import SeedError
from articles.seedfile.schema import FIELDS, ArticleContent
from articles.sql.compiled import Blank, Compiled

MOST_READ = 100
"""Revisions read per article; a field that none of them changed has an unknown origin if the article is older."""
RETURNABLE = tuple(name for name in FIELDS if name not in ("published", "secured"))
"""`published` is a decision, and `secured` always has the source's value."""


def latest_revisions(article: Article) -> list[Revision]:
    """Newest first, each with its change set and the import run, if it was one."""
    return _LATEST.instances(article=article.pk)


_LATEST = Compiled(
    lambda: (
        Revision.objects.filter(article=Blank("article", BigIntegerField()))
        .select_related("change_set__import_run")
        .order_by("-number")[:MOST_READ]
    )
)


def origins(revisions: Iterable[Revision]) -> dict[str, Revision]:
    """By field, the revision that its value comes from, of an article's own, newest first."""
    by_field: dict[str, Revision] = {}
    for revision in revisions:
        if revision.number == 1:
            return dict.fromkeys(article_state.FIELDS, revision) | by_field
        for name in revision.values:
            by_field.setdefault(name, revision)
    return by_field


def file_content(article: Article) -> ArticleContent | None:
    """The source's content at the last import. None without a source, or if the current rules reject it."""
    source = getattr(article, "source", None)
    if source is None:
        return None
    try:
        return reader.read(bytes(source.raw)).content
    except SeedError:
        return None


def returnable_fields(article: Article, state: ArticleState) -> list[str]:
    """The fields whose value differs from the source's."""
    in_file = file_content(article)
    return [name for name in RETURNABLE if in_file and getattr(in_file, name) != value_of(state, name)]


@transaction.atomic
def return_to_file(article: Article, name: str, *, actor: Actor, expected_version: int) -> Revision | None:
    """Sets one field to the source's value, as its own change set. Returns None if it already has it.

    Raises as the door does, and Refused if the source has no value.
    """
    in_file = file_content(article)
    if in_file is None or name not in RETURNABLE:
        raise refusals.Refused("the source has no value for this field")
    state = article_state.read_state(article)
    wanted = article_state.with_fields(state, {name: getattr(in_file, name)})
    opened = change_sets.open_change_set(ChangeSet.Kind.RESTORE, actor=actor)
    made = door.change(
        article, wanted, actor=actor, origin=Origin.RESTORE, change_set=opened, expected_version=expected_version
    )
    if made is None:
        opened.delete()
    return made
