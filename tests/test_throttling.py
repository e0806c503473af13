"""Who asks, as far as it decides who is kept out."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from articles.accounts import throttling

PEER = "10.0.0.1"
HEADERS = [
    # what arrives, how many proxies are trusted, who it is
    ("203.0.113.7", 0, PEER),
    (None, 0, PEER),
    (None, 1, PEER),
    ("203.0.113.7", 1, "203.0.113.7"),
    (" 203.0.113.7 ", 1, "203.0.113.7"),
    ("198.51.100.9, 203.0.113.7", 1, "203.0.113.7"),
    ("198.51.100.9,203.0.113.7,10.0.0.9", 2, "203.0.113.7"),
    ("garbage, 203.0.113.7", 1, "203.0.113.7"),
    (", , 203.0.113.7", 1, "203.0.113.7"),
    ("203.0.113.7, 10.0.0.9", 3, "203.0.113.7"),
    ("203.0.113.7:4711", 1, "203.0.113.7"),
    ("[2001:db8::7]:4711", 1, "2001:db8::7"),
    ("[2001:db8::7]", 1, "2001:db8::7"),
    ('"[2001:db8::7]:4711"', 1, "2001:db8::7"),
    ("2001:DB8:0:0::7", 1, "2001:db8::7"),
    ("fe80::7%eth0", 1, "fe80::7"),
    ("::ffff:203.0.113.7", 1, "203.0.113.7"),
    ("unknown", 1, PEER),
    ("203.0.113.7, unknown", 1, PEER),
    ("203.0.113.7, ", 1, PEER),
    ("203.0.113.999", 1, PEER),
    ("203.0.113.007", 1, PEER),
    ("[", 1, PEER),
    ("%", 1, PEER),
    ("", 1, PEER),
    ("2001:db8::7/64", 1, PEER),
    ("9" * 9000, 1, PEER),
]


def request(header: str | None, peer: str = PEER):
    return RequestFactory().get("/", REMOTE_ADDR=peer, **({} if header is None else {"HTTP_X_FORWARDED_FOR": header}))


@pytest.mark.parametrize(("header", "trusted", "who"), HEADERS)
def test_client_is_the_trusted_proxies_last_hop(settings, header, trusted, who):
    settings.TRUSTED_PROXY_COUNT = trusted
    assert throttling.client_address(request(header)) == who


@pytest.mark.parametrize("peer", ["", "unix:", "::ffff:10.0.0.1", "10.0.0.1"])
def test_socket_without_an_address_still_has_a_count(settings, peer):
    settings.TRUSTED_PROXY_COUNT = 1
    who = throttling.client_address(request("nobody", peer))
    assert who == ("10.0.0.1" if "10.0" in peer else "0.0.0.0")
    assert throttling.network_of(who) == who


@given(st.text(max_size=80), st.ip_addresses())
def test_whatever_a_client_sends_its_proxy_says_who_it_is(sent, client):
    expected = getattr(client, "ipv4_mapped", None) or client
    hops = f"{sent}, {client}".split(",")
    assert throttling.address_in(hops[-1]) == str(expected)
    assert throttling.address_in(sent) in ("", throttling.address_in(throttling.address_in(sent)))


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::7", "2001:db8:1:2::/64"), ("::1", "::/64")],
)
def test_network(address, network):
    assert throttling.network_of(address) == network


@pytest.mark.parametrize("name", ["Owner", "OWNER", "ｏｗｎｅｒ", "ｏWNER"])
def test_spellings_of_one_name_count_together(name):
    assert throttling.username_of(None, {"username": name}) == "owner"
