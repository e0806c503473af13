"""The real settings in a known environment: nothing of `.env` or of the shell decides how a test runs.

TEST_DATABASE_URL chooses the database; without it, a SQLite file in the temporary folder.
"""

import os
import tempfile
from pathlib import Path

_database = os.environ.get("TEST_DATABASE_URL", f"sqlite:///{Path(tempfile.gettempdir()) / 'newsdesk-tests.sqlite3'}")
os.environ.update(
    ENV_FILE="",
    SECRET_KEY="a test key is no secret, but it has to have a certain length",
    DATABASE_URL=_database,
    SITE_URL="http://testserver",
    ALLOWED_HOSTS="testserver",
    DEMO="false",
    DEBUG="false",
    TRUSTED_PROXY="false",
    TIME_ZONE="UTC",
)

from newsdesk.settings import *

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file of this process alone: threads and other processes can open it, as they could not open one in memory.
    _folder = tempfile.TemporaryDirectory(prefix="newsdesk-tests-", ignore_cleanup_errors=True)
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # no test cuts the power
    DATABASES["default"]["TEST"] = {"NAME": f"{_folder.name}/tests.sqlite3"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
