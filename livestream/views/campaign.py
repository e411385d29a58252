"""Campaigns: the year of a county, one campaign, a new one like the last time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.actions.campaign import add_campaign, change_campaign, repeat_campaign
from livestream.campaign_forms import AT, CampaignForm, campaign_said
from livestream.models import Campaign, LiveSession, PromotionTask, RewardRule
from livestream.rules.campaign import TEMPLATES, a_year_later, named_holidays, next_window, standing
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.promotion import PromotionKind
from livestream.rules.rights import Action, covers
from livestream.typed_fields import YEARS, say, typed
from livestream.views.desk import home_of
from livestream.views.promotion import rows_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from livestream.models import Place, User
    from livestream.rules.campaign import Standing, Yearly
    from livestream.views.signed_in import SignedInRequest

LIKE_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A campaign of a year: how it stands, and from which day of the year it lasts how long."""

    campaign: Campaign
    standing: Standing
    from_day: int
    days: int


class Offer(NamedTuple):
    """A template with the days that it would have next."""

    template: Yearly
    from_on: date
    until_on: date


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def campaigns(request: SignedInRequest) -> HttpResponse:
    """A year as a strip and a list."""
    today = timezone.localdate()
    year = year_of(request.GET.get("year", ""), today.year)
    found = Campaign.objects.visible_to(request.user).in_year(year).select_related("county").order_by("from_on", "pk")
    context = {
        "year": year,
        "bars": [bar_of(campaign, year, today) for campaign in found],
        "months": range(1, 13),
        "today_day": today.timetuple().tm_yday if today.year == year else None,
        "may_keep": bool(request.user.reach(Action.KEEP_PLAN)),
    }
    return render(request, "livestream/campaigns.html", context)


def year_of(typed: str, otherwise: int) -> int:
    is_year = typed.isascii() and typed.isdigit() and len(typed) == len(str(otherwise)) and int(typed) in YEARS
    return int(typed) if is_year else otherwise


