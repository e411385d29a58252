"""Promotion tasks: given, changed, done at a desk and on a phone; and the short links that count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.promotion import change_task, drop_task, finish_task, give_task, open_link, reopen_task
from livestream.models import Campaign, LiveSession, PromotionTask, RewardRule
from livestream.models.promotion import visits_of
from livestream.promotion_forms import AT, TaskForm, task_said
from livestream.rules.errors import NotAllowed
from livestream.rules.promotion import TaskState, days_late
from livestream.rules.rights import Action
from livestream.rules.text import one_line
from livestream.typed_fields import say, typed
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

MINE_SHOWN = 20


class Row(NamedTuple):
    """A task as a list shows it."""

    task: PromotionTask
    state: TaskState
    days_late: int


def rows_of(tasks: Iterable[PromotionTask], at: datetime) -> list[Row]:
    return [Row(task, task.state(at), days_late(task.due_at, at)) for task in tasks]


def promotion_card(session: LiveSession, user: User, at: datetime) -> dict[str, Any]:
    """What `_promotion_card.html` and `_reward_card.html` show on the page of a session."""
    return {
        "tasks": rows_of(PromotionTask.objects.of(session=session.pk).counted(), at),
        "task_new": reverse("livestream:session_task_new", args=[session.pk]),
        "may_promote": session.lies_in(user.reach(Action.PLAN_SESSION)),
        "rewards": RewardRule.objects.of(session=session.pk),
        "reward_new": reverse("livestream:session_reward_new", args=[session.pk]),
        "may_reward": session.lies_in(user.reach(Action.KEEP_PLAN)),
    }


def my_tasks(user: User, at: datetime) -> list[Row]:
    """What `_my_tasks.html` shows on the phone: the own open tasks, the next one first."""
    mine = PromotionTask.objects.still_wanted().filter(owner=user).select_related("session", "campaign").order_by("due_at", "pk")
    return rows_of(mine[:MINE_SHOWN], at)


def thing_to_promote(
    user: User, action: Action, *, campaign: int | None = None, session: UUID | None = None
) -> LiveSession | Campaign:
    """The session or the campaign in an address. Raises Http404."""
    if session is not None:
        return get_object_or_404(LiveSession.objects.reached_by(user, action).select_related("county"), pk=session)
    return get_object_or_404(Campaign.objects.visible_to(user, action).select_related("county"), pk=campaign)


def page_of(thing: LiveSession | Campaign) -> str:
    """Where its tasks and rewards are listed."""
    return reverse("livestream:campaign" if isinstance(thing, Campaign) else "livestream:session", args=[thing.pk])


def thing_of(row: PromotionTask | RewardRule) -> LiveSession | Campaign:
    """What a task or a reward belongs to: one of them, as its constraint says."""
    found = row.session or row.campaign
    assert found is not None
    return found


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, campaign: int | None = None, session: UUID | None = None) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    thing = thing_to_promote(request.user, Action.PLAN_SESSION, campaign=campaign, session=session)
    host = None if isinstance(thing, Campaign) else thing.host_id
    form = TaskForm(typed(request), by=request.user, county=thing.county_id, known=[host], initial={"owner": host})
    context = {"form": form, "thing": thing, "back": page_of(thing)}
    if request.method == "GET":
        return render(request, "livestream/promotion_new.html", context)
    if form.is_valid():
        try:
            give_task(form.plan, thing=thing, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("任务派好了。"))
            return redirect(page_of(thing))
    return render(request, "livestream/promotion_new.html", context, status=422)


def task_reached(request: SignedInRequest, pk: int) -> PromotionTask:
    """Raises Http404."""
    found = PromotionTask.objects.reached_by(request.user, Action.PLAN_SESSION)
    return get_object_or_404(found.select_related("session", "campaign", "owner", "done_by"), pk=pk)


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def task(request: SignedInRequest, pk: int) -> HttpResponse:
    """The task, its short link with a code to print, and what may be changed."""
    found = task_reached(request, pk)
    thing = thing_of(found)
    known = [found.owner_id, None if isinstance(thing, Campaign) else thing.host_id]
    form = TaskForm(typed(request), by=request.user, county=found.county_id, known=known, initial=task_said(found))
    if request.method == "POST" and form.is_valid():
        try:
            change_task(found, form.plan, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("改好了。"))
            return redirect("livestream:task", pk)
    short = request.build_absolute_uri(reverse("livestream:go", args=[found.code]))
    context = {
        "row": rows_of([found], timezone.now())[0],
        "form": form,
        "thing": thing,
        "back": page_of(thing),
        "visits": visits_of(found),
        "short": short,
        "qr": segno.make_qr(short, error="m").svg_data_uri(border=4) if found.link else "",
    }
    return render(request, "livestream/promotion.html", context, status=422 if form.errors else 200)


@needs(Action.PLAN_SESSION)
@require_POST
def done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it done."""
    found = task_reached(request, pk)
    finish(request, found)
    return redirect(page_of(thing_of(found)))


@needs(Action.PLAN_SESSION)
@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    found = task_reached(request, pk)
    reopen_task(found)
    messages.success(request, _("任务又打开了。"))
    return redirect("livestream:task", pk)


@needs(Action.PLAN_SESSION)
@require_POST
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    found = task_reached(request, pk)
    thing = thing_of(found)
    drop_task(found)
    messages.success(request, _("“{what}”去掉了。").format(what=found.what))
    return redirect(page_of(thing))


@login_required
@require_POST
def my_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """On the phone: the owner has done it."""
    finish(request, get_object_or_404(PromotionTask, owner=request.user, pk=pk))
    return redirect("livestream:my_sessions")


def finish(request: SignedInRequest, found: PromotionTask) -> None:
    try:
        finish_task(found, by=request.user, at=timezone.now(), link=one_line(request.POST.get("link", "")))
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("“{what}”做完了。").format(what=found.what))


@never_cache
@require_GET
def go(_request: HttpRequest, short: str) -> HttpResponse:
    """Where a short link leads. Every opening is counted, nobody who opens it."""
    link = open_link(short, on=timezone.localdate())
    if not link:
        raise Http404
    return HttpResponseRedirect(link)
