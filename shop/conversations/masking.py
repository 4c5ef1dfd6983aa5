"""Personal data in what people write, masked for logs and before a language model sees it. Pure.

What has a form is found: e-mail addresses, telephone, card and bank account numbers, national ids, postal addresses,
passwords and names that somebody gives as such. A bare name in the middle of a sentence is not.
"""

import re
from collections.abc import Callable
from typing import Final

_EMAIL: Final = re.compile(
    r"(?<![\w.+'-])[\w.+'-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE
)
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_CARD: Final = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){13,18}(?![\w-])")
_NATIONAL: Final = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_PHONE: Final = re.compile(r"(?<![\w.$€£-])(?:\+|00)?\(?\d[\d\s().\u2010-\u2013/-]{6,20}\d(?![\w-])")
# Before these a long number is no telephone number, and no card.
_NUMBERED: Final = re.compile(
    r"(?:\b(?:order|item|tracking|parcel|product|article|model|sku|ean|gtin|isbn|upc|barcode|invoice|ticket|serial"
    r"|price|budget|under|below|over|between)\b[\w .:]{0,12}|#)\s*#?$",
    re.IGNORECASE,
)
_CALLED: Final = re.compile(
    r"(?:\b(?:phone|telephone|tel|mobile|cell|call|text|whatsapp|fax|reach|number)\b[\w ]{0,15}[:.]?)\s*$",
    re.IGNORECASE,
)
_WAYS: Final = (
    r"street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|way|highway"
    r"|hwy|parkway|pkwy|crescent|close|stra(?:ss|\u00df)e|platz|weg"
)
_REST: Final = (
    r"(?:,?\s+(?:apt|apartment|suite|unit|flat|floor|fl|no)\.?\s*#?\w+)?"
    r"(?:,\s*[A-Z][\w .'-]{1,30}){0,2}(?:,?\s+[A-Z]{2})?(?:,?\s+(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}))?"
)
_STREETS: Final = (
    re.compile(rf"\b\d{{1,5}}[A-Za-z]?\s+(?:[A-Z][\w.'-]*\s+){{1,3}}(?i:{_WAYS})\b\.?{_REST}"),
    re.compile(r"\b[A-Z][a-z\u00e4\u00f6\u00fc\u00df]+"
               r"(?:stra(?:ss|\u00df)e|str\.|platz|weg|gasse)\s+\d{1,4}[a-z]?\b" + _REST),
    re.compile(r"\b(?i:rue|calle|piazza|plaza)\s+(?:[\w'.-]+\s+){0,3}[A-Z][\w'-]+,?\s+\d{1,4}\b"),
    re.compile(r"\bP\.?\s?O\.?\s+Box\s+\d+\b", re.IGNORECASE),
)  # fmt: skip
_SECRET: Final = re.compile(r"\b((?:password|passcode|pin|cvv|cvc)(?: is|:|=)\s*)(\S+)", re.IGNORECASE)
_NAME: Final = re.compile(
    r"\b((?i:my (?:full )?name is|my name's|i am called)\s+)([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,2})"
)
_DATE: Final = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_CARD_DIGITS: Final = range(14, 20)
_PHONE_DIGITS: Final = range(8, 16)
_BARE_PHONE_DIGITS: Final = (10, 11)


def masked(text: str) -> str:
    """The text with personal data replaced by what it was: [email], [card], [phone], [address] and so on. Order
    numbers, prices and product numbers stay."""
    text = _EMAIL.sub("[email]", text)
    text = _SECRET.sub(r"\1[secret]", text)
    text = _IBAN.sub("[account]", text)
    text = _CARD.sub(_unless_numbered(_card), text)
    text = _NATIONAL.sub(_unless_numbered(lambda _: "[national id]"), text)
    for street in _STREETS:
        text = street.sub("[address]", text)
    text = _PHONE.sub(_phone, text)
    return _NAME.sub(r"\1[name]", text)


def without_cards(text: str) -> str:
    """The text with numbers of payment cards replaced, and all else as it is."""
    return _CARD.sub(lambda found: _card(found.group()), text)


def has_card(text: str) -> bool:
    """Whether a text has the number of a payment card in it, by its length, first digit and check digit."""
    return any(_card(found.group()) != found.group() for found in _CARD.finditer(text))


def _unless_numbered(mask: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    def replaced(match: re.Match[str]) -> str:
        before = match.string[max(0, match.start() - 30) : match.start()]
        return match.group() if _NUMBERED.search(before) else mask(match.group())

    return replaced


def _card(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return "[card]" if len(digits) in _CARD_DIGITS and digits[0] in "23456" and _luhn(digits) else number


def _luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _phone(match: re.Match[str]) -> str:
    text = match.group()
    before = match.string[max(0, match.start() - 30) : match.start()]
    digits = re.sub(r"\D", "", text)
    if _DATE.match(text):
        return text
    if len(digits) not in _PHONE_DIGITS or (_NUMBERED.search(before) and not text.startswith("+")):
        return text
    if text.startswith(("+", "00", "(")) or _CALLED.search(before):
        return "[phone]"
    groups = re.split(r"\D+", text)
    if len(groups) == 1:
        return "[phone]" if len(digits) in _BARE_PHONE_DIGITS else text
    return "[phone]" if len(groups) >= 3 and len(groups[-1]) >= 2 and "." not in text[:3] else text
