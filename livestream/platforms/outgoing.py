"""The way out: only to the platforms' own hosts, over HTTPS, at public addresses, and to the very address that was looked at.

Whatever an address says (numbers in other bases, IPv6 in IPv4's clothes, a name whose next answer is another one), the connection
goes to an address that was resolved once and found public, or nowhere.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Resolve = Callable[[str, int], list[str]]

HTTPS = 443
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(httpx.UnsupportedProtocol):
    """An address that we do not go to."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(text: str) -> bool:
    """Whether this address is one of the open internet, also where it wraps one of another kind."""
    address = ipaddress.ip_address(text.partition("%")[0])
    meant = [*unwrapped(address)]
    if address not in NAT64:  # 64:ff9b::/96 itself is reserved; what it wraps is where one arrives
        meant.append(address)
    return all(one.is_global and not (one.is_multicast or one.is_reserved) for one in meant)


def unwrapped(address: Address) -> list[Address]:
    """The IPv4 addresses inside an IPv6 one: mapped, 6to4, Teredo's two, NAT64."""
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        found.append(ipaddress.IPv4Address(address.packed[-4:]))
    return [one for one in found if one is not None]


class PublicAddresses(httpcore.SyncBackend):
    """Connects to what a name means at this moment, if all of it is public; the name is asked once."""

    def __init__(self, ask: Resolve = resolve) -> None:
        self.ask = ask

    def connect_tcp(self, host: str, port: int, *arguments: Any, **words: Any) -> httpcore.NetworkStream:
        try:
            addresses = self.ask(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        if not addresses or not all(is_public(address) for address in addresses):
            raise httpcore.ConnectError(f"{host} is not at a public address")
        problem: Exception | None = None
        for address in addresses:
            try:
                return super().connect_tcp(address, port, *arguments, **words)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem or httpcore.ConnectError(host)

    def connect_unix_socket(self, path: str, *_arguments: Any, **_words: Any) -> httpcore.NetworkStream:
        raise httpcore.ConnectError(path)


class OnlyPlatforms(httpx.BaseTransport):
    """Lets through what goes to one of `hosts` at https://host[:443]/. Raises NotAllowed for everything else."""

    def __init__(self, hosts: Iterable[str], inner: httpx.BaseTransport) -> None:
        self.hosts = frozenset(hosts)
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if (url.scheme, url.port or HTTPS, url.userinfo) != ("https", HTTPS, b"") or url.host not in self.hosts:
            raise NotAllowed(f"not an address of a platform: {url.scheme}://{url.host}"[:200], request=request)
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


def proxy_for(hosts: Iterable[str]) -> str:
    """The operator's own proxy (https_proxy, all_proxy, no_proxy), "" for none."""
    found = getproxies()
    named = found.get("https") or found.get("all") or ""
    if not named or all(proxy_bypass(host) for host in hosts):
        return ""
    return named if "://" in named else f"http://{named}"


def way_out(hosts: Iterable[str], trust: ssl.SSLContext, proxy: str = "", ask: Resolve = resolve) -> httpx.BaseTransport:
    """The transport for real platforms. Behind an operator's proxy it is the proxy that looks names up; the hosts stay ours."""
    if proxy:
        return OnlyPlatforms(hosts, httpx.HTTPTransport(verify=trust, proxy=proxy))
    direct = httpx.HTTPTransport(verify=trust)
    # httpx has no word for a network of one's own; httpcore, which it is made of, has.
    direct._pool = httpcore.ConnectionPool(
        ssl_context=trust, max_connections=100, keepalive_expiry=5.0, network_backend=PublicAddresses(ask)
    )
    return OnlyPlatforms(hosts, direct)
