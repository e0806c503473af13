"""The ASGI entry."""

import os

from django.core.asgi import get_asgi_application

from newsdesk import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")
application = environment.application(get_asgi_application)
