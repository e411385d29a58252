"""What a person may ask about his own data, by when it is answered, and which answers there are.

个人信息保护法 art. 44–48, 50: see, copy, correct, erase, restrict; answered in time. Fifteen days are stricter than the fifteen
working days of《App违法违规收集使用个人信息行为认定方法》part 6. Art. 47: where the law wants something kept, or erasing is
technically hard, everything stops but keeping and protecting it. 电子商务法 art. 31: information about transactions is kept for
three years; so is who sold it on air.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ANSWERED_WITHIN = timedelta(days=15)
KEPT_YEARS = 3
COPY_LASTS = timedelta(days=30)
LONGEST_WISH, LONGEST_ANSWER = 500, 500


class RequestKind(TextChoices):
    COPY = "copy", _("要一份我的资料")
    CORRECT = "correct", _("改正我的资料")
    ERASE = "erase", _("注销账号，删除我的资料")
    RESTRICT = "restrict", _("先别用我的资料")


class RequestState(TextChoices):
    OPEN = "open", _("等待答复")
    ANSWERED = "answered", _("已答复")
    WITHDRAWN = "withdrawn", _("本人撤回")


class Outcome(TextChoices):
    COPIED = "copied", _("给副本")
    CORRECTED = "corrected", _("已改正")
    ERASED = "erased", _("注销并删除")
    RESTRICTED = "restricted", _("限制处理")
    REFUSED = "refused", pgettext_lazy("request", "不能照办")


OUTCOMES: dict[RequestKind, tuple[Outcome, ...]] = {
    RequestKind.COPY: (Outcome.COPIED, Outcome.REFUSED),
    RequestKind.CORRECT: (Outcome.CORRECTED, Outcome.REFUSED),
    RequestKind.ERASE: (Outcome.ERASED, Outcome.RESTRICTED, Outcome.REFUSED),
    RequestKind.RESTRICT: (Outcome.RESTRICTED, Outcome.REFUSED),
}


def due_on(asked_on: date) -> date:
    return asked_on + ANSWERED_WITHIN


def kept_until(last_session_on: date | None) -> date | None:
    """The last day on which the law wants it known who was on air; None: he never was, nothing holds him."""
    if last_session_on is None:
        return None
    try:
        return last_session_on.replace(year=last_session_on.year + KEPT_YEARS)
    except ValueError:  # 29 February
        return date(last_session_on.year + KEPT_YEARS, 3, 1)


def may_erase(kept: date | None, on: date) -> bool:
    return kept is None or on > kept


def offered(kind: RequestKind, kept: date | None, on: date) -> tuple[Outcome, ...]:
    """The answers that staff may choose from today: what must still be kept is restricted, not erased."""
    return tuple(outcome for outcome in OUTCOMES[kind] if outcome != Outcome.ERASED or may_erase(kept, on))
