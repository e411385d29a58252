"""What is told to whom, by which way, and when. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from livestream.rules.day import SHANGHAI

if TYPE_CHECKING:
    from datetime import datetime


class NoticeKind(TextChoices):
    PLANNED = "planned", _("新场次")
    CHANGED = "changed", _("时间或地点有变")
    CANCELLED = "cancelled", _("场次取消")
    REMINDER_DAY = "reminder_day", _("明天开播")
    REMINDER_HOUR = "reminder_hour", _("一小时后开播")
    NO_ANSWER = "no_answer", _("还没有回复")
    CANNOT_COME = "cannot_come", _("来不了")
    NOT_LIVE = "not_live", _("到点没开播")
    REQUEST_ASKED = "request_asked", _("等您审批")
    REQUEST_DECIDED = "request_decided", _("审批有了结果")
    TASK_DUE = "task_due", _("任务快到期")
    REVIEW_ACTION = "review_action", _("复盘后要做的事")
    SEAT = "seat", _("有座位了")
    LESSON = "lesson", _("上课的安排和变化")
    LESSON_SOON = "lesson_soon", _("快上课了")
    SCHOOL = "school", _("学堂的事")
    PAPER_ENDS = "paper_ends", _("证件快到期")
    SUBSIDY = "subsidy", _("补贴用完了")
    COMPLAINT = "complaint", _("有人提了意见")
    TEST = "test", _("试发")


class Way(TextChoices):
    INBOX = "inbox", _("站内")
    SMS = "sms", _("短信")
    EMAIL = "email", _("邮件")
    ROBOT = "robot", _("群机器人")


class NoticeState(TextChoices):
    WAITING = "waiting", _("等发送")
    SENDING = "sending", _("正在发送")
    SENT = "sent", _("已发送")
    WITHDRAWN = "withdrawn", _("已撤回")
    FAILED = "failed", _("没发成")


class RobotKind(TextChoices):
    WECOM = "wecom", _("企业微信")
    DINGTALK = "dingtalk", _("钉钉")
    FEISHU = "feishu", _("飞书")


OF_A_VERSION = frozenset({NoticeKind.REMINDER_DAY, NoticeKind.REMINDER_HOUR, NoticeKind.NOT_LIVE})  # of a session
OF_A_HOLD = frozenset({NoticeKind.LESSON_SOON})  # of a version of a hold


class NoticeGroup(TextChoices):
    """What a person chooses his ways for; the inbox gets everything anyhow."""

    PLAN = "plan", _("场次的安排和变化")
    REMINDER = "reminder", _("开播前的提醒")
    WORK = "work", _("要我处理的事")


GROUP_OF: dict[NoticeKind, NoticeGroup] = {
    NoticeKind.PLANNED: NoticeGroup.PLAN,
    NoticeKind.CHANGED: NoticeGroup.PLAN,
    NoticeKind.CANCELLED: NoticeGroup.PLAN,
    NoticeKind.REMINDER_DAY: NoticeGroup.REMINDER,
    NoticeKind.REMINDER_HOUR: NoticeGroup.REMINDER,
    NoticeKind.NO_ANSWER: NoticeGroup.WORK,
    NoticeKind.CANNOT_COME: NoticeGroup.WORK,
    NoticeKind.NOT_LIVE: NoticeGroup.WORK,
    NoticeKind.REQUEST_ASKED: NoticeGroup.WORK,
    NoticeKind.REQUEST_DECIDED: NoticeGroup.WORK,
    NoticeKind.TASK_DUE: NoticeGroup.WORK,
    NoticeKind.REVIEW_ACTION: NoticeGroup.WORK,
    NoticeKind.SEAT: NoticeGroup.PLAN,
    NoticeKind.LESSON: NoticeGroup.PLAN,
    NoticeKind.LESSON_SOON: NoticeGroup.REMINDER,
    NoticeKind.SCHOOL: NoticeGroup.PLAN,
    NoticeKind.PAPER_ENDS: NoticeGroup.WORK,
    NoticeKind.SUBSIDY: NoticeGroup.WORK,
    NoticeKind.COMPLAINT: NoticeGroup.WORK,
    NoticeKind.TEST: NoticeGroup.WORK,
}
# Who said nothing: a host in a field has no other way than a text message, staff sit at the desk where the inbox is.
SMS_UNLESS_SAID = (NoticeGroup.PLAN, NoticeGroup.REMINDER)
EMAIL_UNLESS_SAID = tuple(NoticeGroup)

# How long before the session a reminder leaves, and until how long before it is worth sending.
REMINDERS: dict[NoticeKind, tuple[timedelta, timedelta]] = {
    NoticeKind.REMINDER_DAY: (timedelta(hours=24), timedelta(hours=1)),
    NoticeKind.REMINDER_HOUR: (timedelta(hours=1), timedelta(0)),
}
LATE_AFTER = timedelta(minutes=5)  # not on air so long after its time: staff are told
TEXT_AT_MOST = 500
WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


def reminder_text(title: str, starts_at: datetime, place: str) -> str:
    """Names the day and the clock, so that it is right whenever it is read."""
    return gettext("{when}《{title}》开播，地点：{place}。请提前到场。").format(when=clock(starts_at), title=title, place=place)


def clock(moment: datetime) -> str:
    """`11月25日周三 19:00`, in Shanghai."""
    local = moment.astimezone(SHANGHAI)
    return gettext("{month}月{day}日{weekday} {time}").format(
        month=local.month, day=local.day, weekday=WEEKDAYS[local.weekday()], time=f"{local:%H:%M}"
    )


# --- leaving ---------------------------------------------------------------------------------------------------------------

TRIES_AT_MOST = 5
LEASE = timedelta(minutes=3)  # a sender that holds a notice longer is taken for dead, and another one sends it
FIRST_PAUSE = timedelta(minutes=1)  # then 4, 16 and 64
BUSY_PAUSE = timedelta(minutes=10)  # 钉钉 silences a robot that says too much for ten minutes
ROBOT_PAUSE = timedelta(seconds=4)  # 15 messages a minute, where 20 are allowed
KEPT_FOR = timedelta(days=180)
SIGNED = "【村播】"  # whoever sends text messages in China names himself in front
SMS_CHARACTERS = 70  # one message; longer ones are split by the network into pieces of 67


def pause_after(tries: int) -> timedelta:
    """How long until a notice that did not leave is tried again."""
    longer: int = 4 ** max(tries - 1, 0)
    return FIRST_PAUSE * longer


def sms_text(text: str, address: str = "") -> str:
    """`【村播】11月25日周三 19:00《…》开播… https://…`. An address that would make two messages of one is left out, unless it is
    the one to answer at (`/c/`) or the way in (`/t/`): what there is to know stands in the text."""
    signed = SIGNED + text
    if not address:
        return signed
    with_address = f"{signed} {address}"
    return with_address if len(with_address) <= SMS_CHARACTERS or is_open(address) else signed


def is_open(link: str) -> bool:
    """Whether this address opens without a login: it carries its own token, and must not be shortened."""
    return "/c/" in link or "/t/" in link
