"""What is asked of the calendar: which days, laid out how, narrowed to what. What makes no sense is as if it were not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.rules.calendar import FIRST_DAY, LAST_DAY, Lanes, Show, Span
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.http import QueryDict

    from livestream.models import Place

ALL = _("全部")


class CalendarFilter(forms.Form):
    """The words of a calendar's address."""

    view = forms.ChoiceField(choices=Span, required=False, widget=forms.HiddenInput)
    on = forms.DateField(required=False, input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)
    lane = forms.ChoiceField(label=_("排成行"), choices=Lanes, required=False)
    county = forms.ChoiceField(label=_("县"), required=False)
    place = forms.ChoiceField(label=_("地方"), required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=[("", ALL), *SessionKind.choices], required=False)
    show = forms.ChoiceField(label=_("情况"), choices=[("", ALL), *Show.choices], required=False)

    def __init__(self, data: QueryDict, *, today: date, counties: Iterable[Place], townships: Iterable[Place]) -> None:
        super().__init__(data)
        self.today = today
        self._offer("county", counties)
        self._offer("place", townships)
        self.is_valid()

    def _offer(self, field: str, places: Iterable[Place]) -> None:
        choices = [("", ALL), *((place.pk, place.name) for place in places)]
        cast("forms.ChoiceField", self.fields[field]).choices = choices

    def said(self, field: str) -> Any:
        return self.cleaned_data.get(field) or ""

    @property
    def span(self) -> Span:
        return Span(self.said("view") or Span.MONTH)

    @property
    def lanes(self) -> Lanes:
        return Lanes(self.said("lane") or Lanes.HOST)

    @property
    def day(self) -> date:
        return min(LAST_DAY, max(FIRST_DAY, self.said("on") or self.today))

    @property
    def narrows(self) -> bool:
        return any(self.said(field) for field in ("county", "place", "kind", "show"))

    def words(self, **changes: Any) -> dict[str, str]:
        """What the address of another page of the same calendar says."""
        said = {"view": self.span.value, "on": self.day.isoformat(), "lane": self.said("lane")}
        said |= {field: self.said(field) for field in ("county", "place", "kind", "show")}
        said |= {name: str(value) for name, value in changes.items()}
        return {name: str(value) for name, value in said.items() if value}
