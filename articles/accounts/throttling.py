"""How failed sign-ins are counted, and whom they keep out (CASES A17, E02).

Ten for one name from one address close that name there; fifty from one network, whatever the names, close it to all who
come from it. Who signs in from elsewhere is never kept out by them, and nobody for longer than AXES_COOLOFF_TIME.
"""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

NAME_LIMIT: int = settings.AXES_FAILURE_LIMIT
"""Failures for one name from one address."""
NETWORK_LIMIT = 50
"""Failures from one network for any names: a whole office may be behind one address."""
_NETWORK_BITS = 64
"""Of an IPv6 address: one household has them all, and could try from a new address each time."""
_NOWHERE = "0.0.0.0"  # noqa: S104  # nosec B104
"""Who comes through a socket of this machine has no address."""
_NAME_LENGTH = 255
_log = logging.getLogger(__name__)


class TwoLimits(AxesDatabaseHandler):
    """axes keeps the counts, but knows one limit and forgets, after a sign-in, whatever it counted.

    Its column for the user agent, which anybody changes at will, holds the network instead.
    """

    def filter_user_attempts(self, request: HttpRequest, credentials: Any = None) -> list[QuerySet[Any]]:
        """Those of the name at its address, and those of the network; asked for before a failure is recorded."""
        request.axes_user_agent = network_of(request.axes_ip_address)  # type: ignore[attr-defined]
        attempts: list[QuerySet[Any]] = super().filter_user_attempts(request, credentials)
        return attempts

    def get_failures(self, request: HttpRequest, credentials: Any = None) -> int:
        """Of the limit that is nearer, as a share of the one that axes knows."""
        of_name, of_network = (_failures(attempts) for attempts in self.get_user_attempts(request, credentials))
        return max(of_name, of_network * NAME_LIMIT // NETWORK_LIMIT)

    def reset_user_attempts(self, request: HttpRequest, credentials: Any = None) -> int:
        """Not those of other names: who guesses them may have an account as well."""
        of_name, _ = self.filter_user_attempts(request, credentials)
        count: int = of_name.delete()[0]
        return count


@dataclass(frozen=True)
class Unlocked:
    """How many failures were forgotten, and whether they had closed anything."""

    failures: int
    was_locked: bool


def unlock(name_or_address: str) -> Unlocked:
    """Forgets the failures for a name, from wherever, or all those from an address and its network."""
    address = address_in(name_or_address.removesuffix(f"/{_NETWORK_BITS}"))
    network = network_of(address) if address else ""
    chosen = Q(username=_folded(name_or_address)) | (Q(user_agent=network) if network else Q())
    recent = _recent().filter(chosen)
    of_names = recent.order_by().values("username", "ip_address").annotate(count=Sum("failures_since_start"))
    was_locked = network in locked_networks() or of_names.filter(count__gte=NAME_LIMIT).exists()
    forgotten = Unlocked(_failures(recent), was_locked)
    AccessAttempt.objects.filter(chosen).delete()
    return forgotten


def locked_networks() -> list[str]:
    """Those from which nobody can sign in now."""
    counts = _recent().order_by("user_agent").values("user_agent").annotate(count=Sum("failures_since_start"))
    return list(counts.filter(count__gte=NETWORK_LIMIT).values_list("user_agent", flat=True))


def username_of(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The name under which a failure counts: changing its case must not open a fresh set of tries."""
    return _folded(str((credentials or {}).get("username") or _typed_name(request)))


def client_address(request: HttpRequest) -> str:
    """Who asks: what the outermost of TRUSTED_PROXY_COUNT proxies wrote to X-Forwarded-For, or without them the peer.

    Each proxy appends who came to it, so the count begins at the end; what stands before came with the request and is
    not looked at. (django-ipware, which axes would use, gives up the whole header when any of it is garbage.)
    """
    count = settings.TRUSTED_PROXY_COUNT
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-count:] if count else [""]
    return address_in(hops[0]) or address_in(request.META.get("REMOTE_ADDR", "")) or _NOWHERE


def address_in(text: str) -> str:
    """In its one spelling, without the brackets, port and zone that proxies write; "" for what is none."""
    host = text.strip().strip('"')
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def network_of(address: str) -> str:
    if isinstance(ip_address(address), IPv6Address):
        return str(ip_network(f"{address}/{_NETWORK_BITS}", strict=False))
    return address


def client_in_log(username: str, address: str, *others: Any) -> str:
    """In clear, on one line whatever was typed; `others` are what else axes would say, the request last."""
    return f"{_typed_name(others[-1]) or username!r} from {address}"


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """The answer to whoever is kept out."""
    _log.warning("Refused %s: too many failed attempts.", client_in_log("", client_address(request), request))
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    answer = render(request, "admin/locked_out.html", {"minutes": seconds // 60}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def _recent() -> QuerySet[Any]:
    recent: QuerySet[Any] = AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
    return recent


def _failures(attempts: QuerySet[Any]) -> int:
    return attempts.aggregate(count=Sum("failures_since_start"))["count"] or 0


def _typed_name(request: HttpRequest | None) -> str:
    return request.POST.get("username", "")[:_NAME_LENGTH] if request else ""


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()[:_NAME_LENGTH]
