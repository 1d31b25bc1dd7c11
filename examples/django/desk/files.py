"""The built application."""

import mimetypes
import re

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpResponse, JsonResponse
from django.utils._os import safe_join


# Forbids WebAssembly, as a policy does that says nothing of it; Angular brings its style sheets as elements.
STRICT_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'"


def serve(request, path):
    """What is found; with `?csp=strict`, to show what becomes of the application where WebAssembly is forbidden."""
    response = found(path)
    if request.GET.get("csp") == "strict":
        response["Content-Security-Policy"] = STRICT_POLICY
    return response


def found(path):
    """A file; `index.html` where there is none and the path has no dot, since such a path is the application's own."""
    if path == "api" or path.startswith("api/"):
        body = {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "there is no such path in this API",
        }
        return JsonResponse(body, status=404, content_type="application/problem+json")
    name = path.rpartition("/")[2]
    try:
        return answer(path or "index.html", is_hashed=re.search(r"-[A-Z0-9]{8}\.", name))
    except (OSError, ValueError, SuspiciousFileOperation):
        if "." in name:
            return HttpResponse("there is no such file", status=404, content_type="text/plain")
    try:
        return answer("index.html")
    except OSError:
        return HttpResponse("The application is not built: run npm run demo -- --server django.", status=503)


def answer(path, is_hashed=False):
    with open(safe_join(settings.DEMO_APP_DIR, path), "rb") as file:
        content_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        # A file whose name carries the hash of its content never changes; any other may.
        lasting = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
        return HttpResponse(file.read(), content_type=content_type, headers={"Cache-Control": lasting})
