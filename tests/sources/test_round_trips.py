"""Out and in again over one folder: what the desk wrote is no news, and what others wrote is never overwritten."""

from __future__ import annotations

import os
import shutil

import pytest

from articles.changes import door
from articles.content import article_state
from articles.history import change_sets
from articles.importing import runner
from articles.importing.walk import Unreadable
from articles.models import Article, Cause, ChangeSet, Conflict, ExportedFile, ImportRun, Revision, Source
from articles.models.history import Origin
from articles.seedfile import reader
from articles.sources import conflicts, provenance, upstream_changes
from articles.sources import folder as folders
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.database_dump import changed_tables, every_row
from tests.factories import make_article, make_user
from tests.importing.import_running import article_of, import_seeds, story, write
from tests.management.commanding import manage
from tests.sources.rounds import ROOT, edit, export_folder, import_folder, outcomes, round_trip

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user("Editor", username="editor")


@pytest.fixture
def seeds(tmp_path):
    folder = tmp_path / "wire"
    write(folder, "a.md", story("a", body="One.\n\nTwo.\n\nThree.\n"))
    write(folder, "b.md", story("b"))
    import_folder(folder)
    return folder


def rounds(folder, count=3):
    for _ in range(count):
        imported, exported = round_trip(folder)
        assert (imported.status, exported.status) == (0, 0)


def field_in_file(folder, name, path="a.md"):
    return getattr(reader.read((folder / path).read_bytes()).content, name)


def die(*words, **options):
    raise KeyboardInterrupt


def touches_since(number, slug="a"):
    return list(article_of(slug).revisions.filter(number__gt=number).values_list("origin", flat=True))


def test_a_rejected_file_is_kept_and_rejected_again_until_it_is_mended(seeds, editor):
    """H1"""
    edit(article_of("b"), editor, title="Ours")
    broken = story("b", title="a: b")
    write(seeds, "b.md", broken)
    for _ in range(3):
        imported, exported = round_trip(seeds)
        assert imported.outcomes == {"b.md": "rejected"}
        assert (exported.status, outcomes(exported)) == (1, {"b.md": "kept"})
        assert (seeds / "b.md").read_bytes() == broken
    said = manage("export_seeds", seeds, "--root", ROOT)
    assert "kept: b.md has changed since the last import" in said.out
    write(seeds, "b.md", story("b", excerpt="Mended"))
    imported, exported = round_trip(seeds)
    assert (imported.status, exported.status) == (0, 0)
    assert (field_in_file(seeds, "title", "b.md"), field_in_file(seeds, "excerpt", "b.md")) == ("Ours", "Mended")


def test_a_file_saved_between_import_and_export_is_kept_and_merged_by_the_next_import(seeds, editor):
    """H2"""
    edit(article_of("a"), editor, title="Ours")
    import_folder(seeds)
    theirs = story("a", excerpt="Theirs", body="One.\n\nTwo.\n\nThree.\n")
    write(seeds, "a.md", theirs)
    exported = export_folder(seeds)
    assert (exported.status, outcomes(exported)) == (1, {"a.md": "kept"})
    assert (seeds / "a.md").read_bytes() == theirs
    assert import_folder(seeds).outcomes == {"a.md": "updated"}
    assert (article_of("a").title, article_of("a").excerpt) == ("Ours", "Theirs")
    rounds(seeds)
    assert field_in_file(seeds, "title") == "Ours"


def test_a_file_put_back_between_import_and_export_is_kept_as_well(seeds, editor):
    first = (seeds / "a.md").read_bytes()
    edit(article_of("a"), editor, title="Ours")
    rounds(seeds)
    edit(article_of("a"), editor, title="Ours again")
    write(seeds, "a.md", first)
    assert outcomes(export_folder(seeds)) == {"a.md": "kept"}


def test_a_file_that_changes_at_the_last_moment_is_kept(seeds, editor, monkeypatch):
    edit(article_of("a"), editor, title="Ours")
    beside = folders._write_beside

    def save_meanwhile(*words):
        beside(*words)
        write(seeds, "a.md", story("a", excerpt="Just saved"))

    monkeypatch.setattr(folders, "_write_beside", save_meanwhile)
    assert outcomes(export_folder(seeds)) == {"a.md": "kept"}
    assert field_in_file(seeds, "excerpt") == "Just saved"
    assert sorted(os.listdir(seeds)) == ["a.md", "b.md"]


@pytest.mark.parametrize("is_live", [False, True])
def test_a_deleted_file_stays_deleted_and_its_article_waits_for_an_editor(seeds, editor, is_live):
    """H3"""
    if is_live:
        publishing.publish(article_of("a"), actor=editor)
    (seeds / "a.md").unlink()
    exported = export_folder(seeds)
    assert (exported.status, exported.report["counts"]["missing"]) == (0, 1)
    for _ in range(3):
        _, exported = round_trip(seeds)
        assert exported.report["counts"]["missing"] == 1
        assert not (seeds / "a.md").exists()
    assert [article.pk for article in upstream_changes.changed_upstream(at=article_of("a").updated_at)] == [
        article_of("a").pk
    ]
    assert article_of("a").published is is_live


