import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.seedfile.addresses import canonical, optional_web_address, url_key, web_address
from articles.seedfile.scalars import Plain

ACCEPTED = [
    "https://gazette.example/ferry",
    "http://gazette.example",
    "HTTPS://GAZETTE.EXAMPLE/Ferry",
    "https://gazette.example:8443/ferry?b=2&a=1#top",
    "https://gazette.example./ferry",
    "https://gazette.example:/ferry",
    "https://münchen.example/straße?q=ü",
    "https://xn--mnchen-3ya.example/",
    "https://127.0.0.1/",
    "https://[::1]:8080/",
    "https://a_b.example/",
    "https://localhost/",
    "https://gazette.example/100%",
    "https://gazette.example/a'b(c)[d]|{e}^",
    "https://gazette.example//a//b/../c",
]


@pytest.mark.parametrize("address", ACCEPTED)
def test_absolute_web_address_is_kept_exactly(address):
    assert web_address(address) == web_address(Plain(f" {address} ")) == address
    assert len(url_key(address)) == 64


REFUSED = [
    pytest.param("javascript:alert(1)", "is not a web address; write an absolute one", id="X01-javascript"),
    pytest.param("JaVaScRiPt:alert(1)", "is not a web address", id="X01-javascript-mixed-case"),
    pytest.param("javascript://gazette.example/%0aalert(1)", "is not a web address", id="X01-javascript-with-host"),
    pytest.param("java\tscript:alert(1)", "percent-encode it", id="X01-javascript-with-tab"),
    pytest.param("data:text/html,x", "is not a web address", id="data"),
    pytest.param("vbscript:x", "is not a web address", id="vbscript"),
    pytest.param("file:///etc/passwd", "is not a web address", id="file"),
    pytest.param("ftp://gazette.example/", "is not a web address", id="ftp"),
    pytest.param("mailto:desk@gazette.example", "is not a web address", id="mailto"),
    pytest.param("//gazette.example/ferry", "write an absolute one like https://", id="without-scheme"),
    pytest.param("/ferry", "is not a web address", id="path"),
    pytest.param("gazette.example/ferry", "is not a web address", id="without-slashes"),
    pytest.param("https:gazette.example", "is not a web address", id="no-slash"),
    pytest.param("https:/gazette.example", "is not a web address", id="one-slash"),
    pytest.param("https:///ferry", "is not a web address", id="three-slashes"),
    pytest.param("https://", "is not a web address", id="nothing-behind-the-scheme"),
    pytest.param("https://?a=1", "is not a web address", id="query-only"),
    pytest.param("https://.../", "is not a web address", id="dots"),
    pytest.param("https://.gazette.example/", "is not a web address", id="leading-dot"),
    pytest.param("https://gazette..example/", "is not a web address", id="empty-label"),
    pytest.param("https://-gazette.example/", "is not a web address", id="leading-dash"),
    pytest.param("https://gaz%65tte.example/", "is not a web address", id="percent-in-host"),
    pytest.param("https://gazette,example/", "is not a web address", id="comma-in-host"),
    pytest.param(f"https://{'a' * 64}.example/", "is not a web address", id="long-label"),
    pytest.param(f"https://{'a.' * 127}example/", "is not a web address", id="long-host"),
    pytest.param(f"https://{'é' * 60}.example/", "is not a web address", id="long-label-in-ascii-form"),
    pytest.param("https://gazette.example℀b/", "is not a web address", id="slash-by-normalisation"),
    pytest.param("https://gazette.example:99999/", "is not a web address", id="port-99999"),
    pytest.param(f"https://gazette.example:{'9' * 5000}/", "is not a web address", id="port-of-5000-digits"),
    pytest.param("https://gazette.example:-1/", "is not a web address", id="port-negative"),
    pytest.param("https://gazette.example:x/", "is not a web address", id="port-word"),
    pytest.param("https://gazette.example:80:80/", "is not a web address", id="two-ports"),
    pytest.param("https://gazette.example:８０/", "is not a web address", id="port-in-wide-digits"),
    pytest.param("https://[::1/", "is not a web address", id="open-bracket"),
    pytest.param("https://[::1]x.example/", "is not a web address", id="host-behind-bracket"),
    pytest.param("https://x.example[::1]/", "is not a web address", id="host-before-bracket"),
    pytest.param("https://[x.example]/", "is not a web address", id="name-in-brackets"),
    pytest.param("https://[v1.a:b]/", "is not a web address", id="future-ip"),
    pytest.param("https://[fe80::1%25eth0]/", "is not a web address", id="scope"),
    pytest.param("https://[1:2:3]/", "is not a web address", id="short-ipv6"),
    pytest.param("https://desk@gazette.example/", "carries a user name; remove it", id="user-name"),
    pytest.param("https://desk:secret@gazette.example/", "carries a user name", id="password"),
    pytest.param("https://gazette.example:80@evil.example/", "carries a user name", id="user-like-a-host"),
    pytest.param("https://@gazette.example/", "carries a user name", id="empty-user-name"),
    pytest.param("https://gazette.example/a b", 'contains " "; percent-encode it', id="space"),
    pytest.param("https://gazette.example/a\nb", 'contains " "', id="line-feed"),
    pytest.param("https://gazette.example/a\u2028b", 'contains " "', id="line-separator"),
    pytest.param('https://gazette.example/"onclick', "percent-encode it", id="quote"),
    pytest.param("https://gazette.example/<b>", 'contains "<"', id="angle"),
    pytest.param("https://gazette.example/`", 'contains "`"', id="backtick"),
    pytest.param("https://gazette.example\\@evil.example/", "percent-encode it", id="backslash"),
    pytest.param("https://gazette.example/a\u202eb", r'contains "\u202e"', id="bidi-control"),
    pytest.param("https://gaz\u200bette.example/", r'contains "\u200b"', id="zero-width-space"),
    pytest.param("https://gazette.example/\0", "contains the character U+0000", id="NUL"),
    pytest.param("", "is empty; write an absolute one", id="empty"),
    pytest.param(Plain("null"), "is empty", id="null"),
    pytest.param([], "is a list", id="list"),
    pytest.param({}, "is a mapping", id="mapping"),
]


