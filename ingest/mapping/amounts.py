"""Numbers and money as people and programs write them: exact, or refused, never guessed."""

import math
import re
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from ingest.mapping.mistakes import ValueMistake
from shop.products.reasons import shown

SYMBOLS: Final = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₪": "ILS",
    "฿": "THB", "₫": "VND", "₱": "PHP", "₦": "NGN", "zł": "PLN", "zl": "PLN", "kč": "CZK", "ft": "HUF",
    "us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD",
    "r$": "BRL", "mx$": "MXN", "fr.": "CHF", "sfr": "CHF", "euro": "EUR", "euros": "EUR", "dollars": "USD",
}  # fmt: skip
DOLLARS: Final = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "TWD", "ARS", "CLP", "COP"})
CROWNS: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_GROUPED = re.compile(r"([+-]?)(\d+(?:[.,'\u2019]\d+)*)")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_MONEY = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<before>[^\d+\-.,]*)(?P<amount>[+-]?[.,]?\d[\d.,'\u2019\s]*?)(?P<after>[^\d]*)"
)
# "12,-" and "12.--": no cents.
_NO_FRACTION = re.compile(r"^[.,][-\u2013\u2014]+\s*")
_MAX_EXPONENT = 30


class Money(NamedTuple):
    """An amount in main units, and the currency that stood beside it (empty if none did)."""

    amount: Decimal
    currency: str


def number(value: object, decimal: str = "") -> Decimal:
    """An exact number. `decimal`: the character before the fraction ("." or ","); empty: told from the text,
    where a plain 1234.5 needs no telling. Raises ValueMistake."""
    if isinstance(value, bool):
        raise ValueMistake(f"{shown(value)} is not a number")
    if isinstance(value, int) and abs(value) < 10**_MAX_EXPONENT:
        return Decimal(value)
    if isinstance(value, float):
        value = repr(value) if math.isfinite(value) else str(value)
    text = _SPACES.sub("", str(value))
    if decimal != "," and _PLAIN.fullmatch(text):
        return _decimal(text, value)
    match = _GROUPED.fullmatch(text)
    if match is None:
        raise ValueMistake(f"{shown(value)} is not a number")
    return _decimal(match.group(1) + _ungrouped(match.group(2), decimal, value), value)


def money(value: object, decimal: str = "", default_currency: str = "USD") -> Money:
    """A price such as 19.99, "1.299,00 €", "$1,299.00", "1 299,00" or "EUR 12". "$" is the default currency
    if that is a dollar, else USD. Raises ValueMistake, also for a text such as "1.299" that may be read as
    either 1299 or 1.299 while `decimal` does not say."""
    if not isinstance(value, str):
        return Money(number(value), "")
    text = value.strip()
    if "e" in text and _PLAIN.fullmatch(text):
        return Money(number(text), "")
    match = _MONEY.fullmatch(text)
    if match is None:
        raise ValueMistake(f"{shown(value)} is not a number")
    before, after = match.group("before").strip(), match.group("after").strip()
    amount = match.group("sign") + match.group("amount")
    after = _NO_FRACTION.sub("", after)
    code = currency(before, default_currency) or currency(after, default_currency) if before or after else ""
    if not decimal and not before and not after and re.fullmatch(r"[+-]?\d{1,3}[.,]\d{3}", amount):
        raise ValueMistake(
            f'{shown(value)} can be read in two ways; say `decimal: "."` or `decimal: ","` in the mapping file'
        )
    if decimal or not code or not re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", amount.strip()):
        return Money(number(amount, decimal), code)
    # Beside a currency three digits are thousands: prices have no third decimal.
    return Money(number(re.sub("[.,]", "", amount)), code)


def currency(text: str, default: str = "USD") -> str:
    """The ISO 4217 code that a symbol or code means; empty for an empty text. Raises ValueMistake."""
    word = text.strip()
    if not word:
        return ""
    if re.fullmatch(r"[A-Za-z]{3}", word) and word.lower() not in SYMBOLS:
        return word.upper()
    if word == "$":
        return default if default in DOLLARS else "USD"
    if word.lower() in ("kr", "kr."):
        return default if default in CROWNS else "SEK"
    code = SYMBOLS.get(word.lower())
    if code is None:
        raise ValueMistake(f"{shown(text)} is not a currency")
    return code


def _ungrouped(digits: str, decimal: str, original: object) -> str:
    """Digits with separators -> digits with at most one "." before the fraction."""
    separators = [c for c in digits if not c.isdigit()]
    if decimal:
        whole, point, fraction = digits.partition(decimal)
        wrong = [c for c in fraction if not c.isdigit()]
    else:
        last = separators[-1] if separators else ""
        single = last and separators.count(last) == 1 and last in ".,"
        three = len(digits.rpartition(last)[2]) == 3 if last else False
        # One comma before three digits parts thousands; before any other number of digits, the fraction.
        is_fraction = single and not (three and len(separators) == 1 and last == ",")
        whole, point, fraction = digits.rpartition(last) if is_fraction else (digits, "", "")
        wrong = []
    groups = re.split(r"[.,'\u2019]", whole)
    badly_grouped = len(groups) > 1 and (any(len(g) != 3 for g in groups[1:]) or not 1 <= len(groups[0]) <= 3)
    if wrong or badly_grouped or len({c for c in whole if not c.isdigit()}) > 1:
        raise ValueMistake(f"{shown(original)} is not a number")
    return "".join(groups) + ("." + fraction if point else "")


def _decimal(text: str, original: object) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueMistake(f"{shown(original)} is not a number") from error
    # 1e999999 is a valid Decimal whose integer would fill the memory.
    if not amount.is_finite() or abs(amount.adjusted()) > _MAX_EXPONENT:
        raise ValueMistake(f"{shown(original)} is not a number of this world")
    return amount
