"""`publish_articles` and `unpublish_articles`, and with them what all commands on articles share."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings

from articles.changes.actors import OPERATOR
from articles.management import chunks
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.database_dump import changed_tables, every_row
from tests.factories import make_article, make_articles, make_user
from tests.importing.import_running import database_url, finished, run, start
from tests.management.commanding import manage, told
from tests.waiting import until

pytestmark = pytest.mark.django_db
on_a_real_database = pytest.mark.django_db(transaction=True, serialized_rollback=True)
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


def published() -> set[int]:
    return set(Article.objects.published().values_list("pk", flat=True))


def flag_of(article: Article) -> bool:
    return Article.objects.get(pk=article.pk).published


# What is named


def test_ids_and_addresses_mix_and_what_is_named_twice_counts_once():
    first, second, other = make_article(), make_article(), make_article()
    done = told("publish_articles", first.pk, second.web_url.upper().replace("STORY", "story"), first.web_url, first.pk)
    assert done.status == 0
    assert done.outcomes == {first.pk: "changed", second.pk: "changed"}
    assert done.report["counts"] == {"changed": 2, "unchanged": 0, "refused": 0, "unknown": 0}
    assert published() == {first.pk, second.pk}
    assert not flag_of(other)


def test_one_change_set_holds_them_all_with_actor_and_reason(editor):
    articles = [make_article() for _ in range(3)]
    done = told("publish_articles", *[a.pk for a in articles], "--actor", editor.username, "--reason", "front page")
    change_set = ChangeSet.objects.get()
    assert done.report["change_set"] == change_set.pk
    assert (change_set.kind, change_set.actor, change_set.reason) == ("publish", editor, "front page")
    made = Revision.objects.filter(number=2)
    assert {(r.actor, r.origin, r.reason, r.change_set) for r in made} == {
        (editor, Origin.COMMAND, "front page", change_set)
    }
    assert made.count() == 3


def test_names_come_from_standard_input_one_a_line(monkeypatch):
    first, second, third = make_article(), make_article(), make_article()
    typed = f"{first.pk}\n\n  {second.web_url}  \r\n{first.pk}\n"
    done = told("publish_articles", third.pk, "-", typed=typed, monkeypatch=monkeypatch)
    assert done.outcomes == dict.fromkeys([first.pk, second.pk, third.pk], "changed")


def test_nothing_on_standard_input_is_nothing_to_do(monkeypatch):
    assert manage("publish_articles", "-", typed="", monkeypatch=monkeypatch).status == 0


def test_unknown_ones_are_named_and_the_others_are_done():
    article = make_article()
    done = told("publish_articles", 999999, article.pk, "https://nowhere.example/x", "HTTPS://nowhere.example/x")
    assert done.status == 1
    assert done.outcomes == {"999999": "unknown", "https://nowhere.example/x": "unknown", article.pk: "changed"}
    assert flag_of(article)


@pytest.mark.parametrize("name", ["foo", "", "javascript:x", "12.5", "１２", "https://a b/", "9" * 400, "\udcff"])
def test_what_is_neither_id_nor_address_ends_it_before_anything_is_done(name):
    article = make_article()
    done = manage("publish_articles", article.pk, name)
    assert done.status == 2
    assert "is neither the id of an article nor a web address" in done.errors
    assert len(done.errors.splitlines()) == 1
    assert not flag_of(article)


def test_bytes_on_standard_input_that_are_no_text_are_named(monkeypatch):
    done = manage("publish_articles", "-", typed="\udcff\udcfe\n", monkeypatch=monkeypatch)
    assert done.status == 2
    assert "\\xff" in done.errors


# Which the filter finds


def test_filter_speaks_the_lists_own_query():
    good, poor = make_article(category="news", quality=80), make_article(category="news", quality=10)
    sport, shown = make_article(category="sport", quality=90), make_article(category="news", quality=99, published=True)
    done = told("publish_articles", "--filter", "?state=undecided&category=news&quality_min=60&q=")
    assert done.outcomes == {good.pk: "changed"}
    assert published() == {good.pk, shown.pk}
    assert not flag_of(poor)
    assert not flag_of(sport)


def test_filter_without_a_state_means_what_the_list_means():
    waiting, shown = make_article(category="news"), make_article(category="news", published=True)
    assert told("unpublish_articles", "--filter", "category=news").outcomes == {waiting.pk: "unchanged"}
    assert told("unpublish_articles", "--filter", "category=news&state=all").outcomes == {
        waiting.pk: "unchanged",
        shown.pk: "changed",
    }


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("colour=red", "--filter does not know colour; it knows q, category, topic"),
        ("state=undecided&published=1", "does not know published"),
        ("quality_min=101", "quality_min=101: Ensure this value is less than or equal to 100"),
        ("quality_min=x", "quality_min=x: "),
        ("state=gone", "state=gone: "),
        ("since=yesterday", "since=yesterday: "),
        ("q=%00", "--filter has an invalid value"),
        ("state=all&state=live", "--filter has state more than once"),
        ("", "--filter is empty; write state=undecided"),
        ("q=&category=", "--filter is empty; write state=undecided"),
        ("category=\udcff", "--filter is not a query"),
        ("&".join(f"q={n}" for n in range(3000)), "--filter is not a query"),
    ],
)
def test_filter_that_cannot_be_understood_is_refused(query, says):
    article = make_article()
    done = manage("publish_articles", "--filter", query)
    assert done.status == 2
    assert says in done.errors
    assert len(done.errors.splitlines()) == 1
    assert not flag_of(article)


def test_filter_for_a_name_that_nobody_uses_finds_nothing():
    make_article()
    done = manage("publish_articles", "--filter", "category=nonesuch")
    assert (done.status, done.out) == (
        0,
        "Nothing changed: 0 published, 0 unchanged, 0 refused, 0 not found.\n",
    )


def test_neither_names_nor_filter_or_both_are_refused():
    article = make_article()
    for words in ([], [article.pk, "--filter", "state=all"]):
        assert manage("publish_articles", *words).status == 2
    assert not flag_of(article)


# How it is done


def test_published_already_is_unchanged_and_leaves_no_change_set():
    article = make_article(published=True)
    done = told("publish_articles", article.pk)
    assert (done.status, done.outcomes, done.report["change_set"]) == (0, {article.pk: "unchanged"}, None)
    assert not ChangeSet.objects.exists()
    assert Article.objects.get().version == 1


def test_who_may_not_publish_is_refused_by_name(contributor):
    article, shown = make_article(), make_article(published=True)
    done = told("publish_articles", article.pk, "--actor", contributor.username)
    assert done.status == 1
    assert "has no permission to publish" in done.reasons[article.pk]
    assert told("unpublish_articles", shown.pk, "--actor", contributor.username).status == 1
    assert published() == {shown.pk}
    assert not ChangeSet.objects.exists()


def test_actor_has_to_be_an_active_user():
    article = make_article()
    gone = make_user("Editor", is_active=False)
    for name in ("nobody", gone.username, "a\0b"):
        done = manage("publish_articles", article.pk, "--actor", name)
        assert done.status == 2
        assert "there is no active user" in done.errors
    assert not flag_of(article)


@pytest.mark.parametrize("reason", ["x" * 501, "a\0b", "\udcff"])
def test_reason_that_no_history_can_hold_is_refused(reason):
    article = make_article()
    assert manage("publish_articles", article.pk, "--reason", reason).status == 2
    assert not flag_of(article)


def test_unpublish_takes_them_from_the_readers():
    shown, hidden = make_article(published=True), make_article()
    done = told("unpublish_articles", shown.pk, hidden.pk)
    assert done.outcomes == {shown.pk: "changed", hidden.pk: "unchanged"}
    assert ChangeSet.objects.get().kind == "unpublish"
    assert published() == set()


@pytest.mark.parametrize("words", [[], ["--at", "2026-12-01T09:00Z", "--live-until", "2026-12-05T09:00Z"]])
def test_dry_run_writes_nothing_and_says_what_the_run_then_says(contributor, words):
    articles = [make_article(), make_article(published=True), make_article()]
    names = [*[a.pk for a in articles], 999999]
    for actor in ([], ["--actor", contributor.username]):
        before = every_row()
        dry = told("publish_articles", *names, *words, *actor, "--dry-run")
        assert changed_tables(before) == set()
        assert dry.report.pop("dry_run") is True
        with transaction.atomic():
            real = told("publish_articles", *names, *words, *actor)
            transaction.set_rollback(True)
        assert (dry.status, dry.report["articles"]) == (real.status, real.report["articles"])
        assert dry.report["counts"] == real.report["counts"]


def test_stale_ones_are_refused_by_name_and_the_others_done(monkeypatch):
    mine, theirs, gone = make_article(), make_article(), make_article()
    chunk = chunks.ChunkedWork._chunk

    def after_others(self, versions, warnings):
        if theirs.version == 1:
            publishing.publish(theirs, actor=OPERATOR)
            publishing.unpublish(theirs, actor=OPERATOR)
            Article.objects.filter(pk=gone.pk).delete()
        return chunk(self, versions, warnings)

    monkeypatch.setattr(chunks.ChunkedWork, "_chunk", after_others)
    done = told("publish_articles", "--filter", "state=undecided")
    assert done.status == 1
    assert done.outcomes == {mine.pk: "changed", theirs.pk: "refused", gone.pk: "refused"}
    assert "the article has changed since version 1: it is now version 3" in done.reasons[theirs.pk]
    assert "it no longer exists" in done.reasons[gone.pk]
    assert published() == {mine.pk}


def test_a_change_just_before_the_rows_are_locked_is_refused_as_well(monkeypatch):
    article = make_article()
    carry_out = chunks.VerbDeed.carry_out

    def overtaken(self, versions, change_set):
        theirs = Article.objects.get()
        publishing.publish(theirs, actor=OPERATOR)
        publishing.unpublish(theirs, actor=OPERATOR)
        return carry_out(self, versions, change_set)

    monkeypatch.setattr(chunks.VerbDeed, "carry_out", overtaken)
    done = told("publish_articles", article.pk)
    assert done.outcomes == {article.pk: "refused"}
    assert not ChangeSet.objects.exists()


def test_the_set_is_fixed_when_it_starts(monkeypatch):
    first = make_article()
    carry_out = chunks.VerbDeed.carry_out

    def another_arrives(self, versions, change_set):
        make_article()
        return carry_out(self, versions, change_set)

    monkeypatch.setattr(chunks.VerbDeed, "carry_out", another_arrives)
    assert told("publish_articles", "--filter", "state=undecided").outcomes == {first.pk: "changed"}


def test_queries_do_not_grow_with_the_articles_of_a_chunk():
    def queries_for(count):
        pks = [make_article(topics=["a", "b"], images=[{"url": "https://a.example/x.jpg"}]).pk for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert told("publish_articles", *pks).status == 0
        return len(queries)

    assert queries_for(1) == queries_for(10)


def test_chunks_share_the_change_set(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 2)
    already = [make_article(published=True) for _ in range(2)]
    articles = [*already, *[make_article() for _ in range(5)]]
    done = told("publish_articles", *[a.pk for a in articles])
    assert done.report["counts"]["changed"] == 5
    assert ChangeSet.objects.get().revisions.count() == 5


# When


@pytest.mark.parametrize(
    ("typed", "zone", "means"),
    [
        ("2026-12-01T09:00Z", "UTC", "2026-12-01T09:00+00:00"),
        ("2026-12-01T09:00:30+01:00", "UTC", "2026-12-01T08:00:30+00:00"),
        ("2026-12-01 09:00", "Europe/Berlin", "2026-12-01T08:00+00:00"),
        ("2026-10-25T02:30+01:00", "Europe/Berlin", "2026-10-25T01:30+00:00"),
    ],
)
@time_machine.travel(datetime(2026, 1, 3, 12, 0, tzinfo=UTC), tick=False)
def test_at_schedules_with_an_offset_or_in_the_sites_zone(typed, zone, means):
    article = make_article()
    with override_settings(TIME_ZONE=zone):
        assert told("publish_articles", article.pk, "--at", typed).status == 0
    article.refresh_from_db()
    assert article.live_from == datetime.fromisoformat(means)
    assert not article.is_visible(at=NOON.replace(month=1))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2026-03-29T02:30", "in Europe/Berlin: 02:30 doesn't exist that day (clocks go forward). Use 01:59 or 03:00."),
        ("2026-10-25T02:30", "occurs twice: 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00. Type the one you mean"),
        ("2026-12-01", "is not a time; write 2026-12-01T09:00"),
        ("2026-13-01T09:00", "is not a time"),
        ("tomorrow", "is not a time"),
        ("2026-12-01T24:61", "is not a time"),
        ("9999-12-31T23:59-12:00", "is not between the years"),
        ("", "is not a time"),
    ],
)
def test_moment_that_is_none_is_refused_with_the_remedy(typed, says):
    article = make_article()
    with override_settings(TIME_ZONE="Europe/Berlin"):
        done = manage("publish_articles", article.pk, "--at", typed)
    assert done.status == 2
    assert says in done.errors
    assert not flag_of(article)


@time_machine.travel(NOON, tick=False)
def test_live_until_ends_them_and_has_to_come_after_the_beginning():
    article, later = make_article(), make_article(live_from=datetime(2027, 1, 1, tzinfo=UTC))
    done = told("publish_articles", article.pk, later.pk, "--live-until", "2026-11-04T12:00Z")
    assert done.outcomes == {article.pk: "changed", later.pk: "refused"}
    assert "2027-01-01T00:00Z, is not before “live until”" in done.reasons[later.pk]
    article.refresh_from_db()
    assert (article.live_from, article.live_until) == (NOON, NOON.replace(day=4))
    for words in (
        ["--live-until", "2026-11-03T11:00Z"],
        ["--at", "2026-11-05T00:00Z", "--live-until", "2026-11-04T00:00Z"],
    ):
        assert manage("publish_articles", article.pk, *words).status == 2


# What it says


def test_text_report_is_harmless_lines_and_a_last_one_with_the_counts():
    article, wild = make_article(), make_article(title="Odd \u202etitle")
    done = manage(
        "publish_articles", article.pk, wild.pk, 77, "--actor", make_user("Contributor", username="con").username
    )
    assert done.out.splitlines() == [
        "unknown 77: there is no such article",
        f"refused {article.pk} “{article.title}”: con has no permission to publish",
        f"refused {wild.pk} “Odd \\u202etitle”: con has no permission to publish",
        "Nothing changed: 0 published, 0 unchanged, 2 refused, 1 not found.",
    ]


def test_json_report_has_exactly_the_documented_shape():
    article = make_article(title="One", category="news", images=[{"url": "https://a.example/x.jpg"}], quality=90)
    done = told("publish_articles", article.pk, 77)
    assert json.loads(done.out) == {
        "articles": [
            {
                "article": None,
                "name": "77",
                "title": "",
                "outcome": "unknown",
                "reason": "there is no such article",
                "warnings": [],
            },
            {"article": article.pk, "name": None, "title": "One", "outcome": "changed", "reason": "", "warnings": []},
        ],
        "counts": {"changed": 1, "unchanged": 0, "refused": 0, "unknown": 1},
        "change_set": ChangeSet.objects.get().pk,
        "dry_run": False,
    }
    assert done.errors == ""


# What readiness says


def test_warnings_stand_in_the_report_and_stop_nothing():
    article = make_article(title="Bare", quality=90)
    done = told("publish_articles", article.pk)
    assert (done.status, done.outcomes) == (0, {article.pk: "changed"})
    (entry,) = done.report["articles"]
    assert [(w["name"], w["message"], w["remedy"], w["address"]) for w in entry["warnings"]] == [
        ("no_category", "no category", "choose one", ""),
        ("no_picture", "no picture", "add one", ""),
    ]
    again = make_article(title="Bare too", quality=90)
    assert f"warning {again.pk} “Bare too”: no category; choose one" in manage("publish_articles", again.pk).out


def test_blockers_refuse_by_name_and_remedy():
    held, fine = make_article(), make_article()
    decide("hold", [held], why="the lawyers read it", actor=OPERATOR)
    done = told("publish_articles", "--filter", "state=all")
    assert (done.status, done.outcomes) == (1, {held.pk: "refused", fine.pk: "changed"})
    assert "on hold: the lawyers read it (ask someone who may publish to lift it)" in done.reasons[held.pk]


def test_warnings_are_those_before_the_run_so_that_a_dry_run_has_the_same(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 1)
    for _ in range(3):
        make_article(title="The same title")
    dry, real = (told("publish_articles", "--filter", "state=undecided", *words) for words in (["--dry-run"], []))
    assert dry.report["articles"] == real.report["articles"]
    assert "same_title" not in dry.out


# What goes wrong


@pytest.mark.slow
@on_a_real_database
def test_killed_half_way_leaves_whole_chunks_in_one_change_set_and_the_next_run_does_the_rest():
    count = chunks.CHUNK * 4 + 7
    make_articles(count)
    process = start("publish_articles", "--filter", "state=undecided", url=database_url())
    until(published, process=process)
    process.kill()
    finished(process)
    done = len(published())
    assert done
    assert done % chunks.CHUNK == 0 or done == count
    assert Revision.objects.filter(number=2, change_set=ChangeSet.objects.get()).count() == done
    ended = run("publish_articles", "--filter", "state=undecided", "--format", "json", url=database_url())
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["counts"]["changed"] == count - done
    assert len(published()) == count == Revision.objects.filter(number=2).count()


@pytest.mark.slow
@pytest.mark.sqlite
@on_a_real_database
def test_locked_database_ends_it_with_one_sentence():
    article = make_article()
    with transaction.atomic():
        done = run("publish_articles", article.pk, url=f"{database_url()}?timeout=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "CommandError: the database cannot be used (database is locked); changes made so far are kept; run it again"
    ]
    assert not flag_of(article)


@pytest.mark.slow
@pytest.mark.sqlite
@on_a_real_database
def test_read_only_database_ends_it_with_one_sentence_and_a_dry_run_needs_no_more():
    article = make_article()
    url = f"{database_url()}?init_command=PRAGMA%20query_only%3D1"
    done = run("publish_articles", article.pk, url=url)
    assert (done.returncode, done.stdout) == (2, "")
    assert "the database cannot be used (attempt to write a readonly database)" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert run("publish_articles", article.pk, "--dry-run", url=url).returncode == 0
    assert not flag_of(article)


@pytest.mark.slow
@on_a_real_database
def test_two_commands_at_once_publish_each_article_once():
    pks = [article.pk for article in make_articles(30)]
    processes = [start("publish_articles", *pks, "--format", "json", url=database_url()) for _ in range(2)]
    reports = [json.loads(finished(process).stdout) for process in processes]
    assert Revision.objects.filter(number=2).count() == 30
    assert not Revision.objects.filter(number=3).exists()
    assert sum(report["counts"]["changed"] for report in reports) == 30
