"""Random histories of a session's plan, lived through the real verbs and the real database, and what should have been sent.

Many histories share one clock: at each tick some of them take a step (the plan is moved, released, cancelled, put back, goes on
air), and now and then what is due leaves. All times lie on whole five minutes. Each history has a host of his own, and each
released version names itself in the session's title, so that a text message tells by itself of which version it speaks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from livestream.actions.notice import remind, withdraw
from livestream.actions.notice_sending import send_due
from livestream.models import LiveSession, Notice, User
from livestream.rules.notice import REMINDERS
from tests.livestream import outbox

BEGAN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
HOUR = timedelta(hours=1)
TICKS = 80
PLANNED, CANCELLED, LIVE = "approved", "cancelled", "live"


@dataclass
class History:
    """One session, and the pure model of it: what was in force when, and which reminders must have left."""

    session: LiveSession
    version: int = 1
    released: int | None = None
    state: str = PLANNED
    starts: dict[int, datetime] = field(default_factory=dict)  # released version → its start
    waiting: dict[tuple[int, str], tuple[datetime, datetime]] = field(default_factory=dict)  # (version, kind) → due, too late
    expected: list[tuple[datetime, int, str]] = field(default_factory=list)  # when, version, kind
    told: list[str] = field(default_factory=list)  # the steps, for whoever reads a failure

    def release(self, at):
        self.released = self.version
        self.waiting = {}
        if self.state == PLANNED:
            start = self.starts[self.released] = self.session.planned_start_at
            for kind, (before, until) in REMINDERS.items():
                if start - before > at:
                    self.waiting[self.released, kind] = (start - before, start - until)

    def sweep(self, at):
        """What leaves at this moment, and what never will."""
        for (version, kind), (due, too_late) in list(self.waiting.items()):
            if due <= at:
                del self.waiting[version, kind]
                if version == self.released and self.state == PLANNED and at < too_late:
                    self.expected.append((at, version, kind))


@dataclass(frozen=True)
class Left:
    """A reminder that reached a phone, and what was true of its session at that moment."""

    at: datetime
    history: History
    version: int
    kind: str
    in_force: int | None
    state: str

    @property
    def is_superseded(self):
        return self.version != self.in_force

    @property
    def is_wrong(self):
        return self.is_superseded or self.state != PLANNED or self.history.starts[self.version] <= self.at

    @property
    def key(self):
        return self.history.session.host_id, self.version, self.kind


def begin(count, county):
    users = User.objects.bulk_create(
        User(phone=f"1{7:02d}{n:08d}", name=f"主播{n}", role="host", place=county, password="!") for n in range(count)
    )
    start = BEGAN + timedelta(days=2)
    sessions = LiveSession.objects.bulk_create(
        LiveSession(
            county=county, kind="village_host", title="v1", host=user, place=county, state=PLANNED,
            planned_start_at=start, planned_end_at=start + HOUR,
        )
        for user in users
    )  # fmt: skip
    return [History(session) for session in sessions]


def step(history, dice, at):
    """One thing that happens to a plan. Refused ones (a session on air is not moved) are none."""
    if history.state == LIVE:
        return
    what = dice.choices(
        ["move", "release", "move and release", "cancel", "put back", "go live", "remind"], [3, 3, 4, 1, 2, 0.1, 1]
    )[0]
    history.told.append(f"{at:%d %H:%M} {what}")
    VERBS[what](history, dice, at)


def move(history, dice, at):
    if history.state != PLANNED:
        return
    start = at + STEP * dice.choice([dice.randint(1, 36), dice.randint(200, 500), dice.randint(1, 600)])
    history.version += 1
    save(history, planned_start_at=start, planned_end_at=start + HOUR)


def release(history, _dice, at):
    """As `release_plan` does it: the session's row first, then what is told of it, in one transaction."""
    if history.released == history.version:
        return
    history.release(at)
    save(history, released_version=history.version)
    remind(history.session, at=at)


def move_and_release(history, dice, at):
    move(history, dice, at)
    release(history, dice, at)


def cancel(history, dice, _at):
    """Some ways of cancelling withdraw at once, others leave it to the check."""
    if history.state != PLANNED:
        return
    history.version, history.state = history.version + 1, CANCELLED
    save(history, state=CANCELLED)
    if dice.random() < 0.5:
        withdraw(history.session, history.version)
        history.waiting = {}


def put_back(history, _dice, at):
    if history.state != CANCELLED:
        return
    history.version, history.state = history.version + 1, PLANNED
    save(history, state=PLANNED)
    release(history, _dice, at)


def go_live(history, _dice, at):
    if history.state == PLANNED:
        history.state = LIVE
        save(history, state=LIVE, went_live_at=at)


def again(history, _dice, at):
    """Asked for once more: nothing is told twice."""
    if history.released == history.version and history.state == PLANNED:
        remind(history.session, at=at)


def save(history, **changes):
    title = f"v{history.version}"
    LiveSession.objects.filter(pk=history.session.pk).update(plan_version=history.version, title=title, **changes)
    for name, value in {"plan_version": history.version, "title": title, **changes}.items():
        setattr(history.session, name, value)


VERBS = {
    "move": move,
    "release": release,
    "move and release": move_and_release,
    "cancel": cancel,
    "put back": put_back,
    "go live": go_live,
    "remind": again,
}


def live_through(count, seed, county):
    """So many histories from this seed. Returns them, and what left."""
    dice = random.Random(seed)
    histories = begin(count, county)
    by_phone = {history.session.host.phone: history for history in histories}
    at, left = BEGAN, []
    for _tick in range(TICKS):
        at += STEP * dice.randint(1, 40)
        for history in histories:
            if dice.random() < 0.1:
                step(history, dice, at)
        if dice.random() < 0.8:
            outbox.TEXTS.clear()
            for history in histories:
                history.sweep(at)
            send_due(at, seconds=600)  # a busy machine is no reason to leave some for the next time
            left += [read(by_phone[phone], text, at) for phone, text in outbox.TEXTS]
    return histories, left


def read(history, text, at):
    """Version and kind of a reminder, from its words and the moment alone."""
    version = int(text.partition("《v")[2].partition("》")[0])
    kind = "reminder_hour" if history.starts[version] - at <= HOUR else "reminder_day"
    return Left(at, history, version, kind, history.released, history.state)


def inbox(histories):
    """What stands in the inboxes: (person, version, kind)."""
    rows = Notice.objects.filter(way="inbox", state="sent", kind__in=REMINDERS).values_list("person_id", "version", "kind")
    return sorted(rows)