def lost(slug):
    return upstream_changes.look_at([Article.objects.select_related("source").get(pk=article_of(slug).pk)])[0].seen


def test_an_editor_keeps_an_article_whose_file_was_deleted(seeds, editor):
    (seeds / "a.md").unlink()
    round_trip(seeds)
    upstream_changes.accept(article_of("a"), lost("a"), actor=editor)
    rounds(seeds)
    assert not upstream_changes.changed_upstream(at=article_of("a").updated_at).exists()
    assert not (seeds / "a.md").exists()


def test_an_editor_has_a_deleted_file_written_again(seeds, editor):
    edit(article_of("a"), editor, title="Ours")
    (seeds / "a.md").unlink()
    round_trip(seeds)
    made = upstream_changes.write_again(article_of("a"), lost("a"), actor=editor)
    change_sets.undo(made, actor=editor)
    rounds(seeds)
    assert not (seeds / "a.md").exists(), "the undo took it back"
    upstream_changes.write_again(article_of("a"), lost("a"), actor=editor)
    rounds(seeds)
    assert field_in_file(seeds, "title") == "Ours"
    assert Source.objects.get(article=article_of("a")).missing_at is None
    (seeds / "a.md").unlink()
    rounds(seeds)
    assert not (seeds / "a.md").exists(), "it was written again once"


@pytest.mark.parametrize("how", ["found by an import", "found by an export", "kept", "wanted again"])
def test_another_story_at_the_path_of_a_deleted_file_is_a_new_article(seeds, editor, how):
    edit(article_of("a"), editor, body="Long work.\n")
    rounds(seeds)
    (seeds / "a.md").unlink()
    if how != "found by an export":
        round_trip(seeds)
    export_folder(seeds)
    if how == "kept":
        upstream_changes.accept(article_of("a"), lost("a"), actor=editor)
    elif how == "wanted again":
        upstream_changes.write_again(article_of("a"), lost("a"), actor=editor)
    number = article_of("a").version
    write(seeds, "a.md", story("other"))
    assert import_folder(seeds, "--dry-run").outcomes == {"a.md": "created"}
    run = import_folder(seeds).receipt["run"]
    assert (article_of("other").source.path, touches_since(number)) == ("a.md", [])
    is_waiting = upstream_changes.changed_upstream(at=article_of("a").updated_at).exists()
    assert is_waiting is (how not in ("kept", "wanted again"))
    rounds(seeds)
    assert field_in_file(seeds, "body", "a.md") == ""
    beside = seeds / f"a.article-{article_of('a').pk}.md"
    assert beside.exists() is (how == "wanted again")
    import_seeds_undo(run)
    assert article_of("a").source.path == "a.md"
    rounds(seeds)
    assert article_of("a").source.path == (beside.name if how == "wanted again" else "a.md")
    assert (not Article.objects.filter(web_url__endswith="/other").exists(), touches_since(number)) == (True, [])


def test_a_file_that_changes_its_address_while_it_is_there_updates_its_article(seeds, editor):
    pk = article_of("a").pk
    write(seeds, "a.md", story("other"))
    assert import_folder(seeds).outcomes == {"a.md": "updated"}
    assert article_of("other").pk == pk


@pytest.mark.parametrize("address", ["the last import's", "an editor's, that was written", "an editor's, that pends"])
def test_a_deleted_file_that_comes_back_with_an_address_of_its_own_is_itself(seeds, editor, address):
    pk, first = article_of("a").pk, (seeds / "a.md").read_bytes()
    edit(article_of("a"), editor, web_url="https://gazette.example/a2")
    rounds(seeds)
    if address.endswith("pends"):
        edit(article_of("a2"), editor, web_url="https://gazette.example/a3")
        export_folder(seeds)
    there = first if address.startswith("the") else (seeds / "a.md").read_bytes()
    edit(Article.objects.get(pk=pk), editor, web_url="https://gazette.example/a4")
    (seeds / "a.md").unlink()
    round_trip(seeds)
    write(seeds, "a.md", there.replace(b"Two.", b"Theirs."))
    import_folder(seeds)
    assert (Article.objects.count(), Source.objects.get(article=pk).missing_at) == (2, None)


def test_a_story_at_the_path_where_an_export_was_killed_leaves_the_desks_own_alone(seeds, editor, monkeypatch):
    ours = make_article(title="Ours", published_at=article_of("a").published_at)
    with monkeypatch.context() as patched:
        patched.setattr("articles.sources.written.put", die)
        export_folder(seeds)
    write(seeds, "2026-02-28-ours.md", story("other"))
    assert import_folder(seeds).outcomes == {"2026-02-28-ours.md": "created"}
    rounds(seeds)
    assert field_in_file(seeds, "title", "2026-02-28-ours.md") == "The story of other"
    assert field_in_file(seeds, "title", f"2026-02-28-ours.article-{ours.pk}.md") == "Ours"


