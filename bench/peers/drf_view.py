"""The same push, counted the usual way: a DRF view, serializers, the ORM, one transaction a push.

It writes the same tables with the same constraints and gives the same figures for the orders of the bench. Written as a
good Django programmer would write it in an afternoon: the body is verified once, rows are locked in one order, counters
move by F() expressions, lines and ledger rows go in by bulk_create.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView
from standardwebhooks import Webhook, WebhookVerificationError

from livestream.models import BoardVersion, LiveSession
from orders.models import (
    DayTally,
    Delivery,
    ItemTally,
    LedgerEntry,
    MinuteTally,
    Order,
    OrderLine,
    SecondTally,
    Shop,
    ShopTally,
    SoldItem,
)

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model
    from rest_framework.request import Request

COUNTED = {"paid", "shipped", "received", "completed", "closed"}


class LineSerializer(serializers.Serializer):  # type: ignore[type-arg]
    line_no = serializers.CharField(max_length=64)
    sku = serializers.CharField(max_length=128, allow_blank=True)
    title = serializers.CharField(max_length=200)
    quantity = serializers.IntegerField(min_value=0)
    paid_fen = serializers.IntegerField(min_value=0)


class OrderSerializer(serializers.Serializer):  # type: ignore[type-arg]
    order_no = serializers.CharField(max_length=64)
    version = serializers.IntegerField(min_value=0)
    updated_at = serializers.DateTimeField()
    status = serializers.ChoiceField(["created", "paid", "shipped", "received", "completed", "cancelled", "closed"])
    paid_at = serializers.DateTimeField(allow_null=True)
    live_room = serializers.CharField(max_length=64, allow_null=True)
    host_account = serializers.CharField(max_length=64, allow_null=True)
    province = serializers.CharField(max_length=32, allow_null=True)
    lines = LineSerializer(many=True)


class PushView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def post(self, request: Request, key: str) -> Response:
        shop = get_object_or_404(Shop.objects.active(), platform="standard", key=key)
        body = request.body
        try:
            Webhook(shop.secret).verify(body, dict(request.headers), json_parse=False)
        except WebhookVerificationError:
            return Response({"code": 401, "msg": "signature or time"}, status=401)
        serializer = OrderSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        outcome = count_push(shop, request.headers["webhook-id"], body, serializer.validated_data)
        counts = {name: int(name == outcome) for name in ("applied", "duplicate", "stale")}
        return Response({"code": 0, "msg": "success", **counts, "rejected": []})


@transaction.atomic
def count_push(shop: Shop, message_id: str, body: bytes, data: dict[str, Any]) -> str:
    """Counts one order once; returns what became of it."""
    now = timezone.now()
    delivery, is_new = Delivery.objects.get_or_create(
        county_id=shop.county_id,
        shop=shop,
        message_id=message_id,
        digest=hashlib.sha256(body).digest(),
        defaults={"received_at": now},
    )
    if not is_new:
        return "applied" if delivery.applied else "stale"
    known = Order.objects.select_for_update().filter(county_id=shop.county_id, shop=shop, order_no=data["order_no"]).first()
    if known is not None and known.status_rank >= data["version"]:
        Delivery.objects.filter(pk=delivery.pk).update(stale=1)
        return "stale"
    store_order(shop, data, known, now)
    Delivery.objects.filter(pk=delivery.pk).update(applied=1)
    return "applied"


def store_order(shop: Shop, data: dict[str, Any], known: Order | None, now: datetime) -> None:
    session = session_of(shop, data)
    rank = data["version"]
    fields = {name: data[name] for name in ("status", "paid_at", "live_room", "host_account", "province")}
    ranks = {f"{name}_rank": rank for name in ("status", "paid", "room", "account", "province", "lines")}
    order, _ = Order.objects.update_or_create(
        county_id=shop.county_id,
        shop=shop,
        order_no=data["order_no"],
        defaults={
            **fields, **ranks, "status_at": data["updated_at"], "session": session, "evidence": "room" if session else "",
            "counted_at": known.counted_at if known else now, "changed_at": now,
        },
    )  # fmt: skip
    if known is not None:
        take_back(order, now)
    OrderLine.objects.filter(order=order).delete()
    lines = [
        OrderLine(
            county_id=shop.county_id, order=order, line_no=line["line_no"], item=item_of(shop, line), sku=line["sku"],
            title=line["title"], quantity=line["quantity"], paid_fen=line["paid_fen"], rank=rank,
        )
        for line in sorted(data["lines"], key=lambda line: line["sku"])
    ]  # fmt: skip
    OrderLine.objects.bulk_create(lines)
    if order.status in COUNTED:
        book([entry_of(order, line, position, now) for position, line in enumerate(lines)])


def session_of(shop: Shop, data: dict[str, Any]) -> LiveSession | None:
    if not data["live_room"] or data["paid_at"] is None:
        return None
    on_air = Q(went_live_at__lte=data["paid_at"]) & (Q(ended_at=None) | Q(ended_at__gt=data["paid_at"]))
    return (
        LiveSession.objects.filter(on_air, county_id=shop.county_id, rooms__room_id=data["live_room"])
        .order_by("-went_live_at")
        .first()
    )


def item_of(shop: Shop, line: dict[str, Any]) -> SoldItem:
    item, _ = SoldItem.objects.get_or_create(
        county_id=shop.county_id, sku=line["sku"] or line["title"][:128], defaults={"title": line["title"]}
    )
    return item


def entry_of(order: Order, line: OrderLine, position: int, now: datetime) -> LedgerEntry:
    occurred_at = order.paid_at or order.status_at
    assert occurred_at is not None
    assert order.counted_at is not None
    return LedgerEntry(
        county_id=order.county_id, shop_id=order.shop_id, order=order, line_no=line.line_no, item_id=line.item_id,
        session_id=order.session_id, business_day=timezone.localdate(occurred_at), occurred_at=occurred_at,
        counted_at=order.counted_at, recorded_at=now, orders=int(position == 0), item_orders=1, units=line.quantity,
        paid_fen=line.paid_fen, refunded_fen=0, cause="push",
    )  # fmt: skip


def take_back(order: Order, now: datetime) -> None:
    """An order that changed is taken back in full before it is booked anew."""
    entries = list(LedgerEntry.objects.filter(order=order))
    for entry in entries:
        entry.pk = None
        entry.recorded_at = now
        for name in ("orders", "item_orders", "units", "paid_fen", "refunded_fen"):
            setattr(entry, name, -getattr(entry, name))
    book(entries)


def book(entries: list[LedgerEntry]) -> None:
    """Ledger rows, and the tallies and board versions that follow from them."""
    LedgerEntry.objects.bulk_create(entries)
    for entry in entries:
        inner = f"session:{entry.session_id}" if entry.session_id else f"unattributed:{entry.county_id}"
        for scope in (f"county:{entry.county_id}", inner):
            money = {"units": entry.units, "paid_fen": entry.paid_fen, "refunded_fen": entry.refunded_fen}
            minute = entry.occurred_at.replace(second=0, microsecond=0)
            second = entry.counted_at.replace(microsecond=0)
            add(DayTally, entry, {"scope": scope, "day": entry.business_day}, {"orders": entry.orders, **money})
            add(
                ItemTally, entry, {"scope": scope, "day": entry.business_day, "item_id": entry.item_id},
                {"orders": entry.item_orders, **money},
            )  # fmt: skip
            add(
                ShopTally, entry, {"scope": scope, "day": entry.business_day, "shop_id": entry.shop_id},
                {"orders": entry.orders, **money},
            )  # fmt: skip
            add(MinuteTally, entry, {"scope": scope, "minute": minute}, {"orders": entry.orders, "paid_fen": entry.paid_fen})
            add(SecondTally, entry, {"scope": scope, "second": second}, {"orders": entry.orders})
    for scope in sorted(
        {f"county:{e.county_id}" for e in entries} | {f"session:{e.session_id}" for e in entries if e.session_id}
    ):
        if not BoardVersion.objects.filter(scope=scope).update(version=F("version") + 1):
            BoardVersion.objects.get_or_create(scope=scope, county_id=entries[0].county_id)
            BoardVersion.objects.filter(scope=scope).update(version=F("version") + 1)


def add(tally: type[Model], entry: LedgerEntry, key: dict[str, Any], amounts: dict[str, int]) -> None:
    """Adds to a counter row; the first one of its key makes it."""
    moved = {name: F(name) + amount for name, amount in amounts.items()}
    rows = tally._default_manager.filter(**key)
    if not rows.update(**moved):
        _, is_new = tally._default_manager.get_or_create(**key, defaults={"county_id": entry.county_id, **amounts})
        if not is_new:
            rows.update(**moved)
