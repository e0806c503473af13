"""The virtual environment that `make` keeps: used, completed or made anew. Here no pip runs and nothing is fetched."""

from __future__ import annotations

from subprocess import CompletedProcess

import pytest

from scripts import environment, project, tasks

NO_SPACE = "OSError: [Errno 28] No space left on device"


class Machine:
    """Answers for the programs that a set-up starts: `is_sound` for the environment, `pip` for an installation."""

    def __init__(self) -> None:
        self.is_sound = True
        self.pip = CompletedProcess([], 0, "", "")
        self.installed: list[str] = []

    def capture(self, argv, changes=None):
        if "-c" in argv:
            return CompletedProcess(argv, 0 if self.is_sound else 1, "", "")
        if "pip" in argv:
            self.installed.append(argv[-1])
            return self.pip
        self.is_sound = True  # `python -m venv`
        return CompletedProcess(argv, 0, "", "")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """With a sound environment that has no stamp."""
    machine = Machine()
    place = tmp_path / "venv"
    place.mkdir()
    for name, value in {"VENV": place, "_STAMP": place / "newsdesk.stamp", "_IDENTITY": f"Python in {place}"}.items():
        monkeypatch.setattr(environment, name, value)
    monkeypatch.setattr(project, "capture", machine.capture)
    (place / "theirs").touch()
    return machine


def is_kept() -> bool:
    """Or was the environment made anew?"""
    return (environment.VENV / "theirs").exists()


def test_what_fulfils_its_lock_is_left_alone_and_the_lock_of_tests_holds_that_of_the_demo(machine):
    environment.prepare(environment.DEV)
    environment.prepare(environment.DEV)
    environment.prepare(environment.RUN)
    assert machine.installed == [environment.DEV]
    assert is_kept()


def test_changed_lock_is_installed_over_what_is_there(machine, monkeypatch):
    environment.prepare(environment.RUN)
    monkeypatch.setattr(environment, "_digest", lambda lock: f"another {lock}")
    environment.prepare(environment.RUN)
    assert machine.installed == [environment.RUN] * 2
    assert is_kept()


@pytest.mark.parametrize("stamp", ["", "Python in /elsewhere", "Python in "])
def test_half_made_or_moved_environment_is_made_anew(machine, stamp):
    environment._STAMP.write_text(stamp)
    environment.prepare(environment.RUN)
    assert machine.installed == [environment.RUN]
    assert not is_kept()


def test_one_that_does_not_run_is_made_anew_and_a_symbolic_link_stays_one(machine, tmp_path, monkeypatch):
    link = tmp_path / "link"
    link.symlink_to(environment.VENV)
    monkeypatch.setattr(environment, "VENV", link)
    machine.is_sound = False
    environment.prepare(environment.RUN)
    assert not is_kept()
    assert link.is_symlink()


def test_killed_pip_leaves_an_environment_that_is_made_anew(machine, capsys):
    machine.pip = CompletedProcess([], -9, "", "")
    with pytest.raises(project.ScriptError, match=r"exit status -9$"):
        environment.prepare(environment.RUN)
    machine.pip = CompletedProcess([], 0, "", "")
    environment.prepare(environment.RUN)
    assert not is_kept()


@pytest.mark.parametrize(
    ("said", "sentence", "kept"),
    [
        (
            "ProxyError('Cannot connect')\nERROR: No matching distribution",
            "the package index could not be reached",
            True,
        ),
        (NO_SPACE, "the disk is full; free some space", False),
        ("ERROR: Hashes are required", "pip could not install requirements/run.txt: Hashes are required", True),
    ],
)
def test_failure_of_pip_is_one_sentence_and_harms_nothing_unless_the_disk_was_full(machine, said, sentence, kept):
    machine.pip = CompletedProcess([], 1, "", said)
    with pytest.raises(project.ScriptError) as failure:
        environment.prepare(environment.RUN)
    assert sentence in str(failure.value)
    assert "\n" not in str(failure.value)
    machine.pip = CompletedProcess([], 0, "", "")
    environment.prepare(environment.RUN)
    assert is_kept() is kept


def test_python_without_venv_is_told_its_package(machine, monkeypatch, capsys):
    machine.is_sound = False
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(project.ScriptError, match="apt-get install python3-venv"):
        environment.prepare(environment.RUN)
    assert is_kept()


def test_interrupted_command_ends_130_and_a_full_disk_is_one_sentence(monkeypatch, capsys):
    def interrupted(words):
        raise KeyboardInterrupt

    def full(words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tasks, "_do", interrupted)
    assert tasks.main(["run"]) == 130
    monkeypatch.setattr(tasks, "_do", full)
    assert tasks.main(["run"]) == 1
    assert capsys.readouterr().err == f"newsdesk: stopped.\nnewsdesk: {project.FULL_DISK}\n"
