"""What the admin shows: importing it registers all of it. `site` finds it once Django's own admin is ready."""

from articles.admin import taxonomy
from articles.admin.accounts import admin as accounts
from articles.admin.article_list import admin as articles
from articles.admin.bulk_actions import admin as bulk_actions
from articles.admin.change_sets import admin as change_sets
from articles.admin.conflicts import admin as conflicts
from articles.admin.import_runs import admin as import_runs

__all__ = ["accounts", "articles", "bulk_actions", "change_sets", "conflicts", "import_runs", "taxonomy"]
