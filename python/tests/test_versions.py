"""The counters in a real Redis, shared with everybody else who writes there (H5)."""

import threading

from django.core.cache import caches
from django.db import transaction

import hybrid_cache
from tests.support import REDIS, ProjectTest, version


class Counters(ProjectTest):
    def test_a_missing_counter_starts_at_the_clock_of_redis(self):
        before = REDIS.clock()
        read = version(self.client_of(self.alice).get("/plain/"))
        bumped = hybrid_cache.bump(self.bob)
        after = REDIS.clock()
        self.assertTrue(before <= read <= bumped <= after, (before, read, bumped, after))
        self.assertEqual(self.version_in_redis(self.alice), read)
        self.assertEqual(REDIS.client.ttl(self.key_of(self.alice)), -1)
        self.assertEqual(version(self.client_of(self.alice).get("/plain/")), read)

    def test_a_bump_writes_the_larger_of_the_old_value_plus_1_and_the_clock(self):
        far_ahead = REDIS.clock() + 10**12
        REDIS.client.set(self.key_of(self.alice), far_ahead, ex=300)
        self.assertEqual(hybrid_cache.bump(self.alice), far_ahead + 1)
        self.assertEqual(REDIS.client.ttl(self.key_of(self.alice)), -1, "a bump ends a time to live")
        REDIS.client.set(self.key_of(self.alice), 5)
        now = REDIS.clock()
        self.assertGreaterEqual(hybrid_cache.bump(self.alice), now)

    def test_versions_never_repeat_across_flush_and_eviction(self):
        client = self.client_of(self.alice)
        last = 0
        for number in range(50):
            if number % 5 == 2:
                REDIS.client.flushall()
            if number % 5 == 4:
                REDIS.client.delete(self.key_of(self.alice))
            read = version(client.get("/plain/"))
            bumped = hybrid_cache.bump(self.alice)
            self.assertTrue(last <= read < bumped, (last, read, bumped))
            last = bumped

    def test_the_same_counter_through_every_kind_of_cache(self):
        for alias, key in [
            ("default", f"revisbali:1:cache_user_version:{self.alice.pk}"),
            ("builtin", f"revisbali:1:cache_user_version:{self.alice.pk}"),
            ("literal", f"cache_user_version:{self.alice.pk}"),
        ]:
            with self.subTest(alias=alias):
                REDIS.client.flushall()
                self.use(alias)
                bumped = hybrid_cache.bump(self.alice)
                self.assertEqual(REDIS.client.keys(), [key])
                name = f"cache_user_version:{self.alice.pk}"
                self.assertEqual(caches[alias].get(name), bumped, "what the project's own code reads")
                self.assertEqual(caches[alias].incr(name), bumped + 1)
                self.assertEqual(version(self.client_of(self.alice).get("/plain/")), bumped + 1)

    def test_bumps_at_the_same_time_are_all_counted(self):
        far_ahead = REDIS.clock() + 10**12
        REDIS.client.set(self.key_of(self.alice), far_ahead)
        found = []
        work = [
            threading.Thread(target=lambda: found.extend(hybrid_cache.bump(self.alice) for _ in range(50)))
            for _ in range(4)
        ]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        self.assertEqual(sorted(found), list(range(far_ahead + 1, far_ahead + 201)))

    def test_what_is_no_version_is_unknown_reported_and_left_alone(self):
        """H4a."""
        for garbage in ("abc", "007", "5.0", "9007199254740992", "\x80\x04\x88."):
            hybrid_cache._versions.cache_clear()
            REDIS.client.flushall()
            REDIS.client.set(self.key_of(self.alice), garbage)
            with self.subTest(garbage=garbage), self.assertLogs("hybrid_cache", "WARNING"):
                response = self.client_of(self.alice).get("/plain/")
                self.assertEqual((response.status_code, version(response)), (200, None))
                self.assertEqual(REDIS.client.get(self.key_of(self.alice)), garbage)
        REDIS.client.delete(self.key_of(self.alice))
        REDIS.client.lpush(self.key_of(self.alice), "a list")
        self.assertIsNone(version(self.client_of(self.alice).get("/plain/")))
        self.assertIsNone(hybrid_cache.bump(self.alice), "it is owed")
        self.assertEqual(REDIS.client.type(self.key_of(self.alice)), "list")
        self.assertEqual(self.client_of(self.alice).get("/plain/").headers["X-Cache-Enabled"], "false")

    def test_everyone(self):
        REDIS.client.set("other", 1)
        users = [hybrid_cache.bump(user) for user in (self.alice, self.bob)]
        self.assertTrue(hybrid_cache.bump_everyone())
        self.assertGreater(self.version_in_redis(self.alice), users[0])
        self.assertGreater(self.version_in_redis(self.bob), users[1])
        self.assertEqual(REDIS.client.get("other"), "1")

    def test_versions_in_memory(self):
        self.use("local")
        client = self.client_of(self.alice)
        old = version(client.get("/plain/"))
        self.assertGreater(hybrid_cache.bump(self.alice), old)
        self.assertGreater(version(client.get("/plain/")), old)
        hybrid_cache.set_enabled(self.alice, False)
        self.assertEqual(client.get("/plain/").headers["X-Cache-Enabled"], "false")
        self.assertEqual(REDIS.client.keys(), [])


class Commits(ProjectTest):
    """H2."""

    def test_the_bump_follows_the_commit(self):
        old = hybrid_cache.bump(self.alice)
        with transaction.atomic():
            hybrid_cache.bump_on_commit(self.alice)
            self.assertEqual(self.version_in_redis(self.alice), old)
            with transaction.atomic():
                hybrid_cache.bump_on_commit(self.alice.pk)
            self.assertEqual(self.version_in_redis(self.alice), old)
        self.assertGreater(self.version_in_redis(self.alice), old)

    def test_what_is_rolled_back_needs_no_bump(self):
        old = hybrid_cache.bump(self.alice)
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            hybrid_cache.bump_on_commit(self.alice)
            1 / 0
        self.assertEqual(self.version_in_redis(self.alice), old)

    def test_without_a_transaction_it_is_bumped_at_once(self):
        old = hybrid_cache.bump(self.alice)
        hybrid_cache.bump_on_commit(self.alice)
        self.assertGreater(self.version_in_redis(self.alice), old)
