"""What waits for the shopper: a yes to a proposal, or an answer to a question. It is kept over a question in between,
said again with the answer to that, and changed by what is said of it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from app.chat.answering import Found
from app.chat.calls import Call, Plan
from app.chat.context import Context
from app.chat.planning_answers import TOOLS, answers, asks_again, chooses, stays
from app.chat.planning_offers import NO_CARDS
from app.chat.reading.addresses import address_wanted
from app.chat.reading.asking import is_question
from app.chat.reading.clauses import CHANGES
from app.chat.reading.desk_words import asks_number
from app.chat.reading.intents import ABOUT_ORDERS, SHOPPING, Intent, order_number, rule
from app.chat.reading.message import Reading
from app.chat.reading.smalltalk import smalltalk
from shop.conversations.masking import has_card
from shop.rules.words import STOP_WORDS, forms

ASIDES: Final = "asides"
"""How many turns were about something else since it was proposed."""
_MOST: Final = 3
_SETTLES: Final = frozenset({Intent.CONFIRM, Intent.DENY, Intent.AFRESH, Intent.HUMAN, Intent.TICKET})
_TO_A_CARD: Final = re.compile(
    r"\b(?:gift[- ]?card|store credit|voucher|original|visa|master ?card|amex|credit card|paypal|card)\b", re.IGNORECASE
)
_TOWARDS: Final = re.compile(
    rf"\b(?:to|on|onto|into) (?:(?:an?|my|the|that) )?(?:\w+ )?{_TO_A_CARD.pattern}", re.IGNORECASE
)
_RATHER: Final = re.compile(r"\b(?:rather|instead|better|no,|no\b.{0,10}\b(?:on|to))", re.IGNORECASE)
# A wish in the form of a question.
_ASKS_FOR_IT: Final = re.compile(
    r"\b(?:can|could|would|will) you (?:please )?(?:put|send|refund|pay|give|make|use|credit|transfer|change|move)\b"
    r"|\b(?:can|could|may) (?:i|we) (?:please )?(?:get|have|receive) (?:it|that|them|(?:the|my) (?:money|refund))\b"
    r"|\b(?:can|could|may|will) (?:it|that|(?:the|my) (?:money|refund)) (?:please )?(?:go|come|be (?:put|sent|paid"
    r"|refunded|credited|transferred))\b",
    re.IGNORECASE,
)
_NO: Final = re.compile(
    r"\b(?:don'?t|do not|no,? wait|stop|rather not|not that)\b(?! (?:know|understand|see|remember))", re.I
)
_MANNERS: Final = frozenset({Intent.GREETING, Intent.THANKS, Intent.HELP, Intent.OFF_TOPIC})
_NOTHING_ELSE: Final = frozenset({Intent.SEARCH, Intent.UNCLEAR, Intent.GIFT, Intent.DETAILS, Intent.AVAILABILITY})
_OF_ITEMS: Final = {"return": Intent.RETURN, "exchange": Intent.EXCHANGE}
_REMARKS: Final = frozenset({Intent.SEARCH, Intent.UNCLEAR, Intent.THANKS, Intent.DETAILS})
_MOVES_MONEY: Final = frozenset({"return", "cancel", "exchange", "change_payment"})
_LOOKS_FOR: Final = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|and|so|now|please|can you|could you) )*(?:show|find|search|recommend|compare)\b"
    r"|\b(?:i'?m|i am|we'?re|we are) looking for\b|\b(?:want|like|need) to (?:buy|see|order)\b",
    re.IGNORECASE,
)
_WANTS_IT: Final = re.compile(
    r"\b(?:want|like|going|can|could) (?:i |we )?(?:to )?(?:send|return|give)\b", re.IGNORECASE
)
_SAID: Final = 2000
_A_FEW: Final = 3


def is_proposal(pending: Mapping[str, Any] | None) -> bool:
    """Whether a yes would do it."""
    return pending is not None and "summary" in pending


def may_be_settled(pending: Mapping[str, Any] | None) -> bool:
    """Whether a plain yes or no means it: not where something was shown to buy in between."""
    return is_proposal(pending) and not (pending or {}).get("hidden")


def kept(found: Found, pending: Mapping[str, Any] | None, reading: Reading, message: str) -> Found:
    """What was found, with what still waits, and that it does: while something is asked in between. Where something
    else is to be changed, or a no is said, it waits no longer. What is shown to buy in between may be what a yes is
    about, so it is not said again there, and a yes does nothing until it is asked for again."""
    new = found.proposal is not None or "asks" in found.facts
    asked = "?" in message and TOOLS.get(reading.intent) == (pending or {}).get("tool")
    if pending is None or new or reading.intent in _SETTLES | (frozenset() if asked else CHANGES) or reading.guarded:
        return found
    if is_proposal(pending) and _NO.search(message):
        return found
    asides = int(pending.get(ASIDES, 0)) + 1
    if asides > _MOST:
        return found
    waits = {**pending, ASIDES: asides}
    if not is_proposal(pending):
        return replace(found, facts={**found.facts, "asks": waits})
    if reading.intent in SHOPPING or found.products or reading.intent in _MANNERS:
        return replace(found, facts={**found.facts, "asks": {**waits, "hidden": True}})
    waits.pop("hidden", None)
    return replace(found, proposal=waits, closing=(f"Still to be decided: {pending['summary']} Shall I do that?",))


def order_of(pending: Mapping[str, Any] | None) -> str | None:
    """The order of what waits for an answer: "can you exchange it" after a return was proposed."""
    found = (pending or {}).get("arguments", {}).get("order_id") or (pending or {}).get("order_id")
    return str(found) if found else None


def remarked(pending: Mapping[str, Any] | None, reading: Reading, message: str) -> bool:
    """Whether a message is a remark on what waits for a yes, or asks what that says: how much, to which card."""
    if pending is None or not is_proposal(pending) or _NO.search(message) or _out_of_sight(pending, reading):
        return False
    moves = pending.get("tool") in _MOVES_MONEY and reading.order_id is None
    if moves and (reading.intent is Intent.REFUND or _HOW_SOON.fullmatch(message)):
        return True
    if reading.names_kind and not reading.desk:
        return False
    return reading.intent in _REMARKS or asks_again(pending.get("tool"), reading.intent, message)


def resumed(pending: Mapping[str, Any] | None) -> Found | None:
    """What waits, said again; None where nothing does."""
    if pending is None or not is_proposal(pending):
        return None
    again = {name: value for name, value in pending.items() if name not in ("hidden", ASIDES)}
    return Found(notes=(f"{pending['summary']} Shall I do that?",), proposal=again)


def changed_plan(pending: Mapping[str, Any] | None, reading: Reading, message: str) -> Plan | None:
    """What a message makes of a proposal that it wants otherwise: the money to a gift card, another size, one item
    more, another address, more for the ticket. None where it says nothing of that kind."""
    plan = _changed(pending, reading, message)
    then = (pending or {}).get("then", ())
    return replace(plan, after=tuple(Call(one["tool"], one["arguments"]) for one in then)) if plan else None


def _changed(pending: Mapping[str, Any] | None, reading: Reading, message: str) -> Plan | None:
    if pending is None or not is_proposal(pending) or reading.guarded:
        return None
    tool, arguments = pending["tool"], dict(pending["arguments"])
    if tool == "create_ticket" and reading.intent is Intent.TICKET and not asks_number(message):
        return _added(arguments, message)
    if reading.intent in _SETTLES or _out_of_sight(pending, reading):
        return None
    if tool == "create_ticket":
        return _more_for_the_ticket(arguments, reading, message)
    if tool == "change_address":
        address = address_wanted(message)
        return Plan((Call(tool, {**arguments, "address": address.model_dump()}),)) if address else None
    if tool == "return" and _moves_the_money(reading, message):
        return Plan((Call(tool, {**arguments, "method_id": None, "said": message[:_SAID]}),))
    if tool == "cancel" and reading.intent is Intent.CANCEL and reading.order_id is None and not _short(message):
        return Plan((Call(tool, {**arguments, "said": message[:_SAID]}),))
    return _other_items(tool, arguments, pending, reading, message)


def _other_items(
    tool: str, arguments: dict[str, Any], pending: Mapping[str, Any], reading: Reading, message: str
) -> Plan | None:
    """A return or an exchange of other items, or for another variant."""
    if tool not in _OF_ITEMS or reading.intent not in _NOTHING_ELSE | {_OF_ITEMS[tool]}:
        return None
    if is_question(message, "?" in message):
        return None
    options = {form for option in pending.get("options", ()) for form in forms(option)} - STOP_WORDS
    if not options & set(forms(message)):
        return None
    return Plan((Call(tool, {**arguments, "said": message[:_SAID]}),))


_SECOND: Final = re.compile(
    r"\b(?:meant?|instead|rather|other|but)\b|\bi (?:wanted|want|need|'?d like) (?:to|it)\b", re.IGNORECASE
)
# What is wanted instead, not what happened: "no, it was not broken by me" says nothing of what is to be done.
_TELLS: Final = re.compile(
    r"(?:i|we|he|she|they|my \w+)\b(?:['\u2019]ll| will| can| have to| must|(?: \w+)? (?:needs?|wants?|keep))\b"
    r"|(?:keep|leave|let)\b",
    re.IGNORECASE,
)


def called_off(pending: Mapping[str, Any] | None, message: str) -> bool:
    """Whether what waits, a question or a proposal, is not wanted any more, in more words than a no: "no wait, I need
    the curtains", "forget it, I will keep them". What answers a question is an answer, whatever it begins with."""
    if pending is None or "?" in message or order_number(message) or answers(pending, message):
        return False
    parts = [part for part in re.split(r"[.,;!]+\s*|\s+[-\u2013\u2014]+\s+", message.strip()) if part]
    cancels = pending.get("tool") == "cancel"
    refused = [_is_no(part) or (cancels and stays(part)) for part in parts]
    if not parts or not any(refused):
        return False
    rest = ", ".join(part for part, no in zip(parts, refused, strict=True) if not no)
    if not rest or _SECOND.search(rest) or ((guess := rule(rest, Context())) is not None and guess.intent in CHANGES):
        return not rest
    return refused[-1] or (refused[0] and _TELLS.match(rest) is not None)


