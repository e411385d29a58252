"""A change of the plan in words: short sentences for those who come, old and new side by side for the desk. Pure.

Sentences are in the language that is active; whoever writes to somebody else sets it first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import pgettext as _p

from livestream.rules.availability import weekday_words
from livestream.rules.day import SHANGHAI
from livestream.rules.planning import Duty
from livestream.rules.release import Change, change_for, difference
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from livestream.rules.release import Plan


def day_words(moment: datetime) -> str:
    """`周二（11月24日）`."""
    local = moment.astimezone(SHANGHAI)
    return _("{weekday}（{date}）").format(
        weekday=weekday_words(local.isoweekday()), date=format_date(local, _p("date format", "n月j日"))
    )


def clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def hours(plan: Plan) -> str:
    """`19:30–21:30`; the end of the next day is said so."""
    ends = clock(plan.ends_at)
    if plan.ends_at.astimezone(SHANGHAI).date() != plan.starts_at.astimezone(SHANGHAI).date():
        ends = _("次日 {clock}").format(clock=ends)
    return f"{clock(plan.starts_at)}–{ends}"


def when(plan: Plan) -> str:
    """`周二（11月24日）19:30–21:30`."""
    return _("{day}{hours}").format(day=day_words(plan.starts_at), hours=hours(plan))


def where(plan: Plan) -> str:
    """The studio, or the village where there is none."""
    return listed(thing.name for thing in plan.sites) or plan.place.name


def listed(names: Iterable[object]) -> str:
    return _p("between names", "、").join(str(name) for name in names)


def words(before: Plan | None, after: Plan | None) -> list[str]:
    """What changed, a sentence each: 周二（11月24日）的直播从 19:00 改到 20:00，在二号直播间。 [] where nothing did."""
    match difference(before, after), before, after:
        case Change.NEW, _before, will if will:
            sentence = _("新排了一场直播“{title}”：{when}，在{where}，主播{host}。")
            return [sentence.format(title=will.title, when=when(will), where=where(will), host=will.host.name)]
        case Change.CANCELLED, was, _after if was:
            return [_("{day}{clock} 的直播“{title}”取消了。").format(**_named(was))]
        case Change.CHANGED, was, will if was and will:
            return [sentence for say in CHANGES for sentence in say(was, will)]
    return []


def words_for(person: int, before: Plan | None, after: Plan | None) -> list[str]:
    """The same, said to one person: what he does, that somebody else does it now, or that he need not come."""
    change = change_for(person, before, after)
    if change == Change.NEW and after:
        sentence = _("{when} 有一场直播“{title}”，在{where}，请您做{duties}。")
        facts = {"when": when(after), "title": after.title, "where": where(after), "duties": duty_words(person, after)}
        return [sentence.format(**facts)]
    if change == Change.CANCELLED and before:
        if after and not after.is_cancelled:
            return [_("{day}{clock} 的直播“{title}”换了别人，您不用来了。").format(**_named(before))]
        return [_("{day}{clock} 的直播“{title}”取消了，您不用来了。").format(**_named(before))]
    if change is None or before is None or after is None:
        return []
    said = words(before, after)
    if before.duties(person) != after.duties(person):
        said.append(_("您这一场做{duties}。").format(duties=duty_words(person, after)))
    return said


def summary(plan: Plan) -> str:
    """One line: what, when, where, who."""
    return _("“{title}”，{when}，在{where}，主播{host}").format(
        title=plan.title, when=when(plan), where=where(plan), host=plan.host.name
    )


def duty_words(person: int, plan: Plan) -> str:
    return listed(Duty(duty).label for duty in plan.duties(person))


def cannot_come_words(name: str, plan: Plan, reason: str, free: Iterable[str]) -> str:
    """For staff: who, of what, why, and who is free instead."""
    said = _("{name}来不了：{plan}。").format(name=name, plan=summary(plan))
    said += _("原因：{reason}。").format(reason=reason) if reason else ""
    names = listed(free)
    return said + (_("这个时间有空的：{names}。").format(names=names) if names else _("这个时间没有找到有空的主播。"))


def comes_again_words(name: str, plan: Plan) -> str:
    return _("{name}又能来了：{plan}。").format(name=name, plan=summary(plan))


def no_answer_words(name: str, plan: Plan, *, is_read: bool) -> str:
    sentence = (
        _("{name}看了通知，没有回复：{plan}。请打个电话问一问。")
        if is_read
        else _("{name}没有看通知：{plan}。请打个电话问一问。")
    )
    return sentence.format(name=name, plan=summary(plan))


def _named(plan: Plan) -> dict[str, str]:
    return {"day": day_words(plan.starts_at), "clock": clock(plan.starts_at), "title": plan.title}


# --- what can change, in the order in which it matters --------------------------------------------------------------------------


def _hours(was: Plan, will: Plan) -> list[str]:
    facts = {
        "old_day": day_words(was.starts_at),
        "old": clock(was.starts_at),
        "day": day_words(will.starts_at),
        "new": clock(will.starts_at),
        "where": where(will),
        "ends": clock(will.ends_at),
        "old_ends": clock(was.ends_at),
    }
    if facts["old_day"] != facts["day"]:
        return [_("{old_day}{old} 的直播改到{day}{new}，在{where}。").format(**facts)]
    if was.starts_at != will.starts_at:
        return [_("{day}的直播从 {old} 改到 {new}，在{where}。").format(**facts)]
    if was.ends_at != will.ends_at:
        return [_("{day}{new} 的直播到 {ends} 结束，原来是 {old_ends}。").format(**facts)]
    return []


def _site(was: Plan, will: Plan) -> list[str]:
    if _sites(was) == _sites(will):
        return []
    if was.starts_at != will.starts_at:  # where it is was said with the hours
        return [_("地方也换了，原来在{old}。").format(old=where(was))]
    facts = {"old": where(was), "new": where(will), **_named(will)}
    return [_("{day}{clock} 的直播从{old}换到{new}。").format(**facts)]


def _sites(plan: Plan) -> tuple[object, list[int]]:
    return plan.place, sorted(thing.resource for thing in plan.sites)


def _host(was: Plan, will: Plan) -> list[str]:
    if was.host == will.host:
        return []
    return [_("{day}{clock} 的主播换成{new}，原来是{old}。").format(new=will.host.name, old=was.host.name, **_named(will))]


def _title(was: Plan, will: Plan) -> list[str]:
    if (was.title, was.kind) == (will.title, will.kind):
        return []
    facts = {**_named(will), "kind": SessionKind(will.kind).label}
    return [_("{day}{clock} 的直播现在是{kind}“{title}”。").format(**facts)]


def _others(label: str, old: list[str], new: list[str]) -> list[str]:
    came = [one for one in new if one not in old]
    went = [one for one in old if one not in new]
    said = [_("{what}加了{names}。").format(what=label, names=listed(came))] if came else []
    return said + ([_("{what}不再有{names}。").format(what=label, names=listed(went))] if went else [])


def _crew(was: Plan, will: Plan) -> list[str]:
    return _others(_("工作人员"), _crew_names(was), _crew_names(will)) if set(was.crew) != set(will.crew) else []


def _guests(was: Plan, will: Plan) -> list[str]:
    if set(was.guests) == set(will.guests):
        return []
    said = _others(_("嘉宾"), [one.name for one in was.guests], [one.name for one in will.guests])
    return said or [_("嘉宾的职务或场段改了：{names}。").format(names=listed(_guest_names(will)))]


def _stretches(was: Plan, will: Plan) -> list[str]:
    if was.segments == will.segments:
        return []
    return [_("接力的顺序改了：{parts}。").format(parts=_stretch_names(will) or _("不再分段"))]


def _things(was: Plan, will: Plan) -> list[str]:
    if set(was.things) == set(will.things):
        return []
    return _others(_("要用的"), _thing_names(was), _thing_names(will))


CHANGES: tuple[Callable[[Plan, Plan], list[str]], ...] = (_hours, _site, _host, _title, _stretches, _guests, _crew, _things)


def _crew_names(plan: Plan) -> list[str]:
    return [_("{duty}{name}").format(duty=Duty(one.duty).label, name=one.name) for one in plan.crew]


def _guest_names(plan: Plan) -> list[str]:
    return [f"{one.name} {one.title}".strip() for one in plan.guests]


def _stretch_names(plan: Plan) -> str:
    return listed(f"{clock(one.starts_at)} {one.title}" for one in plan.segments)


def _thing_names(plan: Plan) -> list[str]:
    sites = plan.sites
    return [thing.name for thing in plan.things if thing not in sites]


# --- for the desk ---------------------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One field of a session that changed: what it was, what it is."""

    label: _StrPromise
    old: str
    new: str