def test_the_wish_for_a_file_is_over_when_it_is_back(seeds, editor):
    first = (seeds / "a.md").read_bytes()
    for path in ("a.md", "a.md", "sub/a.md"):
        (seeds / article_of("a").source.path).unlink()
        round_trip(seeds)
        upstream_changes.write_again(article_of("a"), lost("a"), actor=editor)
        write(seeds, path, first)
        import_folder(seeds)
        assert not article_of("a").source.is_without_file
        first = first.replace(b"Two.", b"Two!")
    (seeds / "sub/a.md").unlink()
    rounds(seeds)
    assert not (seeds / "sub/a.md").exists()
    assert upstream_changes.changed_upstream(at=article_of("a").updated_at).exists()


def test_the_wish_for_a_file_is_over_also_where_the_import_that_found_it_is_undone(seeds, editor):
    (seeds / "a.md").unlink()
    round_trip(seeds)
    upstream_changes.write_again(article_of("a"), lost("a"), actor=editor)
    write(seeds, "a.md", story("a", title="Theirs"))
    undone(seeds)
    (seeds / "a.md").unlink()
    rounds(seeds)
    assert not (seeds / "a.md").exists()
    assert upstream_changes.changed_upstream(at=article_of("a").updated_at).exists()


def test_a_strangers_file_keeps_its_name_and_its_bytes(seeds, editor):
    """H4"""
    article = make_article(title="Ours", published_at=article_of("a").published_at)
    name = "2026-02-28-ours.md"
    strangers = story("stranger")
    write(seeds, name, strangers)
    assert outcomes(export_folder(seeds)) == {f"2026-02-28-ours-{article.pk}.md": "new"}
    assert (seeds / name).read_bytes() == strangers
    rounds(seeds)
    assert Source.objects.get(path=name).article == article_of("stranger")
    assert len(list(seeds.iterdir())) == 4


def test_an_exported_article_has_a_source_and_is_edited_before_the_next_import_without_a_conflict(seeds, editor):
    article = make_article(title="Ours", published_at=article_of("a").published_at)
    export_folder(seeds)
    edit(article, editor, title="Ours, edited")
    assert import_folder(seeds).counts == {"unchanged": 3}
    edit(article, editor, excerpt="More")
    rounds(seeds)
    assert (sorted(os.listdir(seeds)), Conflict.objects.count()) == (["2026-02-28-ours.md", "a.md", "b.md"], 0)
    content = reader.read((seeds / "2026-02-28-ours.md").read_bytes()).content
    assert (content.title, content.excerpt) == ("Ours, edited", "More")
    (seeds / "2026-02-28-ours.md").unlink()
    rounds(seeds)
    assert not (seeds / "2026-02-28-ours.md").exists()


@pytest.mark.parametrize("how", ["by hand", "undo", "return to the file"])
def test_an_edit_taken_back_after_a_round_stays_taken_back(seeds, editor, how):
    """H5"""
    first = (seeds / "a.md").read_bytes()
    title = article_of("a").title
    opened = change_sets.open_change_set(ChangeSet.Kind.RESTORE, actor=editor)
    article = article_of("a")
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": "A mistake"}), state.desk)
    door.change(article, wanted, actor=editor, origin=Origin.FORM, change_set=opened, expected_version=article.version)
    round_trip(seeds)
    assert field_in_file(seeds, "title") == "A mistake"
    if how == "by hand":
        edit(article_of("a"), editor, title=title)
    elif how == "undo":
        change_sets.undo(opened, actor=editor)
    else:
        article = Article.objects.select_related("source").get(pk=article.pk)
        provenance.return_to_file(article, "title", actor=editor, expected_version=article.version)
    number = article_of("a").version
    rounds(seeds)
    assert (article_of("a").title, touches_since(number)) == (title, [])
    assert (seeds / "a.md").read_bytes() == first


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"title": "Second"}, {"title": "Third"}),
        ({"body": "One!\n\nTwo.\n\nThree.\n"}, {"body": "One?\n\nTwo.\n\nThree.\n"}),
        ({"topics": ("x", "y")}, {"topics": ("y", "z")}),
        ({"excerpt": "Now"}, {"excerpt": ""}),
        ({"quality": 5}, {"quality": 6}),
        (
            {"provider": {"name": "Another", "domain": "gazette.example"}},
            {"provider": {"name": "B", "domain": "b.example"}},
        ),
    ],
)
def test_edit_after_edit_is_no_conflict_with_oneself(seeds, editor, first, second):
    """H6"""
    for fields in (first, second):
        edit(article_of("a"), editor, **fields)
        number = article_of("a").version
        rounds(seeds, 2)
        assert (Conflict.objects.count(), touches_since(number)) == (0, [])
    assert reader.read((seeds / "a.md").read_bytes()).content == article_state.read_state(article_of("a")).content


