"""The rows of a sheet, each with what would come of it: a new session, a changed one, none, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.plan_cells import NUMBER_DIGITS, cells_of, number_of
from livestream.actions.plan_check import check_parts, tidy
from livestream.actions.plan_json import plans_of
from livestream.actions.plan_names import Names, kept_of
from livestream.actions.session import SegmentPlan, SessionPlan
from livestream.models import LiveSession, PlanStep
from livestream.rules import sheet
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.leader import Broadcast, Speaker, problems
from livestream.rules.plan import check_day
from livestream.rules.plan_sheet import (
    SENTENCES,
    BadCell,
    Column,
    Row,
    Verdict,
    check_state,
    goal_of,
    is_cancelled,
    kind_of,
    window_of,
)
from livestream.rules.rights import Action
from livestream.rules.session import HOLDS_TIME, STILL_PLANNED, SessionState
from livestream.rules.sheet import Problem
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from livestream.models import Place, User
    from livestream.rules.plan_sheet import Window

# What a refusal is about; the others are about the row.
COLUMN_OF = {
    "session_backwards": Column.END, "session_too_long": Column.END, "session_past": Column.DAY, "session_far": Column.DAY,
    "not_yours_to_plan": Column.PLACE, "too_young": Column.HOST, "guardian_missing": Column.HOST, "age_recheck": Column.HOST,
    "age_unverified": Column.HOST, "person_gone": Column.HOST, "person_restricted": Column.HOST, "not_your_people": Column.HOST,
    "words_missing": Column.TITLE, "not_of_the_county": Column.THINGS, "barred_department": Column.GUESTS,
}  # fmt: skip
WHEN = {Column.DAY, Column.WEEKDAY, Column.START, Column.END}


@dataclass(slots=True)
class Judged:
    """One row. `session` and `old` are what is there; `plan` is what the row wants. `changes`: the columns that differ."""

    row: Row
    verdict: Verdict = Verdict.WRONG
    session: LiveSession | None = None
    old: SessionPlan | None = None
    plan: SessionPlan | None = None
    changes: list[Column] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    free: list[datetime] = field(default_factory=list)
    is_stale: bool = False

    @property
    def reason(self) -> str:
        return one_line(self.row.cells.get(Column.REASON, ""))

    @property
    def version(self) -> int:
        """The plan that was downloaded."""
        return _number(self.row.cells.get(Column.VERSION, ""))

    @property
    def is_new(self) -> bool:
        return self.verdict == Verdict.NEW

    @property
    def is_applied(self) -> bool:
        return self.verdict in {Verdict.NEW, Verdict.CHANGED, Verdict.CANCELLED}

    @property
    def columns(self) -> str:
        return "、".join(str(column.label) for column in self.changes)

    def refuse(self, problem: Problem) -> None:
        sheet.refuse(self, problem)


def _number(text: str) -> int:
    bare = text.strip()
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else 0


def judge(rows: Sequence[Row], *, county: Place, by: User, at: datetime) -> list[Judged]:
    """Each row by itself; what clashes is asked afterwards. A few queries however many rows there are."""
    names = Names(county, by)
    there = known_sessions(rows, county=county, by=by)
    judged = [_Judge(row, names, there, at).judged for row in rows]
    _tell_twice(judged)
    _find_again(judged, county)
    _tell_editors(judged)
    return judged


Known = dict[str, tuple[LiveSession, SessionPlan]]


def known_sessions(rows: Sequence[Row], *, county: Place, by: User) -> Known:
    """Those that the rows name, of this county and in the hands of whoever imports, by their numbers."""
    asked = {row.cells.get(Column.ID, "").casefold().removeprefix("s") for row in rows} - {""}
    mine = LiveSession.objects.reached_by(by, Action.PLAN_SESSION).filter(county=county)
    keys = [pk for pk in mine.values_list("pk", flat=True) if pk.hex[:NUMBER_DIGITS] in asked] if asked else []
    found = plans_of(LiveSession.objects.filter(pk__in=keys)) if keys else []
    return {number_of(session.pk): (session, plan) for session, plan in found}


class _Judge:
    """One row, read cell by cell; every cell that is wrong is told, not only the first."""

    def __init__(self, row: Row, names: Names, there: Known, at: datetime) -> None:
        self.names, self.at = names, at
        self.judged, self.stored = Judged(row), dict[Column, str]()
        number = row.cells.get(Column.ID, "")
        if number:
            found = there.get("S" + number[1:].casefold() if number[:1] in "sS" else number)
            if found is None:
                self.judged.refuse(BadCell(Column.ID, "id", typed=number[:40]).problem)
                return
            self.judged.session, self.judged.old = found
            self.stored = cells_of(*found)
        self.cells = self.stored | row.cells
        self.decide()

    def decide(self) -> None:
        judged = self.judged
        session, state = judged.session, self.cells.get(Column.STATE, "")
        if is_cancelled(state) and (session is None or session.state != SessionState.CANCELLED):
            self.cancel(session)
            return
        if not is_cancelled(state):
            self.read(lambda: check_state(state, self.stored.get(Column.STATE, str(SessionState.DRAFT.label))))
        plan = self.plan()
        if judged.problems or plan is None:
            return
        judged.plan = plan
        if session is None:
            judged.verdict = Verdict.NEW
        elif not judged.changes:
            judged.verdict = Verdict.UNCHANGED
            return
        else:
            judged.verdict = Verdict.CHANGED
        self.read(self.check)

    def cancel(self, session: LiveSession | None) -> None:
        if session is None:
            self.judged.refuse(BadCell(Column.STATE, "cancel_new").problem)
            return
        self.judged.verdict, self.judged.plan, self.judged.changes = Verdict.CANCELLED, self.judged.old, [Column.STATE]
        self.read(lambda: self.check_open(session))

    def read(self, what: Callable[[], Any]) -> Any:
        """What it gives; None when it refuses, which is kept as a problem of the row."""
        try:
            return what()
        except BadCell as bad:
            self.judged.refuse(bad.problem)
        except NotAllowed as refused:
            self.judged.refuse(Problem(COLUMN_OF.get(refused.code), str(refused)))
        return None

    def differs(self, column: Column) -> bool:
        """Whether the row says something else than what is stored. A column that the file lacks says nothing."""
        if column not in self.judged.row.cells:
            return False
        return one_line(self.cells[column]) != one_line(self.stored.get(column, ""))

    def take(self, column: Column, name: str, typed: Callable[[], Any]) -> Any:
        """The value of a cell: read anew where it differs, else what is stored."""
        old = self.judged.old
        if old is not None and not self.differs(column):
            return getattr(old, name)
        value = self.read(typed)
        if old is not None and value != getattr(old, name):
            self.judged.changes.append(column)
        return value

    def said(self, column: Column) -> str:
        return one_line(self.cells.get(column, ""))

    def plan(self) -> SessionPlan | None:
        """The plan of the row; None where a cell is wrong."""
        names, old = self.names, self.judged.old
        window = self.window()
        kind = self.take(Column.KIND, "kind", lambda: kind_of(self.said(Column.KIND)))
        title = self.take(Column.TITLE, "title", lambda: self.needed(Column.TITLE))
        host = self.host()
        place = host and self.take(Column.PLACE, "place", lambda: names.place(self.said(Column.PLACE), host))
        parts: dict[str, Any] = {
            "goal_fen": self.take(Column.GOAL, "goal_fen", lambda: goal_of(self.cells.get(Column.GOAL, ""))),
            "rooms": self.take(Column.ROOMS, "rooms", lambda: names.rooms(self.cells.get(Column.ROOMS, ""))),
            "guests": self.take(
                Column.GUESTS, "guests", lambda: names.guests(self.cells.get(Column.GUESTS, ""), kept_of(old, "guests"))
            ),
            "crew": self.take(Column.CREW, "crew", lambda: names.crew(self.cells.get(Column.CREW, ""), kept_of(old, "crew"))),
            "resources": self.take(
                Column.THINGS,
                "resources",
                lambda: names.resources(self.cells.get(Column.THINGS, ""), kept_of(old, "resources")),
            ),
            "campaign": self.take(Column.CAMPAIGN, "campaign", lambda: names.campaign(self.said(Column.CAMPAIGN))),
            "note": self.take(Column.NOTE, "note", lambda: self.said(Column.NOTE)),
        }
        if self.judged.problems or window is None or host is None:
            return None
        said: dict[str, Any] = {"kind": kind, "title": title, "host": host, "place": place, **parts}
        hours: dict[str, Any] = {"planned_start_at": window.starts_at, "planned_end_at": window.ends_at}
        if old is None:
            return SessionPlan(**said, **hours)
        later = window.starts_at - old.planned_start_at
        segments = [SegmentPlan(s.title, s.place, s.starts_at + later, s.ends_at + later) for s in old.segments]
        return replace(old, **said, **hours, segments=segments)

    def needed(self, column: Column) -> str:
        if not (text := self.said(column)):
            raise BadCell(column, "empty")
        return text

    def host(self) -> User | None:
        old, tail = self.judged.old, self.said(Column.PHONE)
        if old is not None and not self.differs(Column.HOST) and not self.differs(Column.PHONE):
            return old.host
        if old is not None and self.differs(Column.HOST) and not self.differs(Column.PHONE):
            tail = ""  # the number beside the new name is still the old host's
        found: User | None = self.read(lambda: self.names.host(self.needed(Column.HOST), tail))
        if old is not None and found is not None and found != old.host:
            self.judged.changes.append(Column.HOST)
        return found

    def window(self) -> Window | None:
        old, cells = self.judged.old, dict(self.cells)
        if old is not None and self.differs(Column.DAY) and not self.differs(Column.WEEKDAY):
            cells.pop(Column.WEEKDAY, None)  # who moves a session changes the day alone
        if old is not None and Column.END not in self.judged.row.cells:
            cells[Column.END] = ""
        found: Window | None = self.read(lambda: window_of(cells, today=timezone.localdate(self.at)))
        if old is not None and found is not None:
            before = old.planned_start_at, old.planned_end_at
            changed = [Column.START if n == 0 else Column.END for n in (0, 1) if _minute(found[n]) != _minute(before[n])]
            if not changed:
                return type(found)(*before)  # seconds that a sheet does not show stay
            if _day(found[0]) != _day(before[0]):
                changed = [Column.DAY] + [column for column, at in zip((Column.START, Column.END), (0, 1), strict=True)
                                          if _clock(found[at]) != _clock(before[at])]  # fmt: skip
            self.judged.changes += changed
        return found

    def check(self) -> None:
        """The whole plan, as the verbs would ask of it. Raises NotAllowed."""
        judged = self.judged
        assert judged.plan is not None
        if judged.session:
            self.check_open(judged.session)
        plan = judged.plan = tidy(judged.plan)
        if judged.old is None or plan.planned_start_at != judged.old.planned_start_at:
            check_day(plan.planned_start_at, at=self.at)
        check_parts(plan, county=self.names.county.pk, by=self.names.by, old=judged.old)
        if judged.old is None or judged.old.host != plan.host or judged.old.planned_start_at != plan.planned_start_at:
            self.names.check_age(plan.host, timezone.localdate(plan.planned_start_at))
        if judged.old is None or Column.GUESTS in judged.changes:
            _check_guests(plan)

    def check_open(self, session: LiveSession) -> None:
        if session.state not in STILL_PLANNED:
            raise NotAllowed("plan_closed", state=session.get_state_display())
        if not self.judged.version:
            raise BadCell(Column.VERSION, "version_missing")
        if session.plan_version != self.judged.version:
            self.judged.is_stale = True


def _check_guests(plan: SessionPlan) -> None:
    """Raises NotAllowed for a guest whose office may not recommend food (食品安全法 第七十三条)."""
    speakers = tuple(
        Speaker(g.name, g.title, g.rank, g.leader.unit if g.leader else "", g.leader.department if g.leader else "")
        for g in plan.guests
    )
    for problem in problems(Broadcast(plan.kind, plan.title, plan.note, speakers, len(plan.line_up))):
        if problem.code == "barred_department":
            raise NotAllowed(problem.code, **problem.facts)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def _tell_twice(judged: Sequence[Judged]) -> None:
    """One session stands in one row; the first counts."""
    first: dict[object, int] = {}
    for one in judged:
        if one.verdict == Verdict.WRONG or one.plan is None:
            continue
        plan = one.plan
        key: object = one.session.pk if one.session else (plan.host.pk, plan.planned_start_at, plan.title)
        row = first.setdefault(key, one.row.number)
        if row != one.row.number and one.session:
            one.refuse(BadCell(Column.ID, "twice", typed=number_of(one.session.pk), row=row).problem)
        elif row != one.row.number:
            one.refuse(Problem(None, str(SENTENCES["same"]).format(row=row)))


def _find_again(judged: Sequence[Judged], county: Place) -> None:
    """A new row that was planned already, by the same file, is that session: a file read in twice changes nothing."""
    new = {(one.plan.host.pk, one.plan.planned_start_at, one.plan.title): one for one in judged if one.plan and one.is_new}
    if not new:
        return
    starts = [start for _host, start, _title in new]
    there = LiveSession.objects.filter(county=county, planned_start_at__gte=min(starts), planned_start_at__lte=max(starts))
    for session in there.filter(state__in=HOLDS_TIME, host__in={host for host, *_rest in new}):
        one = new.get((session.host_id, session.planned_start_at, session.title))
        if one and one.plan and session.planned_end_at == one.plan.planned_end_at:
            one.verdict, one.session = Verdict.UNCHANGED, session


def _tell_editors(judged: Sequence[Judged]) -> None:
    """A row whose session somebody has changed since the download is not written over him: he is named."""
    stale = [one for one in judged if one.is_stale and one.session]
    steps = PlanStep.objects.filter(session__in=[one.session for one in stale]).select_related("by").order_by("version")
    who = {step.session_id: step.by.name for step in steps} if stale else {}
    for one in stale:
        assert one.session is not None
        one.refuse(BadCell(Column.VERSION, "version", who=who.get(one.session.pk) or _("别人")).problem)