FIELDS: tuple[tuple[_StrPromise, Callable[[Plan], object], Callable[[Plan], str]], ...] = (
    (gettext_lazy("时间"), lambda plan: (plan.starts_at, plan.ends_at), when),
    (gettext_lazy("地点"), _sites, lambda plan: _place_words(plan)),
    (gettext_lazy("主播"), lambda plan: plan.host, lambda plan: plan.host.name),
    (gettext_lazy("主题"), lambda plan: plan.title, lambda plan: plan.title),
    (gettext_lazy("类型"), lambda plan: plan.kind, lambda plan: str(SessionKind(plan.kind).label)),
    (gettext_lazy("接力段"), lambda plan: plan.segments, _stretch_names),
    (gettext_lazy("嘉宾"), lambda plan: frozenset(plan.guests), lambda plan: listed(_guest_names(plan))),
    (pgettext_lazy("many", "工作人员"), lambda plan: frozenset(plan.crew), lambda plan: listed(_crew_names(plan))),
    (gettext_lazy("设备和账号"), lambda plan: _kit(plan), lambda plan: listed(_thing_names(plan))),
)


def rows(before: Plan, after: Plan) -> list[Row]:
    """Old and new of each field that differs, in the order in which it matters."""
    return [Row(label, say(before), say(after)) for label, of, say in FIELDS if of(before) != of(after)]


def _place_words(plan: Plan) -> str:
    return listed([plan.place.name, *(thing.name for thing in plan.sites)])


def _kit(plan: Plan) -> frozenset[object]:
    return frozenset(thing for thing in plan.things if thing not in plan.sites) | {
        (thing.resource, thing.segment) for thing in plan.sites if thing.segment is not None
    }
