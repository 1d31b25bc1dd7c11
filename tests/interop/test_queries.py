"""A write by one user and the kept answers of another: hybrid-cache's tags beside django-cacheops with user and version
in its CACHEOPS_PREFIX."""

import pickle

import redis
from django.conf import settings

import hybrid_cache
from peer import Peer
from tests.settings import query_prefix
from tests.shop.models import Invoice
from tests.support import REDIS, ProjectTest


class Queries(ProjectTest):
    def setUp(self):
        super().setUp()
        self.peer = Peer(REDIS)
        self.addCleanup(self.peer.end)
        self.addCleanup(query_prefix.set, "")
        self.invoice = Invoice.objects.create(owner=self.alice, amount=10)

    def as_user(self, user):
        """What a middleware does that sets such a prefix."""
        current = hybrid_cache._versions().read(str(user.pk)).version
        query_prefix.set(f"cache:{user.pk}:v{current}:cacheops:")

    def through_cacheops(self, user):
        self.as_user(user)
        return Invoice.objects.cache().get(pk=self.invoice.pk).amount

    def through_rust(self, user):
        """The loader reads the database."""
        truth = Invoice.objects.nocache().get(pk=self.invoice.pk).amount
        return int(self.peer("ask", str(user.pk), "amount", "shop.invoice", str(truth)))

    def write(self, user, amount):
        """A write and what follows it on either side."""
        self.as_user(user)
        self.invoice.amount = amount
        self.invoice.save()  # cacheops invalidates by itself
        self.assertEqual(self.peer("invalidate", "shop.invoice"), "now")
        hybrid_cache.bump(user)

    def test_a_write_by_one_user_reaches_the_other_by_tag_and_not_through_a_prefix_per_user(self):
        for read in (self.through_cacheops, self.through_rust):
            self.assertEqual([read(self.alice), read(self.bob)], [10, 10])
        self.write(self.alice, 99)
        self.assertEqual([self.through_rust(self.alice), self.through_rust(self.bob)], [99, 99])
        self.assertEqual(self.through_cacheops(self.alice), 99, "her own version is another one")
        self.assertEqual(self.through_cacheops(self.bob), 10, "his entry is as it was: the prefix hides it")

    def test_without_the_prefix_cacheops_reaches_everybody(self):
        read = lambda: Invoice.objects.cache().get(pk=self.invoice.pk).amount  # noqa: E731
        self.assertEqual(read(), 10)
        self.invoice.amount = 99
        self.invoice.save()
        self.assertEqual(read(), 99)

    def test_neither_takes_the_others_values_for_its_own(self):
        self.through_cacheops(self.bob)
        self.through_rust(self.bob)
        [frame_key] = REDIS.client.keys("revisbali:1:cache:*:cacheops:hc:*")
        raw = redis.Redis.from_url(settings.REDIS.url)
        with self.assertRaises(pickle.UnpicklingError):
            pickle.loads(raw.get(frame_key))
        # Django reads a number where there is one.
        with self.assertRaises(ValueError):
            int(raw.get(frame_key))
        theirs = redis.Redis.from_url(settings.CACHEOPS_REDIS)
        [pickled] = [theirs.get(key) for key in theirs.keys("cache:*:cacheops:q:*")]
        self.assertEqual(pickle.loads(pickled)[0].amount, 10)
        raw.set(frame_key, pickled, ex=60)
        Invoice.objects.filter(pk=self.invoice.pk).update(amount=11)
        self.assertEqual(self.through_rust(self.bob), 11, "a pickle is no answer")
