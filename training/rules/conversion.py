"""What came of a class: the kinds of conversion and the windows counties agree on (domain 3.3). Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ConversionKind(TextChoices):
    """Each with its evidence: shops, live and sales from the system's own records, the others from papers and calls."""

    SHOP = "shop", _("开了店")
    LIVE = "live", _("开了播")
    SALE = "sale", _("出了单")
    SUSTAINED = "sustained", _("持续经营")
    EMPLOYED = "employed", _("就业")
    LINKED = "linked", _("被带动")