def test_publishing_and_unpublishing_are_no_conflict_with_oneself(seeds, editor):
    for turn in (publishing.publish, publishing.unpublish, publishing.publish):
        turn(article_of("a"), actor=editor)
        number = article_of("a").version
        rounds(seeds, 2)
        assert (Conflict.objects.count(), touches_since(number)) == (0, [])
        assert field_in_file(seeds, "published") is article_of("a").published


def test_what_others_add_to_what_the_desk_wrote_merges_without_a_conflict(seeds, editor):
    edit(article_of("a"), editor, title="Second", topics=("x",), body="One!\n\nTwo.\n\nThree.\n")
    round_trip(seeds)
    edit(article_of("a"), editor, title="Third", topics=(), body="One?\n\nTwo.\n\nThree.\n")
    text = (seeds / "a.md").read_text()
    write(seeds, "a.md", (text.replace("- x\n", "- x\n  - y\n") + "\nFour.\n").encode())
    assert import_folder(seeds).outcomes == {"a.md": "updated"}
    state = article_state.read_state(article_of("a")).content
    assert (state.title, state.topics, state.body) == ("Third", ("y",), "One?\n\nTwo.\n\nThree.\n\nFour.\n")
    assert Conflict.objects.count() == 0
    rounds(seeds)


def test_a_write_that_was_lost_leaves_the_desks_value_and_is_written_again(seeds, editor):
    first = (seeds / "a.md").read_bytes()
    edit(article_of("a"), editor, title="Second")
    round_trip(seeds)
    write(seeds, "a.md", first)
    rounds(seeds)
    assert (article_of("a").title, field_in_file(seeds, "title")) == ("Second", "Second")


def test_a_rival_who_never_saw_what_the_desk_wrote_takes_nothing_back(seeds, editor):
    edit(article_of("a"), editor, title="Second", topics=("x",))
    round_trip(seeds)
    write(seeds, "a.md", story("a", excerpt="Theirs", body="One.\n\nTwo.\n\nThree.\n"))
    import_folder(seeds)
    state = article_state.read_state(article_of("a")).content
    assert (state.title, state.topics, state.excerpt) == ("Second", ("x",), "Theirs")
    assert Conflict.objects.count() == 0


def test_a_revert_of_what_had_arrived_is_news(seeds, editor):
    first = (seeds / "a.md").read_bytes()
    edit(article_of("a"), editor, title="Second")
    rounds(seeds)
    write(seeds, "a.md", first)
    assert import_folder(seeds).outcomes == {"a.md": "updated"}
    assert article_of("a").title == "The story of a"


def test_an_open_conflict_is_exported_as_the_file_has_it_and_only_a_person_ends_it(seeds, editor):
    """H7"""
    write(seeds, "a.md", story("a", published="true", body="One.\n"))
    import_folder(seeds)
    edit(article_of("a"), editor, title="Ours")
    theirs = story("a", published="false", body="One.\n")
    write(seeds, "a.md", theirs)
    rounds(seeds)
    assert (article_of("a").published, field_in_file(seeds, "published")) == (True, False)
    assert field_in_file(seeds, "title") == "Ours"
    conflict = Conflict.objects.get()
    assert conflict.is_open
    kept = conflicts.keep([conflicts.open_conflicts().get()], actor=editor)
    rounds(seeds)
    assert field_in_file(seeds, "published") is True
    change_sets.undo(kept.change_set, actor=editor)
    conflict = Conflict.objects.get()
    assert (conflict.is_open, conflict.values[1]) == (True, False), "the last bytes that others wrote"
    rounds(seeds)
    assert field_in_file(seeds, "published") is False
    write(seeds, "a.md", (seeds / "a.md").read_bytes().replace(b"published: false", b"published: true"))
    rounds(seeds)
    assert Conflict.objects.get().outcome == Conflict.Outcome.AGREED, "a file of others' writing ends it as well"


def test_taking_the_files_value_gives_the_file_back_as_it_was(seeds, editor):
    edit(article_of("a"), editor, title="Ours")
    theirs = story("a", title="Theirs", body="One.\n")
    write(seeds, "a.md", theirs)
    rounds(seeds)
    assert (seeds / "a.md").read_bytes() == theirs
    conflicts.take([conflicts.open_conflicts().get()], actor=editor)
    rounds(seeds)
    assert (seeds / "a.md").read_bytes() == theirs


