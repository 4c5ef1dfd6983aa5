"""From a message that reads like a wish to what is wanted of a thing that the customer has ordered. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.chat.context import Context, Told
from app.chat.reading.at_the_desk import instead_of_a_wish
from app.chat.reading.intents import Guess, Intent, IntentModel
from app.chat.reading.message import Reading
from app.chat.reading.own_things import of_own_thing, tells_purchase, tells_trouble
from app.chat.reading.references import Pointed
from app.chat.records import Record

_OPEN: Final = frozenset(
    {Intent.SEARCH, Intent.GIFT, Intent.UNCLEAR, Intent.DETAILS, Intent.AVAILABILITY, Intent.COMPATIBILITY}
    | {Intent.PRICE, Intent.SIMILAR, Intent.COMPARE, Intent.REVIEWS}
)
"""What a message may be taken for that is about a thing of one's own."""
_COMING: Final = frozenset({"pending", "processed", "shipped"})


def may_be_own(reading: Reading, before: Context, message: str) -> bool:
    """Whether it is worth looking at the customer's orders: something is told of a thing, and no rule read it. Where
    products are shown it has to be said to be bought."""
    if reading.desk or reading.guarded or reading.intent not in _OPEN or before.pending is not None:
        return False
    bought = tells_purchase(message)
    return bought or (tells_trouble(message) and not before.shown)


def own(reading: Reading, orders: Sequence[Record], message: str, model: IntentModel | None) -> Reading:
    """The message read as one about these orders; as it was read before, where it says nothing about them."""
    coming = [one for one in orders if one.fields["status"] in _COMING]
    guess = of_own_thing(message, on_its_way=bool(coming))
    if guess is None and model is not None:
        guess = instead_of_a_wish(model.guess(message), desk=False)
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
