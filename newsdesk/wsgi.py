"""The WSGI entry: `gunicorn newsdesk.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from newsdesk import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")
application = environment.application(get_wsgi_application)
