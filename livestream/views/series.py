"""Series: the list, a new one looked at before it is made, one with its sessions and what becomes of the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Min
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.series import (
    Made,
    Seen,
    cancel_rest,
    change_rest,
    extend_series,
    is_as_said,
    make_series,
    try_series,
)
from livestream.models import LiveSession, Place, Series
from livestream.plan_forms import CLOCKS
from livestream.rules.availability import day_words
from livestream.rules.clash import Clashing
from livestream.rules.errors import NotAllowed
from livestream.rules.holiday import DayMark, day_marks
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.planning import Level
from livestream.rules.rights import Action
from livestream.rules.series import missing_days, missing_words, rule_words
from livestream.rules.session import STILL_PLANNED, SessionState
from livestream.series_forms import TEMPLATES, CancelRestForm, ExtendForm, RestForm, SeriesForm, template_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from django import forms
    from django.http import HttpRequest, HttpResponse

    from livestream.actions.series import Dated
    from livestream.rules.series import SeriesRule
    from livestream.views.signed_in import SignedInRequest

OVER_SHOWN = 20
FURTHEST = timedelta(days=731)
LEFT_SHOWN = 5


class Row(NamedTuple):
    """A series as the list shows it: its rule in words, how many of its sessions are still to come, and when the next is."""

    series: Series
    words: str
    left: int
    next_at: datetime | None


class Line(NamedTuple):
    """A date of a series that is not made yet: what it is, what would become of it, and whether it is wanted."""

    on: date
    mark: DayMark | None
    is_wanted: bool
    refusal: str = ""
    free: tuple[datetime, ...] = ()


class Look(NamedTuple):
    """What would become of every date."""

    lines: list[Line]
    missing: list[str]
    needs_reason: bool

    @property
    def good(self) -> int:
        return sum(line.is_wanted and not line.refusal for line in self.lines)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def series(request: SignedInRequest) -> HttpResponse:
    """Those that go on, then those that are over."""
    today = timezone.localdate()
    found = list(Series.objects.visible_to(request.user).select_related("host", "place").order_by("-until_on", "pk"))
    coming = LiveSession.objects.upcoming(timezone.now()).filter(series__in=found).order_by().values("series")
    ahead = {row["series"]: row for row in coming.annotate(left=Count("pk"), next_at=Min("planned_start_at"))}
    rows = [Row(one, rule_words(one.rule), *counted(ahead.get(one.pk))) for one in found]
    going = [row for row in rows if row.series.until_on >= today or row.left]
    context = {
        "going": sorted(going, key=lambda row: (row.next_at is None, row.next_at)),
        "over": [row for row in rows if row not in going][:OVER_SHOWN],
        "may_plan": bool(request.user.reach(Action.PLAN_SESSION)),
        "now": timezone.now(),
    }
    return render(request, "livestream/series.html", context)


def counted(ahead: Any) -> tuple[int, datetime | None]:
    """How many are to come, and when the next is."""
    return (ahead["left"], ahead["next_at"]) if ahead else (0, None)


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """The form; with what would become of each date; or the series, made. What was typed stays, whatever is wrong with it."""
    if request.method == "GET":
        initial = template_of(request.GET.get("template", ""))
        return new_page(request, SeriesForm(by=request.user, initial=initial))
    form = SeriesForm(request.POST, by=request.user)
    if not form.is_valid():
        return new_page(request, form, status=422)
    look, rule = looked_at(request, form)
    has_seen = request.POST.getlist("shown") == [line.on.isoformat() for line in look.lines]
    if request.POST.get("do") != "make" or not has_seen or not look.good:
        return new_page(request, form, look)
    return made(request, form, rule)


def new_page(request: SignedInRequest, form: SeriesForm, look: Look | None = None, status: int = 200) -> HttpResponse:
    context = {"form": form, "look": look, "templates": TEMPLATES, "clocks": CLOCKS}
    return render(request, "livestream/series_new.html", context, status=status)


def looked_at(request: SignedInRequest, form: SeriesForm) -> tuple[Look, SeriesRule]:
    """What would become of each date, and the rule without those that are not wanted."""
    said = form.cleaned_data
    trial = try_series(
        form.plan, form.rule, county=county_of(form), by=request.user, at=timezone.now(), reason=said["reason"]
    )  # fmt: skip
    shown, wanted = set(request.POST.getlist("shown")), set(request.POST.getlist("on"))
    without = frozenset(one.on for one in trial.dated if one.on.isoformat() in shown - wanted)
    marks = day_marks(form.rule.from_on, form.rule.until_on, language=get_language() or "")
    lines = [line_of(one, marks, is_wanted=one.on not in without) for one in trial.dated]
    missing = [missing_words(day) for day in missing_days(form.rule)]
    return Look(lines, missing, any(may_be_excused(one.refusal) for one in trial.refused)), replace(form.rule, without=without)


def county_of(form: SeriesForm) -> Place:
    return get_object_or_404(Place, pk=form.plan.place.pk[:COUNTY_DIGITS])


def line_of(one: Dated, marks: dict[date, DayMark], *, is_wanted: bool) -> Line:
    free = tuple(one.refusal.free) if isinstance(one.refusal, Clashing) else ()
    return Line(one.on, marks.get(one.on), is_wanted, str(one.refusal) if one.refusal else "", free)


def may_be_excused(refused: NotAllowed | None) -> bool:
    """Whether a reason would let it stand until an approver decides."""
    return isinstance(refused, Clashing) and all(clash.level == Level.APPROVE for clash in refused.clashes)


def made(request: SignedInRequest, form: SeriesForm, rule: SeriesRule) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    try:
        done = make_series(form.plan, rule, county=county_of(form), by=request.user, at=timezone.now(), reason=reason)
    except NotAllowed as refused:
        form.say(refused)
        return new_page(request, form, status=422)
    n = len(done.planned)
    said = ngettext("排好了 {n} 场，都是草稿。发布以后才通知主播。", "排好了 {n} 场，都是草稿。发布以后才通知主播。", n)
    tell(request, said.format(n=n), done)
    return redirect("livestream:one_series", done.series.pk if done.series else 0)


def tell(request: HttpRequest, said: str, done: Made) -> None:
    """What was done, and what was left alone for which reason."""
    messages.success(request, said)
    left: dict[str, list[str]] = {}
    for one in done.refused:
        left.setdefault(str(one.refusal), []).append(day_words(one.on))
    for why, days in list(left.items())[:LEFT_SHOWN]:
        messages.warning(request, _("{days}：{why}").format(days="、".join(days), why=why))


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def one(request: SignedInRequest, pk: int) -> HttpResponse:
    return series_page(request, series_reached(request, pk, Action.SEE_PLAN), {})


def series_reached(request: SignedInRequest, pk: int, action: Action) -> Series:
    """Raises Http404."""
    found = Series.objects.visible_to(request.user, action).select_related(
        "county", "place__parent", "host", "made_by", "follows"
    )
    return get_object_or_404(found, pk=pk)


def series_page(request: SignedInRequest, found: Series, bound: dict[str, forms.Form]) -> HttpResponse:
    """With status 422 and what was typed, when one of its forms was not understood or refused."""
    now = timezone.now()
    may_plan = Series.objects.visible_to(request.user, Action.PLAN_SESSION).filter(pk=found.pk).exists()
    sessions = list(found.sessions.select_related("host", "place").order_by("series_on"))
    ahead = [session for session in sessions if session.planned_end_at > now]
    marks = day_marks(timezone.localdate(now), timezone.localdate(now) + FURTHEST, language=get_language() or "")
    start = {"from_on": max(timezone.localdate(now), found.from_on)}
    context = {
        "series": found,
        "words": rule_words(found.rule),
        "ahead": [row_of(session, found, marks) for session in ahead],
        "over": len(sessions) - len(ahead),
        "missing": [missing_words(day) for day in missing_days(found.rule)],
        "later": Series.objects.filter(follows=found).first(),
        "may_plan": may_plan,
        "has_rest": any(session.state in STILL_PLANNED for session in ahead),
        "change": bound.get("change") or RestForm(by=request.user, series=found, initial=start),
        "cancel": bound.get("cancel") or CancelRestForm(initial=start),
        "extend": bound.get("extend") or ExtendForm(),
        "open": next(iter(bound), ""),
        "clocks": CLOCKS,
        "now": now,
    }
    return render(request, "livestream/one_series.html", context, status=422 if bound else 200)


class SessionRow(NamedTuple):
    """A session of a series as its page shows it."""

    session: LiveSession
    mark: DayMark | None
    is_moved: bool
    is_open: bool


def row_of(session: LiveSession, found: Series, marks: dict[date, DayMark]) -> SessionRow:
    is_moved = session.state != SessionState.CANCELLED and not is_as_said(session, found)
    mark = marks.get(timezone.localdate(session.planned_start_at))
    return SessionRow(session, mark, is_moved, session.state in STILL_PLANNED)


@needs(Action.PLAN_SESSION)
@require_POST
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rest, from some day on."""
    found = series_reached(request, pk, Action.PLAN_SESSION)
    form = RestForm(request.POST, by=request.user, series=found)

    def verb() -> Made:
        return change_rest(found, form.change, seen_of(request, form))

    return done(request, found, "change", form, verb)


