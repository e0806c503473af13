"""The real settings, with a hello view and without collected static files."""

from newsdesk.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.hello"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None
WHITENOISE_AUTOREFRESH = False
