"""What the environment must say before Newsdesk starts (CASES A20)."""

import os
import subprocess
import sys

import pytest

from newsdesk.settings import BASE_DIR

pytestmark = pytest.mark.slow

GOOD = {
    "SECRET_KEY": "a random-looking test key; " * 3,
    "SITE_URL": "https://news.example",
    "ALLOWED_HOSTS": "news.example",
    "DATABASE_URL": "sqlite:////tmp/never-opened.sqlite3",
}
CASES = [
    ({"SECRET_KEY": None}, "SECRET_KEY is not set; set it to 50 or more random characters."),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak"),
    ({"SECRET_KEY": "django-insecure-" + "x7" * 40}, "SECRET_KEY is too weak"),
    ({"SECRET_KEY": None, "DEMO": "true"}, "SECRET_KEY is not set"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *, which lets anybody choose our name"),
    ({"SECRET_KEY": "demo", "DEMO": "true", "ALLOWED_HOSTS": "*", "SITE_URL": "http://127.0.0.1:8000"}, None),
]


def start(changes, *options):
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": ""} | GOOD | changes
    return subprocess.Popen(
        [sys.executable, "manage.py", "check", *options],
        cwd=BASE_DIR,
        env={name: value for name, value in environment.items() if value is not None},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def answers():
    """All at once: each is a start of its own."""
    running = [start(changes) for changes, _ in CASES]
    return [(process.communicate()[1], process.returncode) for process in running]


@pytest.mark.parametrize("place", range(len(CASES)))
def test_a_wrong_environment_ends_the_start_with_a_sentence_and_a_right_one_does_not(answers, place):
    changes, sentence = CASES[place]
    said, status = answers[place]
    assert (status == 0) == (sentence is None), (changes, said)
    if sentence:
        assert sentence in said
        assert str(changes.get("SECRET_KEY") or "never") not in said


def test_the_production_settings_pass_the_deployment_check():
    process = start({}, "--deploy", "--fail-level", "WARNING")
    said = process.communicate()[1]
    assert process.returncode == 0, said
