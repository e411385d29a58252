"""Every write to a shop, and who belongs to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.actions.arrival import ShopRef
from orders.models import Shop

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import Place


def open_practice_shop(
    *, county: Place, platform: str, name: str, secret: str, app_key: str = "", access_token: str = ""
) -> Shop:
    """The county's practice shop of this name, with credentials made once: they stay when it is opened again."""
    facts = {"app_key": app_key, "secret": secret, "access_token": access_token, "is_practice": True}
    return Shop.objects.get_or_create(county=county, platform=platform, name=name, defaults=facts)[0]


def shops_of_app(shop: Shop, secret: str, at: datetime) -> dict[str, ShopRef]:
    """The shops in use that the shop's application serves, by the platform's own number: those that this secret signs for too,
    so that a push which this shop believes is one that they would believe."""
    if not shop.app_key:
        return {}
    found = Shop.objects.active().filter(platform=shop.platform, app_key=shop.app_key).exclude(platform_shop_no="")
    return {other.platform_shop_no: ShopRef(other.pk, other.county_id) for other in found if secret in other.secrets_at(at)}
