"""The demo county's plan as people were told of it: one release with its answers, and a draft that is a little ahead of it.

Loaded once; what is there stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from config.demo.people import STAFF
from livestream.actions.confirmation import answer
from livestream.actions.plan import change_plan
from livestream.actions.plan_json import plan_of
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope, preview
from livestream.models import Confirmation, LiveSession, Place, Release
from livestream.rules.day import shanghai_day
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from config.demo.cast import Cast

AHEAD = timedelta(days=7)
TASTING = "（现场试吃）"


@transaction.atomic
def load_release(cast: Cast) -> None:
    """The next seven days are told; one host comes, one cannot. Since then one evening got another theme, and what comes later is
    still a draft: nobody knows of that yet."""
    if Release.objects.filter(county=cast.county).exists():
        return
    by = cast.people[STAFF.phone]
    week = Scope(Place.objects.get(pk=cast.county.pk), shanghai_day(cast.now), shanghai_day(cast.now + AHEAD))
    if not preview(week, at=cast.now).entries:
        return
    release = release_plan(week, by=by, at=cast.now, note_text="这一周的排期，先定下来")
    asked = Confirmation.objects.filter(change__release=release, change__session__kind=SessionKind.VILLAGE_HOST)
    for confirmation, can_come, words in zip(asked.order_by("pk")[:2], (True, False), ("", "那天要去女儿家"), strict=False):
        answer(confirmation, can_come=can_come, words=words, at=cast.now)
    told = LiveSession.objects.filter(released__release=release, kind=SessionKind.VILLAGE_HOST).order_by("-planned_start_at")
    for session in told[:1]:
        themed = replace(plan_of(session), title=session.title + TASTING)
        change_plan(session, themed, version=session.plan_version, by=by, at=cast.now)
