"""What of an event is kept: addresses shortened, and without consent nothing that says who it was."""

import hashlib
import hmac
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

from es.mappings import events as fields
from shop.settings import AddressForm, EventSettings

_NETWORK_BITS = {4: 24, 6: 48}
_HASH_CHARACTERS = 32


def address_form(address: IPv4Address | IPv6Address, settings: EventSettings) -> str | None:
    """The address as it is stored: its network, a keyed hash (128 bits of HMAC-SHA-256), or None."""
    if settings.address is AddressForm.DROP:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if settings.address is AddressForm.HASH:
        key = settings.address_key.get_secret_value().encode()
        return hmac.new(key, address.packed, hashlib.sha256).hexdigest()[:_HASH_CHARACTERS]
    return str(ip_network((address.packed, _NETWORK_BITS[address.version]), strict=False).network_address)


def without_person(document: dict[str, Any]) -> dict[str, Any]:
    """A stored event without what says who it was or ties it to other events of the same person."""
    return {name: value for name, value in document.items() if name not in fields.PERSONAL}
