"""Who asks, and what they may: a key of a scope, a stranger, or somebody at this very machine."""

import ipaddress
from collections.abc import Awaitable, Callable

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from qa.config import ServiceSettings
from qa.http.door import door_of
from qa.http.problems import Problem
from qa.keys import SCOPES, Key, Keys

_FORWARDED = ("forwarded", "x-forwarded-for", "via")
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_bearer = HTTPBearer(auto_error=False, description="qa keys add 建立的密钥")


def key_of(scope: Scope, keys: Keys) -> Key | None:
    """The key that a request bears, None where it bears none.

    Raises:
        Problem: ``no-key``: what it bears is no key, or one that was removed.
    """
    kind, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
    if not kind:
        return None
    key = keys.find(given.strip()) if kind.lower() == "bearer" else None
    if key is None:
        raise Problem("no-key", "密钥不对，或已停用。写法：Authorization: Bearer 密钥", _CHALLENGE)
    return key


def client_of(scope: Scope) -> str:
    """Who is counted where no key is borne: the address, of IPv6 the network of 64 bits that one customer gets."""
    host = _host(scope)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return host


def _host(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


def needs(scope: str) -> Callable[..., Awaitable[None]]:
    """A dependency that lets pass only who may do what needs ``scope``.

    Raises:
        Problem: (by the dependency) ``no-key`` or ``forbidden``.
    """

    async def admitted(request: Request, _: object = Depends(_bearer)) -> None:
        door = door_of(request)
        key: Key | None = request.state.key
        if key is not None:
            if not key.may(scope):
                raise Problem("forbidden", f"这里需要 {scope} 权限，密钥 {key.id} 只有 {key.scope}。")
        elif scope not in _without_key(request.scope, door.settings.service, door.keys):
            raise Problem("no-key", f"这里需要有 {scope} 权限的密钥：Authorization: Bearer 密钥", _CHALLENGE)

    return admitted


def _without_key(scope: Scope, settings: ServiceSettings, keys: Keys) -> tuple[str, ...]:
    """What one may do without a key."""
    if not keys.all() and _from_here(scope):
        return SCOPES
    return SCOPES[:1] if settings.public else ()


def _from_here(scope: Scope) -> bool:
    """Whether a request comes from this machine and is meant for it.

    Not through a proxy on this machine, which speaks for others; and not by a name that somebody else's page had a
    browser on this machine resolve to it (DNS rebinding).
    """
    headers = Headers(scope=scope)
    if any(name in headers for name in _FORWARDED):
        return False
    host = headers.get("host", "")
    named = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return is_loopback(_host(scope)) and is_loopback(named)


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
