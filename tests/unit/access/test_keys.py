"""Keys: how they are written, what is kept of them, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.keys.errors import KeyRefused
from shop.keys.key import KeyKind, Presented, Scope, new_key

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_key_is_known_by_its_secret_which_is_not_kept() -> None:
    key, written = new_key("backend", KeyKind.SERVER, ["search"], now=NOW)
    presented = Presented.read(written)
    assert presented is not None
    assert (presented.kind, presented.key_id) == (KeyKind.SERVER, key.key_id)
    assert key.matches(presented.secret)
    assert presented.secret not in repr(key)
    other, _ = new_key("backend", KeyKind.SERVER, ["search"], now=NOW)
    assert not other.matches(presented.secret)


@pytest.mark.parametrize(
    "text", ["", "ssk_", "ssk_0123456789ab_" + "g" * 64, "ssk_0123456789ab_" + "a" * 63, "x" * 10_000]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert Presented.read(text) is None


def test_a_key_is_active_until_it_expires_or_is_revoked() -> None:
    key, _ = new_key("backend", KeyKind.SERVER, ["search"], lasts=timedelta(hours=1), now=NOW)
    assert key.state(NOW + timedelta(minutes=59)) == "active"
    assert key.state(NOW + timedelta(hours=1)) == "expired"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"scopes": []}, "at least one"),
        ({"scopes": ["search", "everything"]}, "everything"),
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"origins": ["https://shop.example"]}, "--public"),
        ({"kind": KeyKind.PUBLIC}, "--origin"),
        ({"kind": KeyKind.PUBLIC, "scopes": ["admin"], "origins": ["https://a.example"]}, "admin"),
        ({"kind": KeyKind.PUBLIC, "origins": ["*"]}, "no origin"),
        ({"kind": KeyKind.PUBLIC, "origins": ["https://*.example"]}, "no origin"),
        ({"kind": KeyKind.PUBLIC, "origins": ["https://shop.example/path"]}, "without a path"),
        ({"kind": KeyKind.PUBLIC, "origins": ["null"]}, "no origin"),
        ({"per_minute": -1}, "limit"),
        ({"lasts": timedelta(0)}, "expired"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(arguments: dict[str, object], told: str) -> None:
    given = {"name": "backend", "kind": KeyKind.SERVER, "scopes": ["search"], **arguments}
    with pytest.raises(KeyRefused, match=told):
        new_key(**given)  # type: ignore[arg-type]


def test_a_public_key_has_its_origins_as_browsers_write_them() -> None:
    key, written = new_key("page", KeyKind.PUBLIC, ["search", "events"], origins=["https://Shop.Example:8443/"])
    assert key.origins == {"https://shop.example:8443"}
    assert key.scopes == {Scope.SEARCH, Scope.EVENTS}
    assert written.startswith("ssp_")
