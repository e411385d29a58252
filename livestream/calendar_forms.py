"""What is asked of the calendar: which days, laid out how, narrowed to what. What makes no sense is as if it were not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.actions.plan import Move
from livestream.actions.plan_json import plan_of
from livestream.models import Resource, User
from livestream.rules.calendar import FIRST_DAY, LAST_DAY, Lanes, Show, Span
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.http import QueryDict

    from livestream.models import LiveSession, Place

ALL = _("全部")
AGAIN = _("请回到日历，再试一次。")
NOT_THERE = {"invalid_choice": _("日历变了，请刷新以后再移。")}


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


class MoveForm(forms.Form):
    """Where a session goes: another start, its length stays; with a lane of the calendar, to another host, or from one of its
    resources to another. `version` is the one that was seen."""

    version = forms.IntegerField(
        min_value=1, widget=forms.HiddenInput, error_messages=dict.fromkeys(["required", "invalid"], AGAIN)
    )
    starts_at = forms.DateTimeField(
        label=_("新的开播时间"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "step": 300, "class": "num"}),
        error_messages={"required": _("请填新的开播时间。"), "invalid": _("请按 2026-01-31 19:30 这样填时间。")},
    )
    host = forms.ModelChoiceField(User.objects.none(), required=False, widget=forms.HiddenInput, error_messages=NOT_THERE)
    resource_from = forms.ModelChoiceField(
        Resource.objects.none(), required=False, widget=forms.HiddenInput, error_messages=NOT_THERE
    )
    resource_to = forms.ModelChoiceField(
        Resource.objects.none(), required=False, widget=forms.HiddenInput, error_messages=NOT_THERE
    )

    def __init__(self, data: Any = None, *, session: LiveSession, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.session = session
        people = User.objects.filter(place__code__startswith=session.county_id, is_active=True)
        resources = Resource.objects.filter(county=session.county_id)
        for name, found in {"host": people, "resource_from": resources, "resource_to": resources}.items():
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = found

    @property
    def move(self) -> Move:
        """Of a valid form."""
        said, session = self.cleaned_data, self.session
        length = session.planned_end_at - session.planned_start_at
        return Move(said["starts_at"], said["starts_at"] + length, host=said["host"], resources=self._resources())

    def _resources(self) -> list[Resource] | None:
        out, into = self.cleaned_data["resource_from"], self.cleaned_data["resource_to"]
        if out == into or into is None:
            return None
        held = [each for each in plan_of(self.session).resources if each != out]
        return held if into in held else [*held, into]
