"""The same API as angular-demo/server, which is in Rust."""

import threading
from collections import Counter, defaultdict

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

import hybrid_cache
from invoices.models import Invoice
from invoices.problem import problem
from invoices.serializers import Summary, Whole

PER_PAGE = 25
LONGEST_SEARCH = 100

# How many requests for /api/invoices/** came from each user since the server began: the demo's proof that a hit did
# not come from here.
seen = defaultdict(Counter)
seen_lock = threading.Lock()


class Login(APIView):
    authentication_classes = permission_classes = []

    def post(self, request):
        said = request.data if isinstance(request.data, dict) else {}
        missing = [name for name in ("username", "password") if not isinstance(said.get(name), str)]
        if missing:
            return problem(422, f"the body lacks {' and '.join(missing)}, as text")
        user = authenticate(username=said["username"], password=said["password"])
        if user is None:
            return problem(401, "wrong user name or password: try alice and demo")
        token, _ = Token.objects.get_or_create(user=user)
        scope = hybrid_cache.scope(user)
        body = {"token": token.key, "user": {"id": user.pk, "name": user.profile.name, "scope": scope}}
        return Response(body, headers={"Cache-Control": "no-store"})


class InvoiceView(APIView):
    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        with seen_lock:
            seen[request.user.pk][request.path] += 1


class InvoiceList(InvoiceView):
    """The user's invoices, newest first; `search` looks for a part of the customer's name or of the number."""

    def get(self, request):
        for name, values in request.query_params.lists():
            if len(values) > 1:
                raise ValidationError(f"{name} is there twice")
        search = request.query_params.get("search", "").strip()
        status = request.query_params.get("status", "")
        page = self.page_number(request.query_params.get("page", ""))
        if status and status not in Invoice.STATUSES:
            raise ValidationError(f"status is {status!r}: expected one of {', '.join(Invoice.STATUSES)}")
        if len(search) > LONGEST_SEARCH:
            raise ValidationError(f"search is too long: expected at most {LONGEST_SEARCH} characters")
        found = Invoice.objects.filter(owner=request.user)
        if search:
            found = found.filter(Q(customer__icontains=search) | Q(number__icontains=search))
        if status:
            found = found.filter(status=status)
        # One transaction, so that count and results are of the same moment.
        with transaction.atomic():
            count = found.count()
            results = list(found.order_by("-serial")[(page - 1) * PER_PAGE : page * PER_PAGE])
        pages = max(1, -(-count // PER_PAGE))
        if page > pages:
            raise ValidationError(f"there is no page {page}: the last one is {pages}")
        return Response({"count": count, "page": page, "pages": pages, "results": Summary(results, many=True).data})

    def page_number(self, text):
        if not text:
            return 1
        if not (text.isascii() and text.isdecimal() and len(text) <= 7 and 1 <= int(text) <= 1_000_000):
            raise ValidationError(f"page is {text!r}: expected a whole number from 1")
        return int(text)


class InvoiceDetail(InvoiceView):
    def find(self, request, serial):
        if serial.isascii() and serial.isdecimal() and len(serial) <= 9:
            found = Invoice.objects.filter(owner=request.user, serial=int(serial)).first()
            if found:
                return found
        raise Http404("there is no such invoice")

    def get(self, request, serial):
        return Response(Whole(self.find(request, serial)).data)

    def patch(self, request, serial):
        with transaction.atomic():
            changed = Whole(self.find(request, serial), data=request.data, partial=True)
            changed.is_valid(raise_exception=True)
            changed.save(updated_by=request.user.profile.name)
            hybrid_cache.bump_on_commit(request.user)
        return Response(changed.data)


class OtherPersonEdits(APIView):
    """Moves an invoice to the next status, as if somebody else had; the newest one if none is named."""

    def post(self, request):
        named = request.data.get("invoice_id") if isinstance(request.data, dict) else None
        if named is not None and (not isinstance(named, int) or isinstance(named, bool)):
            raise ValidationError("invoice_id is a whole number")
        with transaction.atomic():
            mine = Invoice.objects.filter(owner=request.user)
            found = mine.filter(serial=named).first() if named is not None else mine.order_by("-serial").first()
            if found is None:
                raise Http404("there is no such invoice")
            found.status = Invoice.STATUSES[(Invoice.STATUSES.index(found.status) + 1) % len(Invoice.STATUSES)]
            found.note = f"{found.note}\nCarol set it to {found.status}.".strip("\n")
            found.updated_by = "Carol Herbst"
            found.save()
            hybrid_cache.bump_on_commit(request.user)
        return Response(Whole(found).data)


class Requests(APIView):
    """Not stamped, so that asking changes nothing; hence it says itself that it is not to be stored."""

    def get(self, request):
        with seen_lock:
            by_path = dict(sorted(seen[request.user.pk].items()))
        body = {"api_requests": sum(by_path.values()), "by_path": by_path}
        return Response(body, headers={"Cache-Control": "no-store"})
