"""`manage.py publish_articles`: shorthand for `decide publish`."""

from __future__ import annotations

from articles.management.verb_command import ENDS, VerbCommand


class Command(VerbCommand):
    help = (
        "Publishes articles. They go live at --at, or at their own “live from” if it is in the future, otherwise now. "
        f"{ENDS}"
    )
    verb = "publish"
