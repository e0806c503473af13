"""The page that previews and confirms a verb for many articles: the selected ones, or all that match the filters.

The page contains the selection, with the versions that were shown; nothing is stored before it is confirmed. Up to
CHUNK articles are then changed in one transaction. More become a bulk action, which runs in chunks on pages of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import capfirst
from django.template.response import TemplateResponse

from articles.admin.article_list.actions import decide, versions_shown
from articles.admin.bulk_actions import labels
from articles.admin.labels import label_of
from articles.admin.requests.addresses import is_key
from articles.admin.requests.options import category_options
from articles.admin.requests.posted import actor_of, typed_words
from articles.admin.requests.verb_forms import boxes_of
from articles.bulk_actions import choosing, chunks
from articles.bulk_actions.engine import CHUNK
from articles.bulk_actions.forecast import forecast
from articles.models.history import Origin
from articles.workflow.deciding import Decision
from articles.workflow.verbs import VERBS, BadArguments, CategoryChoice, Verb, check_right

TYPED_ABOVE = 50
"""Above this, the number of articles has to be typed."""
_SAMPLE = 10
Pairs = Iterable[tuple[int, int]]


def is_over_many(request: HttpRequest) -> bool:
    """Whether this is a preview, a confirmation, or an action on all that match."""
    action = request.POST.get("action", "")
    across = request.POST.get("select_across") == "1" and action in VERBS
    return request.method == "POST" and (across or action in ("more", "confirm"))


def answer(model_admin: admin.ModelAdmin, request: HttpRequest, matching: Callable[[], Any]) -> HttpResponse:
    """The preview; once it is confirmed, the result. Raises NotAllowed, BadRequest."""
    verb = _verb(request)
    check_right(verb.name, actor_of(request))
    try:
        versions = choosing.checked(_chosen(request, matching))
    except choosing.BadChoice as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect(request.get_full_path())
    if request.POST.get("action") != "confirm":
        return _page(model_admin, request, verb, versions, *_told(request, verb))
    given, typed = _seen(request, verb), _digits(request.POST.get("typed", ""))
    if len(versions) > TYPED_ABOVE and typed != str(len(versions)):
        mistyped = f"type {len(versions)} to confirm"
        return _page(model_admin, request, verb, versions, given, _boxes(verb, given), problem=mistyped)
    return _confirmed(request, verb, versions, given)


def _confirmed(request: HttpRequest, verb: Verb, versions: Mapping[int, int], given: Any) -> HttpResponse:
    actor, reason = actor_of(request), typed_words(request)
    if len(versions) <= CHUNK:
        decide(request, Decision(verb, given, actor, Origin.ACTION, reason), versions)
        return HttpResponseRedirect(request.get_full_path())
    bulk = choosing.store(
        versions,
        verb.name,
        actor,
        arguments=choosing.dump_arguments(given),
        reason=reason,
        query=request.GET.urlencode(),
        token=_token(request),
    )
    chunks.do_chunk(bulk.pk, actor=actor)
    return HttpResponseRedirect(f"{labels.address_of(bulk)}#run")


def _page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    verb: Verb,
    versions: Mapping[int, int],
    given: Any,
    form: Any,
    problem: str = "",
) -> HttpResponse:
    """`given` are the arguments, None until the form has valid ones."""
    decision = given and Decision(verb, given, actor_of(request), Origin.ACTION)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": labels.title_of(verb.name, len(versions)),
        "verb": verb,
        "count": len(versions),
        "chosen": " ".join(f"{pk}:{version}" for pk, version in versions.items()),
        "token": _token(request),
        "form": form,
        "arguments": choosing.dump_arguments(given) if given else "",
        "told": labels.argument_lines(given),
        "unknown_names": labels.unknown_names(given),
        "forecast": forecast(decision, versions) if decision else None,
        "sample": labels.sample(versions, _SAMPLE),
        "has_to_be_typed": len(versions) > TYPED_ABOVE,
        "categories": category_options() if verb.arguments is CategoryChoice else [],
        "reason": typed_words(request),
        "problem": problem,
    }
    return TemplateResponse(request, "admin/articles/bulkaction/confirmation.html", context)


def _verb(request: HttpRequest) -> Verb:
    action = request.POST.get("action", "")
    name = action if action in VERBS else request.POST.get("verb", "")
    if name not in VERBS:
        raise BadRequest("the form is incomplete; reload the list")
    return VERBS[name]


def _chosen(request: HttpRequest, matching: Callable[[], Any]) -> Pairs:
    """Keys and versions: as shown for selected articles, as stored for all that match."""
    if "chosen" in request.POST:
        return [_pair(text) for text in request.POST["chosen"].split()]
    if request.POST.get("select_across") == "1" or request.POST.get("scope") == "all":
        pairs: Pairs = matching().values_list("pk", "version")[: choosing.MOST_ARTICLES + 1]
        return pairs
    keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
    shown = [request.POST.get(f"version-{key}", "0") for key in keys]
    if not all(map(is_key, [*keys, *shown])):
        raise BadRequest("the selection is not valid; reload the list")
    return versions_shown(request, [int(key) for key in keys]).items()


def _pair(text: str) -> tuple[int, int]:
    pk, _, version = text.partition(":")
    if not is_key(pk) or not is_key(version):
        raise BadRequest("the selection is not valid; reload the list")
    return int(pk), int(version)


def _told(request: HttpRequest, verb: Verb) -> tuple[Any, Any]:
    """The verb's arguments, None if the form lacks valid ones, and the form with its errors."""
    if "tell" not in request.POST:
        return (None if verb.needs_arguments else verb.read_arguments({})), boxes_of(verb, initial={})
    form = boxes_of(verb, request.POST, initial={})
    if form is None or not form.is_valid():
        return None, form
    try:
        given = verb.read_arguments(form.given())
    except BadArguments as failure:
        for name, problem in failure.problems.items():
            form.add_error(name if name in form.fields else None, capfirst(f"{label_of(name)} {problem}"))
        return None, form
    return given, _boxes(verb, given)


def _boxes(verb: Verb, given: Any) -> Any:
    """The verb's form, filled in."""
    return boxes_of(verb, initial=given.model_dump(mode="json", exclude_unset=True))


def _seen(request: HttpRequest, verb: Verb) -> Any:
    """The arguments that were previewed."""
    try:
        return choosing.read_arguments(verb, request.POST.get("arguments", ""))
    except (BadArguments, ValueError):
        raise BadRequest("the form is not complete; reload the list") from None


def _token(request: HttpRequest) -> UUID:
    """Identifies the page, so that a second press stores nothing."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid4()


def _digits(typed: str) -> str:
    """Parses a number as people write it: 1,200 or 1 200."""
    return typed.strip().replace(",", "").replace(" ", "")
