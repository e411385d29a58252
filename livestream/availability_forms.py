"""What a thumb says about when somebody is free: a week of switches, and days away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.forms import TapForm
from livestream.person_forms import Line, day_field
from livestream.rules.availability import HOURS_OF, LATEST, REASON_AT_MOST, Away, Hours, PartOfDay, check_days, weekday_words
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

WEEK = range(1, 8)
WEEKEND = (6, 7)


class AtOnce(TextChoices):
    """A whole week in one tap."""

    EVENINGS = "evenings", _("每天晚上")
    WEEKEND = "weekend", _("只有周末")
    ANY = "any", _("什么时候都行")


AT_ONCE: dict[AtOnce, tuple[Hours, ...]] = {
    AtOnce.EVENINGS: tuple(Hours(day, *HOURS_OF[PartOfDay.EVENING]) for day in WEEK),
    AtOnce.WEEKEND: tuple(Hours(day, *hours) for day in WEEKEND for hours in HOURS_OF.values()),
    AtOnce.ANY: (),
}


class Switch(NamedTuple):
    """One of the 21: its field, its word, and whose it is for who only hears the page."""

    name: str
    day: str
    part: str
    is_on: bool


class WeekForm(TapForm):
    """The switches are fields of their own, so that a phone without network keeps each; `at_once` is worth more than they."""

    at_once = forms.ChoiceField(choices=AtOnce.choices, required=False)

    def __init__(self, data: Any = None, *, hours: Iterable[Hours] = (), now: datetime | None = None) -> None:
        super().__init__(data, now=now)
        self.there = tuple(hours)
        for one in self.switched(self.there):
            self.initial[name_of(one.weekday, _part_of(one))] = True
        for day in WEEK:
            for part in PartOfDay:
                self.fields[name_of(day, part)] = forms.BooleanField(required=False)

    @staticmethod
    def switched(hours: Iterable[Hours]) -> list[Hours]:
        """Those that a switch stands for; others were written by the clock."""
        return [one for one in hours if (one.from_time, one.until_time) in HOURS_OF.values()]

    @property
    def hours(self) -> list[Hours]:
        """Of a valid form: the whole week, with what was written by the clock, but for a week in one tap."""
        if at_once := self.cleaned_data["at_once"]:
            return list(AT_ONCE[AtOnce(at_once)])
        kept = [one for one in self.there if one not in self.switched(self.there)]
        on = [Hours(day, *HOURS_OF[part]) for day in WEEK for part in PartOfDay if self.cleaned_data[name_of(day, part)]]
        return [*on, *kept]

    @property
    def rows(self) -> list[tuple[str, list[Switch]]]:
        return [(weekday_words(day), [self._switch(day, part) for part in PartOfDay]) for day in WEEK]

    def _switch(self, day: int, part: PartOfDay) -> Switch:
        name = name_of(day, part)
        return Switch(name, weekday_words(day), str(part.label), bool(self.initial.get(name)))


def name_of(day: int, part: PartOfDay) -> str:
    return f"d{day}_{part.value}"


def _part_of(hours: Hours) -> PartOfDay:
    return next(part for part, both in HOURS_OF.items() if both == (hours.from_time, hours.until_time))


class AwayForm(TapForm):
    """Days away, both included; without a last one it is a single day, without a part of the day all of it."""

    from_on = day_field(_("从哪天"))
    until_on = day_field(_("到哪天（含）"))
    part = forms.ChoiceField(
        label=_("哪一段"),
        required=False,
        choices=[("", pgettext_lazy("part of the day", "全天")), *PartOfDay.choices],
        error_messages={"invalid_choice": _("请从列表里选。")},
    )
    reason = Line(label=_("为什么（可不填）"), max_length=REASON_AT_MOST, required=False)

    def __init__(self, data: Any = None, *, now: datetime | None = None) -> None:
        super().__init__(data, now=now)
        today = timezone.localdate(self.now)
        days = {"min": today.isoformat(), "max": (today + LATEST).isoformat()}
        self.fields["from_on"].required = True
        self.fields["from_on"].error_messages["required"] = _("请填从哪天起不行。")
        for name in ("from_on", "until_on"):
            self.fields[name].widget.attrs |= days

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors:
            try:
                check_days(self.away, timezone.localdate(self.now))
            except NotAllowed as refused:
                self.add_error("until_on", str(refused))
        return said

    @property
    def away(self) -> Away:
        """Of a valid form."""
        said = self.cleaned_data
        first, last = HOURS_OF[PartOfDay(said["part"])] if said["part"] else (None, None)
        return Away(said["from_on"], said["until_on"] or said["from_on"], first, last, said["reason"])


class TakeBackForm(TapForm):
    """Which row does not hold any more."""

    row = forms.IntegerField(min_value=1, max_value=2**63 - 1)
