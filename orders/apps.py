from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("订单")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from livestream.actions.review_paper import CURVE_OF  # noqa: PLC0415  tables can be imported only now
        from orders.board.curve import curve_of  # noqa: PLC0415

        if curve_of not in CURVE_OF:
            CURVE_OF.append(curve_of)
