"""What is known of how hosts grow: of each session how many usually watched, and when promotion and rewards began."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Aggregate, Count, FloatField, Max, Q

from livestream.models import PromotionTask, RewardRule, ViewerReading
from livestream.rules.growth import Crowd, Evening, Mark, MarkKind, firsts, strongest
from livestream.rules.promotion import PromotionKind
from livestream.rules.reward import RewardKind
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from livestream.models.session import LiveSessionQuerySet

SESSIONS_AT_MOST = 500  # the newest; a host of many years has more


class Median(Aggregate):
    """Of an ordered set, the mean of the middle two where it is even."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


class Growth(NamedTuple):
    """`evenings` in the order in which they were on air."""

    evenings: list[Evening]
    marks: list[Mark]


def counted(sessions: LiveSessionQuerySet) -> LiveSessionQuerySet:
    """Those that were on air and no practice."""
    return sessions.aired().exclude(kind=SessionKind.PRACTICE)


def growth_of(sessions: LiveSessionQuerySet) -> Growth:
    """Of the sessions of one host."""
    rows = list(
        counted(sessions).order_by("-went_live_at").values_list("pk", "title", "went_live_at", "campaign")[:SESSIONS_AT_MOST]
    )
    rows.reverse()
    crowds = crowds_of(pk for pk, *_rest in rows)
    begun = begun_for({pk: campaign for pk, _title, _at, campaign in rows})
    evenings = [
        evening_of(pk, title, at, crowds, {one.kind for one in begun if one.is_for(pk, campaign, at)})
        for pk, title, at, campaign in rows
        if at is not None
    ]
    return Growth(evenings, firsts((one.at, one.kind, one.words) for one in begun))


def evening_of(pk: UUID, title: str, at: datetime, crowds: dict[UUID, list[Crowd]], marks: Iterable[MarkKind] = ()) -> Evening:
    those = crowds.get(pk, [])
    return Evening(pk, title, at, strongest(those), len(those) > 1, frozenset(marks))


def crowds_of(sessions: Iterable[UUID]) -> dict[UUID, list[Crowd]]:
    """By session, its platforms. The database counts: an evening may have hundreds of readings."""
    readings = ViewerReading.objects.filter(session__in=list(sessions), online_now__isnull=False).order_by()
    grouped = readings.values_list("session", "platform").annotate(
        typical=Median("online_now"), peak=Max("online_now"), readings=Count("pk")
    )
    found: dict[UUID, list[Crowd]] = {}
    for session, platform, typical, peak, number in grouped:
        found.setdefault(session, []).append(Crowd(platform, int(typical + 0.5), peak, number))
    return found


class Begun(NamedTuple):
    """A promotion plan or a reward rule, of a session or of a campaign."""

    at: datetime
    kind: MarkKind
    words: str
    session: UUID | None
    campaign: int | None

    def is_for(self, session: UUID, campaign: int | None, at: datetime) -> bool:
        """Whether it had begun when this session of this campaign went live."""
        return self.at <= at and (self.session == session or (campaign is not None and self.campaign == campaign))


def begun_for(campaigns: dict[UUID, int | None]) -> list[Begun]:
    """When promotion (its first task that was done) and each published reward of these sessions or of their campaigns began."""
    about = Q(session__in=list(campaigns)) | Q(campaign__in={pk for pk in campaigns.values() if pk})
    found: list[Begun] = []
    tasks = PromotionTask.objects.filter(about, done_at__isnull=False).order_by("session", "campaign", "done_at", "pk")
    first = tasks.distinct("session", "campaign").values_list("session", "campaign", "done_at", "kind", "what")
    for session, campaign, at, kind, what in first:
        if at is not None:
            found.append(Begun(at, MarkKind.PROMOTION, f"{PromotionKind(kind).label} · {what}", session, campaign))
    rules = RewardRule.objects.published().filter(about)
    for session, campaign, at, kind, prize in rules.values_list("session", "campaign", "published_at", "kind", "prize"):
        if at is not None:
            found.append(Begun(at, MarkKind.REWARD, f"{RewardKind(kind).label} · {prize}", session, campaign))
    return found


def hosts_of(sessions: LiveSessionQuerySet) -> dict[int, list[Evening]]:
    """The evenings of each host, by the host's number: for a list."""
    rows = list(counted(sessions).order_by("went_live_at").values_list("pk", "title", "went_live_at", "host"))
    crowds = crowds_of(pk for pk, *_rest in rows)
    found: dict[int, list[Evening]] = {}
    for pk, title, at, host in rows:
        if at is not None:
            found.setdefault(host, []).append(evening_of(pk, title, at, crowds))
    return found
