from django.urls import include, path, re_path

import hybrid_cache
from desk import files
from invoices import views

urlpatterns = [
    path("api/auth/login/", views.Login.as_view()),
    path("api/invoices/", views.InvoiceList.as_view()),
    path("api/invoices/<str:serial>/", views.InvoiceDetail.as_view()),
    path("api/demo/other-person-edits/", views.OtherPersonEdits.as_view()),
    path("api/demo/requests/", hybrid_cache.unstamped(views.Requests.as_view())),
    path("api/cache/", include("hybrid_cache")),
    path("health", hybrid_cache.health),
    re_path(r"^(?P<path>.*)$", files.serve),
]
