"""Marks: each once, in any order, each refusal by itself; what holds is what anybody would work out from the marks alone."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from livestream.rules.errors import NotAllowed
from tests.factories import make_user
from tests.school import make_enrolment, make_lesson
from tests.training.marks import NINE, hold, make_class, new_mark
from training.actions.attendance import decide, rebuild_attendance, shares_of, take_marks
from training.actions.enrolment import leave
from training.mark_forms import RollForm
from training.models import Attendance, Mark
from training.rules.attendance import Presence, Share

pytestmark = pytest.mark.django_db
LATER = NINE + timedelta(hours=3)


def held_of(lesson):
    """(presence, way, contradicted) by enrolment."""
    return {one.enrolment_id: (one.presence, one.way, one.is_contradicted) for one in Attendance.objects.filter(lesson=lesson)}


def test_a_mark_is_stored_once_with_all_that_came_with_it(county, trainer):
    _cohort, [lesson], [one, *_rest] = make_class(county=county)
    mark = new_mark(lesson, one, "late", minute=12, skew_seconds=3600, device="a\0b" + "x" * 99)

    first, again = (take_marks([mark], by=trainer, at=LATER) for _ in range(2))

    assert (first.stored, first.repeated, first.refused) == ([mark.client_id], [], [])
    assert (again.stored, again.repeated, again.refused) == ([], [mark.client_id], [])
    row = Mark.objects.get()
    assert (row.at, row.recorded_at, row.skew_seconds, row.noted_by, row.device) == (
        NINE + timedelta(minutes=12), LATER, 3600, trainer, ("a b" + "x" * 99)[:64],
    )  # fmt: skip
    assert held_of(lesson) == {one.pk: ("late", "roll_call", False)}


def test_each_refusal_stands_by_itself_and_the_rest_is_stored(county, trainer):
    cohort, [lesson, other], [good, gone] = make_class(2, county=county, lessons=2, seats=2)
    leave(gone, because="外出打工", by=trainer, at=NINE)
    make_enrolment(cohort)
    waiting = make_enrolment(cohort, state="waiting")
    _foreign, [elsewhere], [stranger, *_more] = make_class(county=county)
    other.state = "cancelled"
    other.save(update_fields=["state"])
    mark = new_mark(lesson, good)
    bad = {
        "not_seated": [new_mark(lesson, waiting), new_mark(lesson, gone)],
        "not_in_class": [new_mark(lesson, stranger), new_mark(elsewhere, good)],
        "lesson_cancelled": [new_mark(other, good)],
        "scan_of_nobody": [new_mark(lesson, good, "absent", "qr")],
        "mark_differs": [new_mark(lesson, good, "absent", client_id=mark.client_id)],
    }
    unknown = new_mark(lesson, good)
    unknown = type(unknown)(uuid4(), uuid4(), good.pk, Presence.PRESENT, unknown.way, NINE)

    taken = take_marks([mark, *(one for those in bad.values() for one in those), unknown, mark], by=trainer, at=LATER)

    assert (taken.stored, taken.repeated) == ([mark.client_id], [mark.client_id])
    expected = [(one, code) for code, those in bad.items() for one in those] + [(unknown, "lesson_gone")]
    assert taken.refused == expected
    assert all(one.words != one.code for one in taken.refused)
    assert Mark.objects.count() == 1


def test_one_enrolment_that_is_nowhere_is_refused(county, trainer):
    _cohort, [lesson], [one, *_rest] = make_class(county=county)
    nobody = new_mark(lesson, one)
    nobody = type(nobody)(uuid4(), lesson.pk, uuid4(), Presence.PRESENT, nobody.way, NINE)

    assert [refused.code for refused in take_marks([nobody], by=trainer, at=LATER).refused] == ["not_in_class"]


def test_a_decision_settles_and_says_why(county, trainer):
    _cohort, [lesson], [one, *_rest] = make_class(county=county)
    take_marks([new_mark(lesson, one, "present", "qr")], by=None, at=LATER)
    take_marks([new_mark(lesson, one, "absent", minute=5)], by=trainer, at=LATER)
    assert held_of(lesson) == {one.pk: ("absent", "roll_call", True)}

    for words, code in (("", "decision_words_missing"), (" \u200b\0 ", "decision_words_missing"), ("问" * 121, "too_long")):
        with pytest.raises(NotAllowed) as refused:
            decide(lesson, one, Presence.PRESENT, words, by=trainer, at=LATER)
        assert refused.value.code == code
    decide(lesson, one, Presence.PRESENT, "同桌作证", by=trainer, at=LATER)

    assert held_of(lesson) == {one.pk: ("present", "decision", False)}
    assert Mark.objects.get(way="decision").words == "同桌作证"


def test_a_decision_about_somebody_without_a_seat_is_refused(county, trainer):
    _cohort, [lesson], [one, *_rest] = make_class(county=county)
    leave(one, because="外出打工", by=trainer, at=NINE)

    with pytest.raises(NotAllowed) as refused:
        decide(lesson, one, Presence.PRESENT, "他在", by=trainer, at=LATER)
    assert refused.value.code == "not_seated"


def test_shares_count_what_was_held_and_ask_three_questions(county, trainer, django_assert_num_queries):
    cohort, lessons, people = make_class(people=5, lessons=4, county=county)
    called_off = make_lesson(cohort, state="cancelled")
    hold(*lessons[:3])
    take_marks(
        [
            *(new_mark(lesson, people[0]) for lesson in lessons),  # the last is not held
            new_mark(lessons[0], people[1], "late"),
            new_mark(lessons[1], people[1], "excused"),
            new_mark(lessons[0], people[2], "absent"),
        ],
        by=trainer,
        at=LATER,
    )
    assert called_off.attendances.count() == 0
    leave(make_enrolment(cohort), because="外出打工", by=trainer, at=NINE)

    with django_assert_num_queries(3):
        shares = shares_of(cohort)

    counted = [(3, 0), (1, 1), (0, 0), (0, 0), (0, 0)]
    assert shares == {one.pk: Share(3, 4, *numbers) for one, numbers in zip(people, counted, strict=True)}


def test_sums_of_many_marks_take_the_same_number_of_questions(county, trainer, django_assert_max_num_queries):
    _cohort, [lesson], people = make_class(people=40, county=county)

    with django_assert_max_num_queries(24), transaction.atomic():
        taken = take_marks([new_mark(lesson, one) for one in people], by=trainer, at=LATER)

    assert len(taken.stored) == 40


# --- five hundred taps of two phones without network, one of them an hour off ------------------------------------------------------


class Phone:
    """A trainer's phone without network: it keeps taps with its own clock's time, and sends them when it likes."""

    def __init__(self, owner, ahead):
        self.owner, self.ahead, self.taps = owner, ahead, []

    def tap(self, lesson, enrolment, presence, at):
        self.taps.append((uuid4().hex, lesson, f"{enrolment.pk}:{presence}", at))

    def said(self, tap, sent_at):
        """The body of one tap, as outbox.js sends it."""
        tap_id, _lesson, mark, at = tap

        def clock(moment):
            return (moment + self.ahead).isoformat(timespec="milliseconds").replace("+00:00", "Z")

        return {"tap": tap_id, "mark": mark, "at": clock(at), "sent": clock(sent_at), "device": f"phone of {self.owner.pk}"}


def afternoon(lessons, people, phones, chance):
    """What happened: each phone calls most names of each lesson, some twice; now and then the two see different things."""
    truth = {}
    for lesson in lessons:
        for person in people:
            truth[lesson.pk, person.pk] = chance.choice(["present"] * 7 + ["late", "excused", "absent"])
            for phone in phones:
                for _ in range(chance.choice([0, 1, 1, 1, 2])):
                    seen = truth[lesson.pk, person.pk] if chance.random() < 0.93 else chance.choice(Presence.values)
                    minute = chance.uniform(0, 85)
                    phone.tap(lesson, person, seen, lesson.starts_at + timedelta(minutes=minute))


def oracle(phones):
    """By brute force, from the times that were really so: each trainer's last word; do they differ?"""
    last = {}
    for phone in phones:
        for _tap, lesson, mark, at in phone.taps:
            enrolment, _, presence = mark.partition(":")
            key = (lesson.pk, UUID(enrolment)), phone.owner.pk
            last[key] = max(last.get(key, (NINE - timedelta(days=9), "")), (at, presence))
    words = {}
    for (pair, _owner), (_at, presence) in last.items():
        words.setdefault(pair, set()).add(presence)
    held = {}
    for pair, said in words.items():
        away, there = said & {"absent", "excused"}, said & {"present", "late"}
        clash = bool(away and there) or said == {"present", "late"}
        held[pair] = (next(word for word in ("excused", "absent", "late", "present") if word in said), clash)
    return held


