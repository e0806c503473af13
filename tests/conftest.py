from __future__ import annotations

import gc
import subprocess

import pytest
from django.db import connection
from django.template import RequestContext
from django.template.base import Template
from django.test import Client
from django.test.signals import template_rendered
from hypothesis import HealthCheck, settings
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.factories import make_user
from tests.one_door import watch
from tests.sampling import sample

gc.set_threshold(200_000, 20, 50)
"""Pages make and drop objects by the hundred thousand; looking through them so often took a fifth of the time."""

LEFT_OUT = pytest.StashKey[int]()
"""How many slow tests were not chosen."""

settings.register_profile("suite", deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
settings.register_profile("sample", settings.get_profile("suite"), max_examples=50, derandomize=True)
settings.register_profile("whole", settings.get_profile("suite"), max_examples=10_000)
settings.load_profile(sample("sample", "whole"))
"""What takes long on a busy machine is no fault: a deadline and a check for slowness would assert a time."""


def pytest_collection_modifyitems(config, items):
    """Leaves out what is about the other database."""
    other = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    others = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def pytest_configure(config):
    config.stash[LEFT_OUT] = 0


def pytest_deselected(items):
    for item in items:
        item.config.stash[LEFT_OUT] += bool(item.get_closest_marker("slow"))


def pytest_sessionfinish(session):
    """A worker tells who divides the work."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter, config):
    if left_out := config.stash[LEFT_OUT]:
        terminalreporter.write_line(f"{left_out} slow tests were left out; make test-all runs them.")


def pytest_collection_finish():
    """What is loaded by now stays: to look through it again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _only_slow_tests_start_programs(request, monkeypatch):
    def refuse(*words, **options):
        raise AssertionError("a test that starts a program is marked slow")

    if not any(map(request.node.get_closest_marker, ("slow", "browser"))):
        monkeypatch.setattr(subprocess, "Popen", refuse)


@pytest.fixture(autouse=True, scope="session")
def _watched():
    watch()


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_looked_for_once():
    """Every new client makes the middleware anew, and with it the list of all static files."""
    look, kept = WhiteNoiseMiddleware.add_files_from_finders, {}

    def look_once(middleware):
        if not kept:
            look(middleware)
            kept.update(middleware.files)
        middleware.files.update(kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def _pages_alone_tell_of_their_context(django_test_environment):
    """Else what a page includes and each of its boxes would be as well, with a copy of their context for each."""

    def render(template, context):
        if isinstance(context, RequestContext) and context.template is template:
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture
def contributor(db):
    return make_user("Contributor")


@pytest.fixture
def editor(db):
    return make_user("Editor")


@pytest.fixture
def chief(db):
    return make_user("Chief")


@pytest.fixture
def signed_in():
    """A client for a user: `signed_in(editor).get(...)`."""

    def client_of(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of
