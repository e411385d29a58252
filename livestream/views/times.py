"""When somebody or something is free: the host's own page on a phone, and staff's for a person, a studio or a kit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.actions.availability import Subject, hit_now, holds_hit_now, keep_hours, rows_of, say_away, take_back, times_of
from livestream.availability_forms import AtOnce, AwayForm, TakeBackForm, WeekForm
from livestream.models import Resource, User
from livestream.rules.availability import Away
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from livestream.models import LiveSession
    from livestream.views.signed_in import SignedInRequest

TYPED = "times_typed"  # in the session: what a phone sent late and was not understood, for the next look at the page


@dataclass(frozen=True, slots=True)
class TimesPage:
    """Whose times, and how the page of them looks."""

    subject: Subject
    address: str
    template: str

    @property
    def is_own(self) -> bool:
        return self.template == "livestream/my_times.html"


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def my_times(request: SignedInRequest) -> HttpResponse:
    """Mine, from a phone; who acts for a host enters them as himself."""
    return answer(request, TimesPage(request.user, reverse("livestream:my_times"), "livestream/my_times.html"))


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def person_times(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody's who rang up: entered on his behalf, as he sees."""
    person = get_object_or_404(User.objects.reached_by(request.user, Action.PLAN_SESSION).select_related("place"), pk=pk)
    return answer(request, TimesPage(person, reverse("livestream:person_times", args=[pk]), "livestream/person_times.html"))


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def resource_times(request: SignedInRequest, pk: int) -> HttpResponse:
    """When a studio is open, when a kit is away for repair."""
    found = get_object_or_404(Resource.objects.visible_to(request.user, Action.PLAN_SESSION).select_related("place"), pk=pk)
    return answer(request, TimesPage(found, reverse("livestream:resource_times", args=[pk]), "livestream/resource_times.html"))


def answer(request: SignedInRequest, page: TimesPage) -> HttpResponse:
    """The page; or what a button of it does (`do`). A form gets the page again, a tap the phone kept 204, or 409 when refused."""
    if request.method == "GET":
        typed = request.session.pop(TYPED, None) if page.is_own else None
        return times_page(request, page, AwayForm(typed))
    change = BUTTONS.get(request.POST.get("do", ""))
    return change(request, page) if change else HttpResponseBadRequest()


def times_page(request: SignedInRequest, page: TimesPage, away: AwayForm, status: int = 200) -> HttpResponse:
    """With status 422 and what was typed, when that was not understood or refused."""
    now = timezone.now()
    rows = rows_of(page.subject).select_related("entered_by")
    weekly = [row for row in rows if row.weekday is not None]
    hit = hit_now(page.subject, at=now)
    week = WeekForm(hours=times_of(page.subject).hours, now=now)
    context = {
        "subject": page.subject,
        "address": page.address,
        "is_own": page.is_own,
        "is_thing": isinstance(page.subject, Resource),
        "week": week,
        "weekly_by": next((row for row in weekly if row.entered_by_id != request.user.pk), None),
        "by_clock": [row for row in weekly if row.rule not in week.switched(week.there)],
        "days_away": [row for row in rows if row.until_on and row.until_on >= timezone.localdate(now)],
        "at_once": AtOnce,
        "form": away,
        "hit": [(session, address_of(session, request.user, page)) for session in hit],
        "lessons_hit": [
            (hold, "" if page.is_own or not request.user.may(Action.SEE_SCHOOL, hold.place_id) else hold.link)
            for hold in holds_hit_now(page.subject, at=now)
        ],
        "now": now,
    }
    return render(request, page.template, context, status=status)


def address_of(session: LiveSession, user: User, page: TimesPage) -> str:
    """Its page, where this person has one."""
    if page.is_own:
        return reverse("livestream:my_session", args=[session.pk]) if session.host_id == user.pk else ""
    return reverse("livestream:session", args=[session.pk]) if session.lies_in(user.reach(Action.SEE_PLAN)) else ""


def change_week(request: SignedInRequest, page: TimesPage) -> HttpResponse:
    form = WeekForm(request.POST, hours=times_of(page.subject).hours)
    if not form.is_valid():
        return HttpResponseBadRequest()
    return _done(request, page, form, lambda: keep_hours(page.subject, form.hours, by=_writer(request), at=form.now))


def add_away(request: SignedInRequest, page: TimesPage) -> HttpResponse:
    form = AwayForm(request.POST)
    if form.is_valid():
        try:
            return _done(request, page, form, lambda: say_away(page.subject, form.away, by=_writer(request), at=form.now))
        except NotAllowed as refused:
            form.add_error(None, str(refused))
    if page.is_own and request.POST.get("tap"):
        request.session[TYPED] = {name: request.POST.get(name, "")[:200] for name in form.fields}
        return HttpResponse(status=409)
    return times_page(request, page, form, status=422)


def remove(request: SignedInRequest, page: TimesPage) -> HttpResponse:
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    row = get_object_or_404(rows_of(page.subject), pk=form.cleaned_data["row"])
    take_back(row)
    said = _("去掉了。") if isinstance(row.rule, Away) else _("改好了。")
    return _told(request, page, form.was_kept, said)


BUTTONS: dict[str, Callable[[SignedInRequest, TimesPage], HttpResponse]] = {
    "week": change_week,
    "away": add_away,
    "remove": remove,
}


def _done(
    request: SignedInRequest, page: TimesPage, form: WeekForm | AwayForm, change: Callable[[], list[LiveSession]]
) -> HttpResponse:
    hit = len(change())
    if hit:
        said = ngettext(
            "记下了。可是有 {n} 场已经排在这些时候，看下面。", "记下了。可是有 {n} 场已经排在这些时候，看下面。", hit
        ).format(n=hit)
        messages.warning(request, said)
    return _told(request, page, form.was_kept, "" if hit else _("记下了。"))


def _told(request: SignedInRequest, page: TimesPage, was_kept: Any, said: str) -> HttpResponse:
    if said:
        messages.success(request, said)
    return HttpResponse(status=204) if was_kept else redirect(page.address)


def _writer(request: SignedInRequest) -> User:
    return request.helper or request.user
