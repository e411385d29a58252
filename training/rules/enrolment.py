"""The states of an enrolment: a seat, a place in the queue, or neither any more. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EnrolmentState(TextChoices):
    ENROLLED = "enrolled", pgettext_lazy("enrolment", "已入班")
    WAITING = "waiting", pgettext_lazy("enrolment", "候补")
    COMPLETED = "completed", pgettext_lazy("enrolment", "已结业")
    NOT_COMPLETED = "not_completed", pgettext_lazy("enrolment", "未结业")
    WITHDRAWN = "withdrawn", pgettext_lazy("enrolment", "已退出")


SEATED = frozenset({EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED})


class EnrolmentWay(TextChoices):
    """By which door somebody was enrolled."""

    PHONE = "phone", _("本人用手机")
    TRAINER = "trainer", _("老师登记")
    SHEET = "sheet", _("名册表格")
    API = "api", _("接口")
    SQL = "sql", _("数据库")
