"""What happens when Redis freezes, dies, or comes back (H4, H4a). Nothing here is about how long it takes: a request
is answered while Redis still stands still, or the test hangs."""

import asyncio
import os
import pathlib
import subprocess
import sys
import textwrap
import threading

from django.test import SimpleTestCase

import hybrid_cache
from tests.redis_server import RedisServer
from tests.shop import views
from tests.support import ProjectTest, until, version

PYTHON = pathlib.Path(__file__).parents[1]

# The default limits, as a project has them.
HASTY = {"BUDGET": 0.05}


class Failure(ProjectTest):
    def setUp(self):
        super().setUp()
        self.redis = RedisServer()
        self.use_redis(self.redis, **HASTY)

    def clients(self):
        return self.client_of(self.alice), self.async_client_of(self.alice)

    def test_frozen_every_request_is_answered_without_a_version(self):
        until("a version", lambda: version(self.clients()[0].get("/plain/")))
        self.redis.freeze()
        for client in self.clients():
            for _ in range(5):
                for path in ("/plain/", "/async/"):
                    for response in (client.get(path), client.post(path)):
                        self.assertEqual((response.status_code, response.content), (200, b"hello"))
                        self.assertIsNone(version(response))
                        self.assertNotIn("X-Cache-Enabled", response.headers)
                        self.assertEqual(response.headers["Cache-Control"], "private, no-store")
        self.assertTrue(hybrid_cache._versions().is_resting)
        asked = hybrid_cache.counts()["store_errors"]
        for client in self.clients():
            client.get("/plain/")
        self.assertEqual(hybrid_cache.counts()["store_errors"], asked, "Redis is not asked any more")
        self.redis.thaw()
        for client in self.clients():
            until("a version again", lambda client=client: version(client.get("/plain/")))

    def test_a_bump_that_could_not_be_recorded_is_made_good_before_the_next_stamp(self):
        client = self.clients()[0]
        old = until("a version", lambda: version(client.get("/plain/")))
        views.during[:] = [lambda request: request.method == "POST" and hybrid_cache.bump_on_commit(request.user)]
        self.redis.freeze()
        for one in self.clients():
            response = one.post("/plain/")
            self.assertEqual((response.status_code, version(response)), (200, None))
            self.assertEqual(response.headers["X-Cache-Enabled"], "false")
            self.assertEqual(one.get("/plain/").headers["X-Cache-Enabled"], "false")
        self.assertIsNone(asyncio.run(hybrid_cache.abump(self.alice)))
        other = self.client_of(self.bob).get("/plain/")
        self.assertNotIn("X-Cache-Enabled", other.headers, "bob is owed nothing")
        self.redis.thaw()
        seen = []

        def stamped():
            seen.append(client.get("/plain/"))
            return version(seen[-1])

        self.assertGreater(until("a version again", stamped), old)
        self.assertEqual(hybrid_cache.counts()["bumps_waiting"], 0)
        for response in seen[:-1]:
            self.assertIn(response.headers.get("X-Cache-Enabled"), (None, "false"))

    def test_a_bump_that_fails_while_a_safe_request_is_answered_takes_its_version_away(self):
        client = self.clients()[0]
        until("a version", lambda: version(client.get("/plain/")))

        def freeze_and_bump(request):
            self.redis.freeze()
            hybrid_cache.bump(request.user)

        views.during[:] = [freeze_and_bump]
        response = client.get("/plain/")
        self.assertEqual((version(response), response.headers["X-Cache-Enabled"]), (None, "false"))
        self.redis.thaw()

    def test_no_part_of_the_store_can_hold_a_request(self):
        """Not even one that knows no time limit, such as a name that does not resolve."""
        held = threading.Event()
        self.addCleanup(held.set)
        hybrid_cache._versions().store.read = lambda user_id: held.wait()
        for client in self.clients():
            response = client.get("/plain/")
            self.assertEqual((response.status_code, version(response)), (200, None))
        self.assertFalse(held.is_set())

    def test_killed_and_started_again_no_bump_is_lost(self):
        client = self.clients()[0]
        old = until("a version", lambda: version(client.get("/plain/")))
        self.redis.kill()
        self.assertIsNone(hybrid_cache.bump(self.alice))
        self.assertEqual(client.get("/plain/").headers["X-Cache-Enabled"], "false")
        self.assertTrue(self.redis.run())
        self.assertGreater(until("a version again", lambda: version(client.get("/plain/"))), old)

    def test_one_too_many_and_everybody_is_bumped(self):
        self.use_redis(self.redis, **HASTY, OUTBOX_CAPACITY=1)
        users = [self.alice, self.bob]
        old = [until("a bump", lambda user=user: hybrid_cache.bump(user)) for user in users]
        self.redis.freeze()
        with self.assertLogs("hybrid_cache", "ERROR"):
            hybrid_cache.bump(self.alice)
            hybrid_cache.bump(self.alice)
            hybrid_cache.bump(self.bob)
        self.assertEqual(hybrid_cache.counts()["bumps_waiting"], 1)
        self.redis.thaw()
        clients = [self.client_of(user) for user in users]
        for before, client in zip(old, clients, strict=True):
            self.assertGreater(until("a version", lambda client=client: version(client.get("/plain/"))), before)

    def test_a_cancelled_request_does_not_cancel_its_bump(self):
        old = until("a bump", lambda: hybrid_cache.bump(self.alice))
        self.redis.freeze()

        async def cancelled():
            task = asyncio.ensure_future(hybrid_cache.abump(self.alice))
            await asyncio.sleep(0)  # it has begun
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run(cancelled())
        self.assertEqual(hybrid_cache.counts()["bumps_waiting"], 1)
        self.redis.thaw()
        client = self.client_of(self.alice)
        self.assertGreater(until("a version", lambda: version(client.get("/plain/"))), old)

    def test_health_says_what_to_mend(self):
        client = self.client_of()

        def health():
            body = client.get("/health").json()
            return body["status"], [warning["code"] for warning in body["warnings"]]

        until("health", lambda: health() == ("pass", []))
        self.redis.client.config_set("maxmemory", "64mb")
        self.redis.client.config_set("maxmemory-policy", "allkeys-lru")
        until("a word about eviction", lambda: health() == ("warn", ["store_setup"]))
        self.redis.client.config_set("maxmemory-policy", "volatile-lru")
        self.redis.kill()
        hybrid_cache.bump(self.alice)
        self.assertEqual(health(), ("warn", ["store_down", "bumps_waiting"]))
        self.assertEqual(client.get("/health").status_code, 200)
        self.assertTrue(self.redis.run())
        until("health again", lambda: health() == ("pass", []))


