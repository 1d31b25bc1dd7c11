"""The server's half of hybrid-cache for Django: one file, to be copied into a project.

It stamps a signed-in user's responses with the user's cache version, keeps the versions in the Redis of the project's
Django cache, raises them when the project says so, and offers the control API with its event stream. It follows
docs/contract.md of hybrid-cache, whose obligations are cited by number (H1 to H8), and shares keys, scripts and scopes
with `hybrid-cache-tower`, so that servers in Rust and in Django may serve the same users.

It does not authenticate, it does not cache anything on the server, and it does not change bodies. Which requests change
a user's data it cannot know: the project says so with `bump_on_commit`.

    # settings.py
    MIDDLEWARE = [..., "django.contrib.auth.middleware.AuthenticationMiddleware", "hybrid_cache.HybridCacheMiddleware"]
    HYBRID_CACHE = {"POLICY": {"max_age": 300, "stale_while_revalidate": 60}}     # optional, as is everything in it

    # urls.py
    path("api/cache/", include("hybrid_cache")),

    # wherever data of a user is written
    with transaction.atomic():
        invoice.save()
        hybrid_cache.bump_on_commit(request.user)

Where Django REST framework authenticates (tokens), the user is known only inside the view. Then the authentication
class has to say so, before the view reads anything:

    class Authentication(hybrid_cache.IdentifiesUser, TokenAuthentication): ...

Settings in HYBRID_CACHE, with their defaults:

    CACHE "default"          the entry of CACHES whose Redis and keys are used; LocMemCache works too, for one process
    SCOPE_SECRET             text or bytes, at least 16 bytes; servers that share users share it. Default: derived from
                             SECRET_KEY
    AT_REST_KEY              text or bytes, at least 32 random bytes, for `at_rest_secret_of_user` and `..._of_session`.
                             Default: derived from SECRET_KEY
    POLICY {}                what the browser's cache may do with responses of views without a `cache_policy`: max_age,
                             stale_while_revalidate, stale_if_error in seconds, no_store. Empty: as the page says
    PROFILE "profile"        the attribute of a user that leads to the object with the flag `cache_enabled`; without one a
                             user is enabled
    BUDGET 0.05              seconds that one request may wait for Redis, all waits together
    FAILURES_TO_REST 3       failures in a row after which Redis is not asked any more
    PROBE_INTERVAL 0.25      seconds between the probes in the background that end this
    OUTBOX_CAPACITY 10_000   users whose bump could not be recorded; one more, and everybody is bumped

Python 3.11 or newer, Django 5.2 or newer, redis-py 5 or newer; django-redis or Django's own RedisCache.
"""

import asyncio
import atexit
import base64
import functools
import hashlib
import hmac
import json
import logging
import os
import queue
import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from http import HTTPStatus
from types import SimpleNamespace
from typing import NamedTuple

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from django.core.handlers.asgi import ASGIRequest
from django.db import connections, transaction
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

logger = logging.getLogger("hybrid_cache")

# What Access-Control-Expose-Headers must name (C11). For django-cors-headers: CORS_EXPOSE_HEADERS = EXPOSED_HEADERS.
_STAMP = ["X-Cache-Version", "X-Cache-Enabled", "X-Cache-Scope", "Hybrid-Cache-Control"]
EXPOSED_HEADERS = [*_STAMP, "Cache-Groups", "Cache-Group-Invalidation", "Age", "Date", "ETag"]
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
_READS = ("GET", "HEAD")
_MAX_VERSION = 2**53 - 1


# --- What an application calls --------------------------------------------------------------------------------------


def bump(user):
    """Raises a user's version, so that everything cached for the user is stale. To be called after the change has been
    committed (H2); within a transaction use `bump_on_commit`.

    `user` is a user or a primary key. Answers the new version, or None if Redis did not record it: then it is
    remembered and recorded as soon as possible, and until then this process says `X-Cache-Enabled: false` to the user
    (H4). What is remembered is lost when the process is killed. Never raises; waits no longer than the budget."""
    return _versions().bump(_id_of(user))


async def abump(user):
    """As `bump`, for async code."""
    return await _versions().abump(_id_of(user))


def bump_on_commit(user, using=None):
    """Calls `bump` when the transaction of the database `using` commits; at once if there is none."""
    user_id = _id_of(user)
    transaction.on_commit(lambda: _versions().bump(user_id), using=using, robust=True)


def bump_everyone():
    """Raises the version of every user that has one. May take long. Answers whether it was done; if not, it is
    remembered as in `bump`."""
    return _versions().bump_everyone()


def set_enabled(user, enabled):
    """Says whether a user's responses may be cached: in `profile.cache_enabled`, if there is such a thing, and in
    Redis, for other servers. Raises `Unavailable` if Redis did not record it."""
    profile = _profile_of(user)
    if profile is not None:
        profile.cache_enabled = enabled
        profile.save(update_fields=["cache_enabled"])
    _versions().set_enabled(_id_of(user), enabled)


def scope(user):
    """The user's `X-Cache-Scope` (C5); None for an id that is not fit for a key."""
    user_id = _id_of(user)
    return user_id and _versions().scope(user_id)


def at_rest_secret_of_user(user):
    """The secret for the page's `encryption()`: the same whenever the user signs in, so that the user finds what was
    stored before. For the body of the answer that says who is signed in, which `no_store` keeps out of every cache;
    docs/encryption.md says what it protects from. None for nobody, and for an id that is not fit for a key."""
    user_id = _id_of(user)
    return user_id and _versions().at_rest_secret("user", user_id)


