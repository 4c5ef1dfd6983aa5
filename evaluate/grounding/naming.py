"""Another name in a true sentence: of a product at hand, of none there is, of what is compared, of the source."""

import random
import re
from decimal import Decimal
from typing import Final

from app.chat.records import Record
from evaluate.grounding.answers import Told

_INVENTED: Final = (
    "Zentrova Pulse X200",
    "Kestrelline Aurora Pro",
    "Sony WH-1000XM5",
    "Bravomax Trekker 3",
    "Nordvale Comet Edition",
    "Ollivander Mark II",
)

_OPPOSITES: Final = (
    ("cheaper than", "more expensive than"),
    ("lighter than", "heavier than"),
    ("the cheapest", "the most expensive"),
    ("the highest rated", "the lowest rated"),
)


def _cost(record: Record) -> Decimal:
    return Decimal(str(record.fields["price"]))


def swapped_name(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    """Another product at hand in the place of the one whose price it is."""
    text = told.sentences[place]
    named = told.named(text)
    if len(named) != 1 or f"${_cost(named[0]):,.2f}" not in text or "cheapest" in text or " by $" in text:
        return None
    others = [r for r in told.products if _cost(r) != _cost(named[0]) and r.title not in named[0].title]
    return (text.replace(named[0].title, draw.choice(others).title), text) if others else None


def invented(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    named = told.named(text)
    if not named:
        return None
    false = draw.choice(_INVENTED)
    return text.replace(named[0].title, false), false


def variant(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    """A name with a tail that no product has."""
    text = told.sentences[place]
    named = told.named(text)
    if not named:
        return None
    tail = draw.choice(["Ultra", "Mk 3", "Max Edition", "Gold Plus"])
    return text.replace(named[0].title, f"{named[0].title} {tail}"), tail


def ranking(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    prices = {record.fields["price"] for record in told.products}
    ratings = {record.fields.get("rating") for record in told.products}
    for one, other in _OPPOSITES:
        if one not in text or (len(prices) < 2 and "cheap" in one) or (len(ratings) < 2 and "rated" in one):
            continue
        named = told.named(text)
        if len(named) == 2 and draw.random() < 0.5:
            first, second = named
            return text.replace(first.title, "\0").replace(second.title, first.title).replace("\0", second.title), ""
        return text.replace(one, other), other
    return None


def place(_: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    """Another section of another document as the source."""
    text = told.sentences[place]
    match = re.search(r"\((?P<where>[A-Z][\w ]+, [\w ]+)\)", text)
    documents = [r for r in told.brief.records if r.section]
    if match is None or len(documents) < 2:
        return None
    other = next(r for r in documents if f"{r.title}, {r.section}" != match.group("where"))
    false = f"{other.title}, {other.section}"
    return text.replace(match.group("where"), false), false