def _is_no(part: str) -> bool:
    guess = smalltalk(part, asked=True)
    return guess is not None and guess.intent is Intent.DENY


_OF_IT: Final = re.compile(r"\b(?:how long|when|how much|money|refund(?:ed)?|which card|arrive)\b", re.IGNORECASE)
# A polite word before a question is none: "please, how much does the return cost?"
_EXPLICIT: Final = re.compile(
    r"\W*(?:(?:ok(?:ay)?|sure|fine|great|alright|please|then)\b\W*)*(?:yes|yep|yeah|yup|do (?:it|that)|go ahead"
    r"|go for it|i confirm)\b",
    re.IGNORECASE,
)
_ONE: Final = 1
_YES_FIRST: Final = re.compile(
    r"\W*(?:ok(?:ay)?|yes|yep|yeah|sure|please|fine|great|alright)?\W*(?:(?:ok(?:ay)? )?go ahead|yes(?: please)?"
    r"|yep|yeah|sure"
    r"|please do|ok(?:ay)?,? (?:then )?(?:please )?(?:do|send|return|exchange|swap|change))\b",
    re.IGNORECASE,
)
_YES_ROUND: Final = re.compile(
    r"\W*(?:ok(?:ay)?|yes|fine|alright|great|perfect|good)\b(?P<what>.*?)\b(?:(?P<it>it is)|is (?:fine|ok(?:ay)?|good)"
    r"|works)\W*$",
    re.IGNORECASE,
)
_HOW_SOON: Final = re.compile(
    r"\W*(?:and |so |but )*how (?:fast|long|soon|quick(?:ly)?)(?: (?:is|does|will|would) (?:that|it)(?: (?:take"
    r"|be|go))?)?\W*",
    re.IGNORECASE,
)
_NOTHING_NEW: Final = frozenset(
    forms("please do it that then with for to the and go ahead back me swap send change now refund")
)


