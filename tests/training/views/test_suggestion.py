"""From a review to a lesson: through real orders and readings, who sees it, and the step into a class."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from livestream.models import User, ViewerReading
from livestream.rules.funnel import Step
from orders.actions.statement import state_session
from tests.factories import make_place, make_session, make_user
from tests.orders.actions.reviewed import BEGAN, DAY, ENDED, HOUR, MINUTE, Evening, make_reviewed
from tests.school import make_cohort, make_course, make_trainee
from tests.sign_in import signed_in
from training.models import Enrolment, Trainee
from training.rules.suggestion import Answer

USUAL = {"exposure_uv": 1000, "view_uv": 400, "item_exposure_uv": 200, "item_click_uv": 100, "buyers": 20}
NEEDS = "/school/needs/"


@pytest.fixture(autouse=True)
def next_day():
    with time_machine.travel(ENDED + DAY + HOUR, tick=False):
        yield


def make_read(session, **counts):
    return ViewerReading.objects.create(
        session=session, platform="douyin", source="file", read_at=session.ended_at, **USUAL | counts
    )


@pytest.fixture
def others(county):
    """Three sessions of the days before, by somebody else."""
    host = make_user("host", county)
    made = [
        make_session(county, host, went_live_at=BEGAN - n * DAY, ended_at=ENDED - n * DAY, account=f"B{n}") for n in (1, 2, 3)
    ]
    for session in made:
        make_read(session)
    return made


@pytest.fixture
def weak(county, shop, others):
    """Many clicked, few bought: a real evening with its orders, stated a day after."""
    session = make_reviewed(county, title="深山花椒")
    evening = Evening(shop)
    for n in range(5):
        evening.tell(f"A{n}", BEGAN + n * MINUTE, "late", where="here")
    make_read(session, buyers=5)
    state_session(session, at=ENDED + DAY + MINUTE)
    User.objects.filter(pk=session.host_id).update(name="张秀兰")
    session.refresh_from_db()
    return session


@pytest.fixture
def cohort(county):
    cohort = make_cohort(county, title="直播提高班", join_code="abcdefgh")
    cohort.courses.add(make_course(county, topic="live"))
    return cohort


def text(answer):
    return " ".join(answer.content.decode().split())


def lesson(user, session, status=200):
    answer = signed_in(user).get(reverse("training:session_lesson", args=[session.pk]), {"since": ""})
    assert answer.status_code == status
    return answer


def test_the_review_and_the_lesson_say_the_same(weak, staff, cohort):
    page = signed_in(staff).get(reverse("livestream:review", args=[weak.pk]))
    (funnel,) = page.context["funnels"]
    found = lesson(staff, weak)

    assert reverse("training:session_lesson", args=[weak.pk]) in text(page)
    assert found.context["weak"].rate == funnel.weakest
    assert (funnel.weakest.step, funnel.weakest.compared) == (Step.PAY, 3)
    assert page.context["latest"].figures.sums.orders == 5
    assert [word in text(found) for word in ("5.0%", "20.0%", "直播带货", "直播提高班", "成交人数 ÷ 商品点击人数")] == [True] * 5


def test_only_those_of_the_place_see_it(weak, trainer, stranger, county):
    village, next_village = make_place("140425100201", "东寺头村"), make_place("140425200201", "虹霓村")
    make_session(county, went_live_at=BEGAN, ended_at=ENDED, account="C1")
    type(weak).objects.filter(pk=weak.pk).update(place=village)
    here, there = make_user("trainer", village), make_user("trainer", next_village)

    for user, status in (
        (trainer, 200),
        (here, 200),
        (weak.host, 200),
        (there, 404),
        (stranger, 404),
        (make_user("host", county), 404),
    ):
        lesson(user, weak, status)
        hosts = (
            [row.host for group in signed_in(user).get(NEEDS).context["groups"] for row in group.rows]
            if user.role == "trainer"
            else []
        )
        assert hosts == ([weak.host] if status == 200 and user.role == "trainer" else []), user
    assert signed_in(weak.host).get(NEEDS).status_code == 403


def test_the_list_says_why_and_puts_a_host_into_the_class(weak, trainer, cohort, stranger, county, other_county):
    page = signed_in(trainer).get(NEEDS)
    found = page.context["found"]
    assert (found.looked_at, found.not_known, found.too_few) == (5, 1, 3)
    assert [word in text(page) for word in ("能比的 1 场里，1 场最弱的是这一步", "报进“直播提高班”", "深山花椒", "20.0%")] == [
        True
    ] * 4

    enrol = reverse("training:lesson_need_enrol", args=[cohort.pk])
    for user, status in ((stranger, 404), (make_user("trainer", other_county), 404), (make_user("auditor", county), 403)):
        assert signed_in(user).post(enrol, {"host": weak.host_id}).status_code == status
    for wrong in ("", "x", "9" * 40, make_user("host", other_county).pk, trainer.pk, "\0"):
        assert "没有找到这位主播" in text(signed_in(trainer).post(enrol, {"host": wrong}, follow=True))
    for _ in range(2):  # pressed twice
        assert "1 号座位" in text(signed_in(trainer).post(enrol, {"host": weak.host_id}, follow=True))
    (made,) = Enrolment.objects.all()
    assert (made.trainee.user, made.trainee.name, made.cohort, made.seat) == (weak.host, weak.host.name, cohort, 1)
    assert "报进" not in text(signed_in(trainer).get(NEEDS))


def test_his_name_and_number_may_be_somebody_elses(weak, trainer, cohort, county):
    make_trainee(county, weak.host.place, name=weak.host.name, phone=weak.host.phone, user=make_user("host", county))

    signed_in(trainer).post(reverse("training:lesson_need_enrol", args=[cohort.pk]), {"host": weak.host_id})

    assert (Enrolment.objects.count(), Trainee.objects.count()) == (0, 1)


def test_the_host_wants_to_learn(weak, cohort, county):
    want = reverse("training:session_lesson_want", args=[weak.pk])
    said = text(lesson(weak.host, weak))
    assert "点开商品的人里，买的比平常少" in said
    assert reverse("training:join", args=["abcdefgh"]) in said  # nobody has written him down: he does it himself

    make_trainee(county, user=weak.host)
    assert want in text(lesson(weak.host, weak))
    elsewhere = make_cohort(county)  # no course of it
    for wrong in ("", "\0", str(elsewhere.pk)):
        signed_in(weak.host).post(want, {"cohort": wrong})
    assert not Enrolment.objects.exists()
    assert signed_in(make_user("host", county)).post(want, {"cohort": cohort.pk}).status_code == 404
    for _ in range(2):
        answer = signed_in(weak.host).post(want, {"cohort": cohort.pk})
    assert Enrolment.objects.get().way == "phone"
    assert "我要学" not in text(lesson(weak.host, weak))
    assert answer.status_code == 302


def test_what_is_not_known_is_said_in_words_and_practice_counts_nowhere(county, staff, host, others):
    practice = make_session(county, host, kind="practice", room="", account="", went_live_at=BEGAN, ended_at=ENDED)
    silent = make_session(county, host, went_live_at=BEGAN + 5 * HOUR, ended_at=ENDED + 5 * HOUR, account="D1")
    make_read(practice)

    assert lesson(staff, silent).context["answer"] == Answer.NOT_KNOWN
    assert "没有观众数据" in text(lesson(staff, silent))
    lesson(staff, practice, 404)
    assert lesson(staff, others[0]).context["answer"] == Answer.TOO_FEW
    page = signed_in(staff).get(NEEDS)
    assert "没有谁有一步比平常弱" in text(page)
    assert page.context["found"].looked_at == 4
    others[0].readings.update(read_at=ENDED + timedelta(days=9))
    assert "没有观众数据" in text(signed_in(staff).get(reverse("livestream:review", args=[silent.pk])))
