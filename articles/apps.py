from django.apps import AppConfig
from django.contrib.admin import site
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules

_LISTS = ("accounts", "article_list", "bulk_actions", "change_sets", "conflicts", "import_runs")
_REGISTERING = ("admin.taxonomy", *(f"admin.{name}.admin" for name in _LISTS))
"""Importing the module registers the admin classes."""


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Newsdesk"


class NewsdeskAdminConfig(AdminConfig):
    default_site = "articles.admin.site.NewsdeskAdminSite"

    def ready(self) -> None:
        """The site is in `articles.admin`, so no autodiscovery."""
        super().ready()
        autodiscover_modules(*_REGISTERING, register_to=site)
