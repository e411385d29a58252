"""Calendar feeds: the file itself, for whoever has its address; the pages on which feeds are made, told once, and taken back."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import segno
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from rest_framework.throttling import SimpleRateThrottle

from livestream.actions.agenda import announced, announced_to, announced_with
from livestream.actions.feed import make_county_feed, make_own_feed, note_read, revoke_feed
from livestream.feed_forms import CountyFeedForm, FeedForm
from livestream.models import Booking, CalendarFeed, LiveSession, Place, Resource, User
from livestream.rules.errors import NotAllowed
from livestream.rules.feed import (
    CANCELLED,
    CONFIRMED,
    LOOKS_AHEAD,
    LOOKS_BACK,
    TENTATIVE,
    FeedEvent,
    calendar_file,
    uid_of,
)
from livestream.rules.rights import Action
from livestream.rules.session import SessionKind, SessionState
from livestream.rules.token import digest_of
from livestream.views.account import account_page
from livestream.views.feed_holds import hold_events
from livestream.views.signed_in import needs, own_account

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from livestream.actions.feed import MadeFeed
    from livestream.rules.agenda import Announced
    from livestream.views.signed_in import SignedInRequest

NOT_ANNOUNCED = (SessionState.DRAFT, SessionState.IN_REVIEW)
REVOKED_SHOWN = 10


# --- the file ---------------------------------------------------------------------------------------------------------------


class FeedCourtesy(SimpleRateThrottle):
    """Readings a minute of one address of a feed: a calendar program asks a few times an hour."""

    rate = "30/min"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return f"feed:{digest_of(view).hex()}"


class StrangersFeedCourtesy(SimpleRateThrottle):
    """Addresses that lead nowhere, a minute, from one network address."""

    rate = "60/min"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return f"no-feed:{self.get_ident(request)}"


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of this address; 304 for who has it already, 429 for who asks without pause."""
    if not FeedCourtesy().allow_request(request, token):  # type: ignore[arg-type]
        return too_often()
    feed = CalendarFeed.objects.by_token(token).select_related("county", "person", "resource").first()
    if feed is None or (feed.person is not None and not feed.person.is_active):
        if not StrangersFeedCourtesy().allow_request(request, None):  # type: ignore[arg-type]
            return too_often()
        raise Http404
    now = timezone.now()
    note_read(feed, at=now)
    body = file_of(feed, request, now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = etag = f'"{sha256(body).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="cunbo.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=etag, response=response) or response


def too_often() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "60"})


def file_of(feed: CalendarFeed, request: HttpRequest, now: datetime) -> bytes:
    return calendar_file(
        _("{name}的直播").format(name=title_of(feed)),
        uid_of(f"feed-{feed.pk}"),
        events_of(feed, request, now),
        remind=_("快要直播了：{title}"),
    )


def title_of(feed: CalendarFeed) -> str:
    if feed.person is not None:
        return feed.person.live_name or feed.person.name
    return feed.resource.name if feed.resource is not None else feed.county.name


def events_of(feed: CalendarFeed, request: HttpRequest, now: datetime) -> list[FeedEvent]:
    """The last two months and the year that comes: sessions, then lessons."""
    period: dict[str, Any] = {"from_at": now - LOOKS_BACK, "until_at": now + LOOKS_AHEAD}
    return sessions_of(feed, request, period) + hold_events(feed, request, **period)


def sessions_of(feed: CalendarFeed, request: HttpRequest, period: dict[str, Any]) -> list[FeedEvent]:
    """A county's feed names hosts only as they agreed to; a resource's names nobody
    and shows what is still a draft as taken, because it is."""
    if feed.person is not None:
        mine = announced_to(feed.person, **period)
        return [event_of(one, request, "livestream:my_session", _duty_line(one)) for one in mine]
    if feed.resource is not None:
        held = [event_of(one, request) for one in announced_with(feed.resource, **period)]
        return held + drafts_of(feed.resource, request, **period)
    found = announced(LiveSession.objects.filter(county=feed.county), **period)
    hosts = User.objects.in_bulk({one.host for one in found})
    return [event_of(one, request, "livestream:session", _host_line(hosts[one.host])) for one in found]


def _duty_line(one: Announced) -> str:
    return _("您的分工：{duties}").format(duties="、".join(one.duty_words))


def _host_line(host: User) -> str:
    return _("主播：{name}").format(name=host.public_name)


def event_of(one: Announced, request: HttpRequest, page: str = "livestream:session", note: str = "") -> FeedEvent:
    return FeedEvent(
        uid=uid_of(one.session),
        sequence=one.version,
        told_at=one.told_at,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        title=_("已取消：{title}").format(title=one.title) if one.is_cancelled else one.title,
        place=one.where,
        note=note,
        category=str(SessionKind(one.kind).label),
        status=CANCELLED if one.is_cancelled else CONFIRMED if one.is_sure else TENTATIVE,
        address=request.build_absolute_uri(reverse(page, args=[one.session])),
    )


