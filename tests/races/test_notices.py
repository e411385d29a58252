"""Notices under several senders at once, and under a release at the same moment: each leaves once, none that is superseded."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from livestream import tasks
from livestream.actions import notice_alarm, notice_claim
from livestream.actions.notice import remind, tell
from livestream.actions.notice_sending import send_due
from livestream.models import LiveSession, Notice, Robot
from livestream.models.session import LiveSessionQuerySet
from livestream.platforms import robot as robots
from livestream.rules.notice import NoticeKind
from tests.factories import make_session, make_user
from tests.livestream import outbox
from tests.livestream.outbox import released
from tests.livestream.platforms.fake_chat import FakeChat
from tests.livestream.platforms.test_robot import ADDRESSES
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 3
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def sms(settings):
    settings.SMS_SENDER = "tests.livestream.outbox.remember"
    outbox.TEXTS.clear()
    outbox.TROUBLE.clear()
    return outbox.TEXTS


@pytest.fixture
def chat(monkeypatch, now):
    fake = FakeChat(now)
    monkeypatch.setattr(robots, "transport", fake.transport)
    yield fake
    fake.close()


@pytest.fixture
def waiting(county, staff, now, chat):
    """Thirty people who are told by text message, twelve notices of one robot, and an inbox each."""
    people = [make_user("host", county) for _ in range(30)]
    tell(people, NoticeKind.CHANGED, "改到周三。", county=county, due_at=now - MINUTE)
    robot = Robot.objects.create(county=county, kind="wecom", name="群", address=ADDRESSES["wecom"], made_by=staff)
    Notice.objects.bulk_create(
        Notice(county=county, kind=NoticeKind.CANNOT_COME, way="robot", robot=robot, text=f"第{n}条", due_at=now)
        for n in range(12)
    )
    Notice.objects.filter(way="inbox").update(state="waiting", sent_at=None)
    return people


def three_times(task):
    assert race(*[task] * TIMES) == []


def test_what_is_due_leaves_once(waiting, chat, sms):
    three_times(tasks.send_due_notices)

    assert Counter(phone for phone, _ in sms) == Counter(one.phone for one in waiting)
    assert [text.count("【村播】") for *_, text in chat.said] == [12]
    assert Counter(Notice.objects.values_list("way", "state", "tries")) == {
        ("inbox", "sent", 1): 30, ("sms", "sent", 1): 30, ("robot", "sent", 1): 12,
    }  # fmt: skip


def test_control_without_its_lock_a_claim_is_taken_by_each(waiting, sms, monkeypatch):
    """Nobody locks, and each looks a moment before he writes."""
    slow = notice_claim.OF_ITSELF.replace("FOR UPDATE OF n SKIP LOCKED", "").replace(
        "WHERE", "WHERE pg_sleep(0.002) IS NOT NULL AND"
    )
    monkeypatch.setattr(notice_claim, "OF_ITSELF", slow)

    race(*[tasks.send_due_notices] * TIMES)

    assert max(Counter(phone for phone, _ in sms).values()) > 1


@pytest.fixture
def late(county, staff, host, chat, now):
    session = make_session(county, host, planned_start_at=now - 6 * MINUTE)
    Robot.objects.create(county=county, kind="wecom", name="群", address=ADDRESSES["wecom"], made_by=staff)
    return released(session, state="approved")


def test_staff_hear_once_of_a_late_session(late, staff):
    three_times(tasks.tell_of_late_sessions)

    assert sorted(Notice.objects.values_list("way", "person_id")) == [("inbox", staff.pk), ("robot", None)]


def test_control_without_lock_and_constraints_they_hear_it_from_each(late, monkeypatch):
    """Each has looked before anybody has told."""
    gate, tell_staff = threading.Barrier(TIMES), notice_alarm.tell_staff

    def together(*args, **about):
        gate.wait(10)
        tell_staff(*args, **about)

    monkeypatch.setattr(notice_alarm, "tell_staff", together)
    monkeypatch.setattr(LiveSessionQuerySet, "select_for_update", lambda found, **_how: found)
    with without("told_once_of_a_version", "robot_told_once_of_a_version"):
        race(*[tasks.tell_of_late_sessions] * TIMES)

        assert Notice.objects.filter(way="inbox").count() == TIMES
        Notice.objects.all().delete()


class without:
    """The database without these unique constraints."""

    def __init__(self, *names):
        self.names = names

    def __enter__(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(self.names)])
            self.made = dict(cursor.fetchall())
            for name in self.made:
                cursor.execute(f"DROP INDEX {name}")

    def __exit__(self, *_error):
        with connection.cursor() as cursor:
            for statement in self.made.values():
                cursor.execute(statement)


def test_old_notices_are_forgotten_once(waiting, now):
    Notice.objects.update(made_at=now - 200 * DAY, due_at=now - 200 * DAY, state="sent")

    three_times(tasks.forget_old_notices)

    assert Notice.objects.count() == 0


# --- a release at the same moment -----------------------------------------------------------------------------------------


@pytest.fixture
def coming(county, host, now):
    """Its day's reminder is due in a moment."""
    session = released(make_session(county, host, title="v1", planned_start_at=now + DAY + MINUTE), state="approved")
    remind(session, at=now)
    return session


