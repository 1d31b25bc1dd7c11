"""What the tests share."""

import asyncio
import contextlib
import time

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import AsyncClient, Client, TransactionTestCase, override_settings

import hybrid_cache
from tests.shop import views

REDIS = settings.REDIS


class ProjectTest(TransactionTestCase):
    """Two users, an empty Redis, and versions that begin anew."""

    def setUp(self):
        REDIS.client.flushall()
        hybrid_cache._versions.cache_clear()
        views.during.clear()
        self.alice = User.objects.create_user("alice")
        self.bob = User.objects.create_user("bob")

    def use(self, cache="default", **options):
        """Settings for the rest of the test."""
        changed = override_settings(HYBRID_CACHE=settings.PATIENT | {"CACHE": cache} | options)
        changed.enable()
        self.addCleanup(changed.disable)
        hybrid_cache._versions.cache_clear()

    def use_redis(self, server, **options):
        """Another Redis for the rest of the test, which may freeze or die."""
        other = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": server.url}}
        changed = override_settings(CACHES=other)
        changed.enable()
        self.addCleanup(changed.disable)
        self.addCleanup(server.stop)
        self.use(**options)

    def client_of(self, user=None, **options):
        """A browser of this user, with a chain of middleware of its own."""
        client = Client(**options)
        if user is not None:
            client.force_login(user)
        return client

    def async_client_of(self, user=None):
        client = AsyncClient()
        if user is not None:
            client.force_login(user)
        return AsyncAsSync(client)

    def key_of(self, user, cache="default"):
        return str(caches[cache].make_key(f"cache_user_version:{user.pk}"))

    def version_in_redis(self, user):
        return int(REDIS.client.get(self.key_of(user)))


class AsyncAsSync:
    """An AsyncClient to be used like a Client; the whole chain behind it is asynchronous."""

    def __init__(self, client):
        self._client = client

    def __getattr__(self, name):
        method = getattr(self._client, name)
        return lambda *args, **kwargs: asyncio.run(method(*args, **kwargs))


def version(response):
    text = response.headers.get("X-Cache-Version")
    return None if text is None else int(text)


def until(what, condition):
    """Waits for what happens in the background, however long it takes within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(AssertionError):
            if found := condition():
                return found
        time.sleep(0.005)
    raise AssertionError(f"within a minute there was not: {what}")
