"""Settings, from the environment only. README.md, "Configuration", lists the variables."""

import warnings
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from newsdesk import environment

BASE_DIR = Path(__file__).resolve().parent.parent
env, left_out = environment.open_environment(BASE_DIR)

SITE_URL = environment.site_url(env)
DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = environment.secret_key(env, is_demo=DEMO, left_out=left_out)
if DEMO:
    environment.refuse_public_demo(SITE_URL)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = environment.allowed_hosts(env, SITE_URL, is_demo=DEMO)
IS_HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "articles.apps.ArticlesConfig",
    "articles.apps.NewsdeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "newsdesk.security.BodilessHead",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "newsdesk.security.HeadersOnEveryAnswer",
    "articles.public.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "newsdesk.security.KnownMethods",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "articles.timezones.UserTimeZoneMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "newsdesk.urls"
WSGI_APPLICATION = "newsdesk.wsgi.application"
FORM_RENDERER = "newsdesk.widgets.PlainRenderer"
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

DATABASES = {"default": environment.database(env, BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "articles.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Ten wrong passwords lock a name for the address they came from, for 15 minutes. What else
# is counted, and where the address comes from, is in articles/accounts/throttling.py.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "user_agent"]  # which holds the network
AXES_HANDLER = "articles.accounts.throttling.TwoLimits"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "articles.accounts.throttling.username_of"
AXES_CLIENT_IP_CALLABLE = "articles.accounts.throttling.client_address"
AXES_CLIENT_STR_CALLABLE = "articles.accounts.throttling.client_in_log"
AXES_LOCKOUT_CALLABLE = "articles.accounts.throttling.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "typed"]
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True

LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEMO or DEBUG
if WHITENOISE_USE_FINDERS:
    warnings.filterwarnings("ignore", "No directory at", UserWarning)  # nothing is collected in a demo
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Readiness checks (docs/readiness.md).
READINESS_CHECKS = [
    "articles.readiness.checks.no_title",
    "articles.readiness.checks.bad_address",
    "articles.readiness.checks.conflict_on_published",
    "articles.readiness.checks.on_hold",
    "articles.readiness.checks.no_category",
    "articles.readiness.checks.no_picture",
    "articles.readiness.checks.dated_in_the_future",
    "articles.readiness.checks.low_quality",
    "articles.readiness.checks.covered_elsewhere",
    "articles.readiness.checks.same_title",
    *env.list("READINESS_CHECKS", default=[]),
]
READINESS_SILENCED = env.list("READINESS_SILENCED", default=[])
READINESS_QUALITY = env.int("READINESS_QUALITY", default=30)

# Security. HTTPS follows from SITE_URL; behind proxies that set X-Forwarded-Proto and -For, set TRUSTED_PROXY.
TRUSTED_PROXY_COUNT = environment.trusted_proxies(env)
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_SAVE_EVERY_REQUEST = False
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "articles.admin.requests.resumed.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "filters": {"not_health": {"()": "articles.public.health.NotOfHealth"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        # It logs a warning for every failed pipeline, although the error is raised as an exception.
        "psycopg": {"level": "ERROR"},
        "django.request": {"filters": ["not_health"]},
    },
}
