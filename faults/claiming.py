"""`python -m faults.claiming SECONDS`: hints come, are claimed and answered, again and again; prints a claim's p95 in ms."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

HINTS = 200


def main(seconds: float) -> None:
    import django

    django.setup()
    from django.db.models import F

    from faults.world import SHOP
    from orders.actions.hints import Answer, claim_hints, settle_hints
    from orders.models import Hint, Shop

    shop = Shop.objects.get(key=SHOP)
    first = datetime.now(UTC)
    Hint.objects.bulk_create(
        [
            Hint(county_id=shop.county_id, shop=shop, kind="order", number=f"H{n:05d}", due_at=first, first_asked_at=first)
            for n in range(HINTS)
        ],
        ignore_conflicts=True,
    )
    took: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        now = datetime.now(UTC)
        began = time.perf_counter()
        hints = claim_hints(40, now)
        took.append((time.perf_counter() - began) * 1000)
        settle_hints([Answer(hint) for hint in hints], now)
        if not hints:
            Hint.objects.update(asked=F("asked") + 1, due_at=now)
        time.sleep(0.005)
    took.sort()
    sys.stdout.write(f"{took[len(took) * 95 // 100]:.2f}\n")


if __name__ == "__main__":
    main(float(sys.argv[1]))
