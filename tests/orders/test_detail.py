"""Details: exact, small, cheap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.models import BoardVersion
from orders.board.detail import county_detail, detail_of, session_detail
from orders.models import BoardEpoch
from tests.factories import make_order_body, make_product, make_session, make_supplier, make_place
from tests.orders.test_board import AT, evening, on_air, sell  # noqa: F401


def test_smoke(on_air, shop, county):
    evening(shop)
    import json
    print(json.dumps(session_detail(on_air, AT), ensure_ascii=False, indent=1))
    print(json.dumps(county_detail(county, AT), ensure_ascii=False, indent=1))
    assert detail_of("county:999999") is None
