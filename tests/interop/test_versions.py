"""Rust and Django raise one counter, each with its own functions, and a third writer with plain INCR (H5)."""

import hybrid_cache
from peer import Peer
from tests.redis_server import RedisServer
from tests.support import REDIS, ProjectTest, until, version
from tests.test_events import EventsTest

ROUNDS = 5_000
# Where something happens to Redis, early and late.
FLUSHES = {700, 4_100}
EVICTIONS = {1_500, 3_300}
SNAPSHOT, RESTORE = 2_000, 2_600


class Told(EventsTest):
    async def test_an_event_stream_of_django_tells_what_rust_has_raised(self):
        peer = Peer(REDIS)
        self.addCleanup(peer.end)
        async with self.events(self.alice) as events:
            first = await events.version()
            raised = int(peer("bump", str(self.alice.pk)))
            self.assertGreater(raised, first)
            self.assertEqual(await events.version(), raised)


class OneCounter(ProjectTest):
    def setUp(self):
        super().setUp()
        self.redis = RedisServer("--dbfilename", "dump.rdb")
        self.use_redis(self.redis)
        self.key = self.key_of(self.alice)
        self.peer = Peer(self.redis)
        self.addCleanup(self.peer.end)
        self.user = str(self.alice.pk)
        self.django = {"bump": lambda: hybrid_cache.bump(self.alice), "read": self.read}
        self.rust = {name: lambda name=name: self.ask_rust(name) for name in ("bump", "read")}

    def ask_rust(self, what):
        answer = self.peer(what, self.user)
        return int(answer) if answer.isdecimal() else None

    def read(self):
        return hybrid_cache._versions().read(self.user).version

    def evict(self):
        """Lets Redis itself throw the key away, for want of memory."""
        self.redis.client.config_set("maxmemory-policy", "allkeys-lru")
        self.redis.client.config_set("maxmemory", self.redis.client.info("memory")["used_memory"] + 200_000)
        filler = 0
        while self.redis.client.exists(self.key):
            filler += 1
            self.redis.client.set(f"filler:{filler}", "x" * 1_000)
        self.redis.client.config_set("maxmemory", 0)

    def restore(self):
        """kill -9, and up again with the older snapshot."""
        before = self.redis.client.get(self.key)
        self.redis.kill()
        self.assertTrue(self.redis.run())
        restored = self.redis.client.get(self.key)
        self.assertLess(int(restored), int(before), "the snapshot was an older one")

    def test_alternating_10_000_bumps_lose_none_and_repeat_none(self):
        last = 0
        for number in range(ROUNDS):
            if number in FLUSHES:
                self.redis.client.flushall()
            elif number in EVICTIONS:
                self.evict()
            elif number == SNAPSHOT:
                self.redis.client.save()
            elif number == RESTORE:
                self.restore()
            one, other = (self.rust, self.django) if number % 2 else (self.django, self.rust)
            # After the restart both connect anew, in the background.
            first = until("a bump", one["bump"]) if number == RESTORE else one["bump"]()
            self.assertGreater(first, last, number)
            self.assertEqual(until("it", other["read"]) if number == RESTORE else other["read"](), first)
            third = self.redis.client.incr(self.key)
            self.assertEqual(third, first + 1, "it builds on ours")
            self.assertEqual((one["read"](), other["read"]()), (third, third))
            last = other["bump"]()
            self.assertGreater(last, third, number)
            self.assertEqual(one["read"](), last)

    def test_both_know_the_same_flag_and_the_same_key(self):
        client = self.client_of(self.alice)
        bumped = self.ask_rust("bump")
        self.assertEqual(version(client.get("/plain/")), bumped)
        self.assertEqual([key for key in self.redis.client.keys() if "version" in key], [self.key])
