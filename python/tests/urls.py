from django.urls import include, path

import hybrid_cache
from tests.shop import views

urlpatterns = [
    path("plain/", views.plain),
    path("async/", views.asynchronous),
    path("policy/", views.with_policy),
    path("policy/async/", views.with_policy_asynchronous),
    path("unstamped/", views.left_alone),
    path("streamed/", views.streamed),
    path("fails/<int:status>/", views.fails),
    path("sign-in/<name>/", views.sign_in),
    path("sign-out/", views.sign_out),
    path("token/", views.ByToken.as_view()),
    path("unidentified/", views.Unidentified.as_view()),
    path("health", hybrid_cache.health),
    path("api/cache/", include("hybrid_cache")),
]
