"""A clash as a sentence: who has it, until when, in which session, whose. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from livestream.rules.day import SHANGHAI
from livestream.rules.money import yuan
from livestream.rules.planning import ClashKind

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.rules.clash import Clash


class Told(NamedTuple):
    """What may be said of a session, or of a hold (which has a `kind`), to whoever plans another. Of another county's, neither
    title nor host: both are ""."""

    title: str
    host: str
    place: str
    begins: datetime
    ends: datetime
    kind: str = ""


def words_of(clash: Clash, names: Mapping[str, str], sessions: Mapping[object, Told], duty: str = "") -> str:
    """One sentence. `names` are those of the subjects; `duty` is what the person does in the other session, where that is not
    hosting it."""
    name = names.get(clash.subject, clash.subject)
    if clash.kind == ClashKind.AWAY:
        return _("{name}：{why}").format(name=name, why=clash.words)
    other = sessions[clash.other]
    facts = {"name": name, "hours": hours_words(other.begins, other.ends), "session": session_words(other, name), "duty": duty}
    if clash.kind == ClashKind.TRAVEL:
        return _travel_words(clash, facts, sessions)
    if clash.kind == ClashKind.PRICE:
        mine, its = (yuan(price) for price in clash.prices_fen)
        return _("“{name}”这里卖 {mine}，{session}同一时间（{hours}）卖 {its}。").format(**facts, mine=mine, its=its)
    if other.kind and not other.title:
        return _("{name}没有空：{hours} 已经被别的县占用。").format(**facts)
    return _sentence(clash.kind, duty).format(**facts)


def _sentence(kind: ClashKind, duty: str) -> str:
    if kind in {ClashKind.HOST, ClashKind.CREW}:
        return _("{name}没有空：{hours} 在{session}做{duty}。") if duty else _("{name}没有空：{hours} 自己要播{session}。")
    if kind == ClashKind.GUEST:
        return _("{name}没有空：{hours} 要上{session}。")
    return _("{name}已经有人用了：{hours} 给了{session}。")


def _travel_words(clash: Clash, facts: Mapping[str, str], sessions: Mapping[object, Told]) -> str:
    mine, other = sessions[clash.mine], sessions[clash.other]
    gap = (clash.ends - clash.begins) // timedelta(minutes=1)
    places = {"from": other.place, "to": mine.place} if clash.comes_after else {"from": mine.place, "to": other.place}
    sentence = (
        _("{name}路上来不及：{hours} 在{session}，从{from}到{to}要 {road} 分钟，中间只有 {gap} 分钟。")
        if clash.comes_after
        else _("{name}路上来不及：下一场是 {hours} {session}，从{from}到{to}要 {road} 分钟，中间只有 {gap} 分钟。")
    )
    return sentence.format(**facts, **places, road=clash.road_minutes, gap=gap)


def session_words(told: Told, about: str) -> str:
    """With its host, unless the sentence is about him."""
    if not told.title:
        return _("别的县的占用") if told.kind else _("别的县的一场直播")
    if told.kind:
        return _("“{title}”这节课").format(title=told.title)
    sentence = _("“{title}”（主播{host}）") if told.host not in {"", about} else _("“{title}”")
    return sentence.format(title=told.title, host=told.host)


def hours_words(begins: datetime, ends: datetime) -> str:
    """`11月24日 19:00–21:00`; with both days where it ends on another."""
    first, last = begins.astimezone(SHANGHAI), ends.astimezone(SHANGHAI)
    if first.date() == last.date():
        return f"{_day(first)} {first:%H:%M}–{last:%H:%M}"
    return f"{_day(first)} {first:%H:%M}–{_day(last)} {last:%H:%M}"


def _day(moment: datetime) -> str:
    return dateformat.format(moment, pgettext("date format", "n月j日"))
