"""A county's month of sessions and its pages: `python -m bench.plan_work <sessions> <repeats>` writes one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from collections.abc import Callable

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.goods import COUNTY  # noqa: E402
from livestream.models import Booking, LiveSession, Place, Resource, User  # noqa: E402
from livestream.models.leisure import at_leisure  # noqa: E402
from livestream.rules.calendar import midnight  # noqa: E402

MONTH = date(2027, 1, 1)
DAYS, TOWNSHIPS, HOURS = 30, 12, (9, 14, 19, 20)
PAGES = {
    "month": f"/plan/?on={MONTH}",
    "week": f"/plan/?view=week&on={MONTH}",
    "day": f"/plan/?view=day&lane=resource&on={MONTH}",
}


def plant(count: int) -> User:
    """As many sessions a day as it takes, every host once a day, half of them in a studio. Returns somebody of the staff."""
    county = Place.objects.get(pk=COUNTY)
    codes = [f"{COUNTY}{number:03}" for number in range(100, 100 + TOWNSHIPS)]
    Place.objects.bulk_create(Place(pk=code, name=f"{code}镇", level="township", parent=county) for code in codes)
    a_day = -(-count // DAYS)
    hosts = User.objects.bulk_create(
        User(phone=f"199{number:08}", name=f"主播{number}", role="host", place_id=codes[number % TOWNSHIPS])
        for number in range(a_day)
    )
    studios = Resource.objects.bulk_create(
        Resource(county=county, place=county, kind="studio", name=f"{number} 号直播间") for number in range(a_day // 2)
    )
    sessions = LiveSession.objects.bulk_create(
        planned(county, hosts[number % a_day], number // a_day, codes[number % TOWNSHIPS], number) for number in range(count)
    )
    Booking.objects.bulk_create(
        Booking(session=session, resource=studios[number % a_day], during=("infinity", None))
        for number, session in enumerate(sessions)
        if number % a_day < len(studios)
    )
    return User.objects.create(phone="19888888888", name="干事", role="staff", place=county)


def planned(county: Place, host: User, day: int, place: str, number: int) -> LiveSession:
    starts = midnight(MONTH) + timedelta(days=day, hours=HOURS[number % len(HOURS)])
    state = ("draft", "approved")[number % 2]
    return LiveSession(
        county=county, kind="village_host", title="村里的好东西", host=host, place_id=place, state=state, planned_start_at=starts,
        planned_end_at=starts + timedelta(hours=2),
    )  # fmt: skip


def milliseconds(what: Callable[[], Any], repeats: int) -> list[float]:
    took = []
    for _ in range(repeats):
        began = time.perf_counter()
        what()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def peer() -> str:
    """What the page was before it was a calendar: every session an object, and a template of its own included for each."""
    begins: datetime = midnight(MONTH)
    found = LiveSession.objects.filter(county=COUNTY).beginning(begins, begins + timedelta(days=31))
    rows = found.select_related("host", "place").order_by("planned_start_at")
    return "".join(render_to_string("livestream/_lane.html", {"session": session}) for session in rows)


def main(count: str, repeats: str) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nobody has collected the files of a bench
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    client = Client()
    with at_leisure(), connection.cursor() as cursor:
        client.force_login(plant(int(count)))
        cursor.execute("ANALYZE")
    found: dict[str, Any] = {}
    for name, address in PAGES.items():
        client.get(address)
        found[name] = milliseconds(lambda address=address: client.get(address), int(repeats))
    with CaptureQueriesContext(connection) as asked:
        found["bytes"] = len(client.get(PAGES["month"]).content)
    print(json.dumps(found | {"queries": len(asked), "peer": milliseconds(peer, max(1, int(repeats) // 8))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
