"""To which of a customer's ways to pay their words would have money go. Pure."""

import re
from typing import Final

from shop.customers.document import Customer, PaymentMethod, PaymentType

GIFT_CARD: Final = re.compile(r"\bgift[- ]?cards?\b|\bstore credit\b|\b(?:voucher|shop credit)\b", re.IGNORECASE)
# What stands between a "not" and the card that is not meant.
_BETWEEN: Final = (
    r"(?:(?:to|on|onto|into|in|as|with|want|like|need|use|put|send|go|be|get|have|it|that|this|the|an?|my|your|any|money"
    r"|refund|back|for)\s+){0,8}"
)
_NOT: Final = re.compile(
    r"(?:\b(?:not|never|don['\u2019]?t|doesn['\u2019]?t|instead of|rather than|other than|without"
    r"|(?:paid|bought|ordered)(?: \w+)? (?:with|by|via|using|from))\s+" + _BETWEEN + r"|\bno\s+)$",
    re.IGNORECASE,
)
_SPELLED: Final = {"master card": "mastercard", "american express": "amex"}
_NAMED: Final = re.compile(
    rf"(?P<gift>{GIFT_CARD.pattern})|(?P<paypal>\bpay ?pal\b)"
    r"|(?P<brand>\b(?:visa|master ?card|amex|american express)\b)"
    r"|(?P<ending>\bending (?:in |with )?(?P<digits>\d{4})\b)"
    r"|(?P<card>\b(?:credit |debit |bank )?card\b)|(?P<original>\b(?:original|how i paid|the way i paid|same way)\b)",
    re.IGNORECASE,
)


def names_method(said: str) -> bool:
    """Whether words name a way to pay."""
    return _NAMED.search(said) is not None


def method_meant(customer: Customer | None, said: str) -> PaymentMethod | None:
    """The way to pay that words name last and do not rule out: of "gift card, no, visa" the Visa card. None where they
    name none of the customer's, or only the way the order was paid."""
    found: PaymentMethod | None = None
    for named in _NAMED.finditer(said) if customer is not None else ():
        if _NOT.search(said[: named.start()]):
            continue
        assert customer is not None
        found = next((one for one in customer.methods if _is(one, named)), None)
    return found


def _is(method: PaymentMethod, named: re.Match[str]) -> bool:
    if named["gift"]:
        return method.type is PaymentType.GIFT_CARD
    if named["paypal"]:
        return method.type is PaymentType.PAYPAL
    if named["digits"]:
        return method.ending == named["digits"]
    if named["brand"]:
        plain = " ".join(named["brand"].lower().split())
        brand = method.brand.lower()
        same = _SPELLED.get(plain, plain) == _SPELLED.get(brand, brand)
        return method.type is PaymentType.CREDIT_CARD and same
    return False
