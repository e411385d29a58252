"""The control desk's verbs: what stands in the log, what the line-up comes to, what is refused; who approves a price."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from livestream.actions import control
from livestream.actions.pitch import end_pitch
from livestream.actions.session import end_session, go_live
from livestream.actions.stage import stage_of
from livestream.actions.start_gate import leave_out
from livestream.models import BoardVersion, ControlEvent, Incident, LineUpItem, LiveSession, Pitch
from livestream.rules.control import INSTANT, Device
from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionEvent
from tests.factories import make_product, make_session, make_user
from tests.goods import make_goods

pytestmark = pytest.mark.django_db


@pytest.fixture
def products(county):
    return [make_product(county, title=title) for title in ("花椒", "小米", "柿饼")]


@pytest.fixture
def session(county, host, products, now):
    return make_session(
        county, host, went_live_at=now - timedelta(hours=1), line_up=[(product, 2990, 100) for product in products]
    )


@pytest.fixture
def colleague(county):
    return make_user("staff", county)


def pressed(staff, now, **more):
    return {"by": staff, "at": now, **more}


def states(session):
    return [item.state for item in session.line_up.order_by("position")]


def log(session):
    """Without what going on air wrote."""
    own = ControlEvent.objects.filter(session=session).exclude(tap__startswith="0-start").in_order()
    return [(event.get_kind_display(), event.product.title if event.product else "") for event in own.select_related("product")]


def refused(code):
    return pytest.raises(NotAllowed, check=lambda error: error.code == code)


def test_going_on_air_lists_what_may_be_sold_and_says_so_once(county, host, staff, now):
    craft, food, bare = make_product(county), make_goods(county), make_product(county, product_class="primary")
    session = make_session(county, host, line_up=[(craft, 2990, 100), (food, 990, None), (bare, 990, None)])
    LiveSession.objects.filter(pk=session.pk).update(state="approved")
    session.refresh_from_db()
    leave_out(session, bare, by=staff, at=now)

    go_live(session, at=now)

    started = ControlEvent.objects.filter(session=session).in_order().values_list("kind", "product", "by", "happened_at")
    assert list(started) == [("started", None, host.pk, now), *(("listed", one.pk, host.pk, now) for one in (craft, food))]
    assert states(session) == ["listed", "listed", "planned"]
    with refused("papers_missing"):
        control.list_item(session, bare, **pressed(staff, now))
    assert stage_of(session).items[2].missing != ()


def test_items_follow_what_is_pressed(session, products, staff, now):
    one, two, three = products
    control.unlist_item(session, one, **pressed(staff, now - timedelta(minutes=9)))
    control.mark_sold_out(session, two, **pressed(staff, now - timedelta(minutes=8)))
    control.mark_sold_out(session, three, **pressed(staff, now - timedelta(minutes=7)))
    control.list_item(session, three, **pressed(staff, now - timedelta(minutes=6)))

    assert states(session) == ["unlisted", "sold_out", "listed"]
    assert log(session) == [("下架", "花椒"), ("卖完了", "小米"), ("卖完了", "柿饼"), ("上架", "柿饼")]


def test_a_press_that_arrives_late_stands_at_its_own_moment(session, products, staff, host, now):
    control.list_item(session, products[0], **pressed(staff, now - timedelta(minutes=3), tap="desk-1"))
    phone = pressed(host, now - timedelta(minutes=5), tap="phone-1", device=Device.PHONE)

    first = control.mark_sold_out(session, products[0], **phone)
    again = control.mark_sold_out(session, products[0], **phone)

    assert first == again
    assert states(session)[0] == "listed", "it was listed anew after that"
    assert log(session) == [("卖完了", "花椒"), ("上架", "花椒")]


def test_every_press_tells_the_stage_and_both_boards(session, products, staff, now):
    def versions():
        return dict(BoardVersion.objects.values_list("scope", "version"))

    before = versions()
    control.mark_sold_out(session, products[0], **pressed(staff, now, tap="t"))
    control.mark_sold_out(session, products[0], **pressed(staff, now, tap="t"))

    changed = {scope: number - before[scope] for scope, number in versions().items() if number != before[scope]}
    assert changed == {f"stage:{session.pk}": 1, f"session:{session.pk}": 1, "county:140425": 1}


@pytest.mark.parametrize("days", [-1, 1])
def test_a_phone_whose_clock_is_a_day_off_is_brought_within_the_session(session, products, host, now, days):
    event = control.mark_sold_out(session, products[0], **pressed(host, now + timedelta(days=days), tap="t", device=Device.PHONE))

    assert now <= event.happened_at <= now + timedelta(seconds=20)


def test_what_a_phone_kept_finds_its_place_after_the_end_and_the_desk_finds_it_over(session, products, staff, host, now):
    end_session(session, at=now - timedelta(minutes=1))
    ended = now - timedelta(minutes=1)

    with refused("not_on_air"):
        control.mark_sold_out(session, products[0], **pressed(staff, now))
    kept = control.mark_sold_out(
        session, products[0], **pressed(host, ended - timedelta(minutes=4), tap="a", device=Device.PHONE)
    )
    wild = control.ask_help(session, **pressed(host, now, tap="b", device=Device.PHONE))

    assert (kept.happened_at, wild.happened_at) == (ended - timedelta(minutes=4), ended - INSTANT)
    assert states(session)[0] == "sold_out"


def test_a_session_that_was_never_on_air_has_no_log(county, host, products, staff, now):
    planned = make_session(county, host, line_up=[(products[0], 990, None)])

    with refused("not_on_air"):
        control.list_item(planned, products[0], **pressed(staff, now))
    assert not ControlEvent.objects.exists()


def test_ended_twice_has_one_effect(session, staff, now):
    end_session(session, at=now)

    with refused("state"):
        end_session(LiveSession.objects.get(pk=session.pk), at=now + timedelta(minutes=1))
    assert list(ControlEvent.objects.filter(session=session, kind="ended").values_list("happened_at", flat=True)) == [now]


def test_the_log_is_never_changed(session, products, staff, now):
    event = control.mark_sold_out(session, products[0], **pressed(staff, now))

    for change in (lambda: ControlEvent.objects.update(words="x"), lambda: ControlEvent.objects.filter(pk=event.pk).delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change()


# --- prices ---------------------------------------------------------------------------------------------------------------


def test_a_price_holds_once_a_second_person_approves(session, products, staff, colleague, now):
    asked = control.propose_price(session, products[0], 2790, **pressed(staff, now, words="隔壁卖 27.9", tap="a"))
    assert session.line_up.first().live_price_fen == 2990

    with refused("price_own"):
        control.answer_price(asked, agrees=True, **pressed(staff, now))
    done = control.answer_price(asked, agrees=True, **pressed(colleague, now, tap="b"))

    assert control.answer_price(asked, agrees=True, **pressed(colleague, now, tap="b")) == done
    with refused("price_answered"):
        control.answer_price(asked, agrees=False, **pressed(staff, now))
    assert (done.old, done.new, done.proposed_by, done.by, done.words) == (2990, 2790, staff, colleague, "隔壁卖 27.9")
    assert session.line_up.first().live_price_fen == 2790


def test_a_refused_price_changes_nothing(session, products, staff, colleague, now):
    asked = control.propose_price(session, products[0], 2790, **pressed(staff, now, words="试试"))
    assert [event.pk for event in stage_of(session).proposals] == [asked.pk]

    control.answer_price(asked, agrees=False, **pressed(colleague, now))

    assert stage_of(session).proposals == []
    assert session.line_up.first().live_price_fen == 2990


@pytest.mark.parametrize(
    ("fen", "words", "code"),
    [
        (2790, " ", "control_reason_missing"),
        (0, "为", "price_out_of_range"),
        (10**9, "为", "price_out_of_range"),
        (2990, "为", "price_same"),
        (2790, "长" * 301, "control_words_long"),
    ],
)
def test_a_price_without_a_reason_or_a_sense_is_refused(session, products, staff, now, fen, words, code):
    with refused(code):
        control.propose_price(session, products[0], fen, **pressed(staff, now, words=words))


# --- stock, offers, words -------------------------------------------------------------------------------------------------


def test_more_stock_needs_the_suppliers_consent_in_words(session, products, staff, now):
    with refused("stock_consent_missing"):
        control.change_stock(session, products[0], 300, **pressed(staff, now))
    with refused("stock_out_of_range"):
        control.change_stock(session, products[0], -3, **pressed(staff, now))
    more = control.change_stock(session, products[0], 300, **pressed(staff, now - timedelta(minutes=2), words="张社长同意加"))
    control.change_stock(session, products[0], 80, **pressed(staff, now))

    assert (more.old, more.new, more.words) == (100, 300, "张社长同意加")
    assert session.line_up.first().committed_stock == 80


def test_offers_and_notices_are_logged_with_their_rule_and_number(session, products, staff, now):
    control.issue_coupon(session, 200, product=products[0], **pressed(staff, now, words="满 50 减 8"))
    control.issue_coupon(session, 50, is_reward=True, **pressed(staff, now, words="看满 5 分钟"))
    control.pin_notice(session, **pressed(staff, now, words="今晚 9 点\u202e抽奖"))

    kinds = ControlEvent.objects.filter(session=session, kind__in=("coupon", "reward", "pinned"))
    assert sorted(kinds.values_list("kind", "new", "words")) == [
        ("coupon", 200, "满 50 减 8"), ("pinned", None, "今晚 9 点 抽奖"), ("reward", 50, "看满 5 分钟"),
    ]  # fmt: skip
    for number, words, code in ((0, "规则", "number_out_of_range"), (5, "", "control_words_missing")):
        with refused(code):
            control.issue_coupon(session, number, **pressed(staff, now, words=words))


def test_a_note_is_open_until_the_host_has_seen_it_once(session, staff, host, now):
    note = control.prompt_host(session, **pressed(staff, now, words="讲慢一点"))
    assert [event.words for event in stage_of(session).prompts] == ["讲慢一点"]

    seen = control.see_prompt(note, **pressed(host, now, tap="phone-1", device=Device.PHONE))
    other_phone = control.see_prompt(note, **pressed(host, now, tap="phone-2", device=Device.PHONE))

    assert (seen, stage_of(session).prompts) == (other_phone, [])


def test_help_is_answered_once(session, staff, colleague, host, now):
    asked = control.ask_help(session, **pressed(host, now, device=Device.PHONE))

    first = control.answer_help(asked, **pressed(staff, now))

    assert control.answer_help(asked, **pressed(colleague, now)) == first
    assert stage_of(session).help == []
    with refused("control_not_open"):
        control.answer_help(first, **pressed(staff, now))


# --- emergency ------------------------------------------------------------------------------------------------------------


def test_an_emergency_goes_through_every_room_of_the_county_and_no_other(county, other_county, session, products, staff, now):
    def on_air(where, product, **kwargs):
        return make_session(where, went_live_at=now - timedelta(minutes=30), line_up=[(product, 990, None)], **kwargs)

    second, practice = on_air(county, products[0]), on_air(county, products[0], kind="practice")
    elsewhere = on_air(county, make_product(county))
    foreign = on_air(other_county, make_product(other_county))
    with refused("control_reason_missing"):
        control.pull_item(session, products[0], **pressed(staff, now))

    events = control.pull_item(session, products[0], **pressed(staff, now, words="质量有问题", tap="t"))

    assert {event.session for event in events} == {session, second}
    assert control.pull_item(session, products[0], **pressed(staff, now, words="再按一次")) == events
    assert [states(one)[0] for one in (session, second, practice, elsewhere, foreign)] == ["pulled", "pulled", *["listed"] * 3]
    assert sorted(Incident.objects.values_list("kind", "note")) == [("item_pulled", "质量有问题")] * 2
    for one in (session, second):
        with refused("item_pulled"):
            control.list_item(one, products[0], **pressed(staff, now))
    control.mark_sold_out(session, products[0], **pressed(staff, now))
    assert states(session)[0] == "pulled"


def test_what_is_pulled_is_pulled_in_later_sessions_until_it_is_released(county, session, products, staff, host, now):
    control.pull_item(session, products[0], **pressed(staff, now - timedelta(minutes=9), words="证件有问题"))
    end_session(session, at=now - timedelta(minutes=5))
    later = make_session(county, host, went_live_at=now - timedelta(minutes=1), line_up=[(products[0], 990, None)])
    assert states(later) == ["pulled"]

    with refused("control_reason_missing"):
        control.release_item(later, products[0], **pressed(staff, now))
    for _ in range(2):
        control.release_item(later, products[0], **pressed(staff, now - timedelta(seconds=9), words="新报告到了", tap="r"))
    with refused("item_not_pulled"):
        control.release_item(later, products[0], **pressed(staff, now, words="再来"))
    assert states(later) == ["unlisted"]
    control.list_item(later, products[0], **pressed(staff, now))
    assert states(later) == ["listed"]


def test_who_may_not_run_all_those_rooms_does_not_release(county, session, products, staff, now):
    control.pull_item(session, products[0], **pressed(staff, now, words="质量有问题"))

    with refused("release_elsewhere"):
        control.release_item(session, products[0], **pressed(make_user("host", county), now, words="好了"))


# --- streams and pitches --------------------------------------------------------------------------------------------------


def test_a_stream_that_is_lost_goes_on_in_another_room(session, staff, now):
    control.lose_stream(session, **pressed(staff, now - timedelta(minutes=2), platform="douyin", words="路由器"))
    assert len(stage_of(session).lost) == 1

    control.reopen_stream(session, room_id=" R9 ", **pressed(staff, now, platform="douyin", tap="t"))
    control.reopen_stream(session, room_id="R9", **pressed(staff, now, platform="douyin", tap="t"))

    stage = stage_of(session)
    assert (stage.lost, [room.room_id for room in stage.rooms]) == ([], ["R1", "R9"])
    assert [incident.kind for incident in Incident.objects.order_by("happened_at")] == ["stream_lost", "stream_reopened"]
    session.refresh_from_db()
    assert session.is_live
    with refused("room_missing"):
        control.reopen_stream(session, room_id=" ", **pressed(staff, now, platform="douyin"))


def test_pitches_come_to_the_same_in_whatever_order_starts_and_ends_arrive(session, products, staff, host, now):
    def minutes(number):
        return now - timedelta(minutes=20 - number)

    # the end at 9 arrives before the starts at 3 and 5, which a phone without network kept
    control.begin_pitch(session, products[2], **pressed(staff, minutes(12), tap="c"))
    control.stop_pitch(session, **pressed(staff, minutes(9), tap="e"))
    control.begin_pitch(session, products[0], **pressed(host, minutes(3), tap="a", device=Device.PHONE))
    control.begin_pitch(session, products[1], **pressed(host, minutes(5), tap="b", device=Device.PHONE))
    control.stop_pitch(session, **pressed(staff, minutes(9), tap="e"))

    told = [(pitch.product.title, pitch.started_at, pitch.ended_at, pitch.by) for pitch in Pitch.objects.order_by("started_at")]
    assert told == [
        ("花椒", minutes(3), minutes(5), host), ("小米", minutes(5), minutes(9), host), ("柿饼", minutes(12), None, staff),
    ]  # fmt: skip
    end_pitch(session, at=now)
    assert stage_of(session).pitch is None


def test_the_stage_shows_what_is_presented_and_what_comes_next(session, products, staff, now):
    control.begin_pitch(session, products[0], **pressed(staff, now))
    control.mark_sold_out(session, products[1], **pressed(staff, now))

    stage = stage_of(session)

    assert (stage.pitched.item.product, stage.following.item.product) == (products[0], products[2])
    assert [item.item.state for item in stage.items] == ["listed", "sold_out", "listed"]


def test_the_one_who_goes_on_air_stands_in_the_log(county, host, staff, now):
    from livestream.actions.session import change_state

    session = make_session(county, host)
    LiveSession.objects.filter(pk=session.pk).update(state="approved")
    session.refresh_from_db()
    change_state(session, SessionEvent.GO_LIVE, at=now, by=staff)

    assert ControlEvent.objects.get(session=session).by == staff
    assert not LineUpItem.objects.filter(session=session).exists()
