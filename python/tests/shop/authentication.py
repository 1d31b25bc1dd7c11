from rest_framework.authentication import TokenAuthentication

import hybrid_cache


class Authentication(hybrid_cache.IdentifiesUser, TokenAuthentication):
    """What docs/django.md tells a project with tokens to do."""
