"""Who supplies the goods."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SupplierKind(TextChoices):
    COOPERATIVE = "cooperative", _("合作社")
    HOUSEHOLD = "household", _("农户")
    FARM = "farm", _("家庭农场")
    FIRM = "firm", _("企业")


class Registration(TextChoices):
    LICENSED = "licensed", _("有营业执照")
    EXEMPT = "exempt", _("自产自销，依法不用登记")
