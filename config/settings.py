"""Settings of every installation: what differs comes from the environment or from `.env`."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django_guid.integrations import CeleryIntegration

from config.files import storage_for
from config.program import identity

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)  # SQLite makes its file, not the folder

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # former ones, for a while
TRAIL_KEY = env.str("TRAIL_KEY", default=SECRET_KEY)  # seals who saw and changed what
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "simple_history",
    "crispy_forms",
    "crispy_bootstrap5",
    "axes",
    "csp",
    "django_guid",
    "surveys.apps.SurveysConfig",
    "surveys.keys.apps.KeysConfig",
    "scoring.apps.ScoringConfig",
    "import_export",  # after ours: it has a command `export` too
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",  # each request has an id, in its answer and its log lines
    "config.metrics.Measure",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.security.ContentSecurityPolicy",
    "config.security.AnswersToPrograms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "surveys.webform.accounts.SignedOutOnPhone",
    "config.sessions.BoundSessions",
    "config.sessions.SecondStepRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.trail.Trail",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

UNFOLD = {
    "SITE_TITLE": _("Five Standards"),
    "SITE_HEADER": _("Five Standards"),
    "SITE_SYMBOL": "bar_chart",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("img/icon.svg")}
    ],
    "STYLES": [lambda _: static("css/shell.css")],
    "SHOW_LANGUAGES": True,
    "ACCOUNT": {"navigation": [{"title": _("Two-step sign-in"), "link": reverse_lazy("account")}]},
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "base": {
            "50": "#f8fafa",
            "100": "#eef1f3",
            "200": "#dde3e6",
            "300": "#c3cdd3",
            "400": "#97a5ae",
            "500": "#5f6c76",
            "600": "#44525d",
            "700": "#2b3840",
            "800": "#1f2a31",
            "900": "#161f25",
            "950": "#0e1418",
        },
        "primary": {
            "50": "#eef5f6",
            "100": "#e4f1f3",
            "200": "#cfe4e8",
            "300": "#9cc7cf",
            "400": "#74c8d7",
            "500": "#4aa3b3",
            "600": "#0b5a6b",
            "700": "#094a58",
            "800": "#0a3b46",
            "900": "#12333b",
            "950": "#06222a",
        },
    },
    "DASHBOARD_CALLBACK": "scoring.dashboard.views.dashboard_context",
    "SIDEBAR": {"show_search": False, "navigation": "config.navigation.navigation"},
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CONNECTED = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}"),
        **CONNECTED,
    },
    # The keys of interviews, which no dump of the other one has: docs/recovery.md.
    "keys": {
        **env.db_url("KEYS_URL", default=f"sqlite:///{VAR_DIR / 'keys.sqlite3'}"),
        **CONNECTED,
        "TEST": {"MIGRATE": False},  # its one table is made as the model says
    },
}
DATABASE_ROUTERS = ["surveys.keys.router.KeysApart"]
# A key that is lost loses what it sealed: it is on the disk before anything is sealed with it.
for _database, _kept in (
    ("default", "PRAGMA synchronous=NORMAL;"),
    ("keys", "PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;"),
):
    if DATABASES[_database]["ENGINE"] == "django.db.backends.sqlite3":
        # Writers wait for each other instead of failing: with Django's defaults a third of the
        # requests of 16 concurrent writers ended in "database is locked".
        DATABASES[_database]["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                f"PRAGMA journal_mode=WAL;{_kept}PRAGMA temp_store=MEMORY;"
                "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=67108864;PRAGMA cache_size=-20000;"
            ),
        }

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            # One that hangs holds nobody.
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        }
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "cache",
        }
    ),
    "process": {  # what each process has found out for itself
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    },
}

MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
# Scripts in few files, of the same names: deploy/bundle.mjs.
BUNDLED = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [*([BUNDLED] if BUNDLED.is_dir() and not DEBUG else []), BASE_DIR / "static"]
STORAGES = {
    "default": storage_for(env.str("FILES_URL", default="")),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "config.storage.StaticStorage"
        )
    },
}

# The rows in the database are the truth of background work; a message is only a nudge, so losing
# one delays work until the next sweep and loses nothing.
QUEUE_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SOFT_TIME_LIMIT = 30 * 60
CELERY_TASK_TIME_LIMIT = 35 * 60
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        # A task that outlives the visibility timeout would be run twice.
        "visibility_timeout": CELERY_TASK_TIME_LIMIT + 5 * 60,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
        "polling_interval": 0.1,
    }
)
if not REDIS_URL:
    for folder in ("messages", "processed", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
# A queue by kind of work, so that what takes minutes never stands before what takes a moment. A worker
# takes from all of them unless it is told which: `celery -A config worker -Q intake`.
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {
    name: {"exchange": name} for name in ("intake", "scoring", "exports", "mail")
}
CELERY_TASK_DEFAULT_QUEUE = "exports"  # what nobody sorted disturbs least there
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = {
    "scoring.tasks.score_pending": "intake",
    "surveys.tasks.reap_jobs": "intake",
    "surveys.tasks.check_waiting": "intake",
    "surveys.tasks.seal_trail": "intake",
    "surveys.tasks.watch": "intake",
    "surveys.tasks.count_progress": "scoring",
    "surveys.tasks.check_quality": "scoring",
    "surveys.tasks.draw_second_visits": "scoring",
    "surveys.tasks.seal_waiting": "scoring",
    "scoring.tasks.*": "scoring",
    "surveys.tasks.run_job": "exports",  # unless its kind says otherwise: `jobs.queue_of`
    "surveys.tasks.forget_uploads": "exports",
    "surveys.tasks.clear_erased": "exports",
    "surveys.tasks.remove_orphans": "exports",
    "surveys.tasks.deliver": "mail",
    "surveys.tasks.forget_deliveries": "mail",
    "surveys.tasks.send_digests": "mail",
    "surveys.tasks.keep_up_retention": "mail",
}
CELERY_TASK_PUBLISH_RETRY = False  # a lost nudge is swept up; nobody waits for a dead broker
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "score": {"task": "scoring.tasks.score_pending", "schedule": 10, "options": {"expires": 10}},
    "sweep": {"task": "scoring.tasks.sweep", "schedule": 120, "options": {"expires": 120}},
    "reap-jobs": {"task": "surveys.tasks.reap_jobs", "schedule": 15, "options": {"expires": 15}},
    "forget-uploads": {"task": "surveys.tasks.forget_uploads", "schedule": 3600},
    "clear-erased": {"task": "surveys.tasks.clear_erased", "schedule": 600},
    "seal-answers": {"task": "surveys.tasks.seal_waiting", "schedule": 600},
    "retention": {"task": "surveys.tasks.keep_up_retention", "schedule": 3600},
    "remove-orphans": {"task": "surveys.tasks.remove_orphans", "schedule": 24 * 3600},
    "check": {"task": "surveys.tasks.check_waiting", "schedule": 60, "options": {"expires": 60}},
    "second-visits": {"task": "surveys.tasks.draw_second_visits", "schedule": 3600},
    "count": {"task": "surveys.tasks.count_progress", "schedule": 30, "options": {"expires": 30}},
    "deliver": {"task": "surveys.tasks.deliver", "schedule": 15, "options": {"expires": 15}},
    "forget-deliveries": {"task": "surveys.tasks.forget_deliveries", "schedule": 24 * 3600},
    "seal-trail": {"task": "surveys.tasks.seal_trail", "schedule": 60, "options": {"expires": 60}},
    "watch": {"task": "surveys.tasks.watch", "schedule": 60, "options": {"expires": 60}},
    "digests": {"task": "surveys.tasks.send_digests", "schedule": 600, "options": {"expires": 600}},
}

# Without a server for e-mail, summaries and alerts are only on their pages.
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="five-standards@localhost")

AUTH_USER_MODEL = "surveys.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "config.passwords.LongEnough",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "config.passwords.NotEndless"},
    {"NAME": "config.passwords.NotObvious"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

# Two steps of signing in for the office. A slip of the pen must not switch them off.
STAFF_MFA = env.str("STAFF_MFA", default="offered", choices=("offered", "required"))

# A team shares one office address and an attacker knows user names: so both together.
AXES_HANDLER = "config.lockout.Handler"
AXES_LOCKOUT_TEMPLATE = "surveys/locked_out.html"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
# Of a wrong try nothing is kept of what the page carried: typed answers, codes.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "kept", "code", "csrfmiddlewaretoken"]

HTTPS = env.bool("HTTPS", default=False)
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=30 * 24 * 3600) if HTTPS else 0
# A survey's host cannot speak for its neighbours: no HSTS for subdomains, no preloading.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_ENGINE = "surveys.sessions"
# How long after signing in a session lasts at most, and how long without a request.
SESSIONS_AT_DESK = (
    timedelta(hours=12),
    timedelta(minutes=env.int("STAFF_IDLE_MINUTES", default=30)),
)
SESSIONS_IN_FIELD = (timedelta(days=14), timedelta(days=7))
SESSION_COOKIE_AGE = int(SESSIONS_IN_FIELD[0].total_seconds())
if HTTPS:  # names that browsers take from this host only, and for it alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_REDIRECT_EXEMPT = [r"^healthz(/live)?$"]
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_CLIENT_IP_CALLABLE = "config.security.client_address"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 200  # ODK Collect sends up to 100 with an interview
OPENROSA_MAX_BYTES = 100_000_000  # of one request; told to devices, which split by it

RESCORE_WORKERS = env.int("RESCORE_WORKERS", default=4)  # processes that share a full rescore
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", default=120)  # of one token
WEBHOOKS_TO_LOOPBACK = env.bool("WEBHOOKS_TO_LOOPBACK", default=False)  # to try them out; tests

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# The admin skin runs Alpine, which compiles expressions, and sets inline styles.
ADMIN_CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
    }
}

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "unfold"]  # Unfold ships no Chinese
USE_I18N = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True

PROGRAM = identity(BASE_DIR, TIME_ZONE)  # no other may read what it has kept

# Without it nobody reads numbers, and none are kept; with it the processes of a machine add theirs up here.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_DIR = VAR_DIR / "metrics"
if METRICS_TOKEN:
    METRICS_DIR.mkdir(exist_ok=True)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(METRICS_DIR))  # which its library reads

# A request has an id, which its answer, its log lines and those of the tasks that it asks for carry.
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration()],
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.Line",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s",
        },
        "json": {
            "()": "config.logs.JsonLine",
            "format": "%(levelname)s %(name)s %(request_id)s %(message)s",
            "timestamp": True,
            "json_ensure_ascii": False,
        },
    },
    "filters": {
        "request": {"()": "config.logs.OfRequest"},
        "refusal": {"()": "config.logs.Refusal"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["request"],
            "formatter": env.str("LOG_FORMAT", default="line"),
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # Django's own handlers would write addresses with the tokens that are in them.
    "loggers": {
        "django": {"handlers": []},
        "django.request": {"filters": ["refusal"]},
        "django.server": {"handlers": ["stderr"]},
    },
}
