"""What README.md shows can be copied."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from tests.importing.import_running import import_seeds, write

pytestmark = pytest.mark.django_db

README = (settings.BASE_DIR / "README.md").read_text()


def test_seed_at_the_top_imports_without_a_word(tmp_path):
    seed = re.search(r"^```markdown\n(---\n.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert seed
    assert README.index("## Two commands") < seed.start() < README.index("manage.py import_seeds mine.md")
    write(tmp_path, "mine.md", seed[1].encode())
    ran = import_seeds(tmp_path / "mine.md")
    assert (ran.status, ran.errors, ran.outcomes, ran.said("mine.md")) == (0, "", {"mine.md": "created"}, "")


def test_seed_at_the_top_is_none_of_the_demo(tmp_path):
    seed = re.search(r"^webUrl: (\S+)$", README, re.MULTILINE)
    assert seed
    assert not any(seed[1] in path.read_text() for path in (settings.BASE_DIR / "seeds").rglob("*.txt"))


def test_seed_at_the_top_has_no_line_too_many(tmp_path):
    """Each key is required: without any of them the file is rejected."""
    lines = re.search(r"^```markdown\n(---\n.*?)^```$", README, re.MULTILINE | re.DOTALL)[1].splitlines(keepends=True)
    for place, line in enumerate(lines):
        if re.match(r"(\w+:| {2}\w+:)", line):
            file = write(tmp_path, f"without-{place}.md", "".join(lines[:place] + lines[place + 1 :]).encode())
            assert import_seeds(file, "--dry-run").status == 1


PAGES = [settings.BASE_DIR / "README.md", *sorted((settings.BASE_DIR / "docs").glob("*.md"))]


def linked_from(page):
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    return {(page.parent / target).resolve() for target in targets if "://" not in target}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    assert [target.name for target in linked_from(page) if not target.exists()] == []


def test_the_index_names_every_page_and_every_picture_has_one():
    folder = settings.BASE_DIR / "docs"
    assert set(folder.glob("*.md")) - linked_from(folder / "README.md") == {folder / "README.md"}
    assert set((folder / "pictures").iterdir()) == {
        one for page in PAGES for one in linked_from(page) if one.suffix == ".png"
    }
