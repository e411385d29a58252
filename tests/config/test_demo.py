from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from config.demo.load import load_demo
from config.demo.people import load_people
from livestream.actions.gate import gate_of
from livestream.actions.review import open_actions_for
from livestream.models import (
    ControlEvent,
    Guest,
    Incident,
    LineUpItem,
    LiveSession,
    Pitch,
    Place,
    Product,
    SubsidyRule,
    Supplier,
    User,
)
from livestream.rules.person import Role
from livestream.rules.rights import Action
from orders.actions.audit import audit_tallies
from orders.actions.intake import receive
from orders.models import AfterSale, DayTally, LedgerEntry, Order, SecondTally, Shop
from orders.models.ledger import Cause
from orders.views.figures import sold_items
from tests.factories import make_arrival, make_order_body
from training.models import Certificate, Cohort, Course, Enrolment, FollowUp, Lesson, Mark, SchoolMonth, Trainee, TrainerRecord

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # 20:00 in Shanghai
TABLES = (
    Place, User, Supplier, Product, Shop, LiveSession, Guest, LineUpItem, Pitch, Incident, Order, AfterSale, LedgerEntry,
    Certificate, Cohort, Course, Enrolment, FollowUp, Lesson, Mark, SchoolMonth, Trainee, TrainerRecord,
)  # fmt: skip


def counts():
    return {table.__name__: table.objects.count() for table in TABLES}


def total(session):
    rows = DayTally.objects.filter(scope=f"session:{session.pk}").values_list("orders", "paid_fen")
    return sum(orders for orders, _ in rows), sum(fen for _, fen in rows)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demo as of NOW, loaded once: each test sees it and takes back what it adds."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_demo(now=NOW)
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db):
    for session in loaded.sessions:
        session.refresh_from_db()
    return loaded


def test_places_are_the_official_ones(demo):
    of_county = Place.objects.inside("140425")

    assert of_county.filter(level="township").count() == 13
    assert of_county.filter(level="village").count() == 157
    assert Place.objects.get(pk="140425202213").name == "芣兰岩村村委会"
    assert Place.objects.get(pk="140425202213").parent.name == "虹梯关乡"
    assert Place.objects.get(pk="14").name == "山西省"
    assert Place.objects.inside("130529").filter(level="village").count() == 301
    # and rare characters survive, in places and in people
    assert User.objects.get(phone="10014042503").name == "阿依古丽·热合曼"
    assert {"㛃", "峧", "喆"} <= set("".join(User.objects.values_list("name", flat=True)))


