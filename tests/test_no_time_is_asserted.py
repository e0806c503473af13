"""No test asserts a time, and none waits for a fixed one: machines differ, and are busy. Work is counted instead
(`counted_work`), other processes are asked again and again (`waiting`) or halted (`halting`), a page's clock is moved.

A guard against hanging has no number of its own: it gives up after GIVES_UP_AFTER.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TESTS = Path(__file__).parent
LOOKS_AT_A_CLOCK = {"waiting.py"}
"""To give up when something hangs."""

_CLOCKS = {"time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime", "getrusage", "timeit"}
_CLOCKS |= {f"{name}_ns" for name in _CLOCKS}
_WAITS = {"sleep", "wait_for_timeout", "Timer", "sigtimedwait", "setitimer", "alarm"}
_GUARDED = {"wait", "join", "acquire"}
_IN_TEXTS = re.compile(r"\b(?:time\.sleep|sleep\(|wait_for_timeout)|setTimeout\([^)]*,\s*[1-9]")


def faults(source: str) -> list[str]:
    """What a module of the tests does with time, as "line: what"."""
    return [f"{node.lineno}: {what}" for node in ast.walk(ast.parse(source)) for what in _faults_of(node)]


def _faults_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _faults_of_call(node)
    elif isinstance(node, ast.ImportFrom) and node.module in ("time", "timeit", "resource"):
        yield f"imports from {node.module}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _IN_TEXTS.search(node.value):
        yield "waits for a fixed time in a program of its own"
    elif isinstance(node, ast.Assert) and any(_is_age(part) for part in ast.walk(node)):
        yield "asserts how long ago something was"


def _faults_of_call(call: ast.Call) -> Iterator[str]:
    name = _name(call.func)
    owner = _name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if name in _CLOCKS and owner in ("time", "timeit", "resource"):
        yield f"looks at a clock ({name})"
    if name in _WAITS:
        yield f"waits for a fixed time ({name})"
    if name in _GUARDED and isinstance(call.func, ast.Attribute) and any(map(_is_number, call.args)):
        yield f"{name} gives up after a time of its own"
    for keyword in call.keywords:
        if keyword.arg in ("timeout", "deadline") and _is_number(keyword.value):
            yield f"{keyword.arg} is a time of its own"
        if keyword.arg == "suppress_health_check" and isinstance(keyword.value, ast.List):
            yield "asks hypothesis to look at a clock; the suite's profile says what it may check"


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _is_age(node: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub):
        return False
    return isinstance(node.left, ast.Call) and _name(node.left.func) in ("now", "utcnow", "time")


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize(
    "source",
    [
        "began = time.perf_counter()",
        "assert time.process_time() - began < 2",
        "from time import monotonic",
        "time.sleep(0.1)",
        "await asyncio.sleep(1)",
        "page.wait_for_timeout(500)",
        "threading.Timer(0.3, release).start()",
        "CODE = '''\nimport time\ntime.sleep(60)\n'''",
        "page.evaluate('() => new Promise(done => setTimeout(done, 500))')",
        "assert is_done.wait(5)",
        "thread.join(0.5)",
        "subprocess.run(words, timeout=5)",
        "expect(page.locator('h1')).to_be_visible(timeout=300)",
        "settings(deadline=200)",
        "settings(suppress_health_check=[HealthCheck.filter_too_much])",
        "resource.getrusage(resource.RUSAGE_SELF)",
        "assert timezone.now() - article.created_at < timedelta(seconds=1)",
    ],
)
def test_what_asserts_a_time_or_waits_for_a_fixed_one_is_found(source):
    assert faults(source)


@pytest.mark.parametrize(
    "source",
    [
        "until(lambda: process.poll() is not None)",
        "subprocess.run(words, timeout=GIVES_UP_AFTER)",
        "settings(max_examples=30)",
        "', '.join(names)",
        "thread.join()",
        "page.clock.run_for(500)",
        "make_article(live_from=timezone.now() - timedelta(hours=1))",
        "monkeypatch.setattr(time, 'monotonic', lambda: 100.0)",
    ],
)
def test_what_waits_for_something_to_happen_is_fine(source):
    assert faults(source) == []


def test_hypothesis_asserts_no_time():
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check


def test_no_test_asserts_a_time_or_waits_for_a_fixed_one():
    offences = {
        str(path.relative_to(TESTS)): wrong
        for path in sorted(TESTS.rglob("*.py"))
        if path.name not in LOOKS_AT_A_CLOCK and path != Path(__file__) and (wrong := faults(path.read_text()))
    }
    assert offences == {}
