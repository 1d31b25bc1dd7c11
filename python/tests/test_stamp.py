"""What the middleware writes, with a synchronous and with an asynchronous chain."""

import sys

from django.conf import settings
from django.contrib.auth.models import User
from django.test import SimpleTestCase, override_settings
from rest_framework.authtoken.models import Token

import hybrid_cache
from tests.support import REDIS, ProjectTest, version
from tests.test_contract import CRATES

sys.path.insert(0, str(CRATES.parent / "tests/contract"))
import reader  # noqa: E402, the reader of headers that is held against the vectors
from tests.shop import views  # noqa: E402
from tests.shop.models import Profile  # noqa: E402


class Stamp(ProjectTest):
    """Each test runs twice; the views are of both kinds either way."""

    def each(self, user=None):
        for kind in (self.client_of, self.async_client_of):
            with self.subTest(kind=kind.__name__):
                hybrid_cache._versions.cache_clear()
                views.during.clear()
                yield kind(user)

    def test_every_response_of_a_user_is_stamped_and_the_body_is_untouched(self):
        for client in self.each(self.alice):
            client.raise_request_exception = False
            if hasattr(client, "_client"):
                client._client.raise_request_exception = False
            for path in [
                "/plain/",
                "/async/",
                "/policy/",
                "/policy/async/",
                "/fails/404/",
                "/fails/403/",
                "/fails/500/",
                "/none/",
            ]:
                for method in ("get", "head", "options", "post", "put", "delete"):
                    with self.subTest(path=path, method=method):
                        response = getattr(client, method)(path)
                        stamp = reader.stamp(dict(response.items()))
                        self.assertEqual(stamp["version"], self.version_in_redis(self.alice))
                        self.assertIs(stamp["enabled"], True)
                        self.assertEqual(stamp["scope"], hybrid_cache.scope(self.alice))
                        self.assertEqual(response.headers["Cache-Control"], "private, no-store")
                        self.assertEqual(response.headers["Vary"].split(", ").count("Authorization"), 1)
                        self.assertIn("Cookie", response.headers["Vary"])
                        may_store = method in ("get", "head") and response.status_code == 200
                        seconds = 7 if "policy" in path else 300
                        self.assertEqual((stamp["policy"] or {}).get("maxAge"), seconds if may_store else None)
            self.assertEqual(client.get("/plain/").content, b"hello")
            self.assertEqual(client.get("/async/").content, b"hello")

    def test_an_anonymous_response_carries_nothing_of_the_stamp(self):
        for client in self.each():
            for path in ("/plain/", "/async/", "/none/"):
                response = client.get(path, {"header": ["X-Cache-Version=7", "X-Cache-Scope=x"]})
                self.assertEqual([name for name in response.headers if "Cache" in name], [])

    def test_streamed_responses(self):
        response = self.client_of(self.alice).get("/streamed/")
        self.assertEqual(response.getvalue(), b"hello")
        self.assertEqual(version(response), self.version_in_redis(self.alice))

    def test_a_safe_method_reads_before_the_view_and_an_unsafe_one_after_it(self):
        """H1."""
        for client in self.each(self.alice):
            for path in ("/plain/", "/async/"):
                old = version(client.get(path))
                views.during[:] = [lambda request: hybrid_cache.bump(request.user)]
                self.assertEqual(version(client.get(path)), old)
                between = self.version_in_redis(self.alice)
                self.assertGreater(between, old)
                after = version(client.post(path))
                self.assertGreater(after, between)
                self.assertEqual(after, self.version_in_redis(self.alice))
                views.during.clear()

    def test_users_have_versions_and_scopes_of_their_own(self):
        alice, bob = (self.client_of(user).get("/plain/") for user in (self.alice, self.bob))
        hybrid_cache.bump(self.alice)
        self.assertEqual(version(self.client_of(self.bob).get("/plain/")), version(bob))
        self.assertNotEqual(alice.headers["X-Cache-Scope"], bob.headers["X-Cache-Scope"])

    def test_copies_from_a_view_are_overwritten(self):
        """H7."""
        copies = ["X-Cache-Version=7", "X-Cache-Enabled=maybe", "X-Cache-Scope=bobs", "Hybrid-Cache-Control=max-age=1"]
        for client in self.each(self.alice):
            response = client.get("/plain/", {"header": copies})
            stamp = reader.stamp(dict(response.items()))
            self.assertEqual(stamp["version"], self.version_in_redis(self.alice))
            self.assertIs(stamp["enabled"], True)
            self.assertEqual(stamp["scope"], hybrid_cache.scope(self.alice))
            self.assertEqual(stamp["policy"]["maxAge"], 300)
            self.assertEqual(hybrid_cache.counts()["overwritten"], 1)

    def test_what_a_view_says_to_other_caches(self):
        """H6."""
        client = self.client_of(self.alice)
        for said, policy, replaced in [
            (["Cache-Control=public, max-age=60"], 300, 1),
            (["Cache-Control=no-store"], None, 0),
            (["Cache-Control=no-store", "CDN-Cache-Control=max-age=9"], None, 0),
            (["CDN-Cache-Control=max-age=9", "Surrogate-Control=no-store"], 300, 1),
        ]:
            with self.subTest(said=said):
                hybrid_cache._versions.cache_clear()
                client = self.client_of(self.alice)
                response = client.get("/plain/", {"header": said})
                self.assertEqual(response.headers["Cache-Control"], "private, no-store")
                self.assertNotIn("CDN-Cache-Control", response.headers)
                self.assertNotIn("Surrogate-Control", response.headers)
                self.assertEqual(reader.policy(response.headers["Hybrid-Cache-Control"])["maxAge"], policy)
                self.assertEqual(hybrid_cache.counts().get("cache_control_replaced", 0), replaced)

    def test_pages_of_another_origin_may_read_the_stamp(self):
        client = self.client_of(self.alice)
        self.assertNotIn("Access-Control-Expose-Headers", client.get("/plain/").headers)
        for said, headers in [([], {"Origin": "https://app.example"}), (["Access-Control-Allow-Origin=*"], {})]:
            response = client.get(
                "/plain/", {"header": ["Access-Control-Expose-Headers=X-Own, etag", *said]}, headers=headers
            )
            exposed = response.headers["Access-Control-Expose-Headers"].lower().split(", ")
            self.assertEqual(len(exposed), len(set(exposed)))
            self.assertLessEqual({name.lower() for name in [*hybrid_cache.EXPOSED_HEADERS, "X-Own"]}, set(exposed))

    def test_an_unstamped_view_keeps_its_own_words(self):
        for client in self.each(self.alice):
            response = client.get("/unstamped/")
            self.assertEqual(response.headers["Cache-Control"], "public, max-age=60")
            self.assertEqual([name for name in response.headers if name.startswith("X-Cache")], [])

    def test_the_flag_of_the_profile(self):
        profile = Profile.objects.create(user=self.alice)
        for client in self.each(self.alice):
            self.assertEqual(client.get("/plain/").headers["X-Cache-Enabled"], "true")
            Profile.objects.update(cache_enabled=False)
            for method in (client.get, client.post):
                response = method("/plain/")
                self.assertEqual(response.headers["X-Cache-Enabled"], "false")
                self.assertEqual(version(response), self.version_in_redis(self.alice))
            Profile.objects.update(cache_enabled=True)
        hybrid_cache.set_enabled(self.alice, False)
        profile.refresh_from_db()
        self.assertFalse(profile.cache_enabled)
        self.assertEqual(REDIS.client.get(f"revisbali:1:cache_enabled:{self.alice.pk}"), "0")
        # Another server's word counts as well.
        Profile.objects.update(cache_enabled=True)
        self.assertEqual(self.client_of(self.alice).get("/plain/").headers["X-Cache-Enabled"], "false")

    def test_a_flag_that_cannot_be_read_is_no_error(self):
        with override_settings(HYBRID_CACHE=settings.PATIENT | {"PROFILE": "broken"}):
            hybrid_cache._versions.cache_clear()

            def broken(user):
                raise ValueError("as the test wants it")

            User.broken = property(broken)
            self.addCleanup(delattr, User, "broken")
            with self.assertLogs("hybrid_cache", "ERROR"):
                response = self.client_of(self.alice).get("/plain/")
        self.assertEqual((response.status_code, version(response)), (200, None))
        self.assertNotIn("X-Cache-Enabled", response.headers)

    def test_signing_in_and_out(self):
        for client in self.each():
            response = client.post("/sign-in/bob/")
            self.assertEqual(response.headers["X-Cache-Scope"], hybrid_cache.scope(self.bob))
            self.assertEqual(version(response), self.version_in_redis(self.bob))
            response = client.post("/sign-out/")
            self.assertEqual(response.headers["X-Cache-Scope"], hybrid_cache.scope(self.bob), "bob asked")
            self.assertNotIn("X-Cache-Scope", client.get("/plain/").headers)

    def test_a_user_whose_id_could_forge_a_key_is_not_stamped(self):
        self.assertIsNone(hybrid_cache.bump("1:2"))
        for bad in ("", "a:b", "*", "a b", "a\n", "{a}", "ä", "x" * 65, "x" * (1 << 20)):
            self.assertIsNone(hybrid_cache.scope(bad))
        stranger = User(pk="1:2")
        views.during[:] = [lambda request: setattr(request, "user", stranger)]
        with self.assertLogs("hybrid_cache", "WARNING") as logs:
            response = self.client_of().post("/plain/")
        self.assertEqual((response.status_code, version(response)), (200, None))
        self.assertNotIn("X-Cache-Scope", response.headers)
        self.assertIn("primary key", logs.output[0])
        self.assertEqual(REDIS.client.keys(), [])


