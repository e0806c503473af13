"""Counts failed sign-ins and locks names and networks (CASES A17, E02).

Ten failures for one name from one address lock that name there; fifty from one network, whatever the names, lock the
network. Sign-ins from elsewhere are never affected, and no lock lasts longer than AXES_COOLOFF_TIME.
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
"""IPv6 prefix length: one household owns a whole /64 and could use a new address for each attempt."""
_NOWHERE = "0.0.0.0"  # noqa: S104  # nosec B104
"""A client on a local socket has no address."""
_NAME_LENGTH = 255
_log = logging.getLogger(__name__)


class TwoLimits(AxesDatabaseHandler):
    """axes keeps the counts, but has a single limit and resets all counts after a sign-in.

    Its user agent column, which clients can set freely, stores the network instead.
    """

    def filter_user_attempts(self, request: HttpRequest, credentials: Any = None) -> list[QuerySet[Any]]:
        """The failures of the name at this address, and of the network, before this failure is recorded."""
        request.axes_user_agent = network_of(request.axes_ip_address)  # type: ignore[attr-defined]
        attempts: list[QuerySet[Any]] = super().filter_user_attempts(request, credentials)
        return attempts

    def get_failures(self, request: HttpRequest, credentials: Any = None) -> int:
        """Progress towards the nearer limit, scaled to the single limit that axes knows."""
        of_name, of_network = (_failures(attempts) for attempts in self.get_user_attempts(request, credentials))
        return max(of_name, of_network * NAME_LIMIT // NETWORK_LIMIT)

    def reset_user_attempts(self, request: HttpRequest, credentials: Any = None) -> int:
        """Keep the failures of other names: an attacker may own an account too."""
        of_name, _ = self.filter_user_attempts(request, credentials)
        count: int = of_name.delete()[0]
        return count


@dataclass(frozen=True)
class Unlocked:
    """How many failures were cleared, and whether they had locked anything."""

    failures: int
    was_locked: bool


def unlock(name_or_address: str) -> Unlocked:
    """Clears the failures for a name from any address, or all failures from an address and its network."""
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
    """Networks that are locked now."""
    counts = _recent().order_by("user_agent").values("user_agent").annotate(count=Sum("failures_since_start"))
    return list(counts.filter(count__gte=NETWORK_LIMIT).values_list("user_agent", flat=True))


def username_of(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The name to count a failure under: changing its case must not give new attempts."""
    return _folded(str((credentials or {}).get("username") or _typed_name(request)))


def client_address(request: HttpRequest) -> str:
    """The client's address: what the outermost of TRUSTED_PROXY_COUNT proxies appended to X-Forwarded-For, or the peer.

    Each proxy appends its client, so we count from the end; anything before that came with the request and is ignored.
    (django-ipware, which axes would use, discards the whole header if any part of it is garbage.)
    """
    count = settings.TRUSTED_PROXY_COUNT
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-count:] if count else [""]
    return address_in(hops[0]) or address_in(request.META.get("REMOTE_ADDR", "")) or _NOWHERE


def address_in(text: str) -> str:
    """Normalised, without the brackets, port and zone that proxies may add; "" if it is not an address."""
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
    """In clear text, on one line; `others` are axes' other arguments, the request last."""
    return f"{_typed_name(others[-1]) or username!r} from {address}"


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """The response while locked."""
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
