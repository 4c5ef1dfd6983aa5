"""What several things may cost or do cost in all: "a lamp and a chair, under 150 together". Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.chat.context import Context, ShownProduct, Wish
from app.search.understanding.service import is_called, things_in

_ALL: Final = (
    r"(?:(?:all )?together|in total|total|altogether|in all|all in all|combined|in sum|for (?:both"
    r"|all(?: of (?:it|them))?"
    r"|everything|the (?:two|lot|whole lot)|them all))"
)
_MONEY: Final = r"(?:\s*(?:[$€£]|dollars|bucks|usd|euros?))?"
_AT_MOST: Final = (
    r"(?:under|below|less than|up to|at most|max(?:imum)?(?: of)?|within|(?:not|no) (?:more|over) than|not over)"
)
_SUM: Final = re.compile(
    rf"\W*\b(?:(?:{_AT_MOST}|around|about|for|with|budget(?: is| of)?|(?:i|we) have|spend)\s+){{1,2}}"
    rf"[$€£]?(?P<amount>\d+(?:[.,]\d+)?){_MONEY}(?: max(?:imum)?| at most| budget)?,?\s+{_ALL}\b"
    rf"|\W*[$€£]?(?<!\d)(?P<plain>\d+(?:[.,]\d+)?){_MONEY}(?: max(?:imum)?)?,?\s+{_ALL}\b(?: max)?"
    rf"|\W*\b{_ALL}\s+(?:(?:should|must|has to|to) be )?{_AT_MOST}\s+[$€£]?(?P<after>\d+(?:[.,]\d+)?){_MONEY}",
    re.IGNORECASE,
)
MOST: Final = 4
LEFT: Final = re.compile(
    r"\b(?:how much|what|anything|something|any money)\b[^?.!]{0,30}\b(?:left(?: over)?|remains?|remaining"
    r"|over)\W*$",
    re.IGNORECASE,
)
"""What of a sum is left is asked."""
CHEAPEST_OF_EACH: Final = re.compile(
    r"^\W*(?:(?:and|ok(?:ay)?|so|just|then|please|i(?:'ll)? (?:take|want)|show me|give me)\W+)*"
    r"(?:the |all )*(?:the )?cheapest(?: ones?| of each| possible| options?| you have)*(?:,? (?:please|pls|plz"
    r"|then))*\W*$",
    re.IGNORECASE,
)


def sum_named(message: str) -> tuple[float, str] | None:
    """The most that all of it may cost, and the message without it; None where no such sum is named."""
    found = _SUM.search(message)
    if found is None:
        return None
    amount = float((found["amount"] or found["plain"] or found["after"]).replace(",", "."))
    return amount, f"{message[: found.start()]}{message[found.end() :]}".strip()


def sum_wish(amount: float, currency: str | None) -> Wish:
    """What each of several things may cost where all of them may cost that much."""
    return Wish("price", "lte", amount, f"{amount:g} in all", high=amount, currency=currency)


def one_of_each(context: Context) -> list[ShownProduct]:
    """What "all of it" means: of every thing that was looked for together the first shown, else what was talked of
    before with what is talked of now."""
    things = things_in(context.about) if " and " in context.about else []
    if len(things) > 1:
        each = [next((one for one in context.shown if is_called(thing, one.name)), None) for thing in things]
        found = [product for product in each if product is not None]
        # One of each comes first in such a list.
        return found[:MOST] if len(found) > 1 else list(context.shown[: len(things)])
    now = [product for product in context.shown if product.product_id == context.focus] or list(context.shown[:1])
    return [*others(context, now), *now][-MOST:]


def talked_of(context: Context) -> tuple[ShownProduct, ...]:
    """What was talked of, with the product that the talk is leaving: the one pointed at, else the first shown."""
    if not context.shown or not context.about:
        return context.talked
    left = [one for one in context.shown if one.product_id == context.focus]
    if not left and not context.helps:
        left = one_of_each(replace(context, talked=()))
    return tuple([*others(context, left), *left][-MOST:])


def others(context: Context, now: Sequence[ShownProduct]) -> list[ShownProduct]:
    """What was talked of before that is another thing than what is talked of now."""
    things = things_in(context.about)
    families = {_family(product) for product in now}
    return [
        product
        for product in context.talked
        if _family(product) not in families and not any(is_called(thing, product.name) for thing in things)
    ]


def _family(product: ShownProduct) -> str:
    """A name without what tells variants apart."""
    return product.name.split(", ")[0]
