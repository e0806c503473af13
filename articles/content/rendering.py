"""Renders Markdown as safe HTML: the only place where text becomes markup."""

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
        """An embedded picture would contact a third-party server for every reader; a link leaves the choice to them."""
        token = tokens[idx]
        text = self.renderInlineAsText(token.children or [], options, env) or "Picture"
        return f'<a href="{escape(str(token.attrs.get("src", "")))}">{escape(text)}</a>'


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with its `render_body` result, so that it can be rendered ahead of time."""

    markdown: str
    html: str


def rendered(markdown: str) -> Rendered:
    return Rendered(markdown, render_body(markdown))


def render_body(markdown: str) -> str:
    """The body as HTML with a fixed list of tags; no styles, scripts, ids or pictures.

    Headings start at the second level; links have rel="noopener nofollow". A text with an absurd amount of markup,
    which would take the parsers many seconds, is shown as plain paragraphs."""
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
