from datetime import timedelta

import pytest

from livestream.rules.release import CrewMember, Named, Stretch, Thing, Visitor
from livestream.rules.release_words import rows, summary, words, words_for
from tests.livestream.rules.test_release import HOUR, START, plan


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"starts_at": START + HOUR, "ends_at": START + 3 * HOUR},
            ["周二（11月24日）的直播从 19:00 改到 20:00，在二号直播间。"],
        ),
        (
            {"starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=2)},
            ["周二（11月24日）19:00 的直播改到周三（11月25日）19:00，在二号直播间。"],
        ),
        ({"ends_at": START + 3 * HOUR}, ["周二（11月24日）19:00 的直播到 22:00 结束，原来是 21:00。"]),
        (
            {"things": (Thing(3, "三号直播间", "studio"), Thing(5, "补光灯", "kit"))},
            ["周二（11月24日）19:00 的直播从二号直播间换到三号直播间。"],
        ),
        (
            {"starts_at": START + HOUR, "ends_at": START + 3 * HOUR, "things": (Thing(5, "补光灯", "kit"),)},
            ["周二（11月24日）的直播从 19:00 改到 20:00，在东寺头村。", "地方也换了，原来在二号直播间。"],
        ),
        ({"host": Named("9", "赵强")}, ["周二（11月24日）19:00 的主播换成赵强，原来是王秀英。"]),
        ({"title": "花椒专场"}, ["周二（11月24日）19:00 的直播现在是村播“花椒专场”。"]),
        ({"crew": (CrewMember(9, "赵强", "support"),)}, ["工作人员加了客服赵强。", "工作人员不再有中控李明。"]),
        ({"guests": (Visitor("张县长", "县长", "top"),)}, ["嘉宾加了张县长。"]),
        ({"things": (Thing(2, "二号直播间", "studio"),)}, ["要用的不再有补光灯。"]),
        (
            {"segments": (Stretch("花椒", Named("1", "甲"), START, START + HOUR),)},
            ["接力的顺序改了：19:00 花椒。"],
        ),
        ({}, []),
    ],
)
def test_what_changed_is_said_in_short_sentences(change, said):
    assert words(plan(), plan(**change)) == said


def test_new_and_cancelled_are_said():
    assert words(None, plan()) == ["新排了一场直播“潞党参专场”：周二（11月24日）19:00–21:00，在二号直播间，主播王秀英。"]
    assert words(plan(), plan().cancelled()) == ["周二（11月24日）19:00 的直播“潞党参专场”取消了。"]
    assert words(plan().cancelled(), plan().cancelled()) == []


def test_each_is_told_his_own_part():
    before, after = plan(), plan(host=Named("8", "李明"), crew=())

    assert words_for(7, None, plan()) == ["周二（11月24日）19:00–21:00 有一场直播“潞党参专场”，在二号直播间，请您做主播。"]
    assert words_for(7, before, after) == ["周二（11月24日）19:00 的直播“潞党参专场”换了别人，您不用来了。"]
    assert words_for(8, before, after)[-1] == "您这一场做主播。"
    assert words_for(8, before, before.cancelled()) == ["周二（11月24日）19:00 的直播“潞党参专场”取消了，您不用来了。"]
    assert words_for(6, before, after) == []


def test_a_session_over_midnight_says_so():
    late = plan(starts_at=START + 4 * HOUR, ends_at=START + 6 * HOUR)

    assert summary(late) == "“潞党参专场”，周二（11月24日）23:00–次日 01:00，在二号直播间，主播王秀英"


def test_rows_show_old_and_new_of_each_field_that_differs():
    after = plan(starts_at=START + HOUR, place=Named("140425100", "青羊镇"), crew=())

    assert [(str(row.label), row.old, row.new) for row in rows(plan(), after)] == [
        ("时间", "周二（11月24日）19:00–21:00", "周二（11月24日）20:00–21:00"),
        ("地点", "东寺头村、二号直播间", "青羊镇、二号直播间"),
        ("工作人员", "中控李明", ""),
    ]
