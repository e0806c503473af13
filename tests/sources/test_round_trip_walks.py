"""Random walks over one folder: editors edit and undo, others write, move, delete and put back the file, and save other
stories where it was; imports, their undoing and exports come as they like.

ROUND_WALKS says how many (`make soak` makes many more).
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from articles.changes import door
from articles.content import article_state
from articles.history import change_sets
from articles.models import Article, ChangeSet, Conflict, Revision
from articles.models.history import Origin
from articles.seedfile import reader, writer
from articles.sources import upstream_changes
from articles.workflow import publishing
from tests.factories import make_user
from tests.importing.import_running import article_of, story, write
from tests.management.commanding import manage
from tests.sources.rounds import export_folder, import_folder, outcomes

pytestmark = pytest.mark.django_db
WALKS = int(os.environ.get("ROUND_WALKS", "6"))
STEPS = 40
TEXTS = ("title", "excerpt", "type", "web_url")


@dataclass
class Run:
    """An import that found something: the fields that others had written, the file as it was before they did, and as
    the run read it."""

    key: int
    news: set[str]
    before: tuple[str, bytes]
    read: bytes


class Walk:
    """`news` are the fields that others wrote since the last import, `ours` the values that an editor set last and
    nobody wrote over since. `silent` are the fields that an undone import had read, of a file that still holds them.
    `before` is where and how the file was before others touched it, `deleted` what it held when they deleted it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.editor = make_user("Editor")
        self.count = 0
        self.sets: list[ChangeSet] = []
        self.news: set[str] = set()
        self.silent: set[str] = set()
        self.ours: dict[str, Any] = {}
        self.runs: list[Run] = []
        self.before: tuple[str, bytes] | None = None
        self.undone_before: tuple[str, bytes] | None = None
        self.deleted = b""
        self.is_loss_seen = False
        self.path = "a.md"
        write(folder, "a.md", story("a", body="One.\n"))
        write(folder, "z.md", story("z"))
        import_folder(folder)
        self.pk = article_of("a").pk

    @property
    def article(self) -> Article:
        return Article.objects.select_related("source").get(pk=self.pk)

    @property
    def file(self) -> Path:
        return self.folder / self.path

    def is_known_there(self) -> bool:
        """Whether the article's source knows that the file is where it is."""
        source = self.article.source
        return self.file.exists() and source.missing_at is None and source.path == self.path

    def fresh(self, name: str) -> Any:
        self.count += 1
        word = f"{name} {self.count}"
        if name == "web_url":
            return f"https://gazette.example/{self.count}"
        if name != "topics":
            return word
        pool = [f"t{number}" for number in range(6)]
        return (*sorted(self.random.sample(pool, self.random.randint(0, 4))), word)

    def step(self) -> None:
        actions = [self.edit, self.edit, self.undo, self.decide, self.others_write, self.round, self.round]
        actions += [self.import_alone, self.export_alone, self.killed_export, self.undo_import, self.undo_import]
        actions += [
            self.revert,
            self.revert,
            self.revert,
            self.move,
            self.delete,
            self.put_back,
            self.put_back,
            self.want_back,
            self.other_story,
        ]
        self.random.choice(actions)()

    def edit(self) -> None:
        name = self.random.choice([*TEXTS, "topics"])
        self._change({name: self.fresh(name)})

    def decide(self) -> None:
        article = self.article
        opened = change_sets.open_change_set("publish", actor=self.editor)
        verb = publishing.unpublish if article.published else publishing.publish
        verb(article, actor=self.editor, change_set=opened)
        self.sets.append(opened)

    def undo(self) -> None:
        if self.sets:
            change_sets.undo(self.sets.pop(self.random.randrange(len(self.sets))), actor=self.editor)
            self._note_ours()

    def others_write(self) -> None:
        """One field of the file, on top of what is there. An address only where the file is known to have been."""
        if not self.file.exists():
            return
        name = self.random.choice([*TEXTS, "topics"])
        if name == "web_url" and not self.is_known_there():
            return
        raw = self.file.read_bytes()
        self._note_before()
        content = reader.read(raw).content.model_copy(update={name: self.fresh(name)})
        self.file.write_bytes(writer.export(raw, content))
        self._news({name, *self.silent})

    def move(self) -> None:
        if self.file.exists() and not self._is_readdressed() and not self.silent:
            self._note_before()
            self.path = self._move_to()

    def delete(self) -> None:
        if self.file.exists() and not self._is_readdressed():
            self.deleted, self.is_loss_seen = self.file.read_bytes(), False
            self.file.unlink()

    def put_back(self) -> None:
        """Where it was or, where another story stands there, at another place."""
        if self.deleted:
            write(self.folder, self.path, self.deleted)
            self.deleted = b""
            if self.is_loss_seen:
                self._news(self.silent)

    def want_back(self) -> None:
        if self.deleted and not self.silent and not self.news:
            article = self.article
            if article.source.path == self.path:
                seen = upstream_changes.look_at([article])[0].seen
                if upstream_changes.write_again(article, seen, actor=self.editor):
                    export_folder(self.folder)
                    assert self.file.exists()
                    self.deleted, self.before = b"", None

    def other_story(self) -> None:
        """At the path of a file that is known to be missing."""
        source = self.article.source
        if self.deleted and source.missing_at is not None and source.path == self.path:
            self.count += 1
            number = self.article.version
            write(self.folder, self.path, story(f"other-{self.count}"))
            assert import_folder(self.folder).outcomes == {self.path: "created"}
            assert self.article.version == number
            self.is_loss_seen = True
            self.path = f"back-{self.count}.md"

    def undo_import(self) -> None:
        if not self.runs:
            return
        run = self.runs.pop()
        if "web_url" in run.news and (self.deleted or self.path != run.before[0]):
            return
        ended = manage("import_seeds", "--undo", run.key)
        if "1 returned" not in ended.out:
            return
        self._note_ours()
        held = self.deleted or self.file.read_bytes()
        if held == run.read:
            self.silent |= run.news
            self.undone_before = run.before
        elif self.silent or self.news:
            self._news(run.news)

    def revert(self) -> None:
        """What others wrote is taken back, as by `git revert`, once its import was undone: that is no news."""
        if self.silent and self.undone_before and not self.deleted:
            self.file.unlink()
            self.path, raw = self.undone_before
            write(self.folder, self.path, raw)
            self.silent.clear()
            self.before = None

    def round(self) -> None:
        self.import_alone()
        assert self.export_alone() == 0
        if not self.is_known_there():
            return
        state, file = article_state.read_state(self.article).content, self._file()
        contested = set(Conflict.objects.filter(closed_at=None).values_list("field", flat=True))
        for name in (*TEXTS, "topics", "published", "body"):
            if name not in contested:
                assert getattr(file, name) == getattr(state, name), name

    def import_alone(self) -> None:
        number, conflicts = self.article.version, set(Conflict.objects.values_list("pk", flat=True))
        count = Article.objects.count()
        ran = import_folder(self.folder)
        assert (ran.status, Article.objects.count()) == (0, count)
        for revision in Revision.objects.filter(article=self.pk, number__gt=number):
            for name, (_, after) in revision.values.items():
                assert name in self.news, f"{name} became {after} though nobody wrote it"
        for conflict in Conflict.objects.exclude(pk__in=conflicts):
            assert conflict.field in self.news, f"a conflict about {conflict.field} with oneself"
        if self.deleted:
            self.is_loss_seen = True
        else:
            if self.before and self.news:
                self.runs.append(Run(ran.receipt["run"], set(self.news), self.before, self.file.read_bytes()))
            self.news.clear()
            self.before = None
        self._check_ours()

    def export_alone(self) -> int:
        before = self.file.read_bytes() if self.file.exists() else None
        ended = export_folder(self.folder)
        if self.deleted or self.article.source.path != self.path:
            assert (self.file.read_bytes() if self.file.exists() else None) == before
        elif self.news:
            assert outcomes(ended)[self.path] == "kept"
            assert self.file.read_bytes() == before
        else:
            assert self.path not in outcomes(ended) or outcomes(ended)[self.path] == "patched"
            self.silent.clear()
        return ended.status

    def killed_export(self) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("articles.sources.written.put", _die)
            export_folder(self.folder)
        assert not [name for name in os.listdir(self.folder) if name.startswith(".")]

    def _change(self, fields: dict[str, Any]) -> None:
        article = self.article
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
        state = article_state.read_state(self.article).content
        self.ours = {name: getattr(state, name) for name in TEXTS if name not in self.news}

    def _check_ours(self) -> None:
        state = article_state.read_state(self.article).content
        for name, value in self.ours.items():
            assert getattr(state, name) == value, f"an editor's {name} is lost"

    def _file(self) -> Any:
        return reader.read(self.file.read_bytes()).content

    def _note_before(self) -> None:
        """What an undone import had read was refused: a revert leads back to what was before that."""
        refused = self.undone_before if self.silent else None
        self.before = self.before or refused or (self.path, self.file.read_bytes())

    def _news(self, names: set[str]) -> None:
        self.news |= names
        self.silent = set()
        self.ours = {name: value for name, value in self.ours.items() if name not in self.news}

    def _is_readdressed(self) -> bool:
        """A file that has a new address and no known place would be another story."""
        return "web_url" in self.news | self.silent

    def _move_to(self) -> str:
        self.count += 1
        path = f"moved-{self.count}.md"
        self.file.rename(self.folder / path)
        return path

    def end(self) -> None:
        """The file is where the article's source knows it, and nothing waits to be read."""
        self.put_back()
        self.revert()
        self.round()
        self.round()


def _die(*words: object, **options: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("seed", range(WALKS))
def test_nothing_is_lost_and_nothing_echoes_on_a_random_walk(tmp_path, seed):
    walk = Walk(tmp_path / "wire", seed)
    for _ in range(STEPS):
        walk.step()
    walk.end()
    number, raw = walk.article.version, walk.file.read_bytes()
    walk.round()
    assert (walk.article.version, walk.file.read_bytes()) == (number, raw)
    assert walk.is_known_there()
