"""What the environment must say before Newsdesk starts (CASES A20)."""

import os
import subprocess
import sys

import pytest

from newsdesk import environment
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
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *, which allows any host name"),
    ({"SECRET_KEY": "demo", "DEMO": "true", "ALLOWED_HOSTS": "*", "SITE_URL": "http://127.0.0.1:8000"}, None),
    (
        {"DEMO": "true"},
        "DEMO is set, but SITE_URL is https://news.example, which is not this machine; unset DEMO: its passwords"
        " are known.",
    ),
    ({"TRUSTED_PROXY": "true", "TRUSTED_PROXY_COUNT": "two"}, "TRUSTED_PROXY_COUNT is 'two'; set it to the number"),
    ({"TRUSTED_PROXY": "true", "TRUSTED_PROXY_COUNT": "0"}, "TRUSTED_PROXY_COUNT is '0'; set it to the number"),
    ({"SITE_URL": "https://[::1"}, "SITE_URL is 'https://[::1'; set it to an address like"),
]
DEMOS = "SECRET_KEY=of-the-demo\nDEMO=true\nDEMO_PASSWORD=known\n"
FILES = [
    # what `.env` says, what the process environment says, and what comes of it: DEMO and SECRET_KEY, or a sentence
    (DEMOS, {}, "True of-the-demo"),
    (DEMOS, {"SITE_URL": "https://localhost:8443"}, "True of-the-demo"),
    (DEMOS, {"SITE_URL": "https://news.example", "SECRET_KEY": "k" * 50}, f"False {'k' * 50}"),
    (DEMOS, {"SITE_URL": "https://news.example"}, ".env is a demo's, and was not read for a public SITE_URL."),
    (DEMOS, {"SITE_URL": "https://news.example", "SECRET_KEY": "k" * 50, "DEMO": "true"}, "DEMO is set, but SITE_URL"),
    (DEMOS + "SITE_URL=https://news.example\n", {}, "DEMO is set, but SITE_URL is https://news.example"),
    (f"SECRET_KEY={'k' * 50}\nSITE_URL=https://news.example\n", {}, f"False {'k' * 50}"),
    (f"SECRET_KEY={'k' * 50}\n", {"SITE_URL": "https://news.example"}, f"False {'k' * 50}"),
]


def start(changes, *options):
    return python({"ENV_FILE": ""} | GOOD | changes, "manage.py", "check", *options)


def python(changes, *words):
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"]} | {name: value for name, value in changes.items() if value is not None},
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


@pytest.fixture(scope="module")
def settings_by_file(tmp_path_factory):
    running = []
    for written, changes, _ in FILES:
        env_file = tmp_path_factory.mktemp("place") / ".env"
        env_file.write_text(written)
        program = "from newsdesk import settings; print(settings.DEMO, settings.SECRET_KEY)"
        running.append(python({"ENV_FILE": str(env_file)} | changes, "-c", program))
    return [" ".join(process.communicate()) for process in running]


@pytest.mark.parametrize("place", range(len(FILES)))
def test_the_demos_file_is_read_for_this_machine_alone(settings_by_file, place):
    assert FILES[place][2] in settings_by_file[place]


@pytest.mark.parametrize("entry", ["wsgi", "asgi"])
def test_a_server_that_cannot_start_says_one_sentence_and_does_not_try_for_ever(entry):
    process = python({"ENV_FILE": "", "DEMO": "true"} | GOOD, "-c", f"import newsdesk.{entry}")
    said = process.communicate()[1]
    assert process.returncode == 4  # after which gunicorn starts no other worker
    assert said.splitlines() == [f"newsdesk cannot start: {said.partition(': ')[2].strip()}"]


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("https://localhost", True),
        ("http://LOCALHOST.:80", True),
        ("http://news.localhost", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000", False),
        ("http://192.168.1.5:8000", False),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://localhost@news.example", False),
        ("http://news", False),
        ("news.example", False),
        ("", False),
        ("http://[::1", False),
    ],
)
def test_addresses_that_only_this_machine_finds_itself_at(address, is_local):
    assert environment.is_local(address) == is_local
