"""The form of a plan: one session with its stretches, guests, goods, rooms and crew, as it is typed, and as a plan."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.actions.session import SegmentPlan, SessionPlan
from livestream.person_forms import Line
from livestream.plan_lists import Unclear
from livestream.plan_row_forms import PICK, ROWS, MoneyField, NamedField, Row, Rows
from livestream.plan_typed import RowsTyped
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.plan import NOTE_AT_MOST, REASON_AT_MOST, TITLE_AT_MOST, check_day, check_segments, check_window
from livestream.rules.session import SessionKind
from livestream.rules.text import one_line
from livestream.rules.when import clock_of, day_of, end_of, moment, within

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import QueryDict

    from livestream.models import Place, Resource, User
    from livestream.plan_lists import Lists

EXCUSE = "excuse-"
# What a refusal is about; the others stand above the form.
FIELDS = {
    "session_backwards": "end", "session_too_long": "end", "session_past": "day", "session_far": "day",
    "not_yours_to_plan": "place", "words_missing": "title",
    "too_young": "host", "guardian_missing": "host", "age_recheck": "host", "age_unverified": "host", "person_gone": "host",
    "person_restricted": "host",
}  # fmt: skip
OF_SEGMENT = {
    "segment_minutes": "begins", "segment_backwards": "ends", "segment_outside": "begins", "segment_overlaps": "begins",
}  # fmt: skip


class DayInput(forms.DateInput):
    """The browser's calendar; plain text where what was typed is no date of it, so that nothing typed is lost."""

    input_type = "date"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not _is_iso(str(shown)):
            context["widget"]["type"] = "text"
        return context

    def format_value(self, value: Any) -> str | None:
        """An understood day as the calendar wants it."""
        typed = "" if value is None else str(value)
        found = day_of(typed, today=timezone.localdate())
        return found.isoformat() if found else typed


def _is_iso(text: str) -> bool:
    found = day_of(text, today=timezone.localdate())
    return found is not None and found.isoformat() == text


class ThingsInput(forms.CheckboxSelectMultiple):
    """Drawn by the template, by kind."""


# Offered beside the field, for who would rather choose than type.
CLOCKS = [f"{hour:02}:{minute:02}" for hour in range(7, 24) for minute in (0, 30)]


class PlanForm(forms.Form):
    """What is said once of a session."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=_("类型"), choices=SessionKind.choices, initial=SessionKind.VILLAGE_HOST, error_messages=PICK)
    title = Line(label=_("主题"), max_length=TITLE_AT_MOST)
    day = Line(label=_("哪一天"), max_length=40)
    start = Line(label=_("开播"), max_length=40, help_text=_("例如 19:30、晚8点。"), attrs={"list": "clocks", "class": "num"})
    end = Line(label=_("下播"), max_length=40, help_text=_("过半夜写“次日 1:00”。"), attrs={"list": "clocks", "class": "num"})
    host = NamedField(label=_("主播"), datalist="people-names", help_text=_("写姓名，从列表里选。"))
    place = NamedField(label=_("直播地点"), datalist="place-names", required=False, help_text=_("写村名；不写，就在主播的村。"))
    resources = forms.MultipleChoiceField(
        label=_("场地和设备"), required=False, widget=ThingsInput, error_messages={"invalid_choice": _("请从列表里选。")}
    )
    campaign = forms.ChoiceField(label=_("活动"), required=False, error_messages=PICK)
    goal = MoneyField(label=_("销售目标（元）"), required=False)
    is_public_interest = forms.BooleanField(label=_("公益推介：没有报酬，不是广告"), required=False)
    note = Line(label=_("备注"), max_length=NOTE_AT_MOST, required=False)

    def __init__(self, *args: Any, lists: Lists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists = lists
        self.fields["day"].widget = DayInput(attrs={"class": "num"})
        things = [(str(thing.pk), thing.name) for thing in lists.resources]
        cast("forms.MultipleChoiceField", self.fields["resources"]).choices = things
        campaigns = [(str(campaign.pk), campaign.name) for campaign in lists.campaigns]
        cast("forms.ChoiceField", self.fields["campaign"]).choices = [("", _("不属于活动")), *campaigns]
        self.now = timezone.now()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["who"] = self._named("host", "people")
        said["where"] = self._named("place", "places") if said.get("place") else self._home(said["who"])
        said["starts_at"] = self._start()
        said["ends_at"] = self._end(said["starts_at"]) if said["starts_at"] else None
        return said

    def _named(self, field: str, among: str) -> Any:
        typed = self.cleaned_data.get(field)
        if not typed:
            return None
        try:
            return getattr(self.lists, among).find(typed)
        except Unclear as unclear:
            self.add_error(field, str(unclear))
            return None

    def _home(self, host: User | None) -> Place | None:
        """The host's own village, where nothing else is said."""
        if host is None or "place" in self.errors:
            return None
        if len(host.place_id) < COUNTY_DIGITS:
            self.add_error("place", _("请写在哪个村直播。"))
            return None
        return host.place

    def _start(self) -> datetime | None:
        day, clock = self.cleaned_data.get("day"), self.cleaned_data.get("start")
        found = day and day_of(day, today=timezone.localdate(self.now))
        if day and not found:
            self.add_error("day", _("没看懂“{typed}”是哪一天。请写 11月25日、2026-11-25 或 明天。").format(typed=day))
        at = clock and clock_of(clock)
        if clock and not at:
            self.add_error("start", _("没看懂“{typed}”是几点。请写 19:30 或 晚8点。").format(typed=clock))
        return moment(found, at) if found and at else None

    def _end(self, starts_at: datetime) -> datetime | None:
        typed = self.cleaned_data.get("end")
        if not typed:
            return None
        ends_at = end_of(typed, starts_at=starts_at, today=timezone.localdate(self.now))
        if ends_at is None:
            self.add_error("end", _("没看懂“{typed}”是几点。请写 21:30、晚9点半 或 次日 1:00。").format(typed=typed))
            return None
        try:
            check_window(starts_at, ends_at)
        except NotAllowed as refused:
            self.add_error("end", str(refused))
            return None
        return ends_at

    @property
    def things(self) -> list[Resource]:
        chosen = set(self.cleaned_data["resources"])
        return [thing for thing in self.lists.resources if str(thing.pk) in chosen]


