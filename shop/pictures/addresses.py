"""Which addresses of the network may be connected to: those of the public Internet, and those that were allowed."""

import ipaddress
import socket
from collections.abc import Callable
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""Host and port to IP addresses, as text. Raises OSError."""


class AllowedHosts:
    """Hosts that may be private: names, addresses and networks, separated by commas or spaces.

    Raises ValueError for a network that is none.
    """

    def __init__(self, listed: str) -> None:
        words = listed.replace(",", " ").lower().split()
        self._networks = [ipaddress.ip_network(word, strict=False) for word in words if "/" in word]
        self._names = {word for word in words if "/" not in word}

    def allows(self, host: str, address: str) -> bool:
        """Whether `host`, which leads to `address`, may be connected to."""
        try:
            found: Address = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        return public(found) or host.lower() in self._names or any(found in network for network in self._networks)


def public(address: Address) -> bool:
    """Whether an address is one of the public Internet, and none that stands for another which is not."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
