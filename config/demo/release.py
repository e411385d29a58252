"""The demo county's plan as people were told of it: one release with its answers, and a draft that is a little ahead of it.

Loaded once; what is there stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from config.demo.people import CLIFF_HOST, GORGE_HOST, HOST, STAFF
from config.demo.sessions import SHANGHAI
from livestream.actions.confirmation import answer
from livestream.actions.plan import Move, move_session, plan_session
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope
from livestream.actions.session import RoomPlan, SessionPlan
from livestream.models import Confirmation, Place, Release
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from config.demo.people import Person
    from config.demo.sessions import Cast
    from livestream.models import LiveSession

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AHEAD = 30 * DAY
CLIFF, GORGE, SLOPE = "140425102213", "140425201216", "140425202215"


@transaction.atomic
def load_release(cast: Cast) -> None:
    """Two villages' evenings of the week after next, told with everything else that is planned; one host comes, one cannot. Since
    then one evening was moved and another one planned: nobody knows of that yet."""
    if Release.objects.filter(county=cast.county).exists():
        return
    by, today = cast.people[STAFF.phone], cast.now.astimezone(SHANGHAI).date()
    cliff = _plan(cast, CLIFF_HOST, "石板房前晒花椒", CLIFF, 9)
    gorge = _plan(cast, GORGE_HOST, "石榴家的核桃油", GORGE, 10)
    days = Scope(Place.objects.get(pk=cast.county.pk), today, (cast.now + AHEAD).astimezone(SHANGHAI).date())
    release = release_plan(days, by=by, at=cast.now, note_text="下个月的排期，先定下来")
    asked = Confirmation.objects.filter(change__release=release)
    answer(asked.get(change__session=cliff), can_come=True, at=cast.now)
    answer(asked.get(change__session=gorge), can_come=False, words="那天要去女儿家", at=cast.now)
    later = Move(cliff.planned_start_at + HOUR, cliff.planned_end_at + HOUR)
    cliff.refresh_from_db()
    move_session(cliff, later, version=cliff.plan_version, by=by, at=cast.now)
    _plan(cast, HOST, "山里人家的冬藏", SLOPE, 11)


def _plan(cast: Cast, host: Person, title: str, village: str, days_ahead: int) -> LiveSession:
    on = cast.now.astimezone(SHANGHAI).date() + days_ahead * DAY
    begins = datetime.combine(on, time(14, 0), SHANGHAI).astimezone(UTC)
    room = RoomPlan("douyin", f"74{int(begins.timestamp()):010d}{int(host.phone[-7:]):07d}")
    plan = SessionPlan(
        SessionKind.VILLAGE_HOST,
        title,
        cast.people[host.phone],
        Place.objects.get(pk=village),
        begins,
        begins + 2 * HOUR,
        rooms=[room],
    )
    return plan_session(plan, county=cast.county, by=cast.people[STAFF.phone], at=cast.now).session