def release_again(session, *, remembers_to_withdraw=True):
    session = LiveSession.objects.get(pk=session.pk)
    session.plan_version += 1
    session.released_version = session.plan_version
    session.title = f"v{session.plan_version}"
    session.planned_start_at += timedelta(days=2)
    session.planned_end_at += timedelta(days=2)
    session.save()
    if remembers_to_withdraw:
        remind(session)


def test_while_a_release_is_being_written_its_reminders_stay(coming, sms, now):
    at, written, go_on = now + 2 * MINUTE, threading.Event(), threading.Event()

    @transaction.atomic
    def release():
        release_again(coming)
        written.set()
        assert go_on.wait(10)

    def send():
        assert written.wait(10)
        assert send_due(at) == 0
        go_on.set()

    assert race(release, send) == []
    assert (send_due(at), sms) == (0, [])


def claim_while_a_release_commits(coming, at, monkeypatch):
    """The claim has read the old row of the session; the release commits; then the claim locks."""
    slow = notice_claim.OF_ITS_VERSION.replace("WHERE", "WHERE pg_sleep(0.4) IS NOT NULL AND", 1)
    monkeypatch.setattr(notice_claim, "OF_ITS_VERSION", slow)
    claimed = []

    def claim():
        claimed.extend(notice_claim.claim_due(at, 8))

    def release():
        time.sleep(0.2)
        with transaction.atomic():
            release_again(coming, remembers_to_withdraw=False)

    assert race(claim, release) == []
    return [(notice.kind, notice.version) for notice in claimed]


def test_a_release_that_commits_during_a_claim_is_not_overtaken(coming, now, monkeypatch):
    assert claim_while_a_release_commits(coming, now + 2 * MINUTE, monkeypatch) == []


def test_control_without_the_sessions_lock_the_claim_overtakes_it(coming, now, monkeypatch):
    monkeypatch.setattr(notice_claim, "OF_ITS_VERSION", notice_claim.OF_ITS_VERSION.replace("FOR SHARE OF s SKIP LOCKED", ""))

    assert claim_while_a_release_commits(coming, now + 2 * MINUTE, monkeypatch) == [("reminder_day", 1)]


def test_releases_and_senders_at_once_tell_each_person_of_what_is_in_force(county, sms, now):
    """Twenty sessions are released anew while three senders are at work: whoever was reminded was so before his release."""
    sessions = [
        released(
            make_session(county, planned_start_at=now + DAY + MINUTE, room=f"R{n}", account=f"A{n}", title="v1"), state="approved"
        )
        for n in range(20)
    ]
    for session in sessions:
        remind(session, at=now)
    at, moments = now + 2 * MINUTE, {}

    def release_all():
        for session in sessions:
            with transaction.atomic():
                release_again(session)
            moments[session.pk] = timezone.now()

    assert race(release_all, *[lambda: send_due(at)] * TIMES) == []

    states = Counter(Notice.objects.filter(version=1, kind="reminder_day", way="sms").values_list("state", flat=True))
    assert len(sms) == states["sent"]
    assert states["sent"] + states["withdrawn"] == 20
    assert set(Notice.objects.filter(version=2).values_list("state", flat=True)) == {"waiting"}
    assert (send_due(at), len(moments)) == (0, 20)


RACED = {"send_due_notices", "tell_of_late_sessions", "forget_old_notices"}


def test_every_task_of_notices_is_raced_here():
    ours = {name.rpartition(".")[2] for name in current_app.tasks if name.startswith("livestream.tasks.")}

    assert {name for name in ours if "notice" in name or "late" in name} == RACED
