"""What came of a class, from rows made by the real doors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from livestream.actions.session import correct_window
from livestream.models import Booking
from orders.actions.attribution import follow_windows
from orders.models import Order
from tests.factories import make_session, make_shop, make_user
from tests.graduates import DONE, TODAY, air, graduate, make_class, moment, sell
from tests.school import make_cohort, make_enrolment, make_trainee
from training.actions.conversion import conversions
from training.actions.conversion_rule import change_rule, drop_rule
from training.actions.evidence import Paper, note_evidence, withdraw_evidence
from training.actions.follow_up import Answers, Tried, note_call, plan_follow_ups
from training.models import ConversionRule, FollowUp
from training.rules.conversion import ConversionKind, Terms

pytestmark = pytest.mark.django_db
LIVE, SALE, SUSTAINED, SHOP, EMPLOYED, LINKED = (
    ConversionKind(kind) for kind in ("live", "sale", "sustained", "shop", "employed", "linked")
)


def found(county, kind, cohorts=None, on=TODAY):
    return next(one for one in conversions(county, cohorts, on) if one.rule.kind == kind)


def who(conversion):
    return {one.enrolment.pk for one in conversion.reached}


def share(conversion):
    return len(conversion.reached), conversion.completers, conversion.percent


@pytest.fixture
def shop(county):
    return make_shop(county)


def test_forty_completers_of_whom_18_went_live_and_11_sold(county, shop):
    cohort, class_ = make_class(county, 40)
    aired = {one.pk: air(one, moment(day, 20), 30 + day) for day, one in enumerate(class_[:17])}
    aired[class_[17].pk] = air(class_[17], moment(90, 23, 59), 30)  # the last minute of day 90, exactly thirty minutes
    air(class_[18], moment(10), 29)
    air(class_[19], moment(91, 0, 0), 60)
    air(class_[20], moment(10), 60, kind="practice")
    sold = {one.pk: sell(shop, aired[one.pk], aired[one.pk].went_live_at + timedelta(minutes=9)) for one in class_[:10]}
    late = air(class_[10], moment(180, 23), 120)
    sold[class_[10].pk] = sell(shop, late, moment(180, 23, 59))
    sell(shop, air(class_[11], moment(180, 23), 120), moment(181, 0, 1))  # a day too late
    sell(shop, aired[class_[12].pk], aired[class_[12].pk].went_live_at + timedelta(minutes=5), status="created")  # not paid

    live, sale = found(county, LIVE), found(county, SALE)

    assert share(live) == (18, 40, Decimal("45.0"))
    assert who(live) == {one.pk for one in class_[:18]}
    assert {proof.session.pk for one in live.reached for proof in one.sessions} == {session.pk for session in aired.values()}
    assert [one.first_on for one in live.reached if one.enrolment == class_[17]] == [DONE + timedelta(days=90)]
    assert share(sale) == (11, 40, Decimal("27.5"))
    assert {one.enrolment.pk: (one.orders, [proof.session.pk for proof in one.sessions]) for one in sale.reached} == {
        **{one.pk: (1, [aired[one.pk].pk]) for one in class_[:10]},
        class_[10].pk: (1, [late.pk]),
    }
    assert {one.completer.enrolment.cohort for one in live.reached} == {cohort}


def test_an_order_that_moves_to_another_session_takes_the_figure_with_it(county, shop):
    """Two sessions held one room one after the other; the window of the first was written down ten minutes too long."""
    cohort, (seller, other) = make_class(county, 2)
    stranger = make_user("host", county)
    first = air(seller, moment(5, 19), 60, room="R-shared")
    sell(shop, first, moment(5, 19, 55))
    assert who(found(county, SALE)) == {seller.pk}
    second = make_session(county, stranger, account="", room="R-shared", went_live_at=moment(5, 19, 50), ended_at=moment(5, 21))
    correct_window(first, went_live_at=first.went_live_at, ended_at=moment(5, 19, 50))

    moved = follow_windows(at=datetime.now(UTC))

    assert (moved, Order.objects.get().session_id) == (1, second.pk)
    assert share(found(county, SALE)) == (0, 2, Decimal("0.0"))
    type(second).objects.filter(pk=second.pk).update(host=other.trainee.user)
    assert who(found(county, SALE)) == {other.pk}
    assert share(found(county, SALE, [cohort])) == (1, 2, Decimal("50.0"))


def test_a_refund_does_not_undo_a_sale(county, shop):
    _cohort, (seller,) = make_class(county, 1)
    session = air(seller, moment(5))
    number = sell(shop, session, moment(5, 12, 10))
    refunds = ((f"R-{number}", 1, 11960),)

    sell(shop, session, moment(5, 12, 10), order_no=number, version=2, refunds=refunds, status="closed")

    assert share(found(county, SALE)) == (1, 1, Decimal("100.0"))


def test_what_is_paid_before_completion_or_a_session_of_before_proves_nothing(county, shop):
    _cohort, (early, across) = make_class(county, 2)
    sell(shop, air(early, moment(-1, 20), 60), moment(-1, 20, 10))
    sell(shop, air(across, moment(-1, 23), 120), moment(0, 0, 1))  # the session of before, paid on the day itself

    assert who(found(county, SALE)) == {across.pk}
    assert who(found(county, LIVE)) == set()


def test_only_the_host_counts_not_the_crew(county):
    _cohort, (host, helper) = make_class(county, 2)
    session = air(host, moment(3))
    Booking.objects.create(session=session, person=helper.trainee.user, duty="co_host")

    assert who(found(county, LIVE)) == {host.pk}


def test_sustained_are_those_with_sales_in_three_months_after_half_a_year(county, shop):
    _cohort, (steady, twice, early) = make_class(county, 3)
    for day in (185, 215, 250):
        sell(shop, air(steady, moment(day)), moment(day, 12, 5))
    for day in (185, 186, 215):
        sell(shop, air(twice, moment(day)), moment(day, 12, 5))
    for day in (100, 130, 160, 185, 215):
        sell(shop, air(early, moment(day)), moment(day, 12, 5))

    sustained = found(county, SUSTAINED)

    assert [(one.enrolment.pk, one.months, one.first_on) for one in sustained.reached] == [
        (steady.pk, (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)), DONE + timedelta(days=250))
    ]
    assert (sustained.completers, sustained.waiting) == (3, 2)  # day 365 has not come


def test_papers_prove_shops_jobs_and_links_until_they_are_withdrawn(county, staff):
    _cohort, (owner, late, hired, linked) = make_class(county, 4)
    at = moment(265)
    papers = {
        SHOP: note_evidence(owner, Paper(SHOP, DONE + timedelta(days=90), "抖店", "2 号柜"), by=staff, at=at),
        EMPLOYED: note_evidence(hired, Paper(EMPLOYED, DONE + timedelta(days=180), "合同"), by=staff, at=at),
        LINKED: note_evidence(linked, Paper(LINKED, DONE, "供货单"), by=staff, at=at),
    }
    note_evidence(late, Paper(SHOP, DONE + timedelta(days=91), "快手小店"), by=staff, at=at)

    for kind, paper in papers.items():
        reached = found(county, kind).reached
        assert [(one.enrolment, one.papers) for one in reached] == [(paper.enrolment, (paper,))]
    assert withdraw_evidence(papers[SHOP], at=at)
    assert not withdraw_evidence(papers[SHOP], at=at)
    assert who(found(county, SHOP)) == set()


def test_what_he_said_when_called_counts_as_a_job_within_its_days(county, staff):
    _cohort, class_ = make_class(county, 3)
    plan_follow_ups(county)
    for one, months, day, work in ((0, 3, 92, "employed"), (1, 6, 184, "employed"), (2, 3, 92, "selling")):
        call = FollowUp.objects.get(enrolment=class_[one], after_months=months)
        note_call(call, Tried("reached", Answers(work)), by=staff, at=moment(day))

    employed = found(county, EMPLOYED)

    assert [(one.enrolment.pk, one.first_on, [said.by for said in one.calls]) for one in employed.reached] == [
        (class_[0].pk, DONE + timedelta(days=92), [staff.name])
    ]


def test_merged_trainees_are_one_person_with_all_that_both_did(county, shop):
    cohort, (one, same, third) = make_class(county, 3)
    air(one, moment(3))
    sell(shop, air(same, moment(5)), moment(5, 12, 5))
    same.trainee.merged_into = one.trainee
    same.trainee.save()
    third.trainee.merged_into = same.trainee
    third.trainee.save()

    live, sale = found(county, LIVE), found(county, SALE)

    assert share(live) == (1, 1, Decimal("100.0"))
    assert [proof.session.went_live_at for proof in live.reached[0].sessions] == [moment(3), moment(5)]
    assert share(sale) == (1, 1, Decimal("100.0"))
    assert live.reached[0].completer.name == one.trainee.name


def test_who_completed_twice_counts_once_by_the_first_completion(county):
    first, (enrolment,) = make_class(county, 1)
    second = make_cohort(county, starts_on=DONE + timedelta(days=100), ends_on=DONE + timedelta(days=130), state="closed")
    make_enrolment(second, enrolment.trainee, state="completed")
    air(enrolment, moment(150))

    assert share(found(county, LIVE)) == (0, 1, Decimal("0.0"))
    assert share(found(county, LIVE, [second])) == (1, 1, Decimal("100.0"))
    assert share(found(county, LIVE, [first])) == (0, 1, Decimal("0.0"))
    assert found(county, LIVE).waiting == 0


def test_only_who_completed_by_that_day_is_in_the_denominator(county, other_county):
    cohort, (_done,) = make_class(county, 1)
    make_enrolment(cohort, state="not_completed")
    make_enrolment(cohort)
    make_class(other_county, 3)

    assert share(found(county, LIVE)) == (0, 1, Decimal("0.0"))
    assert share(found(county, LIVE, on=DONE - timedelta(days=1))) == (0, 0, None)
    assert found(county, LIVE, on=DONE + timedelta(days=90)).waiting == 1
    assert found(county, LIVE, on=DONE + timedelta(days=91)).waiting == 0


def test_sessions_of_another_county_and_without_an_account_prove_nothing(county, other_county):
    cohort, (away,) = make_class(county, 1)
    graduate(cohort, user=None)
    make_session(other_county, away.trainee.user, went_live_at=moment(3), ended_at=moment(3, 14))

    assert share(found(county, LIVE)) == (0, 2, Decimal("0.0"))


def test_a_county_changes_its_rules_and_keeps_the_old_ones(county, staff):
    _cohort, (one,) = make_class(county, 1)
    air(one, moment(10), 20)
    assert found(county, LIVE).reached == []

    change_rule(county, LIVE, Terms(0, 60, 20), by=staff)
    change_rule(county, LIVE, Terms(0, 60, 15), by=staff)
    change_rule(county, LIVE, Terms(0, 60, 15), by=staff)  # nothing new

    live = found(county, LIVE)
    assert (who(live), live.rule.terms) == ({one.pk}, Terms(0, 60, 15))
    rows = ConversionRule.objects.order_by("pk").values_list("within_days", "least", "is_in_use", "made_by")
    assert list(rows) == [(60, 20, False, staff.pk), (60, 15, True, staff.pk)]


def test_a_rule_that_is_given_up_is_not_counted_until_it_is_set_again(county, staff):
    make_class(county, 1)

    assert drop_rule(county, LINKED, by=staff)
    assert not drop_rule(county, LINKED, by=staff)
    assert change_rule(county, SHOP, Terms(0, 60, 1), by=staff)
    assert drop_rule(county, SHOP, by=staff)

    assert [one.rule.kind for one in conversions(county, on=TODAY)] == [LIVE, SALE, SUSTAINED, EMPLOYED]
    change_rule(county, LINKED, Terms(0, 180, 1), by=staff)
    assert found(county, LINKED).rule.terms == Terms(0, 180, 1)


@pytest.mark.parametrize("size", [1, 12])
def test_conversion_costs_the_same_whatever_there_is(county, shop, size, django_assert_num_queries):
    for _ in range(size):
        cohort, (one,) = make_class(county, 1)
        sell(shop, air(one, moment(3)), moment(3, 12, 5))
        make_trainee(county, merged_into=one.trainee)
    with django_assert_num_queries(7):
        conversions(county, on=TODAY)
