"""What filters and boxes offer to choose from, at one query each, whatever the number of articles."""

from __future__ import annotations

from django.db import connection

from articles.models import Article, Category, Provider

MOST_OPTIONS = 200

_DISTINCT_TYPES = """
    WITH RECURSIVE known(type) AS (
        SELECT MIN(type) FROM {table}
        UNION ALL
        SELECT (SELECT MIN(type) FROM {table} WHERE type > known.type) FROM known WHERE known.type IS NOT NULL
    )
    SELECT type FROM known WHERE type IS NOT NULL LIMIT {most}
""".format(table=Article._meta.db_table, most=MOST_OPTIONS)


def category_options() -> list[Category]:
    return list(Category.objects.order_by("name")[:MOST_OPTIONS])


def provider_options() -> list[Provider]:
    return list(Provider.objects.order_by("name", "domain")[:MOST_OPTIONS])


def type_options() -> list[str]:
    """Every type in use, by leaps in its index: DISTINCT would read a million rows."""
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT_TYPES)
        return [name for (name,) in cursor.fetchall()]
