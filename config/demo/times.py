"""What the demo county has besides people, and when everybody is free: studios, kits, phones, accounts, a series. Invented."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from config.demo.people import CLIFF_HOST, GORGE_HOST, HOST, STAFF, TERRACE_HOST, TOWNSHIP_STAFF
from livestream.actions.availability import keep_hours, rows_of, say_away
from livestream.actions.resource import ResourcePlan, add_resource
from livestream.actions.series import extend_series, make_series
from livestream.actions.session import SessionPlan
from livestream.models import Place, Resource, Series
from livestream.rules.availability import HOURS_OF, Away, Hours, PartOfDay
from livestream.rules.planning import ResourceKind
from livestream.rules.series import SeriesRule, window_of
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from config.demo.cast import Cast

K = ResourceKind
# kind, name, place, setting up, clearing, platform, account, note
THINGS = (
    (K.STUDIO, "电商中心一号直播间", "140425100003", 30, 15, "", "", "二楼东头，绿幕、三盏灯；钥匙在前台"),
    (K.STUDIO, "虹梯关乡直播间", "140425202215", 20, 15, "", "", "乡政府一楼，网线 200 兆"),
    (K.PLACE, "神龙湾观景台", "140425201216", 60, 45, "", "", "下午四点以后山里起雾；停车到村口"),
    (K.KIT, "流动灯光一套", "140425100003", 40, 30, "", "", "两盏柔光灯、一个支架，骑车能带"),
    (K.KIT, "流动灯光二套", "140425202215", 40, 30, "", "", ""),
    (K.PHONE, "直播手机 1", "140425100003", 10, 5, "", "", "电信卡，带散热夹"),
    (K.PHONE, "直播手机 2", "140425202215", 10, 5, "", "", "移动卡，山里信号好一点"),
    (K.ACCOUNT, "平顺好物官方号", "140425", 0, 0, "douyin", "pingshunhaowu", "密码在运营科"),
    (K.ACCOUNT, "平顺好物视频号", "140425", 0, 0, "wechat", "pingshunhaowu", ""),
)
MORNING, AFTERNOON, EVENING = (HOURS_OF[part] for part in PartOfDay)
EVENINGS = [Hours(day, *EVENING) for day in range(1, 8)]
FREE = {
    HOST.phone: [*EVENINGS, *(Hours(day, *AFTERNOON) for day in range(1, 8))],
    GORGE_HOST.phone: [*(Hours(day, *AFTERNOON) for day in range(1, 8)), *EVENINGS],
    TERRACE_HOST.phone: [*EVENINGS, *(Hours(day, *MORNING) for day in range(1, 8))],
}
TITLE, LASTS = "谷雨家的小米晚市", 120
WEEKS_AHEAD = timedelta(weeks=8)
STILL_AHEAD = timedelta(weeks=3)


def load_times(cast: Cast) -> None:
    """What is missing of it; the series goes on for as long as the demo is looked at."""
    load_things()
    load_free_times(cast)
    load_series(cast)


def load_things() -> None:
    for kind, name, place, setup, clearing, platform, account, said in THINGS:
        if not Resource.objects.filter(kind=kind, name=name, county_id=place[:6]).exists():
            add_resource(
                ResourcePlan(kind, name, Place.objects.get(pk=place), platform, account, setup, clearing, said),
            )


def load_free_times(cast: Cast) -> None:
    """As each said, one by a call to the township, one while her walnuts are in."""
    clerk = cast.people[TOWNSHIP_STAFF.phone]
    for phone, hours in FREE.items():
        host = cast.people[phone]
        if not rows_of(host).exists():
            keep_hours(host, hours, by=host, at=cast.now)
    today = timezone.localdate(cast.now)
    cliff = cast.people[CLIFF_HOST.phone]
    if not rows_of(cliff).filter(until_on__gte=today).exists():
        trip = today + timedelta(days=9)
        say_away(cliff, Away(trip, trip + timedelta(days=2), reason="去长治送货"), by=clerk, at=cast.now)
    studio = Resource.objects.get(kind=K.STUDIO, name=THINGS[0][1], county=cast.county)
    if not rows_of(studio).filter(until_on__gte=today).exists():
        repair = today + timedelta(days=16)
        say_away(studio, Away(repair, repair, *MORNING, "换隔音棉"), by=cast.people[STAFF.phone], at=cast.now)


def load_series(cast: Cast) -> Series:
    """Tuesdays and Fridays in the evening, a studio of the township's own light; the last weeks are added when they come near."""
    host, staff = cast.people[TERRACE_HOST.phone], cast.people[STAFF.phone]
    today = timezone.localdate(cast.now)
    series = Series.objects.filter(county=cast.county, title=TITLE).order_by("-until_on").first()
    if series is None:
        rule = SeriesRule(today + timedelta(days=1), today + WEEKS_AHEAD, time(19, 30), LASTS, weekdays=(2, 5))
        window = window_of(rule.from_on, rule.from_time, rule.minutes)
        things = Resource.objects.filter(county=cast.county, name__in=["流动灯光一套", "直播手机 1"])
        plan = SessionPlan(SessionKind.VILLAGE_HOST, TITLE, host, host.place, *window, resources=list(things))
        made = make_series(plan, rule, county=cast.county, by=staff, at=cast.now)
        assert made.series is not None
        return made.series
    if series.until_on < today + STILL_AHEAD:
        extend_series(series, until_on=today + WEEKS_AHEAD, by=staff, at=cast.now)
    return series
