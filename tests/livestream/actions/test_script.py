"""Scripts, cards, templates and posters as verbs: two editors, copies, what may not be printed."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from livestream.actions.cue_card import card_of, cards_of, save_card
from livestream.actions.poster import PosterPlan, make_poster, open_poster
from livestream.actions.script import (
    Hand,
    ScriptWords,
    add_row,
    change_row,
    drop_row,
    move_row,
    order_rows,
    save_words,
    script_of,
)
from livestream.actions.script_copy import copy_script, earlier_scripts, keep_template, propose_rows, use_template
from livestream.actions.wording import add_term, check_words, drop_term, findings_of, passing_lines
from livestream.models import AuditEntry, BannedTerm, CueCard, Guest, LiveSession, Poster, PosterVisit, Script
from livestream.rules.cue_card import CardWords
from livestream.rules.errors import NotAllowed
from livestream.rules.run_of_show import RowPlan
from livestream.rules.wording import ExtraTerm
from tests.factories import make_session, make_user
from tests.goods import make_goods, make_item, make_offer

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def planned(county, host):
    return make_session(county, host)


def by(user, seen=0):
    return Hand(user, AT, seen)


@contextmanager
def refused(code):
    with pytest.raises(NotAllowed) as refusal:
        yield
    assert refusal.value.code == code


def what(session):
    return list(Script.objects.get(session=session).rows.values_list("position", "what"))


def test_the_second_of_two_editors_is_told_and_nothing_is_lost(planned, staff):
    other = make_user("staff", planned.county, name="王芳")
    save_words(planned, ScriptWords(theme="秋收"), by(staff))
    with pytest.raises(NotAllowed) as refusal:
        save_words(planned, ScriptWords(theme="别的"), by(other))
    assert refusal.value.code == "script_changed"
    assert staff.name in str(refusal.value)
    save_words(planned, ScriptWords(theme="又改"), by(other, 1))
    script = script_of(planned)
    assert (script.theme, script.version, script.changed_by) == ("又改", 2, other)
    with refused("script_changed"):
        add_row(planned, RowPlan("item", 5, "讲"), by(staff, 1))


def test_rows_are_added_changed_moved_and_dropped(planned, staff):
    first, second, third = (add_row(planned, RowPlan("item", 5, name), by(staff, seen)) for seen, name in enumerate("甲乙丙"))
    move_row(planned, third.pk, -1, by(staff, 3))
    assert what(planned) == [(1, "甲"), (2, "丙"), (3, "乙")]
    order_rows(planned, [second.pk, first.pk, third.pk], by(staff, 4))
    assert what(planned) == [(1, "乙"), (2, "甲"), (3, "丙")]
    drop_row(planned, first.pk, by(staff, 5))
    change_row(third, RowPlan("reward", 9, "丁"), by(staff, 6))
    assert what(planned) == [(1, "乙"), (2, "丁")]
    for wrong in ([second.pk], [second.pk, second.pk], [second.pk, 10**9]):
        with refused("script_changed"):
            order_rows(planned, wrong, by(staff, 7))
    with refused("row_gone"):
        change_row(first, RowPlan("item", 5, "x"), by(staff, 7))
    for minutes in (0, -3, 601):
        with refused("row_minutes"):
            add_row(planned, RowPlan("item", minutes, "x"), by(staff, 7))
    assert script_of(planned).version == 7


def test_what_was_said_on_air_is_not_written_anew(planned, staff):
    LiveSession.objects.filter(pk=planned.pk).update(state="cancelled")
    with refused("script_over"):
        save_words(planned, ScriptWords(), by(staff))


def test_a_script_is_proposed_copied_kept_and_made_from_a_template(planned, staff, county, host):
    with refused("script_without_goods"):
        propose_rows(planned, by(staff))
    item = make_item(planned, make_goods(county, title="小米"), slot_role="hero", planned_minutes=6)
    save_words(planned, ScriptWords(theme="秋收", opening="大家好", is_ai_made=True), by(staff))
    propose_rows(planned, by(staff, 1))
    script = script_of(planned)
    assert (script.theme, script.version) == ("秋收", 2)
    assert sum(script.rows.values_list("minutes", flat=True)) == 120
    save_card(planned, item.product, CardWords(origin="平顺"), by(staff))

    later = make_session(county, host, planned_start_at=planned.planned_start_at + timedelta(days=1))
    make_item(later, item.product)
    assert earlier_scripts(later, LiveSession.objects.all()) == [planned]
    copy_script(later, planned, by(staff))
    taken = script_of(later)
    assert (taken.theme, taken.opening, taken.is_ai_made, taken.rows.count()) == ("秋收", "大家好", True, script.rows.count())
    assert CueCard.objects.get(session=later).origin == "平顺"
    with refused("nothing_to_copy"):
        copy_script(planned, make_session(county, host), by(staff, 2))

    template = keep_template(planned, "晚场", by=staff)
    with refused("template_there"):
        keep_template(planned, "晚场", by=staff)
    assert "小米" not in str([row for row in template.body["rows"] if row["kind"] == "item"])
    use_template(later, template, by(staff, 1))
    assert script_of(later).rows.filter(kind="item").first().product == item.product


def test_a_card_is_filled_from_the_registers_until_somebody_writes_it(planned, staff, county):
    product = make_goods(
        county, "food_medic", title="潞党参", selling_points="甜\n香\n软\n多", net_weight_grams=2500, shelf_life_days=365
    )
    item = make_item(planned, product, live_price_fen=2990)
    make_offer(item, 800)
    card = card_of(planned, product.pk, at=AT)
    assert (card.row, card.words.points, card.words.tried_by_host) == (None, "甜\n香\n软", False)
    assert product.supplier.name in card.seller_words
    assert card.price_words == "直播价 29.9 元一件，优惠以后到手 21.9 元，合 4.38 元一斤。"
    assert "检验报告（编号 " in card.words.proof
    assert "365" in card.words.questions
    assert card.is_right
    save_card(planned, product, CardWords(points="补气养血", is_ai_made=True), by(staff))
    (card,) = cards_of(planned, at=AT)
    assert [each.rule.value for each in card.findings["points"]] == ["health", "health"]
    assert card.version == 1
    with refused("card_changed"):
        save_card(planned, product, CardWords(), by(staff))
    with refused("not_in_line_up"):
        save_card(planned, make_goods(county), CardWords(), by(staff))


def test_all_words_of_a_session_are_judged_with_the_countys_and_the_items_own_terms(planned, staff, county):
    product = make_goods(county, "processed1", title="小米", selling_points="米油厚")
    item = make_item(planned, product, banned_claims="富硒、祖传", points="这是富硒小米")
    save_words(planned, ScriptWords(opening="家人们好，今天全网最低价"), by(staff))
    add_row(planned, RowPlan("item", 5, "讲小米，养胃", product.pk), by(staff, 1))
    save_card(planned, product, CardWords(proof="祖传的种子"), by(staff))
    term = add_term(county, ExtraTerm("家人们", "", "县里约定", "各位"), by=staff)
    with refused("term_there"):
        add_term(county, ExtraTerm("家人们", "", "又", ""), by=staff)
    found = [(said.where, said.finding.term, said.finding.is_law) for said in findings_of(planned)]
    assert found == [
        ("脚本 · 开场的话", "家人们", False), ("脚本 · 开场的话", "全网最低价", True), ("流程 · 第 1 行", "养胃", True),
        ("排品 · 卖点", "富硒", True), ("手卡 · 凭什么这么说", "祖传", False),
    ]  # fmt: skip
    assert findings_of(planned)[3].product == item.product
    drop_term(term)
    drop_term(term)
    assert not BannedTerm.objects.exists()


def test_what_the_public_reads_is_refused_or_left_out(county):
    product = make_goods(county, "processed1")
    with pytest.raises(NotAllowed) as refusal:
        check_words("小米养胃", product=product, county_id=county.pk)
    assert str(refusal.value).startswith(
        "“养胃”不能这样写：普通食品说保健功能，见《食品安全法实施条例》第三十八条第一款。可以这样："
    )
    check_words("小米有米油", product=product, county_id=county.pk)
    assert passing_lines("米油厚\n养胃\n\n 今年新米 ", "processed1") == ["米油厚", "今年新米"]


def test_a_poster_is_safe_for_leaders(planned, staff, county):
    item = make_item(planned, make_goods(county, title="潞党参"))

    def poster(kind, headline, line="", **more):
        return make_poster(planned, PosterPlan(kind, headline, line, **more), by=staff, at=AT)

    with refused("poster_leader_none"):
        poster("leader", "云上平顺")
    Guest.objects.create(session=planned, name="张建国", title="县长", rank="top")
    for kind, headline, more, code in [
        ("leader", "平顺好物 29.9元", {}, "poster_leader_price"),
        ("leader", "平顺潞党参", {}, "poster_leader_goods"),
        ("leader", "云上平顺", {"shows_price": True}, "poster_leader_price"),
        ("leader", "云上平顺", {"product": item.product}, "poster_leader_goods"),
        ("session", "张 建国来了，满减", {}, "poster_leader_price"),
        ("session", "县长带您看潞党参", {}, "poster_leader_goods"),
        ("item", "张建国也来了", {"product": item.product}, "poster_leader_goods"),
        ("item", "好货", {}, "poster_needs_goods"),
        ("item", "补气养血", {"product": item.product}, "words_forbidden"),
        ("session", "全国第一的小米", {}, "words_forbidden"),
    ]:
        with refused(code):
            poster(kind, headline, **more)
    LiveSession.objects.filter(pk=planned.pk).update(title="秋收专场")
    planned.refresh_from_db()
    made = poster("leader", "云上平顺", "欢迎来太行山")
    assert (made.shows_price, len(made.code)) == (False, 7)
    poster("session", "县长在直播间等您", "今晚八点")
    poster("item", "潞党参", "煲汤放一把", product=item.product, shows_price=True)
    with pytest.raises(IntegrityError, match="no_price_beside_a_leader"), transaction.atomic():
        Poster.objects.filter(pk=made.pk).update(shows_price=True)


def test_openings_are_counted_by_the_day_and_nobody_is_noted(planned, staff):
    made = make_poster(planned, PosterPlan("session", "今晚八点"), by=staff, at=AT)
    before = AuditEntry.objects.count()
    for on in (date(2026, 11, 22), date(2026, 11, 22), date(2026, 11, 23)):
        assert open_poster(made.code, on=on) == made
    assert list(PosterVisit.objects.values_list("on", "visits").order_by("on")) == [
        (date(2026, 11, 22), 2),
        (date(2026, 11, 23), 1),
    ]
    assert open_poster("zzzzzzz", on=date(2026, 11, 22)) is None
    assert open_poster("a\0b", on=date(2026, 11, 22)) is None
    assert AuditEntry.objects.count() == before
