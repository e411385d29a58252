"""Words about a broadcast of leaders: what sets a target for a person is found however it is typed, what forbids it is not."""

from __future__ import annotations

import pytest

from livestream.rules.leader_words import barred_office, forced_buying, paid_promotion


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("每人不少于50元", "每人不少于50元"),
        ("全县帮扶干部通过线上下单，购买直播带货农产品每人不少于50元", "每人不少于50元"),
        ("每 人 不 少 于 ５０ 元", "每人不少于50元"),
        ("每人\u200b不少于五十元", "每人不少于五十元"),
        ("不得推诿，每人至少下单一份", "每人至少下单一份"),
        ("每人不得少于2单", "每人不得少于2单"),
        ("每名干部购买两斤以上", "每名干部购买两斤"),
        ("各单位必须购买", "各单位必须购买"),
        ("全体职工都要下单支持", "全体职工都要下单"),
        ("人均消费100元", "人均消费100元"),
        ("人均50元", "人均50元"),
        ("各乡镇要带货", "各乡镇要带货"),
        ("完成销售任务", "销售任务"),
        ("完成指标", "完成指标"),
        ("今天下任务，明天报数", "下任务"),
        ("任务分解到各科室", "任务分解"),
        ("这是摊派", "摊派"),
        ("下单情况纳入年终考核", "下单情况纳入年终考核"),
        ("下单后截图报办公室", "下单后截图"),
    ],
)
def test_buying_as_a_task_for_staff_is_found(text, found):
    assert forced_buying(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "县长来了：平顺好物上太行",
        "欢迎按需要自愿购买",
        "全县目标 50 万元",
        "每人限购两件",
        "每斤不低于 8 元",
        "每户增收不少于500元",
        "带动 120 户，户均增收 800 元",
        "严禁给干部职工下任务、搞摊派",
        "坚决杜绝在消费扶贫中给干部职工下任务、搞摊派",
        "不搞摊派，不下任务",
        "不得要求每人不少于50元",
        "不把下单情况纳入考核",
        "完成三条短视频，开播前一天发",
        "任务：布置直播间，检查网络",
        "人均观看 5 分钟",
        "每位领导讲 20 分钟",
    ],
)
def test_what_forbids_it_or_is_about_something_else_is_left_alone(text):
    assert forced_buying(text) == ""


def test_a_sentence_that_forbids_does_not_excuse_the_next_one():
    assert forced_buying("严禁摊派。每人至少买 50 元。") == "每人至少买50元"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("开播前投流 500 元", "投流"),
        ("ｄｏｕ＋ 加热", "dou+"),
        ("不投流", ""),
        ("不做付费推广", ""),
        ("不得推诿，要买流量", "买流量"),
    ],
)
def test_paid_promotion(text, found):
    assert paid_promotion(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("平顺县市场监督管理局", "市场监督"),
        ("县卫生健康局 局长", "卫生健康"),
        ("市食品检验所", "食品检验"),
        ("县食品行业协会", "食品行业协会"),
        ("县食安办", "食安办"),
        ("平顺县人民政府 副县长（分管市场监管）", ""),
        ("平顺县农业农村局", ""),
        ("县委", ""),
    ],
)
def test_offices_that_may_not_recommend_food(text, found):
    assert barred_office(text) == found
