"""Rewards: drafted, published, drawn; and the page on which anybody checks a draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.reward import add_reward, change_reward, draw_winners, publish_reward, text_of
from livestream.models import RewardDraw, RewardRule
from livestream.promotion_forms import AT, DrawForm, RewardForm, reward_said
from livestream.rules.errors import NotAllowed
from livestream.rules.reward import ENTRY_AT_MOST, LIMITS, limits_of, rank_of
from livestream.rules.rights import Action
from livestream.typed_fields import say, typed
from livestream.views.promotion import page_of, thing_of, thing_to_promote
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from livestream.views.signed_in import SignedInRequest


class Checked(NamedTuple):
    """What a viewer is told of his number: its digest, its place from 1 on (0: it was no entry), and whether it won."""

    number: str
    digest: str
    place: int
    has_won: bool


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, campaign: int | None = None, session: UUID | None = None) -> HttpResponse:
    """A draft; with status 422 and what was typed, when something was not understood or refused."""
    thing = thing_to_promote(request.user, Action.KEEP_PLAN, campaign=campaign, session=session)
    form = RewardForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = add_reward(form.plan, thing=thing, by=request.user)
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("草稿存好了。看一遍，再公布。"))
            return redirect("livestream:reward_edit", made.pk)
    context = {"form": form, "thing": thing, "back": page_of(thing), "limits": LIMITS}
    return render(request, "livestream/reward_edit.html", context, status=422 if form.errors else 200)


def rule_kept(request: SignedInRequest, pk: int) -> RewardRule:
    """Raises Http404."""
    found = RewardRule.objects.reached_by(request.user, Action.KEEP_PLAN)
    return get_object_or_404(found.select_related("session", "campaign", "county"), pk=pk)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The draft, how viewers will read it, and the step that cannot be taken back. What is published is only shown."""
    rule = rule_kept(request, pk)
    if rule.published_at and request.method == "GET":
        return redirect("livestream:reward", pk)
    form = RewardForm(typed(request), initial=reward_said(rule))
    if request.method == "POST" and form.is_valid():
        try:
            change_reward(rule, form.plan)
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("改好了。"))
            return redirect("livestream:reward_edit", pk)
    thing = thing_of(rule)
    context = {
        "rule": rule,
        "form": form,
        "thing": thing,
        "back": page_of(thing),
        "limits": limits_of(rule.kind),
        "lines": text_of(rule).split("\n"),
    }
    return render(request, "livestream/reward_edit.html", context, status=422 if form.errors else 200)


@needs(Action.KEEP_PLAN)
@require_POST
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    rule = rule_kept(request, pk)
    try:
        publish_reward(rule, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("livestream:reward_edit", pk)
    messages.success(request, _("公布了。把这一页的地址发给观众，谁都可以看。"))
    return redirect("livestream:reward", pk)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def draw(request: SignedInRequest, pk: int) -> HttpResponse:
    """The entry numbers, then the draw. With status 422 and what was typed, when something was not understood or refused."""
    rule = rule_kept(request, pk)
    form = DrawForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            draw_winners(rule, entries=form.cleaned_data["entries"], by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("开奖了，中奖号在下面。"))
            return redirect("livestream:reward", pk)
    context = {
        "rule": rule,
        "form": form,
        "back": page_of(thing_of(rule)),
        "is_early": rule.draws_at and rule.draws_at > timezone.now(),
    }
    return render(request, "livestream/reward_draw.html", context, status=422 if form.errors else 200)


def rule_published(pk: int) -> RewardRule:
    """For everybody. Raises Http404 for one that is not published, as for one that is not there."""
    rules = RewardRule.objects.published().select_related("session", "campaign", "county", "draw")
    return get_object_or_404(rules, pk=pk)


@never_cache
@require_GET
def reward(request: HttpRequest, pk: int) -> HttpResponse:
    """What was published, and the draw so that anybody can do it again. With `number`: where that one stands."""
    rule = rule_published(pk)
    drawn: RewardDraw | None = getattr(rule, "draw", None)
    number = request.GET.get("number", "").strip()[:ENTRY_AT_MOST]
    context = {
        "rule": rule,
        "lines": [line.split("：", 1) for line in rule.published_text.split("\n")],
        "limits": limits_of(rule.kind),
        "draw": drawn,
        "now": timezone.now(),
        "checked": checked(drawn, number) if drawn and number else None,
        "back": staff_page(request, rule),
    }
    return render(request, "livestream/reward.html", context)


def staff_page(request: HttpRequest, rule: RewardRule) -> str:
    """The page from which staff came; "" for viewers."""
    if not request.user.is_authenticated:
        return ""
    is_ours = RewardRule.objects.reached_by(request.user).filter(pk=rule.pk).exists()
    return page_of(thing_of(rule)) if is_ours else ""


def checked(drawn: RewardDraw, number: str) -> Checked:
    entries = drawn.entries.split("\n")
    digest = rank_of(drawn.seed, number)
    place = sum(rank_of(drawn.seed, entry) <= digest for entry in entries) if number in entries else 0
    return Checked(number, digest, place, number in drawn.winners)


@require_GET
def entries(_request: HttpRequest, pk: int) -> HttpResponse:
    """The entry numbers of a draw as a file: its SHA-256 is the one that is shown."""
    drawn = getattr(rule_published(pk), "draw", None)
    if drawn is None:
        raise Http404
    answer = HttpResponse(f"{drawn.entries}\n", content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="entries-{pk}.txt"'
    return answer
