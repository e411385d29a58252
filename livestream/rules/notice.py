"""What is told to whom, by which way, and when. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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


OF_A_VERSION = frozenset({NoticeKind.REMINDER_DAY, NoticeKind.REMINDER_HOUR, NoticeKind.NOT_LIVE})
