"""While somebody acts for a host (代操作), the request is the host's: `request.user` is the host, `request.helper` who is there.

It lasts half an hour, and ends at once when the helper may no longer, the host is stopped or gets another post, or somebody signs
out. Only what is listed here is open meanwhile: a new address is closed until somebody thinks about it.

Open boards are judged by the login itself (`orders/board/admission.py`), so their sockets show what the helper may see, not the
host; that is never more than he would see without acting, and whoever may act for a host may watch that host's sessions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.models import User
from livestream.views.acting import ACTING_FOR, ACTING_UNTIL, end_acting

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from livestream.views.signed_in import SignedInRequest

# What a host does on the phone. Never: password, devices, second factor, consents, tokens, exports, other people.
OPEN = frozenset({
    "home", "logout", "set_language", "healthz", "readyz", "metrics", "release", "livestream:my_times",
    "livestream:my_sessions", "livestream:my_session", "livestream:my_session_event", "livestream:my_session_pitch",
    "livestream:my_stage", "livestream:my_preflight", "livestream:my_worker", "orders:tap", "livestream:my_confirm",
    "livestream:my_helped", "livestream:acting_end", "livestream:my_task_done", "livestream:go", "livestream:reward",
    "livestream:reward_entries",
    "livestream:api_pitches", "livestream:api_pitch_end", "livestream:api_incidents",
    "orders:figures", "orders:session_board", "orders:session_frame", "orders:session_detail", "orders:session_replay",
    "orders:session_replay_states",
})  # fmt: skip


class ActingFor:
    """Right after AuthenticationMiddleware, before whatever looks at the second factor: a host acted for has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = cast("SignedInRequest", request)
        signed_in.helper = signed_in.was_acting_for = None
        if settings.SESSION_COOKIE_NAME in request.COOKIES and ACTING_FOR in request.session:
            become_host(signed_in)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: Any, _kwargs: Any) -> HttpResponse | None:
        signed_in = cast("SignedInRequest", request)
        if signed_in.was_acting_for is not None:
            said = _("代{name}操作结束了：到了 30 分钟，或者权限变了。").format(name=signed_in.was_acting_for)
            messages.info(request, said)
        if signed_in.helper is None or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if name == "logout" and request.method == "POST":
            end_acting(signed_in, signed_in.helper, signed_in.user, why="signed_out")
        return None if name in OPEN else refused(request)


def become_host(request: SignedInRequest) -> None:
    """The host in place of the helper; or the end of it, when the half hour or the right is over."""
    helper = request.user
    host = User.objects.select_related("place").filter(pk=request.session[ACTING_FOR]).first()
    if host is None or not helper.is_authenticated:
        del request.session[ACTING_FOR]
        return
    is_over = timezone.now().timestamp() >= request.session.get(ACTING_UNTIL, 0)
    if is_over or not helper.may_act_for(host):
        end_acting(request, helper, host, why="over" if is_over else "not_allowed")
        request.was_acting_for = host.name
        return
    request.user, request.helper = host, helper


def refused(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("代操作的时候不能做这件事。")}, status=403)
    return render(request, "livestream/not_while_acting.html", status=403)
