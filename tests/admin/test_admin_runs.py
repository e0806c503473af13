"""Import runs in the admin: for Chiefs, to read."""

import pytest

from articles.actors import OPERATOR
from articles.importing.runner import Import
from articles.models import ImportOutcome, ImportRun
from tests.admin.browserless import forms_of, text_of
from tests.admin.seeds import seed

pytestmark = pytest.mark.django_db
RUNS = "/admin/articles/importrun/"
GOOD = seed()


@pytest.fixture
def run(db, tmp_path):
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "<script>__x(1)<.md").write_text(GOOD.replace("title: T", "title: {a: '<img src=x>'}"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    return ImportRun.objects.get()


def test_a_chief_reads_what_each_file_became_and_why(chief, signed_in, run):
    client = signed_in(chief)
    assert "run 1" in text_of(client.get(RUNS)).lower() or f"run {run.pk}" in text_of(client.get(RUNS))
    page = client.get(f"{RUNS}{run.pk}/change/")
    words = text_of(page)
    for said in ("operator", "wire", "rejected", "<script>__x(1)<.md", "created", "good.md", "line 2", "title"):
        assert said in words, said
    assert b"<script>__x" not in page.content
    assert words.index("rejected") < words.index("good.md")


def test_nothing_about_a_run_can_be_changed_by_a_chief(chief, signed_in, run):
    client = signed_in(chief)
    before = list(ImportRun.objects.values()), list(ImportOutcome.objects.values())
    page = client.get(f"{RUNS}{run.pk}/change/")
    boxes = {name for form in forms_of(page) for name in form.boxes}
    assert not boxes & {"root", "paths", "created_count", "started_at"}
    for address in (f"{RUNS}{run.pk}/change/", f"{RUNS}{run.pk}/delete/", f"{RUNS}add/"):
        assert client.post(address, {"root": "forged", "post": "yes", "_save": "1"}).status_code == 403
    client.post(RUNS, {"action": "delete_selected", "index": "0", "_selected_action": run.pk, "post": "yes"})
    assert (list(ImportRun.objects.values()), list(ImportOutcome.objects.values())) == before


@pytest.mark.parametrize("role", ["contributor", "editor"])
def test_others_do_not_read_runs(request, signed_in, run, role):
    client = signed_in(request.getfixturevalue(role))
    for address in (RUNS, f"{RUNS}{run.pk}/change/", f"{RUNS}{run.pk}/history/"):
        response = client.get(address)
        assert response.status_code == 403
        assert b"good.md" not in response.content
