"""ASGI entry, kept for servers that want it; the portal itself is synchronous."""

import os

from django.core.asgi import get_asgi_application

from parindex.start import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings")
application = get_asgi_application()
refuse_unsafe_start()
