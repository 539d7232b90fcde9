"""ASGI entry, kept for servers that want it; the portal itself is synchronous."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings")
application = get_asgi_application()
if not settings.DEMO_MODE:
    call_command("check", databases=["default"])
