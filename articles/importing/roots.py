"""Which folder belongs to which root: remembered by imports, and used if no root is named."""

from __future__ import annotations

import json
import shlex
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from articles.importing.walk import Found, Unreadable, is_there, printable, single_file
from articles.models import Root, Source

LONGEST_NAME = 100


class CannotImport(Exception):
    """Why a run cannot start or finish: one sentence with the remedy."""


@dataclass(frozen=True)
class Tree:
    """What one run imports: every seed below a root's folders, or only `files` below them, if given."""

    root: str
    folders: tuple[Path, ...]
    files: tuple[Found, ...] = ()
    is_named: bool = False
    """Whether the operator gave the root's name."""


def root_of(folder: Path) -> str | None:
    """The root whose last import covered exactly that folder; the latest if there are several.

    A single file covers its root's folder, which is its parent unless a tree above is known.
    """
    root = _root_at(folder)
    return root.name if root else None


def folders_of(root: str) -> list[Path]:
    """The folders that the root was last imported from, absolute and resolved, in the given order; none if the root is
    unknown, or was last imported before folders were remembered."""
    row = Root.objects.filter(name=root).first()
    return _folders(row) if row else []


def is_root_name(name: str) -> bool:
    """Whether it is printable and usable with --root."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable() and not name.startswith("-")


def tree_of(paths: Sequence[Path], root: str | None) -> Tree:
    """The tree for some existing folders or files. Raises CannotImport."""
    kinds = {path.is_dir() for path in paths}
    if len(kinds) > 1:
        raise CannotImport("give folders or single files, not both")
    return _whole_tree(paths, root) if kinds == {True} else _single_files(paths, root)


def check_owner(root: str, folder: Path) -> None:
    """Raises CannotImport if the folder belongs to another root and never belonged to this one."""
    if folder.resolve() not in folders_of(root):
        _refuse_others(root, folder, _root_at(folder))


def confirm(tree: Tree) -> None:
    """Called under the root's lock. Raises CannotImport if a default name would mix the tree with another one, or a
    given name would take it from its root. A folder from which only single files were imported may become another
    root's tree."""
    known = folders_of(tree.root)
    for folder in (folder for folder in tree.folders if folder not in known):
        owner = _root_above(folder / "any") if tree.files else _root_at(folder)
        if owner and owner.is_whole:
            _refuse_others(tree.root, folder, owner)
    if tree.is_named or not known or set(known) == set(tree.folders):
        return
    again = f"--root {shlex.quote(tree.root)} if it moved to {_named(tree.folders)}"
    before = f"root “{tree.root}” was last imported from {_named(known)}"
    raise CannotImport(f"{before}; give {again}, or another --root NAME if it didn't")


def remember(root: str, folders: Iterable[Path], *, is_whole: bool) -> None:
    """Remembers the root's folders if they changed. A single file moves no root."""
    resolved = [folder.resolve() for folder in folders]
    row = Root.objects.filter(name=root).first()
    if row and not is_whole:
        return
    if row and row.is_whole and _folders(row) == resolved and all(root_of(folder) == root for folder in resolved):
        return
    kept = json.dumps([_kept(folder) for folder in resolved])
    values = {"folders": kept, "is_whole": is_whole, "remembered_at": timezone.now()}
    Root.objects.update_or_create(name=root, defaults=values)


def gives_way(source: Source, files: Iterable[Path]) -> bool:
    """Whether a source, imported as a single file, passes its article to a tree that contains one of these files: the
    same file, or one with its address if its own is missing."""
    root = Root.objects.filter(name=source.root, is_whole=False).first()
    if root is None:
        return False
    own = [folder / source.path for folder in _folders(root)]
    return any(file in own for file in files) or not any(is_there(str(file)) for file in own)


def _whole_tree(paths: Sequence[Path], root: str | None) -> Tree:
    folders = tuple(dict.fromkeys(path.resolve() for path in paths))
    if root is not None:
        return Tree(root, folders, is_named=True)
    known = {root_of(folder) for folder in folders}
    if len(known) == 1 and (tree := known.pop()):
        return Tree(tree, folders)
    if len(folders) > 1:
        raise CannotImport("several folders need one root name; give it with --root, or import each folder separately")
    return Tree(_name_from(folders[0]), folders)


def _single_files(paths: Sequence[Path], root: str | None) -> Tree:
    files = list(dict.fromkeys(path.parent.resolve() / path.name for path in paths))
    roots = dict.fromkeys(root or _name_above(file) or _name_from(file.parent) for file in files)
    if len(roots) > 1:
        raise CannotImport(f"the files belong to the roots {', '.join(roots)}; import each root separately")
    (name,) = roots
    folders = tuple(folders_of(name) or [files[0].parent])
    return Tree(name, folders, tuple(_below(folders, file, name) for file in files), is_named=root is not None)


def _name_above(file: Path) -> str | None:
    root = _root_above(file)
    return root.name if root else None


def _root_above(file: Path) -> Root | None:
    """The root whose tree contains the file. Single files do not make their folder a tree."""
    roots = [(root, _folders(root)) for root in _roots()]
    for above in file.parents:
        for root, folders in roots:
            if above in folders and (root.is_whole or above == file.parent):
                return root
    return None


def _name_from(folder: Path) -> str:
    own = settings.BASE_DIR / "seeds"
    name = own.name if folder == own.resolve() else unicodedata.normalize("NFC", folder.name)
    if not is_root_name(name):
        raise CannotImport(f"{printable(str(folder))} cannot name a root; give a name with --root NAME")
    return name


def _below(folders: Sequence[Path], file: Path, root: str) -> Found:
    for folder in folders:
        if file.is_relative_to(folder):
            try:
                return single_file(folder, file.relative_to(folder).as_posix())
            except Unreadable as problem:
                raise CannotImport(f"{printable(str(file))} {problem}") from None
    where = f"{_named(folders)}, where root “{root}” is"
    raise CannotImport(f"{printable(str(file))} is not below {where}; give another --root NAME")


def _root_at(folder: Path) -> Root | None:
    wanted = folder.resolve()
    return next((root for root in _roots() if wanted in _folders(root)), None)


def _refuse_others(root: str, folder: Path, owner: Root | None) -> None:
    """Raises CannotImport if another root has files there."""
    if owner is None or owner.name == root or not Source.objects.filter(root=owner.name).exists():
        return
    name = shlex.quote(owner.name)
    remedy = f"give --root {name}, or leave it out; to rename it, undo its imports or import {name} from another folder"
    raise CannotImport(f"{printable(str(folder))} belongs to root “{owner.name}”; {remedy}")


def _roots() -> Iterable[Root]:
    return Root.objects.order_by("-remembered_at", "-pk")


def _folders(root: Root) -> list[Path]:
    return [settings.BASE_DIR / kept for kept in json.loads(root.folders)]


def _kept(folder: Path) -> str:
    """Relative to the project's folder if below it, because a project may be moved as a whole."""
    project = settings.BASE_DIR
    return str(folder.relative_to(project) if folder.is_relative_to(project) else folder)


def _named(folders: Iterable[Path]) -> str:
    return " and ".join(printable(str(folder)) for folder in folders)
