"""Pages that need more than one app: the way home, health."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rest_framework.negotiation import DefaultContentNegotiation

from config.errors import not_found
from config.openapi import USUAL_REFUSALS, fields_of, operations
from config.release import release
from livestream.rules.person import Role
from livestream.rules.rights import Action
from orders.metrics import WAITING

if TYPE_CHECKING:
    from django.http import HttpRequest

    from livestream.models import User

# Where each role begins, if its post lets it; else where the next one does.
DESKS = {
    Role.STAFF: (Action.SEE_PLAN, "livestream:desk"),
    Role.TRAINER: (Action.SEE_SCHOOL, "training:desk"),
    Role.APPROVER: (Action.APPROVE_EXPORT, "orders:exports"),
    Role.EXPORTER: (Action.EXPORT, "orders:exports"),
    Role.AUDITOR: (Action.READ_AUDIT, "livestream:audit"),
    Role.COMMISSIONER: (Action.SEE_PLAN, "livestream:desk"),
    Role.ADMIN: (Action.SEE_PLAN, "livestream:desk"),
}


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Sends each role to its own desk; whoever has no post today reads why."""
    if not request.user.is_authenticated:
        return redirect("login")
    if desk := desk_of(request.user):
        return redirect(desk)
    return render(request, "no_post.html", {"post": request.user.post, "today": timezone.localdate()})


def desk_of(user: User) -> str:
    """The page on which this person's work begins, by the first of his posts that is held today; "" for nobody's. What a host has
    is his own, whatever the days of his post."""
    if user.role == Role.HOST:
        return "livestream:my_sessions"
    roles = [Role(post.role) for post in user.posts if post.is_held(timezone.localdate())]
    desks = [DESKS[role] for role in [*roles, *DESKS] if role in DESKS]
    return next((desk for action, desk in desks if user.reach(action)), "")


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


@require_safe
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


class FormatByAddress(DefaultContentNegotiation):
    """`?format=json`; without it YAML. Elsewhere in the API a format is no parameter."""

    settings = SimpleNamespace(URL_FORMAT_OVERRIDE="format")  # type: ignore[assignment]  # all that it asks of them


class Schema(SpectacularAPIView):
    """What the API can do, for those who are signed in or have a token."""

    content_negotiation_class = FormatByAddress


@require_GET
@login_required
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every operation of the API, written by the server from its own schema: no script, nothing from elsewhere."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    refusal = fields_of({"$ref": "#/components/schemas/Error"}, schema)
    context = {"operations": operations(schema), "refusals": USUAL_REFUSALS, "refusal": refusal}
    return render(request, "api_docs.html", context)
