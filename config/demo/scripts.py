"""What is acted: each session of the demo as a script, whenever it is put on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from config.demo.people import CLIFF_HOST, GORGE_HOST, HOST, TERRACE_HOST, TOMATO_HOST, Person
from livestream.rules.session import GuestRank, SessionKind


@dataclass(frozen=True, slots=True)
class Script:
    """One session. `stock`: pieces committed for each of the first goods; the others have no limit. `has_sheet`: its
    line-up sheet is filled in."""

    kind: SessionKind
    title: str
    host: Person
    place: str
    account: str
    skus: tuple[str, ...]
    lasts: timedelta
    orders_a_minute: float = 0
    goal_fen: int | None = None
    guests: tuple[tuple[str, str, str], ...] = ()
    stock: tuple[int | None, ...] = ()
    has_sheet: bool = False


HEAD = Script(
    SessionKind.COUNTY_HEAD,
    "县长来了：平顺好物上太行",
    HOST,
    "140425100",
    "shanlirenjia",
    ("LDS-500", "DHP-250", "HXM-2500", "SB-1000", "TFM-500", "LQC-120", "HT-2500", "LCC-2400", "MLS-4500", "SZ-1000"),
    timedelta(hours=3),
    orders_a_minute=6,
    goal_fen=50_000_000,
    guests=(
        ("武㛃", "县委副书记、县长", GuestRank.TOP),
        ("韩谷川", "副县长", GuestRank.DEPUTY),
        ("申喆", "潞党参种植能手", GuestRank.OTHER),
    ),
    stock=(20_000, 12_000, 8_000, None, 240),  # the honey sells out before the evening is over
    has_sheet=True,
)
GORGE = Script(
    SessionKind.VILLAGE_HOST,
    "神龙湾云上党参地头直播",
    GORGE_HOST,
    "140425201216",
    "shenlongwan18",
    ("LDS-500", "DSP-150", "LQC-120", "TFM-500", "SZ-1000"),
    timedelta(hours=2),
    orders_a_minute=1.2,
)
CLIFF = Script(
    SessionKind.VILLAGE_HOST,
    "岳家寨石板房里卖花椒",
    CLIFF_HOST,
    "140425102213",
    "yuejiazhai",
    ("DHP-250", "HJY-265", "HT-2500", "SB-1000"),
    timedelta(hours=2),
    orders_a_minute=1.2,
)
TOMORROW = Script(
    SessionKind.VILLAGE_HOST,
    "带霜柿饼开晒第一夜",
    HOST,
    "140425203201",
    "shanlirenjia",
    ("SB-1000", "HT-2500", "HXM-2500", "TFM-500", "LCC-2400"),
    timedelta(hours=2),
    goal_fen=3_000_000,
    stock=(1_500, 800, 600, 120, 400),
    has_sheet=True,
)
LAST_WEEK = Script(
    SessionKind.VILLAGE_HOST,
    "苗庄黑小米开镰专场",
    TERRACE_HOST,
    "140425103200",
    "guyujia",
    ("HXM-2500", "SZ-1000", "MLS-4500", "LCC-2400", "LQC-120"),
    timedelta(minutes=150),
    orders_a_minute=1.4,
    goal_fen=2_000_000,
    stock=(600,),
    has_sheet=True,
)
# What each host of this evening sold the last time: the board compares the pace.
BEFORE = (
    Script(
        SessionKind.VILLAGE_HOST,
        "青羊镇赶集日：山货第一茬",
        HOST,
        "140425100",
        "shanlirenjia",
        ("HXM-2500", "DHP-250", "HT-2500", "SB-1000", "LQC-120", "LDS-500"),
        timedelta(minutes=90),
        orders_a_minute=1.6,
    ),
    Script(
        SessionKind.VILLAGE_HOST,
        "神龙湾雨后采连翘叶茶",
        GORGE_HOST,
        "140425201216",
        "shenlongwan18",
        ("LQC-120", "LDS-500", "DSP-150"),
        timedelta(minutes=90),
        orders_a_minute=0.9,
    ),
    Script(
        SessionKind.VILLAGE_HOST,
        "岳家寨花椒油头一榨",
        CLIFF_HOST,
        "140425102213",
        "yuejiazhai",
        ("HJY-265", "DHP-250", "HT-2500"),
        timedelta(minutes=90),
        orders_a_minute=0.7,
    ),
)
NEXT_DOOR = Script(
    SessionKind.VILLAGE_HOST,
    "南平头坞旱地西红柿收官场",
    TOMATO_HOST,
    "140427203208",
    "handishizi",
    ("HGXHS-2500", "HGXJ-420", "HGDS-250"),
    timedelta(minutes=75),
    orders_a_minute=0.8,
)
