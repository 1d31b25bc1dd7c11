"""The event stream (C13a), as an `EventSource` reads it."""

import asyncio
import contextlib
import json
from unittest import mock

from asgiref.sync import sync_to_async
from django.test import AsyncClient

import hybrid_cache
from tests.redis_server import RedisServer
from tests.support import REDIS, ProjectTest, until, version

PATH = "/api/cache/events/"
JSON = {"content_type": "application/json"}


class Events:
    """One stream, read block by block."""

    def __init__(self, response):
        self.response = response
        self.chunks = aiter(response.streaming_content)
        self.retry = None

    async def block(self):
        """The fields of the next block; None at the end of the stream."""
        text = await anext(self.chunks, None)
        if text is None:
            return None
        text = text.decode()
        assert text.endswith("\n\n") and text.count("\n\n") == 1, "a block comes whole"
        return dict(line.split(": ", 1) for line in text.splitlines() if line and not line.startswith(":"))

    async def version(self):
        """The next version that is told."""
        async with asyncio.timeout(60):
            while "data" not in (block := await self.block()):
                self.retry = block.get("retry", self.retry)
        self.retry = block.get("retry", self.retry)
        data = json.loads(block["data"])
        assert (block["event"], block["id"]) == ("version", str(data["version"]))
        self.scope = data["scope"]
        return data["version"]

    async def higher_than(self, old):
        """The next version above one that may be told still."""
        while (new := await self.version()) <= old:
            pass
        return new

    async def close(self):
        """As Django does when the client hangs up: what waits for the next block is cancelled."""

        async def read_on():
            while await self.block() is not None:
                pass

        reading = asyncio.ensure_future(read_on())
        await asyncio.sleep(0)
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading


class EventsTest(ProjectTest):
    def setUp(self):
        super().setUp()
        # What is told is not found by looking.
        patient = mock.patch.object(hybrid_cache, "_KEEP_ALIVE", 3600)
        patient.start()
        self.addCleanup(patient.stop)

    async def client_as(self, user):
        client = AsyncClient()
        await client.aforce_login(user)
        return client

    @contextlib.asynccontextmanager
    async def events(self, user):
        response = await (await self.client_as(user)).get(PATH)
        self.assertEqual(response.status_code, 200)
        events = Events(response)
        try:
            yield events
        finally:
            await events.close()

    async def quiet(self):
        """Everything that Redis has told of until now has been heard: bob's news was behind it."""
        async with self.events(self.bob) as events:
            await events.version()
            raised = await hybrid_cache.abump(self.bob)
            await events.higher_than(raised - 1)

    def followers_of(self, user):
        return hybrid_cache._versions().followers.number_of(str(user.pk))


class Told(EventsTest):
    async def test_the_version_at_once_and_every_bump_after_it(self):
        for cache, change in (("default", hybrid_cache.bump), ("local", hybrid_cache.bump), ("local", None)):
            await sync_to_async(self.use)(cache=cache)
            async with self.events(self.alice) as events:
                known = await events.version()
                self.assertEqual(events.scope, hybrid_cache.scope(self.alice))
                self.assertTrue(5_000 <= int(events.retry) <= 60_000, events.retry)
                for _ in range(10):
                    if change:
                        known = await sync_to_async(change)(self.alice)
                    else:
                        response = await (await self.client_as(self.alice)).post("/api/cache/clear/", **JSON)
                        known = version(response)
                    self.assertEqual(await events.version(), known)

    async def test_one_bump_reaches_all_streams_of_the_user_and_nobody_elses(self):
        async with contextlib.AsyncExitStack() as stack:
            alices = [await stack.enter_async_context(self.events(self.alice)) for _ in range(10)]
            bobs = await stack.enter_async_context(self.events(self.bob))
            for events in [*alices, bobs]:
                known = await events.version()
            raised = await hybrid_cache.abump(self.alice)
            for events in alices:
                self.assertEqual(await events.version(), raised)
            bob = await hybrid_cache.abump(self.bob)
            self.assertEqual(await bobs.version(), bob, "alice's bump was not told to bob")
            self.assertGreater(bob, known)
            self.assertTrue(await sync_to_async(hybrid_cache.bump_everyone)())
            self.assertGreater(await bobs.version(), bob)
            self.assertGreater(await alices[0].version(), raised)

    async def test_what_another_writer_of_the_same_redis_does(self):
        for cache in ("default", "builtin"):
            await sync_to_async(self.use)(cache=cache)
            async with self.events(self.alice) as events:
                first = await events.version()
                self.assertEqual(REDIS.client.incr(self.key_of(self.alice, cache)), first + 1)
                self.assertEqual(await events.version(), first + 1)
                await self.quiet()
                REDIS.client.flushall()
                self.assertGreater(await events.version(), first + 1)


