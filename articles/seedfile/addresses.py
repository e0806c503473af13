"""Web addresses: which are accepted, and when two of them are the same.

Rules of `canonical`, all from RFC 3986 section 6.2 unless marked (ours):

1. scheme and host in lower case, the host in its ASCII form (RFC 5891), IPv6 in full, without a final dot (ours);
2. `http` and `https` are the same, and their default ports are dropped (ours);
3. an empty path is `/`; dot segments are resolved;
4. percent-encodings in upper case, those of unreserved characters decoded, other non-ASCII text encoded as UTF-8, a
   stray percent sign as %25 (ours);
5. the fragment is dropped (ours), and so are query parameters that only track readers (ours, `TRACKING`).

Everything else distinguishes addresses, including the order of query parameters and a trailing slash: a duplicate is a
nuisance, but merging two different articles is a loss.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

from articles.seedfile.scalars import line, shown

TRACKING = re.compile(r"(?:utm_[a-z_]+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid)(?:=|\Z)", re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}

_UNWANTED = re.compile(r"[\s<>\"`\\\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LONGEST_HOST = 253
_NETLOC = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\[\]:]+)(?::[0-9]*)?\Z")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\Z")
_COMMON = re.compile(rf"https?://({_LABEL}(?:\.{_LABEL})*)(|/[\w./~!$&'()*+,;=:@-]*)\Z", re.ASCII)
"""The common case: nothing to normalise except dot segments."""
_REMEDY = "write an absolute one like https://example.org/story"


def web_address(value: object) -> str:
    """An absolute http or https address, exactly as written. Raises ValueError with the remedy."""
    address = line(value)
    if not address:
        raise ValueError(f"is empty; {_REMEDY}")
    if _common(address):
        return address
    unwanted = _UNWANTED.search(address)
    if unwanted:
        raise ValueError(f"{shown(address)} contains {shown(unwanted[0])}; percent-encode it")
    _split(address)
    return address


def optional_web_address(value: object) -> str:
    return web_address(value) if line(value) else ""


@lru_cache(maxsize=4096)
def url_key(address: str) -> str:
    """The identity of an article: SHA-256 of the canonical address, 64 hexadecimal digits."""
    return sha256(canonical(address).encode()).hexdigest()


def canonical(address: str) -> str:
    """The canonical address, by the rules above. Raises ValueError."""
    common = _common(address)
    if common and "/." not in common[2]:
        return f"https://{common[1]}{common[2] or '/'}"
    parts, host, port = _split(address)
    netloc = host if port is None else f"{host}:{port}"
    query = "&".join(p for p in _normal(parts.query).split("&") if p and not TRACKING.match(p))
    path = _without_dots(_normal(parts.path)) or "/"
    return f"https://{netloc}{path}" + (f"?{query}" if query else "")


def _common(address: str) -> re.Match[str] | None:
    match = _COMMON.match(address)
    return match if match and len(match[1]) <= _LONGEST_HOST else None


def _split(address: str) -> tuple[SplitResult, str, int | None]:
    try:
        parts = urlsplit(address)
        port = parts.port
        host = _ascii_host(parts.hostname or "") if _NETLOC.match(parts.netloc) else ""
    except ValueError as problem:
        raise ValueError(f"{shown(address)} is not a web address ({problem}); {_REMEDY}") from None
    if "@" in parts.netloc:
        raise ValueError(f"{shown(address)} carries a user name; remove it")
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise ValueError(f"{shown(address)} is not a web address; {_REMEDY}")
    return parts, host, None if port in DEFAULT_PORTS.values() else port


@lru_cache(maxsize=1024)
def _ascii_host(host: str) -> str:
    host = host.rstrip(".").lower()
    if ":" in host:
        return f"[{IPv6Address(host).packed.hex(':', 2)}]"  # not `exploded`, which differs between Pythons
    if len(host) <= _LONGEST_HOST and not host.isascii():
        host = ".".join(_ascii_label(label) for label in re.split("[.\u3002]", unicodedata.normalize("NFKC", host)))
    if host and (len(host) > _LONGEST_HOST or not _HOST.match(host)):
        raise ValueError("the host is not a name")
    return host


def _ascii_label(label: str) -> str:
    """Not with Python's "idna" codec: it is RFC 3490, which maps faß.example to fass.example."""
    label = unicodedata.normalize("NFC", label.lower())
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"


def _normal(text: str) -> str:
    if "%" in text:
        text = _PERCENT.sub(_decode_unreserved, text)
    return text if text.isascii() else quote(text, safe="%/?:@!$&'()*+,;=[]|{}^-._~")


def _decode_unreserved(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in (".", ".."):
            kept.append(segment)
    return "/".join(kept) + ("/" if segments[-1] in (".", "..") else "")