def test_five_hundred_taps_of_two_phones_without_network_are_merged(county):
    chance = random.Random(20261122)
    _cohort, lessons, people = make_class(people=40, lessons=7, county=county)
    phones = [Phone(make_user("trainer", county), timedelta(seconds=off)) for off in (-37, 3600)]
    afternoon(lessons, people, phones, chance)
    for phone in phones:
        phone.taps = chance.sample(phone.taps, 250)
    sent = [(phone, tap) for phone in phones for tap in phone.taps]
    assert {phone.ahead for phone, _tap in sent} == {timedelta(seconds=-37), timedelta(hours=1)}
    everything = sent * 2 + chance.sample(sent, 200)
    chance.shuffle(everything)
    now, stored, repeated = lessons[-1].starts_at + timedelta(hours=5), [], 0

    while everything:
        size = chance.choice([1, 3, 17, 60])
        batch, everything = everything[:size], everything[size:]
        now += timedelta(seconds=20)
        for phone in phones:
            marks = [taken_up(RollForm(phone.said(tap, now), now=now), tap[1]) for whose, tap in batch if whose is phone]
            taken = take_marks(marks, by=phone.owner, at=now)
            assert taken.refused == []
            stored += taken.stored
            repeated += len(taken.repeated)

    assert (
        sorted(stored) == sorted(UUID(tap[0]) for _phone, tap in sent) == sorted(Mark.objects.values_list("client_id", flat=True))
    )
    assert repeated == 500 + 200
    assert set(Mark.objects.values_list("skew_seconds", flat=True)) == {-37, 3600}
    held = {(one.lesson_id, one.enrolment_id): (one.presence, one.is_contradicted) for one in Attendance.objects.all()}
    expected = oracle(phones)
    assert held == expected
    assert sum(clash for _presence, clash in held.values()) == Attendance.objects.contradicting().count() > 10
    before = list(Attendance.objects.order_by("lesson", "enrolment").values_list("lesson", "enrolment", "presence", "way", "at"))
    for lesson in lessons:
        rebuild_attendance(lesson)
    rebuilt = list(Attendance.objects.order_by("lesson", "enrolment").values_list("lesson", "enrolment", "presence", "way", "at"))
    assert rebuilt == before


