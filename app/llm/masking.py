"""Personal data in what people write, replaced before it goes to a model. Pure."""

import re
from typing import Final

_EMAIL: Final = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_LONG_NUMBER: Final = re.compile(r"(?<![\w#.])\d(?:[ -]?\d){12,18}(?![\w])")
# A leading plus, or groups with separators: order numbers and prices have neither.
_PHONE: Final = re.compile(
    r"(?<![\w#.])(?:\+\d[\d ().-]{6,16}\d|\(?\d{2,5}\)?[ ./-]\d{2,4}[ .-]?\d{2,5}(?:[ .-]\d{2,5})?)(?![\w])"
)
_STREET: Final = re.compile(
    r"\b\d{1,5} (?:[A-Z][\w'.]+ ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|"
    r"Place|Pl|Square|Sq)\b\.?(?:,? (?:Apt|Suite|Unit|#) ?\w+)?"
)
_LEAST_PHONE_DIGITS: Final = 9
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}")


def masked(text: str) -> str:
    """The text with e-mail addresses, card and account numbers, telephone numbers and streets replaced by their kind.

    Numbers of orders and products, prices, sizes and dates stay.
    """
    text = _EMAIL.sub("[email]", text)
    text = _IBAN.sub("[account number]", text)
    text = _LONG_NUMBER.sub(_card, text)
    text = _PHONE.sub(_phone, text)
    return _STREET.sub("[address]", text)


def _card(found: re.Match[str]) -> str:
    digits = [int(d) for d in found[0] if d.isdigit()]
    doubled = (d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits)))
    return "[card number]" if sum(doubled) % 10 == 0 else found[0]


def _phone(found: re.Match[str]) -> str:
    digits = sum(c.isdigit() for c in found[0])
    if digits < _LEAST_PHONE_DIGITS or _DATE.match(found[0]):
        return found[0]
    return "[phone]"