def drafts_of(resource: Resource, request: HttpRequest, *, from_at: datetime, until_at: datetime) -> list[FeedEvent]:
    """What a resource is held for by plans that nobody was told of yet."""
    booked = Booking.objects.filter(resource=resource, session__released_version=None, session__state__in=NOT_ANNOUNCED)
    rows = booked.filter(session__planned_start_at__lt=until_at, session__planned_end_at__gt=from_at)
    sessions = {row.session_id: row.session for row in rows.select_related("session", "session__place")}
    return [
        FeedEvent(
            uid=uid_of(session.pk),
            sequence=session.plan_version,
            told_at=session.created_at,
            starts_at=session.planned_start_at,
            ends_at=session.planned_end_at,
            title=_("预留（还没发布）"),
            place=session.place.short_name,
            note="",
            category=session.get_kind_display(),
            status=TENTATIVE,
            address=request.build_absolute_uri(reverse("livestream:session", args=[session.pk])),
        )
        for session in sorted(sessions.values(), key=lambda each: (each.planned_start_at, str(each.pk)))
    ]


# --- the pages --------------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def feeds(request: SignedInRequest) -> HttpResponse:
    """Those of the county and of its resources, and the form for another one."""
    reached = Place.objects.counties().visible_to(request.user, Action.KEEP_PLAN)
    has_plan = Exists(LiveSession.objects.filter(county=OuterRef("pk")))  # an administrator is not offered the whole country
    resources = Resource.objects.visible_to(request.user, Action.KEEP_PLAN).in_use().select_related("county")
    own = request.user.county_id or ""
    offered: dict[str, Any] = {"counties": reached.filter(Q(pk=own) | has_plan), "resources": resources}
    if request.method == "GET":
        return feeds_page(request, CountyFeedForm(**offered))
    form = CountyFeedForm(request.POST, **offered)
    if not form.is_valid():
        return feeds_page(request, form, status=422)
    try:
        made = make_county_feed(form.county, name=form.cleaned_data["name"], by=request.user, resource=form.resource)
    except NotAllowed as refused:
        form.add_error(None, str(refused))
        return feeds_page(request, form, status=422)
    context = {"shell": "base.html", "back": reverse("livestream:feeds"), **told(request, made)}
    return render(request, "livestream/feed_made.html", context)


def feeds_page(request: SignedInRequest, form: CountyFeedForm, status: int = 200) -> HttpResponse:
    found = CalendarFeed.objects.visible_to(request.user).filter(person=None).select_related("county", "resource", "made_by")
    return render(request, "livestream/feeds.html", {"form": form, **open_and_revoked(found)}, status=status)


def open_and_revoked(found: QuerySet[CalendarFeed]) -> dict[str, Any]:
    newest = found.order_by("-made_at", "-pk")
    return {
        "feeds": newest.filter(revoked_at=None),
        "revoked": newest.filter(revoked_at__isnull=False).order_by("-revoked_at")[:REVOKED_SHOWN],
    }


def told(request: SignedInRequest, made: MadeFeed) -> dict[str, Any]:
    """The address, which no page ever shows again."""
    address = request.build_absolute_uri(reverse("livestream:calendar_feed", args=[made.token]))
    return {
        "feed": made.feed,
        "title": title_of(made.feed),
        "address": address,
        "subscribe": "webcal" + address[address.index("://") :],
        "qr": segno.make_qr(address, error="m").svg_data_uri(border=4),
    }


@needs(Action.KEEP_PLAN)
@require_POST
def feed_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it revoked."""
    return revoked(request, CalendarFeed.objects.visible_to(request.user).filter(person=None), pk, "livestream:feeds")


@never_cache
@own_account
@require_http_methods(["GET", "POST"])
def my_feeds(request: SignedInRequest) -> HttpResponse:
    """The calendars of what I come to myself."""
    if request.method == "GET":
        return my_feeds_page(request, FeedForm())
    form = FeedForm(request.POST)
    if not form.is_valid():
        return my_feeds_page(request, form, status=422)
    try:
        made = make_own_feed(request.user, name=form.cleaned_data["name"])
    except NotAllowed as refused:
        form.add_error(None, str(refused))
        return my_feeds_page(request, form, status=422)
    return account_page(request, "livestream/feed_made.html", told(request, made) | {"back": reverse("livestream:my_feeds")})


def my_feeds_page(request: SignedInRequest, form: FeedForm, status: int = 200) -> HttpResponse:
    found = CalendarFeed.objects.filter(person=request.user)
    return account_page(request, "livestream/my_feeds.html", {"form": form, **open_and_revoked(found)}, status=status)


@own_account
@require_POST
def my_feed_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it revoked."""
    return revoked(request, CalendarFeed.objects.filter(person=request.user), pk, "livestream:my_feeds")


def revoked(request: SignedInRequest, among: QuerySet[CalendarFeed], pk: int, back: str) -> HttpResponse:
    feed = get_object_or_404(among, pk=pk)
    revoke_feed(feed, by=request.user, at=timezone.now())
    messages.success(request, _("“{name}”的日历收回了，它的地址从现在起打不开。").format(name=feed.name))
    return redirect(back)
