"""Pages that need more than one app: the way home, signing in, health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.views import LoginView
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.errors import not_found
from config.openapi import operations
from config.release import release
from livestream.forms import PhoneLogin
from livestream.rules.person import Role
from orders.metrics import WAITING

if TYPE_CHECKING:
    from django.http import HttpRequest

DESKS = {
    Role.HOST: "livestream:my_sessions",
    Role.STAFF: "livestream:desk",
    Role.TRAINER: "training:desk",
    Role.ADMIN: "livestream:desk",
}


def home(request: HttpRequest) -> HttpResponse:
    """Sends each role to its own desk."""
    if not request.user.is_authenticated:
        return redirect("login")
    return redirect(DESKS[Role(request.user.role)])


class Login(LoginView):
    authentication_form = PhoneLogin
    template_name = "livestream/login.html"
    redirect_authenticated_user = True


@require_GET
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process is alive."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
def readyz(_request: HttpRequest) -> HttpResponse:
    """The database answers and has every migration: 200, else 503."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    return JsonResponse({"database": True, "migrations": not waiting}, status=503 if waiting else 200)


@require_GET
@never_cache
def running_release(_request: HttpRequest) -> HttpResponse:
    """What runs here: a screen that shows another release loads itself anew."""
    return HttpResponse(release(), content_type="text/plain")


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for this machine only: a proxy in front must not pass it on."""
    if request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"} or request.headers.get("X-Forwarded-For"):
        return not_found(request)
    return HttpResponse(generate_latest() + generate_latest(WAITING), content_type=CONTENT_TYPE_LATEST)


@require_GET
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every operation of the API, written by the server from its own schema: no script, nothing from elsewhere."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return render(request, "api_docs.html", {"operations": operations(schema)})
