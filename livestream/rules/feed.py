"""A calendar as RFC 5545 writes it, for the calendar programs of phones and desks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event
from icalendar.prop import vDuration

from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME_AT_MOST = 40
VALID_AT_MOST = 20  # feeds of one person, or of one county
LOOKS_BACK, LOOKS_AHEAD = timedelta(days=60), timedelta(days=365)
REMINDS = (timedelta(hours=24), timedelta(hours=1))  # before the start
ASKED_EVERY = timedelta(hours=1)
# Of the time zone as it is written down: China has had no summer time since 1991.
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2038, 1, 1)
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One session, or lesson, in a feed. `uid` never changes, `sequence` never falls; `told_at` is when it became what it is."""

    uid: str
    sequence: int
    told_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    note: str
    category: str
    status: str
    address: str
    remind: str = ""  # the sentence of its reminders, where it is another one than the calendar's


def plain_name(name: str) -> str:
    """Without characters that nobody sees. Raises NotAllowed when nothing is left, or too much."""
    plain = one_line(name)
    if not plain:
        raise NotAllowed("feed_name_missing")
    if len(plain) > NAME_AT_MOST:
        raise NotAllowed("feed_name_too_long", limit=NAME_AT_MOST)
    return plain


def uid_of(key: object) -> str:
    return f"{key}@cunbo"


def calendar_file(name: str, uid: str, events: Iterable[FeedEvent], *, remind: str) -> bytes:
    """A whole calendar. Same events, same bytes: who has them already need not be sent them again. `remind` is the sentence of a
    reminder."""
    calendar = Calendar.new(prodid="-//Cunbo//Plan//ZH", name=name, uid=uid)
    calendar.add("REFRESH-INTERVAL", vDuration(ASKED_EVERY), parameters={"VALUE": "DURATION"})  # RFC 7986 5.7
    calendar.add("X-PUBLISHED-TTL", vDuration(ASKED_EVERY))  # the same, as Outlook reads it
    for event in events:
        calendar.add_component(_entry(event, event.remind or remind))
    calendar.add_missing_timezones(FIRST_DAY, LAST_DAY)
    return bytes(calendar.to_ical())


def _entry(event: FeedEvent, remind: str) -> Event:
    entry = Event.new(
        uid=event.uid,
        sequence=event.sequence,
        # Without a METHOD, DTSTAMP is when the entry was last revised (RFC 5545 3.8.7.2).
        stamp=event.told_at,
        last_modified=event.told_at,
        start=event.starts_at.astimezone(SHANGHAI),
        end=event.ends_at.astimezone(SHANGHAI),
        summary=event.title,
        description=event.note or None,
        location=event.place,
        categories=[event.category],
        status=event.status,  # type: ignore[arg-type]
        url=event.address,
    )
    for before in () if event.status == CANCELLED else REMINDS:
        entry.add_component(_reminder(before, remind.format(title=event.title)))
    return entry


def _reminder(before: timedelta, words: str) -> Alarm:
    alarm = Alarm.new(description=words)
    alarm.add("ACTION", "DISPLAY")
    alarm.add("TRIGGER", -before)
    return alarm
