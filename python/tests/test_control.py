"""The control API, with good input and with bad (C13, C14)."""

import json

from django.conf import settings
from rest_framework.authtoken.models import Token

import hybrid_cache
from tests import test_stamp  # noqa: F401, puts the reader on the path
from tests.redis_server import RedisServer
from tests.shop.models import Profile
from tests.support import REDIS, ProjectTest, until, version
from tests.test_contract import VECTORS

import reader  # noqa: E402, I001

ACTIONS = ("enable", "disable", "clear")


# The test client sends a form unless it is told otherwise.
JSON = {"content_type": "application/json"}


class Control(ProjectTest):
    def status_of(self, response):
        self.assertEqual(response.status_code, 200, response.content)
        if response.request["REQUEST_METHOD"] == "GET":
            self.assertIs(reader.policy(response.headers["Hybrid-Cache-Control"])["noStore"], True)
        body = response.json()
        self.assertEqual(body.keys(), VECTORS["controlStatus"][0].keys())
        return body

    def assert_problem(self, response, status, code):
        self.assertEqual((response.status_code, response.headers["Content-Type"]), (status, "application/problem+json"))
        body = response.json()
        self.assertEqual((body["status"], body["code"], body["message"]), (status, code, body["detail"]))
        self.assertGreater(len(body["detail"].split()), 3)

    def test_the_four_paths(self):
        client = self.client_of(self.alice)
        status = self.status_of(client.get("/api/cache/status/"))
        expected = {
            "version": self.version_in_redis(self.alice),
            "enabled": True,
            "scope": hybrid_cache.scope(self.alice),
        }
        self.assertEqual(status, expected | {"store": "redis", "health": "ok"})
        response = client.post("/api/cache/clear/", **JSON)
        self.assertGreater(self.status_of(response)["version"], status["version"])
        self.assertEqual(version(response), self.version_in_redis(self.alice), "learnt from the very answer")
        response = client.post("/api/cache/disable/", **JSON)
        self.assertEqual((self.status_of(response)["enabled"], response.headers["X-Cache-Enabled"]), (False, "false"))
        self.assertEqual(client.get("/plain/").headers["X-Cache-Enabled"], "false")
        response = client.post("/api/cache/enable/", "{}", content_type="application/json")
        self.assertEqual((self.status_of(response)["enabled"], response.headers["X-Cache-Enabled"]), (True, "true"))
        self.assertEqual(self.status_of(self.client_of(self.bob).get("/api/cache/status/"))["enabled"], True)

    def test_the_flag_of_the_profile_follows(self):
        profile = Profile.objects.create(user=self.alice)
        client = self.client_of(self.alice)
        for action, enabled in (("disable", False), ("enable", True)):
            response = client.post(f"/api/cache/{action}/", **JSON)
            profile.refresh_from_db()
            self.assertEqual((profile.cache_enabled, response.json()["enabled"]), (enabled, enabled))
            self.assertEqual(response.headers["X-Cache-Enabled"], str(enabled).lower())

    def test_with_tokens_and_with_an_asynchronous_chain(self):
        header = {"Authorization": f"Token {Token.objects.create(user=self.alice).key}"}
        for client in (self.client_of(), self.async_client_of()):
            response = client.get("/api/cache/status/", headers=header)
            self.assertEqual(response.json()["version"], version(response))
            self.assertGreater(version(client.post("/api/cache/clear/", headers=header, **JSON)), version(response))
            self.assert_problem(
                client.get("/api/cache/status/", headers={"Authorization": "Token wrong"}), 401, "unauthenticated"
            )

    def test_bad_input_is_refused_and_changes_nothing(self):
        client = self.client_of(self.alice, enforce_csrf_checks=True)
        before = self.status_of(client.get("/api/cache/status/"))
        keys = {key: REDIS.client.get(key) for key in REDIS.client.keys()}
        evil = [
            {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "same-site", "Origin": "https://sub.app.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": "x" * 100_000},
        ]
        for action in ACTIONS:
            path = f"/api/cache/{action}/"
            for headers in evil:
                self.assert_problem(client.post(path, headers=headers, **JSON), 403, "cross_origin")
            for method in ("get", "head", "put", "patch", "delete", "options"):
                response = getattr(client, method)(path)
                self.assertEqual((response.status_code, response.headers["Allow"]), (405, "POST"))
            for media_type in (
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "x",
            ):
                response = client.post(path, "a=1", content_type=media_type)
                self.assert_problem(response, 415, "unsupported_media_type")
            self.assert_problem(self.client_of().post(path, **JSON), 401, "unauthenticated")
        for method in ("post", "put", "delete", "options"):
            response = getattr(client, method)("/api/cache/status/")
            self.assert_problem(response, 405, "method_not_allowed")
            self.assertEqual(response.headers["Allow"], "GET, HEAD")
        self.assert_problem(self.client_of().get("/api/cache/status/"), 401, "unauthenticated")
        self.assertEqual(client.get("/api/cache/nothing/").status_code, 404)
        self.assertEqual(self.status_of(client.get("/api/cache/status/")), before)
        self.assertEqual({key: REDIS.client.get(key) for key in REDIS.client.keys()}, keys)

    def test_what_the_body_and_the_query_say_is_not_looked_at(self):
        client = self.client_of(self.alice)
        old = version(client.get("/api/cache/status/?user=2&version=9"))
        self.assertEqual(old, self.version_in_redis(self.alice))
        for body in (json.dumps({"user": self.bob.pk, "version": 7, "unknown": None}), "{", "x" * (1 << 20)):
            response = client.post(f"/api/cache/clear/?user={self.bob.pk}", body, content_type="application/json")
            self.assertGreater(self.status_of(response)["version"], old)
        self.assertIsNone(REDIS.client.get(self.key_of(self.bob)))

    def test_pages_that_may(self):
        for headers in [
            {"Sec-Fetch-Site": "same-origin", "Origin": "https://other.example"},
            {"Sec-Fetch-Site": "none"},
            {"Sec-Fetch-Site": "cross-site", "Origin": settings.CSRF_TRUSTED_ORIGINS[0]},
            {"Origin": "http://testserver", "Host": "testserver"},
            {},
        ]:
            client = self.client_of(self.alice, enforce_csrf_checks=True)
            self.status_of(client.post("/api/cache/clear/", headers=headers, **JSON))

    def test_an_echo_is_never_believed(self):
        """C12."""
        client = self.client_of(self.alice)
        old = version(client.get("/plain/"))
        for echo in (str(2**53 - 1), str(old + 1000), "1", "-1", "abc", "9" * 100_000, "1, 2"):
            response = client.get("/plain/", headers={"X-Cache-Version": echo})
            self.assertEqual((response.status_code, version(response)), (200, old))

    def test_odd_credentials_are_nobody(self):
        for token in ("x" * (1 << 20), "a b", "\x00", "*", "é"):
            response = self.client_of().get("/token/", headers={"Authorization": f"Token {token}"})
            self.assertEqual(response.status_code, 401)
            self.assertNotIn("X-Cache-Scope", response.headers)


class WithoutRedis(ProjectTest):
    def test_what_could_not_be_done_is_said(self):
        redis = RedisServer()
        self.use_redis(redis, BUDGET=0.05)
        client = self.client_of(self.alice)
        old = until("a version", lambda: version(client.get("/plain/")))
        redis.kill()
        for action in ACTIONS:
            response = client.post(f"/api/cache/{action}/", **JSON)
            self.assertEqual((response.status_code, response.json()["code"]), (503, "store_unavailable"))
        status = client.get("/api/cache/status/").json()
        self.assertEqual((status["version"], status["enabled"], status["health"]), (None, False, "down"))
        self.assertTrue(redis.run())
        self.assertGreater(until("the clearing to be made good", lambda: version(client.get("/plain/"))), old)
        self.assertEqual(client.get("/api/cache/status/").json()["health"], "ok")
