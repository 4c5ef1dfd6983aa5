"""Amounts as an English sentence has them. Pure."""

from decimal import Decimal
from typing import Final

_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
_WHOLE: Final = frozenset({"JPY", "KRW", "VND", "CLP"})


def money(amount: float | Decimal, currency: str) -> str:
    """$1,299.00, €39.90, 45.00 CHF. Whole amounts are told without cents only where the currency has none."""
    exact = Decimal(str(amount))
    places = 0 if currency in _WHOLE else max(2, -int(exact.normalize().as_tuple().exponent or 0))
    number = f"{exact:,.{places}f}"
    sign = _SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency}"
