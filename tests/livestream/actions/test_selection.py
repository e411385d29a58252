from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from livestream.actions.selection import Move, Step, add_sample, move_sample, open_case, take_step
from livestream.actions.selection_minutes import minutes_of
from livestream.models import Sample, SelectionCase
from livestream.rules.errors import NotAllowed
from livestream.rules.goods import SampleFate, SelectionStage
from livestream.rules.selection import ALLOWED, DECIDED, OPEN, following
from livestream.sheets.paper import paper
from tests.factories import make_product, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
TODAY = date(2026, 11, 22)
CHOSEN, REJECTED, SAMPLE = SelectionStage.CHOSEN, SelectionStage.REJECTED, SelectionStage.SAMPLE


@pytest.fixture
def case(county, staff):
    return open_case(make_product(county), why=" 滞销\0三万斤 ", by=staff, at=AT)


def code_of(act, *args, **kwargs):
    with pytest.raises(NotAllowed) as told:
        act(*args, **kwargs)
    assert str(told.value) != told.value.code
    return told.value.code


def test_the_usual_way_leads_from_candidate_to_a_decision():
    assert [following(stage) for stage in SelectionStage] == [*OPEN[1:], None, None, None]
    assert all(set(DECIDED) <= set(ALLOWED[stage]) for stage in OPEN)
    assert {stage for stage, moves in ALLOWED.items() if not moves} == set(DECIDED)


def test_a_case_keeps_who_took_each_step_and_why(case, staff, county):
    other = make_user("staff", county)
    take_step(case, Step(SAMPLE, "个头匀"), seen="candidate", by=other, at=AT + timedelta(hours=1))
    take_step(case, Step(CHOSEN, "三家里坏果最少", 88), seen="sample", by=staff, at=AT + timedelta(hours=2))

    stored = SelectionCase.objects.get()
    assert (stored.stage, stored.reason, stored.score, stored.decided_at) == (
        "chosen",
        "三家里坏果最少",
        88,
        AT + timedelta(hours=2),
    )
    assert list(stored.steps.values_list("stage", "words", "by", "at")) == [
        ("candidate", "滞销 三万斤", staff.pk, AT),
        ("sample", "个头匀", other.pk, AT + timedelta(hours=1)),
        ("chosen", "三家里坏果最少", staff.pk, AT + timedelta(hours=2)),
    ]


def test_a_step_is_refused(case, staff):
    def step(stage, words="", seen="candidate", score=None):
        return code_of(take_step, case, Step(stage, words, score), seen=seen, by=staff, at=AT)

    assert step(SAMPLE, seen="tasting") == "selection_meanwhile"
    assert step(SelectionStage.CANDIDATE) == "selection_step"
    assert step(REJECTED, " \u200b ") == "selection_reason"
    assert step(SAMPLE, score=101) == "selection_score"
    take_step(case, Step(REJECTED, "检验不合格"), seen="candidate", by=staff, at=AT)
    assert step(SAMPLE, seen="rejected") == "selection_decided"
    assert case.steps.count() == 2


def test_a_product_is_a_candidate_once_until_it_is_decided(case, staff):
    assert code_of(open_case, case.product, why="再来", by=staff, at=AT) == "selection_open"
    take_step(case, Step(REJECTED, "太贵"), seen="candidate", by=staff, at=AT)

    assert open_case(case.product, why="降价了", by=staff, at=AT).stage == "candidate"


def test_samples_come_go_out_come_back_and_are_eaten_in_part(case, staff):
    sample = add_sample(case, quantity=5, came_on=TODAY - timedelta(days=2), where="1 号柜", by=staff, today=TODAY)

    lent = move_sample(sample, Move(SampleFate.LENT, 2, TODAY, note="拍照"), by=staff, today=TODAY)
    eaten = move_sample(sample, Move(SampleFate.EATEN, 3, TODAY), by=staff, today=TODAY)
    back = move_sample(lent, Move(SampleFate.HERE, 2, TODAY), by=staff, today=TODAY)

    assert eaten.pk == sample.pk
    assert back.pk == lent.pk != sample.pk
    rows = Sample.objects.order_by("pk").values_list("quantity", "fate", "where", "gone_on")
    assert list(rows) == [(3, "eaten", "1 号柜", TODAY), (2, "here", "1 号柜", None)]
    assert code_of(move_sample, eaten, Move(SampleFate.HERE, 1, TODAY), by=staff, today=TODAY) == "sample_gone"
    assert code_of(move_sample, back, Move(SampleFate.HERE, 1, TODAY), by=staff, today=TODAY) == "sample_move"
    assert code_of(move_sample, back, Move(SampleFate.LOST, 3, TODAY), by=staff, today=TODAY) == "sample_number"
    assert code_of(move_sample, back, Move(SampleFate.LOST, -3, TODAY), by=staff, today=TODAY) == "sample_number"
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=3)):
        assert code_of(move_sample, back, Move(SampleFate.LOST, 1, day), by=staff, today=TODAY) == "sample_day"
    assert code_of(add_sample, case, quantity=1, came_on=TODAY + timedelta(days=1), by=staff, today=TODAY) == "sample_day"


def test_the_minutes_say_what_was_decided_on_these_days_of_shanghai_and_why(case, staff, county, stranger):
    late = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)  # the last second of the day
    take_step(case, Step(CHOSEN, "三家里坏果最少", 88), seen="candidate", by=staff, at=late)
    after = open_case(make_product(county), why="x", by=staff, at=AT)
    take_step(after, Step(REJECTED, "y"), seen="candidate", by=staff, at=late + timedelta(seconds=1))

    found = minutes_of(staff, TODAY, TODAY, at=AT)

    product = case.product
    assert found["rows"] == [
        ["1", product.title, f"{product.supplier.name}\n平顺县", "平时选品", "滞销 三万斤", "齐全", "88", "选中：三家里坏果最少"]
    ]
    assert (found["people"], found["chosen"], found["rejected"], found["days"]) == ([staff.name], 1, 0, "2026年11月22日")
    assert minutes_of(stranger, TODAY, TODAY, at=AT)["rows"] == []
    assert paper("selection_minutes", found).startswith(b"%PDF")
    assert paper("selection_minutes", minutes_of(stranger, TODAY, TODAY, at=AT)).startswith(b"%PDF")
