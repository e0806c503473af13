"""Which addresses the files of a run took and gave up, before the database says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from articles.importing.lookup import Known
from articles.importing.steps import Step
from articles.models import Article, Source
from articles.seedfile.addresses import url_key


@dataclass
class Claims:
    """`taken` has by address the path of the file that took it, `places` by source where its file, or the lack of it,
    stands by now."""

    taken: dict[str, str] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    places: dict[int, str] = field(default_factory=dict)

    def owner(self, key: str, known: Known) -> Article | None:
        """The article that has the address, by the database and by what was planned since."""
        return None if key in self.given_up else known.owners.get(key)

    def place(self, source: Source) -> str:
        return self.places.get(source.pk, source.path)

    def note(self, step: Step, known: Known, key: str) -> None:
        """What the step makes of the address in its file, and of the one that its article had."""
        if not step.takes_source:
            return
        path = step.arrival.path
        if step.displaced:
            source, place = step.displaced
            self.places[source.pk] = place
        if step.source is None:
            self.taken[key] = path
            return
        before, after = known.articles[step.source.article_id].url_key, address_after(step, known)
        self.taken[after] = path
        if after != before:
            self.given_up.add(before)
        if self.place(step.source) != path:
            self.places[step.source.pk] = path


def address_after(step: Step, known: Known) -> str:
    """The key of the address that the step's article has when it is done."""
    if step.change:
        return url_key(step.change.state.content.web_url)
    article = step.report.article
    return known.articles[article].url_key if article is not None else ""
