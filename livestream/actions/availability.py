"""Every write to when somebody or something is free."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from livestream.actions.notice import in_chinese, tell, tell_staff, who_may
from livestream.models import Availability, Booking, Hold, LiveSession, Resource, User
from livestream.rules.availability import ROWS_AT_MOST, Away, Hours, Times, check_days, hit_words
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from livestream.models.availability import AvailabilityQuerySet

Subject = User | Resource


@transaction.atomic
def keep_hours(subject: Subject, hours: Iterable[Hours], *, by: User, at: datetime) -> list[LiveSession]:
    """The weekly hours are these from now on, and no others; none means that nothing is asked. What stays as it was keeps who
    entered it. Returns the planned sessions that lie outside them and did not before: staff are told of these. Raises
    NotAllowed(`too_many_times`)."""
    before = locked_times(subject)
    wanted, rows = set(hours), rows_of(subject).filter(weekday__isnull=False)
    if len(wanted) > ROWS_AT_MOST:
        raise NotAllowed("too_many_times", limit=ROWS_AT_MOST)
    there = {row.rule: row for row in rows}
    rows.filter(pk__in=[row.pk for row in rows if row.rule not in wanted or row is not there[row.rule]]).delete()
    Availability.objects.bulk_create(
        Availability(**_whose(subject), weekday=new.weekday, from_time=new.from_time, until_time=new.until_time, entered_by=by)
        for new in sorted(wanted - set(there))
    )
    return _tell(subject, _newly(subject, before, at=at))


@transaction.atomic
def say_away(subject: Subject, away: Away, *, by: User, at: datetime) -> list[LiveSession]:
    """Not free on these days; said twice it stands there once, with the newer reason. Returns the planned sessions that fall into
    them and were free before: staff are told of these. Raises NotAllowed(`away_backwards`, `away_past`, `away_too_far`,
    `too_many_times`)."""
    today = timezone.localdate(at)
    check_days(away, today)
    before = locked_times(subject)
    if rows_of(subject).filter(until_on__gte=today).count() >= ROWS_AT_MOST:
        raise NotAllowed("too_many_times", limit=ROWS_AT_MOST)
    days = {name: getattr(away, name) for name in ("from_on", "until_on", "from_time", "until_time")}
    said = {"reason": away.reason, "entered_by": by}
    Availability.objects.update_or_create(weekday=None, **_whose(subject), **days, defaults=said)
    return _tell(subject, _newly(subject, before, at=at))


def _tell(subject: Subject, bookings: list[Booking]) -> list[LiveSession]:
    """One notice a county, of sessions to who plans them, of lessons to who keeps its school. Why somebody is away is for those
    who open his page, not for a group chat."""
    hit = _sessions_of(bookings)
    _tell_of_holds(subject, _holds_of(bookings))
    for county, its in groupby(sorted(hit, key=lambda session: session.county_id), key=lambda session: session.county):
        sessions = list(its)
        with in_chinese():
            text = hit_words(_name_of(subject), [(session.planned_start_at, session.title) for session in sessions])
        about = sessions[0] if len(sessions) == 1 else None
        tell_staff(county, NoticeKind.CANNOT_COME, text, session=about, link=_page_of(subject))
    return hit


def _tell_of_holds(subject: Subject, hit: list[Hold]) -> None:
    for county, its in groupby(sorted(hit, key=lambda hold: hold.county_id), key=lambda hold: hold.county):
        holds = list(its)
        with in_chinese():
            text = hit_words(_name_of(subject), [(hold.starts_at, hold.title) for hold in holds], are_lessons=True)
        keepers = [one for one in who_may(Action.KEEP_SCHOOL, county.pk) if one != subject]
        tell(keepers, NoticeKind.CANNOT_COME, text, county=county, link=holds[0].link)


def _name_of(subject: Subject) -> str:
    return subject.public_name if isinstance(subject, User) else subject.name


def _page_of(subject: Subject) -> str:
    return f"/people/{subject.pk}/times/" if isinstance(subject, User) else f"/plan/resources/{subject.pk}/times/"


@transaction.atomic
def take_back(row: Availability) -> None:
    """The row does not hold any more: free again, or, with its last weekly hours, whenever nothing else is said."""
    row.delete()


def _newly(subject: Subject, before: Times, *, at: datetime) -> list[Booking]:
    """Of sessions and lessons to come that this person or thing is booked for, free by what was said before and not by what is
    said now."""
    now = times_of(subject)
    return [
        booking for booking in _planned(subject, at=at) if now.gaps(*_hours_of(booking)) and not before.gaps(*_hours_of(booking))
    ]


def hit_now(subject: Subject, *, at: datetime) -> list[LiveSession]:
    """Sessions to come that lie where it is not free, however it came to that."""
    return _sessions_of(_clashing(subject, at=at))


def holds_hit_now(subject: Subject, *, at: datetime) -> list[Hold]:
    """The same of lessons."""
    return _holds_of(_clashing(subject, at=at))


def _clashing(subject: Subject, *, at: datetime) -> list[Booking]:
    now = times_of(subject)
    return [booking for booking in _planned(subject, at=at) if now.gaps(*_hours_of(booking))]


def _sessions_of(bookings: Iterable[Booking]) -> list[LiveSession]:
    return [booking.session for booking in bookings if booking.hold is None]


def _holds_of(bookings: Iterable[Booking]) -> list[Hold]:
    return [booking.hold for booking in bookings if booking.hold is not None]


def _planned(subject: Subject, *, at: datetime) -> Iterable[Booking]:
    """Whoever is on air already is there, whatever he said."""
    return (booking for booking in coming_bookings(subject, at=at) if booking.hold is not None or not booking.session.is_live)


def coming_bookings(subject: Subject, *, at: datetime) -> Iterable[Booking]:
    """Of sessions that are planned or on air, and of lessons, from now on, by the clock; with set-up and clearing."""
    held = Booking.objects.holding().filter(**_whose(subject), during__endswith__gt=at)
    return held.select_related("session__county", "session__place", "session__host", "segment", "hold__county").order_by("during")


def rows_of(subject: Subject) -> AvailabilityQuerySet:
    return Availability.objects.filter(**_whose(subject)).order_by("weekday", "from_on", "from_time", "pk")


def times_of(subject: Subject) -> Times:
    return next(iter(rows_of(subject).by_subject().values()), Times())


def locked_times(subject: Subject) -> Times:
    """What is known now; whoever else would change it waits until the end of this transaction."""
    table = User if isinstance(subject, User) else Resource
    table._base_manager.select_for_update(no_key=True).get(pk=subject.pk)
    return times_of(subject)


def _whose(subject: Subject) -> dict[str, Any]:
    return {"person_id" if isinstance(subject, User) else "resource_id": subject.pk}


def _hours_of(booking: Booking) -> tuple[datetime, datetime]:
    return booking.during.lower, booking.during.upper
