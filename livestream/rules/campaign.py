"""Campaigns, their promotion and their rewards. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CampaignKind(TextChoices):
    FESTIVAL = "festival", _("节庆")
    WELFARE = "welfare", _("公益周")
    SEASON = "season", _("时令")
    DAY = "day", _("村播日")
    RELIEF = "relief", _("助销")
