"""What every request of somebody who is signed in passes: he is noticed, and what must come first comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

from config.errors import away
from livestream.actions.login import MUST_VERIFY, notice_on_air, notice_person
from livestream.rules.login import DEVICE_KNOWN_FOR, is_by_person
from livestream.rules.rights import SECOND_FACTOR_ROLES
from livestream.views.signed_in import ACTING_FOR, to_second_factor

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from livestream.models import User

ALWAYS = {"login", "logout", "set_language", "healthz", "readyz", "metrics", "release"}
FOR_PASSWORD = {"livestream:my_password"}
PAGES_ON_AIR = {"livestream:my_session", "livestream:my_stage", "orders:figures"}  # what a host's phone looks at by itself
FOR_SECOND_FACTOR = {"livestream:second", "livestream:my_second", "livestream:my_second_confirm"}


class Logins:
    """Stands behind the middleware that knows the person. The device cookie of a new login leaves with its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if cookie := getattr(request, "device_cookie", ""):
            response.set_cookie(
                settings.DEVICE_COOKIE_NAME,
                cookie,
                max_age=DEVICE_KNOWN_FOR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def process_view(self, request: HttpRequest, _view: object, _args: object, words: dict[str, Any]) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ALWAYS or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        try:
            return first_things_first(request, name, words) if SESSION_KEY in request.session else None
        except (OperationalError, InterfaceError, PoolTimeout):
            return away(request)


def first_things_first(request: HttpRequest, name: str, words: dict[str, Any]) -> HttpResponse | None:
    """The page that must come before the one that was asked for, or None. A helper who acts for a host is past it himself."""
    if is_by_person(request.method or "", request.headers):
        notice_person(request, at=timezone.now())
    elif name in PAGES_ON_AIR and not request.session.get(ACTING_FOR) and request.user.is_authenticated:
        notice_on_air(request, request.user, words["session_id"], at=timezone.now())
    if request.session.get(ACTING_FOR) or not request.user.is_authenticated:
        return None
    if request.user.must_change_password:
        return None if name in FOR_PASSWORD else refused(request) or redirect("livestream:my_password")
    if must_verify(request, request.user) and name not in FOR_SECOND_FACTOR:
        return refused(request) or to_second_factor(request)
    return None


def must_verify(request: HttpRequest, user: User) -> bool:
    """Roles are asked again at every request: who was made an administrator while signed in is asked now."""
    is_asked = request.session.get(MUST_VERIFY) or user.role in SECOND_FACTOR_ROLES
    return bool(is_asked) and not user.is_verified()


def refused(request: HttpRequest) -> HttpResponse | None:
    """What a program gets instead of a page."""
    if not request.path.startswith("/api/"):
        return None
    return JsonResponse({"detail": _("请先在网页上完成登录：设新密码，或两步验证。")}, status=403)
