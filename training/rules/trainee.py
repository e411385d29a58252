"""What is asked of a trainee, in the words of the training ledger (培训台账 item 3). Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sex(TextChoices):
    FEMALE = "female", _("女")
    MALE = "male", _("男")


class Category(TextChoices):
    """Whom the class is for. Whether a household gets support is no category: it is sensitive and lies encrypted (W23)."""

    FARMER = "farmer", _("农户")
    COOPERATIVE = "cooperative", _("合作社社员")
    MERCHANT = "merchant", _("电商从业者")
    KEEPER = "keeper", _("服务站站长")
    CADRE = "cadre", _("村干部")
    VETERAN = "veteran", _("退役军人")
    GRADUATE = "graduate", _("高校毕业生")
    JOBLESS = "jobless", _("待业人员")
    OTHER = "other", pgettext_lazy("category", "其他")


class Education(TextChoices):
    PRIMARY = "primary", _("小学及以下")
    MIDDLE = "middle", _("初中")
    HIGH = "high", _("高中或中专")
    COLLEGE = "college", _("大专")
    BACHELOR = "bachelor", _("本科及以上")


class Support(TextChoices):
    """Household support: sensitive (个人信息保护法 art. 28), encrypted, only sums of it are shown."""

    LIFTED = "lifted", _("脱贫户")
    MONITORED = "monitored", _("监测户")
    NONE = "none", pgettext_lazy("support", "都不是")


class AgeBand(TextChoices):
    MINOR = "16-17", _("16–17 岁")
    YOUNG = "18-29", _("18–29 岁")
    THIRTIES = "30-39", _("30–39 岁")
    FORTIES = "40-49", _("40–49 岁")
    FIFTIES = "50-59", _("50–59 岁")
    OLDER = "60+", _("60 岁及以上")
