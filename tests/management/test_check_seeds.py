from __future__ import annotations

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.importing.import_running import story, write

MERGE = "Before\n\n<<<<<<< ours\nmine\n=======\ntheirs\n>>>>>>> theirs\n"


def checked(folder, *options, status=0):
    """Without a database: pytest-django refuses any query of a test that is not marked."""
    out = StringIO()
    try:
        call_command("check_seeds", str(folder), *options, stdout=out)
    except SystemExit as end:
        ended = end.code
    else:
        ended = 0
    assert ended == status
    return out.getvalue()


def test_the_projects_own_seeds_are_accepted():
    assert checked(settings.BASE_DIR / "seeds").splitlines()[-1] == "41 accepted, 0 rejected, 0 skipped."


def test_every_problem_is_named_with_path_line_and_key(tmp_path):
    write(tmp_path, "good.md", story("good"))
    write(tmp_path, "bad.md", story("bad", quality="101", published="maybe"))
    said = checked(tmp_path, status=1)
    assert "rejected bad.md:7: quality" in said
    assert "rejected bad.md:8: published" in said
    assert said.endswith("1 accepted, 1 rejected, 0 skipped.\n")


def test_two_files_with_one_address_are_found(tmp_path):
    write(tmp_path, "a.md", story("same"))
    write(tmp_path, "b.md", story("same"))
    assert "b.md: webUrl duplicate of a.md" in checked(tmp_path, status=1)


def test_T06_unresolved_merge_is_named_with_its_line(tmp_path):  # noqa: N802
    write(tmp_path, "a.md", story("a", body=MERGE))
    assert checked(tmp_path, status=1).startswith("rejected a.md:10: unresolved merge: keep")


def test_the_report_as_json(tmp_path):
    write(tmp_path, "a.md", story("a", author="Somebody"))
    report = json.loads(checked(tmp_path, "--format", "json"))
    assert report["counts"] == {"accepted": 1, "rejected": 0, "skipped": 0}
    assert [(f["path"], f["outcome"], f["problems"][0]["severity"]) for f in report["files"]] == [
        ("a.md", "accepted", "notice")
    ]


def test_one_file_is_checked_whatever_its_name(tmp_path):
    write(tmp_path, "draft.seed", story("a", quality="101"))
    assert checked(tmp_path / "draft.seed", status=1).startswith("rejected draft.seed:7: quality")
    write(tmp_path, "b.md", story("b"))
    assert checked(tmp_path / "b.md") == "1 accepted, 0 rejected, 0 skipped.\n"


def test_a_path_that_is_not_there_cannot_be_used(tmp_path):
    with pytest.raises(CommandError) as refusal:
        checked(tmp_path / "nowhere")
    assert refusal.value.returncode == 2