def test_an_article_that_was_set_aside_stays_so_after_a_round(seeds, editor):
    """H8"""
    edit(article_of("a"), editor, title="Ours", topics=("x",))
    decide("set_aside", [article_of("a")], cause=Cause.POOR, note="thin", actor=editor)
    number = article_of("a").version
    rounds(seeds)
    assert (article_of("a").set_aside, touches_since(number)) == (Cause.POOR, [])


@pytest.mark.parametrize(("theirs", "is_back"), [({"title": "Theirs"}, False), ({"excerpt": "Theirs"}, True)])
def test_only_what_changes_the_article_brings_it_back(seeds, editor, theirs, is_back):
    edit(article_of("a"), editor, title="Ours")
    decide("set_aside", [article_of("a")], cause=Cause.POOR, actor=editor)
    round_trip(seeds)
    text = (seeds / "a.md").read_text()
    key, value = next(iter(theirs.items()))
    text = (
        text.replace("title: Ours", f"title: {value}")
        if key == "title"
        else text.replace("---\n", f"---\n{key}: {value}\n", 1)
    )
    edit(article_of("a"), editor, title="Ours, again")
    write(seeds, "a.md", text.encode())
    import_folder(seeds)
    assert (article_of("a").set_aside is None) is is_back


def test_files_of_an_undone_run_say_nothing_until_they_change(seeds, editor):
    """H14"""
    edit(article_of("b"), editor, excerpt="Ours")
    first = (seeds / "a.md").read_bytes()
    write(seeds, "a.md", story("a", title="Theirs"))
    write(seeds, "c.md", story("c"))
    run = import_folder(seeds).receipt["run"]
    import_seeds_undo(run)
    number = article_of("a").version
    again = import_folder(seeds)
    assert again.counts == {"unchanged": 3}
    assert "Files of undone imports: 2" in again.errors
    assert (article_of("a").title, touches_since(number)) == ("The story of a", [])
    assert not Article.objects.filter(web_url__endswith="/c").exists()
    assert Source.objects.filter(missing_at__isnull=False).count() == 0
    export_folder(seeds)
    assert (seeds / "a.md").read_bytes() == first, "export may write over them"
    write(seeds, "c.md", story("c", excerpt="New"))
    assert import_folder(seeds).outcomes == {"c.md": "created"}


def test_an_undone_run_is_repeated_on_demand(seeds):
    write(seeds, "a.md", story("a", title="Theirs"))
    write(seeds, "c.md", story("c"))
    import_seeds_undo(import_folder(seeds).receipt["run"])
    assert import_folder(seeds, "--dry-run", "--again").counts == {"unchanged": 1, "updated": 1, "created": 1}
    assert import_folder(seeds).counts == {"unchanged": 3}
    assert import_folder(seeds, "--again").counts == {"unchanged": 1, "updated": 1, "created": 1}
    assert import_folder(seeds).counts == {"unchanged": 3}
    assert article_of("a").title == "Theirs"


@pytest.mark.parametrize("other", ["put back", "put back, alone", "written over", "put back, exported", "new", "gone"])
def test_bytes_of_an_undone_run_are_news_once_the_file_held_others(seeds, other):
    first = (seeds / "a.md").read_bytes()
    theirs = story("a", title="Theirs")
    write(seeds, "a.md", theirs)
    undone(seeds)
    import_folder(seeds)
    if other == "new":
        write(seeds, "a.md", story("a", title="Others"))
    elif other == "gone":
        (seeds / "a.md").unlink()
    elif other != "written over":
        write(seeds, "a.md", first)
    if other in ("written over", "put back, exported"):
        export_folder(seeds)
        assert (seeds / "a.md").read_bytes() == first
    elif other == "put back, alone":
        assert import_folder(seeds / "a.md").status == 0
    else:
        import_folder(seeds)
    write(seeds, "a.md", theirs)
    assert outcomes(export_folder(seeds)) == {"a.md": "kept"}
    assert import_folder(seeds).outcomes == {"a.md": "updated"}
    assert article_of("a").title == "Theirs"


def test_bytes_of_two_undone_runs_stay_undone_until_the_file_holds_others(seeds):
    first, second = story("a", title="First"), story("a", title="Second")
    runs = []
    for raw in (first, second):
        write(seeds, "a.md", raw)
        runs.append(import_folder(seeds).receipt["run"])
    for run in reversed(runs):
        import_seeds_undo(run)
    import_folder(seeds)
    write(seeds, "a.md", first)
    assert import_folder(seeds).counts == {"unchanged": 2}


def test_bytes_of_an_undone_run_stay_undone_where_the_file_could_not_be_read(seeds, monkeypatch):
    write(seeds, "c.md", story("c"))
    undone(seeds)
    (seeds / "c.md").rename(seeds / "d.md")
    import_folder(seeds)

    def fail(file):
        raise Unreadable("changed while it was read")

    with monkeypatch.context() as patched:
        patched.setattr(runner, "read_file", fail)
        import_folder(seeds)
    assert import_folder(seeds, "--dry-run").counts == {"unchanged": 3}
    assert import_folder(seeds).counts == {"unchanged": 3}


