"""Who acts in the demo county and beside it. Every name is invented; nobody's phone number begins with 100."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from livestream.actions.person import Names, Position, create_user
from livestream.models import Place, User
from livestream.rules.giving import DATED
from livestream.rules.person import Role

if TYPE_CHECKING:
    from datetime import date

COUNTY = "140425"
CITY = "1404"
TOWNSHIP = "140425202"
NEIGHBOUR = "140427"  # the county beside it, in the same city
OTHER_COUNTY = "130529"


@dataclass(frozen=True, slots=True)
class Person:
    """`handle` is what `demo --json` calls somebody who signs in in examples; others have none. Somebody without a password is
    invited and has not joined."""

    phone: str
    password: str
    name: str
    role: Role
    place: str
    live_name: str = ""
    handle: str = ""


HOST = Person("10014042501", "taihang-shanli-renjia", "路小峧", Role.HOST, "140425202215", "山里人家", "host")
STAFF = Person("10014042502", "pingshun-dianshang-ban", "郭㛃", Role.STAFF, COUNTY, handle="staff")
TRAINER = Person("10014042503", "cunbo-yexiao-kaike", "阿依古丽·热合曼", Role.TRAINER, COUNTY, handle="trainer")
OTHER_STAFF = Person("10013052901", "julu-jinyinhua-kaile", "解丰年", Role.STAFF, OTHER_COUNTY, handle="other_county_staff")
GORGE_HOST = Person("10014042511", "shenlongwan-yunhai-18", "原石榴", Role.HOST, "140425201216", "神龙湾的石榴")
CLIFF_HOST = Person("10014042512", "yuejiazhai-shibanfang", "秦喆", Role.HOST, "140425102213", "岳家寨花椒哥")
TERRACE_HOST = Person("10014042513", "miaozhuang-heixiaomi-7", "牛谷雨", Role.HOST, "140425103200", "谷雨家的小米")
TOMATO_HOST = Person("10014042711", "nanpingtouwu-handi-3", "申垚", Role.HOST, "140427203208", "旱地柿子申姐")
APPROVER = Person("10014042504", "shenpi-kandekan-xiangdui", "申秉正", Role.APPROVER, COUNTY, handle="approver")
EXPORTER = Person("10014042505", "daochu-yiding-xieqing", "路细数", Role.EXPORTER, COUNTY, handle="exporter")
AUDITOR = Person("10014042506", "chazhang-zhikan-bugai", "岳明查", Role.AUDITOR, COUNTY, handle="auditor")
COMMISSIONER = Person("10014042507", "keji-tepaiyuan-xiacun", "冯下乡", Role.COMMISSIONER, COUNTY, handle="commissioner")
TOWNSHIP_STAFF = Person("10014042508", "hongtiguan-xiang-dianshang", "牛虹梯", Role.STAFF, TOWNSHIP, handle="township_staff")
DESK_STAFF = Person("10014042509", "zhongkongtai-liangge-ren", "栗场记", Role.STAFF, COUNTY, handle="second_staff")
CITY_STAFF = Person("10014040001", "changzhi-quanshi-yipan", "申长治", Role.STAFF, CITY, handle="city_staff")
INVITED_HOST = Person("10014042514", "", "杨麦穗", Role.HOST, "140425202213", "麦穗的山货")
NEW_ROLES = (APPROVER, EXPORTER, AUDITOR, COMMISSIONER, TOWNSHIP_STAFF, CITY_STAFF, DESK_STAFF, INVITED_HOST)
A_TERM = timedelta(days=364)
EVERYBODY = (STAFF, HOST, TRAINER, OTHER_STAFF, *NEW_ROLES, GORGE_HOST, CLIFF_HOST, TERRACE_HOST, TOMATO_HOST)


def load_people(today: date) -> dict[str, User]:
    """Everybody by phone. Who is there already stays as he is: name, password and all; but nobody's term is over."""
    there = User.objects.in_bulk([person.phone for person in EVERYBODY], field_name="phone")
    for person in EVERYBODY:
        if person.phone not in there:
            there[person.phone] = create_user(
                person.phone, Names(person.name, person.live_name), position_of(person, today), password=person.password or None
            )
    User.objects.filter(phone__in=there, until_on__lt=today).update(from_on=today, until_on=today + A_TERM)
    return there


def position_of(person: Person, today: date) -> Position:
    """Whoever is sent for a time came a month ago and stays most of a year."""
    place = Place.objects.get(pk=person.place)
    if person.role not in DATED:
        return Position(person.role, place)
    came_on = today - timedelta(days=30)
    return Position(person.role, place, came_on, came_on + A_TERM)
