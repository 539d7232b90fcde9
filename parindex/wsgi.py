"""WSGI entry; a production portal is checked before it answers its first request."""

import os

from django.core.wsgi import get_wsgi_application

from parindex.receiving import ReceiveFirst
from parindex.start import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parindex.settings")
application = ReceiveFirst(get_wsgi_application())
refuse_unsafe_start()