class Debts(SimpleTestCase):
    def test_one_that_arises_during_payment_stays(self):
        debts = hybrid_cache.Debts(10)
        debts.remember("a")
        [paying] = debts.list()
        debts.remember("a")
        debts.settle(*paying)
        self.assertTrue(debts.owes("a"))
        debts.settle(*debts.list()[0])
        self.assertFalse(debts.owes("a"))


class Processes(ProjectTest):
    """What a process does when it forks, as gunicorn's do, and when it ends."""

    def run_project(self, script):
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
        begin = "import django, os; django.setup(); import hybrid_cache; from tests.settings import REDIS\n"
        script = begin + textwrap.dedent(script)
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, env=environment, cwd=PYTHON, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.split()

    def test_a_fork_after_the_first_use_works(self):
        output = self.run_project("""
            first = hybrid_cache.bump("1")
            read, write = os.pipe()
            if not os.fork():
                os.write(write, str(hybrid_cache.bump("1")).encode())
                os._exit(0)
            os.wait()
            print(first, os.read(read, 100).decode(), hybrid_cache.bump("1"))
        """)
        numbers = [int(word) for word in output]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(len(numbers), 3)

    def test_what_is_owed_at_the_end_of_the_process_is_recorded(self):
        output = self.run_project("""
            import atexit
            atexit.unregister(REDIS.stop)
            print(hybrid_cache.bump("1"), REDIS.port, REDIS.process.pid)
            versions = hybrid_cache._versions()
            versions._start_recovery = lambda: None
            versions.is_resting = True
            hybrid_cache.bump("1")
            print(hybrid_cache.counts()["bumps_waiting"])
        """)
        import redis

        old, port, pid, waiting = (int(word) for word in output)
        try:
            client = redis.Redis(port=port, db=1)
            self.assertEqual(waiting, 1)
            self.assertGreater(int(client.get("revisbali:1:cache_user_version:1")), old)
        finally:
            os.kill(pid, 9)
