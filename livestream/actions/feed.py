"""Every write to calendar feeds: secret addresses under which a calendar program reads sessions."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Q

from livestream.actions.audit import note
from livestream.models import CalendarFeed, Place
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.feed import VALID_AT_MOST, plain_name
from livestream.rules.rights import Action
from livestream.rules.token import TOKEN_BYTES, digest_of

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import Resource, User

SEEN_EVERY = timedelta(minutes=10)


class MadeFeed(NamedTuple):
    """A feed and its token, which is told this once and never again: only its SHA-256 is kept."""

    feed: CalendarFeed
    token: str


@transaction.atomic
def make_own_feed(person: User, *, name: str) -> MadeFeed:
    """Of what this person comes to. Raises NotAllowed(`feed_name_missing`, `feed_name_too_long`, `too_many_feeds`)."""
    return _make(CalendarFeed(county_id=person.county_id or person.place_id, person=person, made_by=person), name)


@transaction.atomic
def make_county_feed(county: Place, *, name: str, by: User, resource: Resource | None = None) -> MadeFeed:
    """Of a county's sessions, or of what one of its resources is held for. Raises NotAllowed(`not_your_plan` and as above)."""
    if not by.may(Action.KEEP_PLAN, county.pk) or (resource is not None and resource.county_id != county.pk):
        raise NotAllowed("not_your_plan")
    return _make(CalendarFeed(county=county, resource=resource, made_by=by), name)


def _make(feed: CalendarFeed, name: str) -> MadeFeed:
    feed.name = plain_name(name)
    Place.objects.select_for_update(no_key=True).get(pk=feed.county_id)  # two forms sent at once are counted one after the other
    others = CalendarFeed.objects.filter(county=feed.county_id, person=feed.person, revoked_at=None)
    if others.count() >= VALID_AT_MOST:
        raise NotAllowed("too_many_feeds", limit=VALID_AT_MOST)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed.digest = digest_of(token)
    feed.save(force_insert=True)
    note(Deed.FEED_MADE, place=feed.county_id, by=feed.made_by, about=feed, name=feed.name, **_whose(feed))
    return MadeFeed(feed, token)


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, by: User, at: datetime) -> bool:
    """From now on its address leads nowhere. False when it was revoked before. Raises NotAllowed(`not_your_feed`)."""
    if not CalendarFeed.objects.visible_to(by).filter(pk=feed.pk).exists():
        raise NotAllowed("not_your_feed")
    is_first = CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=at) > 0
    if is_first:
        note(Deed.FEED_REVOKED, place=feed.county_id, by=by, about=feed, name=feed.name, **_whose(feed))
    return is_first


def _whose(feed: CalendarFeed) -> dict[str, int]:
    return {"resource": feed.resource_id} if feed.resource_id else {"person": feed.person_id} if feed.person_id else {}


def note_read(feed: CalendarFeed, *, at: datetime) -> None:
    """A calendar program read it; written every ten minutes at most."""
    old = Q(seen_at=None) | Q(seen_at__lte=at - SEEN_EVERY)
    CalendarFeed.objects.filter(old, pk=feed.pk).update(seen_at=at)
