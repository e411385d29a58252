"""What would clash if a sheet were read in: its rows with what is planned, and with each other, in a few queries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from livestream.actions.claims import NEAR, away_for, claims_between, duties_of, names_of, rules_for, told_of
from livestream.actions.clash import with_excuses
from livestream.models import Excuse, Resource
from livestream.rules.clash import Claim, Clash, find_clashes
from livestream.rules.clash_words import Told, words_of
from livestream.rules.free_time import AHEAD, next_free
from livestream.rules.plan_sheet import Verdict
from livestream.rules.planning import KIND_OF_RESOURCE, ClashKind, Level, ResourceKind
from livestream.rules.sheet import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from livestream.actions.plan_sheet_rows import Judged
    from livestream.actions.session import SessionPlan
    from livestream.models import Place

FREE_AT_MOST = 50  # rows for which free times are looked for; the others say what clashes
ROUNDS = 12
ROWS = UUID("5c1f0f4e-9d0b-4a63-9d06-5a8a3d6c2f11")  # stands for sessions that are rows so far


def key_of(judged: Judged) -> UUID:
    """The session of a row; of a new one, what stands for it."""
    return judged.session.pk if judged.session else uuid5(ROWS, str(judged.row.number))


def refuse_clashes(judged: Sequence[Judged], county: Place, *, at: datetime) -> None:
    """Every row that cannot be planned for a clash is wrong, the later of two; what is only told is a warning. A row that is
    wrong leaves what it would have changed as it was, so the others are asked again."""
    rows = {key_of(one): one for one in judged if one.plan and one.verdict in {Verdict.NEW, Verdict.CHANGED}}
    if not rows:
        return
    sweep = _Sweep(rows, judged, county)
    for _round in range(ROUNDS):
        clashes = sweep.clashes()
        if not sweep.refuse(clashes):
            break
    sweep.warn(clashes)
    sweep.find_free(at)


class _Sweep:
    def __init__(self, rows: Mapping[UUID, Judged], judged: Sequence[Judged], county: Place) -> None:
        self.rows, self.judged, self.county = rows, judged, county
        plans = [one.plan for one in rows.values() if one.plan]
        first, last = min(p.planned_start_at for p in plans), max(p.planned_end_at for p in plans)
        accounts = Resource.objects.in_use().filter(county=county, kind=ResourceKind.ACCOUNT)
        self.accounts = {(thing.platform, thing.account): thing for thing in accounts}
        self.own = {key: list(claims_of_plan(one.plan, key, county.pk, self.accounts)) for key, one in rows.items() if one.plan}
        self.stored = claims_between(first - NEAR, last + AHEAD + NEAR, county.pk)
        everything = [*self.stored, *(claim for those in self.own.values() for claim in those)]
        self.rules, self.away = rules_for(everything, also=county.pk), away_for(everything)
        excuses = Excuse.objects.filter(session__county=county, session__planned_end_at__gt=first - NEAR)
        self.excuses: dict[tuple[object, str], Excuse] = {(excuse.session_id, excuse.key): excuse for excuse in excuses}

    @property
    def claims(self) -> list[Claim]:
        """As it would be: rows that are wrong, and what the file does not name, stay as they are."""
        gone = {key_of(one) for one in self.judged if one.is_applied and one.session}
        standing = [claim for claim in self.stored if claim.session not in gone]
        return [*standing, *(claim for key, those in self.own.items() if self.rows[key].is_applied for claim in those)]

    def clashes(self) -> list[Clash]:
        """Those of the rows, each as the later row of the file sees it."""
        found = find_clashes(self.claims, self.rules, self.away)
        ours = [self._as_seen(clash) for clash in found if clash.mine in self.rows or clash.other in self.rows]
        return with_excuses(ours, self.excuses)

    def _as_seen(self, clash: Clash) -> Clash:
        if clash.other is None or clash.other not in self.rows:
            return clash
        if clash.mine not in self.rows:
            return clash.turned()
        return clash if self._row(clash.mine) > self._row(clash.other) else clash.turned()

    def _row(self, key: UUID | None) -> int:
        return self.rows[key].row.number if key and key in self.rows else 0

    def refuse(self, clashes: Iterable[Clash]) -> bool:
        """Whether some row became wrong by these."""
        refused = [clash for clash in clashes if self._is_refused(clash)]
        wrong = {clash.mine for clash in refused}
        # One whose other row is wrong itself may be free after all: it is asked again in the next round.
        certain = [clash for clash in refused if clash.other not in wrong]
        for clash, words in self._worded(certain or refused):
            self._mine(clash).refuse(Problem(None, words))
        return bool(refused)

    def _mine(self, clash: Clash) -> Judged:
        assert clash.mine is not None
        return self.rows[clash.mine]

    def _is_refused(self, clash: Clash) -> bool:
        one = self._mine(clash)
        return clash.is_refused and not (clash.level == Level.APPROVE and one.reason) and one.is_applied

    def warn(self, clashes: Iterable[Clash]) -> None:
        for clash, words in self._worded(clash for clash in clashes if self._mine(clash).is_applied):
            self._mine(clash).warnings.append(words)

    def _worded(self, clashes: Iterable[Clash]) -> list[tuple[Clash, str]]:
        listed = list(clashes)
        if not listed:
            return []
        names = names_of(listed)
        sessions: dict[object, Told] = told_of({pk for clash in listed for pk in (clash.mine, clash.other)}, self.county.pk)
        for key, one in self.rows.items():
            if one.plan and (one.is_applied or key not in sessions):
                sessions[key] = _told(one.plan)
        duties = duties_of(listed)
        return [
            (clash, self._words(clash, words_of(clash, names, sessions, duties.get((clash.subject, clash.other), ""))))
            for clash in listed
        ]

    def _words(self, clash: Clash, words: str) -> str:
        row = self._row(clash.other)
        if clash.other and row and self.rows[clash.other].is_applied:
            words = _("和第 {row} 行撞：{words}").format(row=row, words=words)
        if clash.level == Level.APPROVE and not clash.reason:
            words += _("要这样排，请在“撞时间的理由”一列写理由。")
        return words

    def find_free(self, at: datetime) -> None:
        """The next times at which a row that clashes could be instead."""
        claims = self.claims
        clashing = [(key, one) for key, one in self.rows.items() if one.problems and all(p.column is None for p in one.problems)]
        for key, one in clashing[:FREE_AT_MOST]:
            own, subjects = self.own[key], {claim.subject for claim in self.own[key]}
            busy = [claim for claim in claims if claim.subject in subjects and claim.session != key]
            assert one.plan is not None
            hours = one.plan.planned_start_at, one.plan.planned_end_at
            one.free = [start for start in next_free(own, busy, self.rules, hours=hours, away=self.away) if start > at]


def claims_of_plan(plan: SessionPlan, key: UUID, county: str, accounts: Mapping[tuple[str, str], Resource]) -> Iterable[Claim]:
    """What the bookings of a plan would claim, were it stored."""
    hours = plan.planned_start_at, plan.planned_end_at
    where = plan.place.pk
    yield Claim(f"person:{plan.host.pk}", ClashKind.HOST, key, county, where, *hours)
    for member in plan.crew:
        yield Claim(f"person:{member.person.pk}", ClashKind.CREW, key, county, where, *hours)
    for guest in plan.guests:
        if guest.leader:
            segment = plan.segments[guest.segment] if guest.segment is not None else None
            place, begins, ends = (segment.place.pk, segment.starts_at, segment.ends_at) if segment else (where, *hours)
            yield Claim(f"leader:{guest.leader.pk}", ClashKind.GUEST, key, county, place, begins, ends)
    booked = [account for room in plan.rooms if (account := accounts.get((room.platform, room.account)))]
    for thing in [*plan.resources, *dict.fromkeys(booked)]:
        kind = KIND_OF_RESOURCE[thing.kind]
        begins = hours[0] - timedelta(minutes=thing.setup_minutes)
        ends = hours[1] + timedelta(minutes=thing.clearing_minutes)
        yield Claim(f"resource:{thing.pk}", kind, key, county, where if kind == ClashKind.KIT else "", begins, ends)
    for item in plan.line_up:
        stretch = plan.segments[item.segment] if item.segment is not None else None
        begins, ends = (stretch.starts_at, stretch.ends_at) if stretch else hours
        yield Claim(f"product:{item.product.pk}", ClashKind.PRICE, key, county, "", begins, ends, item.live_price_fen)


def _told(plan: SessionPlan) -> Told:
    return Told(plan.title, plan.host.name, plan.place.short_name, plan.planned_start_at, plan.planned_end_at)
