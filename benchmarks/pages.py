"""Page benchmarks: real addresses, compared with a hello view through the same middleware."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.test import Client
from django.utils import timezone

from articles.models import Article, ArticleTopic, User
from articles.public.paging import Cursor
from benchmarks.measure import Measurement, measured
from benchmarks.report import LISTS

_TIMES = 20


def measure() -> list[Measurement]:
    """A stage: every page, on what `rows.load` left."""
    reader, chief = Client(), _chief()
    tag = reader.get("/")["ETag"]
    first = Article.objects.undecided().order_by("-published_at", "-pk")[:1].get()
    return [
        _measured("hello", reader, "/hello/"),
        *(_measured(name, reader, address) for name, address in zip(LISTS, _lists(), strict=True)),
        _measured("article page", reader, quote(_live()[0].get_absolute_url())),
        _measured("front page, unchanged", reader, "/", headers={"if-none-match": tag}, status=304),
        _measured("admin list", chief, "/admin/articles/article/"),
        _measured("article form", chief, f"/admin/articles/article/{first.pk}/change/"),
    ]


def _measured(
    name: str, client: Client, address: str, *, headers: dict[str, str] | None = None, status: int = 200
) -> Measurement:
    def ask() -> None:
        answer = client.get(address, headers=headers)
        if answer.status_code != status:
            raise RuntimeError(f"{address} answers {answer.status_code}")

    ask()
    return measured(name, ask, times=_TIMES)


def _chief() -> Client:
    chief = User.objects.create(username="benchmark", is_staff=True)
    chief.groups.add(Group.objects.get(name="Chief"))
    client = Client()
    client.force_login(chief)
    return client


def _lists() -> list[str]:
    live = _live()
    topics = (
        ArticleTopic.objects.values_list("topic__slug", flat=True).annotate(uses=Count("pk")).order_by("uses", "topic")
    )
    return [
        "/",
        f"/?after={Cursor.at(live[live.count() // 2])}",
        f"/?category={quote(live[0].category.slug)}",
        f"/?provider={quote(live[0].provider.slug)}",
        f"/?topic={quote(topics.reverse()[0])}",
        f"/?topic={quote(topics[0])}",
    ]


def _live() -> QuerySet[Article]:
    return Article.objects.visible(at=timezone.now()).latest_live_first()
