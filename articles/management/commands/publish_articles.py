"""`manage.py publish_articles`: `decide publish` by a name of its own."""

from __future__ import annotations

from articles.management.verb_command import ENDS, VerbCommand


class Command(VerbCommand):
    help = (
        "Publishes articles: readers see them from --at, or from their own “live from” if that is still to come, or "
        f"else from now. {ENDS}"
    )
    verb = "publish"
