"""WSGI entry; a production portal is checked before it answers its first request."""

import os

from django.core.wsgi import get_wsgi_application

from parindex.start import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings")
application = get_wsgi_application()
refuse_unsafe_start()
