"""The boards of a city and of a province: what their counties' tallies come to. No order is read, whatever was sold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from livestream.actions.board import county_scope
from livestream.models import Place
from livestream.rules.place import PlaceLevel
from orders.board.feed import DETAIL
from orders.board.fit import Document, fit, last_first
from orders.board.frame import LIVE, QUIET, ask, begin, day_of, head, item_of, minutes_of, summed, times
from orders.board.leaders import quotas
from orders.board.rollup_statements import ROLLUP, ROLLUP_DETAIL
from orders.board.shown import AIRED_STATES, WORST, alerts, decode, moment
from orders.board.statements import COUNTIES
from orders.rules.moment import Moment, moments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

LEVELS = (PlaceLevel.CITY.value, PlaceLevel.PROVINCE.value)


def rollup_scope(place: Place) -> str:
    """`city:1404`, `province:14`."""
    return f"{place.level}:{place.pk}"


def rollup_place(scope: str) -> Place | None:
    """The city or province of a scope."""
    level, _, code = scope.partition(":")
    return Place.objects.filter(pk=code, level=level).first() if level in LEVELS else None


def rollup_frame(place: Place, at: datetime | None = None) -> Document:
    """The Shanghai day of a city or a province at a moment (now): a county's frame, with `counties` in place of `sessions`.

    Counties: those on air first, by money. `peak_s1` is the fastest second of the last minute. An item's `id` begins with its
    county, for two counties may have one merchant code.
    """
    at = at or timezone.now()
    counties = _counties_of(place.pk)
    row = ask(ROLLUP, times(at, at) | _asked(counties, at))
    sums = {code: summed(*amounts) for code, *amounts in decode(row["totals"])}
    counts = {code: numbers for code, *numbers in decode(row["counts"])}
    listed = [
        {"id": code, "title": name, "state": LIVE if live else QUIET, "live": live, "totals": sums.get(code) or summed()}
        for code, name in counties
        for live in [counts.get(code, [0])[0]]
    ]
    listed.sort(key=lambda county: (not county["live"], -county["totals"]["paid_fen"]))
    live, planned, ended = (sum(numbers[place] for numbers in counts.values()) for place in range(3))
    whole = {name: sum(county[name] for county in sums.values()) for name in ("orders", "units", "paid_fen", "refunded_fen")}
    frame = begin(row | whole, rollup_scope(place), at, LIVE if live else QUIET) | {
        "title": place.name,
        "counts": {"live": live, "planned": planned, "ended": ended},
        "counties": listed,
        "unattributed": summed(*decode(row["unattributed"])),
        "items": [item_of(sold) for sold in decode(row["items"])],
        "minutes": minutes_of(row, at),
    }
    return fit(frame, last_first(frame, "counties"))


def rollup_detail(place: Place, at: datetime | None = None) -> Document:
    """What its counties' details say of goods, villages, leaders and alerts, together, on the Shanghai day of a moment (now)."""
    at = at or timezone.now()
    counties = _counties_of(place.pk)
    row = ask(ROLLUP_DETAIL, _asked(counties, at))
    leaders = quotas(row, [code for code, _ in counties], at)
    detail = head(row, rollup_scope(place), at) | {
        "part": DETAIL,
        "by_weight": decode(row["by_weight"]),
        "villages": {"count": row["village_count"]},
        "leaders": {"count": sum(each.count for each in leaders), "wanted": sum(each.wanted for each in leaders)},
        "moments": [moment(each) for each in moments([Moment(*event) for event in decode(row["aired_today"])], None, [])],
        "alerts": alerts(row),
        "alert_count": row["alert_count"],
    }
    return fit(detail, last_first(detail, "moments", "by_weight"))


def _counties_of(code: str) -> list[tuple[str, str]]:
    """Codes and names of the counties inside, by code."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTIES, {"code": code})
        return list(cursor.fetchall())


def _asked(counties: Sequence[tuple[str, str]], at: datetime) -> dict[str, Any]:
    codes = [code for code, _ in counties]
    return day_of(at) | {
        "codes": codes,
        "scopes": [county_scope(code) for code in codes],
        "unattributed": [f"unattributed:{code}" for code in codes],
        "session": None,
        "scope": None,
        "aired": AIRED_STATES,
        "worst": WORST,
    }
