"""A plan as it was sent, with the people, places and things that it names; each is one that the sender may plan with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from livestream.actions.plan_check import parts_of
from livestream.actions.session import CrewPlan, GuestPlan, LineUpPlan, RoomPlan, SegmentPlan, SessionPlan
from livestream.api.fields import one
from livestream.models import Campaign, Leader, Place, Product, Resource, User
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


class Reader:
    """Looks up what a body names. What is not there and what is not the sender's to plan with are the same; what the session
    has already may stay. Raises ValidationError under the field's name."""

    def __init__(self, by: User, old: SessionPlan | None = None) -> None:
        self.by = by
        self.kept: list[Any] = list(parts_of(old)) if old else []

    def people(self, field: str, keys: Iterable[int]) -> dict[Any, User]:
        return self._found(field, User.objects.reached_by(self.by, Action.PLAN_SESSION).filter(is_active=True), keys)

    def places(self, field: str, codes: Iterable[str]) -> dict[Any, Place]:
        return self._found(field, Place.objects.in_reach(self.by.reach(Action.PLAN_SESSION)), codes)

    def resources(self, keys: Iterable[int]) -> dict[Any, Resource]:
        return self._found("resources", Resource.objects.visible_to(self.by, Action.PLAN_SESSION).in_use(), keys)

    def leaders(self, keys: Iterable[int]) -> dict[Any, Leader]:
        return self._found("guests", Leader.objects.visible_to(self.by, Action.PLAN_SESSION).in_office(), keys)

    def campaigns(self, keys: Iterable[int]) -> dict[Any, Campaign]:
        return self._found("campaign", Campaign.objects.visible_to(self.by, Action.PLAN_SESSION), keys)

    def products(self, skus: Iterable[str], county: str) -> dict[Any, Product]:
        rows = Product.objects.visible_to(self.by, Action.PLAN_SESSION).filter(county=county)
        return self._found("line_up", rows, skus, by="sku")

    def _found(self, field: str, rows: QuerySet[Any], keys: Iterable[Any], by: str = "pk") -> dict[Any, Any]:
        wanted = set(keys)
        if not wanted:
            return {}
        found = {getattr(row, by): row for row in self.kept if isinstance(row, rows.model) and getattr(row, by) in wanted}
        found |= {getattr(row, by): row for row in rows.filter(**{f"{by}__in": wanted - set(found)})}
        if missing := sorted(wanted - set(found)):
            raise ValidationError({field: [_("没有 {key}，或者不在您能排的范围里。").format(key=key) for key in missing[:5]]})
        return found


class Sent(NamedTuple):
    """The plan that a body means, its county, and the reasons given for clashes."""

    plan: SessionPlan
    county: Place
    excuses: dict[str, str]


def read_plan(body: dict[str, Any], by: User, old: SessionPlan | None = None) -> Sent:
    """Raises ValidationError."""
    reader = Reader(by, old)
    segments, crew, guests = body.get("segments", []), body.get("crew", []), body.get("guests", [])
    place = reader.places("place", [body["place"]])[body["place"]]
    county = one(Place.objects.all(), pk=place.pk[:COUNTY_DIGITS])
    places = reader.places("segments", [row["place"] for row in segments])
    people = reader.people("crew", [row["person"] for row in crew])
    leaders = reader.leaders([row["leader"] for row in guests if row["leader"]])
    goods = reader.products([row["sku"] for row in body.get("line_up", [])], county.pk)
    things, campaign = reader.resources(body.get("resources", [])), body["campaign"]
    plan = SessionPlan(
        kind=body["kind"],
        title=body["title"],
        host=reader.people("host", [body["host"]])[body["host"]],
        place=place,
        planned_start_at=body["planned_start_at"],
        planned_end_at=body["planned_end_at"],
        goal_fen=body["goal_fen"],
        rooms=[RoomPlan(**row) for row in body.get("rooms", [])],
        guests=[_guest(row, leaders) for row in guests],
        line_up=[
            LineUpPlan(goods[row["sku"]], row["live_price_fen"], row["committed_stock"], row["segment"])
            for row in body.get("line_up", [])
        ],
        segments=[SegmentPlan(row["title"], places[row["place"]], row["starts_at"], row["ends_at"]) for row in segments],
        crew=[CrewPlan(people[row["person"]], row["duty"]) for row in crew],
        resources=[things[key] for key in body.get("resources", [])],
        campaign=reader.campaigns([campaign])[campaign] if campaign else None,
        note=body["note"],
        is_public_interest=body["is_public_interest"],
        series=old.series if old else None,
        series_on=old.series_on if old else None,
    )
    return Sent(plan, county, excuses_of(body))


def _guest(row: dict[str, Any], leaders: dict[Any, Leader]) -> GuestPlan:
    leader = leaders.get(row["leader"])
    return GuestPlan(row.get("name", ""), row.get("title", ""), row.get("rank", ""), leader, row["segment"])


def excuses_of(body: dict[str, Any]) -> dict[str, str]:
    return {row["key"]: row["reason"] for row in body.get("excuses", [])}
