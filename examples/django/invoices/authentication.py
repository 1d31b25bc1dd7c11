from rest_framework.authentication import TokenAuthentication

import hybrid_cache


class BearerToken(hybrid_cache.IdentifiesUser, TokenAuthentication):
    """`Authorization: Bearer ...` with a token from `/api/auth/login/`."""

    keyword = "Bearer"
