"""What is told of a lesson, in one sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.rules.notice import clock

if TYPE_CHECKING:
    from datetime import datetime


class Facts(NamedTuple):
    """Of a lesson; `where` is its room, or another place in words."""

    title: str
    cohort: str
    starts_at: datetime
    where: str


def planned_words(facts: Facts) -> str:
    return _("新排了课：{when}“{title}”（{cohort}），地点：{where}。").format(**_said(facts))


def many_words(number: int, facts: Facts) -> str:
    """`facts` are of the first one."""
    sentence = _("“{cohort}”新排了 {number} 节课，第一节是 {when}“{title}”，地点：{where}。")
    return sentence.format(number=number, **_said(facts))


def changed_words(facts: Facts, before: Facts) -> str:
    """With what it was, where the time is another one."""
    if facts.starts_at == before.starts_at:
        return _("课有变动：{when}“{title}”（{cohort}），地点：{where}。").format(**_said(facts))
    sentence = _("课改时间了：“{title}”（{cohort}）改到 {when}，地点：{where}。原来是 {before}。")
    return sentence.format(before=clock(before.starts_at), **_said(facts))


def cancelled_words(facts: Facts, because: str) -> str:
    return _("不上了，不用来：{when}“{title}”（{cohort}）取消。原因：{because}。").format(because=because, **_said(facts))


def restored_words(facts: Facts) -> str:
    return _("照常上课：{when}“{title}”（{cohort}），地点：{where}。").format(**_said(facts))


def replaced_words(facts: Facts) -> str:
    return _("换了别人上，您不用来：{when}“{title}”（{cohort}）。").format(**_said(facts))


def soon_words(facts: Facts) -> str:
    """Names the day and the clock, so that it is right whenever it is read."""
    return _("记得来上课：{when}“{title}”（{cohort}），地点：{where}。").format(**_said(facts))


def _said(facts: Facts) -> dict[str, str]:
    where = facts.where or _("老师另行通知")
    return {"when": clock(facts.starts_at), "title": facts.title, "cohort": facts.cohort, "where": where}
