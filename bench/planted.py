"""A month of a county with clashes planted in it, each known: what the planner must find, no more and no less.

A lane is a host, a studio, a kit, a member of the crew and an account in one village, with up to four sessions a day, two hours
on air and two hours between them: nothing of a lane clashes, and nobody of it leaves the village. A clash is planted by giving
one session something of another lane's.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from livestream.models import Place

FIRST = datetime(2027, 4, 30, 23, tzinfo=UTC)  # the first of May, seven in the morning in Shanghai
DAYS, A_DAY = 30, 4
HOUR = timedelta(hours=1)
AT_ONCE = 500
KINDS = ("host", "crew", "studio", "kit", "account", "guest", "travel", "away", "price")
PRICE_FEN, OTHER_PRICE_FEN = 5980, 4980


class Planted(NamedTuple):
    """One clash: the one or two sessions, what it is about, of whom."""

    sessions: frozenset[UUID]
    about: str  # "time", "travel", "away" or "price", as `Clash.key` begins
    subject: str


@dataclass
class Month:
    county: Place
    planted: set[Planted]
    begins: datetime = FIRST - HOUR
    ends: datetime = FIRST + timedelta(days=DAYS)


@dataclass
class Draft:
    """A session before it is written."""

    pk: UUID
    village: Any
    host: Any
    crew: Any
    studio: Any
    kit: Any
    account: Any
    product: Any
    starts: datetime
    ends: datetime
    price_fen: int = PRICE_FEN
    leader: Any = None
    away: bool = False


def plant(county: Place, *, sessions: int, clashes: int) -> Month:
    """That many sessions of all kinds of clashes in turn. The county only warns, so that they can be stored."""
    import pgtrigger

    from livestream.models import PlanRules
    from livestream.models.plan_rules import default_levels

    PlanRules.objects.create(county=county, levels=dict.fromkeys(default_levels(), "warn"))
    lanes = [make_lane(county, n) for n in range(-(-sessions // (DAYS * A_DAY)))]
    drafts = [
        [
            Draft(uuid.uuid4(), **lane, starts=start, ends=start + 2 * HOUR)
            for slot in range(min(DAYS * A_DAY, sessions - n * DAYS * A_DAY))
            for start in [FIRST + timedelta(days=slot // A_DAY, hours=slot % A_DAY * 4)]
        ]
        for n, lane in enumerate(lanes)
    ]
    planted = {spoil(kind, one, other, county) for kind, one, other in islice(zip_pairs(drafts), clashes)}
    tracked = ("LiveSession", "Booking", "Room", "Guest", "LineUpItem", "Availability")
    with pgtrigger.ignore(*(f"livestream.{table}:audit_rows" for table in tracked)):
        write(county, [draft for lane in drafts for draft in lane])
    return Month(county, planted)


def zip_pairs(drafts: list[list[Draft]]) -> Iterator[tuple[str, Draft, Draft]]:
    """Two sessions of neighbouring lanes at the same hours, each session once: the second of a day, or the last for a road."""
    fit = [lane for lane in drafts if len(lane) == DAYS * A_DAY]
    pairs = {
        slot: iter(
            [
                (one[n], other[n])
                for n in range(slot, DAYS * A_DAY, A_DAY)
                for one, other in zip(fit[::2], fit[1::2], strict=False)
            ]
        )
        for slot in (1, 3)
    }
    for kind in cycle(KINDS):
        pair = next(pairs[3 if kind == "travel" else 1], None)
        if pair is None:
            return
        yield kind, *pair


def spoil(kind: str, one: Draft, other: Draft, county: Place) -> Planted:
    """Gives the other session something of this one, or takes its time away."""
    both = frozenset({one.pk, other.pk})
    if kind == "away":
        one.away = True
        return Planted(frozenset({one.pk}), "away", f"person:{one.host.pk}")
    if kind == "guest":
        one.leader = other.leader = make_leader(county, one)
        return Planted(both, "time", f"leader:{one.leader.pk}")
    if kind == "price":
        other.product, other.price_fen = one.product, OTHER_PRICE_FEN
        return Planted(both, "price", f"product:{one.product.pk}")
    if kind == "travel":
        other.host, other.starts, other.ends = one.host, one.ends + HOUR / 3, one.ends + HOUR
        return Planted(both, "travel", f"person:{one.host.pk}")
    setattr(other, kind, getattr(one, kind))
    what = "person" if kind in {"host", "crew"} else "resource"
    return Planted(both, "time", f"{what}:{getattr(one, kind).pk}")


def make_lane(county: Place, n: int) -> dict[str, Any]:
    from livestream.models import Place, Product, Resource, Supplier, User

    township, _made = Place.objects.get_or_create(
        code=f"{county.pk}{n // 20 + 500:03}", defaults={"name": f"第{n // 20}乡", "level": "township", "parent": county}
    )
    village = Place.objects.create(code=f"{township.pk}{n % 20 + 200:03}", name=f"第{n}村", level="village", parent=township)
    own = {"county": county, "place": village, "name": f"{n}号"}
    supplier = Supplier.objects.create(kind="cooperative", **own)
    goods = {"title": f"货{n}", "net_weight_grams": 500, "list_price_fen": PRICE_FEN}
    return {
        "village": village,
        "host": User.objects.create(phone=f"11{n:09}", name=f"主播{n}", role="host", place=village),
        "crew": User.objects.create(phone=f"12{n:09}", name=f"场控{n}", role="host", place=village),
        "studio": Resource.objects.create(kind="studio", setup_minutes=20, clearing_minutes=15, **own),
        "kit": Resource.objects.create(kind="kit", setup_minutes=10, **own),
        "account": Resource.objects.create(kind="account", platform="douyin", account=f"A{n}", **own),
        "product": Product.objects.create(county=county, sku=f"P{n}", supplier=supplier, **goods),
    }


def make_leader(county: Place, draft: Draft) -> Any:
    from livestream.models import Leader

    return Leader.objects.create(
        county=county, name=str(draft.pk)[:8], title="县长", rank="top", department="government", unit=str(draft.pk)
    )


def write(county: Place, drafts: list[Draft]) -> None:
    """Some days at a time, and looked at in between: the triggers ask these tables about each row, and a plan made while they
    were empty would read them whole."""
    from django.db import connection

    for first in range(0, len(drafts), AT_ONCE):
        write_some(county, drafts[first : first + AT_ONCE], first)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE livestream_livesession, livestream_booking, livestream_room, livestream_resource")


def write_some(county: Place, drafts: list[Draft], first: int) -> None:
    from livestream.models import Availability, Booking, Guest, LineUpItem, LiveSession, Room

    LiveSession.objects.bulk_create(
        LiveSession(
            pk=one.pk, county=county, place=one.village, kind="village_host", title="场", host=one.host,
            planned_start_at=one.starts, planned_end_at=one.ends,
        )
        for one in drafts
    )  # fmt: skip
    for row in ("studio", "kit"):
        Booking.objects.bulk_create(Booking(session_id=one.pk, resource=getattr(one, row)) for one in drafts)
    Booking.objects.bulk_create(Booking(session_id=one.pk, person=one.crew, duty="controller") for one in drafts)
    Room.objects.bulk_create(
        Room(session_id=one.pk, platform="douyin", room_id=f"R{n}", account=one.account.account)
        for n, one in enumerate(drafts, first)
    )
    LineUpItem.objects.bulk_create(
        LineUpItem(session_id=one.pk, product=one.product, position=1, live_price_fen=one.price_fen) for one in drafts
    )
    Guest.objects.bulk_create(
        Guest(session_id=one.pk, name="嘉宾", title="县长", rank="top", leader=one.leader) for one in drafts if one.leader
    )
    Availability.objects.bulk_create(
        Availability(
            person=one.host, from_on=one.starts.date(), until_on=one.starts.date(), from_time=time(11), until_time=time(13),
            entered_by=one.host,
        )
        for one in drafts
        if one.away
    )  # fmt: skip