def at_rest_secret_of_session(session_key):
    """As `at_rest_secret_of_user`, but gone with the session, of which this is `request.session.session_key`: then nobody
    can read what was stored in it. None for a session that has no key yet."""
    return _versions().at_rest_secret("session", session_key) if session_key else None


def identify(request, user):
    """Says who is asking, where that is known only inside the view. To be called as soon as authentication has
    succeeded: the version of a safe request is read here, and must be read before the data (H1)."""
    visit = getattr(getattr(request, "_request", request), "_hybrid_cache", None)
    if visit is not None:
        visit.meet(user)


class IdentifiesUser:
    """Makes an authentication class of Django REST framework call `identify`. Put it before that class."""

    def authenticate(self, request):
        found = super().authenticate(request)
        if found is not None:
            identify(request, found[0])
        return found


def cache_policy(*, max_age=None, stale_while_revalidate=None, stale_if_error=None, no_store=False):
    """Decorates a view: what `Hybrid-Cache-Control` says on its responses. Times in seconds."""
    return _marks(policy_value(max_age, stale_while_revalidate, stale_if_error, no_store))


def unstamped(view):
    """Decorates a view whose responses are to leave as they are, without a stamp: its Cache-Control is its own (H6)."""
    return _marks(False)(view)


def counts():
    """How often what has happened since this process began, and `bumps_waiting` now; no user can be told from it."""
    return dict(_versions().counts) | {"bumps_waiting": len(_versions().debts)}


class Unavailable(Exception):
    """The version store did not answer in time, or is not being asked at the moment."""


# --- The middleware ---------------------------------------------------------------------------------------------------


class HybridCacheMiddleware:
    """Stamps every response of an authenticated user.

    Place: after AuthenticationMiddleware, which names the user; before ConditionalGetMiddleware, whose 304 would lose
    the stamp; after UpdateCacheMiddleware, which then stores nothing that is stamped. A wrong order is logged at start.

    1. `X-Cache-Version`: read before a safe method's view, after that of an unsafe one (H1); absent if unknown (H4a).
    2. `X-Cache-Enabled`: the user's flag; `false` while a bump waits to be recorded (H4); absent if unknown.
    3. `X-Cache-Scope`: always.
    4. `Hybrid-Cache-Control` on GET and HEAD: the view's `cache_policy`; else `no-store` if the view's Cache-Control
       says so; else, unless the status is an error's, POLICY.
    5. `Cache-Control: private, no-store`; targeted fields for other caches are removed (H6).
    6. `Authorization` and `Cookie` are appended to `Vary`, and, where the request has an Origin, EXPOSED_HEADERS to
       `Access-Control-Expose-Headers`.

    Copies of 1 to 4 that come from a view are overwritten, or removed where there is nothing to say (H7)."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        self.versions = _versions()  # a wrong setting is told at start
        for warning in _order_warnings(settings.MIDDLEWARE):
            logger.warning(warning)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        if iscoroutinefunction(self):
            return self._acall(request)
        visit = request._hybrid_cache = _Visit(request, self.versions)
        with self.versions.budget():
            visit.meet(getattr(request, "user", None))
            response = self.get_response(request)
            if _may_be_stamped(response):
                visit.leave(getattr(request, "user", None))
        return visit.stamp(response)

    async def _acall(self, request):
        visit = request._hybrid_cache = _Visit(request, self.versions)
        with self.versions.budget():
            await visit.ameet(await _async_user(request))
            response = await self.get_response(request)
            if _may_be_stamped(response):
                await visit.aleave(await _async_user(request))
        return visit.stamp(response)


_INVALID_USER_ID = (
    "a user's primary key is not a text of 1 to 64 letters, digits, _ and -: responses to such users are not stamped"
)
_IDENTIFIED_LATE = (
    "a user was known only after the view had run, and the response carries no version: put IdentifiesUser before the "
    "authentication class, or call identify"
)


class Reading(NamedTuple):
    """What is known about a user when a response is stamped; None is unknown."""

    version: int | None = None
    enabled: bool | None = None


UNKNOWN = Reading()
NOT_A_VERSION = Reading()
OWED = Reading(None, False)


class _Visit:
    """What is known about one request: the user behind it, and the reading its response is stamped with."""

    def __init__(self, request, versions):
        self.request = request
        self.versions = versions
        self.is_safe = request.method in _SAFE_METHODS
        self.user = self.user_id = self.reading = None

    def _is_new(self, user):
        if user is None or not user.is_authenticated:
            return False
        user_id = _id_of(user)
        if user_id is None:
            self.versions.count_first("invalid_user_ids", _INVALID_USER_ID)
        if user_id is None or user_id == self.user_id:
            return False
        self.user, self.user_id, self.reading = user, user_id, None
        return True

    def meet(self, user):
        if self._is_new(user) and self.is_safe:
            self.reading = self._with_flag(self.versions.read(self.user_id))

    async def ameet(self, user):
        if self._is_new(user) and self.is_safe:
            self.reading = await sync_to_async(self._with_flag)(await self.versions.aread(self.user_id))

    def _is_late(self, user):
        """Is the user of a safe request known only now? Then the version cannot be read any more (H1)."""
        late = self._is_new(user) and self.is_safe
        if late:
            self.reading = UNKNOWN
            self.versions.count_first("identified_late", _IDENTIFIED_LATE)
        return late

    def leave(self, user):
        if not self._is_late(user) and self.user_id and not self.is_safe:
            self.reading = self._with_flag(self.versions.read(self.user_id))

    async def aleave(self, user):
        if not self._is_late(user) and self.user_id and not self.is_safe:
            self.reading = await sync_to_async(self._with_flag)(await self.versions.aread(self.user_id))

    def _with_flag(self, reading):
        """Both flags must allow caching: the profile's and the one other servers keep in Redis."""
        if not reading.enabled:
            return reading
        try:
            return Reading(reading.version, bool(getattr(_profile_of(self.user), "cache_enabled", True)))
        except Exception:
            logger.exception("the flag cache_enabled could not be read: the response carries no version")
            return UNKNOWN

    def stamp(self, response):
        headers = response.headers
        copied = [headers.pop(name, None) for name in _STAMP if name in headers]
        if copied:
            self.versions.count("overwritten")
        if self.user_id is None or not _may_be_stamped(response):
            return response
        # A bump may have failed since the version was read.
        reading = OWED if self.versions.owes(self.user_id) else self.reading or UNKNOWN
        if reading.version is not None:
            headers["X-Cache-Version"] = str(reading.version)
            self.versions.count("stamped")
        if reading.enabled is not None:
            headers["X-Cache-Enabled"] = "true" if reading.enabled else "false"
        headers["X-Cache-Scope"] = self.versions.scope(self.user_id)
        said = _keep_other_caches_out(headers)
        if said == "may store":
            self.versions.count("cache_control_replaced")
        if self.request.method in ("GET", "HEAD"):
            is_usual = 200 <= response.status_code < 300 or response.status_code == 304
            policy = getattr(response, "hybrid_cache_policy", None)
            policy = policy or ("no-store" if said == "no-store" else is_usual and self.versions.options.policy)
            if policy:
                headers["Hybrid-Cache-Control"] = policy
        patch_vary_headers(response, ["Authorization", "Cookie"])
        if "Origin" in self.request.headers or "Access-Control-Allow-Origin" in headers:
            _append_names(headers, "Access-Control-Expose-Headers", EXPOSED_HEADERS)
        return response