class Trouble(EventsTest):
    async def test_the_stream_outlives_redis(self):
        redis = RedisServer()
        await sync_to_async(self.use_redis)(redis)
        async with self.events(self.alice) as events:
            before = await events.version()
            redis.kill()
            self.assertTrue(redis.run())
            after = await events.version()
            self.assertGreater(after, before)
            self.assertEqual(redis.client.incr(self.key_of(self.alice)), after + 1)
            self.assertEqual(await events.version(), after + 1, "the new Redis tells of changes too")

    async def test_an_unknown_version_is_told_when_it_is_known(self):
        """H4a."""
        redis = RedisServer()
        await sync_to_async(self.use_redis)(redis)
        redis.kill()
        async with self.events(self.alice) as events:
            self.assertEqual((await events.block()).keys(), {"retry"})
            self.assertTrue(redis.run())
            self.assertEqual(await events.version(), int(redis.client.get(self.key_of(self.alice))))

    async def test_a_connection_that_says_nothing_any_more_is_given_up(self):
        redis = RedisServer()
        with mock.patch.object(hybrid_cache, "_SIGN_OF_LIFE", 0.5):
            await sync_to_async(self.use_redis)(redis, BUDGET=1)
            async with self.events(self.alice) as events:
                await events.version()
                await self.quiet()
                before = hybrid_cache.counts().get("deaf", 0)
                redis.freeze()
                await sync_to_async(until)("notice of it", lambda: hybrid_cache.counts().get("deaf", 0) > before)
                redis.thaw()
                raised = redis.client.incr(self.key_of(self.alice))
                self.assertEqual(await events.higher_than(raised - 1), raised)

    async def test_without_news_it_shows_that_it_is_alive_and_ends_after_its_time(self):
        with mock.patch.multiple(hybrid_cache, _KEEP_ALIVE=0.01, _STREAM_LASTS=2):
            async with self.events(self.alice) as events:
                await events.version()
                silences = 0
                while (block := await events.block()) is not None:
                    self.assertEqual(block, {})
                    silences += 1
                self.assertGreater(silences, 0)
        self.assertEqual(self.followers_of(self.alice), 0)

    async def test_what_the_store_does_not_tell_of_is_found_by_looking(self):
        with (
            mock.patch.object(hybrid_cache, "_KEEP_ALIVE", 0.01),
            mock.patch.object(hybrid_cache.RedisStore, "listen", side_effect=hybrid_cache.Unavailable("not allowed")),
            self.assertLogs("hybrid_cache", "WARNING") as logs,
        ):
            async with self.events(self.alice) as events:
                first = await events.version()
                self.assertEqual(REDIS.client.incr(self.key_of(self.alice)), first + 1)
                self.assertEqual(await events.version(), first + 1)
        self.assertIn("not allowed", logs.output[0])


class Refused(EventsTest):
    async def test_whoever_is_not_signed_in_or_asks_otherwise(self):
        response = await AsyncClient().get(PATH)
        self.assertEqual((response.status_code, response.json()["code"]), (401, "unauthenticated"))
        client = await self.client_as(self.alice)
        response = await client.post(PATH)
        self.assertEqual((response.status_code, response.headers["Allow"]), (405, "GET, HEAD"))
        response = await client.head(PATH)
        self.assertEqual((response.status_code, response.headers["Content-Type"]), (200, "text/event-stream"))
        self.assertFalse(response.streaming)

    async def test_a_stream_is_stamped_and_kept_by_nobody(self):
        async with self.events(self.alice) as events:
            headers = events.response.headers
            self.assertEqual(await events.version(), version(events.response))
        expected = {"Content-Type": "text/event-stream", "Cache-Control": "private, no-store"}
        expected |= {"Hybrid-Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        self.assertEqual({name: headers[name] for name in expected}, expected)

    async def test_one_user_has_so_many_and_who_hangs_up_is_forgotten(self):
        with mock.patch.object(hybrid_cache, "_STREAMS_OF_A_USER", 2):
            async with self.events(self.alice) as one, self.events(self.alice) as two:
                for events in (one, two):
                    await events.version()
                response = await (await self.client_as(self.alice)).get(PATH)
                self.assertEqual((response.status_code, response.json()["code"]), (429, "rate_limited"))
                async with self.events(self.bob) as bobs:
                    await bobs.version()
                self.assertEqual(self.followers_of(self.alice), 2)
                await one.close()
                self.assertEqual(self.followers_of(self.alice), 1)
                async with self.events(self.alice) as another:
                    await another.version()
        self.assertEqual(self.followers_of(self.alice), 0)
        self.assertEqual(self.followers_of(self.bob), 0)

    def test_by_wsgi_there_is_none(self):
        """One stream would take a whole worker."""
        with self.assertLogs("hybrid_cache", "WARNING") as logs:
            self.assertEqual(self.client_of(self.alice).get(PATH).status_code, 404)
        self.assertIn("ASGI", logs.output[0])
