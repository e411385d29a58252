"""A weak step asks for its lesson; who needs what does not depend on the order in which anything was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.funnel import COMPARED, Rate, Said, Step, funnel, funnels, weakest
from training.rules.course import Topic
from training.rules.suggestion import LESSONS, Answer, Weak, answer_of, needs_of, weakest_of

END = datetime(2026, 11, 2, 14, tzinfo=UTC)
USUAL = {"exposure_uv": 1000, "view_uv": 400, "item_exposure_uv": 200, "item_click_uv": 100, "buyers": 20}
DAY = timedelta(days=1)
numbers = count(1)


def said(days=0, host=1, platform="douyin", **counts):
    return Said(UUID(int=next(numbers)), host, END - days * DAY, platform, USUAL | counts)


def weak(host, step, part, days=0):
    return Weak(UUID(int=next(numbers)), host, END - days * DAY, "douyin", Rate(step, part, Fraction(1)))


def test_every_step_has_a_lesson_of_its_own():
    assert {step: LESSONS[step].topic for step in Step} == {
        Step.ENTRY: Topic.VIDEO, Step.SHOWN: Topic.SHOP, Step.CLICK: Topic.GOODS, Step.PAY: Topic.LIVE,
    }  # fmt: skip


def test_a_session_is_measured_by_those_before_it_on_its_platform():
    mine = said(item_click_uv=50, buyers=10)
    before = [said(days, host=host) for days, host in ((1, 1), (2, 2), (3, 2), (89, 2))]
    elsewhere = [
        said(-1, item_click_uv=10), said(90, item_click_uv=10), said(91, item_click_uv=10),
        *[said(1, platform="kuaishou", item_click_uv=10) for _ in range(3)],
    ]  # fmt: skip

    (found,) = funnels([*elsewhere, mine, *before], {mine.session})[mine.session]

    assert found.weakest == Rate(Step.CLICK, Fraction(1, 4), Fraction(1, 2), None, 4, 1)
    assert weakest_of([found]) == ("douyin", found.weakest)
    assert COMPARED == 90 * DAY


def test_the_host_is_told_his_own_usual_from_three_sessions_on():
    mine = said(item_click_uv=50)
    own = [said(days, item_click_uv=clicks) for days, clicks in ((1, 40), (2, 60), (3, 20))]

    (found,) = funnels([mine, *own], [mine.session])[mine.session]

    click = next(rate for rate in found.rates if rate.step == Step.CLICK)
    assert (click.usual, click.own, click.compared_own, found.weakest.step) == (Fraction(1, 5), Fraction(1, 5), 3, Step.PAY)


def test_what_a_review_can_say():
    slow = USUAL | {"view_uv": 100}
    few, fine = funnel("douyin", slow, [USUAL] * 2), funnel("douyin", USUAL, [USUAL] * 3)
    worse, worst = funnel("douyin", slow, [USUAL] * 3), funnel("kuaishou", USUAL | {"buyers": 1}, [USUAL] * 3)

    assert [answer_of(found) for found in ([], [few], [few, fine], [fine, worse])] == [
        Answer.NOT_KNOWN, Answer.TOO_FEW, Answer.FINE, Answer.LESSON,
    ]  # fmt: skip
    assert weakest_of([worse, worst])[0] == "kuaishou"


def test_who_needs_what():
    half, tenth = Fraction(1, 2), Fraction(1, 10)
    rows = [weak(1, Step.PAY, half, 2), weak(2, Step.PAY, tenth), weak(1, Step.PAY, half, 1), weak(3, Step.PAY, half),
            weak(2, Step.ENTRY, half)]  # fmt: skip

    found = needs_of(rows, {1: 5, 2: 2})

    assert [(need.topic, need.host, len(need.weak), need.judged) for need in found] == [
        (Topic.LIVE, 1, 2, 5), (Topic.LIVE, 2, 1, 2), (Topic.LIVE, 3, 1, 0), (Topic.VIDEO, 2, 1, 2),
    ]  # fmt: skip
    assert [one.ended_at for one in found[0].weak] == [END - DAY, END - 2 * DAY]


platforms = st.sampled_from(["", "douyin"])
readings = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 3), platforms, st.integers(0, 300), st.integers(0, 99)), max_size=9
)


def judged(rows):
    wanted = {one.session for one in rows}
    found = funnels(rows, wanted)
    by_key = {one.session: one for one in rows}
    those = [
        Weak(key, by_key[key].host, by_key[key].ended_at, *pair) for key in found if (pair := weakest_of(found[key])) is not None
    ]
    return found, needs_of(those, {})


@given(readings, st.integers(0, 999))
def test_order_changes_nothing(readings, seed):
    rows = [said(days, host, platform, view_uv=views, buyers=buyers) for days, host, platform, views, buyers in readings]
    mixed = sorted(rows, key=lambda one: (one.session.int * 7919 + seed) % 1009)

    assert judged(mixed) == judged(rows)
    for found in judged(rows)[0].values():
        assert weakest(reversed(found[0].rates)) == found[0].weakest
