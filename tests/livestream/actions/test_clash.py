"""Clashes of what is stored: told by name, excused, allowed, refused; and what is free instead."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import IntegrityError

from livestream.actions.clash import (
    booking_told,
    clashes_between,
    clashes_of,
    free_studios,
    free_times,
    told,
)
from livestream.models import (
    Availability,
    Booking,
    Guest,
    Leader,
    LineUpItem,
    LiveSession,
    Resource,
    Room,
    Segment,
    TravelTime,
)
from livestream.rules.clash import Clashing
from livestream.rules.day import SHANGHAI
from livestream.rules.planning import ClashKind, Level
from tests.clashes import AT, DAY_WORDS, EVENING, HOUR, TOMORROW, check, plan, plan_in, plan_of, set_levels, words
from tests.factories import make_place, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def gorge(county):
    return make_place("140425201216", "神龙湾村委会")


@pytest.fixture
def cliff(county):
    return make_place("140425102213", "岳家寨村委会")


@pytest.fixture
def studio(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="二号直播间")


# --- who has it -----------------------------------------------------------------------------------------------------------


def test_what_is_booked_twice_says_who_has_it(county, host, studio, staff):
    host.name = "路小峧"
    host.save()
    first = plan(county, host, title="潞党参专场")
    Booking.objects.create(session=first, resource=studio)

    with pytest.raises(Clashing) as refused:
        plan_in(studio, plan_of(county, hours=1), staff)

    sentence = f"二号直播间已经有人用了：{DAY_WORDS} 19:00–21:00 给了“潞党参专场”（主播路小峧）。"
    assert words(refused.value.clashes) == [sentence]
    assert str(refused.value) == f"这样排会撞：{sentence}"
    assert LiveSession.objects.get() == first


def test_a_verb_that_forgot_to_ask_is_told_by_the_constraint(county, host):
    first = plan(county, host, title="潞党参专场")

    with pytest.raises(Clashing) as refused, booking_told():
        plan(county, host, hours=1)

    assert words(refused.value.clashes) == [f"{host.name}没有空：{DAY_WORDS} 19:00–21:00 自己要播“潞党参专场”。"]
    assert (refused.value.clashes[0].other, refused.value.clashes[0].kind) == (first.pk, ClashKind.HOST)


def test_another_breach_stays_what_it_is(county, host, studio):
    first = plan(county, host)
    Booking.objects.create(session=first, resource=studio)

    with pytest.raises(IntegrityError, match="resource_once_per_session"), booking_told():
        Booking.objects.create(session=first, resource=studio)


def test_a_second_host_is_refused_by_both_guards(county, host):
    """Whoever is named, a booking of the host is the session's own: which of the two speaks is the order of their indexes."""
    first = plan(county, host)

    with pytest.raises(IntegrityError, match="one_host_per_session|duty_once_per_session"), booking_told():
        Booking.objects.create(session=first, person=make_user("host", county), duty="host")
    assert Booking.objects.get(session=first, duty="host").person == host


def test_crew_leaders_accounts_and_kits_are_told_too(county, staff, gorge):
    leader = Leader.objects.create(county=county, name="张建军", title="县长", rank="top", department="government", unit="县政府")
    kit = Resource.objects.create(county=county, place=county, kind="kit", name="补光灯")
    Resource.objects.create(county=county, place=county, kind="account", name="农文旅号", platform="douyin", account="A1")
    set_levels(county, **dict.fromkeys(ClashKind, "warn"))
    sessions = [plan(county, title=title) for title in ("第一场", "第二场")]
    for session in sessions:
        Booking.objects.create(session=session, person=staff, duty="controller")
        Booking.objects.create(session=session, resource=kit)
        Guest.objects.create(session=session, name="张建军", title="县长", rank="top", leader=leader)
        Room.objects.create(session=session, platform="douyin", room_id="R", account="A1")

    found = clashes_of(sessions[1])

    assert {(clash.kind, clash.level) for clash in found} == {
        (kind, Level.WARN) for kind in (ClashKind.CREW, ClashKind.KIT, ClashKind.GUEST, ClashKind.ACCOUNT)
    }
    first = f"“第一场”（主播{sessions[0].host.name}）"
    assert sorted(words(found)) == sorted([
        f"{staff.name}没有空：{DAY_WORDS} 19:00–21:00 在{first}做中控。",
        f"补光灯已经有人用了：{DAY_WORDS} 19:00–21:00 给了{first}。",
        f"张建军没有空：{DAY_WORDS} 19:00–21:00 要上{first}。",
        f"农文旅号已经有人用了：{DAY_WORDS} 19:00–21:00 给了{first}。",
    ])  # fmt: skip


