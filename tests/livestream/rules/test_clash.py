"""The sweep finds what comparing everything with everything finds; roads, levels, and one clash for two sessions and a subject."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.clash import Claim, Clash, Rules, clash_of, find_clashes, seen_from
from livestream.rules.clash_words import Told, words_of
from livestream.rules.planning import DEFAULT_LEVELS, ClashKind, Level

EVENING = datetime(2026, 11, 24, 11, tzinfo=UTC)  # 19:00 in Shanghai
MINUTE = timedelta(minutes=1)
HERE, SAME_TOWNSHIP, OTHER_TOWNSHIP, OTHER_COUNTY = "140425100201", "140425100202", "140425200201", "140427100201"


def claim(session=1, begins=0, ends=60, subject="person:1", kind=ClashKind.HOST, place=HERE, price=0, county="140425"):
    """Hours in minutes after seven in the evening."""
    return Claim(
        subject, kind, UUID(int=session), county, place, EVENING + begins * MINUTE, EVENING + ends * MINUTE, price
    )  # fmt: skip


def kinds(clashes):
    return [(clash.kind, clash.mine.int, clash.other.int if clash.other else None) for clash in clashes]


def test_who_is_in_two_sessions_at_once_clashes_once_whichever_is_named_first():
    expected = [(ClashKind.HOST, 2, 1)]

    assert kinds(find_clashes([claim(1), claim(2, 30, 90)], {})) == expected
    assert kinds(find_clashes([claim(2, 30, 90), claim(1)], {})) == expected


@pytest.mark.parametrize("begins", [60, 61])
def test_what_begins_when_the_other_ends_does_not_clash(begins):
    assert find_clashes([claim(1), claim(2, begins, 120)], {}) == []


def test_one_session_never_clashes_with_itself():
    crew = claim(1, 0, 60, kind=ClashKind.CREW)

    assert find_clashes([claim(1), crew, claim(1, 30, 90)], {}) == []


def test_other_people_and_things_do_not_clash():
    assert find_clashes([claim(1), claim(2, subject="person:2"), claim(3, subject="resource:1")], {}) == []


@pytest.mark.parametrize(
    ("place", "road"),
    [(HERE, 0), (SAME_TOWNSHIP, 30), (OTHER_TOWNSHIP, 60), ("140425", 60), ("140425100", 30), (OTHER_COUNTY, 120)],
)
def test_the_gap_must_be_as_long_as_the_road(place, road):
    assert find_clashes([claim(1), claim(2, 60 + road, 200, place=place)], {}) == []
    if road:
        (clash,) = find_clashes([claim(1), claim(2, 60 + road - 1, 200, place=place)], {})
        assert (clash.kind, clash.level, clash.road_minutes) == (ClashKind.TRAVEL, Level.APPROVE, road)
        assert clash.ends - clash.begins == (road - 1) * MINUTE


@pytest.mark.parametrize(
    ("roads", "expected"),
    [
        ({(HERE, OTHER_TOWNSHIP): 25}, 25),
        ({("140425100", "140425200"): 80}, 80),
        ({("140425100", OTHER_TOWNSHIP): 70, ("140425100", "140425200"): 80}, 70),
        ({(SAME_TOWNSHIP, OTHER_TOWNSHIP): 25}, 60),
    ],
)
def test_the_countys_table_knows_better_than_its_general_minutes(roads, expected):
    rules = {"140425": Rules(roads=roads)}

    for first, second in ((HERE, OTHER_TOWNSHIP), (OTHER_TOWNSHIP, HERE)):
        assert find_clashes([claim(1, place=first), claim(2, 60 + expected, 300, place=second)], rules) == []
        (clash,) = find_clashes([claim(1, place=first), claim(2, 59 + expected, 300, place=second)], rules)
        assert clash.road_minutes == expected


def test_a_studio_does_not_travel_and_a_kit_does():
    studio = [claim(n, n * 60, n * 60 + 60, "resource:1", ClashKind.STUDIO, "") for n in (1, 2)]
    kit = [claim(n, n * 60, n * 60 + 60, "resource:2", ClashKind.KIT, place) for n, place in ((1, HERE), (2, OTHER_TOWNSHIP))]

    assert kinds(find_clashes(studio + kit, {})) == [(ClashKind.TRAVEL, 2, 1)]


def test_one_product_at_the_same_time_at_another_price_is_told():
    goods = [
        claim(n, subject="product:1", kind=ClashKind.PRICE, place="", price=price)
        for n, price in ((1, 5980), (2, 4980), (3, 5980))
    ]

    found = find_clashes(goods, {})

    assert kinds(found) == [(ClashKind.PRICE, 2, 1), (ClashKind.PRICE, 3, 2)]
    assert [(clash.level, clash.prices_fen) for clash in found] == [(Level.WARN, (4980, 5980)), (Level.WARN, (5980, 4980))]


def rules_with(**levels):
    return Rules({**DEFAULT_LEVELS, **{ClashKind(kind): Level(level) for kind, level in levels.items()}})


@pytest.mark.parametrize(
    ("host", "crew", "expected"),
    [("block", "block", "block"), ("block", "warn", "warn"), ("approve", "block", "approve"), ("warn", "approve", "warn")],
)
def test_the_milder_of_both_sides_counts_as_in_the_database(host, crew, expected):
    rules = {"140425": rules_with(host=host, crew=crew)}

    (clash,) = find_clashes([claim(1), claim(2, kind=ClashKind.CREW)], rules)

    assert clash.level == expected


def test_somebody_on_two_duties_clashes_as_strictly_as_the_stricter_one():
    rules = {"140425": rules_with(host="block", crew="warn")}
    crew = [claim(n, kind=ClashKind.CREW) for n in (1, 2)]

    assert [clash.level for clash in find_clashes([*crew, claim(1), claim(2)], rules)] == [Level.BLOCK]
    assert [clash.level for clash in find_clashes([claim(1), claim(2), *crew], rules)] == [Level.BLOCK]


def test_who_is_away_clashes_with_nobody_but_himself():
    def away(subject, begins, ends):
        return "赶集" if subject == "person:1" and begins < EVENING + 10 * MINUTE else ""

    (clash,) = find_clashes([claim(1), claim(2, 60, 120), claim(3, subject="person:2")], {}, away)

    assert (clash.kind, clash.mine.int, clash.other, clash.words) == (ClashKind.AWAY, 1, None, "赶集")
    assert clash.key == "away:person:1:"


def test_the_key_stays_when_the_hours_move():
    def key(begins):
        (clash,) = seen_from(UUID(int=2), [claim(1), claim(2, begins, 90)], {})
        return clash.key

    assert key(10) == key(50) == f"time:person:1:{UUID(int=1)}"


@pytest.mark.parametrize(
    ("level", "reason", "is_allowed", "refused", "holds"),
    [
        ("block", "", False, True, True),
        ("block", "就这一天有货", True, True, True),
        ("approve", "", False, True, True),
        ("approve", "就这一天有货", False, False, True),
        ("approve", "就这一天有货", True, False, False),
        ("warn", "", False, False, False),
    ],
)
def test_what_is_refused_and_what_a_release_waits_for(level, reason, is_allowed, refused, holds):
    clash = Clash(
        ClashKind.HOST, Level(level), "person:1", UUID(int=1), UUID(int=2), EVENING, EVENING, reason=reason, is_allowed=is_allowed
    )

    assert (clash.is_refused, clash.holds_release) == (refused, holds)


places = st.sampled_from([HERE, SAME_TOWNSHIP, OTHER_TOWNSHIP, OTHER_COUNTY, "140425"])
people = st.builds(
    claim,
    session=st.integers(1, 12),
    begins=st.integers(0, 600),
    ends=st.integers(601, 605),
    subject=st.sampled_from(["person:1", "person:2", "leader:1"]),
    kind=st.sampled_from([ClashKind.HOST, ClashKind.CREW]),
    place=places,
) | st.builds(
    lambda length, **words: claim(ends=words["begins"] + length, **words),
    length=st.integers(1, 180),
    session=st.integers(1, 12),
    begins=st.integers(0, 1400),
    subject=st.sampled_from(["person:1", "person:2"]),
    place=places,
)
things = st.builds(
    lambda length, **words: claim(ends=words["begins"] + length, place="", **words),
    length=st.integers(1, 180),
    session=st.integers(1, 12),
    begins=st.integers(0, 1400),
    subject=st.sampled_from(["resource:1", "resource:2"]),
    kind=st.just(ClashKind.STUDIO),
)
goods = st.builds(
    claim,
    session=st.integers(1, 12),
    begins=st.integers(0, 100),
    ends=st.integers(101, 200),
    subject=st.sampled_from(["product:1", "product:2"]),
    kind=st.just(ClashKind.PRICE),
    place=st.just(""),
    price=st.sampled_from([4980, 5980]),
)
RULES = {"140425": Rules(roads={("140425100", "140425200"): 95}, beyond_minutes=200)}


def brute(claims, rules):
    """Every pair of claims of one subject."""
    found = set()
    for one, other in combinations(claims, 2):
        if one.subject == other.subject:
            mine, its = (one, other) if one.session > other.session else (other, one)
            if clash := clash_of(mine, its, rules):
                found.add((clash.mine, clash.key))
    return found


@given(st.lists(people | things | goods, max_size=60))
def test_the_sweep_finds_what_comparing_all_with_all_finds(claims):
    found = find_clashes(claims, RULES)

    assert {(clash.mine, clash.key) for clash in found} == brute(claims, RULES)
    assert len(found) == len({(clash.mine, clash.key) for clash in found})


@given(st.lists(people | things | goods, max_size=40))
def test_each_session_sees_its_own_part_of_them(claims):
    everything = {(clash.mine, clash.other, clash.key.split(":")[0], clash.subject) for clash in find_clashes(claims, RULES)}
    both = everything | {(other, mine, group, subject) for mine, other, group, subject in everything}

    seen = {
        (clash.mine, clash.other, clash.key.split(":")[0], clash.subject)
        for session in {one.session for one in claims}
        for clash in seen_from(session, claims, RULES)
    }

    assert seen == both


def test_turned_it_is_what_the_other_session_sees():
    claims = [claim(1), claim(2, 30, 90, kind=ClashKind.CREW)]

    (one,) = seen_from(UUID(int=1), claims, {})
    (other,) = seen_from(UUID(int=2), claims, {})

    assert one.turned() == other
    assert other.turned() == one


# --- words ---------------------------------------------------------------------------------------------------------------

NAMES = {"person:1": "李秀英", "resource:1": "二号直播间", "leader:1": "张建军", "product:1": "大红袍花椒"}
SESSIONS = {
    UUID(int=1): Told("潞党参专场", "路小峧", "神龙湾村", EVENING, EVENING + 120 * MINUTE),
    UUID(int=2): Told("花椒节", "原石榴", "岳家寨村", EVENING + 150 * MINUTE, EVENING + 300 * MINUTE),
    UUID(int=3): Told("", "", "邻村", EVENING + 290 * MINUTE, EVENING + 360 * MINUTE),
}


@pytest.mark.parametrize(
    ("kind", "subject", "duty", "expected"),
    [
        (ClashKind.HOST, "person:1", "", "李秀英没有空：11月24日 19:00–21:00 自己要播“潞党参专场”（主播路小峧）。"),
        (ClashKind.CREW, "person:1", "助播", "李秀英没有空：11月24日 19:00–21:00 在“潞党参专场”（主播路小峧）做助播。"),
        (ClashKind.GUEST, "leader:1", "", "张建军没有空：11月24日 19:00–21:00 要上“潞党参专场”（主播路小峧）。"),
        (ClashKind.STUDIO, "resource:1", "", "二号直播间已经有人用了：11月24日 19:00–21:00 给了“潞党参专场”（主播路小峧）。"),
    ],
)
def test_a_clash_says_who_has_it(kind, subject, duty, expected):
    clash = Clash(kind, Level.BLOCK, subject, UUID(int=2), UUID(int=1), EVENING, EVENING)

    assert words_of(clash, NAMES, SESSIONS, duty) == expected


def test_a_road_says_from_where_to_where_and_how_long():
    late = Clash(
        ClashKind.TRAVEL, Level.APPROVE, "person:1", UUID(int=2), UUID(int=1),
        EVENING + 120 * MINUTE, EVENING + 150 * MINUTE, 60, comes_after=True,
    )  # fmt: skip

    assert words_of(late, NAMES, SESSIONS) == (
        "李秀英路上来不及：11月24日 19:00–21:00 在“潞党参专场”（主播路小峧），从神龙湾村到岳家寨村要 60 分钟，中间只有 30 分钟。"
    )
    assert words_of(late.turned(), NAMES, SESSIONS) == (
        "李秀英路上来不及：下一场是 11月24日 21:30–11月25日 00:00 “花椒节”（主播原石榴），从神龙湾村到岳家寨村要 60 分钟，中间只有 30 分钟。"
    )


def test_prices_are_said_both():
    clash = Clash(ClashKind.PRICE, Level.WARN, "product:1", UUID(int=2), UUID(int=1), EVENING, EVENING, prices_fen=(4980, 5980))

    assert words_of(clash, NAMES, SESSIONS) == (
        "“大红袍花椒”这里卖 ¥\u200949.80，“潞党参专场”（主播路小峧）同一时间（11月24日 19:00–21:00）卖 ¥\u200959.80。"
    )


def test_who_is_away_is_said_with_the_reason():
    clash = Clash(
        ClashKind.AWAY, Level.APPROVE, "person:1", UUID(int=2), None, EVENING, EVENING, words="11月24日周二不方便（赶集）"
    )

    assert words_of(clash, NAMES, SESSIONS) == "李秀英：11月24日周二不方便（赶集）"


def test_of_another_county_only_the_hours_are_said():
    clash = Clash(ClashKind.HOST, Level.BLOCK, "person:1", UUID(int=1), UUID(int=3), EVENING, EVENING)

    assert words_of(clash, NAMES, SESSIONS) == "李秀英没有空：11月24日 23:50–11月25日 01:00 自己要播别的县的一场直播。"
