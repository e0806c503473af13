"""`manage.py seed_schema`: prints the JSON Schema of a seed's front matter."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from articles.seedfile.json_schema import seed_schema


class Command(BaseCommand):
    help = "Prints the JSON Schema of a seed's front matter, for editors that validate YAML."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(seed_schema(), indent=2))
