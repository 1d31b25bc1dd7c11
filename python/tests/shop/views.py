"""Views that do what a test asks of them: `during` is called while the view runs."""

from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from rest_framework.authentication import TokenAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

import hybrid_cache

during = []


def run(request):
    for work in list(during):
        work(request)
    return HttpResponse("hello", headers=dict(pair.split("=", 1) for pair in request.GET.getlist("header")))


def plain(request):
    return run(request)


async def asynchronous(request):
    from asgiref.sync import sync_to_async

    return await sync_to_async(run)(request)


@hybrid_cache.cache_policy(max_age=7)
def with_policy(request):
    return HttpResponse("hello")


@hybrid_cache.cache_policy(max_age=7)
async def with_policy_asynchronous(request):
    return HttpResponse("hello")


@hybrid_cache.unstamped
def left_alone(request):
    return HttpResponse("hello", headers={"Cache-Control": "public, max-age=60", "X-Cache-Version": "9"})


def streamed(request):
    return StreamingHttpResponse(iter([b"hel", b"lo"]))


def fails(request, status):
    if status == 404:
        raise Http404
    if status == 403:
        raise PermissionDenied
    raise ValueError("as the test wants it")


def sign_in(request, name):
    login(request, User.objects.get(username=name))
    return HttpResponse()


def sign_out(request):
    logout(request)
    return HttpResponse()


class ByToken(APIView):
    def get(self, request):
        return Response(run(request._request).content.decode())

    post = get


class Unidentified(ByToken):
    """Says nobody to the middleware before the view has run."""

    authentication_classes = [TokenAuthentication]
