"""Lessons, and whatever else holds people and rooms, in calendar feeds: beside the sessions, under the same addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from livestream.models import Hold
from livestream.rules.feed import CANCELLED, CONFIRMED, FeedEvent, uid_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from livestream.models import CalendarFeed
    from livestream.models.hold import HoldQuerySet


def hold_events(feed: CalendarFeed, request: HttpRequest, *, from_at: datetime, until_at: datetime) -> list[FeedEvent]:
    """Of a person those that he is booked for, of a resource those that book it, of a county all; called off ones say so."""
    return [event_of_hold(hold, request) for hold in _of(feed).between(from_at, until_at).select_related("place")]


def _of(feed: CalendarFeed) -> HoldQuerySet:
    if feed.person_id is not None:
        return Hold.objects.filter(bookings__person=feed.person_id)
    if feed.resource_id is not None:
        return Hold.objects.filter(bookings__resource=feed.resource_id)
    return Hold.objects.filter(county=feed.county_id)


def event_of_hold(hold: Hold, request: HttpRequest) -> FeedEvent:
    return FeedEvent(
        uid=uid_of(hold.pk),
        sequence=hold.version,
        told_at=hold.changed_at,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        title=hold.title if hold.is_standing else _("已取消：{title}").format(title=hold.title),
        place=hold.place.short_name,
        note="",
        category=hold.get_kind_display(),
        status=CONFIRMED if hold.is_standing else CANCELLED,
        address=request.build_absolute_uri(hold.link),
        remind=_("快到时间了：{title}"),
    )
