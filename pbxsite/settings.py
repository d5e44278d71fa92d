"""Django's settings. Every port, path and secret comes from `pbxsite.instance`."""

import socket
import sys
from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from accounts.providers import apps_from
from pbxsite.instance import instance
from pbxsite.unfold import UNFOLD  # noqa: F401
from telephony.edge import addresses

env = environ.Env()
BASE_DIR: Path = instance.root

DEBUG = env.bool("KIESTOON_DEBUG", default=False)
SECRET_KEY = instance.secret("django")
# Never any name: a link in e-mail has the name that a browser asked for, and a stranger could ask for their own.
ALLOWED_HOSTS = [
    *("localhost", "127.0.0.1", "[::1]", socket.gethostname()),
    *(addresses.bracketed(address) for address in addresses.public(instance)),
    *instance.hosts,
]

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_celery_beat",
    "auditlog",
    "django.contrib.humanize",
    "ninja",  # for the files of the API's description: without it a page of ours would run what others serve
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "accounts",
    "telephony",
    "presence",
    "voicemail",
    "conferencing",
    "speeddial",
    "api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "pbxsite.http.middleware.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.UserLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "pbxsite.urls"
ASGI_APPLICATION = "pbxsite.asgi.application"

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
            ],
        },
    },
]

DATABASES = {"default": env.db_url_config(instance.database_url)}
# To open one anew for each request, task or batch of the call log costs more than most of them ask of it.
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL: the edge reads credentials while the exchange writes its call log.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Whatever takes longer is stuck, and would keep a thread for ever; but a migration may take its time.
    patience = "0" if "migrate" in sys.argv else "20s"
    DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] |= {
        "connect_timeout": 5,
        "options": f"-c statement_timeout={patience} -c lock_timeout={patience}",
        # A server that is gone without a word.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
# Behind so many reverse proxies the address of the signing-in person is found in X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("KIESTOON_PROXIES", default=0)
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps_from(env)}}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "accounts.forms.AddKeyForm"}
MFA_TOTP_ISSUER = "Kiestoon"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = env.str("KIESTOON_LANGUAGE", default="nl")
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("KIESTOON_TIME_ZONE", default="Europe/Amsterdam")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = instance.var / "static"
# What Vite built of frontend/; its files carry a hash in their names.
CLIENT_DIST = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [BASE_DIR / "static", *([("client", CLIENT_DIST)] if CLIENT_DIST.exists() else [])]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "pbxsite.http.static.Storage"},
}
# A browser never needs to ask again for a file with a hash in its name.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/(client/assets/|.*\.[0-9a-f]{12}\.)"
MEDIA_ROOT = instance.var / "media"

# HTTPS is the job of the reverse proxy in front; it says so with this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if env.bool("KIESTOON_HTTPS", default=False):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
else:
    # A browser itself only lets passkeys pass over plain HTTP on the machine that it runs on.
    MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in instance.hosts]

# What wrong passwords are counted in, by every web process together.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": instance.redis_url}
}

CELERY_BROKER_URL = instance.redis_url
CELERY_RESULT_BACKEND = instance.redis_url
CELERY_RESULT_EXPIRES = 300
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "health_check_interval": 5,
    # Sending a task while Redis is away fails at once; else it takes six seconds, whatever `retry` says. A worker
    # goes on trying to connect all the same.
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Features add theirs: see `telephony.features`.
CELERY_BEAT_SCHEDULE = {
    "prove-life": {"task": "pbxsite.tasks.prove_life", "schedule": 10.0, "options": {"expires": 15.0}},
}

EMAIL_TIMEOUT = 60  # seconds; a message is claimed for longer
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://")
vars().update(EMAIL_CONFIG)
# Without a mail server the messages are kept as files, so that nothing gets lost silently.
EMAIL_FILE_PATH = str(instance.var / "mail")
DEFAULT_FROM_EMAIL = env.str("KIESTOON_MAIL_FROM", default="Kiestoon <kiestoon@localhost>")

RECORDING_KEEP_DAYS = env.int("KIESTOON_RECORDING_DAYS", default=90)
# Where browsers find SIP over WebSocket, when a proxy stands in front of it: wss://sip.example.org/
SIP_SOCKET_URL = env.str("KIESTOON_SIP_SOCKET_URL", default="")
VOICEMAIL_SECONDS = env.int("KIESTOON_VOICEMAIL_SECONDS", default=60)  # so long is the longest message
VOICEMAIL_KEEP_DAYS = env.int("KIESTOON_VOICEMAIL_DAYS", default=30)
# After so many seconds in a parking slot a call goes back to the party that parked it.
PARKING_SECONDS = env.int("KIESTOON_PARKING_SECONDS", default=120)
COUNTRY = instance.country

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("KIESTOON_LOG_LEVEL", default="INFO")},
}
