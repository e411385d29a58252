"""The county's year: in most months a top leader went on air, each month another one. Every name is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from config.demo.scripts import HEAD
from config.demo.sessions import put_on
from livestream.models import LiveSession
from livestream.rules.day import SHANGHAI
from livestream.rules.session import GuestRank, SessionKind

if TYPE_CHECKING:
    from config.demo.cast import Cast
    from config.demo.scripts import Script

# Month: the leader, the office, the theme, the goods. No leader came in March and in August: the quota says so.
LEADERS: dict[int, tuple[str, str, str, tuple[str, ...]]] = {
    1: ("郗砚田", "县委书记", "县委书记请您尝年货", ("SZ-1000", "HXM-2500", "LCC-2400")),
    2: ("逯春生", "县人大常委会主任", "正月里的太行山货", ("SB-1000", "HT-2500", "SZ-1000")),
    4: ("栗雁翎", "县政协主席", "清明新芽：连翘叶茶上新", ("LQC-120", "TFM-500", "DSP-150")),
    5: ("宋岱宗", "长治市副市长、挂职县长", "劳动节助农专场", ("HXM-2500", "MLS-4500", "LDS-500")),
    6: ("申屠麦", "长治市市长", "市长带您看麦收", ("SZ-1000", "HXM-2500", "LCC-2400")),
    7: ("元好畤", "黎城县县长", "邻县来串门：两县好物", ("DHP-250", "HJY-265", "HT-2500")),
    9: ("和秋实", "壶关县县长", "丰收节：太行两县丰收场", ("HXM-2500", "DHP-250", "MLS-4500")),
    10: ("卫喆", "长治市委书记", "党参开挖第一天", ("LDS-500", "DSP-150", "LQC-120")),
    11: ("郝淜", "武乡县县长", "小雪时节话小米", ("HXM-2500", "SZ-1000", "LCC-2400")),
    12: ("仝㛃", "襄垣县县长", "冬至喝一碗羊肉党参汤", ("LDS-500", "TFM-500", "SZ-1000")),
}
DAY, BEGINS = 16, time(19, 30)


def load_year(cast: Cast) -> None:
    """The county heads' sessions of this year's past months; a month in which one was on air keeps what it has."""
    today = cast.now.astimezone(SHANGHAI).date()
    for month in range(1, today.month):
        began = datetime.combine(today.replace(month=month, day=DAY), BEGINS, SHANGHAI).astimezone(UTC)
        if month in LEADERS and not _is_covered(cast, began):
            put_on(_script(month), cast, began=began)


def _is_covered(cast: Cast, of_month: datetime) -> bool:
    first = of_month.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0)
    following = (first + timedelta(days=31)).replace(day=1)
    heads = LiveSession.objects.aired().filter(county=cast.county, kind=SessionKind.COUNTY_HEAD)
    return heads.filter(went_live_at__gte=first, went_live_at__lt=following).exists()


def _script(month: int) -> Script:
    name, office, title, skus = LEADERS[month]
    return replace(
        HEAD,
        title=title,
        skus=skus,
        guests=((name, office, GuestRank.TOP),),
        lasts=timedelta(minutes=60),
        orders_a_minute=0.5,
        goal_fen=300_000,
        stock=(),
        has_sheet=False,
    )
