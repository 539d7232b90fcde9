"""Settings of the tests: the real ones, with files in a throw-away folder, quick hashing and jobs run at once."""

import os
import tempfile

if "PARINDEX_VAR" not in os.environ:  # xdist's workers share the folder of their starter, which removes it
    os.environ["PARINDEX_VAR"] = tempfile.mkdtemp(prefix="parindex-test-")

from parindex.settings import *  # noqa: F403
from parindex.settings import DATABASES, ENV

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # emptied before each test
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENV.var / "media", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "evidence": {
        "BACKEND": "scoring.files.evidence_storage.DurableStorage",
        "OPTIONS": {"location": ENV.var / "evidence"},
    },
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file like in production, so that two threads really are two connections with the same PRAGMAs.
    DATABASES["default"]["TEST"] = {"NAME": ENV.var / "test.sqlite3"}
