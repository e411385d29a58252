"""Forty sentences of the trade, as farmers say them: twenty that may be said, twenty that may not, and by which rule."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livestream.rules.goods import ProductClass
from livestream.rules.wording import ExtraTerm, judge
from livestream.rules.wording_bans import BANS, WordingRule
from livestream.rules.wording_plain import plain

ALLOWED = [
    ("primary", "这批苹果今早刚摘的，最晚明天发货，第一次买的朋友先来一箱尝尝。"),
    ("primary", "我们村海拔一千三百米，昼夜温差大，全县第一个通路的高山村。"),
    ("primary", "生鲜不支持七天无理由退货，坏了拍张照片，坏一个赔一个，百分之百赔到手。"),
    ("primary", "地里施的是有机肥，防虫用黄板，今年是有机旱作示范田。"),
    ("primary", "全国包邮，偏远地区也包，每人最多拍两箱，首页上的价就是这个价。"),
    ("primary", "不敢说我家最甜，您切开尝，不好吃找我。"),
    ("processed1", "当年的新小米，收到最好先放阴凉的地方，最佳食用期六个月。"),
    ("processed1", "零添加，检验报告编号在详情页第二张图，您可以自己查。"),
    ("processed1", "我最爱拿它熬粥，熬出来一层米油，其中风味跟陈米不一样。"),
    ("food", "老陈醋是高温杀菌灌装的，开盖以后放冰箱，配料只有高粱、大麦和水。"),
    ("food", "这是食品，不能治病，也不能代替药，血糖高的朋友先问医生。"),
    ("food", "连翘叶茶今晚八点到十点是二十九块九，我们备了三百箱，卖完就没有了。"),
    ("food", "这三款里最大的是五斤装，平时卖三十九块九，近七天最低价也是这个价。"),
    ("food_medic", "潞党参切片煲汤，炖鸡的时候放一把，汤是甜的。"),
    ("food_medic", "党参和黄芪都在食药物质目录里，孕妇和小孩不适合多吃。"),
    ("herb", "连翘是三年的青翘，个头匀，只按药材卖，不能泡水喝，怎么用请问药师。"),
    ("herb", "黄芩切片，统货，水分检测合格，收货的药店请联系我们要资质。"),
    ("craft", "绣的是石榴，一针一线缝的，百分之百纯棉的布，最难的是这个配色。"),
    ("craft", "这门手艺是国家级非物质文化遗产，我师傅是县里第三代传承人。"),
    ("ticket", "我们这儿是国家级自然保护区，早上起雾，能不能看见日出看天气，看不到也不退票，说在前头。"),
]
FORBIDDEN = [
    ("primary", "我们平顺的苹果全国第一，最甜最好吃。", {"superlative"}),
    ("primary", "纯天然零农药，孩子拿起来就能吃。", {"unproven"}),
    ("primary", "王县长亲自推荐的苹果，放心拍。", {"official"}),
    ("primary", "今天全网最低价，亏本给大家冲量。", {"price"}),
    ("primary", "外面卖的都是打蜡的，就我们家是真的。", {"disparaged"}),
    ("primary", "家人们，仅此一次，过了今晚就没有了，几万人在抢。", {"urgency"}),
    ("processed1", "喝咱家小米粥养胃，失眠的人喝了睡得香。", {"health", "medical"}),
    ("processed1", "原价九十九，今天三十九，比超市便宜一半。", {"price"}),
    ("processed1", "国家级品质，销量冠军，送礼首选。", {"superlative"}),
    ("food", "每天一勺老陈醋，软化血管降血压，比吃药还管用。", {"medical"}),
    ("food", "市场监管局都点赞的牛肉，绝对安全。", {"office", "guarantee"}),
    ("food", "本店商品签收即视为合格，活动最终解释权归本店所有。", {"terms"}),
    ("food_medic", "党参补气养血，体虚的人吃一个疗程就好。", {"health", "medical"}),
    ("food_medic", "这个不光好吃，还能降血糖，糖尿病人随便吃。", {"medical"}),
    ("herb", "自家采的连翘，天天泡水喝，当茶喝，比饮料强。", {"herb"}),
    ("herb", "柴胡专治感冒发烧，清热解毒，三天见效。", {"drug", "guarantee"}),
    ("primary", "秋天吃黄芩茶，泡水喝，去火。", {"herb", "health"}),
    ("craft", "这个药枕治失眠，老寒腿垫着睡，无效退款。", {"medical", "guarantee"}),
    ("craft", "开过光的葫芦，招财转运，史无前例的手艺。", {"superstition", "superlative"}),
    ("ticket", "天下第一峡，保证看到日出，央视都说好。", {"superlative", "guarantee", "authority"}),
]
TRICKS = [
    ("food", "治·疗高 血 压", "medical"),
    ("food", "国 家 級品質", "superlative"),
    ("food", "１００％纯天然", "guarantee"),
    ("primary", "這個能治*療", "medical"),
    ("primary", "最\u200b好的苹果", "superlative"),
    ("primary", "NO．１的小米", "superlative"),
    ("primary", "不得不说最甜", "superlative"),
    ("food", "不但能治病，还好吃", "medical"),
    ("food", "💊降-血-压💊", "medical"),
    ("food", "補氣養顏", "health"),
]


def test_forty_sentences_are_judged_right():
    for product_class, said in ALLOWED:
        assert judge(said, product_class) == [], said
    for product_class, said, rules in FORBIDDEN:
        found = judge(said, product_class)
        assert {each.rule.value for each in found} == rules, (said, found)
        for each in found:
            assert said[each.start : each.end] == each.term
            assert "《" in each.law
            assert each.instead
            assert each.is_law
    assert (len(ALLOWED), len(FORBIDDEN)) == (20, 20)
    assert {said[0] for said in ALLOWED} | {said[0] for said in FORBIDDEN} == set(ProductClass.values)


def test_tricks_that_only_deceive_the_eye_are_seen_through():
    for product_class, said, rule in TRICKS:
        assert rule in {each.rule.value for each in judge(said, product_class)}, (said, plain(said).text)


def test_what_is_proposed_instead_would_pass_itself():
    for ban in BANS:
        for product_class in ban.classes or ("", *ProductClass.values):
            quoted = str(ban.instead).replace("“", "\n").replace("”", "\n").split("\n")[1::2]
            assert [each for said in quoted for each in judge(said, product_class)] == [], (ban.instead, product_class)


def test_the_same_words_are_judged_by_the_class_of_the_goods():
    said = "切片，煲汤、泡水都行"
    assert judge(said, "food_medic") == []
    assert [each.rule for each in judge(said, "herb")] == [WordingRule.HERB, WordingRule.HERB]
    assert judge("手工补气球", "craft") == []


def test_a_countys_own_terms_count_besides_and_are_no_law():
    terms = [ExtraTerm("家人们", "", "县里约定不用", "各位朋友"), ExtraTerm("山药", "craft", "别的类", "")]
    (found,) = judge("家 人们，看山药", "primary", terms)
    assert (found.term, found.rule, found.law, found.instead, found.is_law) == (
        "家 人们", WordingRule.COUNTY, "县里约定不用", "各位朋友", False,
    )  # fmt: skip
    assert judge("家人们", "primary", [ExtraTerm(" · ", "", "空的", "")]) == []


def test_plain_text_remembers_where_it_came_from():
    read = plain("１ . ５元 ㎏，治 疗")
    assert read.text == "15元kg,治疗"
    assert read.span(6, 8) == (9, 12)


PIECES = st.sampled_from(
    [*"最治疗国家级第一不没有敢说保证百分降血压原价比超市， 。\n·\0\u202e１％", "县长推荐", "连翘泡水", "ﷺ", "\ud800", "𠮷"]
)


# The first text that Hypothesis draws reads all of Unicode, which takes seconds on a busy machine.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=60).map("".join)),
    st.sampled_from(["", "nonsense", *ProductClass.values]),
    st.lists(st.builds(ExtraTerm, st.text(max_size=5), st.just(""), st.text(max_size=5), st.text(max_size=5)), max_size=3),
)
def test_no_text_ever_raises_and_spans_lie_within_it(said, product_class, terms):
    found = judge(said, product_class, terms)
    last = 0
    for each in found:
        assert last <= each.start < each.end <= len(said)
        assert said[each.start : each.end] == each.term
        last = each.end


def test_tea_of_leaves_is_called_by_the_leaf():
    (found,) = judge("咱平顺的连翘茶，汤色红亮", "food")

    assert (found.term, found.rule) == ("连翘茶", "herb")
    assert "“连翘叶茶”" in str(found.instead)
    assert judge("咱平顺的连翘叶茶，给您泡一壶；黄芩叶也能泡水喝，杜仲叶茶明天上", "food") == []
    assert [each.rule for each in judge("黄芩泡水喝", "food")] == ["herb"]
