"""Which addresses are public, and which were allowed."""

import ipaddress

import pytest

from shop.pictures.addresses import AllowedHosts, public


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public(address: str) -> None:
    assert public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1",
        "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("host", "address", "allowed"),
    [
        ("pictures.intern", "10.0.0.5", True),
        ("PICTURES.intern", "10.0.0.5", True),
        ("other.intern", "10.0.0.5", False),
        ("other.intern", "10.1.2.3", True),
        ("other.intern", "10.2.2.3", False),
        ("shop.example", "8.8.8.8", True),
        ("shop.example", "no address", False),
        ("shop.example", "fe80::1%eth0", False),
    ],
)
def test_private_hosts_are_those_that_are_named(host: str, address: str, allowed: bool) -> None:
    assert AllowedHosts("pictures.intern, 10.1.0.0/16").allows(host, address) is allowed
