"""What sessions and holds claim, read from the tables for the sweep of `rules/clash.py`, with rules and names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, Count, Func, Q
from django.db.models.functions import Coalesce

from livestream.models import (
    Availability,
    Booking,
    Hold,
    Leader,
    LineUpItem,
    LiveSession,
    PlanRules,
    Product,
    Resource,
    TravelTime,
    User,
)
from livestream.rules.availability import said
from livestream.rules.clash import Claim, Rules
from livestream.rules.clash_words import Told
from livestream.rules.planning import KIND_OF_RESOURCE, ClashKind, Duty
from livestream.rules.session import HOLDS_TIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from livestream.rules.clash import Away, Clash

# A road is at most a day, and so is a session: what lies further away cannot clash.
MICRO = 1_000_000
NEAR = timedelta(days=1)
FIELDS = ("subject", "duty", "leader_id", "resource__kind", "holder", "of_county", "at_place", "begins", "ends")


def claims_of(*bookings: QuerySet[Booking]) -> list[Claim]:
    """Those of all these bookings, in one query."""
    at = {
        "of_county": Coalesce("session__county_id", "hold__county_id"),
        "at_place": Coalesce("segment__place_id", "session__place_id", "hold__place_id"),
        "begins": _microseconds("lower"),
        "ends": _microseconds("upper"),
    }
    first, *others = (each.order_by().annotate(**at).values_list(*FIELDS) for each in bookings)
    rows = first.union(*others, all=True) if others else first
    return [
        Claim(subject, kind, session, county, place if moves(kind) else "", since(begins / MICRO, UTC), since(ends / MICRO, UTC))
        for since in [datetime.fromtimestamp]
        for subject, duty, leader, resource, session, county, place, begins, ends in rows
        for kind in [kind_of(duty, leader, resource)]
    ]


def _microseconds(end: str) -> Func:
    """An end of `during` as microseconds since 1970: a hundred thousand of them become moments in a third of the time that as
    many timestamps take."""
    return Func(
        "during", template=f"(extract(epoch FROM {end}(%(expressions)s)) * 1000000)::bigint", output_field=BigIntegerField()
    )


def kind_of(duty: str, leader: int | None, resource: str | None) -> ClashKind:
    if leader is not None:
        return ClashKind.GUEST
    if resource is not None:
        return KIND_OF_RESOURCE[resource]
    return ClashKind.HOST if duty == Duty.HOST else ClashKind.CREW


def moves(kind: ClashKind) -> bool:
    """Whether it has to come to the session: people do, and kits and phones, which somebody must carry."""
    return kind not in {ClashKind.STUDIO, ClashKind.ACCOUNT}


def price_claims(items: QuerySet[LineUpItem]) -> list[Claim]:
    """Goods on line-ups, at their price, for the hours of their segment or of the session."""
    begins, ends = (
        Coalesce("segment__starts_at", "session__planned_start_at"),
        Coalesce("segment__ends_at", "session__planned_end_at"),
    )
    rows = items.annotate(begins=begins, ends=ends).values_list(
        "product_id", "session_id", "session__county_id", "begins", "ends", "live_price_fen"
    )
    return [
        Claim(f"product:{product}", ClashKind.PRICE, session, county, "", begins, ends, price)
        for product, session, county, begins, ends, price in rows
    ]


def claims_between(begins: datetime, ends: datetime, county: str) -> list[Claim]:
    """Everything that sessions and holds of the county which begin from `begins` up to `ends` claim, and what is near enough in
    time; what its people are booked for elsewhere too."""
    near = Q(session__planned_start_at__gte=begins - 2 * NEAR, session__planned_start_at__lt=ends + NEAR)
    near_hold = Q(hold__starts_at__gte=begins - 2 * NEAR, hold__starts_at__lt=ends + NEAR)
    holding = Booking.objects.holding()
    own, held = holding.filter(near, session__county=county), holding.filter(near_hold, hold__county=county)
    people = own.filter(person__isnull=False).values("person").union(held.filter(person__isnull=False).values("person"))
    his = holding.filter(person__in=people)
    elsewhere = his.filter(near).exclude(session__county=county), his.filter(near_hold).exclude(hold__county=county)
    items = LineUpItem.objects.filter(near, session__county=county, session__state__in=HOLDS_TIME)
    prices = items.values("product").annotate(prices=Count("live_price_fen", distinct=True)).filter(prices__gt=1)
    return [*claims_of(own, held), *claims_of(*elsewhere), *price_claims(items.filter(product__in=prices.values("product")))]


def own_claims(holder: UUID) -> list[Claim]:
    """What one stored session or hold claims, its goods too."""
    return [
        *claims_of(Booking.objects.of([holder])),
        *price_claims(LineUpItem.objects.filter(session=holder)),
    ]


def claims_beside(own: list[Claim], *, ahead: timedelta = NEAR) -> list[Claim]:
    """What other sessions claim of the same subjects, at most a day before and `ahead` after these."""
    if not own:
        return []
    session, subjects = own[0].session, {claim.subject for claim in own}
    first, last = min(claim.begins for claim in own) - NEAR, max(claim.ends for claim in own) + ahead
    bookings = Booking.objects.holding().filter(subject__in=subjects).overlapping(first, last).exclude(holder=session)
    products = [int(subject.removeprefix("product:")) for subject in subjects if subject.startswith("product:")]
    near = Q(session__planned_start_at__gte=first - NEAR, session__planned_start_at__lt=last)
    items = LineUpItem.objects.filter(near, product__in=products, session__state__in=HOLDS_TIME).exclude(session=session)
    return [*claims_of(bookings), *(price_claims(items) if products else [])]


def rules_for(claims: Iterable[Claim], also: str = "") -> dict[str, Rules]:
    """The rules of every county that has one of these claims; those without a row of their own have the defaults."""
    counties = {claim.county for claim in claims} | ({also} if also else set())
    roads: dict[str, dict[tuple[str, str], int]] = {county: {} for county in counties}
    for county, one, other, minutes in TravelTime.objects.filter(county__in=counties).values_list(
        "county", "one", "other", "minutes"
    ):
        roads[county][one, other] = minutes
    kept = PlanRules.objects.in_bulk(counties)
    return {county: (kept.get(county) or PlanRules(county_id=county)).clash_rules(roads[county]) for county in counties}


def away_for(claims: Iterable[Claim]) -> Away:
    """What the people and resources of these claims said of their time, in one query."""
    ids: dict[str, set[int]] = {"person": set(), "resource": set()}
    for subject in {claim.subject for claim in claims}:
        what, _colon, key = subject.partition(":")
        if what in ids:
            ids[what].add(int(key))
    times = Availability.objects.of(people=ids["person"], resources=ids["resource"]).by_subject()

    def away(subject: str, begins: datetime, ends: datetime) -> str:
        known = times.get(subject)
        return "；".join(dict.fromkeys(said(gap) for gap in known.gaps(begins, ends))) if known else ""

    return away


def names_of(clashes: Iterable[Clash]) -> dict[str, str]:
    """The names of the subjects of these clashes, one query a kind."""
    ids: dict[str, set[str]] = {}
    for clash in clashes:
        what, _colon, key = clash.subject.partition(":")
        ids.setdefault(what, set()).add(key)
    tables: Mapping[str, tuple[QuerySet[User | Leader | Resource | Product], str]] = {
        "person": (User.objects.all(), "name"),
        "leader": (Leader.objects.all(), "name"),
        "resource": (Resource.objects.all(), "name"),
        "product": (Product.objects.all(), "title"),
    }
    return {
        f"{what}:{pk}": name
        for what, keys in ids.items()
        for rows, field in [tables[what]]
        for pk, name in rows.filter(pk__in=keys).values_list("pk", field)
    }


def told_of(holders: Iterable[UUID | None], county: str) -> dict[object, Told]:
    """What is said of these sessions and holds to somebody of this county: of another county's, that there is one."""
    asked = {pk for pk in holders if pk}
    rows = list(LiveSession.objects.filter(pk__in=asked).select_related("host", "place"))
    found = asked - {row.pk for row in rows}
    holds = Hold.objects.filter(pk__in=found).select_related("place") if found else ()
    sessions: dict[object, Told] = {
        row.pk: Told(
            row.title if row.county_id == county else "",
            row.host.name if row.county_id == county else "",
            row.place.short_name,
            row.planned_start_at,
            row.planned_end_at,
        )
        for row in rows
    }
    return sessions | {
        hold.pk: Told(
            hold.title if hold.county_id == county else "", "", hold.place.short_name, hold.starts_at, hold.ends_at, hold.kind
        )
        for hold in holds
    }


def duties_of(clashes: Iterable[Clash]) -> dict[tuple[str, object], str]:
    """What each person does in the other session or hold; by subject and holder."""
    crew = [clash for clash in clashes if clash.kind in {ClashKind.HOST, ClashKind.CREW}]
    rows = Booking.objects.of({clash.other for clash in crew}).filter(subject__in={clash.subject for clash in crew})
    found: dict[tuple[str, object], str] = {
        (row.subject, row.holder): row.get_duty_display() for row in rows.exclude(duty=Duty.HOST)
    }
    hosted = Booking.objects.filter(session__in={clash.other for clash in crew}, duty=Duty.HOST)
    return found | dict.fromkeys(((row.subject, row.session_id) for row in hosted), "")