def test_a_session_of_another_county_is_told_without_its_title(county, other_county, host):
    set_levels(county, host="warn")
    plan(other_county, host, title="别县的秘密")

    (clash,) = clashes_of(plan(county, host))

    assert clash.words == f"{host.name}没有空：{DAY_WORDS} 19:00–21:00 自己要播别的县的一场直播。"


def test_setting_up_and_clearing_count(county, studio, staff):
    Resource.objects.filter(pk=studio.pk).update(setup_minutes=30, clearing_minutes=20)
    set_levels(county, studio="warn")
    for hours in (0, 2.5):
        Booking.objects.create(session=plan(county, hours=hours), resource=studio)

    (clash,) = clashes_between(AT, EVENING + 9 * HOUR, county=county.pk)

    assert (clash.kind, clash.ends - clash.begins) == (ClashKind.STUDIO, timedelta(minutes=20))


def test_a_road_that_is_too_long_needs_a_reason(county, host, staff, gorge, cliff):
    plan(county, host, title="潞党参专场", place=gorge)
    late = plan(county, host, hours=2.5, place=cliff)

    with pytest.raises(Clashing) as refused:
        check(late, staff)

    assert words(refused.value.clashes) == [
        f"{host.name}路上来不及：{DAY_WORDS} 19:00–21:00 在“潞党参专场”，从神龙湾村到岳家寨村要 60 分钟，中间只有 30 分钟。"
    ]
    TravelTime.objects.create(county=county, one=cliff, other=gorge, minutes=25)
    assert check(late, staff) == []


def test_a_leader_travels_from_segment_to_segment(county, gorge, cliff):
    leader = Leader.objects.create(county=county, name="张", title="县长", rank="top", department="government", unit="县")
    relay, other = plan(county, title="接力", place=gorge), plan(county, hours=1.5, place=cliff)
    first = Segment.objects.create(
        session=relay, title="第一棒", place=gorge, starts_at=EVENING, ends_at=EVENING + timedelta(minutes=30)
    )
    Guest.objects.create(session=relay, name="张", title="县长", rank="top", leader=leader, segment=first)
    Guest.objects.create(session=other, name="张", title="县长", rank="top", leader=leader)

    assert clashes_of(other) == []  # an hour from half past seven
    Segment.objects.filter(pk=first.pk).update(ends_at=EVENING + HOUR)
    assert [clash.kind for clash in clashes_of(other)] == [ClashKind.TRAVEL]


def test_who_is_away_is_told_with_his_reason(county, host, staff):
    Availability.objects.create(person=host, from_on=TOMORROW, until_on=TOMORROW, reason="赶集", entered_by=host)

    (clash,) = clashes_of(plan(county, host))

    assert (clash.kind, clash.level) == (ClashKind.AWAY, Level.APPROVE)
    assert "赶集" in clash.words


def test_one_product_at_two_prices_is_told_and_not_refused(county, staff):
    product = make_product(county, title="大红袍花椒")
    for price in (5980, 4980):
        session = plan(county, title=f"卖 {price}")
        LineUpItem.objects.create(session=session, product=product, position=1, live_price_fen=price)

    (clash,) = check(session, staff)

    assert (clash.kind, clash.prices_fen) == (ClashKind.PRICE, (4980, 5980))
    assert clashes_between(AT, EVENING + HOUR, county=county.pk)[0].kind == ClashKind.PRICE


