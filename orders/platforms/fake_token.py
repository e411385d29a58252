"""The access tokens of the fake 抖店, with the rules of the real one.

A token lives seven days and its refresh token fourteen. A refresh more than an hour before the end gives the same tokens
again; within the last hour it gives new ones and the old ones work for one more hour; after the end the old ones are void.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

LAST_HOUR = timedelta(hours=1)


class NoToken(Exception):
    """`sub_code` as the platform says it."""

    def __init__(self, code: int, sub_code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.sub_code = sub_code


@dataclass(slots=True)
class Token:
    access: str
    refresh: str
    ends_at: datetime
    refresh_ends_at: datetime


@dataclass(slots=True)
class Tokens:
    """`life_s` None: any token is good, as in a practice shop."""

    random: Random
    life_s: int | None = None
    is_closed: bool = False  # the shop has taken its permission back
    issued: list[Token] = field(default_factory=list)

    def check(self, access: str, now: datetime) -> None:
        """Raises NoToken."""
        if self.is_closed:
            raise NoToken(30001, "dop.authorization-no-existed", "店铺授权已失效，请重新授权")
        if self.life_s is None:
            return
        token = next((token for token in self.issued if token.access == access), None)
        if token is None:
            raise NoToken(40003, "isv.access-token-no-existed", "access_token不存在，请使用最新的access_token访问")
        if token.ends_at <= now:
            raise NoToken(40003, "isv.access-token-expired", "access_token已过期")

    def create(self, params: dict[str, Any], shop_id: int, now: datetime) -> dict[str, Any]:
        """For an application of the shop's own. Raises NoToken."""
        if params.get("grant_type") != "authorization_self" or self.is_closed:
            raise NoToken(50001, "dop.token-generate-failed:no-authorization", "生成token失败，店铺授权已失效")
        if str(params.get("shop_id")) != str(shop_id):
            raise NoToken(50001, "dop.token-generate-failed:no-authorization", "生成token失败，店铺未授权")
        return self._answer(self._new(now), shop_id, now)

    def refresh(self, params: dict[str, Any], shop_id: int, now: datetime) -> dict[str, Any]:
        """Raises NoToken."""
        token = next((token for token in self.issued if token.refresh == params.get("refresh_token")), None)
        if token is None:
            raise NoToken(50001, "dop.token-generate-failed:token-invalid", "生成token失败，token不存在")
        if token.refresh_ends_at <= now or self.is_closed:
            raise NoToken(50001, "dop.token-generate-failed:token-expired", "生成token失败，token已过期")
        if token.ends_at - now > LAST_HOUR:
            return self._answer(token, shop_id, now)
        if token.ends_at <= now:
            self.issued.remove(token)
        else:
            token.ends_at = token.refresh_ends_at = now + LAST_HOUR
        return self._answer(self._new(now), shop_id, now)

    def _new(self, now: datetime) -> Token:
        life = timedelta(seconds=self.life_s or 7 * 86400)
        access, refresh = (f"{self.random.getrandbits(128):032x}" for _ in range(2))
        self.issued.append(Token(access, refresh, now + life, now + 2 * life))
        return self.issued[-1]

    def _answer(self, token: Token, shop_id: int, now: datetime) -> dict[str, Any]:
        return {
            "access_token": token.access,
            "expires_in": int((token.ends_at - now).total_seconds()),
            "refresh_token": token.refresh,
            "scope": "SCOPE",
            "shop_id": shop_id,
            "shop_name": "练习店铺",
            "authority_id": str(shop_id),
            "auth_subject_type": "Shop",
        }
