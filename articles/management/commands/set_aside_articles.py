"""`manage.py set_aside_articles`: shorthand for `decide set-aside`."""

from __future__ import annotations

from articles.management.verb_command import ENDS, VerbCommand


class Command(VerbCommand):
    help = f"Dismisses articles. Published articles are refused. {ENDS}"
    verb = "set_aside"
