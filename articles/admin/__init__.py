"""The editors' side: Django's admin, with forms and lists that speak to the one door."""

from articles.admin import accounts, bulk, change_sets, conflicts, runs, taxonomy
from articles.admin.article_list import admin

__all__ = ["accounts", "articles", "bulk", "change_sets", "conflicts", "runs", "taxonomy"]