def test_five_sessions_stand_around_the_moment_with_a_believable_past(demo):
    head, _gorge, _cliff, tomorrow, last_week = demo.sessions

    assert [(s.kind, s.state) for s in demo.sessions] == [
        ("county_head", "live"),
        ("village_host", "live"),
        ("village_host", "live"),
        ("village_host", "approved"),
        ("village_host", "reviewed"),
    ]
    assert head.went_live_at == NOW - timedelta(minutes=40)
    assert head.line_up.count() == 10
    assert list(head.guests.order_by("pk").values_list("rank", flat=True)) == ["top", "deputy", "other"]
    assert head.goal_fen == 50_000_000
    assert tomorrow.planned_start_at == datetime(2026, 11, 22, 19, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert last_week.went_live_at == datetime(2026, 11, 14, 19, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert last_week.ended_at == datetime(2026, 11, 14, 22, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert len({room for s in demo.sessions for room in s.rooms.values_list("room_id", flat=True)}) == 5
    assert_believable_past(demo)


def assert_believable_past(demo):
    head = demo.sessions[0]
    sold = {name: total(s) for name, s in zip(("head", "gorge", "cliff", "tomorrow", "last_week"), demo.sessions, strict=True)}

    assert 150 < sold["head"][0] < 400
    assert 10 < sold["gorge"][0] < 80
    assert 20 < sold["cliff"][0] < 120
    assert sold["tomorrow"] == (0, 0)
    assert 120 < sold["last_week"][0] < 300
    assert 4_000 < sold["head"][1] / sold["head"][0] < 15_000
    assert not Order.objects.filter(session=None).counted().exists()
    paid = Order.objects.of_session(head).counted().order_by("paid_at").values_list("paid_at", flat=True)
    assert head.went_live_at <= paid.first() < head.went_live_at + timedelta(minutes=5)
    assert NOW - timedelta(minutes=5) < paid.last() <= NOW
    assert SecondTally.objects.order_by("-orders").first().orders < 8
    assert AfterSale.objects.exists()
    assert audit_tallies() == []


def test_each_session_on_air_says_what_was_and_what_is_presented(demo):
    for session in demo.sessions[:3]:
        pitches = list(session.pitches.all())
        lasted = [later.started_at - pitch.started_at for pitch, later in zip(pitches, pitches[1:], strict=False)]

        assert pitches[0].started_at == session.went_live_at
        assert [pitch.ended_at for pitch in pitches] == [*(pitch.started_at for pitch in pitches[1:]), None]
        assert all(timedelta(seconds=110) <= pause <= timedelta(seconds=241) for pause in lasted[1:])
        assert NOW - timedelta(minutes=5) < pitches[-1].started_at <= NOW

    head = demo.sessions[0]
    assert list(head.incidents.values_list("kind", "happened_at", "noted_by__name")) == [
        ("correction_made", NOW - timedelta(minutes=27), "郭㛃"),
        ("stream_lost", NOW - timedelta(minutes=13), "郭㛃"),
        ("stream_reopened", NOW - timedelta(minutes=12, seconds=18), "郭㛃"),
    ]


def test_the_evening_is_prepared_run_and_reviewed_through_the_verbs(demo):
    head, _gorge, _cliff, tomorrow, last_week = demo.sessions
    gates = gate_of(tomorrow, on=timezone.localdate())
    shut = [
        gates[item.product_id].missing for item in tomorrow.line_up.order_by("position") if not gates[item.product_id].is_open
    ]
    changed = ControlEvent.objects.get(session=head, kind="price")
    rule = SubsidyRule.objects.get()

    assert head.line_up.filter(state="listed").count() == 10
    assert (changed.old, changed.new, changed.by.name, changed.proposed_by.name) == (5490, 5290, "栗场记", "郭㛃")
    assert max(head.readings.values_list("online_now", flat=True)) == 2240
    assert sorted(head.comments.values_list("state", flat=True)) == ["answered"] * 5 + ["hidden"] * 2 + ["open"] * 2
    assert rule.cap_fen // 4 < rule.used_fen < rule.cap_fen
    assert [missing[0][:4] for missing in shut] == ["检验报告"]  # of the cake: it ended yesterday
    assert last_week.review_actions.count() == 3
    assert [action.what for action in open_actions_for(tomorrow.host)] == ["样品多备两包，尝完了有得换"]


def test_the_honey_will_sell_out_before_the_evening_is_over(demo):
    honey = demo.sessions[0].line_up.get(product__sku="TFM-500")
    item = next(item for item in sold_items(demo.sessions[0], [honey]) if item.position)

    assert item.committed == 240
    assert 100 < item.left < 220


def test_both_platforms_sold_and_their_order_numbers_look_like_theirs(demo):
    head = demo.sessions[0]
    counted = {shop: Order.objects.of_session(head).counted().filter(shop=shop) for shop in demo.shops}
    numbers = set(counted[demo.shops[1]].values_list("order_no", flat=True))

    assert 0.2 < counted[demo.shops[1]].count() / sum(orders.count() for orders in counted.values()) < 0.4
    assert all(number.isdigit() and len(number) == 19 for number in numbers)


def test_each_host_of_the_evening_was_on_air_some_days_ago(demo):
    for session in demo.sessions[:3]:
        before = LiveSession.objects.filter(host=session.host, state="reviewed", kind="village_host").get()

        assert NOW - timedelta(days=6) < before.went_live_at < NOW - timedelta(days=2)
        assert 20 < total(before)[0] < 200


def test_nine_months_of_the_year_had_another_top_leader(demo):
    heads = LiveSession.objects.aired().filter(county_id="140425", kind="county_head", went_live_at__year=2026)
    leaders = Guest.objects.filter(session__in=heads, rank="top")
    months = {moment.astimezone(SHANGHAI).month for moment in heads.values_list("went_live_at", flat=True)}

    assert sorted(set(range(1, 12)) - months) == [3, 8]
    assert leaders.values("name").distinct().count() == leaders.count() == heads.count() == 9
    assert all(total(session)[0] > 15 for session in heads)


def test_the_neighbouring_county_sold_today_too(demo):
    session = LiveSession.objects.get(county_id="140427")

    assert (session.state, session.county.parent_id) == ("ended", "1404")
    assert (session.went_live_at, session.ended_at) == (NOW - timedelta(hours=2), NOW - timedelta(minutes=45))
    assert 20 < total(session)[0] < 120
    assert Place.objects.inside("140427").filter(level="village").count() == 283
    assert Order.objects.filter(county_id="140427").values_list("shop__name").distinct().get() == ("壶关旱地好物",)


def test_a_second_time_adds_nothing(demo):
    before = counts()

    again = load_demo(now=NOW + timedelta(minutes=7))

    assert counts() == before
    assert again.handles() == demo.handles()


def test_a_second_time_leaves_live_orders_and_changes_of_people_alone(demo):
    staff = User.objects.get(phone="10014042502")
    staff.set_password("我自己的新密码，别人不知道")
    staff.name = "郭小㛃"
    staff.save(update_fields=["password", "name"])
    Product.objects.filter(sku="LDS-500").update(list_price_fen=1)
    room = demo.handles()["sessions"][0]["room"]
    receive([make_arrival(demo.shops[0], make_order_body("T1", room=room, at=NOW), now=NOW)], cause=Cause.PUSH, at=NOW)
    before = total(demo.sessions[0])

    load_demo(now=NOW + timedelta(hours=1))

    staff.refresh_from_db()
    assert staff.name == "郭小㛃"
    assert staff.check_password("我自己的新密码，别人不知道")
    assert Product.objects.get(sku="LDS-500").list_price_fen == 1
    assert total(demo.sessions[0]) == before


def test_the_next_evening_has_new_sessions_and_the_old_ones_end_with_their_orders(demo):
    head = demo.sessions[0]
    sold = total(head)
    tomorrow = NOW + timedelta(days=1)

    later = load_demo(now=tomorrow)

    head.refresh_from_db()
    assert (head.state, head.ended_at) == ("ended", head.planned_end_at)
    assert total(head) == sold
    assert later.sessions[0].pk != head.pk
    assert later.sessions[0].went_live_at == tomorrow - timedelta(minutes=40)
    assert LiveSession.objects.live().count() == 3
    assert not head.pitches.open().exists()
    assert later.sessions[3].planned_start_at - demo.sessions[3].planned_start_at == timedelta(days=1)
    assert LiveSession.objects.get(pk=demo.sessions[3].pk).state == "cancelled"  # its host is on air with the county head
    assert later.sessions[4].pk == demo.sessions[4].pk
    old_rooms = set(head.rooms.values_list("room_id", flat=True))
    assert old_rooms.isdisjoint(later.sessions[0].rooms.values_list("room_id", flat=True))
    assert audit_tallies() == []


def test_a_session_that_sold_past_its_plan_ends_with_its_last_order(demo):
    head = demo.sessions[0]
    paid_at = NOW + timedelta(hours=8)
    body = make_order_body("T1", room=head.rooms.first().room_id, at=paid_at)
    receive([make_arrival(demo.shops[0], body, now=paid_at)], cause=Cause.PUSH, at=paid_at)

    load_demo(now=NOW + timedelta(hours=9))

    head.refresh_from_db()
    assert head.ended_at == paid_at + timedelta(seconds=1)


def test_a_month_later_missed_plans_are_cancelled_and_another_week_is_looked_back_on(demo):
    later = load_demo(now=NOW + timedelta(days=30))

    demo.sessions[3].refresh_from_db()
    assert demo.sessions[3].state == "cancelled"
    assert later.sessions[4].went_live_at == datetime(2026, 12, 14, 19, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_host_is_invited_and_the_commissioner_is_there_for_a_term(demo):
    invited = User.objects.get(phone="10014042514")
    commissioner = User.objects.get(role=Role.COMMISSIONER)

    assert (invited.state, invited.role, invited.place.full_name) == ("invited", "host", "芣兰岩村（虹梯关乡）")
    assert (commissioner.from_on, commissioner.until_on) == (date(2026, 10, 22), date(2027, 10, 21))
    assert commissioner.reach(Action.ACT_FOR) == ("140425",)
    User.objects.filter(pk=commissioner.pk).update(from_on=date(2025, 1, 1), until_on=date(2025, 12, 31))

    load_people(date(2026, 11, 22))

    commissioner.refresh_from_db()
    assert (commissioner.from_on, commissioner.until_on) == (date(2026, 11, 22), date(2027, 11, 21))


def test_every_handle_works(demo):
    roles = {
        "host": Role.HOST, "staff": Role.STAFF, "trainer": Role.TRAINER, "other_county_staff": Role.STAFF, "approver": Role.APPROVER,
        "exporter": Role.EXPORTER, "auditor": Role.AUDITOR, "commissioner": Role.COMMISSIONER, "township_staff": Role.STAFF,
        "city_staff": Role.STAFF, "second_staff": Role.STAFF,
    }  # fmt: skip
    users = demo.handles()["users"]

    signed_in = {}
    for handle, user in users.items():
        client = Client()
        assert client.login(username=user["login"], password=user["password"])
        signed_in[handle] = User.objects.get(pk=client.session["_auth_user_id"]).role

    assert signed_in == roles
    assert all(len(user["password"]) >= 12 for user in users.values())
    places = {handle: User.objects.get(phone=users[handle]["login"]).place_id for handle in users}
    assert {places[handle] for handle in ("staff", "trainer", "approver", "exporter", "auditor", "commissioner")} == {"140425"}
    assert (places["other_county_staff"], places["township_staff"], places["city_staff"]) == ("130529", "140425202", "1404")

    # and a push to the standard shop that names a session's room counts for that session
    handles = demo.handles()
    before = total(demo.sessions[1])
    shop = Shop.objects.get(key=handles["shops"][0]["key"])
    order = make_order_body("T1", room=handles["sessions"][1]["room"], at=NOW)

    receive([make_arrival(shop, order, now=NOW)], cause=Cause.PUSH, at=NOW)

    assert total(demo.sessions[1]) == (before[0] + 1, before[1] + 11960)