@needs(Action.PLAN_SESSION)
@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rest, from some day on."""
    found = series_reached(request, pk, Action.PLAN_SESSION)
    form = CancelRestForm(request.POST)

    def verb() -> Made:
        said = form.cleaned_data
        return cancel_rest(found, seen_of(request, form), reason=said["reason"], also_moved=said["also_moved"])

    return done(request, found, "cancel", form, verb)


@needs(Action.PLAN_SESSION)
@require_POST
def extend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Until a later day."""
    found = series_reached(request, pk, Action.PLAN_SESSION)
    form = ExtendForm(request.POST)

    def verb() -> Made:
        return extend_series(found, until_on=form.cleaned_data["until_on"], by=request.user, at=timezone.now())

    return done(request, found, "extend", form, verb)


def done(request: SignedInRequest, found: Series, name: str, form: Any, verb: Callable[[], Made]) -> HttpResponse:
    """Its page, with what became of each date; or with the form that is to be put right."""
    if form.is_valid():
        try:
            outcome = verb()
        except NotAllowed as refused:
            fields = {"series_until_earlier": "until_on", "series_too_long": "until_on", "series_over": "from_on"}
            field = fields.get(refused.code)
            form.add_error(field if field in form.fields else None, str(refused))
        else:
            said = {"change": _("改了 {n} 场。"), "cancel": _("取消了 {n} 场。"), "extend": _("又排了 {n} 场。")}[name]
            tell(request, said.format(n=len(outcome.planned)), outcome)
            return redirect("livestream:one_series", outcome.series.pk if outcome.series else found.pk)
    return series_page(request, found, {name: form})


def seen_of(request: SignedInRequest, form: Any) -> Seen:
    """Which version of each session the page showed: what was changed since is left alone."""
    said = form.cleaned_data
    versions = dict(pair for text in request.POST.getlist("seen") if (pair := version_of(text)))
    return Seen(said["from_on"], request.user, timezone.now(), said.get("reason", ""), versions)


def version_of(text: str) -> tuple[UUID, int] | None:
    """`<session>:<version>`; None where it is none."""
    key, _colon, version = text.partition(":")
    try:
        return UUID(key), int(version[:9])
    except ValueError:
        return None
