"""From a message that reads like a wish to what is wanted of a thing that the customer has ordered. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.chat.context import Context, Told
from app.chat.reading.asking import is_question
from app.chat.reading.at_the_desk import instead_of_a_wish
from app.chat.reading.desk_words import pays_otherwise
from app.chat.reading.intents import Guess, Intent, IntentModel
from app.chat.reading.message import Reading
from app.chat.reading.own_things import (
    looks_for_goods,
    may_be_known,
    of_own_thing,
    only_wishes,
    tells_purchase,
    tells_trouble,
)
from app.chat.reading.references import Pointed
from app.chat.records import Record

_OPEN: Final = frozenset(
    {Intent.SEARCH, Intent.GIFT, Intent.UNCLEAR, Intent.DETAILS, Intent.AVAILABILITY, Intent.COMPATIBILITY}
    | {Intent.PRICE, Intent.SIMILAR, Intent.COMPARE, Intent.REVIEWS}
)
"""What a message may be taken for that is about a thing of one's own."""
_UNSURE: Final = frozenset({Intent.ORDER_STATUS, Intent.KNOWLEDGE})
"""What a rule reads from a word or two."""
_SURE: Final = 0.9
_OF_AN_ORDER: Final = re.compile(r"\b(?:order|parcel|package|delivery)\b", re.IGNORECASE)
_TOLD: Final = 0.5
_COMING: Final = frozenset({"pending", "processed", "shipped"})


def may_be_own(reading: Reading, before: Context, message: str) -> bool:
    """Whether it is worth looking at the customer's orders: something is told of a thing that is spoken of as known.
    Where products are shown it has to be said to be bought; where a rule read more than a status or a question, it is
    believed."""
    if reading.desk or reading.guarded or before.pending is not None:
        return False
    if reading.intent in _UNSURE:
        return tells_trouble(message) or pays_otherwise(message)
    if reading.intent not in _OPEN or looks_for_goods(message):
        return False
    known = tells_trouble(message) or may_be_known(message)
    return tells_purchase(message) or (known and not before.shown)


def own(reading: Reading, orders: Sequence[Record], message: str, model: IntentModel | None) -> Reading:
    """The message read as one about these orders; as it was read before, where it says nothing about them."""
    coming = [one for one in orders if one.fields["status"] in _COMING]
    guess = of_own_thing(message, on_its_way=bool(coming))
    if pays_otherwise(message):
        guess = Guess(Intent.PAY, _SURE)
    tells = not only_wishes(message, described=bool(reading.told.wishes))
    if guess is None and model is not None and may_be_known(message):
        guess = instead_of_a_wish(model.guess(message), desk=tells)
    if guess is None and _OF_AN_ORDER.search(message):
        guess = Guess(Intent.ORDER_STATUS, _TOLD)
    if guess is None and tells and may_be_known(message) and not is_question(message, "?" in message):
        guess = Guess(Intent.UNCLEAR, _TOLD)  # something is told of it, be it in words that no rule has
    if guess is None:
        return reading
    return _about(reading, guess, str(orders[0].fields["order_id"]) if len(orders) == 1 else None)


def _about(reading: Reading, guess: Guess, order_id: str | None) -> Reading:
    return replace(
        reading,
        intent=guess.intent,
        sure=guess.confidence,
        told=Told(),
        pointed=Pointed(),
        order_id=order_id,
        of_the_shop=False,
        goes_on=False,
        names_kind=False,
        desk=True,
    )
