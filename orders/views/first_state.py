"""What the first HTML of a board shows: the frame and its details in words and times, as the scripts will show the next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from livestream.rules.day import SHANGHAI
from livestream.rules.money import yuan
from livestream.rules.session import SessionState
from orders.board.detail import detail_of
from orders.board.privacy import without_money
from orders.rules.alert import AlertKind
from orders.views import around_words
from orders.views.board_words import words

Frame = dict[str, Any]
# How many rows a board has room for; the scripts read these too.
ROOM = {
    "sessions": 5,
    "counties": 5,
    "items": 5,
    "slots": 10,
    "weights": 5,
    "villages": 6,
    "sources": 3,
    "moments": 5,
    "alerts": 2,
}
ROOM |= {"platforms": 4, "latest": 5, "rooms": 2, "desk": 2}
# What the script makes new rows of: the same fragments, with nothing in them.
BLANK = {"id": UUID(int=0), "units": 0, "orders": 0, "live": 0, "number": 0, "paid_fen": 0, "stock_left": None}
BLANK |= {"1": 0, "code": "000000", "totals": {"orders": 0, "paid_fen": 0}}
ABSENT: Frame = {"is_absent": True, "households": None, "leaders": {"count": None, "wanted": None}, "villages": {"count": None}}
GRAMS_OF_A_JIN = 500
NAMED_MONTHS = 6  # more that are missing are only counted
HEIGHT = 100  # of the curve that is drawn without a script


def first_state(frame: Frame) -> dict[str, Any]:
    """Context of a board's page. `raw` goes to the script as it is; `frame` and `detail` have times as times and rows as words.
    A frame without money is shown with details without money."""
    said = words()
    is_moneyless = frame["totals"]["paid_fen"] is None
    detail = detail_of(frame["scope"])
    if detail and is_moneyless:
        detail = without_money(detail)
    shown = with_times(frame)
    _name_sessions(shown, detail or {}, said)
    return {
        "raw": {
            "frame": frame,
            "detail": detail,
            "words": said,
            "room": ROOM,
            "locale": _locale(),
            "stale_s": around_words.STALE_S,
        },
        "words": said,
        "blank": BLANK,
        "room": {name: f":{number}" for name, number in ROOM.items()},
        "frame": shown,
        "detail": _detail(detail, said) if detail else ABSENT,
        "slots": _slots(shown.get("items", []), said),
        "alerts_left": said["moreAlerts"].format(n=(detail or {}).get("alert_count", 0) - ROOM["alerts"]),
        "most": max((item["units"] for item in frame.get("items", [])), default=0),
        "is_moneyless": is_moneyless,
        "curve": _curve(frame["minutes"]),
        "told": _told(frame, detail, said),
        "pace": _pace(frame, detail, said),
        "now": datetime.fromisoformat(frame["as_of"]),
    } | _around(shown, detail, said)


def _around(frame: Frame, detail: Frame | None, said: dict[str, Any]) -> Frame:
    """What `_crowd.html`, `_desk.html` and the card of income show; nothing on a board that does not say it."""
    if not detail or "viewers" not in detail:
        return {}
    shown, at = with_times(detail), frame["as_of"]
    found: Frame = {
        "crowd": around_words.crowd_of_rooms(
            detail.get("rooms", []), shown["viewers"], is_live=frame["state"] == SessionState.LIVE, at=at, said=said
        ),
        "desk": around_words.desk(shown["desk"], at, said),
    }
    if income := shown.get("income"):
        found["income"] = around_words.income(income, yuan(income["settled_fen"] or 0, 0), said)
    return found


def with_times(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: with_times(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_times(inner) for inner in value]
    is_time = isinstance(value, str) and (name.endswith("_at") or name in {"as_of", "since", "at"})
    return datetime.fromisoformat(value) if is_time else value


def _locale() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-CN"


def _name_sessions(shown: Frame, detail: Frame, said: dict[str, Any]) -> None:
    lanes = detail.get("lanes", {})
    alarmed = {alert["scope"]: said["alerts"][alert["kind"]] for alert in reversed(detail.get("alerts", []))}
    for entry in [*shown.get("sessions", []), *shown.get("counties", [])]:
        entry["state_label"] = said["states"].get(entry["state"], "")
        entry["alarm"] = alarmed.get(f"session:{entry['id']}") or alarmed.get(f"county:{entry['id']}") or ""
        lane = lanes.get(entry["id"], {})
        entry["online"] = around_words.lane(lane.get("online"), said)
        if lane.get("pitch"):
            entry["pitch"] = said["pitching"].format(title=lane["pitch"])
        elif lane.get("top"):
            entry["pitch"] = said["best"].format(title=lane["top"])


def _detail(detail: Frame, said: dict[str, Any]) -> Frame:
    """The lists of a detail as rows of words."""
    shown: Frame = with_times(detail)
    for alert in shown.get("alerts", []):
        alert |= {"label": said["alerts"].get(alert["kind"], ""), "figure": _figure(alert, said)}
    for moment in shown.get("moments", []):
        moment["text"] = said["moments"].get(moment["kind"], "").format(title=moment["title"], n=f"{moment['number'] or 0:,}")
    for source in shown.get("sources", []):
        source |= {"cause_label": said["causes"].get(source["cause"], ""), "platform": _platform(source, said)}
    at = datetime.fromisoformat(detail["as_of"])
    shown["rooms"] = [around_words.room(row, at, said) for row in shown.get("rooms", [])]
    for split in shown.get("platforms", []):
        split["platform"] = _platform(split, said)
    shown["most_grams"] = max((grams for _, grams, _ in detail.get("by_weight", [])), default=0)
    shown["most_orders"] = max((split["orders"] for split in detail.get("platforms", [])), default=0)
    shown["latest"] = [(datetime.fromtimestamp(at, UTC), *order) for at, *order in detail.get("latest", [])]
    shown["by_weight"] = [
        {"title": title, "jin": said["jin"].format(n=jin(grams)), "grams": grams}
        for title, grams, _ in detail.get("by_weight", [])
    ]
    if "top" in shown.get("villages", {}):
        shown["villages"]["top"].sort(key=lambda village: -village[1])
    if leaders := shown.get("leaders"):
        leaders["missing"] = _missing(leaders, said)
    return shown


def _platform(row: Frame, said: dict[str, Any]) -> str:
    name: str = said["platforms"].get(row["platform"], row["platform"])
    return name


def _figure(alert: Frame, said: dict[str, Any]) -> str:
    figure: str = said["alertFigures"].get(alert["kind"], "")
    if alert["kind"] == AlertKind.SELLING_OUT and alert["number"] == 0:
        figure = said["soldOut"]
    return figure.format(n=f"{alert['number']:,}") if alert.get("number") is not None else ""


def _missing(leaders: Frame, said: dict[str, Any]) -> str:
    if "uncovered" not in leaders:  # summed over counties: which months are missing is said county by county
        return ""
    months = leaders["uncovered"]
    if len(months) > NAMED_MONTHS:
        return str(said["uncoveredMany"].format(n=len(months)))
    named = said["comma"].join(map(str, months))
    return str(said["uncovered"].format(months=named) if months else said["noneUncovered"])


def jin(grams: int) -> str:
    """斤 as the trade says them: 1,024 or 3.5, never more than one digit."""
    tenths = (grams * 10 + GRAMS_OF_A_JIN // 2) // GRAMS_OF_A_JIN
    return f"{tenths / 10:,.1f}" if tenths < 1000 and tenths % 10 else f"{(tenths + 5) // 10:,}"


def _slots(items: list[Frame], said: dict[str, Any]) -> list[Frame]:
    """As many goods as there is room for, in the order of the line-up: those that run out and those that sell before others."""
    ranked = sorted(items, key=lambda item: (not is_short(item), -item["units"]))[: ROOM["slots"]]
    for item in items:
        item["is_out"] = bool(item.get("state"))
        item["why"] = said["itemStates"].get(item.get("state"), "")
        item["oversold"] = said["oversold"].format(n=f"{-(item['stock_left'] or 0):,}")
    return [item for item in items if item in ranked]


def is_short(item: Frame) -> bool:
    """A tenth or less of what was promised is left."""
    left = item["stock_left"]
    return left is not None and left * 10 <= left + item["units"]


def _curve(minutes: list[list[int]]) -> str:
    """Points of an SVG polyline, 60 wide and 100 high: the curve where no script draws it."""
    most = max((orders for _, orders, _ in minutes), default=0) or 1
    return " ".join(f"{at},{HEIGHT - round(orders * HEIGHT / most)}" for at, (_, orders, _) in enumerate(minutes))


def _told(frame: Frame, detail: Frame | None, said: dict[str, Any]) -> str:
    """The curve in a sentence."""
    if not frame["minutes"]:
        return ""
    start, most, _ = max(frame["minutes"], key=lambda minute: minute[1])
    text: str = said["curve"].format(sum=f"{sum(m[1] for m in frame['minutes']):,}", most=f"{most:,}", time=_minute(start))
    if detail and detail.get("pitches"):
        text += said["curvePitches"].format(list=", ".join(f"{_minute(at)} {title}" for at, _, title in detail["pitches"]))
    if detail and detail.get("incidents"):
        marks = (f"{_minute(at)} {said['incidents'].get(kind, kind)} {note}".strip() for at, kind, note in detail["incidents"])
        text += said["curveIncidents"].format(list=", ".join(marks))
    return text


def _minute(second: int) -> str:
    return f"{datetime.fromtimestamp(second, SHANGHAI):%H:%M}"


def _pace(frame: Frame, detail: Frame | None, said: dict[str, Any]) -> Frame | None:
    """This session beside the host's last one at the same time on air: by orders, which no screen has to hide."""
    last = (detail or {}).get("pace")
    if not last:
        return None
    now, then = frame["totals"]["orders"], last["orders"]
    percent = f"{round(100 * (now - then) / then):+d}%" if then else "—"
    return {"percent": percent, "both": said["pace"].format(now=f"{now:,}", then=f"{then:,}"), "title": last["title"]}
