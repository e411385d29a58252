"""Viewers and their comments, in words: where a number came from, what a comment is about. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReadingSource(TextChoices):
    TAP = "tap", _("手工记")
    FILE = "file", pgettext_lazy("reading", "平台文件")
    API = "api", pgettext_lazy("reading", "平台接口")


class CommentKind(TextChoices):
    QUESTION = "question", _("问题")
    PRAISE = "praise", _("好评")
    COMPLAINT = "complaint", _("意见和投诉")
    ABUSE = "abuse", _("辱骂")
    SPAM = "spam", _("广告刷屏")
    PRIVATE = "private", _("个人信息")
    FALSE = "false", _("谣言")


class CommentState(TextChoices):
    OPEN = "open", pgettext_lazy("comment", "还没答")
    ANSWERED = "answered", pgettext_lazy("comment", "已答")
    HIDDEN = "hidden", pgettext_lazy("comment", "已隐藏")
