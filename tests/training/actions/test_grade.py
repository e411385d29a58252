"""What the system knows of hosts, what it proposes, and what a person decides."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from statistics import median

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from livestream.actions.also_kept import ALSO_KEPT
from livestream.models import Notice, ViewerReading
from livestream.rules.errors import NotAllowed
from orders.models import DayTally
from tests.factories import make_place, make_supplier, make_user
from tests.grades import AT, TODAY, aired, held, junior, learns, links
from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from training.actions.grade import Said, change_rule, decide, grades_of, judged_from, propose, propose_all
from training.actions.grade_facts import facts_of, window
from training.models import Attendance, GradeDecision, GradeProposal, GradeRule
from training.models.grade import FORGOTTEN, grade_rule_of
from training.rules.grade import Answer, Facts, Grade, Terms, judge
from training.tasks import propose_grades

pytestmark = pytest.mark.django_db
DAYS = window(TODAY, 6)
ACCEPT, REFUSE, POSTPONE = Answer
OLD = date(2026, 5, 21)  # the day before the window


@pytest.fixture
def trainer(county):
    return make_user("trainer", county, is_checked=False)


def test_the_window_is_six_months_and_the_day_itself():
    assert (DAYS.first_on, DAYS.last_on) == (date(2026, 5, 22), TODAY)


# --- facts --------------------------------------------------------------------------------------------------------------------


def test_facts_come_from_what_is_real(county, host, other_county):
    first = aired(host, OLD, online=(900, 900), paid=50_00, refunded=50_00)
    aired(host, DAYS.first_on, online={"douyin": (10, 30, 20), "kuaishou": (5,)}, paid=100_00, refunded=3_00)
    last = aired(host, TODAY, online=(41,), paid=100_00, refunded=1_00)
    aired(host, TODAY, kind="practice", online=(700,), paid=100_00)
    aired(host, TODAY, state="cancelled", online=(700,))
    aired(host, TODAY + timedelta(days=1), online=(700,), paid=1_00)
    aired(host, TODAY, county=other_county, online=(700,), paid=1_00)
    aired(host, TODAY, orders=0)  # its only order moved away
    steady, fine = make_user("host", county), make_user("host", county)
    aired(steady, TODAY, paid=1000_00, refunded=10_00)
    aired(fine, TODAY, paid=1000_00)
    links(first, 2)
    shared = [make_supplier(county, kind="household"), make_supplier(county)]
    links(last, shared)
    links(last, shared)

    found = facts_of(county.pk, [host.pk, steady.pk, county_free(county)], DAYS)

    assert found[host.pk] == Facts(0, 4, OLD, 3, 31, 20, 10, 0, 3)  # of 20 and 41 half up; permille of 4 in 200, 10, 0
    assert found[steady.pk] == Facts(0, 1, TODAY, 1, None, 10, 10, 0, 0)
    assert list(found.values())[-1] == Facts(county_permille=10)


def county_free(county):
    return make_user("host", county).pk


def test_lessons_count_once_where_he_was_there_and_taught_where_they_were_held(county, host):
    cohort = make_cohort(county)
    enrolment = learns(host, 2, cohort)
    late, absent, planned = held(cohort), held(cohort), make_lesson(cohort)
    for lesson, presence in ((late, "late"), (absent, "absent"), (planned, "present")):
        Attendance.objects.create(lesson=lesson, enrolment=enrolment, presence=presence, way="roll_call", at=AT)
    twin = make_enrolment(cohort, make_trainee(county, merged_into=enrolment.trainee))
    Attendance.objects.create(lesson=absent, enrolment=twin, presence="present", way="qr", at=AT)
    Attendance.objects.create(lesson=late, enrolment=twin, presence="present", way="qr", at=AT)
    other = make_cohort(county)
    held(other, trainer=host)
    held(other, assistant=host)
    make_lesson(other, trainer=host)

    found = facts_of(county.pk, [host.pk], DAYS)[host.pk]

    assert (found.lessons, found.taught) == (4, 2)


def naive(county, host, days):
    """The same again, row by row."""
    mine = [s for s in host.sessions.all() if s.county_id == county.pk and s.kind != "practice" and s.state == "ended"]
    recent = [s for s in mine if s.went_live_at.date() >= days.first_on]
    usual = []
    for session in recent:
        each = {}
        for reading in ViewerReading.objects.filter(session=session):
            each.setdefault(reading.platform, []).append(reading.online_now)
        if each:
            usual.append(max(int(median(read) + 0.5) for read in each.values()))
    tallies = {s.pk: list(DayTally.objects.filter(scope=f"session:{s.pk}")) for s in mine}
    sold = [tally.day for s in mine for tally in tallies[s.pk] if tally.orders > 0]
    paid, refunded = (sum(getattr(t, name) for s in recent for t in tallies[s.pk]) for name in ("paid_fen", "refunded_fen"))
    rate = int(1000 * refunded / paid + 0.5) if paid else None
    return len(mine), min(sold, default=None), len(recent), int(median(usual) + 0.5) if usual else None, rate


def world(county, seed):
    chance = Random(seed)
    hosts = [make_user("host", county, is_checked=False) for _ in range(3)]
    for _ in range(chance.randrange(6, 12)):
        aired(
            chance.choice(hosts), TODAY - timedelta(days=chance.randrange(400)),
            kind=chance.choice(("village_host", "village_host", "practice")), state=chance.choice(("ended", "ended", "cancelled")),
            online={p: [chance.randrange(900) for _ in range(chance.randrange(4))] for p in ("douyin", "kuaishou")},
            paid=chance.choice((0, 1000, 3000)), refunded=chance.choice((0, 7, 40)), orders=chance.randrange(2),
        )  # fmt: skip
    return hosts


def test_a_county_of_chance_counts_as_row_by_row(county):
    for seed in range(4):
        with transaction.atomic():
            hosts = world(county, seed)
            found = facts_of(county.pk, [one.pk for one in hosts], DAYS)
            again = {one.pk: naive(county, one, DAYS) for one in hosts}
            assert {pk: one[1:6] for pk, one in found.items()} == again, seed
            rates = [one[4] for one in again.values() if one[4] is not None]
            assert {one.county_permille for one in found.values()} == {int(median(rates) + 0.5) if rates else None}, seed
            transaction.set_rollback(True)


def test_facts_of_a_county_cost_seven_questions_whatever_there_is(county, django_assert_num_queries):
    for size in (1, 4):
        hosts = [junior_host(county) for _ in range(size)]
        with django_assert_num_queries(7):
            found = facts_of(county.pk, [one.pk for one in hosts], DAYS)
        assert {judge(one, Terms()).grade for one in found.values()} == {Grade.JUNIOR}


def junior_host(county):
    host = make_user("host", county, is_checked=False)
    junior(host)
    return host


# --- the rule -----------------------------------------------------------------------------------------------------------------


def test_a_rule_begins_on_its_day_and_a_decision_keeps_the_one_it_was_made_by(county, trainer):
    host = junior_host(county)
    tomorrow = TODAY + timedelta(days=1)
    strict = Terms(junior_sessions=9)

    made = change_rule(county, strict, begins_on=tomorrow, by=trainer, at=AT)
    again = change_rule(county, strict, begins_on=tomorrow, by=trainer, at=AT)
    propose(county.pk, at=AT)
    decision = decide(GradeProposal.objects.get(), Said(ACCEPT, "junior"), by=trainer, at=AT)

    assert (made, again) == (made, made)
    assert list(GradeRule.objects.order_by("version").values_list("version", "begins_on", "junior_sessions", "made_by")) == [
        (1, TODAY, 3, None), (2, tomorrow, 9, trainer.pk),
    ]  # fmt: skip
    assert [grade_rule_of(county.pk, on).version for on in (TODAY, tomorrow)] == [1, 2]
    assert decision.rule.version == 1
    propose(county.pk, at=AT + timedelta(days=1))
    down = GradeProposal.objects.open().get()
    assert (down.held, down.grade, down.rule, down.host) == ("junior", "novice", made, host)
    with pytest.raises(IntegrityError, match="grade_rule_can_be_met"), transaction.atomic():
        GradeRule.objects.create(county=county, version=9, begins_on=TODAY, window_months=0)


def test_a_rule_is_refused_where_it_is_not_his_or_was_yesterday(county, other_county, trainer):
    for terms, day, place, code in (
        (Terms(), TODAY, other_county, "not_your_school"),
        (Terms(), TODAY - timedelta(days=1), county, "grade_rule_past"),
        (Terms(middle_online=501), TODAY, county, "grade_rule_upside_down"),
    ):
        with pytest.raises(NotAllowed) as refused:
            change_rule(place, terms, begins_on=day, by=trainer, at=AT)
        assert refused.value.code == code
    assert not GradeRule.objects.exists()


# --- proposing and deciding ---------------------------------------------------------------------------------------------------


def test_a_proposal_is_there_once_follows_the_figures_and_goes_when_they_do(county, host, trainer):
    learns(host)
    assert propose(county.pk, at=AT) == (1, 0, 0, 1)
    assert propose(county.pk, at=AT) == (0, 0, 0, 1)
    decide(GradeProposal.objects.get(), Said(POSTPONE, "novice", until_on=TODAY + timedelta(days=9)), by=trainer, at=AT)
    sessions = [aired(host, paid=100) for _ in range(3)]

    assert propose_all(at=AT) == 0

    one = GradeProposal.objects.get()
    assert (one.held, one.grade, one.postponed_until) == ("none", "junior", None)  # another grade is put off no longer
    assert judged_from(one.facts) == judge(facts_of(county.pk, [host.pk], DAYS)[host.pk], Terms())
    Attendance.objects.all().delete()
    assert propose(county.pk, at=AT) == (0, 0, 1, 0)
    one.refresh_from_db()
    assert (one.closed_at, one.is_withdrawn) == (AT, True)
    assert (len(sessions), grades_of(county.pk)) == (3, {})


def test_the_task_proposes_in_every_county_and_again_changes_nothing(county, other_county):
    hosts = {junior_host(place).pk for place in (county, other_county)}

    with time_machine.travel(AT, tick=False):
        propose_grades()
        propose_grades()

    assert set(GradeProposal.objects.open().values_list("host", flat=True)) == hosts
    assert set(GradeRule.objects.values_list("county", "version")) == {(county.pk, 1), (other_county.pk, 1)}


def test_accepted_he_holds_the_grade_and_is_told_and_a_lower_one_needs_a_decision_too(county, trainer):
    host = junior_host(county)
    propose(county.pk, at=AT)
    decide(GradeProposal.objects.get(), Said(ACCEPT, "junior"), by=trainer, at=AT)
    assert propose(county.pk, at=AT).open == 0
    type(host.sessions.first()).objects.filter(host=host).update(kind="practice")

    propose(county.pk, at=AT)
    down = GradeProposal.objects.open().get()
    assert (down.held, down.grade, grades_of(county.pk)[host.pk].grade) == ("junior", "novice", "junior")
    decide(down, Said(ACCEPT, "novice", "近来没有正式播过"), by=trainer, at=AT)

    assert grades_of(county.pk)[host.pk].grade == "novice"
    told = Notice.objects.filter(person=host, way="inbox").order_by("pk").values_list("kind", "text", "link")
    assert list(told) == [
        ("school", "恭喜，您的主播等级升到“初级”。", "/my/school/grade/"),
        ("school", "您的主播等级改成了“新手”。近来没有正式播过。有不同意见，请找学堂的老师。", "/my/school/grade/"),
    ]


def test_refused_he_is_left_in_peace_until_the_days_are_over_or_the_rule_is_another(county, trainer):
    host = junior_host(county)
    propose(county.pk, at=AT)
    decide(GradeProposal.objects.get(), Said(REFUSE, "junior", "两场是请人代播的"), by=trainer, at=AT)

    assert propose(county.pk, at=AT + timedelta(days=29)) == (0, 0, 0, 0)
    assert Notice.objects.get(person=host, way="inbox").text == (
        "这次没有升到“初级”：两场是请人代播的。打开看看还差什么，有不同意见，请找学堂的老师。"
    )
    with transaction.atomic():
        assert propose(county.pk, at=AT + timedelta(days=30)) == (1, 0, 0, 1)
        transaction.set_rollback(True)
    change_rule(county, Terms(middle_sessions=13), begins_on=TODAY, by=trainer, at=AT)
    assert propose(county.pk, at=AT + timedelta(days=1)) == (1, 0, 0, 1)


def test_what_cannot_be_decided_is_said(county, trainer):
    host = junior_host(county)
    propose(county.pk, at=AT)
    proposal = GradeProposal.objects.get()
    village = make_place("140425100201", "东寺头村")
    late = Said(POSTPONE, "junior", until_on=TODAY)
    refusals = [
        (Said(ACCEPT, "junior"), host, "grade_own"),
        (Said(ACCEPT, "junior"), make_user("trainer", village, is_checked=False), "not_your_school"),
        (Said(ACCEPT, "junior"), make_user("auditor", county, is_checked=False), "not_your_school"),
        (Said(REFUSE, "junior", " \u202e "), trainer, "grade_reason_missing"),
        (Said(REFUSE, "junior", "啊" * 201), trainer, "grade_reason_too_long"),
        (late, trainer, "grade_until"),
        (late._replace(until_on=TODAY + timedelta(days=366)), trainer, "grade_until"),
        (Said(ACCEPT, "middle"), trainer, "grade_meanwhile"),
    ]
    for said, by, code in refusals:
        with pytest.raises(NotAllowed) as refused:
            decide(proposal, said, by=by, at=AT)
        assert refused.value.code == code
    decide(proposal, Said(ACCEPT, "junior"), by=trainer, at=AT)
    with pytest.raises(NotAllowed) as refused:
        decide(proposal, Said(ACCEPT, "junior"), by=trainer, at=AT)
    assert (refused.value.code, GradeDecision.objects.count()) == ("grade_decided", 1)
    type(host).objects.filter(pk=host.pk).update(is_active=False)
    assert propose(county.pk, at=AT) == (0, 0, 0, 0)


def test_decisions_and_rules_stay_as_they_are(county, trainer):
    junior_host(county)
    propose(county.pk, at=AT)
    decision = decide(GradeProposal.objects.get(), Said(ACCEPT, "junior", "好"), by=trainer, at=AT)
    for change in (
        lambda: GradeDecision.objects.update(grade="senior"),
        lambda: GradeDecision.objects.update(because="另一句"),
        lambda: GradeDecision.objects.all()._raw_delete("default"),
        lambda: GradeRule.objects.update(rest_days=1),
        lambda: GradeDecision.objects.update(by=decision.host),
        lambda: GradeDecision.objects.create(
            proposal=decision.proposal, county=county, host=trainer, rule=decision.rule, held="none", grade="junior", facts={},
            answer="accept", at=AT, by=trainer,
        ),
    ):  # fmt: skip
        with pytest.raises((Exception,), match="Cannot (update|delete)|nobody_grades_himself"), transaction.atomic():
            change()
    with pytest.raises(ProtectedError):
        decision.rule.delete()


def test_a_persons_copy_has_his_grades_and_an_erasure_takes_the_reasons(county, trainer):
    host = junior_host(county)
    propose(county.pk, at=AT)
    decide(GradeProposal.objects.get(), Said(ACCEPT, "junior", "播得稳"), by=trainer, at=AT)
    aired(host, OLD)

    tables = {name: rows for also in ALSO_KEPT for name, rows in also.copy(host).items()}
    assert [list(row.values()) for row in tables["主播等级"]] == [
        [
            "2026-11-22 12:00:00",
            "未定级",
            "初级",
            "同意",
            "播得稳",
            "v1",
            "上过的课 1；正式播过的场次 3；第一次卖出 2026-10-01；退款率 0",
        ]
    ]
    for also in ALSO_KEPT:
        also.forget(host, trainer)
    assert GradeDecision.objects.get().because == FORGOTTEN
    for also in ALSO_KEPT:
        also.hide(host, trainer), also.show(host, trainer)
    assert connection.in_atomic_block
