"""What was pressed, read and said in the demo's big session before anybody looked: a control desk of two, a host on the phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from config.demo.people import DESK_STAFF, HOST, STAFF
from config.demo.viewers import totals
from livestream.actions.audience import Read, note_readings
from livestream.actions.comment import Said, answer_comment, hide_comment, note_comment
from livestream.actions.control import (
    answer_help,
    answer_price,
    ask_help,
    change_stock,
    issue_coupon,
    lose_stream,
    pin_notice,
    prompt_host,
    propose_price,
    reopen_stream,
    see_prompt,
)
from livestream.actions.incident import About, record_incident
from livestream.actions.session import add_room
from livestream.rules.audience import CommentKind, ReadingSource
from livestream.rules.control import Device
from livestream.rules.incident import IncidentKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.demo.cast import Cast
    from livestream.actions.control_log import Press
    from livestream.models import LiveSession

Q = CommentKind
PLATFORM = "wechat"  # most of them watch there, and somebody at the desk types in how many
ACCOUNT = "pingshunhaowu"
# Minutes after the beginning, people online. The stream broke off in minute 27.
ONLINE = (
    (1, 320), (4, 610), (7, 880), (10, 1_120), (13, 1_260), (16, 1_450), (19, 1_610), (22, 1_780), (25, 1_930), (27.5, 1_140),
    (30, 1_690), (33, 2_010), (36, 2_180), (38.5, 2_240),
)  # fmt: skip


class Heard(NamedTuple):
    """A comment: in which minute, what about, with the answer, or why it was hidden."""

    minute: float
    kind: CommentKind
    words: str
    sku: str = ""
    answer: str = ""
    hidden: str = ""


COMMENTS = (
    Heard(3, Q.QUESTION, "今晚下单什么时候发货", answer="今晚下单，48 小时内从平顺发出。"),
    Heard(8, Q.PRAISE, "上回买的花椒真麻，又来了", "DHP-250", answer="谢谢老顾客"),
    Heard(12, Q.COMPLAINT, "上个月的核桃有三个坏的，找谁", "HT-2500", answer="对不起。拍照发给店铺客服，坏几个赔几个。"),
    Heard(15, Q.SPAM, "加群领红包，点我头像", hidden="广告刷屏，和直播无关"),
    Heard(18, Q.QUESTION, "党参是几年的", "LDS-500", answer="三年以上，页面上有检验报告。"),
    Heard(24, Q.PRIVATE, "我住城里东街，电话发给你们客服了", hidden="有个人信息，已请他私信客服"),
    Heard(33, Q.QUESTION, "蜂蜜结晶了是不是坏了", "TFM-500", answer="没坏，天冷就结晶。"),
    Heard(37, Q.QUESTION, "柿饼能放多久", "SB-1000"),
    Heard(39, Q.QUESTION, "老陈醋几度的", "LCC-2400"),
)
CORRECTION = "刚才把花椒的价格说成了 39 块 8，页面上是 35 块 8，以页面为准。多付的我们退。"


@transaction.atomic
def load_on_air(session: LiveSession, cast: Cast) -> None:
    """Once for each evening."""
    room = session.rooms.order_by("pk").first()
    if room is None or session.comments.exists():
        return
    add_room(session, platform=PLATFORM, room_id=room.room_id, account=ACCOUNT)
    _read(session, cast)
    _press(session, cast)
    _hear(session, cast)
    _correct(session, cast)


def _read(session: LiveSession, cast: Cast) -> None:
    began = session.started_at
    reads = [Read(PLATFORM, began + timedelta(minutes=minute), {"online_now": number}) for minute, number in ONLINE]
    watched = round(sum(number for _minute, number in ONLINE) / len(ONLINE) * 60 * ONLINE[-1][0])
    last = reads.pop()
    reads.append(replace(last, counts=dict(last.counts) | totals(session, watched)))
    note_readings(session, reads, source=ReadingSource.TAP, by=cast.people[DESK_STAFF.phone])


def _press(session: LiveSession, cast: Cast) -> None:
    """The desk is run by two; the host answers on the phone."""
    goods = cast.products
    desk, second = _hand(session, cast, STAFF.phone), _hand(session, cast, DESK_STAFF.phone)
    phone = _hand(session, cast, HOST.phone, Device.PHONE)
    pin_notice(session, **desk(5, "坏果包赔，48 小时内发货。每件货谁在卖，页面上都写着。"))
    issue_coupon(session, 500, product=goods["SB-1000"], **second(9, "柿饼减三块，每人一张"))
    slower = prompt_host(session, **desk(16, "讲慢一点"))
    see_prompt(slower, **phone(16.07))
    issue_coupon(session, 50, is_reward=True, **second(20, "福袋：评论里打“党参”，五分钟后开，规则在公告里"))
    asked = ask_help(session, **phone(22, "样品尝完了，再送一包柿饼"))
    answer_help(asked, **second(22.7, "小栗马上送过来"))
    lose_stream(session, **desk(27, "山里信号断了", PLATFORM))
    room = session.rooms.get(platform=PLATFORM)
    reopen_stream(session, room_id=room.room_id, account=ACCOUNT, **desk(27.7, "40 秒后自动接上", PLATFORM))
    change_stock(session, goods["SB-1000"], 3_000, **desk(30, "车当合作社电话里同意备 3,000 份"))
    told = prompt_host(session, **second(34, "库存不多了，提醒大家"))
    see_prompt(told, **phone(34.05))
    proposal = propose_price(session, goods["HT-2500"], 5_290, **desk(37.4, "核桃剩得多，合作社同意让两块"))
    answer_price(proposal, agrees=True, **second(37.9))
    prompt_host(session, **desk(39.4, "再报一次价格"))


def _hand(session: LiveSession, cast: Cast, phone: str, device: Device = Device.DESK) -> Callable[..., Press]:
    """How one of them presses: in which minute, saying what, about which platform."""

    def press(minute: float, words: str = "", platform: str = "") -> Press:
        at = session.started_at + timedelta(minutes=minute)
        made: Press = {"by": cast.people[phone], "at": at, "device": device, "platform": platform}
        return made | {"words": words} if words else made

    return press


def _hear(session: LiveSession, cast: Cast) -> None:
    by = cast.people[DESK_STAFF.phone]
    for heard in COMMENTS:
        at = session.started_at + timedelta(minutes=heard.minute)
        said = Said(heard.words, heard.kind, at, PLATFORM, cast.products[heard.sku] if heard.sku else None)
        comment, _kept = note_comment(session, said, by=by)
        if heard.answer:
            answer_comment(comment, answer=heard.answer, by=by, at=at + timedelta(seconds=40))
        elif heard.hidden:
            hide_comment(comment, reason=heard.hidden, by=by, at=at + timedelta(seconds=15))


def _correct(session: LiveSession, cast: Cast) -> None:
    """The host said a wrong price, and put it right aloud."""
    about = About(product=cast.products["DHP-250"], said=CORRECTION)
    by, at = cast.people[STAFF.phone], session.started_at + timedelta(minutes=13)
    record_incident(session, kind=IncidentKind.CORRECTION_MADE, at=at, note="花椒的价格报错了，主播当场更正", by=by, about=about)
