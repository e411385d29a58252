from __future__ import annotations

import pytest

from livestream.platforms.asking import Refused, Silent, Unreachable
from orders.platforms.refusals import reason_of


@pytest.mark.parametrize(
    ("error", "platform", "reason"),
    [
        (Refused("50002", "订单不存在"), "douyin", "missing"),
        (Refused("50002", "该订单已归档"), "douyin", "refused"),
        (Refused("50002", "订单不存在"), "elsewhere", "refused"),
        (Refused("40003", "access_token已过期"), "douyin", "token"),
        (Refused("30001", "店铺授权已失效，请重新授权"), "douyin", "token"),
        (Refused("HTTP 401", "refused"), "", "token"),
        (Refused("HTTP 404", "refused"), "douyin", "refused"),
        (Refused("20000", "服务不可用"), "douyin", "unreachable"),
        (Refused("unreadable", "no data"), "douyin", "unreadable"),
        (Refused("unstorable", "the database refused it"), "", "unstorable"),
        (Refused("shop", "the shop is not in use"), "", "shop"),
        (Refused("platform", "standard has no API here"), "standard", "no_api"),
        (Unreachable("HTTP 502"), "douyin", "unreachable"),
        (Silent("ConnectError"), "douyin", "unreachable"),
    ],
)
def test_a_refusal_is_known_by_its_code_and_words(error, platform, reason):
    assert reason_of(error, platform) == reason
