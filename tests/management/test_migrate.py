from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.management.commanding import manage

pytestmark = pytest.mark.django_db
NEWEST = "0018_earlier_sources_of_a_run"


def test_a_database_at_the_newest_of_the_replaced_migrations_is_up_to_date():
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="articles", name__startswith="0001_squashed").delete()
    assert manage("migrate", "-v", "0").status == 0
    assert ("articles", f"0001_squashed_{NEWEST}") in recorder.applied_migrations()


def test_a_database_between_the_replaced_migrations_gets_one_sentence():
    MigrationRecorder(connection).migration_qs.filter(app="articles", name=NEWEST).delete()
    ended = manage("migrate", "-v", "0")
    assert (ended.status, ended.errors.count("\n")) == (2, 1)
    assert f"migrate it with the version that has {NEWEST} first" in ended.errors
