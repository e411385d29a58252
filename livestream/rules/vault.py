"""How a person's data are masked, what an identity number says, and for what reasons somebody may look behind a mask."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.person import masked_phone, plain_phone

LONGEST_REASON = 200
HIDDEN = "****"


class Secret(TextChoices):
    """What a page shows masked and reveals one by one."""

    PHONE = "phone", _("登录手机号")
    BIRTH = "birth", _("出生日期")
    SECOND_PHONE = "second_phone", _("备用电话")
    GUARDIAN_NAME = "guardian_name", _("监护人姓名")
    GUARDIAN_PHONE = "guardian_phone", _("监护人电话")
    GUARDIAN_EVIDENCE = "guardian_evidence", _("同意书存放处")


class RevealReason(TextChoices):
    CONTACT = "contact", _("联系本人")
    IDENTITY = "identity", _("核对身份")
    GUARDIAN = "guardian", _("联系监护人")
    REQUEST = "request", _("办理个人信息请求")
    INSPECTION = "inspection", _("上级检查")
    OTHER = "other", pgettext_lazy("reason", "其他（请写明）")


def masked_name(name: str) -> str:
    """`张三丰` → `张**`; the length of a name is not told beyond two."""
    return f"{name[:1]}**" if name else ""


def masked_day(day: date | None) -> str:
    """`1998-05-01` → `1998-**-**`."""
    return f"{day.year}-**-**" if day else ""


def masked(secret: Secret, plain: str) -> str:
    """What a page shows until somebody gives a reason; empty stays empty."""
    if not plain:
        return ""
    if secret in {Secret.PHONE, Secret.SECOND_PHONE, Secret.GUARDIAN_PHONE}:
        return masked_phone(plain)
    if secret == Secret.GUARDIAN_NAME:
        return masked_name(plain)
    return masked_day(date.fromisoformat(plain)) if secret == Secret.BIRTH else HIDDEN


# --- numbers ------------------------------------------------------------------------------------------------------------

IDENTITY = re.compile(r"\d{17}[\dX]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")


def plain_identity(text: str) -> str:
    """A resident identity number with 18 places as GB 11643 writes it. Raises ValueError for anything else."""
    number = re.sub(r"\s", "", text).upper()
    if not IDENTITY.fullmatch(number) or not number.isascii():
        raise ValueError("identity")
    if CHECK[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11] != number[-1]:
        raise ValueError("identity")
    birth_in(number)
    return number


def birth_in(identity: str) -> date:
    """The birth date that the number says. Raises ValueError when it is no day."""
    return date(int(identity[6:10]), int(identity[10:12]), int(identity[12:14]))


def plain_contact(text: str) -> str:
    """A mobile number, or a landline with its area code (`0355-8922000`). Raises ValueError for anything else."""
    try:
        return plain_phone(text)
    except ValueError:
        number = re.sub(r"\s", "", text)
        if not number.isascii() or not LANDLINE.fullmatch(number):
            raise ValueError("phone") from None
        return number


# --- without a name -----------------------------------------------------------------------------------------------------


def phone_of_nobody(pk: int) -> str:
    """What stands in place of the phone of somebody whose data are gone or restricted: no mobile number begins with 12."""
    return f"12{pk:09d}"


def name_of_nobody(pk: int) -> str:
    """What stands in place of his name, in pages, boards and reports."""
    return f"已注销人员 {pk}"