def _repeats(pending: Mapping[str, Any], message: str) -> bool:
    """Whether a message begins with a yes and has no other words than what waits has; one of several items that are
    named may be all that is wanted."""
    said = _YES_FIRST.match(message)
    rounded = _YES_ROUND.match(message)
    if (said is None and rounded is None) or len(pending["arguments"].get("item_ids") or ()) > _ONE:
        return False
    if rounded and not rounded["it"] and not _TO_A_CARD.search(rounded["what"]):
        return False  # "ok, the clock works" is told of the clock
    more = rounded["what"] if rounded else message[said.end() if said else 0 :]
    if any(is_question(part, False) for part in re.split(r"\W*[,.;!]\W*", more.strip())):
        return False
    rest = set(forms(more)) - STOP_WORDS - _NOTHING_NEW
    return bool(rest) and rest <= set(forms(pending["summary"]))


def agreed(pending: Mapping[str, Any] | None, message: str) -> bool:
    """Whether a message is a yes to what waits for one and says, beside it, no more than that does ("go ahead with L"),
    or asks what the answer to a yes says: when the money is there, and how much."""
    if pending is None or not may_be_settled(pending):
        return False
    if "?" not in message and _repeats(pending, message):
        return True
    parts = [part for part in re.split(r"[.!,;]+\s*|\s+(?=and\b|how\b|when\b)", message.strip()) if part]
    if not parts or not _EXPLICIT.match(parts[0]):
        return False
    first, *rest = parts
    yes = smalltalk(first, asked=True, tool=str(pending.get("tool", "")))
    others = " ".join(rest)
    asks = bool(others) and is_question(others, "?" in message) and _OF_IT.search(others) is not None
    return yes is not None and yes.intent is Intent.CONFIRM and asks and not _SECOND.search(others)


