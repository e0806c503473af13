"""Marks source changes and missing files as reviewed, and undoes that."""

from __future__ import annotations

from collections.abc import Collection

from articles.models import Article, ChangeSet, Look, Source

WAITS_ALREADY = "its source has changed again, or is back"


def end(article: Article, *, since: int | None, is_loss: bool) -> Look | None:
    """Clears the two marks; None if neither is set. The caller sets the change set."""
    sources = Source.objects.filter(article=article)
    look = Look(article=article)
    if since is not None and sources.filter(unreviewed_from=since).update(unreviewed_from=None):
        look.since = since
    if is_loss and sources.filter(missing_at__isnull=False, is_loss_reviewed=False).update(is_loss_reviewed=True):
        look.is_loss = True
    return look if look.since is not None or look.is_loss else None


def take_back(looks: Collection[Look], undoing: ChangeSet) -> dict[int, str]:
    """By article, why the acknowledgement cannot be undone; "" if it was undone. Constant number of queries."""
    pks = [look.article_id for look in looks]
    if not pks:
        return {}
    list(Article.objects.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    sources = {source.article_id: source for source in Source.objects.filter(article__in=pks).defer("raw")}
    before = set(undoing.looks.filter(article__in=pks).values_list("article_id", flat=True))
    made: list[Look] = []
    for look in looks:
        source = sources.get(look.article_id)
        if source is not None and look.article_id not in before and (opposite := _turned(look, source)):
            opposite.change_set = undoing
            made.append(opposite)
    Source.objects.bulk_update([sources[one.article_id] for one in made], ["unreviewed_from", "is_loss_reviewed"])
    Look.objects.bulk_create(made)
    done = before | {one.article_id for one in made}
    return {pk: "" if pk in done else WAITS_ALREADY for pk in pks}


def _turned(look: Look, source: Source) -> Look | None:
    """Applies the opposite to the source in memory, if the marks have not changed since."""
    turned = Look(article_id=look.article_id, has_ended=not look.has_ended)
    left, returned = (None, look.since) if look.has_ended else (look.since, None)
    if look.since is not None and source.unreviewed_from == left:
        source.unreviewed_from, turned.since = returned, look.since
    if look.is_loss and source.missing_at is not None and source.is_loss_reviewed == look.has_ended:
        source.is_loss_reviewed, turned.is_loss = not look.has_ended, True
    return turned if turned.since is not None or turned.is_loss else None
