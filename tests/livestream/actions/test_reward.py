"""Rewards drafted, published for ever, drawn once."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from livestream.actions.reward import add_reward, change_reward, draw_winners, publish_reward
from livestream.models import AuditEntry, RewardDraw, RewardRule
from livestream.rules.errors import NotAllowed
from orders.actions.rotate import rotate_field_keys
from tests.campaigns import AT, HOUR, make_published, make_reward, reward_plan

pytestmark = pytest.mark.django_db
ENTRIES = "\n".join(f"{n:04}" for n in range(1, 101))


def refused(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as error:
        verb(*args, **kwargs)
    return error.value.code


def test_a_prize_over_the_limit_makes_nothing(session, staff):
    assert refused(add_reward, reward_plan(worth_fen=5_000_001), thing=session, by=staff) == "prize_too_high"
    rule = make_reward(session, staff)
    assert refused(change_reward, rule, reward_plan(worth_fen=5_000_001)) == "prize_too_high"
    with pytest.raises(IntegrityError, match="drawn_prize_within_the_law"), transaction.atomic():
        RewardRule.objects.update(worth_fen=5_000_001)
    assert RewardRule.objects.get().worth_fen == 16800


def test_publishing_tells_everything_and_promises_a_seed(session, staff):
    rule = make_published(session, staff)

    assert rule.published_text == (
        "奖品：潞党参礼盒，3 份，每份值 ¥\u2009168.00\n谁能参加：直播间里报名的人\n怎样参加：在直播间打“党参”，按报名先后给参与号\n"
        "什么时候开奖：2026-11-22 13:00\n怎样开奖：系统按公布的办法，从参与号里算出中奖号；谁都可以重新算一遍。\n"
        "怎样兑奖、几时截止：三天内私信店铺客服，顺丰寄出\n谁出钱：平顺县电商中心\n主办方和联系方式：平顺县电商中心 0355-8920000"
    )
    assert rule.commitment == sha256(rule.seed.encode()).hexdigest()
    (entry,) = AuditEntry.objects.filter(deed="reward_published")
    assert entry.detail == {"prize": "潞党参礼盒", "commitment": rule.commitment}
    with connection.cursor() as cursor:
        cursor.execute("SELECT seed FROM livestream_rewardrule")
        assert rule.seed not in cursor.fetchone()[0]


def test_a_gift_is_published_without_a_seed(session, staff):
    rule = make_published(session, staff, kind="gift", draws_at=None)
    assert (rule.seed, rule.commitment, "怎样开奖" in rule.published_text) == ("", "", False)


@pytest.mark.parametrize("draws_at", [None, AT])
def test_a_draw_is_published_with_a_time_that_is_ahead(session, staff, draws_at):
    rule = make_reward(session, staff, draws_at=draws_at)
    assert refused(publish_reward, rule, by=staff, at=AT) == "draw_time_missing"


def test_what_is_published_stays_by_whatever_path(session, staff):
    rule = make_published(session, staff)

    assert refused(publish_reward, rule, by=staff, at=AT) == "published_already"
    assert refused(change_reward, rule, reward_plan(number=1)) == "published_already"
    for sql in (
        "UPDATE livestream_rewardrule SET number = 1",
        "UPDATE livestream_rewardrule SET published_at = NULL, published_by_id = NULL",
        "DELETE FROM livestream_rewardrule",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert RewardRule.objects.get().number == 3


def test_the_seed_may_come_under_a_newer_key(session, staff):
    seed = make_published(session, staff).seed
    rotate_field_keys()
    assert RewardRule.objects.get().seed == seed


@pytest.mark.parametrize(
    ("changes", "is_published", "after", "code"),
    [
        ({}, False, 2 * HOUR, "draw_before_publishing"),
        ({}, True, 0 * HOUR, "draw_too_early"),
        ({"kind": "gift", "draws_at": None}, True, 2 * HOUR, "nothing_to_draw"),
    ],
)
def test_a_draw_at_the_wrong_time_draws_nothing(session, staff, changes, is_published, after, code):
    rule = (make_published if is_published else make_reward)(session, staff, **changes)
    assert refused(draw_winners, rule, entries=ENTRIES, by=staff, at=AT + after) == code
    assert RewardDraw.objects.count() == 0


def test_a_draw_can_be_done_again_by_anybody(session, staff):
    rule = make_published(session, staff)

    draw = draw_winners(rule, entries=ENTRIES + "\n0001", by=staff, at=AT + HOUR)

    ranks = sorted(sha256(f"{draw.seed}:{number}".encode()).hexdigest() + number for number in draw.entries.split("\n"))
    assert draw.winners == [rank[64:] for rank in ranks[:3]]
    assert sha256(draw.seed.encode()).hexdigest() == rule.commitment
    assert (draw.entry_count, draw.entries_digest) == (100, sha256((ENTRIES + "\n").encode()).hexdigest())
    (entry,) = AuditEntry.objects.filter(deed="reward_drawn")
    assert entry.detail == {"entries": 100, "entries_digest": draw.entries_digest}


def test_it_is_drawn_once_and_stays(session, staff):
    rule = make_published(session, staff)
    first = draw_winners(rule, entries=ENTRIES, by=staff, at=AT + HOUR)

    assert refused(draw_winners, rule, entries="9999", by=staff, at=AT + HOUR) == "drawn_already"

    for sql in ("UPDATE livestream_rewarddraw SET winners = '{1}'", "DELETE FROM livestream_rewarddraw"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert RewardDraw.objects.get() == first


def test_the_database_draws_no_unpublished_rule(session, staff):
    rule = make_reward(session, staff)
    with pytest.raises(IntegrityError, match="a draw needs a published rule"), transaction.atomic():
        RewardDraw.objects.create(
            rule=rule, drawn_by=staff, drawn_at=AT, seed="", entries="1", entry_count=1, entries_digest="", winners=["1"]
        )


def test_a_seed_that_was_changed_draws_nothing(session, staff):
    rule = make_published(session, staff)
    RewardRule.objects.filter(pk=rule.pk).update(seed="another")
    assert refused(draw_winners, rule, entries=ENTRIES, by=staff, at=AT + HOUR) == "seed_changed"
