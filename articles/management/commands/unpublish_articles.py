"""`manage.py unpublish_articles`: shorthand for `decide unpublish`."""

from __future__ import annotations

from articles.management.verb_command import ENDS, VerbCommand


class Command(VerbCommand):
    help = f"Unpublishes articles. {ENDS}"
    verb = "unpublish"
