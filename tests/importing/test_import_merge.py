"""What a re-import makes of an article that people edited meanwhile: nothing an editor did is lost."""

from __future__ import annotations

import pytest

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models import Article, Conflict, Revision, Source
from articles.models.history import Origin
from articles.seedfile import reader
from articles.workflow import publishing
from tests.database_dump import changed_tables, every_row
from tests.factories import make_user
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db

BEGIN = "excerpt: Old\ntopics: [Ships]\n"


def edit(slug, **fields):
    article = article_of(slug)
    state = article_state.read_state(article)
    changed = article_state.ArticleState(state.content.model_copy(update=fields), state.desk)
    editor = make_user("Editor")
    door.change(article, changed, actor=editor, origin=Origin.FORM, expected_version=article.version)


def imported(tmp_path, added=BEGIN, **keys):
    file = write(tmp_path, "a.md", story("a", added, **keys))
    import_seeds(tmp_path)
    return file


def topics_of(article):
    return list(article.topic_rows.values_list("topic__name", flat=True))


def conflict_on(field):
    return Conflict.objects.get(article=article_of("a"), field=field, closed_at=None)


def test_editors_title_and_decision_stand_beside_the_files_excerpt_and_topics(tmp_path):
    file = imported(tmp_path)
    edit("a", title="Mine")
    publishing.publish(article_of("a"), actor=make_user("Editor"), origin=Origin.FORM)
    file.write_bytes(story("a", "excerpt: New\ntopics: [Ships, Ferries]\n"))
    ran = import_seeds(tmp_path)
    article = article_of("a")
    assert ran.outcomes == {"a.md": "updated"}
    assert ran.file("a.md")["changes"] == ["excerpt", "topics"]
    assert (article.title, article.published, article.excerpt) == ("Mine", True, "New")
    assert topics_of(article) == ["Ships", "Ferries"]
    assert not Conflict.objects.exists()
    assert bytes(article.source.raw) == file.read_bytes()


def test_title_that_both_changed_is_a_conflict_with_three_values_and_the_rest_is_taken(tmp_path):
    file = imported(tmp_path)
    edit("a", title="Mine")
    file.write_bytes(story("a", "excerpt: New\ntopics: [Ships]\n", title="Theirs"))
    ran = import_seeds(tmp_path)
    assert ran.outcomes == {"a.md": "conflicted"}
    assert ran.file("a.md")["changes"] == ["excerpt"]
    problem = ran.file("a.md")["problems"][0]
    assert (problem["severity"], problem["key"], problem["line"]) == ("warning", "title", 2)
    assert conflict_on("title").values == ("The story of a", "Theirs", "Mine")
    assert conflict_on("title").opened_in.import_run.pk == ran.receipt["run"]
    assert (article_of("a").title, article_of("a").excerpt) == ("Mine", "New")


def test_the_base_moves_on_so_that_the_same_file_is_unchanged_and_the_conflict_stays_open(tmp_path):
    file = imported(tmp_path)
    edit("a", title="Mine")
    file.write_bytes(story("a", title="Theirs"))
    import_seeds(tmp_path)
    before = every_row()
    assert import_seeds(tmp_path).counts == {"unchanged": 1}
    assert changed_tables(before) == {"articles_importrun", "articles_changeset"}
    file.write_bytes(story("a", "quality: 5\n", title="Theirs"))
    assert import_seeds(tmp_path).counts == {"updated": 1}
    assert conflict_on("title").values[1] == "Theirs"


def test_newer_import_of_a_field_replaces_its_open_conflict(tmp_path):
    file = imported(tmp_path)
    edit("a", title="Mine")
    for title in ("Theirs", "Theirs again"):
        file.write_bytes(story("a", title=title))
        import_seeds(tmp_path)
    assert list(Conflict.objects.values_list("outcome", flat=True)) == ["replaced", ""]
    assert conflict_on("title").values == ("Theirs", "Theirs again", "Mine")


def test_file_that_comes_to_agree_closes_the_conflict(tmp_path):
    file = imported(tmp_path)
    edit("a", title="Mine")
    for title in ("Theirs", "Mine"):
        file.write_bytes(story("a", title=title))
        ran = import_seeds(tmp_path)
    conflict = Conflict.objects.get()
    assert ran.outcomes == {"a.md": "updated"}
    assert (conflict.outcome, conflict.closed_in.import_run.pk) == ("agreed", ran.receipt["run"])


def test_editor_who_types_the_files_value_closes_the_conflict(tmp_path):
    file = imported(tmp_path)
    edit("a", title="Mine")
    file.write_bytes(story("a", title="Theirs"))
    import_seeds(tmp_path)
    edit("a", title="Something else")
    assert conflict_on("title").is_open
    edit("a", title="Theirs")
    assert Conflict.objects.get().outcome == "agreed"


def test_unpublished_stays_unpublished_and_the_title_is_taken(tmp_path):
    file = imported(tmp_path, "published: true\n")
    publishing.unpublish(article_of("a"), actor=make_user("Editor"), origin=Origin.FORM)
    file.write_bytes(story("a", "published: true\n", title="New"))
    ran = import_seeds(tmp_path)
    assert ran.outcomes == {"a.md": "updated"}
    assert (article_of("a").title, article_of("a").published) == ("New", False)


