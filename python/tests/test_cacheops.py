"""Together with a real django-cacheops."""

from django.db import transaction

import hybrid_cache
from tests.shop.models import Invoice
from tests.support import ProjectTest


class Cacheops(ProjectTest):
    def test_its_invalidation_comes_before_the_bump(self):
        """H3: whoever reads the new version must not find the old answer."""
        invoice = Invoice.objects.create(owner=self.alice, amount=10)

        def through_cacheops():
            return Invoice.objects.cache().get(pk=invoice.pk).amount

        self.assertEqual(through_cacheops(), 10)
        Invoice.objects.filter(pk=invoice.pk).update(amount=11)
        self.assertEqual(through_cacheops(), 10, "it is a cache, and mass updates pass it by")
        seen = []
        versions = hybrid_cache._versions()
        bump = versions.bump
        versions.bump = lambda user_id: (seen.append(through_cacheops()), bump(user_id))
        self.addCleanup(delattr, versions, "bump")
        with transaction.atomic():
            hybrid_cache.bump_on_commit(self.alice)  # before the write, even
            invoice.amount = 99
            invoice.save()
        self.assertEqual(seen, [99])