def taken_up(form, lesson):
    assert form.is_valid(), form.errors
    moment = form.moment
    return new_mark(
        lesson, Pk(form.enrolment_id), form.presence, client_id=form.client_id, at=moment.at, skew_seconds=moment.skew_seconds
    )


class Pk:
    def __init__(self, pk):
        self.pk = pk


@pytest.mark.parametrize("off", [timedelta(hours=1), -timedelta(hours=1), timedelta(days=400), -timedelta(days=400)])
def test_a_clock_that_goes_wrong_never_refuses_a_tap(county, trainer, off):
    _cohort, [lesson], [one, *_rest] = make_class(county=county)
    phone, tapped, now = Phone(trainer, off), NINE + timedelta(minutes=3), NINE + timedelta(hours=2)
    phone.tap(lesson, one, "present", tapped)

    mark = taken_up(RollForm(phone.said(phone.taps[0], now), now=now), lesson)
    taken = take_marks([mark], by=trainer, at=now)

    assert (taken.stored, Mark.objects.get().at, Mark.objects.get().skew_seconds) == (
        [mark.client_id], tapped, off.total_seconds(),
    )  # fmt: skip


@pytest.mark.parametrize(
    "at", ["", "gestern", "2026-02-30T00:00:00.000Z", "0001-01-01T00:00:00.000+0800", "9999-12-31T23:59:59.999Z"]
)
def test_a_time_that_is_none_is_now(county, at):
    _cohort, [lesson], [one, *_rest] = make_class(county=county)
    form = RollForm({"tap": "x", "mark": f"{one.pk}:present", "at": at, "sent": at}, now=NINE)

    assert form.is_valid()
    assert form.moment.at == NINE
    assert lesson.starts_at == NINE
