"""Taking an import run back."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.importing.undo import TOUCHED, undo_run
from articles.models import Article, ChangeSet, Conflict, EarlierSource, ImportRun, Revision, Source
from articles.models.history import Origin
from articles.seedfile.writer import canonical
from articles.workflow import publishing
from tests.database_dump import changed_tables, every_row
from tests.factories import make_state, make_user
from tests.importing.import_running import article_of, import_seeds, story, write
from tests.importing.test_import_merge import edit

pytestmark = pytest.mark.django_db

NAMES = [f"s{number}" for number in range(50)]


def last_run():
    return ImportRun.objects.select_related("change_set").latest("pk")


def undo_last():
    return undo_run(last_run(), actor=OPERATOR)


def rewrite(tmp_path, added, **keys):
    for name in NAMES:
        write(tmp_path, f"{name}.md", story(name, added, **keys))


def test_run_that_created_fifty_articles_of_which_three_were_edited(tmp_path):
    rewrite(tmp_path, "")
    import_seeds(tmp_path)
    for name in NAMES[:3]:
        edit(name, title="Mine")
    report = undo_last()
    assert (report.removed_count, report.returned_count) == (47, 0)
    assert [(article.title, why) for article, why in report.kept] == [("Mine", "it has changed since")] * 3
    assert Article.objects.count() == Source.objects.count() == 3
    assert import_seeds(tmp_path).counts == {"unchanged": 50}
    assert import_seeds(tmp_path, "--again").counts == {"created": 47, "unchanged": 3}


def test_run_that_changed_fifty_articles_returns_those_that_nobody_touched_with_their_base(tmp_path):
    rewrite(tmp_path, "quality: 1\n")
    import_seeds(tmp_path)
    rewrite(tmp_path, "quality: 2\npublished: true\n")
    import_seeds(tmp_path)
    for name in NAMES[:3]:
        edit(name, title="Mine")
    report = undo_last()
    assert (report.removed_count, report.returned_count, len(report.kept)) == (0, 47, 3)
    back = article_of("s5")
    assert (back.quality, back.published, back.version) == (1, False, 3)
    assert bytes(back.source.raw) == story("s5", "quality: 1\n")
    assert (article_of("s0").quality, article_of("s0").published) == (2, True)
    assert import_seeds(tmp_path).counts == {"unchanged": 50}
    assert import_seeds(tmp_path, "--again").counts == {"updated": 47, "unchanged": 3}
    assert article_of("s5").published


def test_rows_after_an_undo_and_the_same_import_are_those_of_the_first_import(tmp_path):
    write(tmp_path, "a.md", story("a", "quality: 1\n"))
    import_seeds(tmp_path)
    write(tmp_path, "a.md", story("a", "quality: 2\nsecured: two\npublished: true\n"))
    write(tmp_path, "b.md", story("b"))
    import_seeds(tmp_path)
    before = everything_that_counts()
    undo_last()
    assert everything_that_counts() != before
    import_seeds(tmp_path, "--again")
    assert everything_that_counts() == before


def everything_that_counts():
    """Content, desk state and file of every article."""
    articles = list(Article.objects.order_by("url_key").select_related("category", "provider", "source"))
    states = article_state.read_states(articles)
    return [(states[article.pk], article.source.path, bytes(article.source.raw)) for article in articles]


def test_undo_twice_changes_nothing_the_second_time(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    write(tmp_path, "a.md", story("a", "quality: 2\n"))
    import_seeds(tmp_path)
    run = last_run()
    undo_run(run, actor=OPERATOR)
    before = every_row()
    report = undo_run(run, actor=OPERATOR)
    assert (report.change_set, report.kept) == (None, [])
    assert changed_tables(before) == set()


def test_two_runs_are_taken_back_one_after_the_other_but_not_the_earlier_one_alone(tmp_path):
    for quality in (1, 2, 3):
        write(tmp_path, "a.md", story("a", f"quality: {quality}\n"))
        import_seeds(tmp_path)
    first, second, third = ImportRun.objects.order_by("pk")
    assert [why for _, why in undo_run(second, actor=OPERATOR).kept] == ["it has changed since"]
    undo_run(third, actor=OPERATOR)
    assert article_of("a").quality == 2
    undo_run(second, actor=OPERATOR)
    assert article_of("a").quality == 1
    assert import_seeds(tmp_path).counts == {"unchanged": 1}
    assert not EarlierSource.objects.exists()
    undo_run(first, actor=OPERATOR)
    assert not Article.objects.exists()


def test_what_an_editor_set_between_two_runs_stays_when_both_are_taken_back(tmp_path):
    for quality in (1, 2, 3):
        write(tmp_path, "a.md", story("a", f"quality: {quality}\n"))
        import_seeds(tmp_path)
        if quality == 2:
            edit("a", quality=7)
    _, second, third = ImportRun.objects.order_by("pk")
    undo_run(third, actor=OPERATOR)
    report = undo_run(second, actor=OPERATOR)
    assert article_of("a").quality == 7
    assert [why for _, why in report.kept] == [TOUCHED]


def test_change_of_the_file_that_left_the_article_alone_is_taken_back_as_well(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    write(tmp_path, "a.md", story("a", "# a comment\n"))
    import_seeds(tmp_path)
    assert undo_last().returned_count == 1
    assert bytes(article_of("a").source.raw) == story("a")
    assert import_seeds(tmp_path, "--again").counts == {"updated": 1}


def test_conflicts_that_the_run_opened_end_and_those_that_it_closed_are_open_again(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    edit("a", title="Mine")
    for title in ("One", "Two"):
        write(tmp_path, "a.md", story("a", title=title))
        import_seeds(tmp_path)
    undo_last()
    assert list(Conflict.objects.order_by("pk").values_list("outcome", flat=True)) == ["", "undone"]
    assert import_seeds(tmp_path, "--again").counts == {"conflicted": 1}
    assert Conflict.objects.get(closed_at=None).values[1] == "Two"


def test_moved_file_returns_to_its_path(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    (tmp_path / "a.md").rename(tmp_path / "b.md")
    import_seeds(tmp_path)
    assert undo_last().returned_count == 1
    assert article_of("a").source.path == "a.md"


def test_article_whose_earlier_path_is_another_ones_now_is_kept(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    (tmp_path / "a.md").rename(tmp_path / "b.md")
    import_seeds(tmp_path)
    run = last_run()
    write(tmp_path, "a.md", story("other"))
    import_seeds(tmp_path)
    assert len(undo_run(run, actor=OPERATOR).kept) == 1
    assert article_of("a").source.path == "b.md"


def test_article_written_here_takes_its_exported_file_as_source_and_loses_it_with_the_run(tmp_path):
    made = door.create(make_state(title="Ours"), actor=make_user("Editor"), origin=Origin.FORM)
    write(tmp_path, "ours.md", canonical(article_state.read_state(made).content))
    ran = import_seeds(tmp_path)
    assert ran.outcomes == {"ours.md": "updated"}
    assert (ran.file("ours.md")["article"], made.source.path, Revision.objects.count()) == (made.pk, "ours.md", 1)
    assert import_seeds(tmp_path).counts == {"unchanged": 1}
    run = ImportRun.objects.select_related("change_set").earliest("pk")
    assert undo_run(run, actor=OPERATOR).returned_count == 1
    assert Article.objects.count() == 1
    assert not Source.objects.exists()


def test_exported_file_is_adopted_by_those_alone_who_may_change_its_article(tmp_path):
    state = make_state(title="Ours", published=True)
    made = door.create(state, actor=make_user("Editor"), origin=Origin.FORM)
    write(tmp_path, "ours.md", canonical(article_state.read_state(made).content))
    assert import_seeds(tmp_path, "--actor", make_user("Contributor").username).outcomes == {"ours.md": "rejected"}
    assert not Source.objects.exists()


def test_editors_decision_after_the_run_is_kept(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    publishing.publish(article_of("a"), actor=make_user("Editor"), origin=Origin.FORM)
    report = undo_last()
    assert len(report.kept) == 1
    assert article_of("a").published


def test_who_may_not_publish_removes_no_published_article(tmp_path):
    write(tmp_path, "a.md", story("a", "published: true\n"))
    import_seeds(tmp_path)
    report = undo_run(last_run(), actor=make_user("Contributor"))
    assert "has no permission to publish" in report.kept[0][1]
    assert Revision.objects.count() == 1


def test_undo_asks_no_more_for_forty_articles_than_for_four(tmp_path, django_assert_max_num_queries):
    for count in (4, 40):
        for number in range(count):
            write(tmp_path, f"{count}/{number}.md", story(f"{count}-{number}"))
        import_seeds(tmp_path / str(count))
        for number in range(count):
            write(tmp_path, f"{count}/{number}.md", story(f"{count}-{number}", "quality: 4\n"))
        import_seeds(tmp_path / str(count))
    small, large = ImportRun.objects.filter(updated_count__gt=0).select_related("change_set").order_by("pk")
    with django_assert_max_num_queries(80) as for_four:
        undo_run(small, actor=OPERATOR)
    with django_assert_max_num_queries(len(for_four)):
        undo_run(large, actor=OPERATOR)


def test_command_names_what_it_keeps_and_refuses_what_it_cannot_do(tmp_path, capsys):
    for name in "ab":
        write(tmp_path, f"{name}.md", story(name))
    import_seeds(tmp_path)
    edit("a", title="Mine")
    call_command("import_seeds", "--undo", str(last_run().pk))
    said = capsys.readouterr().out
    assert "“Mine”: it has changed since" in said
    assert "0 restored, 1 removed, 1 kept." in said
    for words in (["--undo", "999"], ["--undo", "1", "--dry-run"], ["--undo", "1", str(tmp_path)]):
        with pytest.raises(CommandError) as refusal:
            call_command("import_seeds", *words)
        assert refusal.value.returncode == 2


def test_button_takes_the_run_back_for_a_chief_alone(client, tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    address = reverse("admin:articles_importrun_undo", args=[last_run().pk])
    for role in ("Contributor", "Editor", ""):
        client.force_login(make_user(role))
        assert client.post(address).status_code == 403
    assert Article.objects.exists()
    client.force_login(make_user("Chief"))
    assert client.get(address).status_code == 405
    receipt = reverse("admin:articles_importrun_change", args=[last_run().pk])
    assert address in client.get(receipt).content.decode()
    page = client.post(address, follow=True).content.decode()
    assert "0 articles restored, 1 removed" in page
    assert address not in page
    assert (
        '<span class="mark">undone</span>'
        in client.get(reverse("admin:articles_importrun_changelist")).content.decode()
    )
    assert "Undone by" in page
    assert not Article.objects.exists()
    assert "Nothing to undo" in client.post(address, follow=True).content.decode()


def test_a_run_whose_undo_kept_articles_can_be_undone_again(client, tmp_path):
    write(tmp_path, "a.md", story("a"))
    write(tmp_path, "b.md", story("b"))
    import_seeds(tmp_path)
    edit("a", title="Mine")
    undo_last()
    client.force_login(make_user("Chief"))
    address = reverse("admin:articles_importrun_undo", args=[last_run().pk])
    assert address in client.get(reverse("admin:articles_importrun_change", args=[last_run().pk])).content.decode()


def test_import_change_set_is_not_undone_without_its_files(client, tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    client.force_login(make_user("Chief"))
    made = ChangeSet.objects.get()
    page = client.post(reverse("admin:articles_article_undo", args=[made.pk]), follow=True).content.decode()
    assert "Undo an import on its own page" in page
    assert Article.objects.exists()
