"""Every write that queues a notice or takes one back, in the transaction of the change that it tells of.

A change that was rolled back has told nobody; one that was committed has its rows, whatever becomes of brokers and workers. How
they leave: `actions/notice_sending.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypedDict

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livestream.actions.wake import Waker
from livestream.models import Notice, NoticePreference, Place, Robot, User
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import OF_A_HOLD, OF_A_VERSION, REMINDERS, TEXT_AT_MOST, NoticeKind, NoticeState, Way, reminder_text
from livestream.rules.person import Role
from livestream.rules.release import Plan
from livestream.rules.rights import MATRIX, Action, holds
from livestream.rules.session import STILL_PLANNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Unpack

    from livestream.models import Hold, LiveSession

waker = Waker("livestream.tasks.send_due_notices")
STILL_OPEN = (NoticeState.WAITING, NoticeState.SENDING)


class About(TypedDict, total=False):
    """What a notice speaks of: the session and its released version, or a hold and its version, an address here (without
    the host), when it leaves, and until when it is worth sending."""

    session: LiveSession | None
    hold: Hold | None
    version: int | None
    link: str
    due_at: datetime | None
    expires_at: datetime | None


@transaction.atomic
def tell(people: Iterable[User], kind: NoticeKind, text: str, *, county: Place, **about: Unpack[About]) -> None:
    """Each of these people is told by each of his ways, once per kind and version of the session; who is stopped is told nothing.

    It stands in the inbox as soon as the caller's transaction commits, or at `due_at`; the other ways follow by themselves.
    `text`: at most 500 characters, in Chinese whatever the language of who acts (`in_chinese`). A link to `/c/` goes out as it
    is, any other as a short address that asks for the login."""
    _queue([_row(way, kind, text, county, about, person=one) for one, ways in _ways(people, kind) for way in ways])


@transaction.atomic
def tell_staff(county: Place, kind: NoticeKind, text: str, **about: Unpack[About]) -> None:
    """As `tell`, for those who plan in this county (of a session: in its place too), and its groups' robots. The text goes to
    chat groups: people are called by `public_name` in it, and no phone number stands there."""
    session = about.get("session")
    people = planners(county.pk, session.place_id if session else "")
    rows = [_row(way, kind, text, county, about, person=one) for one, ways in _ways(people, kind) for way in ways]
    robots = Robot.objects.filter(county=county, is_in_use=True).order_by("pk")
    _queue(rows + [_row(Way.ROBOT, kind, text, county, about, robot=one) for one in robots])


@transaction.atomic
def tell_phones(phones: Iterable[str], kind: NoticeKind, text: str, *, county: Place, **about: Unpack[About]) -> None:
    """As `tell`, for people without an account: each number once, by text message, where the operator named a sender."""
    if settings.SMS_SENDER:
        _queue([_row(Way.SMS, kind, text, county, about, phone=phone) for phone in dict.fromkeys(phones) if phone])


@transaction.atomic
def tell_each_phone(said: Iterable[tuple[str, str, str]], kind: NoticeKind, *, county: Place) -> None:
    """As `tell_phones`, each number another text and link: (phone, text, link)."""
    if settings.SMS_SENDER:
        _queue([_row(Way.SMS, kind, text, county, {"link": link}, phone=phone) for phone, text, link in said if phone])


@transaction.atomic
def remind(session: LiveSession, *, at: datetime | None = None) -> None:
    """Queues the reminders of the session's released version for its host and crew, and withdraws older ones. Those whose moment
    is past at `at` are left out: the people are told of the release itself just now. Called anew it adds who is new."""
    now, version = at or timezone.now(), session.released_version
    if version is None:
        return
    withdraw(session, version)
    if session.state not in STILL_PLANNED:
        return
    _wake_withdrawn(session, version, now)
    told = _announced(session)
    kinds = {kind: spans for kind, spans in REMINDERS.items() if told.starts_at - spans[0] > now}
    ways = _ways(told.people, NoticeKind.REMINDER_DAY) if kinds else []
    rows = []
    for kind, (before, until) in kinds.items():
        about: About = {
            "session": session,
            "version": version,
            "link": f"/my/{session.pk}/",
            "due_at": told.starts_at - before,
            "expires_at": told.starts_at - until,
        }
        rows += [_row(way, kind, told.text, session.county, about, person=one) for one, his in ways for way in his]
    _queue(rows)


class _Announced(NamedTuple):
    """What people know of a session."""

    starts_at: datetime
    people: Iterable[User]
    text: str


def _announced(session: LiveSession) -> _Announced:
    """As it is, or, where it was changed since and that is not released, as it was."""
    with in_chinese():
        if session.released_version in {None, session.plan_version}:
            text = reminder_text(session.title, session.planned_start_at, session.place.full_name)
            return _Announced(session.planned_start_at, session.people_concerned(), text)
        plan = Plan.from_json(session.released.get(version=session.released_version or 0).after)
        people = User.objects.filter(pk__in=plan.people).order_by("pk")
        return _Announced(plan.starts_at, people, reminder_text(plan.title, plan.starts_at, plan.place.name))


def _wake_withdrawn(session: LiveSession, version: int, now: datetime) -> None:
    """A cancellation withdrew them, and was undone: they are there, and told once of a version."""
    own = Notice.objects.filter(session=session, version=version, kind__in=REMINDERS, state=NoticeState.WITHDRAWN)
    own.filter(due_at__gt=now).update(state=NoticeState.WAITING, tries=0)


@transaction.atomic
def withdraw(session: LiveSession, before_version: int) -> int:
    """Reminders of older versions than this, and not yet handed over, will not leave; returns how many.

    Call it in the transaction of the change, after the session's row was written: who claims a reminder holds that row
    (`claim_due`), so that either he sees the new version, or this waits for his claim."""
    older = Notice.objects.filter(session=session, version__lt=before_version, kind__in=OF_A_VERSION, state__in=STILL_OPEN)
    return older.update(state=NoticeState.WITHDRAWN)


@transaction.atomic
def withdraw_of_hold(hold: Hold, before_version: int) -> int:
    """The same of a hold, in the transaction in which its row was written. Even without it none leaves: the version is compared
    under a lock when it is claimed."""
    older = Notice.objects.filter(hold=hold, version__lt=before_version, kind__in=OF_A_HOLD, state__in=STILL_OPEN)
    return older.update(state=NoticeState.WITHDRAWN)


@transaction.atomic
def read_notice(notice: Notice, *, at: datetime) -> None:
    """The person has opened it, whichever way it came: the same words wait nowhere else any more."""
    same = Notice.objects.filter(person=notice.person_id, kind=notice.kind, text=notice.text, read_at=None)
    same.filter(session=notice.session_id, version=notice.version).update(read_at=at)


@transaction.atomic
def read_all(person: User, *, at: datetime) -> int:
    """Nothing is unread in this inbox; returns how many were."""
    return Notice.objects.unread_of(person).update(read_at=at)


@transaction.atomic
def retry_notice(notice: Notice, *, at: datetime) -> None:
    """What failed is tried anew, with all its tries. Raises NotAllowed when it has not failed, or its time is over."""
    failed = Notice.objects.filter(pk=notice.pk, state=NoticeState.FAILED).filter(Q(expires_at=None) | Q(expires_at__gt=at))
    if not failed.update(state=NoticeState.WAITING, due_at=at, tries=0, claimed_at=None):
        raise NotAllowed("notice_not_failed")
    transaction.on_commit(waker.wake)


@transaction.atomic
def choose_ways(person: User, *, email: str, sms_for: Sequence[str], email_for: Sequence[str], at: datetime) -> NoticePreference:
    """How this person wants to be told besides the inbox. A new address gets a letter that says what will come there."""
    wanted = {"email": email, "sms_for": sorted(sms_for), "email_for": sorted(email_for)}
    before = NoticePreference.objects.select_for_update().filter(pk=person.pk).first()
    made, _is_new = NoticePreference.objects.update_or_create(person=person, defaults=wanted)
    if email and (before is None or before.email != email) and settings.SENDS_EMAIL:
        with in_chinese():
            text = _("{name}让村播把直播的安排和提醒发到这个邮箱。不认识这个人，请不用理会。").format(name=person.public_name)
        county = Place.objects.get(pk=person.county_id or person.place_id)
        Notice.objects.create(county=county, kind=NoticeKind.TEST, way=Way.EMAIL, person=person, text=text, due_at=at)
        transaction.on_commit(waker.wake)
    return made


def in_chinese() -> translation.override:
    """`with in_chinese():` around the making of a text: staff who read English must not write English to a farmer."""
    return translation.override(settings.LANGUAGE_CODE)


def planners(county: str, place: str = "") -> list[User]:
    """Who plans in the county, or in this place of it."""
    return who_may(Action.PLAN_SESSION, county, place)


def who_may(action: Action, county: str, place: str = "") -> list[User]:
    """Who does that in the county, or in this place of it, by a post of today; administrators of the platform are not the
    county."""
    roles = sorted(MATRIX[action])
    is_of_county = Q(role__in=roles, place__code__startswith=county)
    is_appointed = Q(appointments__role__in=roles, appointments__place__code__startswith=county, appointments__ended_at=None)
    found = User.objects.filter(is_of_county | is_appointed, is_active=True).exclude(role=Role.ADMIN).distinct().order_by("pk")
    people = found.prefetch_related("appointments")
    return [one for one in people if holds(one.reach(action), county=county, place=place)]


def _ways(people: Iterable[User], kind: NoticeKind) -> list[tuple[User, list[Way]]]:
    """Each person once, with his ways; those for which the operator named no sender are left out."""
    told = {one.pk: one for one in people if one.is_active}
    said = NoticePreference.objects.in_bulk(told)
    closed = {way for way, is_open in ((Way.SMS, settings.SMS_SENDER), (Way.EMAIL, settings.SENDS_EMAIL)) if not is_open}
    preferences = [(one, said.get(pk) or NoticePreference(person=one)) for pk, one in sorted(told.items())]
    return [(one, [way for way in preference.ways(kind) if way not in closed]) for one, preference in preferences]


def _row(way: Way, kind: NoticeKind, text: str, county: Place, about: About, **to: User | Robot | str) -> Notice:
    now = timezone.now()
    row = Notice(county=county, kind=kind, way=way, text=text[:TEXT_AT_MOST], **about, **to)
    row.due_at = about.get("due_at") or now
    row.link = about.get("link") or ""
    if way == Way.INBOX and row.due_at <= now:  # no network lies between: it is there with the commit, exactly once
        row.state, row.sent_at = NoticeState.SENT, now
    return row


def _queue(rows: list[Notice]) -> None:
    """What was told of this version already is not told again."""
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.state == NoticeState.WAITING for row in rows):
        transaction.on_commit(waker.wake)
