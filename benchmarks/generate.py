"""Generates reproducible stories and their seed files. Needs no database."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from articles.seedfile.canonical import canonical_text
from articles.seedfile.schema import ArticleContent

SEED = 20_260_228
FILES_PER_FOLDER = 1_000
CATEGORIES = ("news", "science", "world", "business", "culture", "sports", "climate", "opinion")
TYPES = ("article", "video", "podcast", "opinion")
PROVIDERS = tuple(
    {"name": f"The {place} {kind}", "domain": f"{place}-{kind}.example".lower()}
    for kind in ("Gazette", "Ledger", "Herald", "Times", "Review")
    for place in ("Calder", "Harbour", "Ropewalk", "Ellery", "Verrin", "Seagrass", "Mill", "Lantern")
)
TOPICS = tuple(f"{kind} {number}" for number in range(1, 61) for kind in ("Energy", "AI", "Trade", "Health", "Oceans"))
WORDS = """
    harbour council vote ferry night bread winter glacier archive signal market river teacher robot bridge forest budget
    quiet record engine clinic garden village museum storm sailor copper island border railway orchestra seed lantern
    city’s “old town” café naïve über the a of in to and for with after before against while says plans finds opens
    closes warns saves builds loses wins
""".split()  # noqa: SIM905 - sixty quoted words are harder to read

_FIRST_MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
_MINUTES = 2 * 365 * 24 * 60


@dataclass(frozen=True, slots=True)
class Story:
    """The content of one seed file: two topics, one picture, two coverage entries, and a body in one of ten."""

    number: int
    content: ArticleContent

    @property
    def path(self) -> str:
        """Path below the tree's folder: sub-folders of a thousand files."""
        return f"{self.number // FILES_PER_FOLDER:04}/{self.number:07}_{self.content.provider.domain}.md"


def stories(count: int, *, seed: int = SEED) -> Iterator[Story]:
    """The first `count` stories; a longer run starts with the same ones."""
    teller = _Teller(seed)
    return islice(map(teller.story, range(count)), count)


def write_tree(folder: Path, count: int) -> None:
    """Writes the stories as seed files below `folder`."""
    for story in stories(count):
        path = folder / story.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_seed(story))


def as_seed(story: Story) -> bytes:
    """The story in the real seed's own style."""
    return canonical_text(story.content).encode()


class _Teller:
    """A single random stream, so that the n-th story is always the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._topic_weights = list(accumulate(1 / rank for rank in range(1, len(TOPICS) + 1)))
        self._provider_weights = list(accumulate(1 / rank for rank in range(3, len(PROVIDERS) + 3)))

    def story(self, number: int) -> Story:
        chance = self._chance
        provider = self._provider()
        title = self._title()
        values = {
            "category": chance.choice(CATEGORIES),
            "title": title,
            "excerpt": self._sentences(40),
            "published_at": self._moment(),
            "web_url": self._address(provider, number, title),
            "type": "article" if chance.random() < 0.9 else chance.choice(TYPES),
            "quality": chance.randrange(101),
            "published": chance.random() < 0.3,
            "provider": provider,
            "topics": self._topics(),
            "images": [self._picture(provider, number)],
            "related": [self._coverage(number, 1), self._coverage(number, 2)],
            "secured": self._secured(),
            "body": self._body() if number % 10 == 3 else "",
        }
        return Story(number, ArticleContent.model_validate(values | {"original_url": values["web_url"]}))

    def _provider(self) -> dict[str, str]:
        return self._chance.choices(PROVIDERS, cum_weights=self._provider_weights)[0]

    def _topics(self) -> tuple[str, str]:
        first = second = self._chance.choices(TOPICS, cum_weights=self._topic_weights)[0]
        while second == first:
            second = self._chance.choices(TOPICS, cum_weights=self._topic_weights)[0]
        return first, second

    def _coverage(self, number: int, place: int) -> dict[str, Any]:
        provider = self._provider()
        title = self._title()
        return {
            "title": title,
            "excerpt": self._sentences(30),
            "published_at": self._moment(),
            "web_url": self._address(provider, number, f"{title} again {place}"),
            "type": "article",
            "provider": provider,
            "quality": self._chance.randrange(101),
            "images": [self._picture(provider, number)],
        }

    def _moment(self) -> datetime:
        return _FIRST_MOMENT + timedelta(minutes=self._chance.randrange(_MINUTES))

    def _title(self) -> str:
        return " ".join(self._chance.choices(WORDS, k=11)).capitalize()

    def _sentences(self, words: int) -> str:
        return " ".join(self._chance.choices(WORDS, k=words)).capitalize() + "."

    def _body(self) -> str:
        paragraphs = (f"{self._sentences(60)} **{self._title()}**: {self._sentences(40)}" for _ in range(6))
        return f"\n## {self._title()}\n\n" + "\n\n".join(paragraphs) + "\n"

    def _picture(self, provider: dict[str, str], number: int) -> dict[str, Any]:
        name = f"{number // 7}/{self._chance.getrandbits(48)}.jpg"
        url = f"https://static.{provider['domain']}/styles/large/public/articles/{name}"
        width, height = self._chance.randrange(400, 2000), self._chance.randrange(300, 1200)
        return {"url": url, "width": width, "height": height, "is_cached": True}

    def _secured(self) -> str:
        return base64.b64encode(self._chance.randbytes(256)).decode()

    @staticmethod
    def _address(provider: dict[str, str], number: int, title: str) -> str:
        words = "-".join(word for word in title.lower().split() if word.isascii())
        return f"https://www.{provider['domain']}/stories/{number}/{words}"
