"""Which addresses the files of a run took and gave up, before the database says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from articles.importing.known import Known
from articles.importing.steps import Step
from articles.models import Article
from articles.seedfile.addresses import url_key


@dataclass
class Claims:
    """`taken` has by address the path of the file that took it, `adopted` the former paths of moved files."""

    taken: dict[str, str] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    adopted: set[str] = field(default_factory=set)

    def owner(self, key: str, known: Known) -> Article | None:
        """The article that has the address, by the database and by what was planned since."""
        return None if key in self.given_up else known.owners.get(key)

    def note(self, step: Step, known: Known, key: str) -> None:
        """What the step makes of the address in its file, and of the one that its article had."""
        if not step.takes_source:
            return
        path = step.arrival.path
        if step.source is None:
            self.taken[key] = path
            return
        article = known.articles[step.source.article_id]
        after = url_key(step.change.state.content.web_url) if step.change else article.url_key
        self.taken[after] = path
        if after != article.url_key:
            self.given_up.add(article.url_key)
        if step.source.path != path:
            self.adopted.add(step.source.path)
