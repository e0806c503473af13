"""Three-way merge of ordered collections: identity of entries, and order of the result.

An entry has the same identity on every side. `identified` assigns identities to entries; `in_order` works on them
only.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
Identity = TypeVar("Identity", bound=Hashable)
Key = Callable[[T], Hashable]


def identified(
    base: Sequence[T], incoming: Sequence[T], current: Sequence[T], keys: Sequence[Key[T]]
) -> tuple[dict[int, T], dict[int, T], dict[int, T]]:
    """The entries of each side by identity, in the side's order.

    Entries are the same one if their first key is the same, then, among those left over, their second, and so on;
    several with the same key pair up by occurrence, the first with the first. What is new on both sides is paired
    the same way.
    """
    old = dict(enumerate(base))
    theirs = _named(incoming, _paired(old, incoming, keys), len(base))
    added = {identity: entry for identity, entry in theirs.items() if identity not in old}
    of_base = _paired(old, current, keys)
    left_over = {place: entry for place, entry in enumerate(current) if place not in of_base}
    of_added = _paired(added, list(left_over.values()), keys)
    places = list(left_over)
    pairs = of_base | {places[number]: identity for number, identity in of_added.items()}
    return old, theirs, _named(current, pairs, len(base) + len(incoming))


def in_order(
    base: Iterable[Identity], incoming: Iterable[Identity], current: Iterable[Identity], kept: Collection[Identity]
) -> list[Identity]:
    """The identities of `kept` in their merged order.

    Common entries are ordered as in current, unless only incoming moved some of base's: then as in incoming. An entry
    of one side follows its predecessor there. If both sides add at the same place, current's come first, so that an
    editor's first entry stays first."""
    theirs = [identity for identity in incoming if identity in kept]
    ours = [identity for identity in current if identity in kept]
    shared = set(theirs) & set(ours)
    old = [identity for identity in base if identity in shared]
    follows_incoming = _is_moved(old, theirs) and not _is_moved(old, ours)
    line = [identity for identity in (theirs if follows_incoming else ours) if identity in shared]
    return _woven(_woven(line, ours, behind=set()), theirs, behind=set(ours) - shared)


def _paired(known: Mapping[int, T], side: Sequence[T], keys: Sequence[Key[T]]) -> dict[int, int]:
    """Positions in `side` mapped to the identities of the `known` entries there."""
    pairs: dict[int, int] = {}
    for key in keys:
        taken = set(pairs.values())
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for identity, entry in known.items():
            if identity not in taken:
                waiting[key(entry)].append(identity)
        for place, entry in enumerate(side):
            if place not in pairs and (same := waiting.get(key(entry))):
                pairs[place] = same.popleft()
    return pairs


def _named(side: Sequence[T], pairs: Mapping[int, int], first: int) -> dict[int, T]:
    """The entries by identity; those without one are numbered from `first`."""
    return {pairs.get(place, first + place): entry for place, entry in enumerate(side)}


def _is_moved(old: list[Identity], side: list[Identity]) -> bool:
    known = set(old)
    return [identity for identity in side if identity in known] != old


def _woven(line: list[Identity], order: list[Identity], *, behind: Collection[Identity]) -> list[Identity]:
    """`line` with the further entries of `order`, each after its nearest predecessor from `line`, or at the front, and
    after all entries of `behind` that directly follow there."""
    followers: dict[Identity | None, list[Identity]] = defaultdict(list)
    standing, anchor = set(line), None
    for identity in order:
        if identity in standing:
            anchor = identity
        else:
            followers[anchor].append(identity)
    woven: list[Identity] = []
    waiting = followers[None]
    for identity in line:
        if identity not in behind:
            woven += waiting
            waiting = []
        woven.append(identity)
        waiting += followers.get(identity, [])
    return woven + waiting
