"""Every write to promotion tasks (预播推广): given, changed, done, and how often their short links were opened."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Q

from livestream.actions.notice import in_chinese, tell
from livestream.models import Campaign, PromotionTask
from livestream.rules.errors import NotAllowed
from livestream.rules.leader_words import paid_promotion
from livestream.rules.notice import NoticeKind
from livestream.rules.promotion import (
    APPOINTMENTS_AT_MOST,
    CODE_LENGTH,
    CODE_SIGNS,
    REMIND_BEFORE,
    check_due,
    check_link,
    check_no_quota,
    is_code,
    reminder_words,
)
from livestream.rules.rights import Action, holds

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.models import LiveSession, User

A_DAY = timedelta(days=1)
OPENED = """
INSERT INTO livestream_promotionvisit (task_id, "on", visits) VALUES (%s, %s, 1)
ON CONFLICT (task_id, "on") DO UPDATE SET visits = livestream_promotionvisit.visits + 1
"""


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """What is to be done, by whom and until when; later also what came of it."""

    kind: str
    what: str
    due_at: datetime
    owner: User | None = None
    link: str = ""
    appointments: int | None = None


def about(thing: LiveSession | Campaign) -> dict[str, object]:
    """The columns that say what something belongs to."""
    key = "campaign" if isinstance(thing, Campaign) else "session"
    return {"county_id": thing.county_id, key: thing}


def _check(plan: TaskPlan, county: str, session: LiveSession | None) -> None:
    check_no_quota(plan.what)
    if session and session.is_public_interest and (words := paid_promotion(plan.what)):
        raise NotAllowed("paid_promotion", words=words)
    check_link(plan.link)
    if plan.owner is not None and not (plan.owner.is_active and plan.owner.place_id.startswith(county)):
        raise NotAllowed("task_for_others")
    if plan.appointments is not None and plan.appointments > APPOINTMENTS_AT_MOST:
        raise NotAllowed("wanted_out_of_range", most=f"{APPOINTMENTS_AT_MOST:,}")


def new_code() -> str:
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


@transaction.atomic
def give_task(plan: TaskPlan, *, thing: LiveSession | Campaign, by: User, at: datetime) -> PromotionTask:
    """A new task of a session or a campaign. Raises NotAllowed(`task_is_a_quota`, `paid_promotion` for a session with
    civil servants on air, `link_not_understood`, `task_for_others`, `due_in_the_past`)."""
    _check(plan, thing.county_id, None if isinstance(thing, Campaign) else thing)
    check_due(plan.due_at, at)
    return PromotionTask.objects.create(
        **about(thing),
        kind=plan.kind,
        what=plan.what,
        owner=plan.owner,
        due_at=plan.due_at,
        link=plan.link,
        appointments=plan.appointments,
        code=new_code(),
        made_by=by,
    )


@transaction.atomic
def change_task(task: PromotionTask, plan: TaskPlan, *, at: datetime) -> PromotionTask:
    """The task as it is wanted now. A due time that is over may stay, another one must be ahead. Raises NotAllowed as
    `give_task` does."""
    _check(plan, task.county_id, task.session)
    if plan.due_at != task.due_at:
        check_due(plan.due_at, at)
    for name in TaskPlan.__slots__:
        setattr(task, name, getattr(plan, name))
    task.save(update_fields=TaskPlan.__slots__)
    return task


@transaction.atomic
def finish_task(task: PromotionTask, *, by: User, at: datetime, link: str = "") -> bool:
    """It is done, with the link to what came of it if there is one. False when it had been done before: a second tap changes
    nothing. Raises NotAllowed(`link_not_understood`)."""
    check_link(link)
    changes: dict[str, object] = {"done_at": at, "done_by": by} | ({"link": link} if link else {})
    return PromotionTask.objects.open().filter(pk=task.pk).update(**changes) > 0


@transaction.atomic
def reopen_task(task: PromotionTask) -> bool:
    """It is not done after all. False when it was open."""
    return PromotionTask.objects.filter(pk=task.pk, done_at__isnull=False).update(done_at=None, done_by=None) > 0


@transaction.atomic
def drop_task(task: PromotionTask) -> None:
    """Nobody has to do it any more; the audit log keeps what it was."""
    task.delete()


def open_link(code: str, *, on: date) -> str:
    """Where a short link leads, counted on that day; "" when there is none. Nothing is kept about who opened it."""
    task = PromotionTask.objects.exclude(link="").filter(code=code).first() if is_code(code) else None
    if task is None:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [task.pk, on])
    return task.link


@transaction.atomic
def remind_of_tasks(*, at: datetime) -> int:
    """Whose task is due within a day, or was within the last one, is told once for each due time. Returns how many were told."""
    tasks = PromotionTask.objects.still_wanted().filter(due_at__range=(at - A_DAY, at + REMIND_BEFORE), owner__isnull=False)
    unsaid = tasks.filter(Q(reminded_for=None) | ~Q(reminded_for=F("due_at"))).select_for_update(of=("self",), skip_locked=True)
    found = list(unsaid.select_related("owner", "county", "session", "campaign").order_by("pk"))
    for task in found:
        _tell_owner(task)
    PromotionTask.objects.filter(pk__in=[task.pk for task in found]).update(reminded_for=F("due_at"))
    return len(found)


def _tell_owner(task: PromotionTask) -> None:
    """With the page on which this person can say that it is done."""
    assert task.owner is not None
    place = task.session.place_id if task.session else ""
    at_desk = holds(task.owner.reach(Action.PLAN_SESSION), county=task.county_id, place=place)
    with in_chinese():
        text = reminder_words(task.what, task.due_at, str(task.session or task.campaign))
    link = f"/tasks/{task.pk}/" if at_desk else "/my/"
    tell([task.owner], NoticeKind.TASK_DUE, text, county=task.county, session=task.session, link=link)


def repeat_tasks(old: LiveSession | Campaign, new: LiveSession | Campaign, *, moved: timedelta, by: User, at: datetime) -> int:
    """The tasks of `old` once more for `new`, undone and without links; one that would be due already is due in a day. An owner
    who has left is left out. Returns how many."""
    tasks = [
        PromotionTask(
            **about(new),
            kind=task.kind,
            what=task.what,
            owner=task.owner if task.owner and task.owner.is_active else None,
            due_at=max(task.due_at + moved, at + A_DAY),
            code=new_code(),
            made_by=by,
        )
        for task in old.promotion.select_related("owner").order_by("due_at", "pk")
    ]
    return len(PromotionTask.objects.bulk_create(tasks))
