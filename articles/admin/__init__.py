"""The editors' side: Django's admin, with forms and lists that speak to the one door."""

from articles.admin import taxonomy
from articles.admin.accounts import admin
from articles.admin.article_list import admin
from articles.admin.bulk_actions import admin
from articles.admin.change_sets import admin
from articles.admin.conflicts import admin
from articles.admin.import_runs import admin

__all__ = ["accounts", "articles", "bulk", "change_sets", "conflicts", "runs", "taxonomy"]
