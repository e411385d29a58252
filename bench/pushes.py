"""Durable signed pushes a second: ours, a DRF view with the ORM, and a bare ASGI application that only checks the signature."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from bench.goods import SHOP_KEY
from bench.processes import run_module, uvicorn
from bench.report import Figure, Outcome, median

if TYPE_CHECKING:
    from bench.processes import Server
    from bench.scene import Scene

NAME = "pushes"
WHAT = "durable signed pushes a second, committed before the answer, 128 connections, two lines an order"
PATH = f"/push/standard/{SHOP_KEY}/"


@dataclass(slots=True)
class Side:
    """One of those measured; `url` is its database, None for the one that stores nothing."""

    who: str
    server: Server
    url: str | None
    sent: int = 0
    results: list[dict[str, Any]] = field(default_factory=list)

    def send(self, run: str, count: int) -> dict[str, Any]:
        answer = run_module("bench.load", str(self.server.port), PATH, "--run", run, "--count", str(count))
        if answer["statuses"] != {"200": count} or answer["applied"] != count:
            raise SystemExit(f"{self.who}: not every push was counted: {answer}")
        self.sent += count
        return answer

    def check(self) -> None:
        """Every acked order is there, and counted once."""
        if self.url is None:
            return
        with psycopg.connect(self.url) as connection:
            found = connection.execute(
                "SELECT (SELECT count(*) FROM orders_order),"
                " (SELECT sum(orders) FROM orders_daytally WHERE scope LIKE 'session:%')"
            ).fetchone()
        if found != (self.sent, self.sent):
            raise SystemExit(f"{self.who}: {self.sent} orders were acked, the database says {found}")

    def median(self, name: str) -> float:
        return median([result[name] for result in self.results])


def bench(scene: Scene, *, quick: bool) -> Outcome:
    seconds, rounds, warm_up = (0.5, 1, 64) if quick else (8.0, 5, 512)
    with ExitStack() as stack:
        ours_url = stack.enter_context(scene.scratch("pushes_ours"))
        peer_url = stack.enter_context(scene.scratch("pushes_drf"))
        sides = [
            Side("Cunbo", stack.enter_context(uvicorn("config.asgi:application", DATABASE_URL=ours_url)), ours_url),
            Side(
                "DRF and ORM", stack.enter_context(uvicorn("bench.peers.drf_asgi:application", DATABASE_URL=peer_url)), peer_url
            ),
            Side("bare ASGI, signature only", stack.enter_context(uvicorn("bench.peers.bare_asgi:application")), None),
        ]
        rates = {side.who: side.send("W", warm_up)["per_s"] for side in sides}
        for n in range(rounds):
            for side in sides:
                before = side.server.cpu_s()
                result = side.send(f"R{n}", max(warm_up, int(rates[side.who] * seconds)))
                rates[side.who] = result["per_s"]
                result["cpu_us"] = (side.server.cpu_s() - before) / sum(result["statuses"].values()) * 1e6
                side.results.append(result)
        for side in sides:
            side.check()
    rate = sides[0].median("per_s")
    return Outcome(NAME, WHAT, [figure(side, None if side is sides[0] else rate / side.median("per_s")) for side in sides])


def figure(side: Side, ratio: float | None) -> Figure:
    more = {
        "p50 ms": side.median("p50_ms"),
        "p99 ms": side.median("p99_ms"),
        "server CPU µs/push": side.median("cpu_us"),
    }
    return Figure(side.who, side.median("per_s"), "pushes/s", ratio, [result["per_s"] for result in side.results], more)
