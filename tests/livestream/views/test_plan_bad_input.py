"""Bad input on the form of a plan: a clear sentence for each, and not a word lost."""

from __future__ import annotations

import pytest

from livestream.models import Leader, LiveSession, PersonalData
from tests.factories import make_product, make_user
from tests.livestream.plan_page import CHECK, NEW, errors, rows, typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


# --- bad input ---


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"end": "19:00"}, "下播 2026-11-25 19:00 不在开播 2026-11-25 19:30 后面。"),
        ({"end": "11月27日 1:30"}, "这一场有 30 小时，一场最多 24 小时。下播最晚填 2026-11-26 19:30"),
        ({"day": "2026-11-01"}, "开播时间 2026-11-01 19:30 已经过了，请填 2026-11-22 12:00 以后的时间。"),
        ({"day": "2099-01-01"}, "最远只能排到 2028-11-22。"),
        ({"day": "那天"}, "没看懂“那天”是哪一天。请写 11月25日、2026-11-25 或 明天。"),
        ({"start": "晚饭后"}, "没看懂“晚饭后”是几点。请写 19:30 或 晚8点。"),
        ({"end": "很晚"}, "没看懂“很晚”是几点。请写 21:30、晚9点半 或 次日 1:00。"),
        ({"place": "桃花源村"}, "没有找到“桃花源村”，请从列表里选，或把名字写全。"),
        ({"host": "诸葛亮"}, "没有找到“诸葛亮”，请从列表里选，或把名字写全。"),
        ({"host": "小娃"}, "这位主播未满 16 周岁，按规定不能直播。请换一位主播。"),
        ({"title": "\0\u202e"}, "请填写。"),
        ({"title": "长" * 61}, "最多写 60 个字，现在是 61 个。"),
        ({"goal": "很多"}, "请写多少元，例如 29.9。"),
        ({"resources": ["999999"]}, "请从列表里选。"),
        ({"campaign": "999999"}, "请从列表里选一个。"),
        ({"kind": "party"}, "请从列表里选一个。"),
        (rows("guests", {"guest": "贾局长"}), "市场监管局"),
        (rows("segments", {"title": "一", "begins": "18:00"}), "第 1 段要在 19:30 到 21:30 之间，也就是这一场的时间里。"),
        (rows("segments", {"title": "一", "ends": "20:30"}, {"title": "二", "begins": "20:00"}), "第 2 段要接在第 1 段后面，从 20:30 起。"),
        (rows("segments", {"title": "一", "begins": "日出"}), "没看懂“日出”是几点。请写 19:30 或 晚8点。"),
        (rows("goods", {"product": "金箍棒", "price": "1"}), "没有找到“金箍棒”，请从列表里选，或把名字写全。"),
        (rows("goods", {"product": "花椒", "price": "-1"}), "请写 0 元以上、2000 万元以下的数。"),
        (rows("goods", {"product": "花椒", "price": "1", "stock": "九"}), "请写一个整数。"),
        (rows("goods", {"product": "花椒", "price": "1"}, {"product": "花椒", "price": "2"}), "“花椒”写了两次，请删掉一次。"),
        (rows("goods", {"product": "花椒", "price": "1", "segment": "3"}), "这一场没有这一段，请再选。"),
        (rows("rooms", {"platform": "douyin"}), "请写直播间号；还没有号，先写直播账号。"),
        (rows("rooms", {"room_id": "R1"}), "请选平台。"),
        (rows("crew", {"person": "王小红"}), "请选做什么。"),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_words_and_the_rest_is_kept(planner, typed_evening, county, village, changes, sentence):
    child = make_user("host", village, name="小娃", is_checked=False)
    PersonalData.objects.create(user=child, birth="2015-01-01", is_adult=False)
    make_product(county, title="花椒")
    Leader.objects.create(county=county, name="贾局长", title="局长", rank="other", department="food_safety", unit="市场监管局")
    given = {"note": "这一句要留住"} | typed_evening | changes

    answer = planner.post(NEW, given)

    assert answer.status_code == 422
    assert any(sentence in error for error in errors(answer)), errors(answer)
    shown = typed(answer)
    kept = {name: text for name, text in given.items() if name in shown and name not in {"day", "title"}}
    assert {name: shown[name] for name in kept} == kept, "what was typed is still there"
    assert len(kept) >= 4
    assert not LiveSession.objects.exists()


def test_a_name_that_two_people_have_is_asked_back_with_both(planner, typed_evening, village):
    twin = make_user("host", village, name="王小红")

    answer = planner.post(NEW, typed_evening)
    (sentence,) = errors(answer)
    chosen = planner.post(NEW, typed_evening | {"host": f"王小红（东寺头村）尾号 {twin.phone[-4:]}"})

    assert sentence.startswith("不止一个“王小红”：王小红（东寺头村）尾号 ")
    assert (chosen.status_code, LiveSession.objects.get().host) == (302, twin)


@pytest.mark.parametrize("text", ["\0", "\u202e\u200b", "<script>", "x" * 20_000, "' OR 1=1", "𠮷" * 50, "％００"])
def test_whatever_is_typed_anywhere_is_answered_with_a_page(planner, typed_evening, text):
    hostile = dict.fromkeys(typed_evening, text) | dict.fromkeys(
        ("place", "note", "goal", "campaign", "resources", "excuse-x"), text
    )
    for prefix, names in {
        "rooms": ("platform", "room_id", "account"),
        "segments": ("title", "guest", "place", "begins", "ends"),
        "guests": ("guest", "post", "rank", "segment"),
        "goods": ("product", "price", "stock", "segment"),
        "crew": ("person", "duty"),
    }.items():
        hostile |= rows(prefix, dict.fromkeys(names, text))

    assert planner.post(NEW, hostile).status_code == 422
    assert planner.post(CHECK, hostile).status_code == 200
    for button in ("add", "drop", "take", "studio", "check"):
        assert planner.post(NEW, hostile | {button: text}).status_code in {200, 422}
    for total in ("-1", "9" * 30, "x", "1000"):
        assert planner.post(NEW, typed_evening | {"rooms-TOTAL_FORMS": total, "start": ""}).status_code == 422


def test_ten_megabytes_are_refused_at_the_door(planner, typed_evening):
    assert planner.post(NEW, typed_evening | {"note": "长" * 10_000_000}).status_code == 400
