"""What is typed beside a decision: a reason, a note, why something is held."""

from __future__ import annotations

from django.http import HttpRequest


def typed_words(request: HttpRequest, name: str = "reason") -> str:
    """As typed, but for white space around it and for what PostgreSQL cannot hold."""
    return request.POST.get(name, "").replace("\x00", "").strip()
