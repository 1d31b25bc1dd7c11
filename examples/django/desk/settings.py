"""The settings: what a project with hybrid-cache needs, and no more. Variables as for the Rust server of the demo."""

import os
import pathlib

BASE = pathlib.Path(__file__).resolve().parents[1]

# It serves one machine and two invented people. A real project keeps its key to itself.
SECRET_KEY = os.environ.get("SECRET_KEY") or "of an example that listens on 127.0.0.1 only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "desk.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "rest_framework.authtoken",
    "invoices",
]
# There are no sessions here; where there are, AuthenticationMiddleware comes before.
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "hybrid_cache.HybridCacheMiddleware"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DEMO_DATABASE") or BASE / "invoices.sqlite3",
        # Whoever writes waits for the one before, rather than to fail when two that have read want to write.
        "OPTIONS": {"timeout": 5, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;"},
    }
}
# Everybody knows the password. A real project leaves the default, which is slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def cache_key(key, prefix, version):
    """`{prefix}:{key}`, without Django's version, as the Rust server of the demo has it: the two share counters."""
    return f"{prefix}:{key}" if prefix else key


if redis_url := os.environ.get("REDIS_URL"):
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": redis_url,
            "KEY_PREFIX": os.environ.get("CACHE_KEY_PREFIX", ""),
            "KEY_FUNCTION": "desk.settings.cache_key",
            "TIMEOUT": int(os.environ.get("CACHE_DEFAULT_TIMEOUT") or 300),
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.1, "SOCKET_TIMEOUT": 0.1},
        }
    }
else:
    # Versions in this process: enough for one.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

HYBRID_CACHE = {
    "POLICY": {"max_age": 300, "stale_while_revalidate": 60},
    # Tests on a busy machine wait longer for Redis than a page should.
    "BUDGET": float(os.environ.get("DEMO_REDIS_SECONDS") or 0.05),
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["invoices.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "invoices.problem.handle",
}

# The built Angular application.
DEMO_APP_DIR = pathlib.Path(
    os.environ.get("DEMO_APP_DIR") or BASE.parents[1] / "angular-demo/dist/angular-demo/browser"
)
