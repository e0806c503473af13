"""Loads what the database knows about the articles of a batch of files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, TextField, Value, When

from articles.content import article_state, revision_values
from articles.content.article_state import ArticleState
from articles.models import Article, ChangeSet, Conflict, ExportedFile, Revision, Source, Tombstone
from articles.models.history import Origin, RevisionQuerySet
from articles.models.source import WRITTEN_BYTES
from articles.seedfile import reader
from articles.seedfile.addresses import url_key
from articles.seedfile.merging.merge import edited_on
from articles.seedfile.problems import SeedError
from articles.seedfile.schema import FIELDS, ArticleContent
from articles.sql.many_rows import Among


@dataclass
class Known:
    """`touched` are articles that may deliberately differ from the last import: a person changed them, or they had a
    conflict. `decided` are articles whose `published` a person set or kept, or that are dismissed or on hold.
    `open_conflicts` are the conflicts' bases by article and field. `raws` are the files of touched articles, as
    imported and as last seen; `pending` is what the desk has written since, unconfirmed. `purged` are tombstones of
    free addresses."""

    owners: dict[str, Article] = field(default_factory=dict)
    articles: dict[int, Article] = field(default_factory=dict)
    states: dict[int, ArticleState] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    decided: set[int] = field(default_factory=set)
    open_conflicts: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    raws: dict[int, list[bytes]] = field(default_factory=dict)
    pending: dict[int, bytes] = field(default_factory=dict)
    purged: dict[str, Tombstone] = field(default_factory=dict)

    def base(self, source: Source) -> ArticleContent:
        """The file's content when it was last seen. For an untouched article, that is its current content."""
        current = self.states[source.article_id].content
        if source.article_id not in self.touched:
            return current
        try:
            base = reader.read(self.raws[source.article_id][-1]).content
        except SeedError:
            base = self._last_import(source.article_id).content
        if source.reader_version == reader.VERSION:
            return base
        theirs = _fields_of_persons(source.article_id)
        return base.model_copy(update={name: getattr(current, name) for name in FIELDS if name not in theirs})

    def merge_base(self, source: Source, incoming: ArticleContent) -> ArticleContent:
        """The content that the file was edited from: per field, what the desk wrote if that has arrived, else
        `base`."""
        base, raw = self.base(source), self.pending.get(source.article_id)
        if raw is None:
            return base
        try:
            return edited_on(base, reader.read(raw).content, incoming)
        except SeedError:
            return base

    def addresses(self, source: Source) -> set[str]:
        """The address keys of the source's article and of its file."""
        raws = [*self.raws.get(source.article_id, ()), self.pending.get(source.article_id, b"")]
        return {self.articles[source.article_id].url_key, *map(address_in, raws)} - {""}

    def _last_import(self, pk: int) -> ArticleState:
        """The article's content after its last import; for a file that the current rules reject."""
        article = self.articles[pk]
        numbers = article.revisions.filter(origin=Origin.IMPORT).values_list("number", flat=True)
        return revision_values.state_before(article, self.states[pk], max(numbers)) if numbers else self.states[pk]


def look_up(contents: Sequence[ArticleContent], sources: Iterable[Source]) -> Known:
    """A constant number of queries for any number of files; none when nothing was read."""
    if not contents:
        return Known()
    keys = [url_key(content.web_url) for content in contents]
    rows = Article.objects.select_related("source__exported", "category", "provider")
    rows = rows.defer("source__raw", *(f"source__{name}" for name in WRITTEN_BYTES))
    owners = {article.url_key: article for article in rows.filter(Among("url_key", keys))}
    ownerless = [key for key in keys if key not in owners]
    stones = Tombstone.objects.filter(Among("url_key", ownerless), forgotten_at=None)
    purged = {stone.url_key: stone for stone in stones}
    articles = {article.pk: article for article in owners.values()}
    lacking = [source.article_id for source in sources if source.article_id not in articles]
    articles |= {article.pk: article for article in rows.filter(pk__in=lacking)} if lacking else {}
    known = Known(owners, articles, purged=purged)
    if not articles:
        return known
    known.states = article_state.read_states(list(articles.values()))
    _note_touched(known)
    return known


def address_in(raw: bytes) -> str:
    """The address key of a file; "" if it is no longer a valid seed."""
    try:
        return url_key(reader.read(raw).content.web_url)
    except SeedError:
        return ""


def changed_by_persons(articles: Iterable[int | Article]) -> RevisionQuerySet:
    """Revisions made by people; undoing an import is not one, because it restores what the import found."""
    rows = Revision.objects.filter(article__in=list(articles)).exclude(origin=Origin.IMPORT)
    return rows.exclude(change_set__undoes__kind=ChangeSet.Kind.IMPORT)


def _note_touched(known: Known) -> None:
    base = Case(When(closed_at=None, then="base"), default=Value(""), output_field=TextField())
    conflicts = Conflict.objects.filter(article__in=known.articles).values_list("article_id", "field", "outcome", base)
    for article, name, outcome, began in conflicts:
        known.touched.add(article)
        if not outcome:
            known.open_conflicts[article][name] = began
        elif (name, outcome) == ("published", Conflict.Outcome.KEPT):
            known.decided.add(article)
    theirs = changed_by_persons(known.articles)
    known.touched.update(theirs.values_list("article_id", flat=True).distinct())
    known.decided.update(pk for pk, article in known.articles.items() if article.set_aside or article.hold)
    if known.touched:
        decisions = theirs.changing("published")
        known.decided.update(decisions.values_list("article_id", flat=True).distinct())
        raws = Source.objects.filter(article__in=known.touched).values_list("article_id", "raw")
        known.raws.update((article, [bytes(raw)]) for article, raw in raws)
        written = ExportedFile.objects.filter(source__article__in=known.touched)
        for article, seen, pending in written.values_list("source__article_id", "seen_raw", "pending_raw"):
            known.raws[article] += [bytes(seen)] if seen else []
            known.pending.update({article: bytes(pending)} if pending else {})


def _fields_of_persons(article: int) -> set[str]:
    fields = {name for revision in changed_by_persons([article]) for name in revision.values}
    return fields | set(Conflict.objects.filter(article=article).values_list("field", flat=True))
