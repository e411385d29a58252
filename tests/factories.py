"""Rows with sensible defaults, as plain functions."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, date, datetime, timedelta

from livestream.actions.approval import is_asked_for, planned_now
from livestream.actions.session import LineUpPlan, RoomPlan, SessionPlan, end_session, go_live, schedule_session
from livestream.models import BroadcastRequest, Leader, LiveSession, PersonalData, Place, Product, Supplier, User
from livestream.rules.place import level_of
from livestream.rules.session import HOLDS_TIME
from orders.actions.arrival import Arrival, ShopRef
from orders.models import Shop
from orders.platforms import standard

numbers = itertools.count(1)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def make_place(code="140425", name="平顺县") -> Place:
    parents = [length for length in (2, 4, 6, 9) if length < len(code)]
    parent = None
    for length in parents:
        parent, _ = Place.objects.get_or_create(
            code=code[:length], defaults={"name": code[:length], "level": level_of(code[:length]), "parent": parent}
        )
    return Place.objects.update_or_create(code=code, defaults={"name": name, "level": level_of(code), "parent": parent})[0]


def make_user(role="host", place=None, password="correct horse battery", *, is_checked=True, **kwargs) -> User:
    """Grown up, as staff have seen, and with his name published, unless said otherwise."""
    n = next(numbers)
    kwargs.setdefault("shows_name", True)
    user = User(phone=f"100{n:08d}", name=kwargs.pop("name", f"甲{n}"), role=role, place=place or make_place(), **kwargs)
    user.set_password(password)
    user.save()
    if is_checked:
        PersonalData.objects.create(user=user, is_adult=True, checked_on=date(2026, 1, 5))
    return user


def make_shop(county=None, platform="standard", **kwargs) -> Shop:
    defaults = {"name": f"店{next(numbers)}", "secret": SECRET, "app_key": "app"}
    return Shop.objects.create(county=county or make_place(), platform=platform, **(defaults | kwargs))


def make_supplier(county=None, **kwargs) -> Supplier:
    county = county or make_place()
    return Supplier.objects.create(
        county=county, **({"name": f"社{next(numbers)}", "kind": "cooperative", "place": county} | kwargs)
    )


def make_product(county=None, sku=None, **kwargs) -> Product:
    county = county or make_place()
    n = next(numbers)
    defaults = {
        "title": f"货{n}",
        "product_class": "craft",  # needs no papers
        "net_weight_grams": 500,
        "list_price_fen": 5980,
        "supplier": kwargs.pop("supplier", None) or make_supplier(county),
    }
    return Product.objects.create(county=county, sku=sku or f"SKU-{n}", **(defaults | kwargs))


def make_session(
    county=None,
    host=None,
    *,
    kind="village_host",
    room="R1",
    account="A1",
    went_live_at=None,
    ended_at=None,
    line_up=(),
    **kwargs,
) -> LiveSession:
    """A session in draft; on air when `went_live_at` is given, ended when `ended_at` is too. Hours that nobody mentions are free:
    where the host is booked already, the plan lies behind his last session."""
    county = county or make_place()
    host = host or make_user("host", county)
    start = kwargs.pop("planned_start_at", None) or free_start(host, went_live_at or datetime.now(UTC) + timedelta(hours=1))
    plan = SessionPlan(
        kind, kwargs.pop("title", "潞党参专场"), host, county, start, start + timedelta(hours=2),
        rooms=[RoomPlan("douyin", room, account)], line_up=[LineUpPlan(*item) for item in line_up], **kwargs,
    )  # fmt: skip
    session = schedule_session(plan, county=county)
    if went_live_at:
        LiveSession.objects.filter(pk=session.pk).update(state="rehearsed")
        session.refresh_from_db()
        if is_asked_for(session):
            make_approval(session)
        go_live(session, at=went_live_at)
    if ended_at:
        end_session(session, at=ended_at)
    return session


def free_start(host, start, length=timedelta(hours=2)) -> datetime:
    """`start`, or where the host is booked then, the end of his last session."""
    his = LiveSession.objects.filter(host=host, state__in=HOLDS_TIME)
    is_booked = his.filter(planned_start_at__lt=start + length, planned_end_at__gt=start).exists()
    return his.latest("planned_end_at").planned_end_at if is_booked else start


def make_approval(session: LiveSession, at=None, *, organiser="县电商中心") -> BroadcastRequest:
    """An approved request for this session as it is planned now, past all checks."""
    at = at or session.planned_start_at - timedelta(days=7)
    return BroadcastRequest.objects.create(
        session=session,
        organiser=organiser,
        aim="brand",
        goods_reason="本县的地理标志产品",
        quality_promise="坏果包赔",
        asked_by=make_user("staff", session.county, is_checked=False),
        asked_at=at,
        decision="approved",
        decided_by=make_user("approver", session.county, is_checked=False),
        decided_at=at,
        covers=planned_now(session).to_json(),
    )


def make_leader(county=None, name="", **kwargs) -> Leader:
    defaults = {"title": "县长", "rank": "top", "department": "government", "unit": "县人民政府"}
    return Leader.objects.create(county=county or make_place(), name=name or f"领{next(numbers)}", **(defaults | kwargs))


def make_order_body(
    order_no="T1", *, status="paid", version=1, at=None, lines=((1, "LDS-500", 2, 11960),), refunds=(), room="R1", **kwargs
):
    """One order of the `standard` format; `lines` as (line no, sku, quantity, fen), `refunds` as (no, line no, fen[, status])."""
    at = at or datetime.now(UTC)
    body = {
        "order_no": order_no,
        "version": version,
        "updated_at": at.isoformat(),
        "status": status,
        "paid_at": None if status in {"created", "cancelled"} else at.isoformat(),
        "live_room": room,
        "province": "北京市",
        "lines": [{"line_no": str(no), "sku": sku, "title": sku, "quantity": quantity, "paid_fen": fen} for no, sku, quantity, fen in lines],
        "refunds": [
            {"refund_no": r[0], "line_no": str(r[1]), "status": r[3] if len(r) > 3 else "succeeded", "refund_fen": r[2], "quantity": 1,
             "updated_at": at.isoformat()}
            for r in refunds
        ],
    }  # fmt: skip
    return {key: value for key, value in (body | kwargs).items() if value is not ...}


def make_arrival(shop, *orders, message_id="", now=None) -> Arrival:
    """What the `standard` adapter makes of these orders."""
    body = json.dumps(list(orders)).encode()
    (message,) = standard.parse({"webhook-id": message_id}, body, now or datetime.now(UTC))
    return Arrival(
        ShopRef(shop.pk, shop.county_id),
        message.events,
        message.hints,
        message.rejected,
        message.message_id,
        message.digest,
        body,
    )