class Tokens(ProjectTest):
    """Django REST framework knows the user only inside the view."""

    def setUp(self):
        super().setUp()
        self.header = {"Authorization": f"Token {Token.objects.create(user=self.alice).key}"}

    def test_the_version_is_read_before_the_view(self):
        views.during[:] = [lambda request: hybrid_cache.bump(request.user)]
        for client in (self.client_of(), self.async_client_of()):
            old = hybrid_cache.bump(self.alice)
            response = client.get("/token/", headers=self.header)
            self.assertEqual(version(response), old)
            self.assertEqual(response.headers["X-Cache-Scope"], hybrid_cache.scope(self.alice))
            response = client.post("/token/", headers=self.header)
            self.assertEqual(version(response), self.version_in_redis(self.alice))

    def test_the_token_counts_and_not_the_session_beside_it(self):
        response = self.client_of(self.bob).get("/token/", headers=self.header)
        self.assertEqual(response.headers["X-Cache-Scope"], hybrid_cache.scope(self.alice))
        self.assertEqual(version(response), self.version_in_redis(self.alice))

    def test_who_is_identified_too_late_gets_no_version_and_one_warning(self):
        for client in (self.client_of(), self.async_client_of()):
            hybrid_cache._versions.cache_clear()
            with self.assertLogs("hybrid_cache", "WARNING") as logs:
                for _ in range(2):
                    response = client.get("/unidentified/", headers=self.header)
                    self.assertEqual((response.status_code, version(response)), (200, None))
                    self.assertEqual(response.headers["X-Cache-Scope"], hybrid_cache.scope(self.alice))
            self.assertEqual(len(logs.output), 1, logs.output)
            self.assertIsNotNone(version(client.post("/unidentified/", headers=self.header)), "after the view it may")

    def test_a_wrong_token_is_nobody(self):
        response = self.client_of().get("/token/", headers={"Authorization": "Token wrong"})
        self.assertEqual(response.status_code, 401)
        self.assertNotIn("X-Cache-Scope", response.headers)


