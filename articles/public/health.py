"""Liveness and readiness checks for load balancers and supervisors."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed


class HealthMiddleware:
    """Answers before host and https checks: a probe may know only an address or a container's id (CASES E03)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = _VIEWS.get(request.path_info)
        if view is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return view()


class NotOfHealth(logging.Filter):
    """Not logged: probes every few seconds would fill the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(getattr(record, "request", None), "path_info", "") not in _VIEWS


def what_is_missing() -> str:
    """One sentence without host, path or password; "" if requests can be served."""
    try:
        executor = MigrationExecutor(connection)
        is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error:
        return "The database is not reachable."
    if is_behind:
        return "Migrations are missing: run manage.py migrate."
    return "" if _are_static_files_there() else "Static files are missing: run manage.py collectstatic and restart."


def _are_static_files_there() -> bool:
    """Whether all are collected, as this process read their list at its start."""
    if settings.WHITENOISE_USE_FINDERS:
        return True
    name_there = getattr(staticfiles_storage, "stored_name", str)
    try:
        return all(
            staticfiles_storage.exists(name_there(name))
            for finder in get_finders()
            for name, _ in finder.list(StaticFilesConfig.ignore_patterns)
        )
    except ValueError:  # one is missing from the list
        return False


def _healthz() -> HttpResponse:
    return _answer("ok")


def _readyz() -> HttpResponse:
    problem = what_is_missing()
    return _answer(problem, status=503) if problem else _answer("ready")


def _answer(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


_VIEWS: dict[str, Callable[[], HttpResponse]] = {"/healthz": _healthz, "/readyz": _readyz}
