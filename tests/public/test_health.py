"""`/healthz` and `/readyz`, for those who start and watch the process."""

from __future__ import annotations

import json

import pytest
from django.conf import settings as real_settings
from django.core.management import call_command
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
    assert (response.status_code, response.text) == (503, "Migrations are missing: run manage.py migrate.\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_it_is_not_ready_without_an_answer_and_keeps_the_reason_to_itself(client, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError(f"connection to 10.0.0.1 failed for {SECRET}")

    monkeypatch.setattr(connection, "cursor", fail)
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, "The database is not reachable.\n")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_asked_with_get_and_head_alone(client, address):
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


HOSTS = ["127.0.0.1", "127.0.0.1:8000", "10.1.2.3", "[fd00::7]:8000", "3f1c9e0a7b52", "evil.example", "a_b", ""]
ODD_HOSTS = ["a:80:80", "testserver@evil.example", "[::1", "x" * 3000, "höst", "a b", "../"]


@pytest.mark.django_db
@pytest.mark.parametrize("host", HOSTS + ODD_HOSTS)
def test_health_is_told_to_any_host_and_nothing_is_logged(client, settings, caplog, host):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["news.example"]
    caplog.set_level("INFO")
    for address in ("/healthz", "/readyz", "/healthz?x=1"):
        response = client.get(address, headers={"host": host})
        assert response.status_code == 200
    assert caplog.messages == []
    for address in ("/", "/healthz/", "/admin/login/", "/xhealthz"):
        assert client.get(address, headers={"host": host}).status_code == 400


@pytest.mark.django_db
def test_process_that_is_not_ready_does_not_fill_the_log(client, caplog, monkeypatch):
    monkeypatch.setattr("articles.public.health.what_is_missing", lambda: "The database is not reachable.")
    assert client.get("/readyz").status_code == 503
    assert client.post("/readyz").status_code == 405
    assert caplog.messages == []
    assert client.get("/nowhere").status_code == 404
    assert caplog.messages == ["Not Found: /nowhere"]


@pytest.fixture
def production(settings, tmp_path):
    """Static files as in production, but for their compression; the folder is there only once they are collected."""
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.WHITENOISE_USE_FINDERS = False
    settings.STATIC_ROOT = tmp_path / "staticfiles"
    settings.STORAGES = real_settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    return settings.STATIC_ROOT


def restart(settings):
    """As for a process that starts now: it reads the list of static files."""
    settings.STATIC_ROOT = str(settings.STATIC_ROOT)


@pytest.mark.django_db
def test_it_is_not_ready_until_static_files_are_collected(client, settings, production):
    missing = (503, "Static files are missing: run manage.py collectstatic and restart.\n")

    def answer():
        response = client.get("/readyz")
        return response.status_code, response.text

    assert answer() == missing
    assert client.get("/healthz").status_code == 200
    call_command("collectstatic", "--noinput", verbosity=0)
    restart(settings)
    assert answer() == (200, "ready\n")
    listed = json.loads((production / "staticfiles.json").read_text())
    (production / listed["paths"].pop("newsdesk/site.css")).rename(production / "lost.css")
    assert answer() == missing
    (production / "staticfiles.json").write_text(json.dumps(listed))
    restart(settings)
    assert answer() == missing


@pytest.mark.django_db
def test_files_that_collectstatic_leaves_out_are_not_missed(client, settings, production, tmp_path):
    (tmp_path / "own").mkdir()
    for name in ("site.css", ".hidden", "site.css~"):
        (tmp_path / "own" / name).write_text("")
    settings.STATICFILES_DIRS = [tmp_path / "own"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    call_command("collectstatic", "--noinput", verbosity=0)
    restart(settings)
    assert client.get("/readyz").text == "ready\n"


@pytest.mark.django_db
def test_a_demo_serves_static_files_that_nobody_collected(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "nothing"
    settings.WHITENOISE_USE_FINDERS = True
    assert client.get("/readyz").text == "ready\n"