def test_file_that_begins_to_publish_what_an_editor_decided_about_is_a_conflict(tmp_path):
    file = imported(tmp_path)
    publishing.publish(article_of("a"), actor=make_user("Editor"), origin=Origin.FORM)
    publishing.unpublish(article_of("a"), actor=make_user("Editor"), origin=Origin.FORM)
    file.write_bytes(story("a", BEGIN + "published: true\n"))
    ran = import_seeds(tmp_path)
    assert "would publish" in ran.said("a.md")
    assert conflict_on("published").values == (False, True, False)
    assert not article_of("a").published


def test_file_that_would_unpublish_waits_and_says_so_once(tmp_path):
    file = imported(tmp_path, "published: true\n")
    file.write_bytes(story("a", "published: false\nquality: 5\n"))
    ran = import_seeds(tmp_path)
    assert ran.counts == {"conflicted": 1}
    assert "would unpublish" in ran.said("a.md")
    assert (article_of("a").published, article_of("a").quality) == (True, 5)
    file.write_bytes(story("a", "published: false\nquality: 6\n"))
    assert import_seeds(tmp_path).counts == {"updated": 1}
    assert conflict_on("published").values == (True, False, True)


def test_conflicted_article_does_not_keep_the_others_of_its_batch_waiting(tmp_path):
    for name in "abc":
        write(tmp_path, f"{name}.md", story(name))
    import_seeds(tmp_path)
    edit("b", title="Mine")
    for name in "abcd":
        write(tmp_path, f"{name}.md", story(name, "quality: 9\n", title="Theirs"))
    ran = import_seeds(tmp_path)
    assert ran.outcomes == {"a.md": "updated", "b.md": "conflicted", "c.md": "updated", "d.md": "created"}
    assert sorted(Article.objects.values_list("quality", flat=True)) == [9, 9, 9, 9]


def test_dry_run_reports_the_conflicts_of_the_run_that_follows_and_writes_nothing(tmp_path):
    file = imported(tmp_path)
    edit("a", title="Mine", excerpt="Mine")
    file.write_bytes(story("a", "excerpt: New\nquality: 3\n", title="Theirs"))
    before = every_row()
    dry = import_seeds(tmp_path, "--dry-run").receipt
    assert changed_tables(before) == set()
    wet = import_seeds(tmp_path).receipt
    assert dry["files"] == wet["files"]
    assert dry["counts"] == wet["counts"]


def test_actor_without_the_right_moves_neither_article_nor_source_nor_conflict(tmp_path):
    file = imported(tmp_path)
    edit("a", title="Mine")
    publishing.publish(article_of("a"), actor=OPERATOR)
    raw = file.read_bytes()
    file.write_bytes(story("a", "quality: 7\n", title="Theirs"))
    ran = import_seeds(tmp_path, "--actor", make_user("Contributor").username)
    assert (ran.status, ran.outcomes) == (1, {"a.md": "rejected"})
    assert bytes(article_of("a").source.raw) == raw
    assert not Conflict.objects.exists()


def test_newer_reader_lets_follow_what_nobody_edited_and_keeps_what_somebody_did(tmp_path, monkeypatch):
    imported(tmp_path)
    edit("a", excerpt="Mine")
    real = reader.read

    def reads_titles_and_excerpts_anew(raw):
        document = real(raw)
        anew = {"title": document.content.title.upper(), "excerpt": document.content.excerpt.upper()}
        return reader.SeedDocument(
            document.content.model_copy(update=anew),
            document.front_matter,
            document.body,
            document.digest,
            document.problems,
        )

    monkeypatch.setattr(reader, "VERSION", reader.VERSION + 1)
    monkeypatch.setattr(reader, "read", reads_titles_and_excerpts_anew)
    import_seeds(tmp_path)
    article = article_of("a")
    assert (article.title, article.excerpt) == ("THE STORY OF A", "Mine")
    assert Source.objects.get().reader_version == reader.VERSION
    assert not Conflict.objects.exists()


def test_base_that_a_newer_reader_refuses_is_what_the_last_import_left(tmp_path, monkeypatch):
    file = imported(tmp_path)
    edit("a", title="Mine")
    old = file.read_bytes()
    file.write_bytes(story("a", "excerpt: New\ntopics: [Ships]\n"))
    real = reader.read

    def refuses_the_old_file(raw):
        return real(b"no seed" if raw == old else raw)

    monkeypatch.setattr(reader, "VERSION", reader.VERSION + 1)
    monkeypatch.setattr(reader, "read", refuses_the_old_file)
    import_seeds(tmp_path)
    assert (article_of("a").title, article_of("a").excerpt) == ("Mine", "New")


def test_import_asks_as_many_questions_for_ten_touched_articles_as_for_one(tmp_path, django_assert_max_num_queries):
    for name in "abcdefghij":
        write(tmp_path, f"{name}.md", story(name))
    import_seeds(tmp_path)
    for name in "abcdefghij":
        edit(name, title="Mine")
    write(tmp_path, "a.md", story("a", "quality: 3\n", title="Theirs"))
    with django_assert_max_num_queries(60) as for_one:
        import_seeds(tmp_path)
    for name in "bcdefghij":
        write(tmp_path, f"{name}.md", story(name, "quality: 3\n", title="Theirs"))
    with django_assert_max_num_queries(len(for_one)):
        import_seeds(tmp_path)
    assert Conflict.objects.filter(closed_at=None).count() == 10
    assert Revision.objects.filter(origin="import").count() == 20
