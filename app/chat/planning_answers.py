"""From the answer to a question that was asked of the shopper to the call that waited for it. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from app.chat.calls import Call, Plan
from app.chat.context import Context
from app.chat.reading.addresses import address_of
from app.chat.reading.asking import is_question
from app.chat.reading.intents import ABOUT_ORDERS, Intent, order_number, rule
from shop.rules.words import STOP_WORDS, forms

TOOLS: Final[Mapping[Intent, str]] = {
    Intent.ORDER_STATUS: "order_status",
    Intent.RETURN: "return",
    Intent.REFUND: "refund_status",
    Intent.CANCEL: "cancel",
    Intent.EXCHANGE: "exchange",
    Intent.ADDRESS: "change_address",
    Intent.PAY: "change_payment",
    Intent.ACCOUNT: "account_help",
    Intent.KNOWLEDGE: "knowledge",
    Intent.HUMAN: "hand_over",
}
"""The tool of each intent about orders, the account or the shop itself."""
# What is said at any time, and answers no question.
_NO_ANSWER: Final = frozenset(
    {Intent.CONFIRM, Intent.DENY, Intent.AFRESH, Intent.RESUME, Intent.GREETING, Intent.HELP, Intent.THANKS}
    | {Intent.HUMAN, Intent.KNOWLEDGE, Intent.ACCOUNT}
)
_SHOPPING: Final = re.compile(r"\b(?:show|find|search|looking for|buy|recommend|compare)\b", re.IGNORECASE)
_ANOTHER_WAY: Final = re.compile(r"\b(?:for|to|into|in|instead|rather|not|don'?t|no)\b", re.IGNORECASE)
_ALL: Final = frozenset({"all", "everything", "both", "whole", "entire"})
_NO_LONGER: Final = re.compile(
    r"\b(?:no longer|don'?t|do not|doesn'?t|not)\b.{0,25}\b(?:need|want|like)"
    r"|\bchanged (?:my|his|her|our|their) minds?\b|\bno need\b|\bfound (?:a |it )?(?:better|one|cheaper)\b"
    r"|\b(?:cheaper|elsewhere|somewhere else|in another (?:shop|store))\b"
    r"|\balready (?:have|has|had|got|bought)\b|\bcan(?:'?t|not) afford\b|\btak(?:es?|ing) (?:too|so|forever|ages)\b"
    r"|\b(?:won'?t|will not|doesn'?t) (?:arrive|come|be here|get here) (?:in time|before|by|until)\b",
    re.IGNORECASE,
)
_BECAUSE: Final = re.compile(
    r"\b(?:because|'?cause|cuz|since|due to|(?:my|the|a) reason|too \w+|wrong)\b", re.IGNORECASE
)
# "I do not want to cancel it" is no reason to.
_STAYS: Final = re.compile(
    r"(?:\bnot|n['\u2019]?t|\bno longer) (?:(?:want|need|wish|mean|like|going) (?:you )?to )?cancel\b",
    re.IGNORECASE,
)
_MISTAKE: Final = re.compile(
    r"\bmistake|\baccident|\bwrong(?:ly)? order|\b(?:ordered|bought|order|clicked) (?:it |them |that |this )?"
    r"(?:twice|double|the wrong)|\bby error|\bduplicate|\bdidn'?t mean to|\bnot mean to"
    r"|\b(?:kid|child|son|daughter|toddler|cat)s? (?:ordered|bought|clicked|pressed)",
    re.IGNORECASE,
)


def answer_plan(
    asked: Mapping[str, Any] | None, intent: Intent, before: Intent | None, message: str, *, elsewhere: bool = False
) -> Plan | None:
    """What an answer to a tool's question does. `asked`: the question as it was kept: `tool`, its `arguments` so far,
    what is `missing`, and with `said` the `options` to choose from. `intent` is what the message would be about by
    itself, `before` what the question was about; `elsewhere`: it names a kind of thing that the shop has. None where
    the message is no answer to it."""
    if asked is None or "missing" not in asked:
        return None
    if asked["missing"] == "reason" and (intent is Intent.CONFIRM or _anyway(asked, intent, message)):
        return Plan((Call(asked["tool"], {**asked["arguments"], **_of(asked), "reason": UNNEEDED}),), say=_TAKEN)
    if intent is Intent.CONFIRM:
        return _asked_again(asked, message)
    if intent in _NO_ANSWER:
        return None
    missing = asked["missing"]
    # A number or a reason by itself reads like a question where an order is.
    said_by_itself = missing == "subject" or (intent is Intent.ORDER_STATUS and missing in ("order_id", "reason"))
    told = _told(missing, message, asked)
    # The number of an order answers the question for one, whatever else it may be read as.
    numbered = missing == "order_id" and told is not None and intent in (Intent.ORDER_STATUS, before)
    # A reason that no rule reads otherwise is one, whatever a model takes it for.
    reasoned = missing == "reason" and told is not None and rule(message, Context()) is None
    addressed = (missing == "address" and told is not None) or reasoned
    if intent in ABOUT_ORDERS and intent is not before and not (said_by_itself or numbered or addressed):
        return None
    if told is None and asked.get("asides"):
        return None
    if told is None:
        shopping = elsewhere or bool(_SHOPPING.search(message))
        return _asked_again(asked, message) if intent in _NOTHING_ELSE and not shopping else None
    arguments = {**asked["arguments"], missing: told}
    if asked.get("order_id") and not arguments.get("order_id"):
        arguments["order_id"] = asked["order_id"]
    return Plan((Call(asked["tool"], arguments),))


def _of(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"order_id": asked["order_id"]} if asked.get("order_id") else {}


def _anyway(asked: Mapping[str, Any], intent: Intent, message: str) -> bool:
    """Whether an order is still to be cancelled, for a reason that the policy has no word for: it is proposed as one
    that is not needed, which the shopper can deny."""
    if is_question(message, "?" in message) or _told("reason", message, asked) or order_number(message):
        return False
    if stays(message):
        return False
    told = intent in _NOTHING_ELSE and _BECAUSE.search(message) is not None and not _SHOPPING.search(message)
    return told or intent is Intent.CANCEL


def answers(asked: Mapping[str, Any], message: str) -> bool:
    """Whether a message tells what a question of ours wants to know: the number, the reason or the address of it."""
    missing = asked.get("missing")
    return missing in ("order_id", "reason", "address") and _told(missing, message, asked) is not None


def chooses(asked: Mapping[str, Any] | None, message: str) -> bool:
    """Whether a message has one of the things that were offered to choose from, even if it reads like a question: "is
    there blue?"."""
    options = {form for option in (asked or {}).get("options", ()) for form in forms(option)} - STOP_WORDS
    return bool(options & set(forms(message)))


