"""A shopper's identity: a JSON Web Token (RFC 7519) that the shop signed for one of its customers. No I/O.

The algorithm is a matter of our key and never of the token: a token that asks for another one, `none` among them, is
refused, and so no public key can be taken for a shared secret (RFC 8725, 3.1 and 3.2).
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

LEAST_SECRET: Final = 32
LEAST_RSA_BITS: Final = 2048
MAX_TOKEN: Final = 8_192
MAX_CUSTOMER: Final = 200
REMEMBERED: Final = 10_000


class TokenRefused(Exception):
    """The token proves nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class TokenKey:
    """What a signature is checked with, and the only algorithm for it."""

    algorithm: str
    material: Any


def read_token_keys(given: Mapping[str, str]) -> dict[str, TokenKey]:
    """Keys by their id (`kid`): a public key in PEM form (RSA: RS256, P-256: ES256), else a shared secret (HS256).

    Raises ValueError with what is wrong.
    """
    return {kid: _read(kid, text) for kid, text in given.items()}


def _read(kid: str, text: str) -> TokenKey:
    if "-----BEGIN" not in text:
        if len(text.encode()) < LEAST_SECRET:
            raise ValueError(f'secret "{kid}" is shorter than {LEAST_SECRET} bytes, so it could be guessed')
        return TokenKey("HS256", text.encode())
    try:
        public = load_pem_public_key(text.encode())
    except ValueError as error:
        raise ValueError(f'"{kid}" is no public key in PEM form (-----BEGIN PUBLIC KEY-----)') from error
    if isinstance(public, RSAPublicKey):
        if public.key_size < LEAST_RSA_BITS:
            raise ValueError(f'RSA key "{kid}" has fewer than {LEAST_RSA_BITS} bits')
        return TokenKey("RS256", public)
    if isinstance(public, EllipticCurvePublicKey) and isinstance(public.curve, SECP256R1):
        return TokenKey("ES256", public)
    raise ValueError(f'"{kid}" is neither an RSA key nor one on the curve P-256')


@dataclass(slots=True)
class TokenChecker:
    """Checks tokens. Times in seconds: `leeway_s` for clocks that differ, `longest_s` that one may be good for.

    A good token is remembered until it expires, as a page sends the same one with every request.
    """

    keys: Mapping[str, TokenKey]
    audience: str
    issuer: str
    leeway_s: float = 30.0
    longest_s: float = 86_400.0
    _good: OrderedDict[str, tuple[str, float]] = field(default_factory=OrderedDict)

    def customer(self, token: str) -> str:
        """The customer (`sub`) that a token speaks for. Raises TokenRefused."""
        known = self._good.get(token)
        if known is not None and time.time() < known[1]:
            return known[0]
        claims = self._claims(token)
        customer = self._of(claims)
        self._good[token] = (customer, float(claims["exp"]))
        if len(self._good) > REMEMBERED:
            self._good.popitem(last=False)
        return customer

    def _claims(self, token: str) -> Mapping[str, Any]:
        if not self.keys:
            raise TokenRefused("This service takes no tokens of shoppers; set SHOPSCOUT_TOKEN_KEYS.")
        if len(token) > MAX_TOKEN:
            raise TokenRefused(f"The token is longer than {MAX_TOKEN} characters.")
        key = self._key(token)
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key.material,
                algorithms=[key.algorithm],
                audience=self.audience,
                issuer=self.issuer,
                leeway=self.leeway_s,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except jwt.ExpiredSignatureError:
            raise TokenRefused("The token has expired; get a new one from the shop.") from None
        except jwt.ImmatureSignatureError:
            raise TokenRefused("The token is not good yet; compare the clocks of both machines.") from None
        except jwt.InvalidAudienceError:
            raise TokenRefused(f'The token is for somebody else; its "aud" must be "{self.audience}".') from None
        except jwt.InvalidIssuerError:
            raise TokenRefused('The token is from somebody else; its "iss" is not the issuer here.') from None
        except jwt.MissingRequiredClaimError as error:
            raise TokenRefused(f'The token has no "{error.claim}"; it needs exp, iat, aud, iss and sub.') from None
        except jwt.PyJWTError:
            raise TokenRefused("The token's signature or form is not good.") from None
        return claims

    def _key(self, token: str) -> TokenKey:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise TokenRefused("That is no token; send a signed JWT.") from None
        kid = header.get("kid")
        if kid is None and len(self.keys) == 1:
            key = next(iter(self.keys.values()))
        elif isinstance(kid, str) and kid in self.keys:
            key = self.keys[kid]
        else:
            raise TokenRefused('The token names no key ("kid" in its header) that this service knows.')
        if header.get("alg") != key.algorithm:
            raise TokenRefused(f"The token must be signed with {key.algorithm}.")
        return key

    def _of(self, claims: Mapping[str, Any]) -> str:
        customer = claims["sub"]
        if not isinstance(customer, str) or not 0 < len(customer) <= MAX_CUSTOMER or not customer.isprintable():
            raise TokenRefused(f'The "sub" of the token must be a customer\'s id of at most {MAX_CUSTOMER} characters.')
        if float(claims["exp"]) - float(claims["iat"]) > self.longest_s:
            hours = self.longest_s / 3600
            raise TokenRefused(f"The token is good for longer than {hours:g} hours; sign one for less.")
        return customer
