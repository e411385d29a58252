"""What may be typed on the form of a plan: people, places, leaders and goods by their names, as somebody who plans may name them.

A name is typed; a list helps where the browser has one. What means several is asked back with all of them in the sentence."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _

from livestream.models import Campaign, Leader, Place, Product, Resource, User
from livestream.rules.person import Role
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.planning import ResourceKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Model, QuerySet

    from livestream.actions.session import SessionPlan

LISTED = 500  # a longer list would weigh more than it helps: the name is typed, and found by asking
MEANT_AT_MOST = 8
KEY_DIGITS = 19  # less than a bigint holds
APART = re.compile(r"(尾号|#)\s*(\d{1,18})$")  # the end of a phone number, or a key: what tells two of one name apart
Row = TypeVar("Row", bound="Model")


class Unclear(Exception):
    """A sentence that says why a name is not understood."""


class Named(Generic[Row]):
    """Rows that are typed by name. `kept` are those that the plan holds already, whoever may name them now."""

    def __init__(
        self, rows: QuerySet[Any], label: Callable[[Row], str], called: Callable[[str], Iterable[Row]], kept: Iterable[Row] = ()
    ) -> None:
        self.rows, self.label, self.called = rows, label, called
        self.kept: list[Row] = list(kept)

    @cached_property
    def known(self) -> list[Row]:
        """All of them, where they are not too many; else those that are kept."""
        found = list(self.rows[: LISTED + 1])
        return found if len(found) <= LISTED else self.kept

    @property
    def labels(self) -> list[str]:
        return list(dict.fromkeys(self.label(row) for row in self.known))

    def find(self, typed: str) -> Row:
        """The row that is meant. Raises Unclear."""
        tail = APART.search(typed)
        words = typed[: tail.start()].strip() if tail else typed
        found = self.of_label(words) or list(self.called(words))
        if tail:
            found = [row for row in found if _ends(row, tail[1], tail[2])]
        if len(found) == 1:
            return found[0]
        if not found:
            raise Unclear(_("没有找到“{typed}”，请从列表里选，或把名字写全。").format(typed=typed[:40]))
        meant = "、".join(self._apart(row, found) for row in found[:MEANT_AT_MOST])
        raise Unclear(_("不止一个“{typed}”：{meant}。请写其中一个。").format(typed=typed[:40], meant=meant))

    def of_key(self, key: str) -> str:
        """The name of the row with this key, as `find` understands it; "" where there is none."""
        is_key = key.isascii() and key.isdigit() and len(key) < KEY_DIGITS
        row = self.rows.filter(pk=key).first() if is_key else None
        return self.shown(row) if row else ""

    def of_label(self, label: str) -> list[Row]:
        found = [row for row in [*self.kept, *self.known] if self.label(row) == label]
        return list({row.pk: row for row in found}.values())

    def shown(self, row: Row) -> str:
        """What `find` understands as this row."""
        return self._apart(row, self.of_label(self.label(row)))

    def _apart(self, row: Row, others: list[Row]) -> str:
        """A name that none of the others has."""
        label = self.label(row)
        if sum(self.label(other) == label for other in others) < 2:
            return label
        return f"{label}尾号 {row.phone[-4:]}" if isinstance(row, User) else f"{label} #{row.pk}"


def _ends(row: Model, kind: str, number: str) -> bool:
    if kind == "#":
        return str(row.pk) == number
    return isinstance(row, User) and row.phone.endswith(number)


def person_label(person: User) -> str:
    return f"{person.name}（{person.place.short_name}）"


def place_label(place: Place) -> str:
    return place.full_name


def leader_label(leader: Leader) -> str:
    return f"{leader.name}（{leader.title}）"


def product_label(product: Product) -> str:
    return f"{product.title}（{product.sku}）"


class Lists:
    """What one person who plans may name. `plan`: what is planned already may stay. The places are those in which he may do
    that `action`."""

    def __init__(self, by: User, plan: SessionPlan | None = None, *, action: Action = Action.PLAN_SESSION) -> None:
        self.by, self.plan = by, plan
        self.reach = by.reach(action)

    @cached_property
    def people(self) -> Named[User]:
        rows = User.objects.reached_by(self.by, Action.PLAN_SESSION).filter(is_active=True).select_related("place")
        kept = [self.plan.host, *(member.person for member in self.plan.crew)] if self.plan else []

        def called(words: str) -> list[User]:
            name = words.partition("（")[0].strip()
            found = list(rows.called(name)[:LISTED]) if name else []
            return [person for person in found if person.name == name] or found

        hosts_first = Case(When(role=Role.HOST, then=0), default=1)
        return Named(rows.order_by(hosts_first, "name", "pk"), person_label, called, kept)

    @cached_property
    def places(self) -> Named[Place]:
        rows = Place.objects.in_reach(self.reach).select_related("parent")
        kept = [self.plan.place, *(segment.place for segment in self.plan.segments)] if self.plan else []

        def called(words: str) -> list[Place]:
            return [place for place in rows.called(words) if len(place.pk) >= COUNTY_DIGITS]

        return Named(rows.order_by("code"), place_label, called, kept)

    @cached_property
    def leaders(self) -> Named[Leader]:
        rows = Leader.objects.visible_to(self.by, Action.PLAN_SESSION).in_office()
        kept = [guest.leader for guest in self.plan.guests if guest.leader] if self.plan else []

        def called(words: str) -> list[Leader]:
            return list(rows.filter(name="".join(words.partition("（")[0].split())))

        return Named(rows, leader_label, called, kept)

    @cached_property
    def products(self) -> Named[Product]:
        rows = Product.objects.visible_to(self.by, Action.PLAN_SESSION)
        kept = [item.product for item in self.plan.line_up] if self.plan else []

        def called(words: str) -> list[Product]:
            near = list(rows.filter(Q(sku=words) | Q(title__icontains=words)).order_by("title", "pk")[:LISTED])
            return [row for row in near if words in {row.sku, row.title}] or near

        return Named(rows.order_by("title", "pk"), product_label, called, kept)

    @cached_property
    def resources(self) -> list[Resource]:
        """Those to tick: accounts are booked by the rooms that use them."""
        there = Resource.objects.visible_to(self.by, Action.PLAN_SESSION).in_use().exclude(kind=ResourceKind.ACCOUNT)
        found = list(there.select_related("place__parent").order_by("place_id", "name"))
        kept = [thing for thing in self.plan.resources if thing not in found] if self.plan else []
        return sorted(found + kept, key=lambda thing: list(ResourceKind).index(ResourceKind(thing.kind)))

    @cached_property
    def accounts(self) -> list[str]:
        there = Resource.objects.visible_to(self.by, Action.PLAN_SESSION).in_use().filter(kind=ResourceKind.ACCOUNT)
        return list(there.order_by("account").values_list("account", flat=True).distinct()[:LISTED])

    @cached_property
    def campaigns(self) -> list[Campaign]:
        found = list(Campaign.objects.visible_to(self.by, Action.PLAN_SESSION).order_by("-from_on", "pk")[:LISTED])
        kept = self.plan.campaign if self.plan else None
        return [kept, *found] if kept and kept not in found else found
