"""The addresses of readers' pages."""

from __future__ import annotations

from django.urls import path, re_path

from articles.reader import health, views

app_name = "reader"
urlpatterns = [
    path("", views.article_list, name="list"),
    re_path(r"^a/(?P<pk>[0-9]{1,19})(?:-(?P<slug>[^/]*))?/$", views.article_page, name="article"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
