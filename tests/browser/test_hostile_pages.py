"""CASES X01 to X08 in a real browser, as Chief: whatever files and editors write, no page of ours runs it.

Every address of the admin that can be read is opened, by whatever name it comes to be added.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from articles.changes.actors import OPERATOR
from articles.history import change_sets
from articles.models import Article, Cause, ChangeSet, Conflict, ImportRun, Topic, User
from articles.models.history import Origin
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.admin.test_admin_escaping import ATTACKS, poisoned
from tests.admin.test_admin_rights import routes
from tests.factories import make_user
from tests.importing.import_running import import_seeds, story, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

FORM = "/admin/articles/article/{}/change/"
BODY = """
<script>__x(1)</script> <img src=x onerror=__x(1)> <svg><script>__x(1)</script></svg>
<iframe srcdoc="<script>__x(1)</script>"></iframe> <form action=//evil.example><input name=q></form>
<style>body { display: none }</style> <base href="//evil.example/">
<meta http-equiv=refresh content="0;url=//evil.example"> <object data="//evil.example/x"></object>
<x onclick=__x(1)>x</x>
<div style="position:fixed;inset:0">over all</div>
<a id=getElementById name=cookie href="https://a.example/" target=_blank>a</a>

[x](javascript:__x(1)) [x](JaVaScRiPt&#58;__x(1)) [r] <javascript:__x(1)> ![x](data:image/svg+xml;base64,PHN2Zy8+)
<http://a.b/"onmouseover=__x(1)> <img src=https://tracker.example/1x1>

[r]: javascript:__x(1)
"""
NOT_READ = {"logout", "login"}
"""They end the session."""
WATCH = """() => {
    window.__x = () => document.documentElement.setAttribute("data-fired", location.href);
    document.addEventListener("securitypolicyviolation", event => {
        const seen = document.documentElement.getAttribute("data-refused") ?? "";
        document.documentElement.setAttribute("data-refused", `${seen} ${event.violatedDirective} ${event.sourceFile}`);
    });
}"""
HOVER = """() => document.querySelectorAll("main *").forEach(element =>
    ["mouseover", "click-not", "error", "focus"].forEach(name => element.dispatchEvent(new Event(name))))"""


@pytest.fixture
def crowd(db, tmp_path) -> list[Article]:
    """An article for each attack, live, hidden, set aside and held among them, with history, a conflict and a run."""
    articles = [poisoned(attack, n) for n, attack in enumerate(ATTACKS)]
    for n, (article, attack) in enumerate(zip(articles, ATTACKS, strict=True)):
        opened = change_sets.open_change_set("publish", actor=OPERATOR, reason=attack)
        words = {"actor": OPERATOR, "reason": attack, "origin": Origin.ACTION, "change_set": opened}
        if n % 3 == 0:
            publishing.publish(article, **words)
        elif n % 3 == 1:
            decide("set_aside", [article], cause=Cause.OTHER, note=attack, **words)
        else:
            decide("hold", [article], why=attack, **words)
    file = write(tmp_path, "<img src=x onerror=__x(1)>.md", story("a", "published: true\n", body=BODY))
    import_seeds(tmp_path, "--root", "<script>__x(1)</script>")
    file.write_bytes(
        story("a", "published: true\n'<img src=x onerror=__x(1)>': 1\n", body=BODY, title='"<script>__x(1)</script>"')
    )
    import_seeds(tmp_path, "--root", "<script>__x(1)</script>")
    run = ImportRun.objects.latest("pk").change_set
    sides = dict.fromkeys(("base", "incoming", "current"), '"<script>__x(1)</script><img src=x onerror=__x(1)>"')
    for article in articles[:2]:
        Conflict.objects.create(article=article, field="title", opened_in=run, opened_at=run.created_at, **sides)
    return list(Article.objects.order_by("pk"))


@pytest.fixture
def window(live_server, open_page):
    watched = open_page(width=1280)
    watched.page.add_init_script(f"({WATCH})()")
    boss = make_user("Chief", username="<b onclick=__x(1)>boss")
    client = Client()
    client.force_login(User.objects.get(pk=boss.pk))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    watched.page.context.add_cookies([cookie])
    watched.page.on("dialog", lambda dialog: (watched.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    watched.page.on("pageerror", lambda error: watched.complaints.append(f"error: {error}"))
    return watched


def addresses(articles: list[Article]) -> Iterator[str]:
    """Every route that can be read, for every article it may be about."""
    keys = {
        "importrun": [ImportRun.objects.latest("pk").pk],
        "changeset": list(ChangeSet.objects.values_list("pk", flat=True)),
        "topic": [Topic.objects.order_by("-pk").first().pk],
        "article": [article.pk for article in articles],
    }
    for name, route in routes().items():
        if name in NOT_READ or route.startswith(("^", "(?P", "r/", "jsi18n", "axes", "auth")):
            continue
        model = route.split("/")[1] if route.count("/") > 1 else ""
        holes = [hole for hole in ("<path:object_id>", "<int:pk>", "<id>") if hole in route]
        for key in keys.get(model, [1]) if holes else [""]:
            yield f"/admin/{route.replace(holes[0], str(key)) if holes else route}"
    yield from ("/admin/articles/article/?state=all", "/", *(article.get_absolute_url() for article in articles))


def is_page(window, address: str) -> bool:
    """Something to look at, rather than a file, a refusal or the end of the session."""
    answer = window.page.request.get(address)
    return answer.ok and "text/html" in answer.headers["content-type"]


def faults(page: Page) -> list[str]:
    root = page.locator("html")
    return [fault for name in ("data-fired", "data-refused") if (fault := root.get_attribute(name))]


def test_no_page_runs_what_an_article_a_file_or_an_account_says(live_server, window, crowd):
    wrong, read = [], [address for address in addresses(crowd) if is_page(window, live_server.url + address)]
    for address in read:
        window.page.goto(live_server.url + address)
        window.page.evaluate(HOVER)
        wrong += [(address, fault) for fault in faults(window.page)]
    assert wrong == []
    assert len(read) > 50
    assert [text for text in window.complaints if text.startswith(("dialog", "error"))] == []
    assert window.policy_violations() == []
    assert window.hosts == {urlsplit(live_server.url).hostname}


def test_the_watch_would_notice(live_server, window, crowd):
    """Else the test above would pass for any page."""
    window.page.goto(live_server.url + FORM.format(crowd[0].pk))
    window.page.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=__x(1)>')")
    window.page.wait_for_function("() => document.documentElement.hasAttribute('data-refused')")
    window.page.evaluate("() => window.__x(1)")
    assert len(faults(window.page)) == 2


@pytest.mark.parametrize("box", ["web_url", "original_url", "images-0-url", "related-0-web_url"])
def test_an_address_that_is_a_script_is_refused_by_the_form(live_server, window, crowd, box):
    article = crowd[1]
    window.page.goto(live_server.url + FORM.format(article.pk))
    window.page.evaluate("() => document.querySelectorAll('details').forEach(entry => { entry.open = true; })")
    window.page.fill(f"#id_{box}", "javascript:__x(1)")
    window.page.click("button[name=_save]")
    expect(window.page.locator(".errornote").first).to_be_visible()
    assert faults(window.page) == []
    assert Article.objects.get(pk=article.pk).version == article.version
