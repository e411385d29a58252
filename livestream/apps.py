from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class LivestreamConfig(AppConfig):
    name = "livestream"
    verbose_name = _("直播")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from livestream.actions.login import follow_login  # noqa: PLC0415  tables can be imported only now

        user_logged_in.connect(follow_login, dispatch_uid="livestream.follow_login")
