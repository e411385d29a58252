"""Every text of payloads.py sent in by every door there is: pushes, files, forms, the API; what has no form yet, by its row."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, timedelta

import httpx
from django.core.files.uploadedfile import SimpleUploadedFile

from livestream.models import (
    Availability,
    Campaign,
    Guest,
    Leader,
    LiveSession,
    Notice,
    Place,
    Product,
    Release,
    Resource,
    Room,
    Segment,
    Series,
    Supplier,
    User,
)
from livestream.rules.day import SHANGHAI
from orders.actions.file import begin_import, import_file, read_file
from orders.models import Hint, OrderFile, Shop
from tests.doors import as_bytes, signed
from tests.factories import make_order_body, make_user
from tests.orders.sheets.exports import make_file, make_row
from tests.security.payloads import ALL
from tests.sign_in import signed_in

STANDARD = "自有商城"


def send(url, orders, message_id):
    shop = Shop.objects.get(name=STANDARD)
    body = as_bytes(orders)
    headers = signed(body, message_id, shop.secret)
    answer = httpx.post(f"{url}/push/standard/{shop.key}/", content=body, headers=headers, trust_env=False, timeout=30)
    assert (answer.status_code, answer.json()["rejected"]) == (200, []), answer.text


def push_titles(url, now, room, numbers, round_=0):
    """An order for each text, as the title of what was sold; each round sells more of it than the one before."""
    orders = []
    for number in numbers:
        body = make_order_body(f"P{round_}-{number}", at=now, room=room, lines=((1, f"sku-{number}", 1 + round_, 100),))
        body["lines"][0]["title"] = ALL[number]
        orders.append(body)
    send(url, orders, f"titles-{round_}-{numbers[0]}")


def push_odd_fields(url, now, room):
    """The other texts of an order: its number, its goods' numbers, where it goes, who presented it. The adapter may refuse some."""
    shop = Shop.objects.get(name=STANDARD)
    fields = ["order_no", "province", "host_account", "live_room"]
    orders = [make_order_body(f"F{n}", at=now, room=room) | {fields[n % 4]: text} for n, text in enumerate(ALL)]
    for n, text in enumerate(ALL):
        orders[n]["lines"][0] |= {"sku": text, "title": text}
    body = as_bytes(orders)
    answer = httpx.post(
        f"{url}/push/standard/{shop.key}/", content=body, headers=signed(body, "odd", shop.secret), trust_env=False, timeout=30
    )
    assert answer.status_code == 200, answer.text


def import_rows(client, shop):
    """A file whose goods are the texts, half of its rows refused; and files named like them."""
    rows = [
        make_row(n, 选购商品=text, 商家编码=text, 省=text, 达人ID=text, 商品数量="1" if n % 2 else "x")
        for n, text in enumerate(ALL, start=50)
    ]
    client.post("/files/upload/", {"shop": shop.pk, "file": SimpleUploadedFile("订单.csv", make_file(rows))})
    for n, text in enumerate(ALL[::4]):
        client.post(
            "/files/upload/", {"shop": shop.pk, "file": SimpleUploadedFile(f"{text}.csv", make_file([make_row(900 + n)]))}
        )
    whole = OrderFile.objects.filter(name="订单.csv").latest("uploaded_at")
    read_file(whole.pk)
    begin_import(whole, at=whole.uploaded_at)
    import_file(whole.pk)


def note_incidents(client, session_by_form, session_by_api):
    for text in ALL:
        client.post(f"/sessions/{session_by_form}/incident/", {"kind": "stream_lost", "note": text})
        client.post(
            f"/api/v1/sessions/{session_by_api}/incidents/",
            json.dumps({"kind": "stream_lost", "note": text}),
            content_type="application/json",
        )


def make_links(client, board):
    for text in ALL:
        client.post("/board/links/", {"name": text, "board": board, "term": "month"})


def invite_people(client, village):
    for n, text in enumerate(ALL):
        said = {"phone": f"1002{n:07d}", "name": text, "live_name": text, "role": "host", "place": village}
        client.post("/people/invite/", said)


def dismiss_hints(client):
    for hint, text in zip(Hint.objects.all(), itertools.cycle(ALL)):
        client.post(f"/waiting/hints/{hint.pk}/dismiss/", {"note": text})


def rename_everything(now, world):
    """Every name that pages show: people, places, goods, suppliers, shops, rooms, guests, sessions; a day full of sessions."""
    texts = itertools.cycle(ALL)
    for model, field, longest in (
        (User, "name", 40), (User, "live_name", 40), (Product, "title", 80), (Product, "selling_points", 200), (Supplier, "name", 60),
        (Room, "account", 64), (Guest, "name", 40), (Guest, "title", 60), (LiveSession, "title", 60), (LiveSession, "note", 500),
        (Leader, "title", 60), (Leader, "unit", 60), (Resource, "name", 40), (Resource, "note", 200), (Segment, "title", 60),
        (Series, "title", 60), (Campaign, "name", 60), (Campaign, "note", 500), (Availability, "reason", 60), (Notice, "text", 500),
        (Release, "note", 200),
    ):  # fmt: skip
        for pk in model.objects.values_list("pk", flat=True):
            model.objects.filter(pk=pk).update(**{field: next(texts)[:longest]})
    for pk in Place.objects.filter(code__startswith="1404").values_list("pk", flat=True)[:100]:
        Place.objects.filter(pk=pk).update(name=next(texts)[:40])
    live = LiveSession.objects.get(pk=world["live"])
    last = (
        now.astimezone(SHANGHAI).replace(hour=23, minute=50).astimezone(UTC)
    )  # pages of today show what begins today, late in the evening too
    start = min(now + timedelta(hours=1), last)
    hosts = [make_user("host", live.place, name=text[:40]) for text in ALL]
    LiveSession.objects.bulk_create(
        LiveSession(
            county=live.county, place=live.place, host=host, kind="village_host", state="in_review", title=text,
            planned_start_at=start, planned_end_at=start + timedelta(hours=1),
        )
        for host, text in zip(hosts, ALL, strict=True)
    )  # fmt: skip
    night = (start + timedelta(days=2)).replace(hour=19, minute=0)  # three in the morning: nobody else is booked then
    LiveSession.objects.bulk_create(
        LiveSession(
            county=live.county, place=live.place, host=live.host, kind="village_host", state="approved", title=text,
            planned_start_at=night + timedelta(days=n), planned_end_at=night + timedelta(days=n, minutes=30),
        )
        for n, text in enumerate(ALL)
    )  # fmt: skip


def plant(url, world, now):
    staff = signed_in(world["people"]["staff"])
    live = LiveSession.objects.get(pk=world["live"])
    Shop.objects.filter(platform="standard", county=live.county_id).update(name=STANDARD)
    room = live.rooms.order_by("pk").first().room_id
    push_titles(url, now, room, range(len(ALL)))
    push_odd_fields(url, now, room)
    import_rows(staff, Shop.objects.get(platform="douyin"))
    note_incidents(staff, world["live"], world["over"])
    make_links(staff, f"county:{live.county_id}")
    invite_people(staff, "东寺头村")
    dismiss_hints(staff)
    rename_everything(now, world)
