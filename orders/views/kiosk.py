"""Links that open a board on a screen without a login: the staff's list, a new one, its address told once, taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import segno
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.board import place_scope, session_scope
from livestream.models import LiveSession, Place
from livestream.rules.place import parent_code
from livestream.rules.rights import EVERYWHERE, Action
from livestream.views.desk import first_moment
from livestream.views.signed_in import needs
from orders.actions.kiosk import create_kiosk_link, revoke_kiosk_link
from orders.forms import KioskForm
from orders.models import KioskLink
from orders.rules.kiosk import KioskState, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

SESSIONS_OFFERED = 50
ENDED_SHOWN = 20
ON_SCREEN = timedelta(minutes=2)  # a board that is open says so every minute


@dataclass(frozen=True, slots=True)
class Row:
    """A link as the list shows it."""

    link: KioskLink
    board: str
    state: KioskState
    is_on_screen: bool


@never_cache
@needs(Action.SHARE_SCREEN)
@require_http_methods(["GET", "POST"])
def links(request: SignedInRequest) -> HttpResponse:
    """The list and the form; a link that was made is answered with its address, which no page ever shows again."""
    at = timezone.now()
    boards = boards_of(request.user, at)
    offered = [(scope, title) for scope, (title, _board) in boards.items()]
    if request.method == "GET":
        return links_page(request, KioskForm(boards=offered, initial={"board": request.GET.get("board", "")}), at)
    form = KioskForm(request.POST, boards=offered)
    if not form.is_valid():
        return links_page(request, form, at, status=422)
    said = form.cleaned_data
    _title, board = boards[said["board"]]
    link, token = create_kiosk_link(
        board, name=said["name"], term=said["term"], hides_money=said["hides_money"], by=request.user, at=at
    )
    address = request.build_absolute_uri(f"{path_of(link.scope)}?kiosk={token}")
    context = {"row": rows_of([link], at)[0], "address": address, "qr": segno.make_qr(address, error="m").svg_data_uri(border=4)}
    return render(request, "orders/kiosk_made.html", context)


def links_page(request: SignedInRequest, form: KioskForm, at: datetime, status: int = 200) -> HttpResponse:
    found = KioskLink.objects.visible_to(request.user).select_related("created_by").order_by("-created_at", "-pk")
    valid = list(found.valid(at))
    ended = list(found.exclude(pk__in=[link.pk for link in valid])[:ENDED_SHOWN])
    context = {"form": form, "valid": rows_of(valid, at), "ended": rows_of(ended, at)}
    return render(request, "orders/kiosk_links.html", context, status=status)


def boards_of(user: User, at: datetime) -> dict[str, tuple[str, LiveSession | Place]]:
    """The boards this person may link, by scope: the own places' (for administrators the own county's and those above it), then
    the sessions of today and those that come, of the own counties."""
    codes = [*user.reach(Action.SHARE_SCREEN)]
    if EVERYWHERE in codes:
        codes = [user.county_id or user.place_id]
        while above := parent_code(codes[-1]):
            codes.append(above)
    places = Place.objects.in_bulk(codes)
    boards: dict[str, tuple[str, LiveSession | Place]] = {
        place_scope(code): (_("{place}：今日直播").format(place=places[code].name), places[code])
        for code in codes
        if code in places
    }
    sessions = LiveSession.objects.filter(county_id__in=codes).select_related("host")
    shown = [*sessions.of_day(first_moment(at)).order_by("planned_start_at"), *sessions.upcoming(at)[:SESSIONS_OFFERED]]
    return boards | {session_scope(session.pk): (title_of(session), session) for session in shown}


def title_of(session: LiveSession) -> str:
    """When, what, who: enough to tell one session from another."""
    host = session.host.live_name or session.host.name
    return f"{timezone.localtime(session.started_at):%m-%d %H:%M} · {session.title} · {host}"


def day_of(place: Place) -> str:
    return _("{place}：今日直播").format(place=place.name)


def path_of(scope: str) -> str:
    kind, _separator, key = scope.partition(":")
    return f"/board/{kind}/{key}/"


def rows_of(links: Iterable[KioskLink], at: datetime) -> list[Row]:
    """The links with their boards by name, in two queries however many there are."""
    shown = list(links)
    keys = [link.scope.partition(":")[::2] for link in shown]
    sessions = LiveSession.objects.select_related("host").in_bulk([key for kind, key in keys if kind == "session"])
    places = Place.objects.in_bulk([key for kind, key in keys if kind != "session"])
    titles = {session_scope(pk): title_of(session) for pk, session in sessions.items()}
    titles |= {place_scope(code): day_of(place) for code, place in places.items()}
    rows = []
    for link in shown:
        state = state_of(link.revoked_at, link.expires_at, at)
        is_on_screen = state == KioskState.VALID and link.seen_at is not None and at - link.seen_at < ON_SCREEN
        rows.append(Row(link, titles.get(link.scope, _("（这一场已经删除）")), state, is_on_screen))
    return rows


@needs(Action.SHARE_SCREEN)
@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it revoked."""
    link = get_object_or_404(KioskLink.objects.visible_to(request.user), pk=pk)
    revoke_kiosk_link(link, by=request.user, at=timezone.now())
    messages.success(request, _("“{name}”的链接收回了。正在用它的屏幕半分钟内就会停下。").format(name=link.name))
    return redirect("orders:kiosk_links")
