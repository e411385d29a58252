"""What somebody may say on the public page of a session. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS_AT_MOST = 500


class ComplaintKind(TextChoices):
    QUALITY = "quality", _("货有问题")
    SHIPPING = "shipping", _("没发货、发错货")
    REFUND = "refund", _("退款退货")
    CLAIM = "claim", _("说的和实际不一样")
    OTHER = "other", pgettext_lazy("complaint", "其他")


class ComplaintState(TextChoices):
    OPEN = "open", pgettext_lazy("complaint", "等答复")
    ANSWERED = "answered", pgettext_lazy("complaint", "已答复")
    CLOSED = "closed", pgettext_lazy("complaint", "已解决")
