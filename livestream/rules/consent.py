"""What a host may allow and take back, in the words that are shown when it is asked.

个人信息保护法 art. 14–16: consent is informed, given for each purpose, and taken back as easily as given; nobody is refused
anything for not giving it. Art. 25: personal information is published only with separate consent.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

TEXT_VERSION = 2  # one more whenever a sentence below changes its meaning


class ConsentKind(TextChoices):
    PUBLISH_NAME = "publish_name", _("公开写我的名字")
    PORTRAIT = "portrait", _("用我的照片做宣传")
    FIGURES = "figures", _("公开我的成绩")
    RECORDING = "recording", _("上课放我的直播录像")


class ConsentWay(TextChoices):
    PHONE = "phone", _("本人在手机上")
    PAPER = "paper", _("本人签字的纸")
    JOINING = "joining", _("加入时")


EXPLANATIONS = {
    ConsentKind.PUBLISH_NAME: _("大屏上没有直播间名时写姓名。不同意，就写“主播”。"),
    ConsentKind.PORTRAIT: _("海报、网页和朋友圈里可以有您的照片，公开页上可以看您的直播回放。"),
    ConsentKind.FIGURES: _("县里的介绍和评比里可以写您卖了多少。"),
    ConsentKind.RECORDING: _("讲师可以在课上放您的直播录像给别人看。"),
}


# From which version of the words on a consent covers what pages do with it; the others cover it since the first.
COVERS_SINCE = {ConsentKind.PORTRAIT: 2}  # recordings on the public page of a session


def covers(kind: ConsentKind, *, is_given: bool, text_version: int) -> bool:
    """Whether the last word somebody said on this allows it: nobody said more than he was asked."""
    return is_given and text_version >= COVERS_SINCE.get(kind, 1)
