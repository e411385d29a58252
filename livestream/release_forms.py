"""Which days of which place are released, with what word."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.actions.release_preview import Scope
from livestream.models import Place
from livestream.person_forms import DAY, Line
from livestream.rules.place import COUNTY_DIGITS, PlaceLevel, county_of
from livestream.rules.rights import EVERYWHERE, Action

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.models import User

LONGEST = timedelta(days=92)
NOTE_AT_MOST = 200
SEEN_AT_MOST = 64


class Days(NamedTuple):
    """Days that are one tap away."""

    label: Any
    from_on: date
    until_on: date


def week_of(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def presets(today: date) -> list[Days]:
    following = month_of(today)[1] + timedelta(days=1)
    return [
        Days(_("本周"), *week_of(today)),
        Days(_("下周"), *week_of(today + timedelta(days=7))),
        Days(_("本月"), *month_of(today)),
        Days(_("下个月"), *month_of(following)),
    ]


def _day(label: Any) -> forms.DateField:
    box = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"})
    messages = {**DAY, "required": DAY["invalid"]}
    return forms.DateField(label=label, widget=box, input_formats=["%Y-%m-%d"], error_messages=messages)


class ScopeForm(forms.Form):
    """The days of one place in which `by` plans. `session`: that one alone."""

    place = forms.ChoiceField(label=_("哪里"), error_messages={"invalid_choice": _("请从列表里选一个您管的地方。")})
    session = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages={"invalid": _("没有这一场。")})

    def __init__(self, data: Any, *, by: User) -> None:
        super().__init__(data)
        self.fields["from"] = _day(_("从"))
        self.fields["until"] = _day(_("到（含）"))
        self.order_fields(["place", "from", "until"])
        self.places = {place.pk: place for place in places_offered(by, str((data or {}).get("place", "")))}
        offered = [(code, place.full_name if len(code) > COUNTY_DIGITS else place.name) for code, place in self.places.items()]
        cast("forms.ChoiceField", self.fields["place"]).choices = offered

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("from"), said.get("until")
        if first and last and last < first:
            self.add_error("until", _("结束的日期在开始的前面，请改过来。"))
        elif first and last and last - first > LONGEST:
            self.add_error("until", _("一次最多发布三个月，请把日期改近一点。"))
        return said

    @property
    def scope(self) -> Scope:
        """Of a valid form."""
        said = self.cleaned_data
        only: UUID | None = said.get("session")
        return Scope(self.places[said["place"]], said["from"], said["until"], only)


class NoteForm(forms.Form):
    """A word for the history."""

    note = Line(label=_("说明（可以不写）"), max_length=NOTE_AT_MOST, required=False)


class ReleaseForm(ScopeForm, NoteForm):
    """The same days with what was looked at (`seen`); `restores`, if the draft is an older version's."""

    seen = forms.CharField(max_length=SEEN_AT_MOST, widget=forms.HiddenInput)
    restores = forms.IntegerField(required=False, widget=forms.HiddenInput)


def places_offered(by: User, asked: str) -> list[Place]:
    """Where this person releases: his places and their townships; a village only if it is his own or asked for. Who plans
    everywhere chooses a county first."""
    reach = by.reach(Action.PLAN_SESSION)
    own = Place.objects.in_reach(reach).exclude(level__in=(PlaceLevel.PROVINCE, PlaceLevel.CITY))
    wide = own.exclude(level=PlaceLevel.VILLAGE)
    if EVERYWHERE in reach:
        county = county_of(asked) or by.county_id
        wide = own.counties() | wide.filter(code__startswith=county) if county else own.counties()
    named = own.filter(pk__in=[*reach, asked if asked.isdigit() else ""])
    return list((wide | named).select_related("parent").order_by("code").distinct())
