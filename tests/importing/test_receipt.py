from __future__ import annotations

import json

from articles.importing.receipt import FileReport, Receipt
from articles.models.importing import Outcome
from articles.seedfile.problems import error, notice


def test_receipt_counts_every_file_and_keeps_those_that_were_not_unchanged():
    receipt = Receipt(root="wire", is_dry_run=False)
    receipt.run = 7
    receipt.add(FileReport("a.md", Outcome.CREATED, 1))
    receipt.add(FileReport("b.md", Outcome.UNCHANGED, 2))
    receipt.add(FileReport("c.md", Outcome.UPDATED, 3, ("title", "webUrl"), (notice("moved"),)))
    receipt.add(FileReport("d.md", Outcome.REJECTED, problems=(error("is missing", line=1, key="title"),)))
    assert receipt.head() == {
        "run": 7,
        "root": "wire",
        "dry_run": False,
        "counts": {"created": 1, "updated": 1, "unchanged": 1, "conflicted": 0, "rejected": 1, "skipped": 0},
    }
    moved = {"severity": "notice", "line": None, "key": "", "message": "moved"}
    missing = {"severity": "error", "line": 1, "key": "title", "message": "is missing"}
    assert list(receipt.files()) == [
        {"path": "a.md", "outcome": "created", "article": 1, "changes": [], "problems": []},
        {"path": "c.md", "outcome": "updated", "article": 3, "changes": ["title", "webUrl"], "problems": [moved]},
        {"path": "d.md", "outcome": "rejected", "article": None, "changes": [], "problems": [missing]},
    ]
    receipt.close()


def test_counts_stand_in_the_order_of_the_outcomes():
    counts = Receipt(root="wire", is_dry_run=True).head()["counts"]
    assert json.dumps(list(counts)) == '["created", "updated", "unchanged", "conflicted", "rejected", "skipped"]'


def test_receipt_can_be_read_twice():
    receipt = Receipt(root="wire", is_dry_run=True)
    receipt.add(FileReport("a\nb.md", Outcome.CREATED))
    assert [file["path"] for file in receipt.files()] == [file["path"] for file in receipt.files()] == ["a\nb.md"]


def test_only_a_rejection_makes_a_receipt_one_of_rejections():
    receipt = Receipt(root="wire", is_dry_run=False)
    receipt.add(FileReport("a.md", Outcome.CONFLICTED, 1))
    receipt.add(FileReport("b.md", Outcome.SKIPPED))
    assert not receipt.has_rejected
    receipt.add(FileReport("c.md", Outcome.REJECTED))
    assert receipt.has_rejected
