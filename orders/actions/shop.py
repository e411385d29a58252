"""Every write to a shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.models import Shop

if TYPE_CHECKING:
    from livestream.models import Place


def open_practice_shop(
    *, county: Place, platform: str, name: str, secret: str, app_key: str = "", access_token: str = ""
) -> Shop:
    """The county's practice shop of this name, with credentials made once: they stay when it is opened again."""
    facts = {"app_key": app_key, "secret": secret, "access_token": access_token, "is_practice": True}
    return Shop.objects.get_or_create(county=county, platform=platform, name=name, defaults=facts)[0]
