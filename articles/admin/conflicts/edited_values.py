"""The third value of a conflict: as a box shows what the article holds, and as revisions hold what was typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.admin.requests.moment_fields import Moment
from articles.admin.requests.picture_lines import picture_line, typed_pictures

LINES = ("title", "byline", "category", "type", "original_url", "web_url")
TEXTS = ("excerpt", "body")
NUMBERS = ("quality", "heat")
LISTS = {
    "topics": "One a line, in order.",
    "images": "One a line: its address and, if known, its size, as in https://… 1050x550",
    "provider": "Its name, and its domain on a second line.",
}
LONGEST_TYPED = 20_000
"""Characters; a longer text is edited in the article's form."""


def box_of(field: str, now: Any) -> str:
    """The kind of box: "line", "text", "number", "moment", "lines"; "" for what the article's form alone can edit."""
    kinds = {**dict.fromkeys(LINES, "line"), **dict.fromkeys(TEXTS, "text"), **dict.fromkeys(NUMBERS, "number")}
    kinds |= {**dict.fromkeys(LISTS, "lines"), "published_at": "moment"}
    kind = kinds.get(field, "")
    return "" if kind in ("line", "text", "lines") and len(shown_in_box(field, now)) > LONGEST_TYPED else kind


def shown_in_box(field: str, now: Any) -> str:
    """`now` is the value as revisions hold it."""
    if field == "published_at":
        moment = timezone.localtime(datetime.fromisoformat(now))
        return moment.strftime("%Y-%m-%dT%H:%M:%S")
    if field == "topics":
        return "\n".join(now)
    if field == "images":
        return "\n".join(picture_line(image["url"], image.get("width"), image.get("height")) for image in now)
    if field == "provider":
        return "\n".join(filter(None, [now.get("name", ""), now.get("domain", "")]))
    return str(now)


def typed_value(field: str, text: str, now: Any) -> Any:
    """What was typed, as revisions would hold it. What does not fit is left as it is, for the door's schema to refuse.

    `now` is what the article holds: of a picture or a provider it keeps what the box does not show.
    """
    typed = text.replace("\r\n", "\n")
    rows = [line.strip() for line in typed.split("\n") if line.strip()]
    if field in NUMBERS:
        is_number = typed.removeprefix("-").isdecimal() and len(typed) < 12
        return int(typed) if is_number else typed
    if field == "published_at":
        return _moment(typed, now)
    if field == "topics":
        return rows
    if field == "images":
        return typed_pictures(typed, now)
    if field == "provider":
        kept = {key: value for key, value in now.items() if key not in ("name", "domain")}
        return kept | {"name": "".join(rows[:1]), "domain": rows[1:] if len(rows) > 2 else "".join(rows[1:])}
    return typed


def _moment(text: str, now: str) -> str:
    """In the current time zone; a box that nobody touched keeps its fractions of a second."""
    box = Moment()
    try:
        if not box.has_changed(datetime.fromisoformat(now), text):
            return now
        moment = box.clean(text)
    except ValidationError:
        return text
    return moment.isoformat() if moment else ""
