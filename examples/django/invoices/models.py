from django.conf import settings
from django.db import models


class Profile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile")
    name = models.TextField()
    cache_enabled = models.BooleanField(default=True, db_index=True)


class Invoice(models.Model):
    STATUSES = ["draft", "sent", "paid", "overdue"]

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    # The id in the API: each owner counts from 1.
    serial = models.IntegerField()
    number = models.TextField()
    customer = models.TextField()
    customer_id = models.IntegerField()
    issued = models.DateField()
    due = models.DateField()
    status = models.TextField()
    total_cents = models.IntegerField()
    currency = models.TextField()
    note = models.TextField(default="")
    lines = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "serial"], name="one_invoice_per_serial")]
