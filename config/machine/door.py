"""The port: taken before anything slow is done, so that a taken one is known at once."""

from __future__ import annotations

import errno
import socket

import psutil

from config.embedded import CannotStart

EVERYWHERE = {"0.0.0.0", "::", ""}
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; who comes early waits until the pages are ready. Raises CannotStart."""
    try:
        if not 0 <= port <= 65_535:
            raise OverflowError
        family, kind, _proto, _name, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        door = socket.socket(family, kind)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        door.listen(2048)
    except (OSError, OverflowError) as error:
        raise refusal(error, host, port) from error
    door.setblocking(False)
    return door


def refusal(error: Exception, host: str, port: int) -> CannotStart:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return CannotStart(
            f"端口 {port} 已被别的程序占用。请换一个，例如：make run PORT={port + 1}",
            f"Port {port} is taken by another program. Choose another: make run PORT={port + 1}",
        )
    if number == errno.EACCES:
        return CannotStart(
            f"没有权限使用端口 {port}。请用 1024 以上的端口，例如：make run PORT=8000",
            f"Port {port} needs more rights. Use one above 1024: make run PORT=8000",
        )
    return CannotStart(
        f"不能在 {host}:{port} 上监听。HOST 应是本机的地址，PORT 应在 1 到 65535 之间。",
        f"Cannot listen on {host}:{port}. HOST must be an address of this machine, PORT between 1 and 65535.",
    )


def free_port(wished: int) -> int:
    """The wished port of this machine, or any free one."""
    for port in (wished, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as door:
                return int(door.getsockname()[1])
        except (OSError, OverflowError):
            continue
    return wished


def machine_names() -> list[str]:
    """The addresses and names under which others in the network reach this machine, the likeliest first."""
    found = [
        part.address
        for name, parts in psutil.net_if_addrs().items()
        for part in parts
        if part.family == socket.AF_INET
        and not part.address.startswith("127.")
        and not name.startswith(("docker", "br-", "veth"))
    ]
    host = socket.gethostname()
    return [*found, host, f"{host}.local"]


def url(host: str, port: int) -> str:
    shown = LOOPBACK.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"


def urls(host: str, port: int) -> list[str]:
    """Every address worth telling a person: this machine first, then what phones in the same network can use."""
    others = [name for name in machine_names() if name[0].isdigit()] if host in EVERYWHERE else []
    return [url(host, port), *(url(name, port) for name in others)]


def allowed_hosts(host: str) -> list[str]:
    if host in EVERYWHERE:
        return machine_names()
    return [f"[{host}]" if ":" in host else host]
