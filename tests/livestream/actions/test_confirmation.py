from datetime import time, timedelta

import pytest

from livestream.actions.confirmation import answer, cards_for, cards_of, escalate_unanswered, mark_read, replacements
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope, plan_of
from livestream.models import Availability, Booking, Confirmation, LiveSession, Notice
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from tests.factories import make_place, make_session, make_user


@pytest.fixture
def evening(now):
    """20:00 in Shanghai in three days."""
    return now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def week(county, evening):
    return Scope(county, shanghai_day(evening) - timedelta(days=3), shanghai_day(evening) + timedelta(days=3))


@pytest.fixture
def planned(county, host, evening):
    return make_session(county, host, planned_start_at=evening, title="花椒专场")


@pytest.fixture
def asked(planned, staff, week, now) -> Confirmation:
    """The host was asked an hour ago."""
    return release_plan(week, by=staff, at=now - timedelta(hours=1)).changes.get().confirmations.get()


def move(session, by):
    session.refresh_from_db()
    session.planned_start_at += by
    session.planned_end_at += by
    session.plan_version += 1
    session.save(update_fields=["planned_start_at", "planned_end_at", "plan_version"])


def told(kind):
    return [(notice.person, notice.text) for notice in Notice.objects.filter(kind=kind, way="inbox").order_by("pk")]


def inbox(person):
    own = Notice.objects.filter(person=person, way="inbox", kind__in=["planned", "changed", "cancelled"]).order_by("pk")
    return list(own.values_list("kind", "text"))


def test_answer_yes_is_kept_once(asked, now):
    answer(asked, can_come=True, at=now)
    answer(asked, can_come=True, at=now + timedelta(minutes=1))

    asked.refresh_from_db()
    assert (asked.can_come, asked.answered_at, asked.read_at) == (True, now, now)
    assert told("cannot_come") == []


def test_no_tells_staff_at_once_with_who_is_free(asked, planned, staff, county, now):
    near = make_user("host", county, name="赵强")
    make_user("host", county, name="没人", is_active=False)

    answer(asked, can_come=False, words=" 赶\u202e集\0 ", at=now)
    answer(asked, can_come=False, words="赶 集", at=now)

    asked.refresh_from_db()
    [(person, text)] = told("cannot_come")
    assert asked.answer_note == "赶 集"
    assert person == staff
    assert text.startswith(f"{asked.person.name}来不了：“花椒专场”，")
    assert text.endswith(f"原因：赶 集。这个时间有空的：{near.name}。")


def test_who_can_again_is_told_too(asked, now):
    answer(asked, can_come=False, at=now)
    answer(asked, can_come=True, at=now + timedelta(hours=1))

    assert [text.partition("：")[0] for _person, text in told("cannot_come")] == [
        f"{asked.person.name}来不了",
        f"{asked.person.name}又能来了",
    ]


def test_no_answer_after_the_start(asked, planned, evening):
    with pytest.raises(NotAllowed, match="已经到开播时间"):
        answer(asked, can_come=True, at=evening)


def test_a_newer_change_ends_the_question_and_asks_anew(asked, planned, staff, week, now):
    answer(asked, can_come=True, at=now)
    move(planned, timedelta(hours=1))
    newer = release_plan(week, by=staff, at=now).changes.get().confirmations.get()

    with pytest.raises(NotAllowed, match="又改了"):
        answer(asked, can_come=False, at=now)

    [card] = cards_of(asked, at=now)
    assert (card.confirmation, card.is_newer, card.is_asked) == (newer, True, True)
    assert (newer.can_come, newer.answered_at) == (None, None)
    assert newer.due_at is not None


def test_a_change_that_asks_nothing_keeps_the_answer(asked, planned, staff, week, now):
    answer(asked, can_come=True, at=now)
    LiveSession.objects.filter(pk=planned.pk).update(title="核桃专场", plan_version=2)

    newer = release_plan(week, by=staff, at=now).changes.get().confirmations.get()

    assert (newer.can_come, newer.answered_at, newer.read_at) == (True, now, None)
    assert [kind for kind, *_ in inbox(asked.person)] == ["planned", "changed"]


def test_a_new_host_is_asked_and_the_old_one_told(asked, planned, staff, week, county, now):
    other = make_user("host", county, name="赵强")
    LiveSession.objects.filter(pk=planned.pk).update(host=other, plan_version=2)

    release_plan(week, by=staff, at=now)

    [gone] = cards_of(asked, at=now)
    assert (gone.is_off, gone.is_asked, gone.confirmation.due_at) == (True, False, None)
    with pytest.raises(NotAllowed, match="不用回复"):
        answer(gone.confirmation, can_come=True, at=now)
    assert [card.after.title for card in cards_for(other, at=now)] == ["花椒专场"]
    assert cards_for(asked.person, at=now) == []


def test_one_link_shows_all_of_one_message(planned, host, staff, county, week, evening, now):
    make_session(county, host, planned_start_at=evening + timedelta(days=1), title="核桃专场", room="R2", account="A2")
    confirmations = Confirmation.objects.filter(change__release=release_plan(week, by=staff, at=now)).order_by("pk")

    titles = [[card.after.title for card in cards_of(one, at=now)] for one in confirmations]

    assert titles == [["花椒专场", "核桃专场"], ["核桃专场", "花椒专场"]]
    [(kind, text)] = inbox(host)
    assert (kind, text.partition("：")[0]) == ("planned", "给您排了 2 场直播")


def test_read_once(asked, now):
    assert mark_read([asked.pk], at=now) == 1
    assert mark_read([asked.pk], at=now + timedelta(hours=1)) == 0
    asked.refresh_from_db()
    assert asked.read_at == now


def test_unanswered_goes_to_staff_once(asked, staff):
    due = asked.due_at

    assert escalate_unanswered(at=due - timedelta(seconds=1)) == 0
    assert [escalate_unanswered(at=due), escalate_unanswered(at=due + timedelta(hours=1))] == [1, 0]

    [(person, text)] = told("no_answer")
    assert (person, text.startswith(f"{asked.person.name}没有看通知：“花椒专场”")) == (staff, True)


def test_what_has_begun_is_not_told_any_more(asked, evening):
    assert escalate_unanswered(at=evening) == 0
    asked.refresh_from_db()
    assert asked.escalated_at == evening


def test_an_answer_in_time_goes_to_nobody(asked, now):
    answer(asked, can_come=True, at=now)

    assert escalate_unanswered(at=asked.due_at) == 0


def test_replacements_are_free_and_near(planned, host, staff, county, evening):
    village, township = make_place("140425103205", "东寺头村"), make_place("140425103", "东寺头乡")
    LiveSession.objects.filter(pk=planned.pk).update(place=village)
    planned = LiveSession.objects.get(pk=planned.pk)
    far = make_user("host", county)
    near = make_user("host", township)
    same = make_user("host", village)
    busy, away, crew = (make_user("host", village) for _ in range(3))
    make_session(county, busy, planned_start_at=evening + timedelta(hours=1), room="R9", account="A9")
    on = shanghai_day(evening)
    Availability.objects.create(person=away, from_on=on, until_on=on, entered_by=staff)
    Booking.objects.create(session=planned, person=crew, duty="controller")
    Availability.objects.create(person=near, weekday=on.isoweekday(), from_time=time(18), until_time=time(23), entered_by=staff)

    assert replacements(planned, plan_of(planned)) == [same, near, far]
