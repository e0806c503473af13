"""One of two processes that publish the same articles. Answers each line of its standard input with one.

`load PK` takes an article as it is now; `publish` publishes what was loaded; `fetch PK` does both at once.
"""

from __future__ import annotations

import sys

from articles.changes import refusals
from articles.models import Article, User
from articles.workflow import publishing


def answer(username: str) -> None:
    """Ends with its standard input. Django is to be set up."""
    article = Article()
    for line in sys.stdin:
        word, _, number = line.strip().partition(" ")
        if number:
            article = Article.objects.select_related("category", "provider").get(pk=number)
        print("loaded" if word == "load" else _published(article, username), flush=True)  # noqa: T201


def _published(article: Article, username: str) -> str:
    try:
        made = publishing.publish(article, actor=User.objects.get(username=username))
    except refusals.Stale:
        return "stale"
    return "made" if made else "nothing to change"
