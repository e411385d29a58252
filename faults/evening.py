"""An evening of pushes: orders in several versions, refunds ahead of their order, cancellations, repeats, all shuffled."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from faults.sender import Push, push_of
from faults.world import OTHER_ROOM, ROOM

if TYPE_CHECKING:
    from collections.abc import Iterator

GOODS = (("LDS-500", "潞党参 500g"), ("DHP-250", "大红袍花椒 250g"), ("SB-1000", "带霜柿饼 2斤"), ("", "没有编码的小米"))


def evening(count: int, *, repeats: float = 0.3, seed: int = 7, prefix: str = "T") -> list[Push]:
    """`count` pushes, that share of them repeats of others, in no order."""
    chance = random.Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    pushes: list[Push] = []
    fresh = count - round(count * repeats)
    number = 0
    while len(pushes) < fresh:
        number += 1
        story = story_of(f"{prefix}{number:06d}", chance, now)
        pushes += [push_of(f"{prefix}_{number}_{n}", body) for n, body in enumerate(story)]
    del pushes[fresh:]
    pushes += chance.choices(pushes, k=count - fresh)
    chance.shuffle(pushes)
    return pushes


def crowd(count: int, *, seed: int = 7) -> list[Push]:
    """Many messages about few orders, those of one order close together: several processes hold the same order at once."""
    chance = random.Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    pushes: list[Push] = []
    for group in range(count // 200 + 1):
        some = [crowded(group * 10 + order, version, chance, now) for order in range(10) for version in range(1, 17)]
        some += chance.choices(some, k=40)
        chance.shuffle(some)
        pushes += some
    return pushes[:count]


def crowded(number: int, version: int, chance: random.Random, now: datetime) -> Push:
    """One of many versions of an order, each with other lines."""
    body = {
        "order_no": f"C{number:06d}", "version": version, "updated_at": (now + timedelta(seconds=version)).isoformat(),
        "status": chance.choice(["paid", "shipped", "completed"]), "paid_at": now.isoformat(), "live_room": ROOM,
        "lines": [line_of(n, chance) for n in (1, 2)],
    }  # fmt: skip
    return push_of(f"C_{number}_{version}", body)


def story_of(order_no: str, chance: random.Random, now: datetime) -> list[dict[str, Any]]:
    """The messages about one order, oldest first: each newer than the one before, with versions or only with times."""
    lines = [line_of(n, chance) for n in range(1, chance.randint(1, 3) + 1)]
    paid = sum(line["paid_fen"] for line in lines)
    story: list[tuple[str, list[dict[str, Any]]]] = [("paid", [])]
    if chance.random() < 0.3:
        refund = refund_of("R1", "succeeded", chance.randint(0, paid), now + timedelta(seconds=2))
        story.append(chance.choice([("shipped", []), ("cancelled", []), ("closed", [refund])]))
    if chance.random() < 0.15:
        status = chance.choice(["requested", "succeeded", "withdrawn"])
        story.append(("completed", [refund_of("R2", status, chance.randint(0, paid), now + timedelta(seconds=3))]))
    room = chance.choices([ROOM, None, OTHER_ROOM], [8, 1, 1])[0]
    is_versioned = chance.random() < 0.7
    messages = []
    for version, (status, refunds) in enumerate(story, start=1):
        body: dict[str, Any] = {
            "order_no": order_no, "updated_at": (now + timedelta(seconds=version)).isoformat(), "status": status,
            "paid_at": now.isoformat(), "live_room": room, "province": "北京市",
        }  # fmt: skip
        if is_versioned:
            body["version"] = version
        if version == 1 or chance.random() < 0.5:
            body["lines"] = lines
        if refunds:
            body["refunds"] = refunds
        messages.append(body)
    return messages


def line_of(number: int, chance: random.Random) -> dict[str, Any]:
    sku, title = chance.choice(GOODS)
    fen = chance.randint(1, 20_000)
    return {"line_no": str(number), "sku": sku, "title": title, "quantity": chance.randint(1, 3), "paid_fen": fen}


def refund_of(number: str, status: str, fen: int, at: datetime) -> dict[str, Any]:
    return {"refund_no": number, "line_no": "1", "status": status, "refund_fen": fen, "quantity": 1, "updated_at": at.isoformat()}


def big_pushes(count: int, *, orders: int = 100, prefix: str = "B") -> Iterator[Push]:
    """Pushes of many small orders each: hard to take, easy to send."""
    moment = datetime.now(UTC).isoformat()
    line = {"line_no": "1", "sku": "LDS-500", "title": "潞党参 500g", "quantity": 1, "paid_fen": 5980}
    body = [
        {
            "order_no": f"{prefix}@-{n}", "version": 1, "updated_at": moment, "status": "paid", "paid_at": moment,
            "live_room": ROOM, "lines": [line],
        }
        for n in range(orders)
    ]  # fmt: skip
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    for number in range(count):
        yield Push(f"{prefix}_{number}", content.replace("@", f"{number:06d}"))
