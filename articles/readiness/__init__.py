"""Whether an article is ready to be published. A project's own checks import `blocker` and `warning` from here."""

from articles.readiness.findings import Check, Finding, Subject, blocker, warning

__all__ = ["Check", "Finding", "Subject", "blocker", "warning"]
