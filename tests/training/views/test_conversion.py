"""The figures of a cohort and of a county, their rules, and papers."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine

from livestream.rules.day import SHANGHAI
from tests.factories import make_place, make_shop, make_user
from tests.graduates import DONE, air, make_class, moment, sell
from tests.school import make_cohort
from tests.sign_in import signed_in
from training.models import ConversionRule, Evidence

NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


@pytest.fixture
def today(db):
    with time_machine.travel(NOON, tick=False):
        yield NOON


@pytest.fixture
def class_(county, today):
    """Four graduates, of whom two went live and one sold."""
    cohort, rows = make_class(county, 4)
    air(rows[1], moment(20), 31)
    sell(make_shop(county), air(rows[0], moment(10)), moment(10, 12, 5), order_no="DY-77001")
    return cohort, rows


@pytest.fixture
def door(staff):
    return signed_in(staff)


def fractions(page):
    found = re.findall(r'class="fraction num">([^<]*)(?:<b>([^<]*)</b>)?', page.content.decode())
    return [f"{left.strip()} {right}".strip() for left, right in found]


def test_a_cohort_shows_each_figure_its_definition_and_who_is_behind_it(door, class_):
    page = door.get(f"/school/cohorts/{class_[0].pk}/conversion/")

    assert fractions(page) == [
        "0 / 4 = 0.0 %", "2 / 4 = 50.0 %", "1 / 4 = 25.0 %", "0 / 4 = 0.0 %", "0 / 4 = 0.0 %", "0 / 4 = 0.0 %",
    ]  # fmt: skip
    text = page.content.decode()
    assert "结业后第 0–90 天里，用本人账号主播过至少一场，从开播到下播满 30 分钟；练习不算。" in text
    assert "2026-11-22 算的" in text
    assert "<code>DY-77001</code>" in text
    live = page.context["cards"][1]
    assert [row.reached.enrolment for row in live.rows] == class_[1][:2]
    assert [one.name for one in live.missing] == [one.trainee.name for one in class_[1][2:]]


def test_order_numbers_are_for_those_who_may_see_orders(county, class_):
    page = signed_in(make_user("trainer", county)).get(f"/school/cohorts/{class_[0].pk}/conversion/")

    assert "DY-77001" not in page.content.decode()
    assert page.context["cards"][2].rows[0].reached.orders == 1
    assert "DY-77001" not in signed_in(make_user("trainer", county)).get("/school/conversion/").content.decode()


def test_a_county_is_counted_once_with_its_classes(door, county, other_county, class_):
    make_class(other_county, 2)
    make_cohort(county, state="open")

    page = door.get("/school/conversion/")

    assert fractions(page)[1] == "2 / 4 = 50.0 %"
    assert list(page.context["cohorts"]) == [class_[0]]
    assert "DY-77001" not in page.content.decode()


def test_a_township_trainer_sees_the_figures_of_his_own_classes(county, class_):
    township = make_place("140425100", "青羊镇")
    own, (_one,) = make_class(county, 1, place=township)
    door = signed_in(make_user("trainer", township))

    page = door.get("/school/conversion/")

    assert fractions(page)[1] == "0 / 1 = 0.0 %"
    assert list(page.context["cohorts"]) == [own]
    assert door.get(f"/school/cohorts/{class_[0].pk}/conversion/").status_code == 404
    assert door.post(f"/school/conversion/rules/{county.pk}/", {"kind": "live"}).status_code == 404
    assert "保存" not in door.get("/school/conversion/rules/").content.decode()


def test_a_paper_is_added_and_withdrawn_and_the_figure_follows(door, class_, staff):
    cohort, (one, *_others) = class_
    said = {"paper-enrolment": str(one.pk), "paper-kind": "shop", "paper-on": "2026-03-20", "paper-words": "抖店后台截图"}

    assert door.post(f"/school/cohorts/{cohort.pk}/evidence/", said | {"paper-kept_at": "2 号柜"}).status_code == 302

    paper = Evidence.objects.get()
    assert (paper.enrolment, paper.kind, paper.words, paper.kept_at, paper.noted_by) == (
        one,
        "shop",
        "抖店后台截图",
        "2 号柜",
        staff,
    )
    page = door.get(f"/school/cohorts/{cohort.pk}/conversion/")
    assert fractions(page)[0] == "1 / 4 = 25.0 %"
    assert "放在：2 号柜" in page.content.decode()
    for _ in range(2):
        assert door.post(f"/school/evidence/{paper.pk}/withdraw/").status_code == 302
    page = door.get(f"/school/cohorts/{cohort.pk}/conversion/")
    assert fractions(page)[0] == "0 / 4 = 0.0 %"
    assert "2026-11-22 撤回" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"paper-kind": "live"}, "留着的话"),
        ({"paper-on": "2026-11-23"}, "不能晚于今天"),
        ({"paper-on": "2026-01-01"}, "要在开班（2026-02-02）以后"),
        ({"paper-on": "腊月"}, "请按 2026-01-31 这样填日期。"),
        ({"paper-enrolment": "00000000-0000-4000-8000-000000000000"}, "请从名单里选。"),
        ({"paper-words": "留着的话" + "长" * 999}, "最多写 200 个字"),
    ],
)
def test_a_paper_that_cannot_be_is_refused_and_what_was_typed_is_kept(door, class_, wrong, sentence):
    cohort, (one, *_others) = class_
    said = {"paper-enrolment": str(one.pk), "paper-kind": "shop", "paper-on": "2026-03-20", "paper-words": "留着的话"}

    page = door.post(f"/school/cohorts/{cohort.pk}/evidence/", said | wrong)

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert "留着的话" in page.content.decode()
    assert not Evidence.objects.exists()


def test_rules_are_changed_dropped_and_remembered(door, county, class_, staff):
    here = f"/school/conversion/rules/{county.pk}/"

    assert (
        door.post(here, {"kind": "live", "live-from_days": "0", "live-within_days": "15", "live-least": "40"}).status_code == 302
    )
    assert (
        door.post(here, {"kind": "live", "live-from_days": "0", "live-within_days": "15", "live-least": "45"}).status_code == 302
    )
    assert door.post(here, {"kind": "linked", "drop": "1"}).status_code == 302

    page = door.get(f"/school/conversion/rules/?county={county.pk}")
    rows = {row.kind.value: row for row in page.context["rows"]}
    assert rows["linked"].held is None
    assert (rows["live"].held.least, [rule.least for rule in rows["live"].before]) == (45, [40])
    assert ConversionRule.objects.filter(made_by=staff).count() == 3
    assert fractions(door.get(f"/school/cohorts/{class_[0].pk}/conversion/"))[1] == "1 / 4 = 25.0 %"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"live-from_days": "90", "live-within_days": "90", "live-least": "30"}, "要比“几天内”小"),
        ({"live-from_days": "0", "live-within_days": "9" * 30, "live-least": "30"}, "请填 1 到 1100 之间的整数。"),
        ({"live-from_days": "0", "live-within_days": "90", "live-least": "1441"}, "要在 1 到 1440 之间"),
        ({"live-from_days": "一", "live-within_days": "90", "live-least": "30"}, "请填 0 到 1100 之间的整数。"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(door, county, class_, typed, sentence):
    page = door.post(f"/school/conversion/rules/{county.pk}/", {"kind": "live"} | typed)

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not ConversionRule.objects.exists()


def test_of_another_county_nothing_is_there(stranger, county, class_):
    door = signed_in(stranger)
    paper = Evidence.objects.create(enrolment=class_[1][0], kind="shop", on=DONE, words="店", noted_by=stranger)

    assert door.get(f"/school/cohorts/{class_[0].pk}/conversion/").status_code == 404
    assert door.post(f"/school/cohorts/{class_[0].pk}/evidence/").status_code == 404
    assert door.post(f"/school/evidence/{paper.pk}/withdraw/").status_code == 404
    assert door.post(f"/school/conversion/rules/{county.pk}/", {"kind": "live"}).status_code == 404
    assert fractions(door.get(f"/school/conversion/?county={county.pk}")) == []


@pytest.mark.parametrize("size", [1, 3])
def test_pages_cost_the_same_whatever_there_is(door, county, class_, size, django_assert_num_queries):
    shop = make_shop(county)
    for one in class_[1][:size]:
        sell(shop, air(one, moment(30)), moment(30) + timedelta(minutes=5))
    with django_assert_num_queries(COHORT_QUERIES):
        door.get(f"/school/cohorts/{class_[0].pk}/conversion/")
    with django_assert_num_queries(COUNTY_QUERIES):
        door.get("/school/conversion/")


COHORT_QUERIES, COUNTY_QUERIES = 19, 15
