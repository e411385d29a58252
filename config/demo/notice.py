"""What the demo county told its people of late: the inboxes are no empty pages. Nothing of it leaves the machine."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from config.demo.people import GORGE_HOST, HOST, STAFF
from livestream.models import Notice
from livestream.rules.notice import NoticeKind, NoticeState, Way

if TYPE_CHECKING:
    from config.demo.cast import Cast
    from config.demo.people import Person

HOUR = timedelta(hours=1)


class Told(NamedTuple):
    """Who was told what, how long ago, and whether he has read it."""

    person: Person
    kind: NoticeKind
    text: str
    hours_ago: int
    link: str
    is_read: bool = False


TOLD = (
    Told(HOST, NoticeKind.REMINDER_DAY, "明天有您的直播。请提前一小时到场，带上样品。", 3, "/my/"),
    Told(HOST, NoticeKind.CHANGED, "周五的直播从 19:00 改到 19:30，还在红梯关乡电商服务站。", 26, "/my/"),
    Told(HOST, NoticeKind.PLANNED, "给您排了一场新的直播：周五 19:00，在红梯关乡电商服务站。", 74, "/my/", is_read=True),
    Told(GORGE_HOST, NoticeKind.CANCELLED, "周二的直播取消了：神龙湾那边停电检修。", 8, "/my/"),
    Told(STAFF, NoticeKind.CANNOT_COME, "神龙湾的石榴来不了周六的直播：家里收党参，走不开。", 2, "/plan/"),
    Told(STAFF, NoticeKind.NO_ANSWER, "岳家寨花椒哥还没有回复周五的直播，请打个电话。", 20, "/plan/"),
    Told(STAFF, NoticeKind.TASK_DUE, "党参节的预播海报明天到期。", 50, "/plan/", is_read=True),
)


@transaction.atomic
def load_notices(cast: Cast) -> None:
    """Once: who has cleared them away does not get them again."""
    if Notice.objects.filter(county=cast.county, text=TOLD[0].text).exists():
        return
    over = Notice.objects.filter(county=cast.county, session__planned_start_at__lt=cast.now, read_at=None)
    over.update(read_at=cast.now)  # what was told of the year that is loaded with it
    Notice.objects.bulk_create(
        Notice(
            county=cast.county,
            kind=told.kind,
            way=Way.INBOX,
            person=cast.people[told.person.phone],
            text=told.text,
            link=told.link,
            due_at=cast.now - told.hours_ago * HOUR,
            sent_at=cast.now - told.hours_ago * HOUR,
            state=NoticeState.SENT,
            read_at=cast.now - (told.hours_ago - 1) * HOUR if told.is_read else None,
        )
        for told in TOLD
    )