class CancelForm(forms.Form):
    """Why a session does not take place, and which plan of it was seen."""

    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    reason = Line(
        label=_("为什么取消"),
        max_length=REASON_AT_MOST,
        help_text=_("主播会看到这句话。"),
    )
    tells = forms.BooleanField(label=_("现在就通知主播和工作人员"), required=False, initial=True)


class PlanSheet:
    """The whole form. What was typed is kept as it was typed; `is_judged`: whether the page says what is wrong with it."""

    def __init__(self, typed: QueryDict, *, lists: Lists, is_judged: bool) -> None:
        self.lists, self.is_judged, self.clocks = lists, is_judged, CLOCKS
        self.typed = RowsTyped(typed)
        data = self.typed.whole()
        bound = PlanForm(data, lists=lists)
        words = {name: said for name in bound.fields if (said := bound[name].data) is not None}
        self.main = bound if is_judged else PlanForm(initial=words, lists=lists)
        self.rows: dict[str, Rows] = {prefix: self._rows(prefix, data, is_judged=is_judged) for prefix in ROWS}

    def _rows(self, prefix: str, data: QueryDict, *, is_judged: bool) -> Rows:
        words = {"lists": self.lists, "segments": self.typed.number("segments")}
        bound = ROWS[prefix](data, prefix=prefix, form_kwargs=words)
        if is_judged:
            return bound
        return ROWS[prefix](
            initial=[{name: row[name].data for name in row.fields} for row in bound], prefix=prefix, form_kwargs=words
        )

    def is_valid(self) -> bool:
        """Whether it is a plan, in itself: every field is understood, and each stretch lies inside the session."""
        is_whole = all([self.main.is_valid(), *(rows.is_valid() for rows in self.rows.values())])
        if is_whole:
            self._check_window()
            self.segments  # noqa: B018  # its errors are part of the answer
            self._number_segments()
        return not self.errors

    @property
    def errors(self) -> bool:
        """Whether anything is wrong."""
        rows = [row for rows in self.rows.values() for row in rows.filled]
        return bool(self.main.errors or any(row.errors for row in rows) or any(r.non_form_errors() for r in self.rows.values()))

    def _check_window(self) -> None:
        if not self.lists.plan or self.lists.plan.planned_start_at != self.main.cleaned_data["starts_at"]:
            try:
                check_day(self.main.cleaned_data["starts_at"], at=self.main.now)
            except NotAllowed as refused:
                self.say(refused)

    @cached_property
    def segments(self) -> list[SegmentPlan]:
        """The stretches with their hours: what is left out follows from its neighbours and from the session."""
        said = self.main.cleaned_data
        starts_at, ends_at = said["starts_at"], said["ends_at"]
        rows = self.rows["segments"].filled
        begins = [self._moment(row, "begins") for row in rows]
        found: list[SegmentPlan] = []
        for number, row in enumerate(rows):
            at = begins[number] or (found[-1].ends_at if found else starts_at)
            following = next((later for later in begins[number + 1 :] if later), ends_at)
            until = self._moment(row, "ends") or following
            words = row.cleaned_data
            found.append(SegmentPlan(words["title"], words["where"] or said["where"], at, until))
        if not any(row.errors for row in rows):
            try:
                check_segments([(segment.starts_at, segment.ends_at) for segment in found], starts_at, ends_at)
            except NotAllowed as refused:
                self.say(refused)
        return found

    def _moment(self, row: Row, field: str) -> datetime | None:
        typed, said = row.cleaned_data.get(field), self.main.cleaned_data
        if not typed:
            return None
        today = timezone.localdate(self.main.now)
        found = within(typed, starts_at=said["starts_at"], ends_at=said["ends_at"], today=today)
        if found is None:
            row.add_error(field, _("没看懂“{typed}”是几点。请写 19:30 或 晚8点。").format(typed=typed))
        return found

    def _number_segments(self) -> None:
        """Guests and goods name a stretch by its row: one that is left empty is none."""
        rows = self.rows["segments"]
        filled = [form for form, row in enumerate(rows.forms) if row in rows.filled]
        self.numbers = {form: number for number, form in enumerate(filled)}
        for row in [*self.rows["guests"].filled, *self.rows["goods"].filled]:
            if row.segment_number is not None and row.segment_number not in self.numbers:
                row.add_error("segment", _("这一段还没有写，请先写，或选别的。"))

    @property
    def plan(self) -> SessionPlan:
        """Of a valid form."""
        said = self.main.cleaned_data
        leading = [
            row.cleaned_data["guest_plan"]._replace(segment=number)
            for number, row in enumerate(self.rows["segments"].filled)
            if row.cleaned_data["guest_plan"]
        ]
        campaign = next((one for one in self.lists.campaigns if str(one.pk) == said["campaign"]), None)
        return SessionPlan(
            kind=said["kind"],
            title=said["title"],
            host=said["who"],
            place=said["where"],
            planned_start_at=said["starts_at"],
            planned_end_at=said["ends_at"],
            goal_fen=said["goal"],
            rooms=self._plans("rooms"),
            guests=[*leading, *self._plans("guests")],
            line_up=self._plans("goods"),
            segments=self.segments,
            crew=self._plans("crew"),
            resources=self.main.things,
            campaign=campaign,
            note=said["note"],
            is_public_interest=said["is_public_interest"],
        )

    def _plans(self, prefix: str) -> list[Any]:
        plans = [cast("Any", row).plan for row in self.rows[prefix].filled]
        if prefix not in {"guests", "goods"}:
            return plans
        return [plan if plan.segment is None else plan._replace(segment=self.numbers[plan.segment]) for plan in plans]

    @property
    def excuses(self) -> dict[str, str]:
        """Reasons for clashes, by the key of the clash."""
        typed = self.typed.whole()
        given = {
            name.removeprefix(EXCUSE): one_line(str(typed[name]))[:REASON_AT_MOST] for name in typed if name.startswith(EXCUSE)
        }
        return {key: reason for key, reason in given.items() if reason}

    def say(self, refused: NotAllowed) -> None:
        """A refusal, at what it is about."""
        if refused.code in OF_SEGMENT:
            row = self.rows["segments"].filled[int(str(refused.facts["number"])) - 1]
            row.add_error(OF_SEGMENT[refused.code], str(refused))
            return
        self.main.add_error(FIELDS.get(refused.code), str(refused))

    @property
    def by_kind(self) -> list[tuple[str, list[tuple[Resource, bool]]]]:
        """The things to tick, each with whether it is ticked, under the name of its kind."""
        ticked = set(self.main["resources"].value() or [])
        kinds: dict[str, list[tuple[Resource, bool]]] = {}
        for thing in self.lists.resources:
            kinds.setdefault(thing.get_kind_display(), []).append((thing, str(thing.pk) in ticked))
        return list(kinds.items())
