"""Who a person is to the system, and what a phone number looks like."""

from __future__ import annotations

import re
import unicodedata

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What somebody is in a place. `rules/rights.py` says what each may do there."""

    HOST = "host", _("主播")
    STAFF = "staff", _("工作人员")
    TRAINER = "trainer", _("讲师")
    APPROVER = "approver", _("审批人")
    EXPORTER = "exporter", _("导出人")
    AUDITOR = "auditor", _("审计员")
    COMMISSIONER = "commissioner", _("特派员")
    ADMIN = "admin", _("平台管理员")


class PersonState(TextChoices):
    """How far somebody has come: a password is what an invited person does not have yet."""

    INVITED = "invited", pgettext_lazy("person", "已邀请")
    ACTIVE = "active", pgettext_lazy("person", "在用")
    STOPPED = "stopped", pgettext_lazy("person", "已停用")


NAME_AT_MOST = 40
PHONE = re.compile(r"(?:\+86|0086|86)?(1[0-9]{10})")
LONGEST_TYPED = 40


def plain_phone(text: str) -> str:
    """`+86 138-0000 0000`, `１３８００００００００` → `13800000000`. Raises ValueError for whatever is no mainland mobile."""
    signs = unicodedata.normalize("NFKC", text) if len(text) <= LONGEST_TYPED else ""
    if match := PHONE.fullmatch("".join(sign for sign in signs if not is_between(sign))):
        return match[1]
    raise ValueError(text)


def is_between(sign: str) -> bool:
    """Whether it only separates digits for the eye: spaces, dashes, brackets, and marks that nobody sees."""
    return sign.isspace() or unicodedata.category(sign) in {"Cf", "Pd", "Ps", "Pe"}


def masked_phone(phone: str) -> str:
    """`138****0000`."""
    return f"{phone[:3]}****{phone[-4:]}"
