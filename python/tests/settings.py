"""The project of the tests: the first user's stack, small."""

from contextvars import ContextVar

from tests.redis_server import RedisServer

REDIS = RedisServer()

SECRET_KEY = "of the tests"
ROOT_URLCONF = "tests.urls"
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "rest_framework",
    "rest_framework.authtoken",
    "cacheops",
    "tests.shop",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hybrid_cache.HybridCacheMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS.url,
        "KEY_PREFIX": "revisbali",
        "TIMEOUT": 300,
        "OPTIONS": {"CLIENT_CLASS": "django_redis.client.DefaultClient"},
    },
    "builtin": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS.url,
        "KEY_PREFIX": "revisbali",
    },
    "literal": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS.url,
        "KEY_FUNCTION": "tests.settings.literal_key",
    },
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}


def literal_key(key, prefix, version):
    return key


CACHEOPS_REDIS = REDIS.url.removesuffix("/1") + "/2"
CACHEOPS = {"shop.invoice": {"ops": "all", "timeout": 60}}
query_prefix = ContextVar("query_prefix", default="")


def cacheops_prefix(query):
    return query_prefix.get()


CACHEOPS_PREFIX = cacheops_prefix

# Patient, for a busy machine: what is not about time must not fail for lack of it.
PATIENT = {"BUDGET": 60, "SCOPE_SECRET": "0123456789abcdef", "POLICY": {"max_age": 300, "stale_while_revalidate": 60}}
HYBRID_CACHE = PATIENT
CSRF_TRUSTED_ORIGINS = ["https://app.example"]
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["tests.shop.authentication.Authentication"]}
# What is logged is read by the tests that expect it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"none": {"class": "logging.NullHandler"}},
    "loggers": {"hybrid_cache": {"handlers": ["none"]}, "django.request": {"handlers": ["none"], "propagate": False}},
}
