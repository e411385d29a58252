"""Settings that would open a real system to strangers: refused at the start, by the name of the variable.

Every process reads the settings, so none of them runs with these: not the web, not a worker, not a command.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from config.environment import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = {"", "localhost", "127.0.0.1", "::1"}
TRUST = "--forwarded-allow-ips"


def refuse_dangers(
    *,
    debug: bool,
    https: bool,
    hosts: Sequence[str],
    database: Mapping[str, Any],
    environment: Mapping[str, str] = os.environ,
    arguments: Sequence[str] = tuple(sys.argv),
) -> None:
    """Raises ImproperlyConfigured."""
    host = str(database.get("HOST") or "")
    if debug and (https or not (host in HERE or host.startswith("/"))):
        raise refuse(
            "DEBUG",
            "不能是 1：出错页会把内情告诉任何人（已设置 HTTPS=1，或数据库在别的机器上）",
            "must be 0: error pages would tell everybody what is inside (HTTPS=1 is set, or the database is elsewhere)",
        )
    if "*" in hosts and not debug:
        raise refuse(
            "ALLOWED_HOSTS",
            "不能是 *：别的网站就能冒充本站的地址。请逐个写出域名",
            "must not be *: any site could pass for this one. Name each host",
        )
    if "*" in trusted(environment, arguments):
        raise refuse(
            "FORWARDED_ALLOW_IPS",
            "不能是 *：任何人都能伪造自己的地址。请写代理的地址",
            "must not be *: anybody could forge where he comes from. Name the proxy's address",
        )


def trusted(environment: Mapping[str, str], arguments: Sequence[str]) -> set[str]:
    """Whose X-Forwarded-… headers uvicorn believes, by its variable and its option."""
    said = [environment.get("FORWARDED_ALLOW_IPS", "")]
    said += [word.partition("=")[2] for word in arguments if word.startswith(f"{TRUST}=")]
    said += [value for word, value in zip(arguments, arguments[1:], strict=False) if word == TRUST]
    return {address.strip() for addresses in said for address in addresses.split(",")} - {""}
