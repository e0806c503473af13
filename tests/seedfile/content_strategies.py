"""Random contents, and contents that somebody edited, drawn from few values so that the sides often meet."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import strategies as st

from articles.seedfile import schema
from articles.seedfile.addresses import url_key
from articles.seedfile.scalars import Plain
from articles.seedfile.schema import ArticleContent, Image, Provider, Related, extra_text

WORDS = ("Harbour", "Ferry", "Bakery", "Orchard")
LINES = tuple(f"line {number}" for number in range(12))
PICTURES = tuple(f"https://cdn.example/{number}.jpg" for number in range(4))
STORIES = tuple(
    f"https://{name}" for name in ("a.example/", "a.example/#top", "b.example/", "c.example/", "d.example/")
)
MOMENTS = ("2026-02-28T09:00:00Z", "2026-03-01T09:00:00Z", "2026-03-02T09:00:00Z")

Draw = Callable[[st.SearchStrategy[Any]], Any]


class Triple(NamedTuple):
    base: ArticleContent
    incoming: ArticleContent
    current: ArticleContent


def _some_of(count: int, part: type[Any], **values: Any) -> list[Any]:
    """Parts drawn once and for all, as drawing each value anew takes most of the time."""
    chance = random.Random(part.__name__)
    return [part(**{name: chance.choice(known) for name, known in values.items()}) for _ in range(count)]


EXTRAS = ["", *map(extra_text, ({"k": "x"}, {"k": Plain("1"), "l": "x"}, {"l": "x", "k": Plain("2")}))]
EXTRAS += map(extra_text, ({"m": ["x", "y"], "k": "x"}, {"l": "y", "m": [], "n": {"k": Plain("1")}}))
EXTRAS += map(extra_text, ({"byline": ["x", "y"], "alt": Plain("1")},))
TEXTS = ("", "Harbour", "37")
PROVIDERS = _some_of(20, Provider, name=WORDS, domain=("", "a.example"), extra=EXTRAS)
IMAGES = _some_of(40, Image, url=PICTURES, width=(None, 1, 2), is_cached=(False, True), alt=TEXTS, extra=EXTRAS)
COVERAGE = _some_of(
    120,
    Related,
    title=WORDS,
    excerpt=("", *WORDS),
    published_at=(None, *MOMENTS),
    web_url=STORIES,
    provider=(None, *PROVIDERS),
    quality=(0, 1, 2),
    images=((), (), *pairwise(IMAGES), *zip(IMAGES, strict=True)),
    extra=EXTRAS,
)


def _content(chance: random.Random) -> ArticleContent:
    def some(known: Sequence[Any], most: int) -> tuple[Any, ...]:
        return tuple(chance.choices(known, k=chance.randint(0, most)))

    return ArticleContent(
        title=chance.choice(WORDS),
        web_url=STORIES[0],
        type="article",
        published_at=MOMENTS[0],
        published=chance.random() < 0.5,
        secured="secret",
        provider=chance.choice(PROVIDERS),
        topics=some("ABCDEF", 5),
        images=some(IMAGES, 3),
        related=some(COVERAGE, 3),
        body="\n".join(some(LINES, 8)),
        extra=chance.choice(EXTRAS),
        byline=chance.choice(TEXTS),
    )


words = st.sampled_from(WORDS)
extras = st.sampled_from(EXTRAS)
odd_extras = st.sampled_from(["{", "[]", "1", '{"k": 1}', '{"k":1.50}', '{"k":1,"k":2}', '{"k":NaN}', "[" * 9_999])
providers = st.sampled_from(PROVIDERS)
images = st.sampled_from(IMAGES)
image_lists = st.lists(images, max_size=3).map(tuple)
stories = st.sampled_from(COVERAGE)
topic_lists = st.lists(st.sampled_from("ABCDEFGH"), unique=True, max_size=5).map(tuple)
coverages = st.lists(stories, max_size=3).map(tuple)
bodies = st.lists(st.sampled_from((*LINES, "")), max_size=8).map("\n".join)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "category": st.just("") | words,
    "title": words,
    "excerpt": st.just("") | words,
    "byline": st.sampled_from(TEXTS),
    "published_at": st.sampled_from(MOMENTS),
    "original_url": st.just("") | st.sampled_from(STORIES),
    "web_url": st.sampled_from(STORIES),
    "type": words,
    "quality": st.integers(0, 2),
    "heat": st.integers(-1, 1),
    "published": st.booleans(),
    "provider": providers,
    "topics": topic_lists,
    "images": image_lists,
    "related": coverages,
    "secured": st.just("") | words,
    "body": bodies,
    "extra": extras,
}
SET_BY_EDITORS = tuple(field for field in schema.FIELDS if field != "secured")
OFTEN_EDITED = (*schema.FIELDS, *("related", "images") * 4, *("topics", "body", "extra", "provider", "published") * 2)
"""Fields with parts are where merging is hard."""
often_edited = st.sampled_from(OFTEN_EDITED)


def content_with(content: ArticleContent, **values: Any) -> ArticleContent:
    """Validated, unlike a `model_copy`."""
    return ArticleContent.model_validate({field: getattr(content, field) for field in schema.FIELDS} | values)


contents = st.fixed_dictionaries(VALUES).map(ArticleContent.model_validate).map(schema.settled)
bases = st.sampled_from([schema.settled(_content(random.Random(number))) for number in range(200)])
odd_contents = st.tuples(contents, extras | odd_extras).map(lambda drawn: content_with(drawn[0], extra=drawn[1]))


@st.composite
def edited(draw: Draw, content: ArticleContent, fields: Sequence[str] = schema.FIELDS) -> ArticleContent:
    """The content after one to five edits of `fields`, each to one thing: a value, a line, a topic, an entry."""
    values = {field: getattr(content, field) for field in schema.FIELDS}
    for field in draw(st.lists(st.sampled_from(fields), min_size=1, max_size=5)):
        values[field] = _edited_value(draw, field, values[field])
    return schema.settled(ArticleContent.model_validate(values))


@st.composite
def triples(draw: Draw) -> Triple:
    """A base that both the file and an editor changed, in few fields, so that they meet; addresses may repeat."""
    base = draw(bases)
    fields = draw(st.lists(often_edited, min_size=1, max_size=2))
    edited_fields = [field for field in fields if field in SET_BY_EDITORS] or ["published"]
    return Triple(base, draw(edited(base, fields)), draw(edited(base, edited_fields)))


def plain_triples() -> st.SearchStrategy[Triple]:
    """As `triples`, but no address, and no line of a body, is there twice on one side."""
    return triples().map(lambda triple: Triple(*map(without_repeats, triple)))


def without_repeats(content: ArticleContent) -> ArticleContent:
    def pictures(entries: tuple[Image, ...]) -> tuple[Image, ...]:
        return tuple({image.url: image for image in entries[::-1]}.values())[::-1]

    related = {url_key(entry.web_url): entry for entry in content.related[::-1]}.values()
    return content_with(
        content,
        images=pictures(content.images),
        related=tuple(e.model_copy(update={"images": pictures(e.images)}) for e in related)[::-1],
        body="\n".join(dict.fromkeys(content.body.split("\n"))),
    )


def _edited_value(draw: Draw, field: str, value: Any) -> Any:
    if field == "body":
        return "\n".join(_edited_list(draw, value.split("\n"), st.sampled_from(LINES), None))
    if field == "topics":
        return tuple(dict.fromkeys(_edited_list(draw, list(value), st.sampled_from("ABCDEFGH"), None)))
    if field == "images":
        return tuple(_edited_list(draw, list(value), images, _edited_image))
    if field == "related":
        return tuple(_edited_list(draw, list(value), stories, _edited_story))
    return draw(VALUES[field])


_kinds = st.sampled_from(("change", "remove", "add", "move", "change"))


def _edited_list(draw: Draw, entries: list[Any], new: st.SearchStrategy[Any], change: Any) -> list[Any]:
    kind = draw(_kinds)
    place = draw(st.integers(0, len(entries) if kind == "add" or not entries else len(entries) - 1))
    if kind == "add" or not entries:
        return [*entries[:place], draw(new), *entries[place:]]
    entry, others = entries[place], entries[:place] + entries[place + 1 :]
    if kind == "remove":
        return others
    if kind == "move":
        target = draw(st.integers(0, len(others)))
        return [*others[:target], entry, *others[target:]]
    return [*entries[:place], change(draw, entry) if change else draw(new), *entries[place + 1 :]]


def _edited_image(draw: Draw, image: Image) -> Image:
    field = draw(st.sampled_from(("width", "is_cached", "alt", "extra")))
    return image.model_copy(update={field: getattr(draw(images), field)})


def _edited_story(draw: Draw, entry: Related) -> Related:
    field = draw(st.sampled_from(("title", "excerpt", "published_at", "provider", "quality", "images", "extra")))
    if field == "images":
        return entry.model_copy(update={"images": _edited_value(draw, "images", entry.images)})
    return entry.model_copy(update={field: getattr(draw(stories), field)})