def _may_be_stamped(response):
    """Not where the view is `unstamped`."""
    return getattr(response, "hybrid_cache_policy", None) is not False


def _marks(policy):
    def decorate(view):
        def mark(response):
            response.hybrid_cache_policy = policy
            return response

        if iscoroutinefunction(view):

            async def marked(*args, **kwargs):
                return mark(await view(*args, **kwargs))

        else:

            def marked(*args, **kwargs):
                return mark(view(*args, **kwargs))

        return functools.wraps(view)(marked)

    return decorate


async def _async_user(request):
    """Signing in, and Django REST framework, put a plain user in the place of the lazy one."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject) and hasattr(request, "auser"):
        return await request.auser()
    return user


def _keep_other_caches_out(headers):
    """H6. Answers what the view had said to HTTP caches: "no-store", "may store", or None for nothing."""
    said = own, *_ = [headers.get(name) for name in ("Cache-Control", "CDN-Cache-Control", "Surrogate-Control")]
    for name in ("CDN-Cache-Control", "Surrogate-Control"):
        headers.pop(name, None)
    headers["Cache-Control"] = "private, no-store"
    if own is not None and says_no_store(own):
        return "no-store"
    may_store = any(value is not None and not says_no_store(value) for value in said)
    return "may store" if may_store else None


def says_no_store(cache_control):
    """Does a Cache-Control value, read leniently, forbid storing? So does a quoted string without an end."""
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", cache_control, flags=re.DOTALL)
    names = (part.partition("=")[0].strip(" \t").lower() for part in outside.split(","))
    return '"' in outside or "no-store" in names


def policy_value(max_age=None, stale_while_revalidate=None, stale_if_error=None, no_store=False):
    """`Hybrid-Cache-Control` (C6), in seconds. Says `none` for nothing: an empty field would count as absent."""
    said = ["no-store"] if no_store else []
    durations = {"max-age": max_age, "stale-while-revalidate": stale_while_revalidate, "stale-if-error": stale_if_error}
    for directive, seconds in durations.items():
        if seconds is not None:
            if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= 2**31:
                raise ImproperlyConfigured(f"{directive} is {seconds!r}: expected whole seconds from 0 to 2147483648")
            said.append(f"{directive}={seconds}")
    return ", ".join(said) or "none"


def _append_names(headers, field, names):
    there = [name.strip() for name in headers.get(field, "").split(",") if name.strip()]
    known = {name.lower() for name in there}
    headers[field] = ", ".join(there + [name for name in names if name.lower() not in known])


def _order_warnings(middleware):
    place = {name.rpartition(".")[2]: at for at, name in enumerate(middleware)}
    own = place.get("HybridCacheMiddleware", 0)
    wrong = {
        "AuthenticationMiddleware": (lambda at: at > own, "after", "which names the user"),
        "ConditionalGetMiddleware": (lambda at: at < own, "before", "whose 304 loses the stamp"),
        "UpdateCacheMiddleware": (lambda at: at > own, "after", "which would store and replay what it serves as new"),
    }
    for name, (is_wrong, side, why) in wrong.items():
        if name in place and is_wrong(place[name]):
            yield f"HybridCacheMiddleware belongs {side} {name}, {why}: move it in MIDDLEWARE"


# --- Users ------------------------------------------------------------------------------------------------------------


def is_user_id(text):
    """May it stand in a Redis key? (C15)"""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text) is not None


def _id_of(user):
    """The primary key of a user, or what is one already, as text; None if it is not fit for a key."""
    key = getattr(user, "pk", user)
    return str(key) if key is not None and is_user_id(str(key)) else None


def _profile_of(user):
    try:
        profile = getattr(user, _versions().options.profile, None)
    except ObjectDoesNotExist:
        return None
    return profile if hasattr(profile, "cache_enabled") else None


# --- Versions: a store, a time limit, and what to do when the store fails --------------------------------------------


class Versions:
    """What this process knows about versions. The middleware and the functions above share one."""

    def __init__(self, store, options):
        self.store = store
        self.options = options
        self.counts = Counter()
        self.debts = Debts(options.outbox_capacity)
        self.followers = Followers(self)
        self._budget = ContextVar("hybrid_cache_budget", default=None)
        self.begin()
        os.register_at_fork(after_in_child=self.begin)
        atexit.register(self._before_exit)

    def begin(self):
        """Threads do not survive a fork."""
        self.lock = threading.Lock()
        # Redis is asked here and not in the thread of the request, so that nothing can make the request wait longer
        # than its budget: not a name that does not resolve, nor a connection that is made in several steps.
        self._workers = ThreadPoolExecutor(8, "hybrid-cache")
        self._new_debt = threading.Event()
        self._recovering = False
        self._failures = 0
        self.is_resting = False
        self.last_failure = None
        self.followers.begin()

    def count(self, name):
        with self.lock:
            self.counts[name] += 1
            return self.counts[name] == 1

    def count_first(self, name, warning):
        if self.count(name):
            logger.warning(warning)

    def scope(self, user_id):
        """The first 22 characters of base64url(HMAC-SHA256(secret, user id)), as every server of these users has it."""
        digest = hmac.digest(self.options.scope_secret, user_id.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest)[:22].decode()

    def at_rest_secret(self, kind, name):
        """HKDF-Expand with SHA-256 (RFC 5869 section 2.3), as every server with this key has it: 43 characters."""
        info = f"hybrid-cache at rest, {kind} {name}".encode()
        digest = hmac.digest(self.options.at_rest_key, info + b"\x01", hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @contextmanager
    def budget(self):
        """Everything within waits for the store no longer than BUDGET, all waits together."""
        token = self._budget.set(SimpleNamespace(left=self.options.budget))
        try:
            yield
        finally:
            self._budget.reset(token)

    @contextmanager
    def _asking(self, work):
        budget = self._budget.get() or SimpleNamespace(left=self.options.budget)
        if self.is_resting:
            raise Unavailable("the version store has failed repeatedly and is being probed")
        if budget.left <= 0:
            raise Unavailable(f"the version store has used up the {self.options.budget} s of this request")
        began = time.monotonic()
        future = None
        try:
            future = self._workers.submit(work)
            yield future, budget.left
            self._failures = 0
        except Exception as error:
            if future is not None:
                future.cancel()
            self._failed(error)
            raise Unavailable(f"the version store cannot be used: {error or type(error).__name__}") from error
        finally:
            budget.left -= time.monotonic() - began

    def _ask(self, work):
        with self._asking(work) as (future, left):
            return future.result(left)

    async def _aask(self, work):
        with self._asking(work) as (future, left):
            return await asyncio.wait_for(asyncio.wrap_future(future), left)

    def _failed(self, error):
        self.count("store_errors")
        with self.lock:
            self.last_failure = error
            self._failures += 1
            opens = self._failures >= self.options.failures_to_rest and not self.is_resting
            self.is_resting = self.is_resting or opens
        if opens:
            logger.warning("responses carry no cache version until %s answers again: %s", self.store.location, error)
            self._start_recovery()

    # Reading

    def read(self, user_id):
        if self.owes(user_id):
            return OWED
        try:
            return self._reading(self._ask(lambda: self.store.read(user_id)))
        except Unavailable:
            return self._reading((None, None))

    async def aread(self, user_id):
        if self.owes(user_id):
            return OWED
        try:
            return self._reading(await self._aask(lambda: self.store.read(user_id)))
        except Unavailable:
            return self._reading((None, None))

    def _reading(self, found):
        version, enabled = found
        if version is not None:
            return Reading(version, enabled)
        self.count("unknown")
        if enabled is None:
            return UNKNOWN
        self.count_first("not_a_version", f"a key holds something that is not a version: {self.store.cure}")
        return NOT_A_VERSION

    def owes(self, user_id):
        owed = self.debts.owes(user_id)
        if owed:
            self._start_recovery()
        return owed

    # Raising

    def bump(self, user_id):
        if user_id is None:
            return None
        try:
            return self._bumped(user_id, self._ask(lambda: self.store.bump([user_id])))
        except BaseException as error:
            return self._owe(user_id, error)

    async def abump(self, user_id):
        if user_id is None:
            return None
        try:
            return self._bumped(user_id, await self._aask(lambda: self.store.bump([user_id])))
        except BaseException as error:
            return self._owe(user_id, error)

    def _bumped(self, user_id, raised):
        if raised[0] is None:
            return self._owe(user_id, Unavailable(f"the key holds something that is not a version: {self.store.cure}"))
        self.count("bumps")
        return raised[0]

    def _owe(self, user_id, error):
        self.count("bumps_postponed")
        if self.debts.remember(user_id):
            logger.error("too many bumps wait for the version store: every user's version will be raised")
        self._new_debt.set()
        self._start_recovery()
        if not isinstance(error, Unavailable):
            raise error  # the request was cancelled: its bump is not
        return None

    def bump_everyone(self):
        try:
            self.store.bump_everyone()
            return True
        except Exception as error:
            self._failed(error)
            self.debts.remember_everyone()
            self._start_recovery()
            return False

    def set_enabled(self, user_id, enabled):
        if user_id is not None:
            self._ask(lambda: self.store.set_enabled(user_id, enabled))

    # Recovering

    def _start_recovery(self):
        with self.lock:
            if self._recovering:
                return
            self._recovering = True
        threading.Thread(target=self._recover, name="hybrid-cache-recovery", daemon=True).start()

    def _recover(self):
        while True:
            try:
                self.store.ping()
                blocked = self._pay()
            except Exception as error:
                self.last_failure = error
                time.sleep(self.options.probe_interval)
                continue
            with self.lock:
                if self.is_resting:
                    logger.info("%s answers again", self.store.location)
                self.is_resting = False
                self._failures = 0
                if not self.debts:
                    self._recovering = False
                    return
            if blocked:
                # What is left concerns keys that hold no version, which somebody has to mend.
                self._new_debt.wait(self.options.probe_interval * 20)
                self._new_debt.clear()

    def _pay(self):
        """Records what is owed. Answers whether keys that hold no version are in the way."""
        blocked = False
        for debt, number in self.debts.list():
            if debt is Debts.EVERYONE:
                self.store.bump_everyone()
            elif self.store.bump([debt])[0] is None:
                blocked = True
                continue
            self.debts.settle(debt, number)
            self.count("bumps_replayed")
        return blocked

    def _before_exit(self):
        try:
            if self.debts:
                self._pay()
        except Exception as error:
            logger.error("%d bumped versions are lost with this process: %s", len(self.debts), error)

    def health(self):
        """The findings of `/health`, the gravest first: (code, problem, cure)."""
        found = []
        try:
            found += [("store_setup", *finding) for finding in self._ask(self.store.examine)]
        except Unavailable as error:
            why = self.last_failure or error
            cure = f"See whether {self.store.location} is running and reachable"
            found.append(("store_down", f"No cache version is stamped: {why}", cure))
        if waiting := len(self.debts):
            problem = f"{waiting} bumped versions wait to be recorded; their users are not cached"
            cure = "Nothing, once the store can be written to again; until then do not end this process"
            found.append(("bumps_waiting", problem, cure))
        return found


class Debts:
    """Bumps that could not be recorded (H4), by user. Bounded: one too many, and everybody is owed one."""

    EVERYONE = object()

    def __init__(self, capacity):
        self.capacity = capacity
        self._lock = threading.Lock()
        # The number increases with every debt, so that one which arises while an older one is being paid stays.
        self._number = 0
        self._owed = {}

    def __len__(self):
        return len(self._owed)

    def owes(self, user_id):
        return bool(self._owed) and (user_id in self._owed or self.EVERYONE in self._owed)

    def remember(self, user_id):
        """Was there no room, so that everybody is owed one now who was not before?"""
        with self._lock:
            self._number += 1
            if self.EVERYONE in self._owed:
                self._owed[self.EVERYONE] = self._number
            elif user_id in self._owed or len(self._owed) < self.capacity:
                self._owed[user_id] = self._number
            else:
                self._owed = {self.EVERYONE: self._number}
                return True
            return False

    def remember_everyone(self):
        with self._lock:
            self._number += 1
            self._owed = {self.EVERYONE: self._number}

    def list(self):
        with self._lock:
            return list(self._owed.items())

    def settle(self, debt, number):
        with self._lock:
            if self._owed.get(debt) == number:
                del self._owed[debt]


# --- Stores -----------------------------------------------------------------------------------------------------------

# Raises each of the keys to the larger of its value plus 1 and the clock (H5); a missing one starts at the clock.
# Answers the new values in order, nil for a key that holds no integer or would pass 2^53 - 1: such a key is left as it
# is. SET also ends a time to live that another writer gave the key: a version must not vanish.
BUMP = """\
local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]
local raised = {}
for at, key in ipairs(KEYS) do
    local old = redis.pcall('GET', key)
    local new = nil
    if old == false then
        new = clock
    elseif type(old) == 'string' and #old <= 16
        and (old == '0' or string.match(old, '^%-?[1-9]%d*$')) then
        new = math.max(tonumber(old) + 1, clock)
    end
    if new and new <= 9007199254740991 then
        raised[at] = string.format('%.0f', new)
        redis.call('SET', key, raised[at])
    else
        raised[at] = false
    end
