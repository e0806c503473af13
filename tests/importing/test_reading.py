"""Seeds read in other processes: the same as here, in the same order, whatever happens to those processes."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from articles.changes.actors import OPERATOR
from articles.importing import reading, runner
from articles.importing.reading import AT_ONCE, ReadingRoom, read_all
from articles.importing.runner import Import
from articles.models import Article
from articles.seedfile import reader
from tests.importing.import_running import PROJECT, story, write
from tests.waiting import until


@pytest.fixture
def room():
    made = ReadingRoom(1, worth_it=0)
    yield made
    made.close()


def seeds(count: int) -> list[bytes]:
    return [story(f"s{n}", quality="101" if n % 7 == 0 else "7") for n in range(count)]


def test_others_read_what_would_be_read_here_in_the_same_order(room):
    raws = seeds(2 * AT_ONCE + 3)
    assert room.begin(raws).results() == read_all(raws)


def test_who_waits_reads_the_last_of_them_and_keeps_the_order(room):
    raws = seeds(12 * AT_ONCE)
    waiting, later = room.begin(raws), room.begin(raws[:AT_ONCE])
    assert waiting.results() == read_all(raws)
    assert later.results() == read_all(raws[:AT_ONCE])


def test_bodies_are_rendered_where_seeds_are_read(room):
    [document] = room.begin([story("s", body="# Head")]).results()
    assert (document.body.markdown, document.body.html) == (document.document.content.body, "<h2>Head</h2>\n")


def test_a_reader_that_fails_reports_the_failure_and_reads_on(monkeypatch):
    def fail(raw: bytes):
        raise RuntimeError("out of order")

    monkeypatch.setattr(reader, "read", fail)
    assert [str(reading) for reading in read_all([b"a", b"b"])] == ["out of order"] * 2


def test_few_seeds_start_no_process():
    room = ReadingRoom(1, worth_it=10)
    room.begin(seeds(10)).results()
    assert room._pool is None


def test_a_killed_process_costs_no_file(room):
    raws = seeds(AT_ONCE)
    room.begin(raws).results()
    for process in room._pool._processes.values():
        process.kill()
        process.join()
    assert room.begin(raws).results() == read_all(raws)
    assert room.begin(raws).results() == read_all(raws)


def test_a_process_killed_at_work_costs_no_file(room):
    raws = seeds(20 * AT_ONCE)
    room.begin(raws[:AT_ONCE]).results()
    [process] = room._pool._processes.values()
    waiting = room.begin(raws)
    process.kill()
    assert waiting.results() == read_all(raws)
    assert room.begin(raws[:AT_ONCE]).results() == read_all(raws[:AT_ONCE])


def test_a_process_killed_while_it_writes_costs_no_file(room, monkeypatch):
    monkeypatch.setattr(reading, "_PATIENCE", 0.1)
    raws = seeds(20 * AT_ONCE)
    room.begin(raws[:AT_ONCE]).results()
    [process] = room._pool._processes.values()
    os.write(room._pool._result_queue._writer.fileno(), struct.pack("!i", 4096) + b"half a message")
    waiting = room.begin(raws)
    process.kill()
    assert waiting.results() == read_all(raws)
    assert room.begin(raws[:AT_ONCE]).results() == read_all(raws[:AT_ONCE])


def test_a_room_whose_process_was_killed_while_it_wrote_can_be_closed():
    room = ReadingRoom(1, worth_it=0)
    room.begin(seeds(1)).results()
    [process] = room._pool._processes.values()
    os.write(room._pool._result_queue._writer.fileno(), struct.pack("!i", 4096) + b"half a message")
    process.kill()
    process.join()
    room.close()


def test_threads_take_turns_as_usual_when_the_room_is_closed():
    usual = sys.getswitchinterval()
    room = ReadingRoom(1, worth_it=0)
    room.begin(seeds(1)).results()
    assert sys.getswitchinterval() < usual
    room.close()
    assert sys.getswitchinterval() == pytest.approx(usual)


@pytest.mark.django_db
def test_an_import_that_fails_leaves_neither_processes_nor_other_turns_behind(tmp_path, room, monkeypatch):
    usual = sys.getswitchinterval()
    for number, raw in enumerate(seeds(60)):
        write(tmp_path, f"{number:03}.md", raw)

    def interrupted(*arguments, **options):
        assert sys.getswitchinterval() < usual
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "write", interrupted)
    run = Import([tmp_path], root="failing", actor=OPERATOR, readers=room)
    with pytest.raises(KeyboardInterrupt):
        run.execute()
    assert sys.getswitchinterval() == pytest.approx(usual)
    assert room._pool is None


@pytest.mark.django_db
def test_an_import_with_help_makes_the_same_rows(tmp_path, room):
    for number, raw in enumerate(seeds(60)):
        write(tmp_path, f"{number:03}.md", raw)
    receipt = Import([tmp_path], root="helped", actor=OPERATOR, readers=room).execute()
    assert receipt.head()["counts"]["rejected"] == 9
    assert Article.objects.count() == 51
    assert [file["path"] for file in receipt.files()] == [f"{number:03}.md" for number in range(60)]


@pytest.mark.slow
def test_the_processes_end_when_the_import_is_killed(tmp_path):
    script = (
        "import signal\n"
        "from articles.importing.reading import ReadingRoom\n"
        "if __name__ == '__main__':\n"
        "    room = ReadingRoom(1, worth_it=0)\n"
        "    room.begin([b'x']).results()\n"
        "    print(next(iter(room._pool._processes)), flush=True)\n"
        "    signal.pause()\n"
    )
    path = tmp_path / "waiting.py"
    path.write_text(script)
    parent = subprocess.Popen(
        [sys.executable, str(path)], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(PROJECT)}
    )
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until(lambda: not _is_running(child))


def _is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()
