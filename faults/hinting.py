"""A practice shop of 抖店, whose pushes are only hints: the orders are fetched by a worker from the fake platform."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faults.case import ROOT
from faults.world import COUNTY
from orders.platforms.fake import FakeDouyin, Good, Push

if TYPE_CHECKING:
    from faults.bed import Scene
    from faults.case import Result
    from faults.processes import Web

KEY = "practice"
SHOP = f"""
import django; django.setup()
from orders.models import Shop
Shop.objects.create(county_id="{COUNTY}", platform="douyin", key="{KEY}", name="练习店", app_key="app", secret="s3cret",
    access_token="t", is_practice=True)
"""
SHELF = [Good("LDS-500", "潞党参 500g", 5980), Good("HJ-250", "大红袍花椒 250g", 3980, freight_fen=600)]
WAITING = "SELECT count(*) FROM orders_hint WHERE asked > answered"
KEPT = """
SELECT COALESCE(SUM(orders), 0)::int, COALESCE(SUM(units), 0)::int, COALESCE(SUM(paid_fen), 0)::int,
  COALESCE(SUM(refunded_fen), 0)::int
FROM orders_daytally WHERE scope = %s
"""


@dataclass(slots=True)
class Practice:
    """The fake platform with what it sold, and the shop that it tells."""

    scene: Scene
    fake: FakeDouyin
    environment: dict[str, str]

    def sell(self, web: Web, count: int) -> None:
        """So many orders, told by hints; every fifth is refunded."""
        pushes: list[Push] = []
        for n in range(count):
            pushes += self.fake.sell([(SHELF[n % 2], 1 + n % 3)])
            if n % 5 == 0:
                pushes += self.fake.refund(pushes[-1].number)
        self.fake.deliver(f"{web.url}/push/douyin/{KEY}/", pushes)

    def waiting(self) -> int:
        return int(self.scene.cluster.execute(WAITING)[0][0])

    def wait_until_answered(self, seconds: float) -> float:
        """Seconds until no hint waits; infinity when some still do."""
        began = time.monotonic()
        while self.waiting():
            if time.monotonic() - began > seconds:
                return float("inf")
            time.sleep(0.1)
        return time.monotonic() - began

    def judge(self, result: Result) -> Result:
        """Counted is what the platform sold: less is lost, more is double."""
        totals = self.fake.totals()
        orders, units, paid, refunded = self.scene.cluster.execute(KEPT, [f"county:{COUNTY}"])[0]
        result.lost += max(0, totals.orders - orders)
        result.double += max(0, orders - totals.orders)
        if (units, paid, refunded) != (totals.units, totals.paid_fen, totals.refunded_fen) and not result.lost:
            result.double += 1
            result.problems.append(f"counted {(orders, units, paid, refunded)}, sold {totals}")
        return result


def open_practice(scene: Scene) -> Practice:
    fake = FakeDouyin("app", "s3cret", seed=24)
    fake.start()
    scene.stack.callback(fake.stop)
    subprocess.run([sys.executable, "-c", SHOP], cwd=ROOT, env=scene.environment(), check=True)
    return Practice(scene, fake, {"PRACTICE_PLATFORM_URL": fake.url})