end
return raised
"""

# Answers what the key holds; a missing one is started at the clock (H5).
READ_OR_START = """\
local found = redis.call('GET', KEYS[1])
if found then return found end
local time = redis.call('TIME')
local clock = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('SET', KEYS[1], clock)
return clock
"""


def version_of(value):
    """What a key holds, as a version; None if it is not one (H4a)."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not isinstance(text, str) or not re.fullmatch(r"[1-9][0-9]{0,15}", text, re.ASCII):
        return None
    number = int(text)
    return number if number <= _MAX_VERSION else None


class RedisStore:
    """Versions in the Redis of a Django cache, under the keys that cache makes, so that `cache.get` and `cache.incr`
    see them. The connections are its own: the limits of the cache's may be seconds, or none."""

    kind = "redis"

    def __init__(self, cache, seconds):
        self._key = lambda name: str(cache.make_key(name))
        clients = cache.client if hasattr(cache, "client") else cache._cache  # django-redis, Django's own
        pool = clients.get_client(write=True).connection_pool
        where = {
            name: value
            for name, value in pool.connection_kwargs.items()
            if name in ("host", "port", "path", "db", "username", "password", "credential_provider") or "ssl" in name
        }
        limits = {
            "socket_timeout": seconds,
            "socket_connect_timeout": seconds,
            "retry": Retry(NoBackoff(), 0),
            "protocol": 2,
            "client_name": "hybrid-cache:django",
        }
        own = ConnectionPool(connection_class=pool.connection_class, **where, **limits)
        self._redis = Redis(connection_pool=own)
        self._bump = self._redis.register_script(BUMP)
        self._read_or_start = self._redis.register_script(READ_OR_START)
        at = where.get("path") or f"{where.get('host', 'localhost')}:{where.get('port', 6379)}"
        self.location = f"redis {at}/{where.get('db', 0)}"
        self.cure = f"DEL those of {self.version_key('*')} that hold no positive integer; their counters start anew"

    def version_key(self, user_id):
        return self._key(f"cache_user_version:{user_id}")

    def enabled_key(self, user_id):
        return self._key(f"cache_enabled:{user_id}")

    def read(self, user_id):
        """Version and flag. The version is None if the key holds something else."""
        key = self.version_key(user_id)
        with self._redis.pipeline(transaction=False) as both:
            version, enabled = both.get(key).get(self.enabled_key(user_id)).execute(raise_on_error=False)
        for answer in (version, enabled):
            if isinstance(answer, Exception) and "WRONGTYPE" not in str(answer):
                raise answer
        if version is None:
            version = self._read_or_start(keys=[key])
        return version_of(version), enabled in (None, b"1", b"true")

    def bump(self, user_ids):
        """The new versions, None where the key holds something that is not an integer and stays."""
        return [version_of(raised) for raised in self._bump(keys=[self.version_key(user_id) for user_id in user_ids])]

    def bump_everyone(self):
        pattern = re.sub(r"([*?\[\]\\^])", r"\\\1", self.version_key("")) + "*"
        cursor = 0
        while True:
            cursor, keys = self._redis.scan(cursor, match=pattern, count=500)
            if keys:
                self._bump(keys=keys)
            if cursor == 0:
                return

    def set_enabled(self, user_id, enabled):
        key = self.enabled_key(user_id)
        self._redis.delete(key) if enabled else self._redis.set(key, "0")

    def listen(self, heard):
        """Calls `heard` with the id of each user whose key has changed, by whomever, and with None where that is any
        user: now, and after a flush. Never returns; raises when the connection is lost."""
        prefix = self.version_key("")
        with closing(self._redis.pubsub()) as told:
            told.execute_command("CLIENT", "ID")
            own = told.parse_response(block=False, timeout=_SIGN_OF_LIFE)
            told.execute_command("CLIENT", "TRACKING", "ON", "REDIRECT", own, "BCAST", "PREFIX", prefix)
            told.parse_response(block=False, timeout=_SIGN_OF_LIFE)
            told.subscribe("__redis__:invalidate")
            asked = False
            while True:
                message = told.get_message(timeout=_SIGN_OF_LIFE) or {"type": "silence"}
                if message["type"] == "subscribe":
                    heard(None)
                elif message["type"] == "message":
                    for key in message["data"] or [None]:
                        heard(key and key.decode().removeprefix(prefix))
                elif message["type"] == "silence":
                    # A connection whose other end is gone says nothing, for ever.
                    if asked:
                        raise Unavailable("it does not answer a ping")
                    told.ping()
                asked = message["type"] == "silence"

    def ping(self):
        self._redis.ping()

    def examine(self):
        self.ping()
        try:
            memory = self._redis.info("memory")
        except ResponseError:
            return []  # not every account may use INFO; then nothing is known about the policy
        policy = memory.get("maxmemory_policy", "")
        if memory.get("maxmemory") and policy.startswith("allkeys-"):
            problem = f"Redis evicts version keys when its memory is full (maxmemory-policy {policy})"
            return [(problem, "Set maxmemory-policy to volatile-lru, which spares keys without a time to live")]
        return []


