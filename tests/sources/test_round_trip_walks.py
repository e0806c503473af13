"""Random walks over one folder: editors edit and undo, others write the file, imports and exports come as they like.

ROUND_WALKS says how many (`make soak` makes many more).
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from articles.changes import door
from articles.content import article_state
from articles.history import change_sets
from articles.models import ChangeSet, Conflict, Revision, Source
from articles.models.history import Origin
from articles.seedfile import reader, writer
from articles.workflow import publishing
from tests.factories import make_user
from tests.importing.import_running import article_of, story, write
from tests.sources.rounds import export_folder, import_folder, outcomes

pytestmark = pytest.mark.django_db
WALKS = int(os.environ.get("ROUND_WALKS", "6"))
STEPS = 40
TEXTS = ("title", "excerpt", "type")


class Walk:
    """`news` are the values that others wrote since the last import, by field; `ours` those that an editor set last
    and nobody wrote over since."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.editor = make_user("Editor")
        self.count = 0
        self.sets: list[ChangeSet] = []
        self.news: dict[str, list[Any]] = {}
        self.ours: dict[str, Any] = {}
        write(folder, "a.md", story("a", body="One.\n"))
        import_folder(folder)

    def fresh(self, name: str) -> Any:
        self.count += 1
        word = f"{name} {self.count}"
        if name != "topics":
            return word
        pool = [f"t{number}" for number in range(6)]
        return (*sorted(self.random.sample(pool, self.random.randint(0, 4))), word)

    def step(self) -> None:
        actions = [self.edit, self.edit, self.undo, self.decide, self.others_write, self.round, self.round]
        self.random.choice([*actions, self.import_alone, self.export_alone, self.killed_export])()

    def edit(self) -> None:
        name = self.random.choice([*TEXTS, "topics"])
        self._change({name: self.fresh(name)})

    def decide(self) -> None:
        article = article_of("a")
        opened = change_sets.open_change_set("publish", actor=self.editor)
        verb = publishing.unpublish if article.published else publishing.publish
        verb(article, actor=self.editor, change_set=opened)
        self.sets.append(opened)

    def undo(self) -> None:
        if self.sets:
            change_sets.undo(self.sets.pop(self.random.randrange(len(self.sets))), actor=self.editor)
            self.ours.clear()
            self._note_ours()

    def others_write(self) -> None:
        """One field of the file, on top of what is there."""
        file = self.folder / "a.md"
        content = reader.read(file.read_bytes()).content
        name = self.random.choice([*TEXTS, "topics"])
        value = self.fresh(name)
        file.write_bytes(writer.export(file.read_bytes(), content.model_copy(update={name: value})))
        self.news.setdefault(name, []).append(value)
        self.ours.pop(name, None)

    def round(self) -> None:
        self.import_alone()
        assert self.export_alone() == 0
        state, file = article_state.read_state(article_of("a")).content, self._file()
        contested = set(Conflict.objects.filter(closed_at=None).values_list("field", flat=True))
        for name in ("title", "excerpt", "type", "topics", "published", "body"):
            if name not in contested:
                assert getattr(file, name) == getattr(state, name), name

    def import_alone(self) -> None:
        number, conflicts = article_of("a").version, set(Conflict.objects.values_list("pk", flat=True))
        assert import_folder(self.folder).status == 0
        for revision in Revision.objects.filter(number__gt=number):
            for name, (_, after) in revision.values.items():
                assert name in self.news, f"{name} became {after} though nobody wrote it"
        for conflict in Conflict.objects.exclude(pk__in=conflicts):
            assert conflict.field in self.news, f"a conflict about {conflict.field} with oneself"
        self.news.clear()
        self._check_ours()

    def export_alone(self) -> int:
        before = (self.folder / "a.md").read_bytes()
        ended = export_folder(self.folder)
        if self.news:
            assert outcomes(ended) == {"a.md": "kept"}
            assert (self.folder / "a.md").read_bytes() == before
        return ended.status

    def killed_export(self) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("articles.sources.written.put", _die)
            export_folder(self.folder)
        assert sorted(os.listdir(self.folder)) == ["a.md"]

    def _change(self, fields: dict[str, Any]) -> None:
        article = article_of("a")
        state = article_state.read_state(article)
        wanted = article_state.ArticleState(state.content.model_copy(update=fields), state.desk)
        opened = change_sets.open_change_set(ChangeSet.Kind.RESTORE, actor=self.editor)
        door.change(
            article,
            wanted,
            actor=self.editor,
            origin=Origin.FORM,
            change_set=opened,
            expected_version=article.version,
        )
        self.sets.append(opened)
        self.ours |= {name: value for name, value in fields.items() if name in TEXTS and name not in self.news}

    def _note_ours(self) -> None:
        state = article_state.read_state(article_of("a")).content
        self.ours = {name: getattr(state, name) for name in TEXTS if name not in self.news}

    def _check_ours(self) -> None:
        state = article_state.read_state(article_of("a")).content
        for name, value in self.ours.items():
            assert getattr(state, name) == value, f"an editor's {name} is lost"

    def _file(self) -> Any:
        return reader.read((self.folder / "a.md").read_bytes()).content


def _die(*words: object, **options: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("seed", range(WALKS))
def test_nothing_is_lost_and_nothing_echoes_on_a_random_walk(tmp_path, seed):
    walk = Walk(tmp_path / "wire", seed)
    for _ in range(STEPS):
        walk.step()
    walk.round()
    number, raw = article_of("a").version, (walk.folder / "a.md").read_bytes()
    walk.round()
    assert (article_of("a").version, (walk.folder / "a.md").read_bytes()) == (number, raw)
    assert Source.objects.get().missing_at is None
