"""What is kept about a host's grades, for the requests he makes about his data. Who decided stays in the rows of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.also_kept import AlsoKept
from training.models import GradeDecision, GradeProposal
from training.models.grade import FORGOTTEN
from training.rules.grade import Criterion

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.actions.also_kept import Table
    from livestream.models import User


def grade_tables(person: User) -> dict[str, Table]:
    """What was decided about him and is proposed, with the figures; {} for somebody of whom nothing is."""
    decided = GradeDecision.objects.filter(host=person).select_related("rule").order_by("at", "pk")
    rows = [_row(one, one.at, one.get_answer_display(), one.because) for one in decided]
    waits = GradeProposal.objects.open().filter(host=person).select_related("rule").order_by("pk")
    rows += [_row(one, one.proposed_at, _("等人来定"), "") for one in waits]
    return {_("主播等级"): rows} if rows else {}


def _row(one: GradeDecision | GradeProposal, at: datetime, answer: str, because: str) -> dict[str, Any]:
    met = [line for line in one.facts["lines"] if line["is_met"]]
    return {
        _("时间"): f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}",
        _("原来的等级"): one.get_held_display(),
        _("建议的等级"): one.get_grade_display(),
        _("决定"): answer,
        _("原因"): because,
        _("等级规则"): str(one.rule),
        _("依据"): "；".join(f"{Criterion(line['criterion']).label} {line['value']}" for line in met),
    }


def forget(person: User, by: User | None) -> None:
    """What was written about him in words. That somebody held a grade, by which figures, stays in the counts."""
    GradeDecision.objects.filter(~Q(because__in=["", FORGOTTEN]), host=person).update(because=FORGOTTEN)


def leave(person: User, by: User | None) -> None:
    """Who is restricted is in use no more, and proposed for nothing."""


OF_GRADES = AlsoKept(grade_tables, forget, leave, leave)
