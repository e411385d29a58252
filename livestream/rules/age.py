"""Who is old enough to be on air, and whose age somebody must look at.

未成年人保护法 art. 76: nobody under 16 has a live-streaming account; from 16 to 18 the platform checks identity and has the
guardian's consent. 未成年人网络保护条例 art. 31: checked again and again, not once. 网络直播营销管理办法（试行）art. 17: the same
for those who sell on air.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

YOUNGEST, ADULT = 16, 18  # years
OLDEST = 110


class AgeFacts(NamedTuple):
    """What is on record about somebody's age. `checked_on`: when staff last held an identity document in hand; `is_adult`: they
    then wrote down only that the person is 18 or older. `guardian_on`: the day of the guardian's consent. `verify_by`: hosts
    from before this rule may go on air until that day without a check."""

    birth_on: date | None = None
    guardian_on: date | None = None
    checked_on: date | None = None
    is_adult: bool = False
    verify_by: date | None = None
    is_restricted: bool = False


class Standing(TextChoices):
    ADULT = "adult", _("已满 18 周岁")
    MINOR = "minor", _("16–17 周岁，监护人已同意")
    NO_GUARDIAN = "no_guardian", _("16–17 周岁，没有监护人同意")
    TOO_YOUNG = "too_young", _("未满 16 周岁")
    RECHECK = "recheck", _("16–17 周岁，该重新核验了")
    UNVERIFIED = "unverified", _("未核验年龄")
    GRACE = "grace", _("待补核年龄")
    RESTRICTED = "restricted", _("资料已限制处理")


# The code of the sentence with which a verb refuses (`rules/errors.py`).
REFUSALS = {
    Standing.TOO_YOUNG: "too_young",
    Standing.NO_GUARDIAN: "guardian_missing",
    Standing.RECHECK: "age_recheck",
    Standing.UNVERIFIED: "age_unverified",
    Standing.RESTRICTED: "person_restricted",
}
# A plan may wait for a check, not for a birthday: whoever is too young on the planned day is not planned.
MAY_BE_PLANNED = frozenset({Standing.ADULT, Standing.MINOR, Standing.RECHECK, Standing.UNVERIFIED, Standing.GRACE})
MINORS = frozenset({Standing.MINOR, Standing.NO_GUARDIAN, Standing.TOO_YOUNG, Standing.RECHECK})


def age_on(birth_on: date, on: date) -> int:
    """Full years; who was born on 29 February is a year older on 1 March."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def may_go_on_air(birth_on: date, guardian_consented: bool, on: date) -> bool:
    """Under 16 never, from 16 to 18 with the guardian's consent."""
    age = age_on(birth_on, on)
    return age >= ADULT or (age >= YOUNGEST and guardian_consented)


def standing(facts: AgeFacts, on: date) -> Standing:
    """What the record says about this day."""
    if facts.is_restricted:
        return Standing.RESTRICTED
    if facts.birth_on is None:
        return _without_birth(facts, on)
    if may_go_on_air(facts.birth_on, facts.guardian_on is not None, on):
        is_adult = age_on(facts.birth_on, on) >= ADULT
        return Standing.ADULT if is_adult else Standing.RECHECK if is_due(facts, on) else Standing.MINOR
    return Standing.NO_GUARDIAN if age_on(facts.birth_on, on) >= YOUNGEST else Standing.TOO_YOUNG


def _without_birth(facts: AgeFacts, on: date) -> Standing:
    if facts.is_adult:
        return Standing.ADULT  # nobody grows younger: a check that is due does not stop an evening
    return Standing.GRACE if facts.verify_by is not None and on <= facts.verify_by else Standing.UNVERIFIED


def due_on(facts: AgeFacts) -> date | None:
    """The day of the next check: a year after the last. None: it was never checked, so it is due at once."""
    if facts.checked_on is None:
        return facts.verify_by
    try:
        return facts.checked_on.replace(year=facts.checked_on.year + 1)
    except ValueError:  # checked on 29 February
        return date(facts.checked_on.year + 1, 3, 1)


def is_due(facts: AgeFacts, on: date) -> bool:
    due = due_on(facts)
    return due is None or on >= due
