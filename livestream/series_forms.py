"""What staff type about a series: who, what, on which days, from when until when; and what becomes of the rest of it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from livestream.actions.series import Change
from livestream.actions.session import RoomPlan, SessionPlan
from livestream.models import Resource
from livestream.person_forms import Line, day_field
from livestream.plan_lists import Lists, Unclear
from livestream.plan_row_forms import PICK, NamedField
from livestream.rules.availability import weekday_words
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import NOTE_AT_MOST, REASON_AT_MOST, TITLE_AT_MOST
from livestream.rules.planning import ResourceKind
from livestream.rules.rights import Action
from livestream.rules.series import SeriesRule, check_rule, window_of
from livestream.rules.session import SessionKind
from livestream.rules.when import clock_of

if TYPE_CHECKING:
    from livestream.models import Place, Series, User

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLOCK_AT_MOST, DAYS_AT_MOST = 40, 60
NUMBERS = re.compile(r"\d+")
# County heads and relays have guests, stretches and an approval of their own each time.
KINDS = [(kind.value, kind.label) for kind in (SessionKind.VILLAGE_HOST, SessionKind.SPECIAL, SessionKind.PRACTICE)]
FIELDS = {
    "series_backwards": "until_on", "series_too_long": "until_on", "series_too_many": "until_on", "series_no_dates": "until_on",
    "series_until_earlier": "until_on", "series_by_what": "weekdays", "series_unknown_day": "month_days", "series_minutes": "end",
    "not_yours_to_plan": "place", "words_missing": "title", "not_your_people": "host",
}  # fmt: skip
LAST_DAY = (12, 31)
TEMPLATES: dict[str, dict[str, Any]] = {
    "village_day": {"title": _("村播日"), "month_days": "15", "start": "19:30", "end": "21:30"},
    "two_evenings": {"weekdays": ["2", "5"], "start": "19:30", "end": "21:30"},
    "weekend": {"weekdays": ["6", "7"], "start": "10:00", "end": "12:00"},
}


def _clock(label: Any, **kwargs: Any) -> Line:
    return Line(label=label, max_length=CLOCK_AT_MOST, attrs={"list": "clocks", "class": "num"}, **kwargs)


class WhoAndWhere(forms.Form):
    """Names that are typed, as `lists` understands them."""

    use_required_attribute = False

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists = Lists(by)
        there = Resource.objects.visible_to(by, Action.PLAN_SESSION).in_use().select_related("place").order_by("place_id", "name")
        self.things = sorted(there, key=lambda thing: ResourceKind.values.index(thing.kind))
        if "resources" in self.fields:
            offered = [(str(thing.pk), thing.name) for thing in self.things]
            cast("forms.MultipleChoiceField", self.fields["resources"]).choices = offered

    def named(self, field: str, among: str) -> Any:
        typed = self.cleaned_data.get(field)
        if not typed:
            return None
        try:
            return getattr(self.lists, among).find(typed)
        except Unclear as unclear:
            self.add_error(field, str(unclear))
            return None

    def clock(self, field: str) -> Any:
        """The clock time that is meant, None where none is typed or it is not understood."""
        typed = self.cleaned_data.get(field)
        found = clock_of(typed) if typed else None
        if typed and found is None:
            self.add_error(field, _now("没看懂“{typed}”是几点。请写 19:30 或 晚8点。").format(typed=typed))
        return found.at if found else None

    @property
    def chosen(self) -> list[Resource]:
        ticked = set(self.cleaned_data["resources"])
        return [thing for thing in self.things if str(thing.pk) in ticked]

    @property
    def by_kind(self) -> list[tuple[str, list[tuple[Resource, bool]]]]:
        """The things to tick, each with whether it is ticked, under the name of its kind."""
        ticked = {str(pk) for pk in self["resources"].value() or []}
        kinds: dict[str, list[tuple[Resource, bool]]] = {}
        for thing in self.things:
            kinds.setdefault(thing.get_kind_display(), []).append((thing, str(thing.pk) in ticked))
        return list(kinds.items())

    def say(self, refused: NotAllowed) -> None:
        """A refusal, at what it is about."""
        field = FIELDS.get(refused.code)
        self.add_error(field if field in self.fields else None, str(refused))


def minutes_between(starts: Any, ends: Any) -> int:
    """From one clock time to another, over midnight where it ends no later than it begins."""
    begins = datetime.combine(date.min, starts)
    until = datetime.combine(date.min if ends > starts else date.min + DAY, ends)
    return (until - begins) // MINUTE


class SeriesForm(WhoAndWhere):
    """A new series. `rule` and `plan` are of a valid form."""

    title = Line(label=_("主题"), max_length=TITLE_AT_MOST)
    kind = forms.ChoiceField(label=_("类型"), choices=KINDS, initial=SessionKind.VILLAGE_HOST, error_messages=PICK)
    host = NamedField(label=_("主播"), datalist="people", help_text=_("写姓名，从列表里选。"))
    place = NamedField(label=_("直播地点"), datalist="places", required=False, help_text=_("写村名；不写，就在主播的村。"))
    weekdays = forms.MultipleChoiceField(label=_("每周几"), required=False, error_messages=PICK)
    month_days = Line(
        label=_("或者每月几日"),
        max_length=DAYS_AT_MOST,
        required=False,
        help_text=_("例如 15，或 1、15。"),
        attrs={"class": "num"},
    )
    start = _clock(_("开播"), help_text=_("例如 19:30、晚8点。"))
    end = _clock(_("下播"), help_text=_("过了半夜也行。"))
    from_on = day_field(_("从哪天"))
    until_on = day_field(_("到哪天（含）"))
    resources = forms.MultipleChoiceField(label=_("场地、设备和账号"), required=False, error_messages=PICK)
    note = Line(label=_("备注"), max_length=NOTE_AT_MOST, required=False)
    reason = Line(label=_("为什么可以这样排"), max_length=REASON_AT_MOST, required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        week = [(str(day), weekday_words(day)) for day in range(1, 8)]
        cast("forms.MultipleChoiceField", self.fields["weekdays"]).choices = week
        for name, words in (("from_on", _("请填从哪天起。")), ("until_on", _("请填到哪天为止。"))):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = words

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["who"] = self.named("host", "people")
        said["where"] = self.named("place", "places") if said.get("place") else self._home(said["who"])
        said["from_time"], said["until_time"] = self.clock("start"), self.clock("end")
        if not self.errors:
            try:
                check_rule(self.rule)
            except NotAllowed as refused:
                self.say(refused)
        return said

    def clean_month_days(self) -> list[int]:
        return [int(number[:3]) for number in NUMBERS.findall(self.cleaned_data["month_days"])]

    def _home(self, host: User | None) -> Place | None:
        if host is None or "place" in self.errors:
            return None
        if host.county_id is None:
            self.add_error("place", _("请写在哪个村直播。"))
        return host.place

    @property
    def rule(self) -> SeriesRule:
        said = self.cleaned_data
        return SeriesRule(
            from_on=said["from_on"],
            until_on=said["until_on"],
            from_time=said["from_time"],
            minutes=minutes_between(said["from_time"], said["until_time"]),
            weekdays=tuple(int(day) for day in said["weekdays"]),
            month_days=tuple(said["month_days"]),
        )

    @property
    def plan(self) -> SessionPlan:
        """Accounts are booked by the rooms that use them."""
        said = self.cleaned_data
        accounts = [thing for thing in self.chosen if thing.kind == ResourceKind.ACCOUNT]
        return SessionPlan(
            kind=said["kind"],
            title=said["title"],
            host=said["who"],
            place=said["where"],
            planned_start_at=window_of(said["from_on"], said["from_time"], self.rule.minutes).starts_at,
            planned_end_at=window_of(said["from_on"], said["from_time"], self.rule.minutes).ends_at,
            rooms=[RoomPlan(thing.platform, "", thing.account) for thing in accounts],
            resources=[thing for thing in self.chosen if thing not in accounts],
            note=said["note"],
        )


def template_of(name: str) -> dict[str, Any]:
    """What a one-tap template fills in: from today until the end of the year, or of the next one where that is near."""
    today = timezone.localdate()
    year = today.year + (today > date(today.year, 10, 1))
    return {"from_on": today, "until_on": date(year, *LAST_DAY)} | TEMPLATES.get(name, {})


class RestForm(WhoAndWhere):
    """What is different from some day on. What is left empty stays."""

    from_on = day_field(_("从哪天起"))
    title = Line(label=_("主题"), max_length=TITLE_AT_MOST, required=False)
    host = NamedField(label=_("主播"), datalist="people", required=False)
    place = NamedField(label=_("直播地点"), datalist="places", required=False)
    start = _clock(_("开播"), required=False)
    end = _clock(_("下播"), required=False)
    reason = Line(label=_("撞了时间的，为什么可以"), max_length=REASON_AT_MOST, required=False)

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.series = series
        self.fields["from_on"].required = True
        self.fields["from_on"].error_messages["required"] = _("请填从哪天起改。")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["who"], said["where"] = self.named("host", "people"), self.named("place", "places")
        said["from_time"], said["until_time"] = self.clock("start"), self.clock("end")
        if not self.errors and self.change == Change():
            self.add_error(None, _("请至少写一样要改的。"))
        return said

    @property
    def change(self) -> Change:
        """Of a valid form. A new start alone keeps the length."""
        said = self.cleaned_data
        starts = said["from_time"] or self.series.from_time
        minutes = minutes_between(starts, said["until_time"]) if said["until_time"] else None
        return Change(said["title"] or None, said["who"], said["where"], said["from_time"], minutes)


class CancelRestForm(forms.Form):
    """From which day on nothing takes place, and why."""

    from_on = day_field(_("从哪天起"))
    reason = Line(label=_("为什么取消"), max_length=REASON_AT_MOST, error_messages={"required": _("请写一句为什么取消。")})
    also_moved = forms.BooleanField(label=_("单独改过的也取消"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_on"].required = True
        self.fields["from_on"].error_messages["required"] = _("请填从哪天起取消。")


class ExtendForm(forms.Form):
    """Until when it goes on."""

    until_on = day_field(_("接着排到哪天（含）"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until_on"].required = True
        self.fields["until_on"].error_messages["required"] = _("请填到哪天为止。")
