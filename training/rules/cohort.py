"""The forms and states of a cohort, who pays for it, and its forty seats. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SEATS = 40  # of one cohort at most: a trainer still knows everybody by name


class CohortForm(TextChoices):
    MONTH = "month", _("月班")
    FIVE_MONTHS = "five_months", _("五个月班")
    THREE_YEARS = "three_years", _("三年培养班")
    CAMP = "camp", _("集训营")


class CohortState(TextChoices):
    PLANNED = "planned", pgettext_lazy("cohort", "筹备中")
    OPEN = "open", pgettext_lazy("cohort", "报名中")
    RUNNING = "running", pgettext_lazy("cohort", "上课中")
    CLOSED = "closed", pgettext_lazy("cohort", "已结班")
    CANCELLED = "cancelled", pgettext_lazy("cohort", "已取消")


TAKES_PEOPLE = frozenset({CohortState.PLANNED, CohortState.OPEN, CohortState.RUNNING})
# What may become of a cohort. Closed and called off stay so: what was told to people and to the funder is not taken back.
BECOMES: dict[CohortState, frozenset[CohortState]] = {
    CohortState.PLANNED: frozenset({CohortState.OPEN, CohortState.RUNNING, CohortState.CANCELLED}),
    CohortState.OPEN: frozenset({CohortState.RUNNING, CohortState.CLOSED, CohortState.CANCELLED}),
    CohortState.RUNNING: frozenset({CohortState.CLOSED, CohortState.CANCELLED}),
    CohortState.CLOSED: frozenset(),
    CohortState.CANCELLED: frozenset(),
}
COUNTS = frozenset({CohortState.OPEN, CohortState.RUNNING, CohortState.CLOSED})  # a cohort that really was


CODE_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # read aloud and typed from a poster: no 0 and o, 1, i and l
CODE_LENGTH = 8
JOIN_CODE = f"[{CODE_SIGNS}]{{{CODE_LENGTH}}}"
LONGEST_DAYS = 1130  # three years and a month


def may_become(state: str, wanted: CohortState) -> bool:
    return wanted in BECOMES[CohortState(state)]


class Funding(TextChoices):
    """Where the money of a cohort comes from (培训台账 item 1)."""

    DEMONSTRATION = "demonstration", _("电商示范县资金")
    COUNTY = "county", _("县财政")
    ASSISTANCE = "assistance", _("帮扶资金")
    ENTERPRISE = "enterprise", _("企业或平台出资")
    OWN = "own", _("学员自费")
    FREE = "free", _("不花钱")
    OTHER = "other", pgettext_lazy("funding", "其他（请写明）")


class TeachingDuty(TextChoices):
    LEAD = "lead", _("班主任")
    TEACHER = "teacher", _("任课讲师")
    ASSISTANT = "assistant", _("助教")
    SHADOW = "shadow", _("跟班学习的讲师")
