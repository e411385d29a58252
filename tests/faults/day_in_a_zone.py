"""A program of its own, run with TZ set to somewhere: counts orders around midnight, prints the sums by day, keeps nothing.

DATABASE_URL=… TZ=America/New_York PGTZ=America/New_York python -m tests.faults.day_in_a_zone
"""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
zone = os.environ["TZ"]
django.setup()
os.environ["TZ"] = zone  # Django has put its own TIME_ZONE there; whoever has another is what is tried here

import time  # noqa: E402

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from orders.actions.file import begin_import, import_file, store_file  # noqa: E402
from orders.actions.intake import receive  # noqa: E402
from orders.models import DayTally, LedgerEntry, MinuteTally, Order  # noqa: E402
from orders.models.ledger import Cause  # noqa: E402
from tests.factories import make_arrival, make_order_body, make_place, make_session, make_shop, make_user  # noqa: E402
from tests.orders.sheets.exports import make_file, make_row  # noqa: E402

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
# Shanghai's midnight of 2026-11-21 is 16:00 UTC; the others are the midnights of the zones that are tried.
MOMENTS = {
    "last microsecond of the 20th": "2026-11-20T23:59:59.999999+08:00",
    "first of the 21st": "2026-11-21T00:00:00+08:00",
    "noon": "2026-11-21T12:00:00+08:00",
    "midnight of UTC": "2026-11-21T00:00:00+00:00",
    "midnight of New York": "2026-11-21T00:00:00-05:00",
    "a millisecond before the 22nd": "2026-11-21T23:59:59.999+08:00",
    "the 22nd": "2026-11-21T16:00:00+00:00",
    "the 22nd, as New York says it": "2026-11-21T11:00:00-05:00",
}
CELLS = ["2026-11-20 23:59:59", "2026-11-21 00:00:00", "2026-11-21 23:59:59", "2026-11-22 00:00:00"]


def count() -> dict[str, object]:
    county = make_place("140425", "平顺县")
    pushed, filed = make_shop(county), make_shop(county, platform="douyin")
    # On air from half an hour before midnight to half an hour after it.
    began = datetime.fromisoformat("2026-11-21T23:30:00+08:00")
    session = make_session(county, make_user("host", county), went_live_at=began, ended_at=began + timedelta(hours=1))
    for name, moment in MOMENTS.items():
        body = make_order_body(name, at=datetime.fromisoformat(moment), lines=[(1, "A", 1, 100)])
        receive([make_arrival(pushed, body, now=NOW)], cause=Cause.PUSH, at=NOW)
    rows = [make_row(n, 支付完成时间=cell, 订单提交时间=cell, 订单应付金额="1.00") for n, cell in enumerate(CELLS)]
    file = store_file(filed, io.BytesIO(make_file(rows)), name="x.csv", by=None, at=NOW)
    begin_import(file, at=NOW)
    import_file(file.pk, lambda: NOW)
    of_pushes = LedgerEntry.objects.filter(shop=pushed).order_by("order__order_no").values_list("order__order_no", "business_day")
    of_files = LedgerEntry.objects.filter(shop=filed).order_by("order__order_no").values_list("business_day", flat=True)
    return {
        "pushes": {name: str(day) for name, day in of_pushes},
        "files": [str(day) for day in of_files],
        "county": {str(day): n for day, n in DayTally.objects.filter(scope="county:140425").order_by("day").values_list("day", "orders")},
        "session": sorted(Order.objects.filter(session=session).values_list("order_no", flat=True)),
        "minutes": [minute.isoformat() for minute in MinuteTally.objects.filter(scope="county:140425").order_by("minute").values_list("minute", flat=True)],
    }  # fmt: skip


def main() -> None:
    time.tzset()
    settings.UPLOADS = settings.ROOT / sys.argv[1] if len(sys.argv) > 1 else settings.UPLOADS
    with transaction.atomic():
        found = count()
        transaction.set_rollback(True)
    print(json.dumps(found | {"local": datetime(2026, 11, 21, 12).astimezone().tzname()}))  # noqa: T201  (a naive time shows where we are)


if __name__ == "__main__":
    main()
