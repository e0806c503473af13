"""Whether the process lives, and whether it can serve: for load balancers and supervisors."""

from __future__ import annotations

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return _answer("ok")


@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    problem = what_is_missing()
    return _answer(problem, status=503) if problem else _answer("ready")


def what_is_missing() -> str:
    """One sentence that names no host, path or password; "" when requests can be served."""
    try:
        executor = MigrationExecutor(connection)
        is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error:
        return "The database does not answer."
    return "The database lacks migrations: run manage.py migrate." if is_behind else ""


def _answer(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response
