"""Articles that a file and the desk changed both."""

from __future__ import annotations

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models.history import Origin
from articles.workflow import publishing
from tests.importing.import_running import article_of, import_seeds, story, write


def edit_article(slug, **fields):
    article = article_of(slug)
    state = article_state.read_state(article)
    changed = article_state.ArticleState(state.content.model_copy(update=fields), state.desk)
    door.change(article, changed, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version)


def contested(tmp_path, slug="a"):
    """An article whose title and excerpt were changed here and in its file."""
    file = write(tmp_path, f"{slug}.md", story(slug, "excerpt: Old\n"))
    import_seeds(tmp_path)
    edit_article(slug, title="Mine", excerpt="My excerpt")
    file.write_bytes(story(slug, "excerpt: New\n", title="Theirs"))
    import_seeds(tmp_path)
    return article_of(slug)


def contested_publication(tmp_path, *, here):
    """Published or not by a person, while the file says the opposite."""
    file = write(tmp_path, "a.md", story("a", f"published: {str(here).lower()}\n"))
    import_seeds(tmp_path)
    turn = [publishing.unpublish, publishing.publish]
    for decide in turn if here else reversed(turn):
        decide(article_of("a"), actor=OPERATOR, origin=Origin.FORM)
    file.write_bytes(story("a", f"published: {str(not here).lower()}\n"))
    import_seeds(tmp_path)
    return article_of("a")


def changed_upstream(tmp_path, slug="a"):
    """A published article whose file then changed title and excerpt."""
    write(tmp_path, f"{slug}.md", story(slug, "published: true\nexcerpt: Old\n"))
    import_seeds(tmp_path)
    write(tmp_path, f"{slug}.md", story(slug, "published: true\nexcerpt: New\n", title="<b>Theirs</b>"))
    import_seeds(tmp_path)
    return article_of(slug)
