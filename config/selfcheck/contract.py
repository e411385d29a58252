"""What a check is: something read, judged by a pure function, said in words with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import Error
from django.db.models import TextChoices
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from psycopg_pool import PoolTimeout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


class State(TextChoices):
    """Worst first."""

    RED = "red", _("要处理")
    AMBER = "amber", _("留意")
    GREY = "grey", _("不适用")
    GREEN = "green", _("正常")


class Group(TextChoices):
    DOOR = "door", _("门")
    DATABASE = "database", _("数据库")
    PEOPLE = "people", _("人和账号")
    MACHINE = "machine", _("机器和程序")
    RUNNING = "running", _("后台和保存期")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`evidence`: what was seen. `todo`: what to do, "" where nothing is to be done. Said in the reader's language when shown."""

    state: State
    evidence: Words
    todo: Words = ""


def green(evidence: Words, **facts: Any) -> Verdict:
    return Verdict(State.GREEN, format_lazy(evidence, **facts))


def grey(evidence: Words, **facts: Any) -> Verdict:
    return Verdict(State.GREY, format_lazy(evidence, **facts))


def amber(evidence: Words, todo: Words, **facts: Any) -> Verdict:
    return Verdict(State.AMBER, format_lazy(evidence, **facts), todo)


def red(evidence: Words, todo: Words, **facts: Any) -> Verdict:
    return Verdict(State.RED, format_lazy(evidence, **facts), todo)


@dataclass(frozen=True, slots=True)
class Check:
    """`judge(*read())` says how it is."""

    key: str
    group: Group
    title: Words
    read: Callable[[], tuple[Any, ...]]
    judge: Callable[..., Verdict]

    def verdict(self) -> Verdict:
        """What cannot be read is no reason to break: the check of the database says why."""
        try:
            return self.judge(*self.read())
        except (Error, PoolTimeout) as error:
            return grey(_("读不出来：{what}"), what=type(error).__name__)


@dataclass(frozen=True, slots=True)
class Item:
    check: Check
    verdict: Verdict


def run(checks: Iterable[Check]) -> list[Item]:
    """Worst first; those that are alike in their own order."""
    items = [Item(check, check.verdict()) for check in checks]
    return sorted(items, key=lambda item: State.values.index(item.verdict.state))
