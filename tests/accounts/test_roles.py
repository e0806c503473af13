from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

pytestmark = pytest.mark.django_db


def rights_of(role: str) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_there_are_three_roles_and_each_holds_the_rights_of_the_one_before():
    assert set(Group.objects.values_list("name", flat=True)) == {"Contributor", "Editor", "Chief"}
    assert rights_of("Contributor") < rights_of("Editor") < rights_of("Chief")


def test_a_contributor_adds_and_changes_an_editor_also_publishes_a_chief_also_labels_runs_and_accounts():
    assert {"add_article", "change_article"} <= rights_of("Contributor")
    assert rights_of("Editor") - rights_of("Contributor") == {"publish_article"}
    assert rights_of("Chief") - rights_of("Editor") == {
        "change_category",
        "change_topic",
        "change_provider",
        "view_importrun",
        "view_importoutcome",
        "undo_importrun",
        "add_user",
        "change_user",
        "view_user",
    }


def test_no_role_deletes_anything_rewrites_history_or_touches_groups():
    for role in ("Contributor", "Editor", "Chief"):
        assert not {name for name in rights_of(role) if name.startswith("delete_")}
        assert not {"change_revision", "change_changeset", "change_group"} & rights_of(role)
