"""The write-ahead log of an import is copied between its transactions; on a database that has one."""

from __future__ import annotations

import pytest
from django.db import connection

from articles.importing.write_pacing import held_back
from articles.models import Topic


def usual() -> int:
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_log_is_left_alone_until_it_is_to_be_copied():
    if connection.vendor != "sqlite":
        with held_back() as copy_log:
            copy_log()
        return
    before = usual()
    with held_back() as copy_log:
        assert usual() == 0
        Topic.objects.create(name="Kept", slug="kept")
        copy_log()
        copy_log()
    assert usual() == before > 0
    assert Topic.objects.get().name == "Kept"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_was_usual_returns_when_an_import_fails():
    if connection.vendor != "sqlite":
        return
    before = usual()
    with pytest.raises(KeyboardInterrupt), held_back():
        raise KeyboardInterrupt
    assert usual() == before


@pytest.mark.django_db
def test_within_somebody_elses_transaction_nothing_is_touched():
    with held_back() as copy_log:
        Topic.objects.create(name="Kept", slug="kept")
        copy_log()
    assert Topic.objects.exists()
