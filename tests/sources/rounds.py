"""Rounds for tests: an import, then an export, into the same folder under one root, through the commands."""

from __future__ import annotations

from pathlib import Path

from articles.changes import door
from articles.content.article_state import ArticleState, read_state
from articles.models import Article, User
from articles.models.history import Origin
from tests.importing.import_running import Ran, import_seeds
from tests.management.commanding import Ended, told

ROOT = "wire"


def import_folder(folder: Path, *words: str) -> Ran:
    return import_seeds(folder, "--root", ROOT, *words)


def export_folder(folder: Path, *words: str) -> Ended:
    return told("export_seeds", folder, "--root", ROOT, *words)


def round_trip(folder: Path) -> tuple[Ran, Ended]:
    return import_folder(folder), export_folder(folder)


def edit(article: Article, actor: User, **fields: object) -> None:
    """As the form does."""
    article = Article.objects.get(pk=article.pk)
    state = read_state(article)
    wanted = ArticleState(type(state.content).model_validate(state.content.model_dump() | fields), state.desk)
    door.change(article, wanted, actor=actor, origin=Origin.FORM, expected_version=article.version)


def outcomes(ended: Ended) -> dict[str, str]:
    """By path, what an export did with each file that is not identical."""
    return {file["path"]: file["outcome"] for file in ended.report["files"]}
