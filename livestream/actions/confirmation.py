"""Every write to what people answer to a release: seen, I come, I cannot; and what was not answered in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.notice import in_chinese, tell_staff
from livestream.models import Availability, Booking, Confirmation, User
from livestream.rules.availability import Times
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from livestream.rules.release import Change, Plan, change_for
from livestream.rules.release_words import (
    cannot_come_words,
    comes_again_words,
    day_words,
    duty_words,
    hours,
    no_answer_words,
    when,
    where,
    words_for,
)
from livestream.rules.session import AIRED
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from livestream.models import LiveSession

NOTE_AT_MOST = 200
OFFERED = 3  # replacements that are named
AT_ONCE = 200  # unanswered ones that one run of the task tells of


@dataclass(frozen=True, slots=True)
class Card:
    """One session as its link shows it: the newest that this person was told of it."""

    confirmation: Confirmation
    before: Plan | None
    after: Plan
    is_newer: bool  # than the link that was opened
    has_begun: bool

    @property
    def is_asked(self) -> bool:
        """Whether an answer can be given or changed."""
        return self.confirmation.person_id in self.after.people and not self.has_begun

    @property
    def is_off(self) -> bool:
        """Whether this person need not come any more."""
        return self.confirmation.person_id not in self.after.people

    @property
    def change(self) -> Change | None:
        return change_for(self.confirmation.person_id, self.before, self.after)

    @property
    def sentences(self) -> list[str]:
        return words_for(self.confirmation.person_id, self.before, self.after)

    @property
    def when(self) -> str:
        return when(self.after)

    @property
    def day(self) -> str:
        return day_words(self.after.starts_at)

    @property
    def hours(self) -> str:
        return hours(self.after)

    @property
    def where(self) -> str:
        return where(self.after)

    @property
    def duties(self) -> str:
        return duty_words(self.confirmation.person_id, self.after)


def cards_of(confirmation: Confirmation, *, at: datetime) -> list[Card]:
    """What the link of this confirmation shows: its own session first, then the others of the same message; of each the newest
    that was told."""
    sessions = Confirmation.objects.filter(person=confirmation.person_id, change__release=confirmation.change.release_id)
    about = {one.change.session_id: one.pk for one in sessions.select_related("change")}
    newest = Confirmation.objects.newest().filter(person=confirmation.person_id, change__session__in=about)
    cards = [card_of(one, at=at, opened=about[one.change.session_id]) for one in newest.select_related("change__session__county")]
    own = confirmation.change.session_id
    return sorted(
        cards, key=lambda card: (card.confirmation.change.session_id != own, card.after.starts_at, card.confirmation.pk)
    )


def cards_for(person: User, *, at: datetime) -> list[Card]:
    """What a signed-in person finds on his own page: each coming session of which he was asked, the unanswered ones first."""
    asked = Confirmation.objects.asked().filter(person=person).exclude(change__session__state__in=AIRED)
    cards = [card_of(one, at=at) for one in asked.select_related("change__session__county")]
    coming = (card for card in cards if card.is_asked)
    return sorted(coming, key=lambda card: (card.confirmation.answered_at is not None, card.after.starts_at))


def card_of(confirmation: Confirmation, *, at: datetime, opened: int | None = None) -> Card:
    change = confirmation.change
    after = Plan.from_json(change.after)
    before = Plan.from_json(change.before) if change.before else None
    return Card(confirmation, before, after, opened not in {None, confirmation.pk}, _has_begun(change.session, after, before, at))


def _has_begun(session: LiveSession, after: Plan, before: Plan | None, at: datetime) -> bool:
    """On air, over, or past the hour that was announced: then the link tells nothing more."""
    plan = before if after.is_cancelled and before else after
    return session.state in AIRED or plan.starts_at <= at


@transaction.atomic
def mark_read(confirmations: Collection[int], *, at: datetime) -> int:
    """These (ids) were seen by their person; the first time counts. Returns how many were new to him."""
    return Confirmation.objects.filter(pk__in=confirmations, read_at=None).update(read_at=at)


@transaction.atomic
def answer(confirmation: Confirmation, *, can_come: bool, words: str = "", at: datetime) -> Confirmation:
    """The person comes, or cannot: then staff are told at once, with who else is free. The same answer again changes nothing,
    another one does, up to the start. Raises NotAllowed: `answer_superseded` when the plan changed meanwhile, `answer_too_late`,
    `nothing_asked`."""
    found = Confirmation.objects.select_for_update(of=("self",)).select_related("change__session__county", "person")
    row = found.get(pk=confirmation.pk)
    card = card_of(row, at=at)
    if row.superseded_at is not None:
        raise NotAllowed("answer_superseded")
    if card.has_begun:
        raise NotAllowed("answer_too_late")
    if not card.is_asked:
        raise NotAllowed("nothing_asked")
    words = "" if can_come else one_line(words)[:NOTE_AT_MOST]
    was = row.can_come
    mark_read([row.pk], at=at)
    if (was, row.answer_note) != (can_come, words):
        Confirmation.objects.filter(pk=row.pk).update(can_come=can_come, answered_at=at, answer_note=words)
        row.refresh_from_db()
    if was != can_come and (was is False or not can_come):
        _tell_staff(row, card.after)
    return row


def _tell_staff(row: Confirmation, plan: Plan) -> None:
    """In a chat group people are called as in public."""
    session = row.change.session
    with in_chinese():
        name = row.person.public_name
        if row.can_come:
            words = comes_again_words(name, plan)
        else:
            free = [one.public_name for one in replacements(session, plan)]
            words = cannot_come_words(name, plan, row.answer_note, free)
    tell_staff(session.county, NoticeKind.CANNOT_COME, words, session=session, link=f"/plan/releases/{row.change.release_id}/")


def replacements(session: LiveSession, plan: Plan, *, at_most: int = OFFERED) -> list[User]:
    """Hosts who are free at these hours, the nearest first: of the village, the township, the county. Who is not known to be
    free (away, or outside his weekly hours) is not named; nor is who belongs to the session already."""
    busy = Booking.objects.holding().overlapping(plan.starts_at, plan.ends_at).filter(person__isnull=False)
    hosts = User.objects.hosts().filter(place__code__startswith=session.county_id).exclude(pk__in=busy.values("person"))
    near = [plan.place.key[:digits] for digits in (12, 9, 6)]
    ranked = sorted(hosts.exclude(pk__in=plan.people).select_related("place"), key=lambda one: (_distance(one, near), one.pk))
    known = Availability.objects.of(people=[one.pk for one in ranked]).by_subject()
    free = (one for one in ranked if not known.get(f"person:{one.pk}", Times()).gaps(plan.starts_at, plan.ends_at))
    return [one for one, _number in zip(free, range(at_most), strict=False)]


def _distance(person: User, near: list[str]) -> int:
    return next((steps for steps, code in enumerate(near) if person.place_id.startswith(code)), len(near))


@transaction.atomic
def escalate_unanswered(*, at: datetime) -> int:
    """Staff are told of each who was to answer by now and did not, once; returns of how many. What has begun meanwhile is only
    marked: nobody can be found for it any more."""
    due = Confirmation.objects.unanswered().filter(due_at__lte=at, escalated_at=None)
    rows = list(
        due.select_for_update(of=("self",), skip_locked=True)
        .select_related("change__session__county", "person")
        .order_by("due_at", "pk")[:AT_ONCE]
    )
    Confirmation.objects.filter(pk__in=[row.pk for row in rows]).update(escalated_at=at)
    cards = [card for card in (card_of(row, at=at) for row in rows) if card.is_asked]
    for card in cards:
        row = card.confirmation
        with in_chinese():
            words = no_answer_words(row.person.public_name, card.after, is_read=row.read_at is not None)
        session, link = row.change.session, f"/plan/releases/{row.change.release_id}/"
        tell_staff(session.county, NoticeKind.NO_ANSWER, words, session=session, link=link)
    return len(cards)
