"""What is measured of pages: asked for at their real addresses, beside hand-written SQL for the rows they show."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from articles.models import Article, Category, Provider, Topic, User
from articles.models.taxonomy import Term
from articles.public.paging import PAGE_SIZE, Cursor
from benchmarks import rows
from benchmarks.database import RawSQL, Row, empty, make_ready, stored_moment
from benchmarks.generate import CATEGORIES, PROVIDERS, TOPICS
from benchmarks.measure import Measurement, best_time, counted_queries, peak_mb

TIMES = 10
ADMIN_LIST = "/admin/articles/article/"
ADMIN_PAGE_SIZE = 50
_CHIEF = "benchmark"
_LISTED = """
SELECT a.id, a.slug, a.title, a.excerpt, a.published_at, a.original_url, a.web_url, a.url_key, a.type, a.quality,
    a.heat, a.published, a.live_from, a.live_until, a.version, a.created_at, a.updated_at,
    c.id, c.name, c.slug, c.label, c.shown_as_id, p.id, p.name, p.slug, p.label, p.shown_as_id, p.domain
FROM articles_article a LEFT JOIN articles_category c ON c.id = a.category_id
    JOIN articles_provider p ON p.id = a.provider_id
"""
_LIVE = "a.published AND a.live_from <= %s AND (a.live_until IS NULL OR a.live_until > %s)"
_WITH_COMMON_TOPIC = "EXISTS (SELECT 1 FROM articles_articletopic WHERE article_id = a.id AND topic_id = %s) AND"
_WITH_RARE_TOPIC = "a.id IN (SELECT article_id FROM articles_articletopic WHERE topic_id = %s) AND"
_LATEST = f"ORDER BY a.live_from DESC, a.id DESC LIMIT {PAGE_SIZE + 1}"


@dataclass(frozen=True)
class Page:
    """A page's address, and the statements that fetch what it shows."""

    name: str
    address: str
    statements: tuple[tuple[str, Row], ...]
    as_chief: bool = False


def load(count: int) -> None:
    """A stage: fills the database."""
    make_ready()
    rows.load(count)


def measure() -> list[Measurement]:
    """A stage: every page, on what `load` left; leaves the database as it was before that."""
    measured = [_measured(page) for page in _pages()]
    User.objects.filter(username=_CHIEF).delete()
    empty()
    return measured


def _measured(page: Page) -> Measurement:
    client = _chief() if page.as_chief else Client()
    answer = client.get(page.address)
    if answer.status_code != 200:
        return Measurement(page.name, left_out=f"{page.address} answers {answer.status_code}")
    with counted_queries() as queries:
        client.get(page.address)
    timing = best_time(lambda: client.get(page.address), times=TIMES)
    return Measurement(page.name, timing, queries.count, _sql_ms(page), peak_mb())


def _sql_ms(page: Page) -> float:
    raw = RawSQL()

    def fetch() -> None:
        for sql, parameters in page.statements:
            raw.all(sql, parameters)

    timing = best_time(fetch, times=TIMES)
    raw.close()
    return timing.cpu


def _chief() -> Client:
    user, is_new = User.objects.get_or_create(username=_CHIEF, defaults={"is_staff": True})
    if is_new:
        user.groups.add(Group.objects.get(name="Chief"))
    client = Client()
    client.force_login(user)
    return client


def _pages() -> list[Page]:
    now = timezone.now()
    live = (stored_moment(now), stored_moment(now))
    cursor = _half_way()
    at = (stored_moment(cursor.live_from), stored_moment(cursor.live_from), cursor.pk)
    deep = "(a.live_from < %s OR (a.live_from = %s AND a.id < %s)) AND"
    return [
        _list("front page", "/", "", live),
        _list("deep page", f"/?after={cursor}", deep, (*at, *live), ("a.live_from <= %s AND", at[:1])),
        _filtered("category page", Category, CATEGORIES[0], "a.category_id = %s AND", live),
        _filtered("provider page", Provider, PROVIDERS[0][0], "a.provider_id = %s AND", live),
        _filtered("topic page, a common one", Topic, TOPICS[0], _WITH_COMMON_TOPIC, live),
        _filtered("topic page, a rare one", Topic, TOPICS[-1], _WITH_RARE_TOPIC, live),
        _article_page(),
        _admin_list(),
    ]


def _half_way() -> Cursor:
    published = Article.objects.published().latest_live_first()
    return Cursor.at(published[published.count() // 2])


def _list(name: str, address: str, condition: str, parameters: Row, bound: tuple[str, Row] = ("", ())) -> Page:
    sql = f"{_LISTED} WHERE {bound[0]} {condition} {_LIVE} {_LATEST}"
    return Page(name, address, ((sql, [*bound[1], *parameters]),))


def _filtered(name: str, model: type[Term], term: str, condition: str, live: Row) -> Page:
    key = str(model._meta.model_name)
    row = model._default_manager.filter(name=term).order_by("pk").first()
    if row is None:
        return Page(name, f"/?{key}=none", ())
    return _list(name, f"/?{key}={quote(row.slug)}", condition, (row.pk, *live))


def _article_page() -> Page:
    article = Article.objects.visible(at=timezone.now()).latest_live_first()[:1].get()
    one = [article.pk]
    return Page(
        "article page",
        quote(article.get_absolute_url()),
        (
            (_LISTED.replace("a.excerpt,", "a.excerpt, a.byline, a.body_html,") + " WHERE a.id = %s", one),
            (
                "SELECT t.* FROM articles_articletopic x JOIN articles_topic t ON t.id = x.topic_id "
                "WHERE x.article_id = %s ORDER BY x.position",
                one,
            ),
            (
                "SELECT r.*, p.* FROM articles_relatedarticle r LEFT JOIN articles_provider p ON p.id = r.provider_id "
                "WHERE r.article_id = %s ORDER BY r.position",
                one,
            ),
        ),
    )


def _admin_list() -> Page:
    order = f"ORDER BY a.published_at DESC, a.id DESC LIMIT {ADMIN_PAGE_SIZE}"
    return Page("admin list", ADMIN_LIST, ((f"{_LISTED} WHERE NOT a.published {order}", ()),), as_chief=True)
