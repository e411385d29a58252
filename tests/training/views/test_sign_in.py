"""A trainee signs in by the code on the screen: once, in time, himself; and a screen's photograph is worth nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests.factories import make_user
from tests.school import make_enrolment, make_trainee
from tests.sign_in import signed_in
from tests.training.marks import NINE, hold, make_class, new_mark
from training.actions.attendance import take_marks
from training.actions.sign_in_code import shown_code
from training.actions.trainee_pass import make_pass
from training.models import Attendance, Mark, SchoolRules
from training.rules.sign_in_code import TOLERANCE

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def lesson(county):
    _cohort, [lesson, *_others], _people = make_class(2, lessons=2, county=county)
    return lesson


@pytest.fixture
def one(lesson):
    """With an account of his own."""
    enrolment = lesson.cohort.enrolments.get(seat=1)
    enrolment.trainee.user = make_user("host", lesson.cohort.county)
    enrolment.trainee.save(update_fields=["user"])
    return enrolment


@pytest.fixture
def phone(one):
    return signed_in(one.trainee.user)


def code_at(lesson, at):
    return shown_code(lesson, at=at).code


def kept_tap(at, sent, ahead=timedelta(), tap=None):
    """What outbox.js sends of a tap at `at`, by a phone whose clock is `ahead`."""

    def clock(moment):
        return (moment + ahead).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    return {"tap": tap or uuid4().hex, "at": clock(at), "sent": clock(sent), "device": "d"}


def ticket_in(answer):
    return answer.content.decode().partition('name="ticket" value="')[2].partition('"')[0]


def said(answer):
    return answer.content.decode()


@time_machine.travel(NINE, tick=False)
def test_a_look_writes_nothing_and_the_button_signs_in(lesson, one, phone):
    address = f"/s/{code_at(lesson, NINE)}/"

    page = phone.get(address)
    assert (page.status_code, Mark.objects.count()) == (200, 0)
    assert one.trainee.name in said(page)
    done = phone.post(address, {"ticket": ticket_in(page)}, follow=True)

    assert "已签到 9:00" in said(done)
    mark = Mark.objects.get()
    assert (mark.enrolment, mark.presence, mark.way, mark.at, mark.noted_by, mark.skew_seconds) == (
        one,
        "present",
        "qr",
        NINE,
        None,
        0,
    )
    lesson.refresh_from_db()
    assert lesson.state == "held"


def test_a_slow_thumb_and_a_second_press_sign_in_once(lesson, one, phone):
    address = f"/s/{code_at(lesson, NINE)}/"
    with time_machine.travel(NINE + 29 * SECOND, tick=False):
        ticket = ticket_in(phone.get(address))

    for later in (60, 62, 7200):
        with time_machine.travel(NINE + later * SECOND, tick=False):
            answer = phone.post(address, {"ticket": ticket}, follow=True)
            assert "已签到 9:00" in said(answer)

    assert Mark.objects.get().at == NINE + 29 * SECOND


@pytest.mark.parametrize(("second", "status"), [(0, 200), (29, 200), (30, 410), (3600, 410), (-1, 410)])
def test_a_code_is_good_for_thirty_seconds_by_the_servers_clock(lesson, phone, second, status):
    address = f"/s/{code_at(lesson, NINE)}/"

    with time_machine.travel(NINE + second * SECOND, tick=False):
        looked, pressed = phone.get(address), phone.post(address)

    assert (looked.status_code, pressed.status_code) == (status, {200: 302}.get(status, status))
    assert ("码已过期，请扫屏幕上新的。" in said(looked)) is (status == 410)
    assert Mark.objects.exists() is (status == 200)


@time_machine.travel(NINE + timedelta(minutes=5), tick=False)
def test_a_photograph_of_the_code_sent_to_a_friend_signs_nobody_in(lesson, phone):
    """Neither by the address nor with the ticket of who was there."""
    friend = lesson.cohort.enrolments.get(seat=2).trainee
    friend.user = make_user("host", lesson.cohort.county)
    friend.save(update_fields=["user"])
    then = NINE + timedelta(minutes=4)
    address = f"/s/{code_at(lesson, then)}/"
    with time_machine.travel(then, tick=False):
        ticket = ticket_in(phone.get(address))
    at_home = signed_in(friend.user)

    answers = [
        at_home.get(address),
        at_home.post(address, {"ticket": ticket}),
        at_home.post(address, {"ticket": ticket, **kept_tap(then + timedelta(minutes=1), then + timedelta(minutes=1))}),
        at_home.post(address, kept_tap(NINE + timedelta(minutes=5), NINE + timedelta(minutes=5))),
    ]

    assert [answer.status_code for answer in answers] == [410, 410, 409, 409]
    assert Mark.objects.count() == 0


@time_machine.travel(NINE, tick=False)
def test_the_code_of_another_class_is_told_apart(county, phone):
    _cohort, [elsewhere], _people = make_class(county=county)

    answer = phone.get(f"/s/{code_at(elsewhere, NINE)}/")

    assert (answer.status_code, Mark.objects.count()) == (409, 0)
    assert "这一课不是您班上的" in said(answer)


@time_machine.travel(NINE, tick=False)
def test_the_code_of_another_lesson_of_the_class_does_not_pass_for_this_one(lesson, phone):
    """A code says its lesson: what is signed in is that one."""
    other = lesson.cohort.lessons.exclude(pk=lesson.pk).get()

    phone.post(f"/s/{code_at(other, NINE)}/")

    assert Mark.objects.get().lesson == other
    forged = code_at(lesson, NINE)[:22] + code_at(other, NINE)[22:]
    assert phone.get(f"/s/{forged}/").status_code == 404


@pytest.mark.parametrize("token", ["x" * 43, "x", "A" * 38, "%00" * 5, "%E7%A0%81", "9" * 3000])
def test_what_is_no_code_is_not_found(phone, token):
    answers = phone.get(f"/s/{token}/"), phone.post(f"/s/{token}/")

    assert [answer.status_code for answer in answers] == [404, 404]


@time_machine.travel(NINE, tick=False)
def test_nobody_known_is_told_what_to_do(lesson, trainer):
    address = f"/s/{code_at(lesson, NINE)}/"

    for stranger in (Client(), signed_in(trainer)):
        answer = stranger.get(address)
        assert (answer.status_code, stranger.post(address).status_code) == (403, 403)
        assert "不知道您是谁。请打开短信里的学员链接，再扫一次；或请老师点名。" in said(answer)
    assert Mark.objects.count() == 0


@time_machine.travel(NINE, tick=False)
def test_a_trainee_without_an_account_is_known_by_his_link(lesson):
    two = lesson.cohort.enrolments.get(seat=2)
    phone = Client()
    phone.cookies[settings.PASS_COOKIE_NAME] = make_pass(two.trainee, at=NINE)

    phone.post(f"/s/{code_at(lesson, NINE)}/")

    assert Mark.objects.get().enrolment == two


@time_machine.travel(NINE, tick=False)
def test_who_waits_for_a_seat_does_not_sign_in(county):
    cohort, [lesson], _people = make_class(2, county=county, seats=2)
    user = make_user("host", county)
    make_enrolment(cohort, make_trainee(county, user=user), state="waiting")

    answer = signed_in(user).post(f"/s/{code_at(lesson, NINE)}/")

    assert (answer.status_code, Mark.objects.count()) == (409, 0)
    assert "现在不在班里" in said(answer)


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(hours=1), -timedelta(hours=1), timedelta(days=40)])
def test_a_scan_without_network_counts_at_its_own_time_however_wrong_the_clock(lesson, one, phone, ahead):
    scanned, sent = NINE + 12 * SECOND, NINE + timedelta(hours=2)
    address = f"/s/{code_at(lesson, NINE)}/"

    with time_machine.travel(sent, tick=False):
        tap = kept_tap(scanned, sent, ahead)
        answers = [phone.post(address, tap), phone.post(address, tap)]

    assert [answer.status_code for answer in answers] == [204, 204]
    mark = Mark.objects.get()
    assert (mark.at, mark.presence, mark.skew_seconds, mark.device) == (scanned, "present", ahead.total_seconds(), "d")
    assert mark.recorded_at == sent


@pytest.mark.parametrize(("off", "status"), [(-31, 409), (-30, 204), (59, 204), (60, 409)])
def test_a_scan_without_network_must_lie_where_the_code_was_good_give_or_take(lesson, phone, off, status):
    assert TOLERANCE == 30 * SECOND
    sent = NINE + timedelta(hours=2)

    with time_machine.travel(sent, tick=False):
        answer = phone.post(f"/s/{code_at(lesson, NINE)}/", kept_tap(NINE + off * SECOND, sent))

    assert (answer.status_code, Mark.objects.count()) == (status, int(status == 204))


@time_machine.travel(NINE + timedelta(minutes=11), tick=False)
def test_who_comes_late_reads_so(lesson, phone):
    now = NINE + timedelta(minutes=11)

    done = phone.post(f"/s/{code_at(lesson, now)}/", follow=True)

    assert "已签到 9:11（迟到）" in said(done)
    assert Attendance.objects.get().presence == "late"


@time_machine.travel(NINE, tick=False)
def test_a_county_chooses_how_long_a_code_is_good(lesson, phone):
    SchoolRules.objects.create(county=lesson.cohort.county, qr_seconds=120, late_minutes=0)
    address = f"/s/{code_at(lesson, NINE)}/"

    with time_machine.travel(NINE + 119 * SECOND, tick=False):
        assert phone.get(address).status_code == 200
    with time_machine.travel(NINE + 120 * SECOND, tick=False):
        assert phone.get(address).status_code == 410


@time_machine.travel(NINE, tick=False)
def test_a_lesson_that_was_called_off_takes_no_sign_in(lesson, phone):
    address = f"/s/{code_at(lesson, NINE)}/"
    lesson.state = "cancelled"
    lesson.save(update_fields=["state"])

    assert (phone.post(address).status_code, Mark.objects.count()) == (409, 0)


@time_machine.travel(NINE + timedelta(days=3), tick=False)
def test_my_lessons_in_plain_words(lesson, one, phone):
    hold(*lesson.cohort.lessons.all())
    take_marks([new_mark(lesson, one)], by=None, at=NINE)

    page = said(phone.get("/my/school/attendance/"))

    assert "上过 2 次课，您来了 1 次，是 50%。" in page
    assert "结业要来够 80%。剩下的课都来，也只有 50%。请找老师商量补课。" in page
    assert page.count("没有记录") == 1


def test_the_worker_is_a_script_of_its_own_from_the_root(client):
    answer = client.get("/school-worker.js")

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert b"addEventListener" in answer.content


def test_the_shell_holds_no_lesson_and_is_for_trainees(phone, one):
    page = said(phone.get("/s/"))

    assert one.trainee.name in page
    assert "data-shell" in page
