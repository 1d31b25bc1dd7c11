"""Refusals as application/problem+json (RFC 9457), with one sentence in `detail`."""

from http import HTTPStatus

from django.http import JsonResponse
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, ValidationError
from rest_framework.views import exception_handler

SIGN_IN = "sign in first: send Authorization: Bearer with a token from /api/auth/login/"


def problem(status, detail, headers=None, **members):
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JsonResponse(body | members, status=status, headers=headers, content_type="application/problem+json")


def handle(error, context):
    response = exception_handler(error, context)
    if response is None:
        return None
    headers = {name: response[name] for name in ("Allow", "WWW-Authenticate") if name in response}
    if isinstance(error, (NotAuthenticated, AuthenticationFailed)):
        return problem(401, SIGN_IN, headers, code="unauthenticated")
    detail = sentence(error.detail) if isinstance(error, ValidationError) else response.data["detail"]
    return problem(response.status_code, str(detail), headers)


def sentence(detail):
    if isinstance(detail, dict):
        return "; ".join(f"{name}: {sentence(value)}" for name, value in detail.items())
    return " ".join(sentence(each) for each in detail) if isinstance(detail, list) else str(detail)
