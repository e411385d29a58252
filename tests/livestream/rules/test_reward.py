"""What the law asks of prizes, and a draw that anybody can do again."""

from __future__ import annotations

from hashlib import sha256

import pytest

from livestream.rules.errors import NotAllowed
from livestream.rules.reward import (
    RewardKind,
    check_prize,
    commitment_of,
    entries_digest,
    entries_of,
    limits_of,
    rank_of,
    winners,
)

SEED = "5e" * 32


@pytest.mark.parametrize(
    ("kind", "number", "worth", "code"),
    [
        ("draw", 1, 5_000_000, None),
        ("draw", 1, 5_000_001, "prize_too_high"),
        ("gift", 1, 5_000_001, None),
        ("draw", 0, 100, "prizes_out_of_range"),
        ("draw", 100_001, 100, "prizes_out_of_range"),
        ("draw", 1, 0, "prize_out_of_range"),
        ("gift", 1, 10**18, "prize_out_of_range"),
    ],
)
def test_a_drawn_prize_is_worth_at_most_fifty_thousand(kind, number, worth, code):
    if code is None:
        check_prize(kind, number=number, worth_fen=worth)
        return
    with pytest.raises(NotAllowed) as refused:
        check_prize(kind, number=number, worth_fen=worth)
    assert refused.value.code == code


def test_the_refusal_names_the_law_and_what_would_be_accepted():
    assert str(NotAllowed("prize_too_high")) == (
        "抽奖的最高奖不能超过 50,000 元（反不正当竞争法 2025 年修订第十一条）。请填 50,000 元以内；东西按市场价算。"
    )


def test_every_limit_names_its_source_and_the_text_of_it():
    assert [str(limit.source) for limit in limits_of(RewardKind.DRAW)] == [
        "反不正当竞争法（2025 年修订，2025 年 10 月 15 日起施行）第十一条；2019 年文本是第十条",
        "反不正当竞争法（2025 年修订）第十一条",
        "规范促销行为暂行规定（市场监管总局令第 32 号）第十三条",
        "规范促销行为暂行规定第十九条",
    ]
    assert [str(limit.text) for limit in limits_of(RewardKind.GIFT)][2] == "赠品要写明品种、规格、数量、期限和方式。"


def test_winners_are_the_smallest_digests_whatever_the_order_they_came_in():
    entries = [f"{n:04}" for n in range(1, 201)]

    drawn = winners(SEED, reversed(entries), 3)

    by_hand = sorted((sha256(f"{SEED}:{entry}".encode()).hexdigest(), entry) for entry in entries)
    assert drawn == [entry for _digest, entry in by_hand[:3]]
    assert rank_of(SEED, drawn[0]) == by_hand[0][0]
    assert winners(SEED, [*entries, *entries], 3) == drawn


def test_an_entry_that_is_left_out_changes_no_other_place():
    entries = [f"{n:04}" for n in range(1, 51)]
    first, second, third = winners(SEED, entries, 3)

    assert winners(SEED, [entry for entry in entries if entry != first], 2) == [second, third]


def test_with_fewer_entries_than_prizes_all_win():
    assert sorted(winners(SEED, ["7", "8"], 5)) == ["7", "8"]


def test_the_digest_is_that_of_the_file_and_the_commitment_that_of_the_seed():
    assert entries_digest(["0002", "0001"]) == sha256(b"0001\n0002\n").hexdigest()
    assert commitment_of(SEED) == sha256(SEED.encode()).hexdigest()


@pytest.mark.parametrize("text", ["0001 0002\n0003", "0003,0001，0002", " 0001；0002、0003 0001\r\n"])
def test_entries_are_read_however_they_were_separated(text):
    assert entries_of(text) == ["0001", "0002", "0003"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  \n ", "entries_missing"),
        ("0001 13800000000", "entry_is_personal"),
        ("0001 140425199001011234", "entry_not_understood"),
        ("0001 张三", "entry_not_understood"),
        ("0001\x00", "entry_not_understood"),
        (" ".join(str(n) for n in range(20_001)), "too_many_entries"),
    ],
)
def test_entries_that_name_people_or_nothing_are_refused(text, code):
    with pytest.raises(NotAllowed) as refused:
        entries_of(text)
    assert refused.value.code == code