class MemoryStore:
    """Versions in this process: for tests, and for a development server that is one process."""

    kind = location = "memory"
    cure = "there is nothing to mend"

    def __init__(self):
        self._lock = threading.Lock()
        self._versions = {}
        self._disabled = set()
        self._changes = None

    def read(self, user_id):
        with self._lock:
            version = self._versions.setdefault(user_id, time.time_ns() // 1000)
            return version, user_id not in self._disabled

    def bump(self, user_ids):
        with self._lock:
            for user_id in user_ids:
                self._versions[user_id] = max(self._versions.get(user_id, 0) + 1, time.time_ns() // 1000)
                if self._changes:
                    self._changes.put(user_id)
            return [self._versions[user_id] for user_id in user_ids]

    def bump_everyone(self):
        self.bump(list(self._versions))

    def set_enabled(self, user_id, enabled):
        with self._lock:
            (self._disabled.discard if enabled else self._disabled.add)(user_id)

    def listen(self, heard):
        self._changes = queue.SimpleQueue()
        heard(None)
        while True:
            heard(self._changes.get())

    def ping(self):
        pass

    def examine(self):
        return []


# --- Settings ---------------------------------------------------------------------------------------------------------

_DEFAULTS = {
    "CACHE": "default",
    "SCOPE_SECRET": None,
    "AT_REST_KEY": None,
    "POLICY": {},
    "PROFILE": "profile",
    "BUDGET": 0.05,
    "FAILURES_TO_REST": 3,
    "PROBE_INTERVAL": 0.25,
    "OUTBOX_CAPACITY": 10_000,
}


@functools.lru_cache(maxsize=1)
def _versions():
    given = getattr(settings, "HYBRID_CACHE", {})
    if unknown := given.keys() - _DEFAULTS.keys():
        raise ImproperlyConfigured(f"HYBRID_CACHE has {sorted(unknown)}: expected some of {sorted(_DEFAULTS)}")
    said = _DEFAULTS | given
    for name in ("BUDGET", "FAILURES_TO_REST", "PROBE_INTERVAL", "OUTBOX_CAPACITY"):
        if isinstance(said[name], bool) or not isinstance(said[name], (int, float)) or said[name] <= 0:
            raise ImproperlyConfigured(f"HYBRID_CACHE[{name!r}] is {said[name]!r}: expected a number above 0")
    try:
        policy = policy_value(**said["POLICY"]) if said["POLICY"] else None
    except TypeError as error:
        raise ImproperlyConfigured(f"HYBRID_CACHE['POLICY'] is {said['POLICY']!r}: {error}") from None
    options = SimpleNamespace(
        scope_secret=_secret(said, "SCOPE_SECRET", 16, "hybrid_cache.scope"),
        at_rest_key=_secret(said, "AT_REST_KEY", 32, "hybrid_cache.at_rest"),
        policy=policy,
        profile=said["PROFILE"],
        budget=said["BUDGET"],
        failures_to_rest=said["FAILURES_TO_REST"],
        probe_interval=said["PROBE_INTERVAL"],
        outbox_capacity=said["OUTBOX_CAPACITY"],
    )
    return Versions(_store(said["CACHE"], options.budget), options)


def _secret(said, name, fewest, salt):
    """What the settings say, as bytes; derived from SECRET_KEY where they say nothing."""
    secret = said[name]
    if secret is None:
        return salted_hmac(salt, "", algorithm="sha256").digest()
    secret = secret.encode() if isinstance(secret, str) else secret
    if not isinstance(secret, bytes) or len(secret) < fewest:
        raise ImproperlyConfigured(
            f"HYBRID_CACHE[{name!r}] has fewer than {fewest} bytes: give it random ones that outlive restarts"
        )
    return secret


def _store(alias, seconds):
    cache = caches[alias]
    kind = f"{type(cache).__module__}.{type(cache).__name__}"
    if kind == "django.core.cache.backends.locmem.LocMemCache":
        return MemoryStore()
    try:
        return RedisStore(cache, seconds)
    except AttributeError:
        raise ImproperlyConfigured(
            f"HYBRID_CACHE['CACHE'] is {alias!r}, which is a {kind}: expected django_redis.cache.RedisCache with its "
            "default client, Django's RedisCache, or LocMemCache for one process"
        ) from None


# --- Following a version (C13a) ---------------------------------------------------------------------------------------

# Seconds. A stream ends then, so that the client authenticates again; without news it says something so often that
# proxies keep the connection, and looks; as long as no version is known it looks sooner.
_STREAM_LASTS = 15 * 60
_KEEP_ALIVE = 25
_UNKNOWN_AGAIN = 1
# After so many seconds without a word Redis is asked whether it is there; then it has as long again.
_SIGN_OF_LIFE = 5
# Milliseconds a client waits before it comes back: a server that restarts is not to see all of them at once.
_RETRY = 5_000, 60_000
_STREAMS_OF_A_USER = 50


class Followers:
    """The event streams of this process. One thread hears of changes and reads for all of them, one user after the
    other: a bump of everybody must not come between requests and the store."""

    def __init__(self, versions):
        self._versions = versions
        self.begin()

    def begin(self):
        """Nothing is followed in a process that was forked."""
        self._lock = threading.Lock()
        self._of = {}
        self._listening = False

    def number_of(self, user_id):
        with self._lock:
            return len(self._of.get(user_id, ()))

    @contextmanager
    def following(self, user_id, tell):
        """Within, `tell` is called with a version that may be new, or None, by the thread that hears."""
        with self._lock:
            self._of.setdefault(user_id, set()).add(tell)
            starts, self._listening = not self._listening, True
        if starts:
            threading.Thread(target=self._listen, name="hybrid-cache-events", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                left = self._of.get(user_id, set())
                left.discard(tell)
                if not left:
                    self._of.pop(user_id, None)

    def _listen(self):
        while True:
            try:
                self._versions.store.listen(self._heard)
            except Exception as error:
                store = self._versions.store.location
                warning = f"event streams look only every {_KEEP_ALIVE} s while {store} does not tell of changes: {error}"
                self._versions.count_first("deaf", warning)
            time.sleep(self._versions.options.probe_interval)

    def _heard(self, user_id):
        with self._lock:
            concerned = [user_id] if user_id in self._of else [] if user_id else list(self._of)
        for one in concerned:
            version, _ = self._versions.store.read(one)
            with self._lock:
                tells = list(self._of.get(one, ()))
            for tell in tells:
                with suppress(RuntimeError):  # its loop has ended
                    tell(version)


async def _event_stream(versions, user_id):
    """The text of a user's stream, as it comes."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + _STREAM_LASTS
    changed = asyncio.Event()
    known = told = 0

    def hear(version):
        nonlocal known
        known = max(known, version or 0)
        changed.set()

    with versions.followers.following(user_id, lambda version: loop.call_soon_threadsafe(hear, version)):
        text, looks = f"retry: {random.randint(*_RETRY)}\n", True
        while (left := ends - loop.time()) > 0:
            if looks:  # also finds what the store did not tell of
                hear((await versions.aread(user_id)).version)
                text += ":\n"
            changed.clear()
            if known > told:
                told = known
                data = json.dumps({"version": told, "scope": versions.scope(user_id)})
                text += f"event: version\nid: {told}\ndata: {data}\n"
            if text:
                yield text + "\n"
            text = ""
            try:
                await asyncio.wait_for(changed.wait(), min(left, _KEEP_ALIVE if known else _UNKNOWN_AGAIN))
                looks = False
            except TimeoutError:
                looks = True


# --- The control API (C13) --------------------------------------------------------------------------------------------

_STATUS_OF = {
    "unauthenticated": 401,
    "cross_origin": 403,
    "method_not_allowed": 405,
    "unsupported_media_type": 415,
    "rate_limited": 429,
    "store_unavailable": 503,
}


def _problem(code, detail, headers=None):
    """RFC 9457, with the contract's `code` and `message` among its members."""
    status = _STATUS_OF[code]
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    body |= {"code": code, "message": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=headers)


def _control(method, action=None):
    """A view of the control API. Cross-site requests are refused by their origin and not by a CSRF token, which an API
    that is used with bearer tokens does not have (C14)."""

    @cache_policy(no_store=True)
    def view(request):
        allowed = _READS if method == "GET" else (method,)
        if request.method not in allowed:
            return _only(allowed)
        if method == "POST" and not _is_own_page(request):
            return _problem("cross_origin", "only pages of this server's own origin may do this")
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if method == "POST" and media_type not in ("", "application/json"):
            return _problem("unsupported_media_type", "send no body, or one with Content-Type: application/json")
        user = _who(request)
        if user is None:
            return _nobody()
        try:
            if action:
                action(user)
        except Unavailable as error:
            return _problem("store_unavailable", f"{error}; try again later")
        return _status(user)

    view.csrf_exempt = True
    return view


@transaction.non_atomic_requests
@cache_policy(no_store=True)
async def _events(request):
    """`GET /api/cache/events/` (C13a). Only where Django serves ASGI: a worker of WSGI would be taken by one stream."""
    if request.method not in _READS:
        return _only(_READS)
    versions = _versions()
    if not isinstance(request, ASGIRequest):
        versions.count_first("not_asgi", "a page asked for events, which there are only where Django serves ASGI")
        raise Http404("there are no event streams here: this server does not speak ASGI")
    user = await sync_to_async(_who_then_close)(request)
    if user is None:
        return _nobody()
    user_id = _id_of(user)
    if versions.followers.number_of(user_id) >= _STREAMS_OF_A_USER:
        return _problem("rate_limited", "this user has too many event streams open: let a browser's tabs share one")
    # nginx would collect the events.
    kind = {"content_type": "text/event-stream", "headers": {"X-Accel-Buffering": "no"}}
    if request.method == "HEAD":
        return HttpResponse(**kind)
    return StreamingHttpResponse(_event_stream(versions, user_id), **kind)


def _who_then_close(request):
    """As `_who`. A stream lasts: it does not keep the connections to databases that this took."""
    try:
        return _who(request)
    finally:
        connections.close_all()


def _only(methods):
    takes = ", ".join(methods)
    return _problem("method_not_allowed", f"this path takes only {takes}", {"Allow": takes})


def _nobody():
    return _problem("unauthenticated", "no user is signed in: authenticate first")


def _who(request):
    """The user the middleware knows, or whom Django REST framework's default authentication finds; None for nobody, and
    for one whose id is not fit for a key."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        user = _who_by_rest_framework(request)
    return user if user is not None and user.is_authenticated and _id_of(user) is not None else None


def _who_by_rest_framework(request):
    from django.apps import apps

    if not apps.is_installed("rest_framework"):
        return None
    from rest_framework.exceptions import APIException
    from rest_framework.views import APIView

    try:
        return APIView().initialize_request(request).user
    except APIException:
        return None


def _is_own_page(request):
    """The five rules of hybrid-cache-tower; the list of other origins that may is CSRF_TRUSTED_ORIGINS."""
    site = request.headers.get("Sec-Fetch-Site", "").lower()
    origin = request.headers.get("Origin", "").lower()
    if site in ("same-origin", "none") or origin in (trusted.lower() for trusted in settings.CSRF_TRUSTED_ORIGINS):
        return True
    if site:
        return False
    authority = origin.partition("://")[2]
    return not origin or bool(authority) and authority == request.headers.get("Host", "").lower()


def _clear(user):
    if bump(user) is None:
        raise Unavailable("the version store did not answer; the cache will be cleared as soon as it does")


def _status(user):
    versions, user_id = _versions(), _id_of(user)
    reading = versions.read(user_id)
    flag = getattr(_profile_of(user), "cache_enabled", True)
    is_down = versions.is_resting or reading is UNKNOWN
    body = {
        "version": reading.version,
        "enabled": bool(reading.enabled and flag),
        "scope": versions.scope(user_id),
        "store": versions.store.kind,
        "health": "down" if is_down else "degraded" if versions.debts else "ok",
    }
    return JsonResponse(body)


@unstamped
def health(request):
    """A view for `/health`: always 200 while the application answers, since it does so without Redis too. `pass`, or
    `warn` with what to mend. For operators; it tells nothing about users."""
    found = _versions().health()
    warnings = [{"code": code, "problem": problem, "cure": cure} for code, problem, cure in found]
    body = {"status": "warn" if found else "pass", "store": _versions().store.kind, "warnings": warnings}
    return JsonResponse(body, content_type="application/health+json", headers={"Cache-Control": "no-store"})


urlpatterns = [
    path("status/", _control("GET")),
    path("events/", _events),
    path("enable/", _control("POST", lambda user: set_enabled(user, True))),
    path("disable/", _control("POST", lambda user: set_enabled(user, False))),
    path("clear/", _control("POST", _clear)),
]
