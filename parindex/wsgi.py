"""WSGI entry; a production portal is checked before it answers its first request."""

import os

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings")
application = get_wsgi_application()
if not settings.DEMO_MODE:
    call_command("check", databases=["default"])
