"""What was acked is kept and counted once, whatever happens to the server meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from standardwebhooks import Webhook

from tests.factories import SECRET, make_order_body
from tests.faults.conftest import run_command
from tests.oracle import scope_totals

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ORDERS, PUSHES, CONNECTIONS = 600, 1000, 32

SETUP = f"""
from datetime import UTC, datetime, timedelta
from tests.factories import make_place, make_session, make_shop, make_user
county = make_place("140425")
make_shop(county, key="shop", secret="{SECRET}")
make_session(county, make_user("host", county), room="R1", went_live_at=datetime.now(UTC) - timedelta(hours=1))
"""


def evening(seed=7):
    """1,000 pushes of 600 orders as (message id, body): versions, refunds ahead of their order, repeats, all shuffled."""
    chance = random.Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    bodies = []
    for n in range(ORDERS):
        room = chance.choices(["R1", None, "R2"], [8, 1, 1])[0]
        price = chance.randint(1, 20_000)
        lines = [
            (i, chance.choice(["LDS-500", "HJ-250", "XM-5"]), chance.randint(1, 3), price // (i + 1))
            for i in range(chance.randint(1, 3))
        ]
        paid = sum(line[3] for line in lines)
        story = [("paid", [])]
        if chance.random() < 0.3:
            story.append(chance.choice([("shipped", []), ("cancelled", []), ("closed", [("R1", 0, chance.randint(0, paid))])]))
        if chance.random() < 0.1:
            story.append(
                ("completed", [("R2", 0, chance.randint(0, paid // 2), chance.choice(["requested", "succeeded", "withdrawn"]))])
            )
        for version, (status, refunds) in enumerate(story, start=1):
            at = now + timedelta(seconds=version)
            body = make_order_body(f"T{n:05d}", status=status, version=version, at=at, room=room, lines=lines, refunds=refunds)
            body["paid_at"] = now.isoformat()
            if version > 1 and chance.random() < 0.5:
                del body["lines"]
            bodies.append(body)
    pushes = [(f"msg_{i}", json.dumps(body).encode()) for i, body in enumerate(bodies)]
    pushes += chance.choices(pushes, k=PUSHES - len(pushes))
    chance.shuffle(pushes)
    return pushes


class Sender:
    """32 connections that send each push again until it is acked, and log what was."""

    def __init__(self, server, pushes):
        self.server = server
        self.waiting = list(reversed(pushes))
        self.acked = Counter()

    async def send_all(self, kills):
        limits = httpx.Limits(max_connections=CONNECTIONS)
        async with httpx.AsyncClient(base_url=self.server.url, limits=limits, timeout=10) as client:
            workers = [asyncio.create_task(self.work(client)) for _ in range(CONNECTIONS)]
            for acked in kills:
                while self.acked.total() < acked:
                    await asyncio.sleep(0.005)
                self.server.kill()
                await asyncio.to_thread(self.server.start)
            await asyncio.gather(*workers)

    async def work(self, client):
        while self.waiting:
            message_id, body = self.waiting.pop()
            while not await self.acks(client, message_id, body):
                await asyncio.sleep(0.05)
            self.acked[message_id] += 1

    async def acks(self, client, message_id, body):
        at = datetime.now(UTC)
        headers = {
            "content-type": "application/json", "webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(message_id, at, body.decode()),
        }  # fmt: skip
        try:
            answer = await client.post("/push/standard/shop/", content=body, headers=headers)
        except httpx.HTTPError:
            return False
        assert answer.status_code in {200, 503}, answer.text
        return answer.status_code == 200


def test_a_server_killed_twice_loses_nothing_and_counts_nothing_twice(server, own_database):
    made = run_command(own_database, "shell", "--no-imports", "-c", SETUP)
    assert made.returncode == 0, made.stderr
    pushes = evening()
    sender = Sender(server, pushes)

    asyncio.run(sender.send_all(kills=[300, 700]))

    assert sender.acked.total() == PUSHES
    with psycopg.connect(own_database.replace("postgres://", "postgresql://")) as database:
        (session,) = database.execute("SELECT id FROM livestream_livesession").fetchone()
        kept = {no for (no,) in database.execute("SELECT order_no FROM orders_order")}
        rows = database.execute(
            "SELECT scope, SUM(orders), SUM(units), SUM(paid_fen), SUM(refunded_fen) FROM orders_daytally GROUP BY 1"
        ).fetchall()
    messages = [json.loads(body) for _id, body in dict(pushes).items()]
    assert kept == {message["order_no"] for message in messages}
    assert {scope: tuple(map(int, sums)) for scope, *sums in rows if any(sums)} == scope_totals(messages, {"R1": session})
    audit = run_command(own_database, "audit_tallies")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert os.environ["CUNBO_TEST_RUN"] in own_database  # its own database, not the one of the other tests
