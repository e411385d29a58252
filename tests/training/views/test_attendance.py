"""The trainer's pages: who is there, decisions, the roll call, the screen, paper."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from tests.factories import make_user
from tests.sign_in import signed_in
from tests.training.marks import NINE, hold, make_class, new_mark
from tests.training.pictures import photo_of
from training.actions.attendance import take_marks
from training.actions.enrolment import leave
from training.actions.sign_in_sheet import row_code
from training.models import Attendance, Mark, Photo, SignInSheet

pytestmark = pytest.mark.django_db
LATER = NINE + timedelta(hours=2)


@pytest.fixture
def school(county):
    """A class of three with two lessons."""
    return make_class(3, lessons=2, county=county)


@pytest.fixture
def lesson(school):
    return school[1][0]


@pytest.fixture
def desk(trainer):
    return signed_in(trainer)


@pytest.fixture
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    return settings.UPLOADS


def differ(lesson, one, trainer):
    take_marks([new_mark(lesson, one, "present", "qr")], by=None, at=LATER)
    take_marks([new_mark(lesson, one, "absent", minute=5)], by=trainer, at=LATER)


def said(answer):
    return answer.content.decode()


def test_another_countys_lesson_is_not_there(lesson, stranger, school):
    cohort = school[0]
    client = signed_in(stranger)
    stranger_keeps = signed_in(make_user("trainer", stranger.place))
    for path in ("attendance", "code", "code/now", "roll", "sheets"):
        assert stranger_keeps.get(f"/school/lessons/{lesson.pk}/{path}/").status_code == 404
    for path in ("attendance", "photos"):
        assert client.get(f"/school/cohorts/{cohort.pk}/{path}/").status_code == 404
    assert stranger_keeps.post(f"/school/lessons/{lesson.pk}/decide/").status_code == 404


def test_who_only_looks_sees_no_buttons_and_may_press_none(lesson, county):
    auditor = signed_in(make_user("auditor", county))

    page = auditor.get(f"/school/lessons/{lesson.pk}/attendance/")

    assert (page.status_code, "手机点名" in said(page)) == (200, False)
    assert auditor.get(f"/school/lessons/{lesson.pk}/roll/").status_code == 403
    assert auditor.post(f"/school/lessons/{lesson.pk}/decide/").status_code == 403


def test_the_list_comes_anew_as_a_fragment(lesson, school, desk, trainer):
    take_marks([new_mark(lesson, one) for one in school[2][:2]], by=trainer, at=LATER)

    whole = said(desk.get(f"/school/lessons/{lesson.pk}/attendance/"))
    part = said(desk.get(f"/school/lessons/{lesson.pk}/attendance/", headers={"HX-Request": "true"}))

    assert "<!doctype html>" in whole
    assert part.startswith('<div id="lesson-roll"')
    assert 'hx-trigger="every 5s"' in part
    assert "<b>2<small> / 3</small></b>" in part


@pytest.mark.parametrize("people", [1, 3])
def test_the_matrix_asks_the_same_number_of_questions(county, desk, trainer, people, django_assert_max_num_queries):
    cohort, lessons, enrolments = make_class(people, lessons=3, county=county)
    hold(*lessons[:2])
    for one in enrolments:
        differ(lessons[0], one, trainer)

    with django_assert_max_num_queries(26):
        page = said(desk.get(f"/school/cohorts/{cohort.pk}/attendance/"))

    assert page.count("有矛盾") >= 2
    assert page.count("算到</button>") == people


def test_who_can_no_longer_reach_what_is_asked_is_named(county, desk, trainer):
    cohort, lessons, [good, bad] = make_class(2, lessons=4, county=county)
    hold(*lessons[:3])
    take_marks([new_mark(lesson, good) for lesson in lessons[:3]], by=trainer, at=LATER)
    take_marks([new_mark(lessons[0], bad), new_mark(lessons[1], bad, "excused")], by=trainer, at=LATER)

    page = said(desk.get(f"/school/cohorts/{cohort.pk}/attendance/"))

    assert page.count("到不了 80%，最多") == 1
    assert "到不了 80%，最多 50%" in page
    assert "33.3%" in page
    assert "66.6%" in page  # the whole class: 4 of 6, rounded down


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("back", ["lesson", "class", "http://evil.example/"])
def test_a_decision_needs_its_reason_and_leads_back(school, desk, trainer, back):
    cohort, [lesson, _other], [one, *_rest] = school
    differ(lesson, one, trainer)
    pages = {"lesson": f"/school/lessons/{lesson.pk}/attendance/", "class": f"/school/cohorts/{cohort.pk}/attendance/"}
    key = f"{lesson.pk}-{one.pk}"
    body = {f"{key}-enrolment": one.pk, f"{key}-presence": "present", f"{key}-words": "", "next": pages.get(back, back)}

    missing = desk.post(f"/school/lessons/{lesson.pk}/decide/", body)
    assert (missing.status_code, Attendance.objects.get().is_contradicted) == (422, True)
    assert "请填写。" in said(missing)
    done = desk.post(f"/school/lessons/{lesson.pk}/decide/", body | {f"{key}-words": "同桌作证"})

    assert (done.status_code, done["Location"]) == (302, pages.get(back, pages["lesson"]))
    held = Attendance.objects.get()
    assert (held.presence, held.way, held.is_contradicted) == ("present", "decision", False)
    assert (Mark.objects.get(way="decision").noted_by, Mark.objects.get(way="decision").at) == (trainer, LATER)


@pytest.mark.parametrize(
    "body", [{}, {"x-words": "w"}, {"x-words": "w", "x-presence": "dead", "x-enrolment": "1"}, {"-words": "\0"}]
)
def test_a_decision_about_nothing_is_asked_for_again(lesson, desk, body):
    assert desk.post(f"/school/lessons/{lesson.pk}/decide/", body).status_code == 422


# --- the roll call -------------------------------------------------------------------------------------------------------------


@time_machine.travel(LATER, tick=False)
def test_a_name_is_called_with_and_without_script_once_each(school, desk, trainer):
    _cohort, [lesson, _other], [one, two, *_rest] = school
    address = f"/school/lessons/{lesson.pk}/roll/"
    tap = {"mark": f"{one.pk}:late", "tap": uuid4().hex, "at": "2026-11-02T02:10:00.000Z", "sent": "2026-11-02T04:00:00.000Z"}
    plain = {"mark": f"{two.pk}:absent", "page": "0123456789abcdef"}

    answers = [desk.post(address, body) for body in (tap, tap, plain, plain)]

    assert [answer.status_code for answer in answers] == [204, 204, 302, 302]
    assert answers[2]["Location"] == f"{address}#row-{two.pk}"
    rows = list(Mark.objects.order_by("pk").values_list("enrolment", "presence", "at", "skew_seconds", "noted_by"))
    assert rows == [
        (one.pk, "late", NINE + timedelta(minutes=10), 3600, trainer.pk),  # the phone was an hour ahead
        (two.pk, "absent", LATER, 0, trainer.pk),
    ]
    page = said(desk.get(address))
    assert f'value="{one.pk}:late" class="late" aria-pressed="true"' in page
    lesson.refresh_from_db()
    assert (lesson.state, lesson.held_by) == ("held", trainer)


def test_what_cannot_be_called_is_said_on_the_next_page(school, desk, trainer):
    _cohort, [lesson, _other], [one, *_rest] = school
    leave(one, because="外出打工", by=trainer, at=NINE)
    address = f"/school/lessons/{lesson.pk}/roll/"

    answer = desk.post(address, {"mark": f"{one.pk}:present", "tap": "t"})

    assert (answer.status_code, Mark.objects.count()) == (409, 0)
    assert f"{one.trainee.name} 这个人现在不在班里" in said(desk.get(address))


@pytest.mark.parametrize(
    "mark", ["", "x:present", "31ac55f8-6f10-46e7-8269-195932b9f096:here", "\0", f"{'-' * 36}:present", "9" * 4000]
)
def test_what_is_no_call_is_400(lesson, desk, mark):
    assert desk.post(f"/school/lessons/{lesson.pk}/roll/", {"mark": mark, "tap": "t"}).status_code == 400


def test_a_trainer_of_elsewhere_calls_the_roll_of_a_lesson_that_he_teaches(lesson, other_county):
    guest = make_user("trainer", other_county)
    assert signed_in(guest).get(f"/school/lessons/{lesson.pk}/roll/").status_code == 404
    lesson.trainer = guest
    lesson.save(update_fields=["trainer"])

    assert signed_in(guest).get(f"/school/lessons/{lesson.pk}/roll/").status_code == 200


# --- the screen ----------------------------------------------------------------------------------------------------------------


def test_the_screen_shows_another_code_every_half_span_and_only_then(school, desk, trainer):
    _cohort, [lesson, _other], [one, *_rest] = school
    address = f"/school/lessons/{lesson.pk}/code/"
    with time_machine.travel(NINE, tick=False):
        page, part = said(desk.get(address)), said(desk.get(f"{address}now/"))
    since = part.partition('data-since="')[2].partition('"')[0]
    assert (since in page, 'data-left="15"' in page) == (True, True)

    with time_machine.travel(NINE + timedelta(seconds=14), tick=False):
        assert desk.get(f"{address}now/?since={since}").status_code == 204
        take_marks([new_mark(lesson, one)], by=trainer, at=NINE)
        counted = said(desk.get(f"{address}now/?since={since}"))
    with time_machine.travel(NINE + timedelta(seconds=15), tick=False):
        changed = said(desk.get(f"{address}now/?since={since}"))

    qr = 'src="data:image/svg'
    assert counted[counted.index(qr) :][:900] == part[part.index(qr) :][:900]
    assert changed != counted
    assert '<b class="num">1</b><span class="num">/ 3</span>' in counted


def test_a_lesson_that_was_called_off_shows_no_code(lesson, desk):
    lesson.state = "cancelled"
    lesson.save(update_fields=["state"])

    page = said(desk.get(f"/school/lessons/{lesson.pk}/code/"))

    assert ("这一课取消了" in page, "data:image" in page) == (True, False)


# --- paper ---------------------------------------------------------------------------------------------------------------------


@time_machine.travel(LATER, tick=False)
def test_a_sheet_is_printed_and_entered_back_in_one_screen(school, desk, trainer, uploads):
    cohort, [lesson, _other], people = school
    printed = desk.post(f"/school/lessons/{lesson.pk}/sheets/", follow=True)
    sheet = SignInSheet.objects.get()
    assert all(row_code(sheet, one) in said(printed) and one.trainee.name in said(printed) for one in people)
    enter = f"/school/sheets/{sheet.pk}/enter/"
    page = desk.get(enter)
    body = {"page": page.context["form"]["page"].value(), f"line-{people[0].pk}": "1", f"line-{people[1].pk}": "2"}

    faulty = desk.post(enter, body | {f"line-{people[2].pk}": "7"})
    assert (faulty.status_code, Mark.objects.count()) == (422, 0)
    assert 'value="7"' in said(faulty)
    for _ in range(2):
        done = desk.post(enter, body | {"rest_is_absent": "on", "photo": photo_of("表")})
        assert done.status_code == 302

    held = dict(Attendance.objects.values_list("enrolment", "presence"))
    assert held == {people[0].pk: "present", people[1].pk: "late", people[2].pk: "absent"}
    sheet.refresh_from_db()
    assert (sheet.entered_by, sheet.entered_at, sheet.photo) == (trainer, LATER, Photo.objects.get())
    assert (Photo.objects.get().lesson, Photo.objects.get().cohort) == (lesson, cohort)
    assert Mark.objects.filter(way="paper", sheet=sheet).count() == 3


@time_machine.travel(LATER, tick=False)
def test_a_line_entered_wrongly_is_entered_anew(school, desk, trainer):
    _cohort, [lesson, _other], [one, *_rest] = school
    desk.post(f"/school/lessons/{lesson.pk}/sheets/")
    enter = f"/school/sheets/{SignInSheet.objects.get().pk}/enter/"
    desk.post(enter, {"page": uuid4().hex, f"line-{one.pk}": "4"})

    with time_machine.travel(LATER + timedelta(minutes=1), tick=False):
        page = desk.get(enter)
        assert page.context["form"][f"line-{one.pk}"].value() == "4"
        desk.post(enter, {"page": uuid4().hex, f"line-{one.pk}": "1"})

    held = Attendance.objects.get()
    assert (held.presence, held.is_contradicted, Mark.objects.count()) == ("present", False, 2)


def test_a_sheet_with_a_broken_photo_keeps_what_was_typed(school, desk, uploads):
    _cohort, [lesson, _other], [one, *_rest] = school
    desk.post(f"/school/lessons/{lesson.pk}/sheets/")
    enter = f"/school/sheets/{SignInSheet.objects.get().pk}/enter/"
    broken = photo_of("x")
    broken.file.truncate(300)

    answer = desk.post(enter, {"page": "p", f"line-{one.pk}": "1", "photo": broken})

    assert (answer.status_code, Mark.objects.count(), Photo.objects.count()) == (422, 0, 0)
    assert f'name="line-{one.pk}" value="1"' in said(answer)


def test_row_codes_differ_from_sheet_to_sheet(lesson, school, trainer):
    sheets = [SignInSheet.objects.create(lesson=lesson, code=f"CODE{n}", printed_by=trainer) for n in range(2)]

    codes = [[row_code(sheet, one) for one in school[2]] for sheet in sheets]

    assert [code[:3] for code in codes[0]] == ["01-", "02-", "03-"]
    assert codes[0] != codes[1]
