"""The environment, read strictly: a value that makes no sense is refused by the name of its variable."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

KINDS = {int: ("整数", "a whole number"), bool: ("0 或 1", "0 or 1")}
FALSE = {"0", "false", "off", "no", "n"}
POSTGRES = ("postgres://", "postgresql://")
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465, "consolemail": 0}
ADDRESS = re.compile(r"https?://[0-9A-Za-z.\-\[\]:]+")
REDIS = ("redis://", "rediss://", "unix://")


def refuse(name: str, chinese: str, english: str) -> ImproperlyConfigured:
    """The sentence for an operator; the value itself is left out, for it may be a secret."""
    return ImproperlyConfigured(f"环境变量 {name} {chinese}。\n{name} {english}.")


class Environment(environ.Env):  # type: ignore[misc]  # django-environ has no types
    """An empty variable counts as unset; a bad number or switch is refused."""

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default: bool = False) -> Any:
        given = os.environ.get(var, "").strip()
        if not given and default is not self.NOTSET:
            return default
        chinese, english = KINDS.get(cast, ("别的样子", "something else"))
        if cast is bool and given.lower() not in {*self.BOOLEAN_TRUE_STRINGS, *FALSE}:
            raise refuse(var, f"应当是 {chinese}", f"must be {english}")
        try:
            return super().get_value(var, cast=cast, default=default, parse_default=parse_default)
        except ValueError as error:
            raise refuse(var, f"应当是 {chinese}", f"must be {english}") from error

    def address(self, name: str) -> str:
        """`https://cunbo.example.gov.cn`, without what follows; "" when unset."""
        given = str(self.str(name, default="")).rstrip("/")
        if given and not ADDRESS.fullmatch(given):
            raise refuse(name, "应当像 https://cunbo.example.gov.cn", "must look like https://cunbo.example.gov.cn")
        return given

    def email(self, name: str) -> dict[str, Any]:
        """Django's EMAIL_ settings of smtp://user:password@host:port (smtp+tls, smtp+ssl); unset, letters go to the console."""
        url = str(self.str(name, default="")) or "consolemail://"
        scheme = url.partition("://")[0]
        try:
            config: dict[str, Any] = self.email_url_config(url)
        except (KeyError, ValueError, ImproperlyConfigured):
            config = {}
        if scheme not in MAIL_PORTS or (scheme != "consolemail" and not config.get("EMAIL_HOST")):
            raise refuse(
                name,
                "应当像 smtp+tls://用户:密码@主机:587（或 smtp+ssl、smtp）",
                "must look like smtp+tls://user:password@host:587 (or smtp+ssl, smtp)",
            )
        config.pop("EMAIL_FILE_PATH", None)
        filled = {"EMAIL_HOST": "", "EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": "", "EMAIL_PORT": MAIL_PORTS[scheme]}
        return filled | {key: value for key, value in config.items() if value is not None}

    def redis(self, name: str) -> str:
        url = str(self.str(name, default=""))
        if url and not url.startswith(REDIS):
            raise refuse(name, f"应当以 {REDIS[0]} 开头", f"must begin with {REDIS[0]}")
        return url

    def database(self, name: str, default: str) -> dict[str, Any]:
        """The connection of a postgres:// address. Other databases are refused: the constraints are half of the design."""
        url = str(self.str(name, default=default))
        if not url.startswith(POSTGRES):
            raise refuse(
                name, "应当以 postgres:// 开头，只支持 PostgreSQL", "must begin with postgres://, only PostgreSQL will do"
            )
        try:
            config: dict[str, Any] = self.db_url_config(url)
        except ValueError as error:
            raise refuse(name, "不是一个完整的地址", "is not a whole address") from error
        if not config.get("NAME"):
            raise refuse(name, "没有写数据库名，例如 postgres://用户:密码@主机/cunbo", "names no database")
        return config


def fernet_keys(name: str, joined: str) -> list[str]:
    """Encryption keys, newest first."""
    keys = [key.strip() for key in joined.split(",") if key.strip()]
    try:
        for key in keys:
            Fernet(key)
    except ValueError as error:
        raise refuse(
            name, "里有一把不合格的密钥（应为 32 字节的 base64）", "holds a key that is not 32 bytes in base64"
        ) from error
    if not keys:
        raise refuse(name, "里没有密钥", "holds no key")
    return keys


def kept(path: Path, made: str) -> str:
    """What the file holds; `made` goes in first if there is none. Two at once, or one that is killed, leave one whole value."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was first: its value counts
                os.link(file.name, path)
    return path.read_text().strip()