def import_seeds_undo(run):
    assert manage("import_seeds", "--undo", run).status == 0


def undone(folder):
    import_seeds_undo(import_folder(folder).receipt["run"])


@pytest.fixture
def ours(seeds, editor):
    """What the desk wrote and an import found: an editor's title, topics and publication."""
    edit(article_of("a"), editor, title="Ours", topics=("x",))
    publishing.publish(article_of("a"), actor=editor)
    rounds(seeds, 2)
    return (seeds / "a.md").read_bytes()


def test_an_undone_import_knows_again_what_the_desk_had_written(seeds, editor, ours):
    write(seeds, "a.md", ours.replace(b"One.", b"Theirs."))
    undone(seeds)
    write(seeds, "a.md", ours)
    edit(article_of("a"), editor, title="The story of a", topics=())
    number = article_of("a").version
    ended = export_folder(seeds)
    assert (ended.status, field_in_file(seeds, "title")) == (0, "The story of a")
    rounds(seeds)
    assert (article_of("a").title, touches_since(number), Conflict.objects.count()) == ("The story of a", [], 0)


@pytest.mark.parametrize("how", ["edited on", "edited and moved", "put back", "again"])
def test_after_an_undone_import_the_file_was_edited_on_what_the_desk_wrote(seeds, editor, ours, how):
    if how == "edited and moved":
        (seeds / "a.md").unlink()
    path = "sub/a.md" if how == "edited and moved" else "a.md"
    write(seeds, path, ours.replace(b"One.", b"Theirs."))
    undone(seeds)
    edit(article_of("a"), editor, title="The story of a", topics=("z",))
    publishing.unpublish(article_of("a"), actor=editor)
    if how != "again":
        write(seeds, path, ours if how == "put back" else ours.replace(b"One.", b"Theirs!"))
    assert import_folder(seeds, *(["--again"] if how == "again" else [])).status == 0
    state = article_state.read_state(article_of("a")).content
    assert (state.title, state.topics, state.published) == ("The story of a", ("z",), False)
    assert state.body.split(".\n")[0] == {"put back": "One", "again": "Theirs"}.get(how, "Theirs!\n\nTwo")
    assert Conflict.objects.count() == 0
    rounds(seeds)


def test_a_dismissed_article_stays_so_where_an_undone_import_is_put_back(seeds, editor, ours):
    publishing.unpublish(article_of("a"), actor=editor)
    write(seeds, "a.md", ours.replace(b"One.", b"Theirs."))
    undone(seeds)
    edit(article_of("a"), editor, title="The story of a")
    decide("set_aside", [article_of("a")], cause=Cause.POOR, actor=editor)
    write(seeds, "a.md", ours)
    rounds(seeds)
    assert (article_of("a").set_aside, article_of("a").title) == (Cause.POOR, "The story of a")


def test_imports_that_are_undone_one_after_the_other_lead_back_to_what_the_desk_had_written(seeds, editor, ours):
    write(seeds, "a.md", ours.replace(b"One.", b"Theirs."))
    first = import_folder(seeds).receipt["run"]
    assert export_folder(seeds).status == 0
    write(seeds, "a.md", (seeds / "a.md").read_bytes().replace(b"Theirs.", b"Theirs again."))
    second = import_folder(seeds).receipt["run"]
    import_seeds_undo(second)
    import_seeds_undo(first)
    edit(article_of("a"), editor, title="The story of a")
    write(seeds, "a.md", ours)
    rounds(seeds)
    assert (article_of("a").title, field_in_file(seeds, "body")) == ("The story of a", "One.\n\nTwo.\n\nThree.\n")


@pytest.mark.parametrize("there", ["since", "ours", "theirs"])
def test_what_the_desk_wrote_since_an_undone_import_may_be_there_or_put_back(seeds, editor, ours, there):
    edit(article_of("a"), editor, title="The story of a")
    theirs = ours.replace(b"One.", b"Theirs.")
    write(seeds, "a.md", theirs)
    run = import_folder(seeds).receipt["run"]
    export_folder(seeds)
    since = (seeds / "a.md").read_bytes()
    import_seeds_undo(run)
    number = article_of("a").version
    write(seeds, "a.md", {"since": since, "ours": ours, "theirs": theirs}[there])
    rounds(seeds)
    assert (article_of("a").title, touches_since(number)) == ("The story of a", [])
    assert field_in_file(seeds, "body") == "One.\n\nTwo.\n\nThree.\n"


def test_an_undone_import_of_a_revert_says_nothing(seeds, editor):
    first = (seeds / "a.md").read_bytes()
    edit(article_of("a"), editor, title="Ours")
    rounds(seeds)
    write(seeds, "a.md", first)
    undone(seeds)
    assert article_of("a").title == "Ours"
    number = article_of("a").version
    assert "Files of undone imports: 1" in import_folder(seeds).errors
    rounds(seeds)
    assert (touches_since(number), field_in_file(seeds, "title")) == ([], "Ours")


