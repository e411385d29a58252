"""Who acts in the demo county and beside it. Every name is invented; nobody's phone number begins with 100."""

from __future__ import annotations

from dataclasses import dataclass

from livestream.actions.person import create_user
from livestream.models import Place, User
from livestream.rules.person import Role

COUNTY = "140425"
NEIGHBOUR = "140427"  # the county beside it, in the same city
OTHER_COUNTY = "130529"


@dataclass(frozen=True, slots=True)
class Person:
    """`handle` is what `demo --json` calls somebody who signs in in examples; the others have none."""

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
EVERYBODY = (HOST, STAFF, TRAINER, OTHER_STAFF, GORGE_HOST, CLIFF_HOST, TERRACE_HOST, TOMATO_HOST)


def load_people() -> dict[str, User]:
    """Everybody by phone. Who is there already stays as he is: name, password and all."""
    there = User.objects.in_bulk([person.phone for person in EVERYBODY], field_name="phone")
    for person in EVERYBODY:
        if person.phone not in there:
            there[person.phone] = create_user(
                phone=person.phone,
                name=person.name,
                role=person.role,
                place=Place.objects.get(pk=person.place),
                password=person.password,
                live_name=person.live_name,
            )
    return there
