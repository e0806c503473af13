"""The buttons of the bar below the list: which decisions make sense in a tab, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from articles.changes.actors import may
from articles.changes.rights import PUBLISH_RIGHT


@dataclass(frozen=True)
class Button:
    """`key` decides from the keyboard, in a row; `action` names the action of the list."""

    action: str
    label: str
    key: str
    right: str = "change_article"


_BUTTONS = {
    button.action: button
    for button in (
        Button("publish", "Publish", "P", PUBLISH_RIGHT),
        Button("unpublish", "Unpublish", "U", PUBLISH_RIGHT),
        Button("set_aside", "Set aside", "S"),
        Button("bring_back", "Bring back", "B"),
        Button("hold", "Hold", "H"),
        Button("lift_hold", "Lift hold", "L", PUBLISH_RIGHT),
    )
}
_OFFERED = {
    "undecided": ("set_aside", "hold", "publish"),
    "held": ("set_aside", "lift_hold"),
    "set-aside": ("set_aside", "publish", "bring_back"),
    "all": ("set_aside", "bring_back", "hold", "lift_hold", "unpublish", "publish"),
}
_OF_PUBLISHED = ("unpublish",)


def label_of_action(action: str) -> str:
    """As its button has it; "" for none of ours."""
    return _BUTTONS[action].label if action in _BUTTONS else ""


def buttons_for(state: str, actor: Any) -> list[Button]:
    """In the tab of this state, for somebody; the last one is what the tab is for."""
    offered = (_BUTTONS[action] for action in _OFFERED.get(state, _OF_PUBLISHED))
    return [button for button in offered if may(actor, button.right)]