@pytest.mark.parametrize(("address", "message"), REFUSED)
def test_any_other_address_is_refused_with_the_remedy(address, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        web_address(address)
    assert message in str(refusal.value)
    assert str(refusal.value).isprintable()


def test_optional_address_may_be_empty():
    assert optional_web_address("") == optional_web_address(Plain("null")) == optional_web_address(None) == ""
    with pytest.raises(ValueError, match="is not a web address"):
        optional_web_address("x")


CANONICAL = [
    ("https://gazette.example", "https://gazette.example/"),
    ("http://gazette.example/", "https://gazette.example/"),
    ("HTTP://Gazette.EXAMPLE:80/Ferry", "https://gazette.example/Ferry"),
    ("https://gazette.example:443/", "https://gazette.example/"),
    ("http://gazette.example:443/", "https://gazette.example/"),
    ("https://gazette.example:0443/", "https://gazette.example/"),
    ("https://gazette.example:/", "https://gazette.example/"),
    ("https://gazette.example:8443/", "https://gazette.example:8443/"),
    ("https://gazette.example./ferry", "https://gazette.example/ferry"),
    ("https://gazette.example/ferry#top", "https://gazette.example/ferry"),
    ("https://gazette.example/?#", "https://gazette.example/"),
    ("https://gazette.example?a=1", "https://gazette.example/?a=1"),
    ("https://gazette.example/?utm_source=x&a=1&fbclid=2&b", "https://gazette.example/?a=1&b"),
    ("https://gazette.example/?UTM_Source=x&gclid", "https://gazette.example/"),
    ("https://gazette.example/?%75tm_source=x", "https://gazette.example/"),
    (
        "https://gazette.example/?utm=1&utm_source2=x&xfbclid=1",
        "https://gazette.example/?utm=1&utm_source2=x&xfbclid=1",
    ),
    ("https://gazette.example/%7Eann", "https://gazette.example/~ann"),
    ("https://gazette.example/%e2%82%ac", "https://gazette.example/%E2%82%AC"),
    ("https://gazette.example/€", "https://gazette.example/%E2%82%AC"),
    ("https://gazette.example/a%2fb", "https://gazette.example/a%2Fb"),
    ("https://gazette.example/%25%37%45", "https://gazette.example/%257E"),
    ("https://gazette.example/%%37%45", "https://gazette.example/%257E"),
    ("https://gazette.example/100%?a=%zz", "https://gazette.example/100%25?a=%25zz"),
    ("https://gazette.example/a/./b/../c", "https://gazette.example/a/c"),
    ("https://gazette.example/a/%2E%2e/c/..", "https://gazette.example/"),
    ("https://gazette.example/../../a/.", "https://gazette.example/a/"),
    ("https://gazette.example/a/...", "https://gazette.example/a/..."),
    ("https://MÜNCHEN.example/", "https://xn--mnchen-3ya.example/"),
    ("https://mu\u0308nchen.example/", "https://xn--mnchen-3ya.example/"),
    ("https://ｇａｚｅｔｔｅ。example/", "https://gazette.example/"),
    ("https://[::1]:443/", "https://[0000:0000:0000:0000:0000:0000:0000:0001]/"),
    ("https://[0:0::0:1]/", "https://[0000:0000:0000:0000:0000:0000:0000:0001]/"),
    ("https://[::FFFF:1.2.3.4]/", "https://[0000:0000:0000:0000:0000:ffff:0102:0304]/"),
]


@pytest.mark.parametrize(("address", "expected"), CANONICAL)
def test_spellings_of_one_address_share_a_canonical_form(address, expected):
    assert canonical(address) == canonical(expected) == expected
    assert url_key(address) == url_key(expected)


DIFFERENT = [
    ("https://gazette.example/ferry", "https://gazette.example/ferry/"),
    ("https://gazette.example/ferry", "https://gazette.example/Ferry"),
    ("https://gazette.example/?a=1&b=2", "https://gazette.example/?b=2&a=1"),
    ("https://gazette.example/a", "https://gazette.example//a"),
    ("https://gazette.example/a%2Fb", "https://gazette.example/a/b"),
    ("https://gazette.example/", "https://www.gazette.example/"),
    ("https://gazette.example/", "https://gazette.example:8443/"),
    ("https://gazette.example/?a", "https://gazette.example/?a="),
    ("https://fass.example/", "https://faß.example/"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_addresses_that_may_differ_are_kept_apart(one, other):
    assert url_key(one) != url_key(other)


PIECES = [
    "http", "https", "://", "//", "a.example", "É", "ß", "I\u0307", "\u0301", "€", "。", ".", "[::1]", ":80", ":443",
    ":", "@", "/", "/.", "/..", "?", "&", "=", "#", "%", "%25", "%7e", "%2F", "%E", "7", "E", "utm_source=1", "fbclid",
    "a=1", " ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text())
def test_address_is_canonical_once_for_all_or_refused(tail):
    for address in (tail, f"https://a.example/{tail}", f"http://a.example:80/?{tail}", f"https://{tail}"):
        try:
            once = canonical(web_address(address))
        except ValueError:
            continue
        assert canonical(web_address(once)) == once
        assert once.isascii()
        assert url_key(once) == url_key(web_address(address))


@given(
    st.text("ab1-_.", min_size=1, max_size=70),
    st.sampled_from(["", ":8080", ":443", "."]),
    st.text("ab/.~-_;=,@:%2F", max_size=12).map(lambda path: f"/{path}"),
)
def test_short_way_with_common_addresses_leads_to_the_same(host, port, path):
    """A fragment goes, and an address that has one takes the long way."""
    address = f"http://{host}{port}{path}"
    try:
        expected = canonical(f"{address}#top")
    except ValueError:
        with pytest.raises(ValueError, match=r"is not a web address|carries a user name"):
            web_address(address)
    else:
        assert web_address(address) == address
        assert canonical(address) == expected