class Settings(SimpleTestCase):
    def tearDown(self):
        hybrid_cache._versions.cache_clear()

    def test_a_wrong_setting_is_told_at_start(self):
        for wrong, word in [
            ({"POLCY": {}}, "POLCY"),
            ({"SCOPE_SECRET": "short"}, "16 bytes"),
            ({"AT_REST_KEY": b"0123456789abcdef"}, "32 bytes"),
            ({"BUDGET": 0}, "BUDGET"),
            ({"OUTBOX_CAPACITY": "many"}, "OUTBOX_CAPACITY"),
            ({"POLICY": {"max_age": -1}}, "max-age"),
            ({"POLICY": {"maxage": 1}}, "maxage"),
            ({"CACHE": "dummy"}, "DummyCache"),
        ]:
            dummy = settings.CACHES | {"dummy": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
            with self.subTest(wrong=wrong), override_settings(HYBRID_CACHE=wrong, CACHES=dummy):
                hybrid_cache._versions.cache_clear()
                with self.assertRaisesMessage(hybrid_cache.ImproperlyConfigured, word):
                    hybrid_cache.HybridCacheMiddleware(lambda request: None)

    def test_a_wrong_order_is_logged_at_start(self):
        own, auth = settings.MIDDLEWARE[-1], settings.MIDDLEWARE[-2]
        http = "django.middleware.http.ConditionalGetMiddleware"
        update = "django.middleware.cache.UpdateCacheMiddleware"
        for order, warnings in [([update, auth, own, http], 0), ([own, auth], 1), ([http, auth, own, update], 2)]:
            self.assertEqual(len(list(hybrid_cache._order_warnings(order))), warnings, order)

    def test_without_a_secret_scopes_follow_from_the_secret_key(self):
        def scope(key):
            with override_settings(HYBRID_CACHE={"CACHE": "local"}, SECRET_KEY=key):
                hybrid_cache._versions.cache_clear()
                return hybrid_cache.scope("42")

        self.assertEqual(scope("one"), scope("one"))
        self.assertNotEqual(scope("one"), scope("two"))
        self.assertEqual(len(scope("one")), 22)
