"""`/healthz` and `/readyz`, for those who start and watch the process."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

SECRET = "password-of-the-database"


def test_the_process_says_that_it_lives_without_a_database(client, django_assert_num_queries):
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_it_is_ready_when_the_database_is_migrated(client):
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (200, "ready\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_it_is_not_ready_while_a_migration_waits(client):
    ((_, newest),) = MigrationLoader(connection).graph.leaf_nodes("articles")
    MigrationRecorder(connection).record_unapplied("articles", newest)
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, "The database lacks migrations: run manage.py migrate.\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_it_is_not_ready_without_an_answer_and_keeps_the_reason_to_itself(client, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError(f"connection to 10.0.0.1 failed for {SECRET}")

    monkeypatch.setattr(connection, "cursor", fail)
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, "The database does not answer.\n")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_asked_with_get_and_head_alone(client, address):
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