def bar_of(campaign: Campaign, year: int, today: date) -> Bar:
    first = max(campaign.from_on, campaign.from_on.replace(year=year, month=1, day=1))
    last = min(campaign.until_on, campaign.until_on.replace(year=year, month=12, day=31))
    return Bar(campaign, standing(campaign.window, today), first.timetuple().tm_yday - 1, (last - first).days + 1)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def campaign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its window, how far it is, its sessions, what is promoted and what viewers may get."""
    found = get_object_or_404(Campaign.objects.visible_to(request.user).select_related("county", "follows", "followed_by"), pk=pk)
    now, county = timezone.now(), found.county_id
    tasks = rows_of(PromotionTask.objects.of(campaign=found.pk).counted(), now)
    context = {
        "campaign": found,
        "standing": standing(found.window, timezone.localdate(now)),
        "sessions": LiveSession.objects.filter(campaign=found).select_related("host", "place").order_by("planned_start_at"),
        "tasks": tasks,
        "late": [row for row in tasks if row.state == "late"],
        "media": [row for row in tasks if row.task.kind == PromotionKind.MEDIA and row.task.link],
        "rewards": RewardRule.objects.of(campaign=found.pk),
        "may_keep": covers(request.user.reach(Action.KEEP_PLAN), county),
        "may_plan": covers(request.user.reach(Action.PLAN_SESSION), county),
        "sees_figures": covers(request.user.reach(Action.SEE_ORDERS), county),
    }
    return render(request, "livestream/campaign.html", context)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """A blank one, one from a template, or the next one after a campaign (`like`); with status 422 and what was typed, when
    something was not understood or refused."""
    county, today = county_of_staff(request.user), timezone.localdate()
    if county is None:
        return no_county(request, "livestream:campaigns")
    last = campaign_to_repeat(request.user, request.POST.get("like") or request.GET.get("like") or "")
    if request.method == "GET":
        form = CampaignForm(initial=first_said(request.GET.get("template", ""), last, today))
        return new_page(request, form, last)
    form = CampaignForm(request.POST)
    if form.is_valid():
        try:
            return made(request, form, last, county)
        except NotAllowed as refused:
            say(form, refused, AT)
    return new_page(request, form, last, status=422)


def county_of_staff(user: User) -> Place | None:
    """The county whose campaigns and agreements this person keeps; None for somebody above the counties."""
    county = home_of(user, Action.KEEP_PLAN)
    return county if county and len(county.pk) == COUNTY_DIGITS else None


def no_county(request: SignedInRequest, back: str) -> HttpResponse:
    messages.error(request, _("活动和协议是县里的，请用县里的账号来办。"))
    return redirect(back)


def campaign_to_repeat(user: User, typed: str) -> Campaign | None:
    if not typed.isascii() or not typed.isdigit() or len(typed) > COUNTY_DIGITS * 3:
        return None
    return get_object_or_404(Campaign.objects.visible_to(user, Action.KEEP_PLAN), pk=int(typed))


def made(request: SignedInRequest, form: CampaignForm, last: Campaign | None, county: Place) -> HttpResponse:
    """Raises NotAllowed."""
    if last is None:
        made_one = add_campaign(form.plan, county=county, by=request.user)
        messages.success(request, _("活动建好了。"))
        return redirect("livestream:campaign", made_one.pk)
    again = repeat_campaign(last, form.plan, by=request.user, at=timezone.now())
    said = _("照去年的办好了：{sessions} 场草稿、{tasks} 个推广任务、{rewards} 条奖励规则（要重新公布）。")
    messages.success(request, said.format(sessions=again.sessions, tasks=again.tasks, rewards=again.rewards))
    for title, why in again.left_out:
        messages.warning(request, _("“{title}”没有带过来：{why}").format(title=title, why=why))
    return redirect("livestream:campaign", again.campaign.pk)


def first_said(template: str, last: Campaign | None, today: date) -> dict[str, Any]:
    """What the form of a new campaign holds at first."""
    holidays = named_holidays(today.year, today.year + 1)
    if last is not None:
        near = named_holidays(last.from_on.year, last.from_on.year + 1)
        window = a_year_later(last.kind, last.window, near)
        return {"name": last.name, "kind": last.kind, "goal_fen": last.goal_fen, "note": last.note, **window._asdict()}
    for found in TEMPLATES:
        if found.key == template:
            return {"name": str(found.name), "kind": found.kind, **next_window(found, today, holidays)._asdict()}
    return {"from_on": today, "until_on": today}


def new_page(request: SignedInRequest, form: CampaignForm, last: Campaign | None, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    holidays = named_holidays(today.year, today.year + 1)
    mine = Campaign.objects.visible_to(request.user, Action.KEEP_PLAN)
    context = {
        "form": form,
        "last": last,
        "offers": [Offer(template, *next_window(template, today, holidays)) for template in TEMPLATES],
        "likes": mine.filter(followed_by=None, from_on__lte=today).order_by("-from_on", "pk")[:LIKE_OFFERED],
    }
    return render(request, "livestream/campaign_new.html", context, status=status)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood, refused, or changed by somebody else meanwhile."""
    found = get_object_or_404(Campaign.objects.visible_to(request.user, Action.KEEP_PLAN), pk=pk)
    form = CampaignForm(typed(request), initial=campaign_said(found))
    context = {"campaign": found, "form": form}
    if request.method == "GET":
        return render(request, "livestream/campaign_edit.html", context)
    if form.is_valid():
        try:
            change_campaign(found, form.plan, version=form.cleaned_data["version"] or 0, by=request.user)
        except NotAllowed as refused:
            say(form, refused, AT)
            context["is_changed"] = refused.code == "campaign_changed"
        else:
            messages.success(request, _("改好了。"))
            return redirect("livestream:campaign", pk)
    return render(request, "livestream/campaign_edit.html", context, status=422)
