"""A decision that a sign-in came between, in words: what its button would do, to which articles, and who pressed it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import QueryDict
from django.template.defaultfilters import pluralize
from django.urls import ResolverMatch, reverse
from django.urls import resolve as match_of

from articles.admin.bulk_actions.labels import title_of
from articles.admin.labels import label_of, name_of_set
from articles.admin.requests.addresses import is_key, is_of_admin
from articles.admin.requests.resumed import Pairs
from articles.changes.actors import may
from articles.changes.rights import CHANGE_RIGHT, PUBLISH_RIGHT, RIGHT_NAMES
from articles.models import Article, BulkAction, ChangeSet, Conflict, User
from articles.workflow.verbs import VERBS, Verb, right_of

_MOST_NAMED = 10
_MOST_COUNTED = 1000
_UPSTREAM = {
    "accept": "Mark as reviewed",
    "keep": "Keep article",
    "put-back": "Restore ours",
    "write-again": "Recreate file",
    "unpublish": "Unpublish",
}
_CONFLICT = {"keep": "Keep ours", "take": "Use source"}
_BULK = {"tell": "Choose", "confirm": "Confirm", "chunk": "Resume", "stop": "Stop"}


@dataclass
class CarriedDecision:
    """`label` is the button's, `what` the heading over the articles, `words` what was typed beside it, `back` where the
    decision was made, `right` what it takes and `lacking` that right's name if the reader does not have it."""

    label: str
    what: str = ""
    articles: Sequence[int] = ()
    titles: list[str] = field(default_factory=list)
    words: str = ""
    back: str = ""
    is_of_another: bool = False
    right: str = CHANGE_RIGHT
    lacking: str = ""

    @property
    def more_count(self) -> int:
        return len(self.articles) - len(self.titles)


def decision_in(address: str, pairs: Pairs, reader: User) -> CarriedDecision | None:
    """None where nothing was decided. Titles are for those who may see them."""
    posted = _posted(pairs)
    match = match_of(urlsplit(address).path)
    read = _READERS.get(match.url_name or "", _other)
    decision = read(match, posted)
    if decision is None:
        return None
    decision.what = decision.what or decision.label
    if reader.has_perm("articles.view_article"):
        decision.titles = _titles(decision.articles)
    way = posted.get("next", "")
    decision.back = decision.back or (way if is_of_admin(way) else reverse("admin:articles_article_changelist"))
    decision.is_of_another = posted.get("typist", str(reader.pk)) != str(reader.pk)
    right = PUBLISH_RIGHT if _are_published(decision.articles) else decision.right
    decision.lacking = "" if may(reader, right) else RIGHT_NAMES.get(right, "do this")
    return decision


def _are_published(pks: Sequence[int]) -> bool:
    """Whether it is about published articles alone, which only those who may publish can change."""
    rows = Article.objects.filter(pk__in=pks[:_MOST_COUNTED])
    return rows.exists() and not rows.filter(published=False).exists()


def _posted(pairs: Pairs) -> QueryDict:
    posted = QueryDict(mutable=True)
    for name, text in pairs:
        posted.appendlist(name, text)
    return posted


def _titles(pks: Sequence[int]) -> list[str]:
    rows = dict(Article.objects.filter(pk__in=pks[:_MOST_NAMED]).values_list("pk", "title"))
    return [rows[pk] for pk in pks[:_MOST_NAMED] if pk in rows]


def _keys(texts: Sequence[str]) -> list[int]:
    return [int(text) for text in dict.fromkeys(texts) if is_key(text)]


def _counted(articles: Sequence[int]) -> str:
    return f"{len(articles)} article{pluralize(articles)}"


def _in_list(match: ResolverMatch, posted: QueryDict) -> CarriedDecision:
    action, articles = posted.get("action", ""), _keys(posted.getlist(ACTION_CHECKBOX_NAME))
    verb = VERBS.get(action) or VERBS.get(posted.get("verb", ""))
    is_all = posted.get("select_across") == "1" or (action == "more" and posted.get("scope") == "all")
    whom = "all matching articles" if is_all else _counted(articles)
    label = verb.heading.format(whom) if verb else f"Continue with {whom}"
    right = verb.right if verb else CHANGE_RIGHT
    return CarriedDecision(label, articles=() if is_all else articles, words=_words(verb, posted), right=right)


def _words(verb: Verb | None, posted: QueryDict) -> str:
    """What was typed beside the verb's button, and why."""
    names = verb.arguments.model_fields if verb else ()
    typed = (posted.get(f"{verb.name}-{name}", "").replace("_", " ") for name in names if verb)
    return ", ".join(filter(None, [*typed, posted.get("reason", "")]))


