"""What is presented and what happened: on the host's phone, on the desk's session page, and who may say so."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from livestream.actions.pitch import start_pitch
from livestream.actions.session import end_session
from livestream.models import Incident, Pitch
from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user


@pytest.fixture(autouse=True)
def evening():
    """20:00 in Shanghai, so that minutes on air have one meaning."""
    moment = timezone.localtime(timezone.now()).replace(hour=20, minute=0, second=0, microsecond=0)
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def now(evening):
    return evening


@pytest.fixture
def products(county):
    points = "平顺地标，今年新椒\n麻味足\n坏一赔一\n第四条"
    return [
        make_product(county, sku=sku, title=title, selling_points=points)
        for sku, title in (("DHP", "花椒"), ("HXM", "小米"), ("SB", "柿饼"))
    ]


@pytest.fixture
def session(county, host, products, now):
    stock = [86, None, 50]
    line_up = [(product, 2990, left) for product, left in zip(products, stock, strict=True)]
    return make_session(county, host, went_live_at=now - timedelta(minutes=74), line_up=line_up)


@pytest.fixture
def phone(client, host):
    client.force_login(host)
    return client


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def page_of(client, session):
    return client.get(f"/my/{session.pk}/").content.decode()


def shown(page):
    """The words of the one card that is not hidden, and what the big button of the dock begins."""
    article, _chips, dock = re.split(r'<h2>换一个讲|<nav class="dock"', page[page.index('id="stage"') :])[:3]
    (card,) = re.findall(r'data-card="\d*" >(.*?)</article>', article, re.DOTALL)
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", card)).strip()
    return words, re.findall(r'data-card="\d*" ><button class="btn primary" form="pitch" name="product" value="(\d+)"', dock)


def open_pitch():
    return Pitch.objects.open().values_list("product__title", "started_at").get()


# --- the phone --------------------------------------------------------------------------------------------------------


def test_phone_offers_the_first_item_before_anything_is_presented(phone, session, products):
    words, offered = shown(page_of(phone, session))

    assert (words, offered) == ("还没开讲 开讲前按一下：订单和讲解就对得上。", [str(products[0].pk)])


def test_phone_shows_what_is_presented_and_the_next_item(phone, session, products, now):
    start_pitch(session, products[0], at=now)

    words, offered = shown(page_of(phone, session))

    said = f"这件是{products[0].supplier.name}卖的，发货、售后找它。"  # 卖完了: shown by the style of what is sold out
    assert words == f"正在讲 · 第 1 个 卖完了 备货 86 花椒 ¥ 29.90 平顺地标，今年新椒 麻味足 坏一赔一 {said}"
    assert offered == [str(products[1].pk)]


def test_after_the_last_item_comes_the_first(phone, session, products, now):
    start_pitch(session, products[2], at=now)

    assert shown(page_of(phone, session))[1] == [str(products[0].pk)]


def test_next_item_starts_now_and_the_page_comes_back(phone, session, products, now):
    answer = phone.post(f"/my/{session.pk}/pitch/", {"product": products[1].pk, "page": "p1"})

    assert answer.headers["Location"] == f"/my/{session.pk}/"
    assert open_pitch() == ("小米", now)


def test_a_second_press_on_the_same_page_is_the_same_tap(phone, session, products):
    for _ in range(2):
        phone.post(f"/my/{session.pk}/pitch/", {"product": products[1].pk, "page": "p1"})

    assert Pitch.objects.count() == 1


def test_kept_taps_are_placed_at_their_own_moments_and_once(phone, session, products, now):
    taps = [(products[n], f"t{n}", now - timedelta(minutes=20 - n)) for n in range(3)]
    statuses = [
        phone.post(
            f"/my/{session.pk}/pitch/", {"product": product.pk, "page": "p1", "tap": tap, "at": at.isoformat()}
        ).status_code
        for product, tap, at in [*taps, *taps]
    ]

    assert statuses == [204] * 6
    assert list(Pitch.objects.values_list("product__title", "started_at", "ended_at")) == [
        ("花椒", taps[0][2], taps[1][2]), ("小米", taps[1][2], taps[2][2]), ("柿饼", taps[2][2], None),
    ]  # fmt: skip


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z", "before"])
def test_tap_of_a_clock_that_cannot_be_counts_now(phone, session, products, now, at):
    at = (session.went_live_at - timedelta(seconds=20)).isoformat() if at == "before" else at

    phone.post(f"/my/{session.pk}/pitch/", {"product": products[0].pk, "tap": "t", "at": at})

    assert open_pitch() == ("花椒", now)


def test_refused_tap_says_why_on_the_next_page(phone, county, session, now):
    honey = make_product(county, title="土蜂蜜")

    answer = phone.post(f"/my/{session.pk}/pitch/", {"product": honey.pk, "tap": "t", "at": now.isoformat()})

    assert answer.status_code == 409
    assert "“土蜂蜜”不在这一场的排品里，请先排品再讲。" in page_of(phone, session)


@pytest.mark.parametrize(
    "fields", [{}, {"product": "花椒"}, {"product": -1}, {"product": 2**70}, {"product": 1, "tap": "x" * 65}]
)
def test_what_no_button_sends_is_refused(phone, session, fields):
    assert phone.post(f"/my/{session.pk}/pitch/", fields).status_code == 400
    assert not Pitch.objects.exists()


def test_fragment_carries_what_is_left_of_each_item_and_what_is_presented(phone, session, products, shop, now):
    start_pitch(session, products[0], at=now)
    lines = [(1, "DHP", 80, 1000), (2, "SB", 53, 1000)]
    receive([make_arrival(shop, make_order_body("T1", at=now, lines=lines), now=now)], cause=Cause.PUSH, at=now)

    fragment = phone.get(f"/sessions/{session.pk}/figures/", {"since": ""}).content.decode()

    chips = re.findall(r'data-slot-for="([^"]+)" hidden><span class="chip ([a-z ]+)">([^<]+)<', fragment)
    assert chips == [("stock-1", "warn num", "快卖完 · 还剩 6"), ("stock-3", "bad num", "⚠ 超卖 3")]
    assert f'data-pitching="{products[0].pk}"' in fragment


def test_fragment_speaks_after_a_pitch(phone, session, products, now):
    path = f"/sessions/{session.pk}/figures/"
    since = re.search(r'data-since="([^"]+)"', phone.get(path, {"since": ""}).content.decode())[1]
    before = phone.get(path, {"since": since}).status_code
    start_pitch(session, products[0], at=now)

    assert (before, phone.get(path, {"since": since}).status_code) == (204, 200)


# --- the desk ---------------------------------------------------------------------------------------------------------


def test_desk_starts_and_ends_a_pitch(desk, session, products, now):
    answer = desk.post(f"/sessions/{session.pk}/desk/press/", {"press": f"pitch:{products[2].pk}", "page": "p"})
    started = open_pitch()
    ended = desk.post(f"/sessions/{session.pk}/desk/press/", {"press": "pitch_end", "page": "p"})

    assert [answer.headers["Location"], ended.headers["Location"]] == [f"/sessions/{session.pk}/desk/"] * 2
    assert (started, Pitch.objects.get().ended_at) == (("柿饼", now), now)


def test_session_page_shows_what_is_presented_and_leads_to_the_control_desk(desk, session, products, now):
    start_pitch(session, products[0], at=now - timedelta(minutes=3))

    page = desk.get(f"/sessions/{session.pk}/").content.decode()

    assert re.findall(r'<div id="pitch-now"><div class="row"><b>([^<]+)</b><span class="muted num">([^<]+)<', page) == [
        ("第 1 个 · 花椒", "19:57:00 开讲")
    ]
    assert f'<a class="btn primary" href="/sessions/{session.pk}/desk/">打开中控</a>' in page


def test_desk_fragment_moves_the_rows_and_the_log(desk, session, products, now):
    start_pitch(session, products[0], at=now - timedelta(minutes=3))

    fragment = desk.get(f"/sessions/{session.pk}/figures/", {"since": "", "part": "desk"}).content.decode()

    slots = re.findall(r'data-slot-for="([^"]+)"', fragment)
    assert slots == [
        *(f"{name}-{n}" for n in (1, 2, 3) for name in ("units", "stock", "paid")),
        "beside", "pitch-now", "log",
    ]  # fmt: skip


def test_refused_pitch_is_said_on_the_desk(desk, session, products):
    end_session(session, at=timezone.now())

    answer = desk.post(f"/sessions/{session.pk}/desk/press/", {"press": f"pitch:{products[0].pk}"})

    assert (answer.status_code, "这一场没有在直播，不能按这个。" in answer.content.decode()) == (422, True)
    assert not Pitch.objects.exists()


def test_incident_is_noted_with_its_time(desk, staff, session, now):
    answer = desk.post(f"/sessions/{session.pk}/incident/", {"kind": "price_changed", "clock": "19:40", "note": "花椒改 27.90"})

    assert answer.headers["Location"] == f"/sessions/{session.pk}/"
    assert list(Incident.objects.values_list("kind", "happened_at", "note", "noted_by")) == [
        ("price_changed", now - timedelta(minutes=20), "花椒改 27.90", staff.pk)
    ]


def test_incident_without_a_time_happened_now(desk, session, now):
    desk.post(f"/sessions/{session.pk}/incident/", {"kind": "stream_lost"})

    assert Incident.objects.values_list("happened_at", "note").get() == (now, "")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"note": "网断了"}, "请选一类。"),
        ({"kind": "nonsense", "note": "网断了"}, "请从列表里选一类。"),
        ({"kind": "other", "clock": "八点", "note": "网断了"}, "请按 20:05 这样填时间。"),
        ({"kind": "other", "clock": "20:01", "note": "网断了"}, "只能记 18:46 开播以后、20:00 以前的事。"),
        ({"kind": "other", "note": "网断了" * 41}, "说明最多 120 个字，现在是 123 个。"),
    ],
)
def test_incident_that_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(desk, session, fields, sentence):
    answer = desk.post(f"/sessions/{session.pk}/incident/", fields)

    page = answer.content.decode()
    assert (answer.status_code, re.findall(r'<p class="error" [^>]*>([^<]+)</p>', page)) == (422, [sentence])
    assert f'value="{fields["note"]}"' in page
    assert 'clock" value="20:01"' in page or fields.get("clock") != "20:01"
    assert not Incident.objects.exists()


def test_log_tells_pitches_and_incidents_newest_first(desk, session, products, now):
    start_pitch(session, products[0], at=now - timedelta(minutes=30))
    start_pitch(session, products[1], at=now - timedelta(minutes=10))
    desk.post(f"/sessions/{session.pk}/incident/", {"kind": "stream_lost", "clock": "19:40", "note": "<b>路由器</b>"})

    page = desk.get(f"/sessions/{session.pk}/").content.decode()

    log = re.search(r'<ol class="log num" tabindex="0">(.*?)</ol>', page, re.DOTALL)[1]
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in re.findall(r"<li>(.*?)</li>", log, re.DOTALL)]
    assert [row.rsplit(" ", 1)[0] if "断播" in row else row for row in rows] == [
        "19:50 正在讲 小米", "19:40 断播 &lt;b&gt;路由器&lt;/b&gt;", "19:30–19:50 讲解 花椒",
    ]  # fmt: skip


def test_incident_is_noted_after_the_session_too(desk, session, now):
    end_session(session, at=now - timedelta(minutes=5))

    desk.post(f"/sessions/{session.pk}/incident/", {"kind": "other", "note": "场地停电"})

    assert Incident.objects.get().happened_at == now - timedelta(minutes=5)


# --- rights -----------------------------------------------------------------------------------------------------------


def test_who_may_say_what_is_presented(client, county, session, products, host, staff, trainer, stranger):
    people = {"host": host, "staff": staff, "colleague": make_user("host", county), "trainer": trainer, "stranger": stranger}
    statuses = {}
    for name, person in people.items():
        client.force_login(person)
        statuses[name] = [
            client.post(path.format(session.pk), {"product": products[0].pk, "kind": "other", "press": "pitch"}).status_code
            for path in ("/my/{}/pitch/", "/sessions/{}/desk/press/", "/sessions/{}/incident/")
        ]

    assert statuses == {
        "host": [302, 403, 403],
        "staff": [404, 302, 302],
        "colleague": [404, 403, 403],
        "trainer": [404, 403, 403],
        "stranger": [404, 404, 404],
    }


@pytest.mark.parametrize("path", ["/my/{}/pitch/", "/sessions/{}/desk/press/", "/sessions/{}/incident/"])
def test_these_addresses_are_no_pages_and_ask_who_it_is(client, session, staff, host, path):
    path = path.format(session.pk)
    assert client.post(path).headers["Location"] == f"/login/?next={path}"

    client.force_login(host if path.startswith("/my") else staff)
    assert client.get(path).status_code == 405