@pytest.mark.parametrize(("path", "is_kept_first"), [("a.md", True), ("sub/a.md", True), ("a.md", False)])
def test_an_undone_import_leaves_a_loss_reviewed(seeds, editor, path, is_kept_first):
    def lose(path):
        (seeds / path).unlink()
        round_trip(seeds)
        upstream_changes.accept(article_of("a"), lost("a"), actor=editor)

    if is_kept_first:
        lose("a.md")
    else:
        (seeds / "a.md").unlink()
    write(seeds, path, story("a", title="Theirs"))
    run = import_folder(seeds).receipt["run"]
    if not is_kept_first:
        lose(path)
    import_seeds_undo(run)
    import_folder(seeds)
    assert not upstream_changes.changed_upstream(at=article_of("a").updated_at).exists()


def test_a_moved_file_of_the_desks_own_writing_is_followed(seeds, editor):
    edit(article_of("a"), editor, title="Ours")
    export_folder(seeds)
    (seeds / "a.md").rename(seeds / "z.md")
    assert import_folder(seeds).outcomes == {"z.md": "updated"}
    number = article_of("a").version
    rounds(seeds)
    assert (article_of("a").title, touches_since(number), sorted(os.listdir(seeds))) == ("Ours", [], ["b.md", "z.md"])


@pytest.mark.parametrize("how", ["written", "pending", "taken back"])
def test_a_moved_file_is_followed_by_the_address_that_the_desk_wrote(seeds, editor, how):
    pk = article_of("a").pk
    edit(article_of("a"), editor, web_url="https://gazette.example/a2")
    export_folder(seeds)
    if how != "pending":
        rounds(seeds)
    edit(article_of("a2"), editor, web_url=f"https://gazette.example/{'a' if how == 'taken back' else 'a3'}")
    text = (seeds / "a.md").read_bytes()
    (seeds / "a.md").unlink()
    write(seeds, "z.md", text.replace(b"Two.", b"Theirs."))
    assert import_folder(seeds).outcomes == {"z.md": "updated"}
    assert (Source.objects.get(path="z.md").article_id, Article.objects.count()) == (pk, 2)
    assert Article.objects.get(pk=pk).web_url.endswith("a" if how == "taken back" else "a3")
    rounds(seeds)


def test_a_copy_is_recorded_nowhere_and_overwrites_nothing_unknown(seeds, editor, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(seeds, copy)
    edit(article_of("a"), editor, title="Ours")
    make_article(title="Written here")
    write(copy, "b.md", b"theirs")
    ended = manage("export_seeds", copy)
    assert (ended.status, ended.out) == (
        1,
        "kept: b.md has changed since the last import\n0 identical, 1 patched, 1 new, 0 failed, 1 kept.\n",
    )
    assert (copy / "b.md").read_bytes() == b"theirs"
    assert field_in_file(copy, "title") == "Ours"
    assert (ExportedFile.objects.count(), Source.objects.count()) == (0, 2)


def test_an_export_into_a_roots_folder_leaves_other_roots_out(seeds, tmp_path):
    write(tmp_path / "other", "o.md", story("o"))
    import_seeds(tmp_path / "other", "--root", "other")
    export_folder(seeds)
    assert sorted(os.listdir(seeds)) == ["a.md", "b.md"]
    refused = manage("export_seeds", seeds, article_of("o").pk, "--root", ROOT)
    assert (refused.status, "another root" in refused.errors) == (2, True)


@pytest.mark.parametrize("words", [["--root", ROOT], []])
def test_a_tree_that_moved_is_imported_before_it_is_exported(seeds, editor, words):
    edit(article_of("a"), editor, title="Ours")
    moved = seeds.rename(seeds.parent / "moved")
    before = every_row()
    ended = manage("export_seeds", moved, *words)
    assert (ended.status, ended.out) == (2, "")
    assert f"{seeds}, which is gone; if it moved, import {moved} with --root wire first" in ended.errors
    assert (changed_tables(before), field_in_file(moved, "title")) == (set(), "The story of a")
    rounds(moved)
    assert field_in_file(moved, "title") == "Ours"


def test_a_lost_tree_may_be_written_elsewhere_and_a_copy_beside_its_tree(seeds, tmp_path):
    copy = tmp_path / "copy"
    assert manage("export_seeds", copy, "--root", ROOT).errors == ""
    again = manage("export_seeds", copy, "--root", ROOT)
    assert (again.status, again.errors.startswith(f"These are copies: root “wire” was last imported from {seeds}")) == (
        0,
        True,
    )
    shutil.rmtree(seeds)
    assert manage("export_seeds", tmp_path / "new", "--root", ROOT).status == 0
    assert import_folder(tmp_path / "new").counts == {"unchanged": 2}


@pytest.mark.parametrize("is_known", [False, True])
def test_a_folder_of_a_root_is_refused_to_any_other_name(seeds, tmp_path, is_known):
    make_article(title="Ours")
    if is_known:
        write(tmp_path / "other", "o.md", story("o"))
        import_seeds(tmp_path / "other", "--root", "wyre")
    before = every_row()
    ended = manage("export_seeds", seeds, "--root", "wyre")
    assert (ended.status, ended.out) == (2, "")
    assert f"{seeds} belongs to root “wire”; give --root wire, or leave it out" in ended.errors
    assert changed_tables(before) == set()
    assert sorted(os.listdir(seeds)) == ["a.md", "b.md"]


def test_a_second_export_writes_nothing(seeds, editor):
    edit(article_of("a"), editor, title="Ours")
    make_article(title="Written here")
    rounds(seeds, 2)
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in seeds.iterdir()}
    rows = list(ExportedFile.objects.order_by("pk").values())
    rounds(seeds, 2)
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in seeds.iterdir()} == before
    assert list(ExportedFile.objects.order_by("pk").values()) == rows


