from __future__ import annotations

import pytest

from orders.actions.arrival import ShopRef
from orders.actions.shop import shops_of_app
from tests.factories import make_shop

pytestmark = pytest.mark.django_db
APP = {"app_key": "app", "secret": "s3cret"}


def test_shops_of_an_application_are_those_that_would_believe_the_same_push(county, other_county, now):
    first = make_shop(county, "douyin", platform_shop_no="77977", **APP)
    second = make_shop(other_county, "douyin", platform_shop_no="88088", **APP)
    make_shop(county, "douyin", platform_shop_no="1", app_key="app", secret="another")
    make_shop(county, "douyin", platform_shop_no="2", app_key="another", secret="s3cret")
    make_shop(county, "standard", platform_shop_no="3", **APP)
    make_shop(county, "douyin", platform_shop_no="4", is_active=False, **APP)
    make_shop(county, "douyin", **APP)

    assert shops_of_app(first, "s3cret", now) == {"77977": ShopRef(first.pk, "140425"), "88088": ShopRef(second.pk, "130529")}
    assert shops_of_app(make_shop(county, "standard", app_key="", platform_shop_no="5"), "s3cret", now) == {}
