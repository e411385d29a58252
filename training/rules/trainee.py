"""What is asked of a trainee, in the words of the training ledger (培训台账 item 3); how old he must be. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.age import ADULT, OLDEST, YOUNGEST, age_on
from livestream.rules.errors import NotAllowed
from livestream.rules.person import NAME_AT_MOST
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from datetime import date

CONSENT_VERSION = 1  # one more whenever the sentence below changes its meaning
CONSENT_TEXT = _(
    "我同意学堂登记我的姓名、手机号、村和填写的资料，用来排班、点名、发证、回访和上级抽查。随时可以到学堂要求查看、改正、撤回或删除。"
)


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


BANDS = ((18, AgeBand.MINOR), (30, AgeBand.YOUNG), (40, AgeBand.THIRTIES), (50, AgeBand.FORTIES), (60, AgeBand.FIFTIES))


def age_band(birth_year: int | None, on: date) -> AgeBand | None:
    """By the years alone, as a sum is made; None where nobody knows, or for somebody under 16."""
    age = on.year - birth_year if birth_year else 0
    if age < YOUNGEST:
        return None
    return next((band for above, band in BANDS if age < above), AgeBand.OLDER)


def check_age(birth_on: date | None, birth_year: int | None, guardian_evidence: str, on: date) -> None:
    """Under 16 nobody is taken, from 16 to 18 with the guardian's paper (未成年人保护法; the house asks it of a class too). Where
    only the year is known and 18 is not certain, the day is asked for. Raises NotAllowed(`trainee_too_young`,
    `trainee_guardian`, `trainee_birth`)."""
    if birth_on is None:
        if birth_year is not None and on.year - birth_year <= ADULT:
            raise NotAllowed("trainee_too_young" if on.year - birth_year < YOUNGEST else "trainee_birth")
        return
    age = age_on(birth_on, on)
    if age < YOUNGEST:
        raise NotAllowed("trainee_too_young")
    if age < ADULT and not guardian_evidence:
        raise NotAllowed("trainee_guardian")


def is_birth(born: date, on: date) -> bool:
    """Whether somebody who lives today can be born that day."""
    return born <= on and age_on(born, on) <= OLDEST


BLANK_IN_NAME = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
DOTS = re.compile(r"[•・‧∙⋅。]|(?<=[^\x00-\x7f])\.(?=[^\x00-\x7f])")


def plain_name(text: str) -> str:
    """`张　三` → `张三`, `阿不都•热合曼` → `阿不都·热合曼`: one spelling of one name. Raises ValueError for what is none."""
    name = one_line(unicodedata.normalize("NFKC", text[: NAME_AT_MOST * 4]))
    name = DOTS.sub("·", BLANK_IN_NAME.sub("", name)).strip("·*'\" ")
    if not name or len(name) > NAME_AT_MOST or any(sign.isdigit() for sign in name) or not any(sign.isalpha() for sign in name):
        raise ValueError(text[:NAME_AT_MOST])
    return name


def name_of_nobody(pk: int) -> str:
    """What stands in place of the name of somebody whose data are gone, or may not be used."""
    return f"已注销学员 {pk}"
