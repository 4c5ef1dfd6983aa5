"""Shoppers' tokens: good ones, and every way to make a bad one that is known."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.access.tokens import TokenChecker, TokenRefused, read_token_keys

SECRET = "a secret of the shop, 32 bytes or more"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())


def pem(key: Any) -> str:  # noqa: ANN401 - of either kind
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


KEYS = read_token_keys({"s": SECRET, "r": pem(RSA), "e": pem(EC)})
CHECKER = TokenChecker(KEYS, audience="shopscout", issuer="shop")


def claims(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any claim
    now = int(time.time())
    made = {"sub": "c-1", "aud": "shopscout", "iss": "shop", "iat": now, "exp": now + 600} | changes
    return {name: value for name, value in made.items() if value is not None}


def signed(kid: str | None = "s", key: Any = SECRET, algorithm: str = "HS256", **changes: Any) -> str:  # noqa: ANN401
    return jwt.encode(claims(**changes), key, algorithm, headers={"kid": kid} if kid else {})


def refused(token: str, checker: TokenChecker = CHECKER) -> str:
    with pytest.raises(TokenRefused) as caught:
        checker.customer(token)
    return str(caught.value)


@pytest.mark.parametrize(("kid", "key", "algorithm"), [("s", SECRET, "HS256"), ("r", RSA, "RS256"), ("e", EC, "ES256")])
def test_a_good_token_names_its_customer(kid: str, key: Any, algorithm: str) -> None:  # noqa: ANN401
    assert CHECKER.customer(signed(kid, key, algorithm)) == "c-1"


def test_keys_take_turns() -> None:
    """While a key is replaced both are good; afterwards the old one is not."""
    both = TokenChecker(read_token_keys({"old": SECRET, "new": SECRET[::-1]}), "shopscout", "shop")
    old, new = signed("old"), signed("new", SECRET[::-1])
    assert (both.customer(old), both.customer(new)) == ("c-1", "c-1")
    after = TokenChecker(read_token_keys({"new": SECRET[::-1]}), "shopscout", "shop")
    assert after.customer(new) == "c-1"
    assert "no key" in refused(old, after)


def test_with_one_key_a_token_need_not_name_it() -> None:
    alone = TokenChecker(read_token_keys({"s": SECRET}), "shopscout", "shop")
    assert alone.customer(signed(None)) == "c-1"
    assert "no key" in refused(signed(None))


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_a_token_without_a_signature_is_refused(name: str) -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    for signature in ("", "AAAA"):
        refused(f"{part({'alg': name, 'kid': 's'})}.{part(claims())}.{signature}")


def test_a_public_key_is_no_shared_secret() -> None:
    """The classic: sign with HMAC and the published RSA key as its secret."""
    import hashlib
    import hmac

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    body = f"{part(json.dumps({'alg': 'HS256', 'kid': 'r'}).encode())}.{part(json.dumps(claims()).encode())}"
    forged = hmac.new(pem(RSA).encode(), body.encode(), hashlib.sha256).digest()
    assert "RS256" in refused(f"{body}.{part(forged)}")


def test_another_algorithm_of_the_same_key_is_refused() -> None:
    assert "RS256" in refused(signed("r", RSA, "RS512"))
    assert "HS256" in refused(signed("s", SECRET * 2, "HS384"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"aud": "another"}, "aud"),
        ({"aud": None}, "aud"),
        ({"iss": "another"}, "iss"),
        ({"iss": None}, "iss"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": "x" * 201}, "sub"),
        ({"sub": "a\nb"}, "sub"),
        ({"exp": 1_000_000_000, "iat": 999_999_000}, "expired"),
        ({"exp": int(time.time()) + 90_000}, "longer"),
        ({"iat": int(time.time()) + 3_600, "exp": int(time.time()) + 7_200}, "not good yet"),
        ({"nbf": int(time.time()) + 3_600}, "not good yet"),
    ],
)
def test_a_wrong_claim_is_told(changes: dict[str, Any], told: str) -> None:
    assert told in refused(signed(**changes))


def test_clocks_may_differ_by_a_little() -> None:
    now = int(time.time())
    assert CHECKER.customer(signed(exp=now - 10)) == "c-1"
    assert CHECKER.customer(signed(iat=now + 20)) == "c-1"
    assert "expired" in refused(signed(exp=now - 40))


def test_a_token_that_was_good_is_not_good_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    checker = TokenChecker(KEYS, audience="shopscout", issuer="shop", leeway_s=0)
    token = signed(exp=int(time.time()) + 1)
    assert [checker.customer(token) for _ in range(3)] == ["c-1"] * 3
    time.sleep(1.1)
    assert "expired" in refused(token, checker)
    monkeypatch.setattr("app.access.tokens.REMEMBERED", 5)
    for n in range(20):
        checker.customer(signed(sub=f"c-{n}"))
    assert len(checker._good) <= 6


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "." * 50, "ey.ey.ey", "é.é.é", "x" * 100_000])
def test_what_is_no_token_is_refused(token: str) -> None:
    refused(token)


def test_a_changed_or_foreign_token_is_refused() -> None:
    header, _, signature = signed().split(".")
    other = signed(sub="c-2").split(".")[1]
    refused(f"{header}.{other}.{signature}")
    refused(signed("s", "a secret of somebody else, as long as ours"))
    assert "TOKEN_KEYS" in refused(signed(), TokenChecker({}, "shopscout", "shop"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("guess me", "shorter"),
        ("-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----", "PEM"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        (pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)), "2048"),
    ],
)
def test_a_weak_or_broken_key_is_refused_at_the_start(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as caught:
        read_token_keys({"k": text})
    assert text not in str(caught.value)
