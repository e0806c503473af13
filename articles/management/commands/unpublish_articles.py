"""`manage.py unpublish_articles`: `decide unpublish` by a name of its own."""

from __future__ import annotations

from articles.management.verb_command import ENDS, VerbCommand


class Command(VerbCommand):
    help = f"Unpublishes articles. {ENDS}"
    verb = "unpublish"