def asks_again(tool: str | None, intent: Intent, message: str) -> bool:
    """Whether a message asks for what has just been proposed, in few words that say nothing new: "can you exchange it"
    while the exchange waits for a yes."""
    short = len(message.split()) <= _A_FEW and order_number(message) is None
    return tool is not None and TOOLS.get(intent) == tool and short and not _ANOTHER_WAY.search(message)


_A_FEW: Final = 5
_NOTHING_ELSE: Final = frozenset({Intent.SEARCH, Intent.GIFT, Intent.UNCLEAR, Intent.DETAILS, Intent.AVAILABILITY})
_LONG: Final = 12


def _asked_again(asked: Mapping[str, Any], message: str) -> Plan | None:
    """The question once more, with what the message says of it; None of a long message, which is about something."""
    if len(message.split()) > _LONG:
        return None
    arguments = dict(asked["arguments"])
    if "said" in arguments:
        arguments["said"] = f"{arguments['said']} {message}".strip()[-2000:]
    return Plan((Call(asked["tool"], arguments),), say=_NOT_TOLD)


UNNEEDED: Final = "no longer needed"
_TAKEN: Final = "I take it that it is no longer needed."
_NOT_TOLD: Final = "I did not find that in what you wrote."


def _told(missing: str, message: str, asked: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a value of an argument
    """The missing argument as the message tells it; None where it does not."""
    if missing == "order_id":
        bare = re.fullmatch(r"\s*#?([A-Za-z]{0,3}\d{3,12})\W*", message)
        return order_number(message) or (bare[1].upper() if bare else None)
    if missing == "reason":
        return reason_of(message) or None
    if missing == "address":
        address = address_of(message)
        return address.model_dump() if address else None
    if _SHOPPING.search(message):
        return None
    if missing == "subject":
        return message.strip()[:300] or None
    options = {form for option in asked.get("options", ()) for form in forms(option)} - STOP_WORDS
    if not (options | _ALL) & set(forms(message)):
        return None
    return f"{asked['arguments'].get('said', '')} {message}".strip()[-2000:]


def stays(message: str) -> bool:
    """Whether it is said that nothing is to be cancelled."""
    return _STAYS.search(message) is not None


def reason_of(message: str) -> str:
    """Why an order is to be cancelled, in the words of the policy; empty where nothing is said that it knows."""
    if stays(message):
        return ""
    if _MISTAKE.search(message):
        return "ordered by mistake"
    return UNNEEDED if _NO_LONGER.search(message) else ""