def _on_form(match: ResolverMatch, posted: QueryDict) -> CarriedDecision | None:
    """Only a verb that works on the row needs nothing of what was typed."""
    verb = next((verb for verb in VERBS.values() if verb.works_on_row and f"_{verb.name}" in posted), None)
    if verb is None:
        return None
    pk = int(match.kwargs["object_id"]) if is_key(match.kwargs["object_id"]) else 0
    words = posted.get(f"{verb.name}-reason", "") or posted.get("reason", "")
    label, back = f"{verb.button} without saving", _form_of(pk)
    return CarriedDecision(label, verb.button, [pk], words=words, back=back, right=verb.right)


def _upstream(match: ResolverMatch, posted: QueryDict) -> CarriedDecision:
    choice = posted.get("choice", "")
    is_kept = choice == "accept" and posted.get("lost") == "1" and not posted.get("since")
    label = _UPSTREAM.get("keep" if is_kept else choice, "Decide")
    words = posted.get("unpublish-reason", "") if choice == "unpublish" else ""
    return CarriedDecision(label, articles=[match.kwargs["pk"]], words=words, right=right_of(choice))


def _restoring(match: ResolverMatch, posted: QueryDict) -> CarriedDecision:
    pk, number = match.kwargs["pk"], posted.get("number", "")
    fields = posted.getlist("only") or posted.getlist("fields")
    what = f"Restore {', '.join(map(label_of, fields))} from revision {number}"
    return CarriedDecision("Restore", what, [pk], words=posted.get("reason", ""), back=_form_of(pk))


def _returning(match: ResolverMatch, posted: QueryDict) -> CarriedDecision:
    pk = match.kwargs["pk"]
    return CarriedDecision(f"Revert {label_of(posted.get('field', ''))} to source", articles=[pk], back=_form_of(pk))


def _conflicts(match: ResolverMatch, posted: QueryDict) -> CarriedDecision:
    verb, _, keys = posted.get("decision", "").partition(":")
    asked = _keys(keys.split(",") if keys else posted.getlist("conflicts"))
    conflicts = Conflict.objects.filter(pk__in=asked).order_by("pk")
    fields = ", ".join(dict.fromkeys(label_of(one.field) for one in conflicts.only("field")))
    articles = list(dict.fromkeys(conflicts.values_list("article_id", flat=True)))
    label = _CONFLICT.get(verb, "Decide")
    return CarriedDecision(label, f"{label}: {fields}", articles, words=posted.get("reason", ""))


def _undoing(match: ResolverMatch, posted: QueryDict) -> CarriedDecision:
    change_set = ChangeSet.objects.filter(pk=match.kwargs["pk"]).first()
    if change_set is None:
        return CarriedDecision("Undo")
    articles = change_set.revisions.order_by("article_id").values_list("article_id", flat=True).distinct()
    return CarriedDecision("Undo", f"Undo {name_of_set(change_set)}", list(articles[:_MOST_COUNTED]))


def _undoing_run(match: ResolverMatch, posted: QueryDict) -> CarriedDecision:
    pk = match.kwargs["object_id"]
    back = reverse("admin:articles_importrun_change", args=[pk])
    return CarriedDecision(f"Undo import {pk}", back=back, right="undo_importrun")


def _bulk(match: ResolverMatch, posted: QueryDict) -> CarriedDecision:
    pk, button = match.kwargs["pk"], (match.url_name or "").rpartition("_")[2]
    bulk = BulkAction.objects.filter(pk=pk).first()
    what = title_of(bulk) if bulk else ""
    words, back = posted.get("reason", ""), reverse("admin:articles_bulkaction_show", args=[pk])
    right = right_of(bulk.verb) if bulk else CHANGE_RIGHT
    return CarriedDecision(_BULK[button], what, words=words, back=back, right=right)


def _other(match: ResolverMatch, posted: QueryDict) -> CarriedDecision | None:
    """The form of a category, topic or provider."""
    if "label" not in posted:
        return None
    model = (match.url_name or "").split("_")[1]
    return CarriedDecision("Save", f"Save {model}", words=posted.get("label", ""), right=f"change_{model}")


def _form_of(pk: int) -> str:
    return reverse("admin:articles_article_change", args=[pk])


_READERS: dict[str, Callable[[ResolverMatch, QueryDict], CarriedDecision | None]] = {
    "articles_article_changelist": _in_list,
    "articles_article_change": _on_form,
    "articles_article_add": lambda match, posted: None,
    "articles_article_upstream_decide": _upstream,
    "articles_article_restore": _restoring,
    "articles_article_from_file": _returning,
    "articles_conflict_decide": _conflicts,
    "articles_article_undo": _undoing,
    "articles_importrun_undo": _undoing_run,
    **{f"articles_bulkaction_{button}": _bulk for button in _BULK},
}
