"""Who watches, what the control desk does and what suppliers get, in the words of a board: for its first HTML, by the same
rules as `board_around.js`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from livestream.rules.audience import STALE_AFTER, ReadingSource, age_words
from livestream.rules.incident import IncidentKind
from orders.board.around_statements import TOLD

DOT = " · "
STALE_S = int(STALE_AFTER.total_seconds())


def words() -> dict[str, Any]:
    """In the language of the request."""
    return {
        "online": _("在线 {n}"),
        "onlineAdded": _("在线 {n}（{rooms} 间相加）"),
        "roomsAdded": _("{n} 间相加，不是人数"),
        "roomsStale": _("{n} 间旧了没算"),
        "oldest": _("最旧 {age}"),
        "noViewers": _("还没有人记在线"),
        "readings": {
            ReadingSource.TAP.value: pgettext("viewers", "手工"),
            ReadingSource.FILE.value: pgettext("viewers", "文件"),
            ReadingSource.API.value: pgettext("viewers", "接口"),
        },
        "stale": pgettext("viewers", "旧了"),
        "visits": _("观看 {n} 人次"),
        "mostOnline": _("最高一间 {n}"),
        "openHelp": _("求助 {n} 个，等 {age}"),
        "lostStreams": _("断播 {n} 场"),
        "deskKinds": {kind.value: str(kind.label) for kind in (*TOLD, IncidentKind.CORRECTION_MADE)},
        "settledLeast": _("至少 {n}"),
        "share": _("到户比例 {n}"),
        "fewSuppliers": _("供货人不到 3 家，不显示"),
        "nothingSettled": _("卖出的商品没写结算价"),
        "waits": {"s": _("{n} 秒"), "m": _("{n} 分钟"), "h": _("{n} 小时")},
    }


def crowd(viewers: dict[str, Any], *, is_live: bool, at: datetime, said: dict[str, Any]) -> dict[str, str]:
    """`figure`: the sum; `how`: of what and how old; `figures`: the most at one moment, and visits."""
    figure = "—" if viewers["online"] is None else f"{viewers['online']:,}"
    return {"figure": figure, "how": _how(viewers, is_live, at, said), "figures": _figures(viewers, said)}


def crowd_of_rooms(rooms: list[Any], viewers: dict[str, Any], **known: Any) -> dict[str, str]:
    """The same above rows that say of each room how old it is."""
    found = crowd(viewers, **known)
    added = viewers["added"]
    return found | {"how": known["said"]["roomsAdded"].format(n=added) if added > 1 else ""} if rooms else found


def _how(viewers: dict[str, Any], is_live: bool, at: datetime, said: dict[str, Any]) -> str:
    how, added = [], viewers["added"]
    if viewers["stale"]:
        how.append(said["roomsStale"].format(n=viewers["stale"]))
    if added > 1:
        how.append(said["roomsAdded"].format(n=added))
    if added:
        age = age_words(at - viewers["since"])
        how += [
            said["comma"].join(said["readings"].get(source, source) for source in viewers["sources"]),
            said["oldest"].format(age=age) if added > 1 else age,
        ]
    elif is_live and not how:
        how = [said["noViewers"]]
    return DOT.join(how)


def _figures(viewers: dict[str, Any], said: dict[str, Any]) -> str:
    found = []
    if peak := viewers["peak"]:
        found.append(said["mostOnline"].format(n=f"{peak['online']:,}"))
    if viewers["visits"] is not None:
        found.append(said["visits"].format(n=f"{viewers['visits']:,}"))
    return DOT.join(found)


def room(row: dict[str, Any], at: datetime, said: dict[str, Any]) -> dict[str, Any]:
    """A row of a platform."""
    return row | {
        "number": row["online"],
        "name": said["platforms"].get(row["platform"], row["platform"]),
        "age": " ".join([said["readings"].get(row["source"], row["source"]), age_words(at - row["read_at"])]),
        "stale": said["stale"] if row["is_stale"] else "",
    }


def lane(online: list[int] | None, said: dict[str, Any]) -> str:
    if not online:
        return ""
    number, rooms = online
    return str(said["onlineAdded" if rooms > 1 else "online"].format(n=f"{number:,}", rooms=rooms))


def last_words(viewers: dict[str, Any], said: dict[str, Any]) -> str:
    """Of a session that is over, or that nobody noted anything of."""
    return _figures(viewers, said) or _("这一场没有观众数据")


def desk(found: dict[str, Any], at: datetime, said: dict[str, Any]) -> dict[str, Any]:
    """`alarm`: what somebody must see to; `rows`: time, words."""
    alarm = []
    if found["open_help"]:
        alarm.append(said["openHelp"].format(n=found["open_help"], age=_waited(at - found["since"], said)))
    if found["lost"]:
        alarm.append(said["lostStreams"].format(n=found["lost"]))
    rows = [
        {"at": datetime.fromtimestamp(second, UTC), "text": DOT.join(filter(None, (said["deskKinds"].get(kind, kind), title)))}
        for second, kind, title in found["newest"]
    ]
    return {"alarm": DOT.join(alarm), "rows": rows}


def _waited(age: Any, said: dict[str, Any]) -> str:
    seconds = max(0, int(age.total_seconds()))
    number, unit = (seconds, "s") if seconds < 60 else (seconds // 60, "m") if seconds < 3600 else (seconds // 3600, "h")
    return str(said["waits"][unit].format(n=number))


def income(found: dict[str, Any], settled: str, said: dict[str, Any]) -> dict[str, str]:
    """`settled`: the sum, as the page writes money."""
    if found["settled_fen"] is None:
        why = said["fewSuppliers"] if found["is_few"] else said["nothingSettled"] if found["unsettled_units"] else ""
        return {"figure": "—", "share": why}
    is_least = found["unsettled_units"] > 0
    share = found["share_permille"]
    percent = "" if share is None else f"{share // 10}.{share % 10}%"
    least = said["settledLeast"] if is_least else "{n}"
    return {"figure": least.format(n=settled), "share": said["share"].format(n=least.format(n=percent)) if percent else ""}
