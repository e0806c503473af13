"""`manage.py migrate`: Django's own, with a clear error for a database from before the squashed migrations."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from articles.management.terminal import unusable


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_half_replaced(options["database"])
        super().handle(*args, **options)


def _refuse_half_replaced(database: str) -> None:
    """Raises CommandError if some, but not all, of a squashed migration's originals were applied."""
    replacing = [one for one in MigrationLoader(None).disk_migrations.values() if one.replaces]
    try:
        applied = set(MigrationRecorder(connections[database]).applied_migrations())
    except DatabaseError:
        return  # Django reports the problem
    for one in replacing:
        made = [key for key in one.replaces if tuple(key) in applied]
        if made and len(made) < len(one.replaces):
            newest, wanted = made[-1][1], one.replaces[-1][1]
            raise unusable(
                f"this database was last migrated by an older Newsdesk (to {newest}); migrate it with the version that "
                f"has {wanted} first, then with this one"
            )