def test_an_export_killed_before_it_touched_the_file_harms_nothing(seeds, editor, monkeypatch):
    edit(article_of("a"), editor, title="Second")
    rounds(seeds, 2)
    edit(article_of("a"), editor, title="The story of a")
    with monkeypatch.context() as patched:
        patched.setattr("articles.sources.written.put", die)
        assert manage("export_seeds", seeds, "--root", ROOT).status == 130
    number = article_of("a").version
    rounds(seeds)
    assert (article_of("a").title, touches_since(number), Conflict.objects.count()) == ("The story of a", [], 0)
    assert field_in_file(seeds, "title") == "The story of a"


def test_a_new_file_whose_export_was_killed_is_written_by_the_next(seeds, monkeypatch):
    make_article(title="Ours", published_at=article_of("a").published_at)
    with monkeypatch.context() as patched:
        patched.setattr("articles.sources.written.put", die)
        assert manage("export_seeds", seeds, "--root", ROOT).status == 130
    rounds(seeds)
    assert sorted(os.listdir(seeds)) == ["2026-02-28-ours.md", "a.md", "b.md"]
    assert Source.objects.filter(missing_at__isnull=False).count() == 0


def test_what_a_killed_export_left_beside_its_files_goes_with_the_next(seeds):
    left = [write(seeds, path, b"half") for path in (".0123456789abcdef.newsdesk", "sub/.fedcba9876543210.newsdesk")]
    others = [write(seeds, path, b"theirs") for path in (".mine.newsdesk", "0123456789abcdef.newsdesk", ".hidden")]
    export_folder(seeds)
    assert [file.exists() for file in (*left, *others)] == [False, False, True, True, True]


@pytest.mark.parametrize("is_new", [False, True])
def test_an_unresolved_merge_in_a_body_that_was_typed_is_named_with_its_line(seeds, editor, is_new):
    article = make_article(title="Ours") if is_new else article_of("a")
    edit(article, editor, body="One.\n\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> theirs\n")
    said = manage("export_seeds", seeds, "--root", ROOT)
    assert said.status == 1
    assert f"article {article.pk} has an unresolved merge in its text, at line 3; edit it, or put all lines" in said.out


def test_an_import_run_of_echoes_makes_no_revision_and_no_outcome(seeds, editor):
    edit(article_of("a"), editor, title="Ours")
    export_folder(seeds)
    count = Revision.objects.count()
    assert import_folder(seeds).counts == {"unchanged": 2}
    assert (Revision.objects.count(), ImportRun.objects.latest("pk").outcomes.count()) == (count, 0)


def test_an_export_knows_the_folder_that_a_root_was_imported_from(seeds, editor, tmp_path):
    edit(article_of("a"), editor, title="Ours")
    assert manage("export_seeds", seeds).status == 0
    assert ExportedFile.objects.count() == 1
    other = tmp_path / "other"
    assert manage("export_seeds", other, "--root", ROOT).status == 0
    assert sorted(os.listdir(other)) == ["a.md", "b.md"], "a copy of the root's articles"
    assert import_folder(seeds).counts == {"unchanged": 2}


def test_an_export_writes_nothing_where_the_disk_is_gone(seeds):
    make_article(title="Ours")
    for file in seeds.iterdir():
        file.unlink()
    ended = manage("export_seeds", seeds, "--root", ROOT)
    assert (ended.status, "check that the disk is mounted" in ended.errors) == (2, True)
    assert (list(seeds.iterdir()), Source.objects.count()) == ([], 2)
    ended = manage("export_seeds", seeds, "--root", ROOT, "--allow-missing")
    assert (ended.status, ended.out) == (0, "0 identical, 0 patched, 1 new, 0 failed, 2 missing.\n")
