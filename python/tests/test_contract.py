"""The same vectors as in Rust and TypeScript, and the same scripts as in Rust."""

import json
import pathlib

from django.contrib.auth.models import AnonymousUser
from django.test import SimpleTestCase, override_settings

import hybrid_cache

CRATES = pathlib.Path(__file__).parents[2] / "crates"
VECTORS = json.loads((CRATES / "hybrid-cache-contract/vectors.json").read_text(encoding="utf-8"))
SCRIPTS = CRATES / "hybrid-cache-tower/src/store/redis"


class Vectors(SimpleTestCase):
    def check(self, cases, read):
        self.assertTrue(cases)
        for case in cases:
            with self.subTest(case=case):
                self.assertEqual(read(case), case["out"])

    def test_version_in_a_key(self):
        self.check(VECTORS["version"], lambda case: hybrid_cache.version_of(case["in"].encode()))

    def test_user_id(self):
        self.check(VECTORS["userId"], lambda case: hybrid_cache.is_user_id(case["in"]))

    def test_scope_of_a_user(self):
        def scope(case):
            with override_settings(HYBRID_CACHE={"SCOPE_SECRET": case["secret"], "CACHE": "local"}):
                hybrid_cache._versions.cache_clear()
                return hybrid_cache.scope(case["user"])

        self.addCleanup(hybrid_cache._versions.cache_clear)
        self.check(VECTORS["scopeOf"], scope)

    def test_secret_of_encryption_at_rest(self):
        def secret(case):
            with override_settings(HYBRID_CACHE={"AT_REST_KEY": case["key"], "CACHE": "local"}):
                hybrid_cache._versions.cache_clear()
                if "user" in case:
                    return hybrid_cache.at_rest_secret_of_user(case["user"])
                return hybrid_cache.at_rest_secret_of_session(case["session"])

        self.addCleanup(hybrid_cache._versions.cache_clear)
        self.check(VECTORS["atRestSecretOf"], secret)

    def test_nobody_and_no_session_have_no_secret(self):
        for nobody in (None, AnonymousUser(), "a:b"):
            self.assertIsNone(hybrid_cache.at_rest_secret_of_user(nobody))
        for none in (None, ""):
            self.assertIsNone(hybrid_cache.at_rest_secret_of_session(none))

    def test_written_policies(self):
        names = {"noStore": "no_store", "maxAge": "max_age"}
        names |= {"staleWhileRevalidate": "stale_while_revalidate", "staleIfError": "stale_if_error"}

        def write(case):
            return hybrid_cache.policy_value(**{names[name]: value for name, value in case["policy"].items()})

        self.check(VECTORS["policy"]["written"], write)

    def test_what_forbids_storing(self):
        cases = [case | {"out": case["out"].get("noStore", False)} for case in VECTORS["cacheControl"]["cases"]]
        self.check(cases, lambda case: hybrid_cache.says_no_store(case["in"]))

    def test_keys(self):
        store = hybrid_cache.RedisStore.__new__(hybrid_cache.RedisStore)
        for case in VECTORS["redisKeys"]:
            store._key = lambda name, case=case: case["prefix"] + name  # as the cache's make_key does
            self.assertEqual(store.version_key(case["user"]), case["userVersion"])


class Scripts(SimpleTestCase):
    def test_are_those_of_rust(self):
        for name, text in {"bump": hybrid_cache.BUMP, "read_or_start": hybrid_cache.READ_OR_START}.items():
            lines = (SCRIPTS / f"{name}.lua").read_text(encoding="utf-8").splitlines(keepends=True)
            self.assertEqual("".join(line for line in lines if not line.startswith("--")), text, name)
