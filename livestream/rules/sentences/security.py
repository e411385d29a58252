"""What is said when secrets of shops are changed and it cannot be so."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "secret_same": _("新密钥和现在的一样，没有改。请填平台给的新密钥。"),
    "secret_end_past": _("旧密钥停用的时间要晚于现在。要马上停用，就把时间清空。"),
    "secret_end_late": _("旧密钥最多再用 7 天（从换密钥那天算起）。请填早一点的时间。"),
    "secret_none_old": _("旧密钥已经停用了，不能再改它的时间。"),
    "secret_two_already": _("上一次换下来的密钥还有效，不能同时有三个。先清空“旧密钥用到”停用它并保存，再换新的。"),
}