def test_a_price_that_a_county_blocks_is_refused(county, staff):
    set_levels(county, price="block")
    product = make_product(county)
    for price in (5980, 4980):
        session = plan(county)
        LineUpItem.objects.create(session=session, product=product, position=1, live_price_fen=price)

    with pytest.raises(Clashing):
        check(session, staff)


@pytest.mark.parametrize("state", ["cancelled", "ended", "reviewed"])
def test_what_is_over_or_called_off_clashes_with_nothing(county, host, state):
    set_levels(county, host="warn")
    first, second = plan(county, host), plan(county, host)
    went = {"went_live_at": EVENING, "ended_at": EVENING + HOUR} if state != "cancelled" else {}
    LiveSession.objects.filter(pk=first.pk).update(state=state, **went)
    first.refresh_from_db()

    assert (clashes_of(first), clashes_of(second)) == ([], [])


# --- what is free instead -----------------------------------------------------------------------------------------------------


def clock(moments):
    return [(moment.astimezone(SHANGHAI).date() - TOMORROW, moment.astimezone(SHANGHAI).time()) for moment in moments]


def test_the_next_free_starts_keep_clear_of_everything_the_plan_needs(county, host, studio, gorge, cliff, staff):
    set_levels(county, travel="block")
    Booking.objects.create(session=plan(county, lasts=1.5), resource=studio)
    plan(county, host, hours=-4, lasts=3, place=cliff)
    plan(county, host, hours=3.5, lasts=1, place=cliff)

    with pytest.raises(Clashing) as refused:
        plan_in(studio, plan_of(county, host=host, place=gorge, lasts=1), staff)

    # The studio is free from 20:30, but the host must be on the road to the cliff by 21:30; at night nobody is asked.
    day = timedelta(0)
    assert clock(refused.value.free) == [(day, time(20, 30)), (timedelta(1), time(6)), (timedelta(1), time(6, 30))]


def test_free_starts_keep_to_what_the_host_said_and_never_lie_behind(county, host):
    Availability.objects.create(
        person=host, weekday=(TOMORROW + timedelta(3)).isoweekday(), from_time=time(19), until_time=time(21), entered_by=host
    )
    wanted = plan(county, host, lasts=1)

    assert clock(free_times(wanted, at=AT)) == [(timedelta(3), time(19)), (timedelta(3), time(19, 30)), (timedelta(3), time(20))]
    assert free_times(wanted, at=EVENING + timedelta(days=4))[0] > EVENING + timedelta(days=9)


def test_other_studios_that_are_free_are_offered(county, studio, staff):
    others = [Resource.objects.create(county=county, place=county, kind="studio", name=name) for name in ("三号", "四号", "五号")]
    Resource.objects.filter(name="五号").update(is_in_use=False)
    Resource.objects.filter(name="四号").update(setup_minutes=45)
    early = plan(county, hours=-2.5)
    Booking.objects.create(session=early, resource=others[1])
    Booking.objects.create(session=plan(county), resource=studio)

    with pytest.raises(Clashing) as refused:
        plan_in(studio, plan_of(county), staff)

    assert [(one.pk, one.name) for one in refused.value.studios] == [(others[0].pk, "三号")]
    assert clock(refused.value.free)[0] == (timedelta(0), time(21))
    assert [one.name for one in free_studios(early)] == ["三号", "二号直播间"]


# --- a period ----------------------------------------------------------------------------------------------------------------


def test_a_period_costs_the_same_however_many_clash(county, django_assert_max_num_queries):
    set_levels(county, host="warn")
    hosts = [make_user("host", county) for _ in range(4)]
    for host in hosts:
        for _ in range(3):
            plan(county, host)

    with django_assert_max_num_queries(10):
        found = clashes_between(AT, EVENING + HOUR, county=county.pk)
    with django_assert_max_num_queries(6):
        shown = told(found, county.pk)

    assert len(shown) == 12
    assert clashes_between(EVENING + 2 * HOUR, EVENING + 20 * HOUR, county=county.pk) == []
