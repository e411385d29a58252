"""Viewers: taps of a phone and a desk, a platform's file with a look before, what is shown; bad input and other counties."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from livestream.actions.audience import Read, newest_readings, note_reading, note_readings
from livestream.actions.session import end_session
from livestream.models import ItemReading, ViewerReading
from livestream.rules.audience import ReadingSource, Windows
from livestream.rules.errors import NotAllowed
from orders.actions.viewers import pull_viewers
from orders.models import Shop
from orders.platforms.viewers import practice
from tests.factories import make_product, make_session, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(county, host, now):
    product = make_product(county, title="潞党参", sku="LDS")
    began = (now - timedelta(hours=1)).replace(second=0, microsecond=0)
    return make_session(county, host, went_live_at=began, line_up=[(product, 5980, None)])


def kept(session):
    found = ViewerReading.objects.filter(session=session).order_by("pk")
    return list(found.values_list("platform", "source", "online_now", "by__role"))


def test_a_tap_of_the_phone_counts_once_and_a_late_one_at_its_own_moment(client, host, live):
    client.force_login(host)
    there, at = f"/my/{live.pk}/viewers/", live.went_live_at + timedelta(minutes=7)
    tap = {"platform": "douyin", "online_now": "128", "tap": "t1", "at": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"}

    codes = [client.post(there, tap).status_code for _ in range(3)]
    codes.append(client.post(there, tap | {"tap": "t2", "at": "1999-01-01T00:00:00.0Z"}).status_code)
    codes.append(client.post(there, tap | {"tap": "t3", "online_now": "-1"}).status_code)

    assert codes == [204, 204, 204, 204, 400]
    assert kept(live) == [("douyin", "tap", 128, "host")] * 2
    first, second = ViewerReading.objects.order_by("pk")
    assert (first.read_at, second.read_at > live.went_live_at + timedelta(minutes=50)) == (at, True)


def test_without_a_script_a_form_pressed_twice_is_one_tap(client, staff, live):
    client.force_login(staff)
    there = f"/sessions/{live.pk}/viewers/"
    form = {"platform": "douyin", "online_now": "99", "page": "p1"}

    codes = [client.post(there, form).status_code for _ in range(2)] + [
        client.post(there, form | {"online_now": "100"}).status_code
    ]

    assert codes == [302, 302, 302]
    assert [row[2] for row in kept(live)] == [99, 100]


@pytest.mark.parametrize("typed", ["", "很多", "-3", "1e3", "999999999", "1\0", "１２８", "12.5"])
def test_bad_numbers_are_said_and_nothing_is_kept(client, staff, live, typed):
    client.force_login(staff)

    answer = client.post(f"/sessions/{live.pk}/viewers/", {"platform": "douyin", "online_now": typed})

    if typed == "１２８":  # full-width digits are digits
        assert [row[2] for row in kept(live)] == [128]
    else:
        assert (answer.status_code, kept(live)) == (422, [])
        assert answer.context["form"].errors["online_now"]


def test_after_the_end_nobody_is_online_but_totals_may_come(live, staff, now):
    end_session(live, at=now)
    live.refresh_from_db()
    later = now + timedelta(days=1)

    def note(**counts):
        return note_reading(live, platform="douyin", source=ReadingSource.FILE, read_at=later, by=staff, **counts)

    assert note(view_uv=5).view_uv == 5
    with pytest.raises(NotAllowed, match="没有在直播"):
        note(online_now=5)


def test_each_platform_has_its_age_windows_peak_and_average(live, staff):
    began = live.went_live_at
    at = began + timedelta(minutes=40)
    rows = [("douyin", 15, {"online_now": 100}), ("douyin", 25, {"online_now": 200}), ("douyin", 35, {"online_now": 300}),
            ("douyin", 35, {"watch_seconds": 35 * 60 * 150, "view_uv": 900}), ("kuaishou", 20, {"online_now": 80})]  # fmt: skip
    reads = [Read(platform, began + timedelta(minutes=minute), counts) for platform, minute, counts in rows]
    note_readings(live, reads, source=ReadingSource.TAP, by=staff)

    douyin, kuaishou = newest_readings(live, at=at)

    assert (douyin.reading.online_now, douyin.age, douyin.is_stale) == (300, timedelta(minutes=5), False)
    assert (douyin.windows, douyin.peak.online, douyin.typical, douyin.average) == (Windows(300, 200), 300, 200, 150)
    assert (kuaishou.age, kuaishou.is_stale, kuaishou.average) == (timedelta(minutes=20), True, None)


def test_the_page_never_sums_platforms_and_says_how_old_numbers_are(client, staff, live):
    for platform, minute in (("douyin", 55), ("kuaishou", 20)):
        read_at = live.went_live_at + timedelta(minutes=minute)
        note_reading(live, platform=platform, source=ReadingSource.TAP, read_at=read_at, by=staff, online_now=1234)
    client.force_login(staff)

    page = client.get(f"/sessions/{live.pk}/viewers/").content.decode()

    assert page.count("1,234") >= 2
    assert "2,468" not in page
    assert ("不能相加当人数" in page, page.count("旧了，请再记一次")) == (True, 1)
    fragment = client.get(f"/sessions/{live.pk}/viewers/?part=now")
    stamp = fragment.context["crowd_stamp"]
    assert client.get(f"/sessions/{live.pk}/viewers/?part=now&since={stamp}").status_code in {204, 200}  # 200: a minute turned


def book(*rows):
    made = io.BytesIO()
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(made)
    return SimpleUploadedFile("罗盘.xlsx", made.getvalue())


def test_a_file_is_looked_at_then_noted_once_and_wrong_rows_are_named(client, staff, live):
    client.force_login(staff)
    clock = timezone.localtime(live.went_live_at + timedelta(minutes=10))
    head = ["时间", "实时在线人数", "观看人数", "点赞"]
    rows = [[f"{clock:%Y-%m-%d %H:%M}", "1,200", 5000, 7], [f"{clock:%H:%M}", "很多", "", ""], ["合计", 9, 9, 9]]
    there = f"/sessions/{live.pk}/viewers/file/"

    look = client.post(there, {"platform": "douyin", "file": book(["直播数据"], head, *rows)})

    assert (look.context["look"].new, look.context["others"], kept(live)) == (1, ("点赞",), [])
    assert [(row.number, row.problem[:12]) for row in look.context["wrong"]] == [
        (4, "“实时在线”里的“很多”"),
        (5, "这一行是合计，不记。"),
    ]
    for _ in range(2):
        assert client.post(f"{there}keep/", {"carried": look.context["carried"]}).status_code == 302
    assert kept(live) == [("douyin", "file", 1200, "staff")]
    again = client.post(there, {"platform": "douyin", "file": book(head, *rows)})
    assert (again.context["look"].new, again.context["look"].known) == (0, 1)


def test_a_file_about_goods_is_one_reading_with_all_of_them(client, staff, live):
    client.force_login(staff)
    text = "商品名称,商品曝光人数,商品点击人数\n潞党参,1000,120\nLDS,9,9\n没有的货,5,1\n".encode()
    there = f"/sessions/{live.pk}/viewers/file/"

    look = client.post(there, {"platform": "douyin", "file": SimpleUploadedFile("a.csv", text.replace(b"LDS,9,9\n", b""))})

    assert [row.problem for row in look.context["wrong"]] == ["这一场的排品里没有“没有的货”。"]
    client.post(f"{there}keep/", {"carried": look.context["carried"]})
    assert list(ItemReading.objects.values_list("product__title", "exposure_uv", "click_uv")) == [("潞党参", 1000, 120)]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"PK\x03\x04 broken", "打不开"),
        ("a.csv", b"", "空的"),
        ("a.csv", b"x" * 2_000_001, "最大 2 MB"),
        ("a.csv", "没有,表头\n1,2\n".encode(), "没有找到表头"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧式的"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(client, staff, live, name, data, words):
    client.force_login(staff)

    answer = client.post(f"/sessions/{live.pk}/viewers/file/", {"platform": "douyin", "file": SimpleUploadedFile(name, data)})

    assert answer.status_code == 422
    assert words in str(answer.context["file_form"].errors)


def test_who_may_see_and_who_may_note(client, live, staff, trainer, stranger, host, other_county):
    seen = {}
    for name, user in {"staff": staff, "trainer": trainer, "stranger": stranger, "host": host}.items():
        client.force_login(user)
        there = f"/sessions/{live.pk}/viewers/"
        form = {"platform": "douyin", "online_now": "1"}
        seen[name] = [
            client.get(there).status_code,
            client.post(there, form).status_code,
            client.get(f"/my/{live.pk}/viewers/").status_code,
        ]

    assert seen == {"staff": [200, 302, 404], "trainer": [200, 403, 404], "stranger": [404, 404, 404], "host": [403, 403, 200]}


def test_only_practice_shops_report_by_themselves_once_a_minute(county, live):
    at = timezone.now()
    make_shop(county, "douyin", is_practice=True)

    assert [pull_viewers(at), pull_viewers(at), pull_viewers(at + timedelta(minutes=1))] == [1, 1, 1]
    assert [row[:2] for row in kept(live)] == [("douyin", "api")] * 2
    Shop.objects.filter(county=county).update(is_practice=False)
    assert pull_viewers(at + timedelta(minutes=2)) == 0


def test_the_practice_room_says_the_same_at_the_same_second_and_its_sums_never_fall(now):
    began = now - timedelta(hours=2)
    said = [practice("R1", began=began, at=began + timedelta(minutes=minute)) for minute in range(0, 120, 7)]

    assert said == [practice("R1", began=began, at=one.read_at) for one in said]
    assert [one.view_pv for one in said] == sorted(one.view_pv for one in said)
    assert all(one.view_uv <= one.view_pv for one in said)
