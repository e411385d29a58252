"""The county's register of leaders: who they are, what they may be asked for, which two rows are one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.leader import add_leader, change_leader, link_guests, merge_leaders, set_office
from livestream.leader_forms import LeaderForm, MergeForm, say_refusal
from livestream.models import BroadcastRequest, Guest, Leader, LiveSession, Place
from livestream.rules.errors import NotAllowed
from livestream.rules.leader import MAY_NOT_RECOMMEND_FOOD
from livestream.rules.rights import Action
from livestream.rules.session import AIRED, GuestRank
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

UNKNOWN_SHOWN = 12


def counties_led(user: User, action: Action = Action.SEE_PLAN) -> list[Place]:
    """The counties where this person may do that; of more than one, those that have leaders or sessions."""
    found = Place.objects.counties().visible_to(user, action)
    first = list(found[:2])
    if len(first) < 2:
        return first
    has_leaders = Exists(Leader.objects.filter(county=OuterRef("pk")))
    has_sessions = Exists(LiveSession.objects.filter(county=OuterRef("pk")))
    return list(found.filter(has_leaders | has_sessions))


def county_asked(request: SignedInRequest) -> tuple[Place | None, list[Place]]:
    """The county that the page is about, and those to choose from: the only one, or the one that the address names."""
    counties = counties_led(request.user)
    wanted = request.GET.get("county", "")
    chosen = counties[0] if len(counties) == 1 else next((county for county in counties if county.pk == wanted), None)
    return chosen, counties


def waiting_for(user: User) -> int:
    """How many requests this person may decide."""
    return BroadcastRequest.objects.visible_to(user, Action.APPROVE_PLAN).waiting().exclude(asked_by=user).count()


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def leaders(request: SignedInRequest) -> HttpResponse:
    """Who is in the register, how often each was on air, and which guests are not in it."""
    county, counties = county_asked(request)
    on_air = Q(visits__session__state__in=AIRED)
    rows = Leader.objects.filter(county=county).annotate(
        times=Count("visits", filter=on_air), last_at=Max("visits__session__went_live_at", filter=on_air)
    )
    context = {
        "county": county,
        "counties": counties,
        "rows": rows.order_by("-is_in_office", "-rank", "name", "pk") if county else [],
        "barred": MAY_NOT_RECOMMEND_FOOD,
        "unknown": unknown_guests(county.pk)[:UNKNOWN_SHOWN] if county else [],
        "may_keep": bool(county and request.user.may(Action.KEEP_PLAN, county.pk)),
        "waiting": waiting_for(request.user),
    }
    return render(request, "livestream/leaders.html", context)


def unknown_guests(county: str) -> list[Any]:
    """Guests of rank who are nobody in the register: name, title, rank, how many visits; the most frequent first."""
    guests = Guest.objects.filter(session__county=county, leader=None).exclude(rank=GuestRank.OTHER)
    return list(guests.values("name", "title", "rank").annotate(times=Count("pk")).order_by("-times", "name"))


def leader_to_keep(request: SignedInRequest, pk: int) -> Leader:
    """Raises Http404."""
    return get_object_or_404(Leader.objects.visible_to(request.user, Action.KEEP_PLAN).select_related("county"), pk=pk)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """One more; the address may bring what a guest's row says of him. 422 with what was typed, when it was not understood."""
    kept = counties_led(request.user, Action.KEEP_PLAN)
    wanted = request.GET.get("county", "")
    county = next((each for each in kept if each.pk == wanted), kept[0] if kept else None)
    if county is None:
        return redirect("livestream:leaders")
    if request.method == "GET":
        brought = {name: request.GET[name][:60] for name in ("name", "title", "rank") if name in request.GET}
        return _form_page(request, LeaderForm(initial=brought), county)
    form = LeaderForm(request.POST)
    if form.is_valid():
        try:
            leader = add_leader(form.facts, county=county.pk)
        except NotAllowed as refused:
            _say(form, refused)
        else:
            return _done(request, leader, _("{name}登记好了。").format(name=leader.name))
    return _form_page(request, form, county)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another title, unit or name; 422 with what was typed, when it was not understood or refused."""
    found = leader_to_keep(request, pk)
    if request.method == "GET":
        return _form_page(request, LeaderForm(leader=found), found.county, found)
    form = LeaderForm(request.POST, leader=found)
    if form.is_valid():
        try:
            change_leader(found, form.facts)
        except NotAllowed as refused:
            _say(form, refused)
        else:
            return _done(request, found, _("改好了。"))
    return _form_page(request, form, found.county, found)


def _say(form: LeaderForm, refused: NotAllowed) -> None:
    form.asks_namesake = refused.code == "leader_namesake"
    say_refusal(form, refused)


def _form_page(request: SignedInRequest, form: LeaderForm, county: Place, found: Leader | None = None) -> HttpResponse:
    others = Leader.objects.filter(county=county).exclude(pk=found.pk) if found else Leader.objects.none()
    context = {
        "form": form,
        "county": county,
        "leader": found,
        "has_others": others.exists(),
        "visits": _visits_of(found) if found else [],
    }
    return render(request, "livestream/leader_edit.html", context, status=422 if form.is_bound else 200)


def _visits_of(leader: Leader) -> list[Guest]:
    return list(leader.visits.select_related("session", "segment").order_by("-session__planned_start_at", "pk"))


def _done(request: SignedInRequest, leader: Leader, said: str) -> HttpResponse:
    messages.success(request, said)
    return _to_register(leader.county_id, counties_led(request.user))


def _to_register(county: str, counties: list[Place]) -> HttpResponse:
    answer = redirect("livestream:leaders")
    if len(counties) > 1:
        answer["Location"] += f"?county={county}"
    return answer


@needs(Action.KEEP_PLAN)
@require_POST
def office(request: SignedInRequest, pk: int) -> HttpResponse:
    """In office, or not any more; a second tap finds it done."""
    found = leader_to_keep(request, pk)
    is_in_office = request.POST.get("in_office") == "yes"
    set_office(found, is_in_office=is_in_office)
    said = _("{name}记为在任。") if is_in_office else _("{name}记为不在任：以前的场次照样算，新场次不再列出。")
    return _done(request, found, said.format(name=found.name))


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Two rows were one person: the visits of the other one move here. 422 when it was refused."""
    found = leader_to_keep(request, pk)
    others = Leader.objects.visible_to(request.user, Action.KEEP_PLAN).filter(county=found.county_id).exclude(pk=pk)
    form = MergeForm(request.POST if request.method == "POST" else None, others=others)
    if form.is_valid():
        gone = form.cleaned_data["other"]
        try:
            moved = merge_leaders(found, gone, by=request.user)
        except NotAllowed as refused:
            form.add_error("other", str(refused))
        else:
            said = ngettext("合并好了，移过来 {count} 次上线。", "合并好了，移过来 {count} 次上线。", moved)
            return _done(request, found, said.format(count=moved))
    context = {"form": form, "leader": found, "visits": _visits_of(found)}
    return render(request, "livestream/leader_merge.html", context, status=422 if form.is_bound else 200)


@needs(Action.KEEP_PLAN)
@require_POST
def link(request: SignedInRequest) -> HttpResponse:
    """Guests whose name stands in the register become these leaders; a second tap finds it done."""
    linked = sum(link_guests(county.pk) for county in counties_led(request.user, Action.KEEP_PLAN))
    messages.success(request, ngettext("认出了 {count} 位嘉宾。", "认出了 {count} 位嘉宾。", linked).format(count=linked))
    return redirect("livestream:leaders")
