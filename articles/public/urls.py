"""The addresses of readers' pages; /healthz and /readyz are answered before them (health.py)."""

from __future__ import annotations

from django.urls import path, re_path

from articles.public import views

app_name = "reader"
urlpatterns = [
    path("", views.article_list, name="list"),
    re_path(r"^a/(?P<pk>[0-9]{1,19})(?:-(?P<slug>[^/]*))?/$", views.article_page, name="article"),
    path("robots.txt", views.robots, name="robots"),
]
