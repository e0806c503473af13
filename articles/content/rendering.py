"""Markdown to HTML that is safe to show: the one place where text becomes markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from articles.seedfile.markdown import is_bounded

_TAGS = """
    a abbr b blockquote br caption cite code del dd dfn div dl dt em h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s
    samp small span strong sub sup table tbody td tfoot th thead time tr ul var wbr
""".split()  # noqa: SIM905 - quoted, they would take fifty lines
_ATTRIBUTES = {"a": {"href", "title"}, "td": {"align"}, "th": {"align"}, "ol": {"start"}, "abbr": {"title"}}


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A picture would call another's server for every reader; a link lets the reader choose."""
        token = tokens[idx]
        text = self.renderInlineAsText(token.children or [], options, env) or "Picture"
        return f'<a href="{escape(str(token.attrs.get("src", "")))}">{escape(text)}</a>'


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text and what `render_body` makes of it, so that it can be rendered where there is time for it."""

    markdown: str
    html: str


def rendered(markdown: str) -> Rendered:
    return Rendered(markdown, render_body(markdown))


def render_body(markdown: str) -> str:
    """The body as HTML from a fixed list of tags, without styles, scripts, ids or pictures.

    Headings begin at the second level, links carry rel="noopener nofollow". A text with more markup than any author
    writes would take the parsers many seconds, so it is shown as plain paragraphs.
    """
    if not markdown.strip():
        return ""
    html = _PARSER.render(markdown) if is_bounded(markdown) else _plain(markdown)
    return _CLEANER.clean(html)


def _plain(text: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in text.split("\n\n") if paragraph.strip())


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 20}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"])
    parser.core.ruler.push("headings_below_title", _lower_headings)
    return parser


def _lower_headings(state: object) -> None:
    for token in state.tokens:  # type: ignore[attr-defined]
        if token.tag == "h1":
            token.tag = "h2"


_PARSER = _parser()
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ATTRIBUTES,
    link_rel="noopener nofollow",
    url_schemes={"http", "https", "mailto"},
)
