"""What one message wants of orders, clause by clause. Pure."""

import re
from typing import Final, NamedTuple

from app.chat.context import Context
from app.chat.reading.asking import is_question
from app.chat.reading.intents import ABOUT_ORDERS, Guess, Intent, lone_number, order_number, rule
from app.chat.reading.of_the_shop import of_order
from app.chat.reading.own_things import of_own_thing

CHANGES: Final = frozenset({Intent.RETURN, Intent.CANCEL, Intent.EXCHANGE, Intent.ADDRESS, Intent.PAY})
"""What one clause may want changed of an order."""
# Where several orders are named a comma and a verb begin another request.
_VERBS: Final = re.compile(
    r",?\s+(?:(?:and|but)\s+)?then\s+|,?\s+but\s+|,\s+(?=(?:please\s+)?(?:return|cancel|exchange|swap|change"
    r"|send)\b)",
    re.IGNORECASE,
)
_OF_ITS_OWN: Final = re.compile(
    r"\b(?:cancel|return|exchange|swap|change|send back)\s+(?:also\s+)?"
    r"(?:the|my|an?|both|all|orders?|#?[A-Z]*\d{3,20})\b",
    re.IGNORECASE,
)
_SECOND_THOUGHT: Final = re.compile(r"\b(?:instead|rather|actually|or)\b", re.IGNORECASE)
# Two requests in one message are two clauses.
_CLAUSES: Final = re.compile(r"[.;!?]\s+|,?\s+(?:and|also|plus)\s+(?:also\s+|then\s+)?", re.IGNORECASE)


class Request(NamedTuple):
    """What one clause of a message wants of an order: in which words, and of which number."""

    intent: Intent
    words: str
    number: str | None


def requests_of(message: str, context: Context, *, asks: bool) -> list[Request]:
    """What a message wants of orders, clause by clause. A clause that says no more than another number goes on with
    the change before it: "cancel order W100 and W200"; others say more of the request before them, such as a reason.
    `asks`: what is a question and nothing else is one to the documents."""
    clauses = _CLAUSES.split(message)
    finer = [part for clause in clauses for part in _VERBS.split(clause)]
    if len({order_number(part) for part in finer} - {None}) > 1:
        clauses = finer
    found: list[Request] = []
    for clause in clauses:
        number = order_number(clause) or lone_number(clause)
        guess = rule(clause, context) or of_order(None, clause, context) or _of_own(clause, context, asks=asks)
        bare = (
            number is not None and not is_question(clause, "?" in clause) and not rule(_less(clause, number), context)
        )
        if found and bare and found[-1].intent in CHANGES:
            found.append(Request(found[-1].intent, clause, number))
        elif guess is not None and guess.intent in ABOUT_ORDERS | {Intent.KNOWLEDGE}:
            found.append(Request(guess.intent, clause, number))
        elif guess is None and found:
            found[-1] = found[-1]._replace(words=f"{found[-1].words}, {clause}")
    return found


def _of_own(clause: str, context: Context, *, asks: bool) -> Guess | None:
    """What one clause wants of a thing of one's own; a question to the documents, where it `asks` and wants nothing."""
    if context.shown:
        return None
    own = of_own_thing(clause, on_its_way=False)
    if own is None and asks and is_question(clause, "?" in clause):
        return Guess(Intent.KNOWLEDGE, 0.5)
    return own


def _less(clause: str, number: str) -> str:
    return re.sub(rf"#?{re.escape(number)}", " ", clause, flags=re.IGNORECASE)


def are_apart(first: Request, later: Request) -> bool:
    """Whether two changes are of two things: of two orders, or each of what it names itself and no second thought."""
    if first.number and later.number:
        return first.number != later.number
    named = _OF_ITS_OWN.search(first.words) and _OF_ITS_OWN.search(later.words)
    return first.intent is not later.intent and bool(named) and not _SECOND_THOUGHT.search(later.words)
