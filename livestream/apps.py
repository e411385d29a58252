from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LivestreamConfig(AppConfig):
    name = "livestream"
    verbose_name = _("直播")
    default_auto_field = "django.db.models.BigAutoField"
