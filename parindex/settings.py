"""Settings of the portal: one file, the environment read through `parindex.env` only."""

from datetime import timedelta
from pathlib import Path

from parindex.env import EnvironmentFaults, read_environment

BASE_DIR = Path(__file__).resolve().parent.parent
try:
    ENV = read_environment(BASE_DIR)
except EnvironmentFaults as faults:
    raise SystemExit(str(faults)) from None  # sentences for whoever starts the portal, not a traceback

DEBUG = False  # never on: error pages would show figures
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.trusted_origins
DEMO_MODE = not ENV.is_production
SITE_URL = ENV.site_url

INSTALLED_APPS = [
    "parindex.apps.PortalConfig",
    "reports.apps.ReportsConfig",
    "scoring.apps.ScoringConfig",
    "units.apps.UnitsConfig",
    "units.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "parindex.middleware.NoteWhenItBegan",
    "django.middleware.security.SecurityMiddleware",
    "parindex.packing.PackPrivatePages",
    "csp.middleware.CSPMiddleware",
    "parindex.middleware.KeepPrivatePagesPrivate",
    "parindex.middleware.SaySomething",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "parindex.middleware.RefuseHalfRequests",
    "parindex.middleware.RefuseUnreadableInput",
    "parindex.middleware.RememberWhereFrom",
    "parindex.middleware.KeepSession",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "parindex.middleware.TellWhatWasTaken",
    "parindex.middleware.KnowWhoIsThere",
    "parindex.middleware.LoginRequiredWhereAsked",
    "parindex.middleware.FirstThingsFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "parindex.urls"
WSGI_APPLICATION = "parindex.wsgi.application"
ASGI_APPLICATION = "parindex.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parindex.context_processors.workspace",
                "parindex.context_processors.sign_on",
            ],
        },
    },
]

FORM_RENDERER = "units.forms.rendering.PlainRenderer"

DATABASES = {"default": ENV.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
FORMAT_MODULE_PATH = ["parindex.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]  # what the libraries leave in English
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True

# --- people ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "units.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "units.services.invitations.OneTimeCodeBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds; a forgotten password is set at once or asked for again
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "units.validators.PasswordUnlikeTheName"},
    {"NAME": "units.validators.PasswordLongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "units.validators.PasswordNotCommon"},
    {"NAME": "units.validators.PasswordNotOnlyDigits"},
    {"NAME": "units.validators.PasswordNotTheGiven"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspace"
ACCOUNT_ADAPTER = "units.services.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "units.forms.LoginForm",
    "reauthenticate": "units.forms.ReauthenticateForm",
    "change_password": "units.forms.ChangePasswordForm",
    "reset_password_from_key": "units.forms.account.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
# The library's own keeps a row for every address it is asked about, even by a link that opens nothing.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
SINGLE_SIGN_ON = ENV.single_sign_on  # empty: none is offered
SOCIALACCOUNT_ADAPTER = "units.services.single_sign_on.SignOnAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SECOND_FACTOR_ROLES = ENV.second_factor  # roles whose people may do nothing without one
MFA_ADAPTER = "units.services.second_factor.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off; a code counts once (services/second_factor.py)
MFA_FORMS = {
    "authenticate": "units.forms.SecondFactorForm",
    "authenticate_webauthn": "units.forms.PasskeyForm",
    "activate_totp": "units.forms.ActivateAppForm",
    "add_webauthn": "units.forms.AddPasskeyForm",
    "edit_webauthn": "units.forms.RenamePasskeyForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": False,
    "reauthenticate": "10/m/user",
    "reset_password": "20/m/ip,5/h/key",
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "units.services.throttle.Throttle"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a try that was not evaluated prolongs nothing
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "parindex.network.client_network"
PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT = ENV.proxies
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]  # a mistyped code is nearly the right one
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- session, cookies, headers -----------------------------------------------------------------------------------
SESSION_ENGINE = "units.services.session_store"
SESSION_IDLE = timedelta(minutes=ENV.idle_minutes)  # after the last thing that the person did
SESSION_LONGEST = timedelta(hours=ENV.session_hours)  # after the sign-in, whatever is done
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DEVICE_COOKIE_NAME = "device"
CSRF_FAILURE_VIEW = "parindex.views.csrf_failure"
if ENV.is_production:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    DEVICE_COOKIE_NAME = "__Host-device"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.proxies else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- files -------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = ENV.var / "static"
MEDIA_ROOT = ENV.var / "media"  # private: no URL leads here
PUBLIC_ROOT = ENV.var / "public"  # what has been released, served as bytes
PREVIEW_ROOT = ENV.var / "previews"  # private: pages of evidence as pictures; may be emptied at any time
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "evidence": ENV.evidence,  # private: read by scoring.files.evidence_store only
}
CLAMD_URL = ENV.clamd_url  # the virus scanner; empty: there is none
# What one unit may store in one campaign, old versions included.
EVIDENCE_FILES_PER_UNIT = 500
EVIDENCE_BYTES_PER_UNIT = 1024 * 1024 * 1024
EVIDENCE_FILES_PER_POST = 20
# A public page once released names its style sheet by hash for ever: old hashed files stay (decision 005).
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = EVIDENCE_FILES_PER_POST
LARGEST_REQUEST = 410 * 1024 * 1024  # twenty files of 20 MB and what stands around them; deploy/nginx says the same
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "parindex.receiving.NamelessFiles",
]

# --- jobs, mail, cache, look -------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = ENV.var / "mail"
if ENV.email:
    globals().update(ENV.email)
DEFAULT_FROM_EMAIL = ENV.mail_from
HAS_MAIL = ENV.has_mail  # the demo keeps its letters as files
EMAIL_TIMEOUT = 20  # seconds; a mail server that says nothing holds up the job, never a request
NOTICE_JOB = "units.tasks.send_waiting_letters"  # enqueued after the commit of what is told
MORNING_SOURCES = ["reports.selectors.open_work.open_publications"]  # what the morning's letter tells of upper rooms
NOTICES_KEPT_DAYS = 400  # a year and a bit: who was reminded of what is still read in the year after
NOTICES_AT_ONCE_A_DAY = 5  # letters to one person; what comes after these goes into the morning's
INVITATION_LINK_DAYS, INVITATION_CODE_DAYS = 7, 14
COMPONENT_CODES = "scoring.selectors.criteria.component_codes_of"  # what an appraiser's role may be narrowed to
UNITS_STILL_ASSESSED = "scoring.selectors.dossiers.units_still_assessed"  # have ended, and still need their people
# Counters of requests hold for all processes together; the table is made by a migration.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "parindex_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "parindex.logs.OneLine", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
