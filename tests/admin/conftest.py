"""One row for each model of the admin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group
from django.utils import timezone

from articles.changes.actors import OPERATOR
from articles.history import change_sets
from articles.importing.runner import Import
from articles.models import Article, Category, ChangeSet, ImportRun, Provider, Topic
from articles.workflow import publishing
from tests.admin.seeds import seed
from tests.bulk.bulk_running import begin
from tests.factories import make_user


@pytest.fixture
def kind(request):
    """How the article of `objects` stands with readers: hidden, unless a test asks for others."""
    return getattr(request, "param", "hidden")


@pytest.fixture
def objects(db, tmp_path, kind):
    """One row for each model of the admin."""
    (tmp_path / "a.md").write_text(seed())
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    if kind != "hidden":
        days = timedelta(days=1 if kind == "scheduled" else -1)
        publishing.publish(Article.objects.get(), actor=OPERATOR, at=timezone.now() + days)
    Category.objects.create(name="C", slug="c")
    Topic.objects.create(name="T", slug="t")
    when = {"attempt_time": timezone.now()}
    return {
        "group": Group.objects.first(),
        "user": make_user("Editor", username="somebody"),
        "article": Article.objects.get(),
        "importrun": ImportRun.objects.get(),
        "category": Category.objects.get(),
        "topic": Topic.objects.get(),
        "provider": Provider.objects.get(),
        "accessattempt": AccessAttempt.objects.create(
            username="x", ip_address="192.0.2.1", failures_since_start=1, **when
        ),
        "accesslog": AccessLog.objects.create(username="x", **when),
        "accessfailurelog": AccessFailureLog.objects.create(username="x", **when),
        "changeset": change_sets.open_change_set(ChangeSet.Kind.COMMAND, actor=OPERATOR),
        "bulkaction": begin("add_topics", actor=OPERATOR, topics=["Forged"]),
    }
