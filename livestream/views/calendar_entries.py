"""The sessions of some days as a calendar shows them, in as many queries however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from livestream.actions.clash import clashes_between
from livestream.models import Guest
from livestream.rules.calendar import DAY, Days, Piece, Show, piece_of
from livestream.rules.day import SHANGHAI
from livestream.rules.place import short_name
from livestream.rules.quota import LEADERS
from livestream.rules.rights import Action, holds
from livestream.rules.session import AIRED, STILL_PLANNED, SessionKind, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from livestream.models import User
    from livestream.models.session import LiveSessionQuerySet

COLUMNS = (
    "pk", "title", "kind", "state", "county_id", "place_id", "place__name", "host_id", "host__name", "host__live_name",
    "planned_start_at", "planned_end_at", "went_live_at", "ended_at", "plan_version", "released_version", "is_led",
)  # fmt: skip


class Row(NamedTuple):
    """What the database says of a session."""

    pk: UUID
    title: str
    kind: str
    state: str
    county: str
    place: str
    place_name: str
    host: int
    host_name: str
    live_name: str
    planned_start_at: datetime
    planned_end_at: datetime
    went_live_at: datetime | None
    ended_at: datetime | None
    version: int
    released: int | None
    is_led: bool


class Mark(NamedTuple):
    """A word that stands on a session, and its class."""

    look: str
    word: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One session in a calendar; the times are Shanghai's. `look` are the classes of its block: shape, not colour alone."""

    row: Row
    begins_at: datetime
    ends_at: datetime
    clock: str
    until: str
    host: str
    place: str
    look: str
    marks: tuple[Mark, ...]
    address: str
    is_led: bool
    is_clash: bool
    is_unreleased: bool
    is_movable: bool

    @property
    def day(self) -> date:
        return self.begins_at.date()

    @property
    def until_clock(self) -> str:
        return f"{self.ends_at:%H:%M}"

    @property
    def line(self) -> str:
        """All of it in one line, for paper."""
        words = "".join(f" [{mark.word}]" for mark in self.marks)
        return f"{self.clock}–{self.until} {self.row.title} · {self.host} · {self.place}{words}"

    @property
    def weight(self) -> tuple[bool, bool, bool, datetime]:
        """What is shown first where not all of a day is: leaders, clashes, what nobody was told of yet, then by the clock."""
        return (not self.is_led, not self.is_clash, not self.is_unreleased, self.begins_at)

    def piece(self, day: date) -> Piece | None:
        return piece_of(self.begins_at, self.ends_at, day)

    def is_shown(self, show: str) -> bool:
        state = self.row.state
        return (
            not show
            or {
                Show.UNRELEASED: self.is_unreleased,
                Show.CLASH: self.is_clash,
                Show.LEADER: self.is_led,
                Show.PLANNED: state in STILL_PLANNED,
                Show.AIRED: state in AIRED,
                Show.CANCELLED: state == SessionState.CANCELLED,
            }[Show(show)]
        )


class Loader:
    """What is the same for every session of one page: words, the moment, what this person may move."""

    def __init__(self, user: User, now: datetime) -> None:
        self.now = now
        self.planned_by_him = user.reach(Action.PLAN_SESSION)
        absent = "00000000-0000-4000-8000-000000000000"
        self.address = reverse("livestream:session", args=[absent]).replace(absent, "{}")

    @cached_property
    def words(self) -> dict[str, Mark]:
        return {
            "clash": Mark("clash", pgettext("mark", "冲突")),
            "draft": Mark("draft", _("草稿")),
            "in_review": Mark("draft", _("待审")),
            "new": Mark("draft", _("未发布")),
            "changed": Mark("changed", pgettext("mark", "改动")),
            "cancelled": Mark("off", _("已取消")),
            "live": Mark("on", _("直播中")),
        }

    def entries(self, sessions: LiveSessionQuerySet, days: Days) -> list[Entry]:
        """Those that begin in these days, and those of the day before that reach into them; in order."""
        led = Guest.objects.filter(session=OuterRef("pk"), rank__in=LEADERS)
        found = sessions.beginning(days.begins_at - DAY, days.ends_at).annotate(is_led=Exists(led))
        rows = [Row(*each) for each in found.order_by("planned_start_at", "pk").values_list(*COLUMNS)]
        clashing = clashing_in(days, {row.county for row in rows})
        entries = [self.entry(row, row.pk in clashing) for row in rows]
        return sorted((each for each in entries if each.ends_at > days.begins_at), key=lambda each: each.begins_at)

    def entry(self, row: Row, is_clash: bool) -> Entry:
        begins = (row.went_live_at or row.planned_start_at).astimezone(SHANGHAI)
        ends = self._end_of(row).astimezone(SHANGHAI)
        is_unreleased = row.released != row.version and (
            row.state in STILL_PLANNED or (row.state == SessionState.CANCELLED and row.released is not None)
        )
        marks = tuple(self.words[name] for name in self._marks(row, is_clash=is_clash, is_unreleased=is_unreleased))
        is_led = row.is_led or row.kind == SessionKind.COUNTY_HEAD
        until = f"{ends:%H:%M}" if ends.date() == begins.date() else _("次日{clock}").format(clock=f"{ends:%H:%M}")
        return Entry(
            row,
            begins,
            ends,
            f"{begins:%H:%M}",
            until,
            row.live_name or row.host_name,
            short_name(row.place_name),
            " ".join(["led"] * is_led + [row.kind] + [mark.look for mark in marks] + ["past"] * (row.state in AIRED)),
            marks,
            self.address.format(row.pk),
            is_led,
            is_clash,
            is_unreleased,
            row.state in STILL_PLANNED and holds(self.planned_by_him, county=row.county, place=row.place),
        )

    def _end_of(self, row: Row) -> datetime:
        if row.state == SessionState.LIVE:
            return max(self.now, row.planned_end_at)
        return row.ended_at or row.planned_end_at

    def _marks(self, row: Row, *, is_clash: bool, is_unreleased: bool) -> Iterable[str]:
        if is_clash:
            yield "clash"
        if row.state in {SessionState.CANCELLED, SessionState.LIVE}:
            yield str(row.state)
        elif is_unreleased and row.released is not None:
            yield "changed"
        elif is_unreleased:
            yield row.state if row.state in {SessionState.DRAFT, SessionState.IN_REVIEW} else "new"


def clashing_in(days: Days, counties: Iterable[str]) -> set[UUID]:
    """The sessions of which a clash waits for somebody: refused, or not allowed yet. The same as the page of clashes says."""
    found = [clash for county in counties for clash in clashes_between(days.begins_at, days.ends_at, county=county)]
    return {pk for clash in found if clash.holds_release for pk in (clash.mine, clash.other) if pk}
