"""The one door of a host's phone: every kind of tap, its one effect, and what no button sends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.actions.control import prompt_host
from livestream.models import ControlEvent, LiveSession, PreflightTick, ReviewNote
from orders.actions.tally_by_hand import tallies_of
from tests.factories import make_product, make_session, make_user


@pytest.fixture
def pepper(county):
    return make_product(county, title="大红袍花椒 250g")


@pytest.fixture
def millet(county):
    return make_product(county, title="黑小米 5斤")


@pytest.fixture
def session(county, host, pepper, millet, now):
    return make_session(county, host, went_live_at=now - timedelta(hours=1), line_up=[(pepper, 2990, 86), (millet, 4980, 10)])


@pytest.fixture
def send(client, host, session):
    client.force_login(host)

    def post(kind, at=None, **fields):
        more = {"at": at.isoformat()} if at else {}
        return client.post(f"/my/{session.pk}/tap/", {"kind": kind, **more, **fields})

    return post


def told(client, session):
    return client.get(f"/my/{session.pk}/stage/").content.decode()


def test_four_nexts_in_a_tunnel_have_one_effect_each_in_order(send, session, pepper, millet, now):
    taps = [("a1", pepper, 9), ("a2", millet, 7), ("a3", pepper, 5), ("a4", millet, 3)]
    for _again in range(2):
        statuses = [
            send("pitch", now - timedelta(minutes=ago), tap=tap, product=product.pk).status_code for tap, product, ago in taps
        ]

    assert statuses == [204] * 4
    assert [*session.pitches.values_list("product__title", "tap")] == [(product.title, tap) for tap, product, _ in taps]
    assert session.pitches.filter(ended_at=None).count() == 1


def test_sold_out_and_again_change_the_item_once_each(send, session, pepper):
    send("sold_out", tap="a1", product=pepper.pk)
    send("sold_out", tap="a1", product=pepper.pk)
    assert session.line_up.get(product=pepper).state == "sold_out"

    send("again", tap="a2", product=pepper.pk)
    assert session.line_up.get(product=pepper).state == "listed"
    assert ControlEvent.objects.filter(device="phone").count() == 2


def test_help_is_asked_in_the_words_of_the_button(client, send, session):
    send("help", tap="a1", help="stock")

    event = ControlEvent.objects.get(kind="help")
    assert (event.words, event.device) == ("缺货", "phone")
    assert "求助：缺货。等人来。" in told(client, session)


def test_a_note_from_the_desk_is_shown_until_it_was_seen(client, send, session, staff, now):
    prompt = prompt_host(session, by=staff, at=now, words="再报一次价格")
    assert "再报一次价格" in told(client, session)

    assert [send("seen", tap=tap, about=prompt.pk).status_code for tap in ("a1", "a1", "a2")] == [204] * 3

    assert "再报一次价格" not in told(client, session)
    assert ControlEvent.objects.filter(kind="seen").count() == 1


def test_a_note_of_another_session_is_not_there(send, county, staff, now):
    other = make_session(county, room="R9", went_live_at=now - timedelta(hours=1))
    prompt = prompt_host(other, by=staff, at=now, words="讲慢一点")

    assert send("seen", tap="a1", about=prompt.pk).status_code == 404


def test_an_order_is_written_down_and_taken_back_and_stands_in_the_figures(client, send, session, pepper):
    send("tally", tap="a1", product=pepper.pk, pieces="2", price="29.90")
    send("tally", tap="a2", product=pepper.pk, pieces="1", price="￥30")
    send("take_back", tap="a3", order_no="a2")

    page = client.get(f"/sessions/{session.pk}/figures/?since=").content.decode()
    assert [(order.order_no, order.status) for order in tallies_of(session)] == [("a2", "cancelled"), ("a1", "paid")]
    assert 'data-order="a1"' in page
    assert '<div class="big num">1</div>' in page


def test_without_a_script_a_second_press_of_the_same_page_is_the_same_order(send, session, pepper):
    for page in ("p1", "p1", "p2"):
        assert send("tally", page=page, product=pepper.pk, pieces="1", price="29.90").status_code == 302

    assert tallies_of(session).count() == 2


@pytest.mark.parametrize(
    ("pieces", "price"),
    [("", "29.90"), ("-3", "29.90"), ("1.5", "29.90"), ("两", "29.90"), ("1" * 20, "1"), ("1", "很贵"), ("1", "0")],
)
def test_what_is_no_order_is_refused_with_a_sentence(client, send, session, pepper, pieces, price):
    assert send("tally", tap="a1", product=pepper.pk, pieces=pieces, price=price).status_code == 409

    assert tallies_of(session).count() == 0
    assert 'class="banner bad"' in client.get(f"/my/{session.pk}/").content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "pitch"},
        {"kind": "pitch", "product": "x"},
        {"kind": "pitch", "product": 2**70},
        {"kind": "help", "help": "夜宵"},
        {"kind": "seen", "about": "0"},
        {"kind": "look", "step": "network", "fine": "2"},
        {"kind": "look", "step": "roof", "fine": "1"},
        {"kind": "take_back", "order_no": "x" * 65},
        {"kind": "sold_out\0", "product": 1},
    ],
)  # fmt: skip
def test_what_no_button_sends_changes_nothing(client, host, session, fields):
    client.force_login(host)

    assert client.post(f"/my/{session.pk}/tap/", {"tap": "a1", **fields}).status_code == 400
    assert not ControlEvent.objects.filter(device="phone").exists()


def test_the_door_is_the_hosts_alone(client, county, session, staff, stranger, pepper):
    statuses = set()
    for person in (staff, stranger, make_user("host", county)):
        client.force_login(person)
        statuses |= {client.post(f"/my/{session.pk}/tap/", {"kind": "end"}).status_code}
        statuses |= {client.get(f"/my/{session.pk}/{page}/").status_code for page in ("stage", "preflight")}

    assert statuses == {404}


# --- before and after ---------------------------------------------------------------------------------------------------


@pytest.fixture
def planned(county, host):
    session = make_session(
        county, host, room="R5", line_up=[(make_product(county, title="柿饼", product_class="primary"), 2980, 9)]
    )
    LiveSession.objects.filter(pk=session.pk).update(state="approved")
    session.refresh_from_db()
    return session


def test_the_check_is_answered_item_by_item_and_says_who_looked(client, host, planned, now):
    client.force_login(host)
    address = f"/my/{planned.pk}/tap/"
    client.post(address, {"kind": "look", "step": "network", "fine": "1", "tap": "a1"})
    client.post(address, {"kind": "look", "step": "minors", "fine": "0", "note": "孩子在", "tap": "a2"})
    client.post(address, {"kind": "look", "step": "minors", "fine": "0", "tap": "a3"})

    page = client.get(f"/my/{planned.pk}/preflight/").content.decode()
    assert [*PreflightTick.objects.values_list("step", "is_fine")] == [("network", True), ("minors", False)]
    assert ("1/12" in page, "没好：孩子在" in page, host.name in page) == (True, True, True)
    assert "没好的，请写一个词说哪里不行" in page


def test_the_next_step_leads_from_the_check_to_the_air(client, host, planned, now):
    client.force_login(host)
    page = f"/my/{planned.pk}/"
    assert "开播前还有 12 项没看。" in client.get(page).content.decode()

    refused = client.post(f"{page}tap/", {"kind": "go_live"}, follow=True).content.decode()
    assert "还不能开播：“柿饼”没有承诺达标合格证。" in refused
    assert "先不卖这个" in refused

    client.post(f"{page}tap/", {"kind": "leave_out", "product": planned.line_up.get().product_id})
    assert "这一场先不卖柿饼。" in client.get(page).content.decode()
    client.post(f"{page}tap/", {"kind": "go_live"})

    planned.refresh_from_db()
    assert (planned.state, planned.line_up.get().state) == ("live", "planned")


def test_a_start_that_waited_on_the_phone_has_happened_whatever_lacks_its_papers(client, host, planned, now):
    client.force_login(host)

    answer = client.post(
        f"/my/{planned.pk}/tap/", {"kind": "go_live", "tap": "a1", "at": (now - timedelta(minutes=20)).isoformat()}
    )

    planned.refresh_from_db()
    assert (answer.status_code, planned.state, planned.line_up.get().state) == (204, "live", "planned")


def test_afterwards_the_host_says_how_it_was_and_says_it_anew(client, host, session, send):
    assert send("after", tap="a0", feeling="good").status_code == 409
    send("end", tap="a1")
    assert send("after", tap="a2").status_code == 409
    send("after", tap="a3", feeling="so_so", stock="柿饼卖断了", promises="明天补两箱")
    assert ReviewNote.objects.get().words == "感觉：一般。货：柿饼卖断了。答应观众的：明天补两箱。"

    send("after", tap="a4", feeling="good")
    assert (ReviewNote.objects.get().words, ReviewNote.objects.get().part) == ("感觉：顺利。", "host")
    assert send("after", tap="a5", feeling="bad", stock="货" * 201).status_code == 409
    assert "感觉：顺利。" in client.get(f"/my/{session.pk}/").content.decode()


def test_the_stage_is_sent_again_only_when_it_changed(client, session, send, pepper):
    first = client.get(f"/my/{session.pk}/stage/").content.decode()
    since = first.split('data-since="')[1].split('"')[0]
    assert client.get(f"/my/{session.pk}/stage/?since={since}").status_code == 204

    send("pitch", tap="a1", product=pepper.pk)
    assert client.get(f"/my/{session.pk}/stage/?since={since}").status_code == 200
