"""Every address of the admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLResolver


def routes():
    """Every admin address by its name, or its route if it has none."""

    def walk(patterns, prefix):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            else:
                yield pattern.name or route, route

    return dict(walk(admin.site.get_urls(), ""))


def filled(route, objects):
    """The route with the key of a row that is there."""
    if route.startswith("^(?P<app_label>"):
        return "/admin/articles/"
    if route == "(?P<url>.*)$":
        return "/admin/nowhere/"
    model = route.split("/")[1] if route.count("/") > 1 else ""
    key = str(objects[model].pk) if model in objects else ""
    change_set = str(objects["changeset"].pk)
    route = route.replace("undo/<int:pk>", f"undo/{change_set}")
    route = route.replace("<path:object_id>", key).replace("<id>", key).replace("<int:pk>", key)
    route = route.replace("<uidb64>/<token>", "MQ/no-token")
    assert "<" not in route
    return f"/admin/{route}"


def writes(queries):
    """Whether it is worth comparing: something other than a session was written."""
    return any(
        query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) and '"django_session"' not in query["sql"]
        for query in queries
    )
