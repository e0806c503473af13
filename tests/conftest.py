from __future__ import annotations

import gc

import pytest
from django.db import connection
from django.test import Client

from tests.factories import make_user
from tests.one_door import watch

gc.set_threshold(50_000, 20, 50)
"""Pages make and drop objects by the hundred thousand; looking through them so often took a fifth of the time."""


def pytest_collection_modifyitems(config, items):
    """Leaves out what is about the other database."""
    other = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    others = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.fixture(autouse=True, scope="session")
def _watched():
    watch()


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
