"""Generates reproducible stories and their seed files. Needs no database."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

SEED = 20_260_228
FILES_PER_FOLDER = 1_000
CATEGORIES = ("news", "science", "world", "business", "culture", "sports", "climate", "opinion")
TYPES = ("article", "video", "podcast", "opinion")
PROVIDERS = tuple(
    (f"The {place} {kind}", f"{place}-{kind}.example".lower())
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
class Picture:
    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Coverage:
    title: str
    excerpt: str
    published_at: datetime
    web_url: str
    provider: tuple[str, str]
    quality: int
    picture: Picture


@dataclass(frozen=True, slots=True)
class Story:
    """The content of one seed file: two topics, one picture, two coverage entries, and a body in one of ten."""

    number: int
    category: str
    title: str
    excerpt: str
    published_at: datetime
    web_url: str
    type: str
    quality: int
    published: bool
    provider: tuple[str, str]
    topics: tuple[str, str]
    picture: Picture
    related: tuple[Coverage, Coverage]
    secured: str
    body: str

    @property
    def path(self) -> str:
        """Path below the tree's folder: sub-folders of a thousand files."""
        return f"{self.number // FILES_PER_FOLDER:04}/{self.number:07}_{self.provider[1]}.md"


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
    lines = [
        "---",
        f"category: {story.category}",
        f'title: "{story.title}"',
        f'excerpt: "{story.excerpt}"',
        f"publishedDateTime: {_moment(story.published_at)}",
        f'originalUrl: "{story.web_url}"',
        f'webUrl: "{story.web_url}"',
        f"type: {story.type}",
        f"quality: {story.quality}",
        "heat: -1",
        f"published: {str(story.published).lower()}",
        *("", *_provider_lines(story.provider, "")),
        *("", "topics:", *(f"  - {topic}" for topic in story.topics)),
        *("", "images:", *_picture_lines(story.picture, "  ")),
        *("", "related:", *(line for entry in story.related for line in _coverage_lines(entry))),
        *("", f'secured: "{story.secured}"', "---", ""),
    ]
    return ("\n".join(lines) + story.body).encode()


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _provider_lines(provider: tuple[str, str], indent: str) -> list[str]:
    return [f"{indent}provider:", f"{indent}  name: {provider[0]}", f"{indent}  domain: {provider[1]}"]


def _picture_lines(picture: Picture, indent: str) -> list[str]:
    return [
        f'{indent}- url: "{picture.url}"',
        f"{indent}  width: {picture.width}",
        f"{indent}  height: {picture.height}",
        f"{indent}  isCached: true",
    ]


def _coverage_lines(entry: Coverage) -> list[str]:
    return [
        f'  - title: "{entry.title}"',
        f'    excerpt: "{entry.excerpt}"',
        f"    publishedDateTime: {_moment(entry.published_at)}",
        f'    webUrl: "{entry.web_url}"',
        "    type: article",
        *_provider_lines(entry.provider, "    "),
        f"    quality: {entry.quality}",
        *("    images:", *_picture_lines(entry.picture, "      ")),
    ]


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
        return Story(
            number=number,
            category=chance.choice(CATEGORIES),
            title=title,
            excerpt=self._sentences(40),
            published_at=self._moment(),
            web_url=self._address(provider, number, title),
            type="article" if chance.random() < 0.9 else chance.choice(TYPES),
            quality=chance.randrange(101),
            published=chance.random() < 0.3,
            provider=provider,
            topics=self._topics(),
            picture=self._picture(provider, number),
            related=(self._coverage(number, 1), self._coverage(number, 2)),
            secured=self._secured(),
            body=self._body() if number % 10 == 3 else "",
        )

    def _provider(self) -> tuple[str, str]:
        return self._chance.choices(PROVIDERS, cum_weights=self._provider_weights)[0]

    def _topics(self) -> tuple[str, str]:
        first = second = self._chance.choices(TOPICS, cum_weights=self._topic_weights)[0]
        while second == first:
            second = self._chance.choices(TOPICS, cum_weights=self._topic_weights)[0]
        return first, second

    def _coverage(self, number: int, place: int) -> Coverage:
        provider = self._provider()
        title = self._title()
        return Coverage(
            title=title,
            excerpt=self._sentences(30),
            published_at=self._moment(),
            web_url=self._address(provider, number, f"{title} again {place}"),
            provider=provider,
            quality=self._chance.randrange(101),
            picture=self._picture(provider, number),
        )

    def _moment(self) -> datetime:
        return _FIRST_MOMENT + timedelta(minutes=self._chance.randrange(_MINUTES))

    def _title(self) -> str:
        return " ".join(self._chance.choices(WORDS, k=11)).capitalize()

    def _sentences(self, words: int) -> str:
        return " ".join(self._chance.choices(WORDS, k=words)).capitalize() + "."

    def _body(self) -> str:
        paragraphs = (f"{self._sentences(60)} **{self._title()}**: {self._sentences(40)}" for _ in range(6))
        return f"\n## {self._title()}\n\n" + "\n\n".join(paragraphs) + "\n"

    def _picture(self, provider: tuple[str, str], number: int) -> Picture:
        name = f"{number // 7}/{self._chance.getrandbits(48)}.jpg"
        url = f"https://static.{provider[1]}/styles/large/public/articles/{name}"
        return Picture(url, self._chance.randrange(400, 2000), self._chance.randrange(300, 1200))

    def _secured(self) -> str:
        return base64.b64encode(self._chance.randbytes(256)).decode()

    @staticmethod
    def _address(provider: tuple[str, str], number: int, title: str) -> str:
        words = "-".join(word for word in title.lower().split() if word.isascii())
        return f"https://www.{provider[1]}/stories/{number}/{words}"
