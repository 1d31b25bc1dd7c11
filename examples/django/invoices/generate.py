"""Two people and their invoices: invented, and the same on every machine."""

import random
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from invoices.models import Invoice, Profile

PEOPLE = [(1, "alice", "Alice Sommer"), (2, "bob", "Bob Winter")]
PASSWORD = "demo"
INVOICES = 5_000

HEADS = [
    "Alder",
    "Amber",
    "Beacon",
    "Birch",
    "Cedar",
    "Cobalt",
    "Fern",
    "Granite",
    "Harvest",
    "Heron",
    "Larch",
    "Maple",
]
TRADES = ["Analytics", "Bakery", "Books", "Ceramics", "Design", "Farms", "Freight", "Gardens", "Optics", "Press"]
FORMS = ["Ltd", "GmbH", "AG", "SARL", "BV", "Oy"]
ITEMS = [("Consulting, per hour", 12_000), ("Site visit", 28_000), ("Data import", 64_000), ("Hosting, monthly", 9_900)]
FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)


@transaction.atomic
def generate():
    """Fills an empty database."""
    for pk, username, name in PEOPLE:
        user = User.objects.create_user(username, password=PASSWORD, pk=pk)
        Profile.objects.create(user=user, name=name)
        pick = random.Random(f"hybrid-cache {username}")
        customers = [" ".join(pick.choice(words) for words in (HEADS, TRADES, FORMS)) for _ in range(500)]
        Invoice.objects.bulk_create(invoice(pick, user, name, serial, customers) for serial in range(1, INVOICES + 1))


def invoice(pick, user, name, serial, customers):
    issued = FIRST + timedelta(days=(serial - 1) * ((LAST - FIRST).days + 1) // INVOICES)
    due = issued + timedelta(days=pick.choice([14, 30, 30, 60]))
    customer = pick.randrange(len(customers))
    lines = [
        {"description": text, "quantity": pick.randint(1, 8), "unit_cents": price + 50 * pick.randrange(100)}
        for text, price in pick.sample(ITEMS, pick.randint(1, len(ITEMS)))
    ]
    return Invoice(
        owner=user,
        serial=serial,
        number=f"{issued.year}-{serial:05}",
        customer=customers[customer],
        customer_id=customer + 1,
        issued=issued,
        due=due,
        status=status(pick, issued, due),
        total_cents=sum(line["quantity"] * line["unit_cents"] for line in lines),
        currency=pick.choice(["EUR", "EUR", "EUR", "GBP", "CHF"]),
        lines=lines,
        updated_by=name,
    )


def status(pick, issued, due):
    """As it would be on the last day."""
    if LAST - issued < timedelta(days=7) and pick.random() < 0.6:
        return "draft"
    if due > LAST:
        return "paid" if pick.random() < 0.3 else "sent"
    return "paid" if pick.random() < 0.93 else "overdue"
