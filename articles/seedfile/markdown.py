"""Whether a body is rendered as Markdown, and where its fenced code is."""

from __future__ import annotations

from markdown_it import MarkdownIt

_MARKUP = "\n<[*_&\\|~`>!"
_MOST_MARKUP = 20_000
_MOST_TAGS = 3_000


def is_bounded(markdown: str) -> bool:
    """Whether the amount of markup is reasonable. More would take the parsers many seconds, so such a text is shown as
    plain paragraphs."""
    return markdown.count("<") <= _MOST_TAGS and sum(map(markdown.count, _MARKUP)) <= _MOST_MARKUP


def fenced_lines(markdown: str) -> dict[int, int]:
    """The line numbers, from 0, inside ``` or ~~~ blocks, each with the number of its block's first line."""
    if not is_bounded(markdown):
        return {}
    places = [token.map for token in _BLOCKS.parse(markdown) if token.type == "fence" and token.map]
    return {line: first for first, end in places for line in range(first, end)}


def _block_parser() -> MarkdownIt:
    """The parser of `rendering`, without inline rules."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 20}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


_BLOCKS = _block_parser()
