"""Calls after the class: when they are due, and what came of them. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

AFTER_MONTHS = (1, 3, 6, 12)


class CallResult(TextChoices):
    REACHED = "reached", _("打通了")
    NO_ANSWER = "no_answer", _("没人接")
    WRONG_NUMBER = "wrong_number", _("号码不对")
    REFUSED = "refused", _("不愿意说")


class Work(TextChoices):
    """What somebody does now."""

    SELLING = "selling", _("自己做电商")
    EMPLOYED = "employed", _("受雇")
    FARMING = "farming", _("务农")
    LOOKING = "looking", _("在找活")
    OTHER = "other", pgettext_lazy("work", "其他")


class WorkPlace(TextChoices):
    COUNTY = "county", _("本县")
    ELSEWHERE = "elsewhere", _("外县")


class StepKind(TextChoices):
    """Incubation 孵化: what a mentor did with a graduate."""

    VISIT = "visit", _("上门指导")
    SHOP = "shop", _("帮开店")
    GOODS = "goods", _("对接货源")
    REHEARSAL = "rehearsal", _("陪练直播")
    LOAN = "loan", _("对接贷款")
    OTHER = "other", pgettext_lazy("step", "其他")


NEXT_TRIES = (1, 3, 7)  # days that a caller may wait before he tries again
IS_OVER = frozenset({CallResult.REACHED, CallResult.REFUSED})  # nobody is called again after these


def due_on(completed_on: date, months: int) -> date:
    """The same day of the month so many months later, always counted from the day of completion; where that month is shorter, its
    last day: 31 January + 1 month = 28 (29) February, + 3 months = 30 April, + 6 months = 31 July."""
    year, month = divmod(completed_on.month - 1 + months, 12)
    year, month = completed_on.year + year, month + 1
    return date(year, month, min(completed_on.day, monthrange(year, month)[1]))
