"""What is added to an answer that is the same as the one before: whoever goes on was not helped by it. Pure."""

from dataclasses import replace
from typing import Final

from app.chat.answering import Found
from app.chat.reading.asking import is_question
from app.chat.reading.desk_words import is_upset
from app.chat.reading.intents import ABOUT_ORDERS
from app.chat.reading.message import Reading

_SORRY: Final = "I am sorry, more than this I do not know."
_OFFER: Final = "If you like, the shop's team looks into it: say “open a ticket”."
_UPSET: Final = "I am sorry for the trouble."


def not_only_again(found: Found, reading: Reading, before: str, message: str) -> Found:
    """What was found, with a ticket offered where the answer before, `before`, said all of it, or somebody is upset."""
    if reading.intent not in ABOUT_ORDERS or found.proposal is not None or not found.notes:
        return found
    if "asks" in found.facts or reading.guarded or is_question(message, "?" in message):
        return found
    told = " ".join(found.notes)
    if told in before and any(record.id for record in found.records):
        offer = () if "open a ticket" in told else (_OFFER,)
        return replace(found, notes=(_SORRY, *found.notes), closing=(*found.closing, *offer))
    if is_upset(message) and "sorry" not in told:
        return replace(found, notes=(_UPSET, *found.notes))
    return found
