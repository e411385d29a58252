"""Days that a list is asked about: some weeks from today, unless somebody says otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from livestream.api.fields import day, first_moment
from livestream.api.strict import Strict
from livestream.rules.day import shanghai_day

DAY = timedelta(days=1)
YEARS = range(2000, 2101)


class Period(Strict):
    """Both days are included."""

    usual: ClassVar[timedelta] = timedelta(weeks=4)
    longest: ClassVar[timedelta] = timedelta(days=92)
    from_on = day("a Shanghai day; today, if it is left out")
    until_on = day("the last day; four weeks on, if it is left out; at most 92 days on")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("from_on", "until_on"):
            if name in attrs and attrs[name].year not in YEARS:
                raise ValidationError({name: [_("请写 2000 年到 2100 年之间的日期。")]})
        first: date = attrs.get("from_on") or min(shanghai_day(timezone.now()), attrs.get("until_on", date.max))
        last: date = attrs.get("until_on") or first + self.usual
        if not timedelta() <= last - first <= self.longest:
            raise ValidationError(
                {"until_on": [_("结束的日期要在开始的日期之后，最多 {days} 天。").format(days=self.longest.days)]}
            )
        return {**attrs, "from_on": first, "until_on": last}


def hours_of(query: dict[str, Any]) -> tuple[Any, Any]:
    """The first moment of these days, and the first one after them."""
    return first_moment(query["from_on"]), first_moment(query["until_on"] + DAY)
