"""The minutes of a selection meeting (选品会议纪要): why this one and not the other, to be signed. In Chinese, as filed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from livestream.actions.gate import lacks_of
from livestream.actions.notice import in_chinese
from livestream.models import SelectionCase
from livestream.rules.day import SHANGHAI
from livestream.rules.gate import day_words
from livestream.rules.selection import DECIDED

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import User

CASES_AT_MOST = 500


def minutes_of(user: User, from_on: date, until_on: date, *, at: datetime) -> dict[str, Any]:
    """What the template `selection_minutes` needs: the cases that this person may see and that were decided on these days (both
    included), in the order in which they were; those who took a step in them."""
    begins = datetime.combine(from_on, time(), SHANGHAI)
    ends = datetime.combine(until_on, time(), SHANGHAI) + timedelta(days=1)
    visible = SelectionCase.objects.visible_to(user).filter(stage__in=DECIDED, decided_at__gte=begins, decided_at__lt=ends)
    asked = visible.select_related("product__supplier__place", "county", "campaign").prefetch_related("steps__by")
    cases = list(asked.order_by("decided_at", "pk")[:CASES_AT_MOST])
    with in_chinese():
        lacks = lacks_of([case.product for case in cases], on=timezone.localdate(at))
        return {
            "at": timezone.localtime(at).isoformat(),
            "county": "、".join(dict.fromkeys(case.county.name for case in cases)),
            "days": day_words(until_on) if from_on == until_on else f"{day_words(from_on)}至{day_words(until_on)}",
            "people": list(dict.fromkeys(step.by.name for case in cases for step in case.steps.all())),
            "chosen": sum(case.stage == "chosen" for case in cases),
            "rejected": sum(case.stage == "rejected" for case in cases),
            "rows": [
                _row(number, case, "；".join(map(str, lacks[case.product_id]))) for number, case in enumerate(cases, start=1)
            ],
        }


def _row(number: int, case: SelectionCase, lacks: str) -> list[str]:
    product = case.product
    return [
        str(number),
        f"{product.title}\n{product.spec}".strip(),
        f"{product.supplier.name}\n{product.supplier.place.short_name}",
        str(case.campaign or "平时选品"),
        case.why,
        lacks or "齐全",
        "" if case.score is None else str(case.score),
        f"{case.get_stage_display()}：{case.reason}",
    ]
