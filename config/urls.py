"""Root addresses: one include per app."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from config import reports, views
from config.selfcheck.page import selfcheck
from livestream.views import login

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", login.by_password, name="login"),
    path("logout/", login.sign_out, name="logout"),
    path("language/", set_language, name="set_language"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("release", views.running_release, name="release"),
    path("selfcheck/", selfcheck, name="selfcheck"),
    path("csp-report/", reports.csp_report, name="csp_report"),
    path("admin/", admin.site.urls),
    path("api/schema/", views.Schema.as_view(), name="schema"),
    path("api/docs/", views.api_docs, name="api_docs"),
    path("", include("training.urls")),
    path("", include("livestream.urls")),
    path("", include("orders.urls")),
]
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.broken"