def settles(pending: Mapping[str, Any] | None, message: str) -> Intent | None:
    """A yes or a no to what waits, in more words than those; None where a message is neither."""
    if not chooses(pending, message) and called_off(pending, message):
        return Intent.DENY
    return Intent.CONFIRM if agreed(pending, message) else None


def _out_of_sight(pending: Mapping[str, Any], reading: Reading) -> bool:
    """Whether something was shown to buy in between, so that only words about orders can mean what waits."""
    return not may_be_settled(pending) and reading.intent not in ABOUT_ORDERS


def _moves_the_money(reading: Reading, message: str) -> bool:
    """Whether a message says to which card a refund is to go: no question of cards, and no search for one."""
    if not _TO_A_CARD.search(message):
        return False
    rather = _RATHER.search(message) is not None and not is_question(message, "?" in message)
    if reading.intent is Intent.KNOWLEDGE:
        return rather
    if is_question(message, "?" in message) and not _ASKS_FOR_IT.search(message):
        return False
    return reading.intent not in SHOPPING or reading.desk or _TOWARDS.search(message) is not None


def _short(message: str) -> bool:
    return len(message.split()) <= _A_FEW


def _more_for_the_ticket(arguments: dict[str, Any], reading: Reading, message: str) -> Plan | None:
    """The ticket with what else is told: no question, nothing that is wanted of an order, and nothing to buy."""
    tells = reading.intent in _NOTHING_ELSE | {Intent.ORDER_STATUS, Intent.RETURN} and not reading.order_id
    if reading.intent is Intent.RETURN and _WANTS_IT.search(message):
        return None
    shops = reading.intent is Intent.GIFT or (reading.names_kind and not reading.desk) or _LOOKS_FOR.search(message)
    if not tells or shops or is_question(message, "?" in message):
        return None
    return _added(arguments, message)


def _added(arguments: dict[str, Any], message: str) -> Plan:
    text = f"{arguments.get('text', '')}\n{message}".strip()[:10_000]
    said = f"I have added that. {NO_CARDS}" if has_card(message) else "I have added that."
    return Plan((Call("create_ticket", {**arguments, "text": text}),), say=said)
