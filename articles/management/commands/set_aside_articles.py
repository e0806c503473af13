"""`manage.py set_aside_articles`: `decide set-aside` by a name of its own."""

from __future__ import annotations

from articles.management.verb_command import ENDS, VerbCommand


class Command(VerbCommand):
    help = f"Dismisses articles. Published articles are refused. {ENDS}"
    verb = "set_aside"
