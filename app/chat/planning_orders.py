"""From an intent about orders, the account or the shop itself to a call of a tool. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from app.chat.calls import Call, Plan
from app.chat.context import Context
from app.chat.reading.addresses import address_of
from app.chat.reading.at_the_desk import (
    GIVEN_SAID,
    asks_cost,
    asks_in_general,
    asks_options,
    asks_when_answered,
    is_upset,
    not_of_the_account,
    was_given,
)
from app.chat.reading.following import is_question
from app.chat.reading.intents import ABOUT_ORDERS, Intent, order_number
from app.chat.reading.of_the_shop import asks_when
from shop.rules.words import STOP_WORDS, forms

_TOOLS: Final[Mapping[Intent, str]] = {
    Intent.ORDER_STATUS: "order_status",
    Intent.RETURN: "return",
    Intent.REFUND: "refund_status",
    Intent.CANCEL: "cancel",
    Intent.EXCHANGE: "exchange",
    Intent.ADDRESS: "change_address",
    Intent.ACCOUNT: "account_help",
    Intent.KNOWLEDGE: "knowledge",
    Intent.HUMAN: "hand_over",
}
_OF_THE_ACCOUNT: Final = frozenset({Intent.ORDER_STATUS, Intent.CANCEL, Intent.ADDRESS, Intent.ACCOUNT, Intent.REFUND})
_IN_GENERAL_OF: Final[Mapping[Intent, str]] = {
    Intent.RETURN: "How do I return something?",
    Intent.EXCHANGE: "Can I exchange an item?",
    Intent.REFUND: "When do I get my money back?",
    Intent.CANCEL: "Can I cancel an order?",
}
"""What is asked of the documents, where they do not answer what holds for everybody in the shopper's own words."""
_UNSURE: Final = (
    "I am not sure what you mean. I can see to an order of yours, look into the shop's documents, or pass you on to a "
    "person."
)
_UNSURE_OF_IT: Final = "I am not sure what you mean."
_ELSE: Final = "Tell me if there is anything else that I can do for you."
_FOR_EVERYBODY: Final[Mapping[Intent, str]] = {
    Intent.REFUND: "When do I get my money back? ",
    Intent.EXCHANGE: "Can I exchange an item? ",
}
"""How a question of a visitor begins, of which the documents tell what holds for everybody."""
_SIGNED_IN: Final = ABOUT_ORDERS | {Intent.ACCOUNT}
# What is said at any time, and answers no question.
_NO_ANSWER: Final = frozenset(
    {Intent.CONFIRM, Intent.DENY, Intent.AFRESH, Intent.RESUME, Intent.GREETING, Intent.HELP, Intent.THANKS}
    | {Intent.HUMAN, Intent.KNOWLEDGE, Intent.ACCOUNT}
)
_SHOPPING: Final = re.compile(r"\b(?:show|find|search|looking for|buy|recommend|compare)\b", re.IGNORECASE)
_ANOTHER_WAY: Final = re.compile(r"\b(?:for|to|into|in|instead|rather|not|don'?t|no)\b", re.IGNORECASE)
_SENDS: Final = re.compile(r"\bhow\b.{0,20}\b(?:send|return|mail|give|bring)\b", re.IGNORECASE)
_ALL_ORDERS: Final = re.compile(r"\borders\b|\bwhat (?:did|have) i (?:order|buy|bought)", re.IGNORECASE)
_IN_GENERAL: Final = "For an order of yours I need you signed in; what holds for everybody I can say."
_NOT_SIGNED_IN: Final = re.compile(r"\b(?:signed|logged) (?:in|up)\b", re.IGNORECASE)
_WITHOUT_ACCOUNT: Final = (
    "Without signing in I cannot see an order here. What holds for every order I can tell you, and a person can look "
    "into yours: say that you would like to talk to somebody."
)
_ALL: Final = frozenset({"all", "everything", "both", "whole", "entire"})
# Whether something can be done is a question; that it be done is a wish.
_ASKS_WHETHER: Final = re.compile(
    r"(?:^|[,.;!?]|\b(?:and|but|so)\b)\s*(?:can|could|may|am i (?:able|allowed)|is it|are (?:they|these)|do i have"
    r"|how long|until when)\b"
    r"(?!\s+you\b).*\b(?:return|send|back)|\breturnable\b|\beligible\b",
    re.IGNORECASE,
)
_NO_LONGER: Final = re.compile(
    r"\b(?:no longer|don'?t|do not|doesn'?t|not)\b.{0,25}\b(?:need|want)|\bchanged my mind\b|\bno need\b", re.IGNORECASE
)
_MISTAKE: Final = re.compile(
    r"\bmistake|\baccident|\bwrong(?:ly)? order|\bordered (?:it )?twice|\bby error", re.IGNORECASE
)
_ACCOUNT_TOPIC: Final = re.compile(r"password|log ?in|sign ?in|delete|e-?mail|phone|name", re.IGNORECASE)


def order_plan(intent: Intent, context: Context, message: str, *, visitor: bool = False) -> Plan | None:
    """What is done about `intent`; None where it is about something else. `context` is the one after the message.
    `visitor`: nobody is signed in, so that what holds for everybody is all that can be said."""
    if intent not in _TOOLS:
        return None
    if (plan := _said_of_it(intent, context, message)) is not None:
        return plan
    if visitor and intent is Intent.RETURN and not context.order_id and _ASKS_WHETHER.search(message):
        asked = Call("knowledge", {"question": message[:1000], "instead": "How long do I have to return something?"})
        return Plan((asked,), say=_IN_GENERAL)
    if visitor and intent is Intent.ACCOUNT and not _ACCOUNT_TOPIC.search(_NOT_SIGNED_IN.sub(" ", message)):
        return Plan(say=_WITHOUT_ACCOUNT)
    asks = intent is Intent.ACCOUNT or is_question(message, "?" in message)
    if visitor and intent in _SIGNED_IN and asks and not context.order_id and not order_number(message):
        # What holds for everybody may be all that is asked for.
        about = _FOR_EVERYBODY.get(intent, "")
        asked = Call("knowledge", {"question": f"{about}{message}"[:1000], "beside": True})
        return Plan((Call(_TOOLS[intent], {}), asked))
    arguments: dict[str, Any] = {}
    every = intent is Intent.ORDER_STATUS and _ALL_ORDERS.search(message)
    if context.order_id and not every and intent not in (Intent.ACCOUNT, Intent.KNOWLEDGE, Intent.HUMAN):
        arguments["order_id"] = context.order_id
    tool = _TOOLS[intent]
    if intent is Intent.RETURN and _ASKS_WHETHER.search(message):
        tool = "return_eligibility"
    if intent is Intent.ORDER_STATUS and asks_options(message):
        tool = "order_options"
    return Plan((Call(tool, arguments | _told_of(intent, message)),))


def _said_of_it(intent: Intent, context: Context, message: str) -> Plan | None:
    """What is said or looked up instead of calling the tool of an intent: whose order it is, what holds for all."""
    if intent in _OF_THE_ACCOUNT and not order_number(message) and (whose := not_of_the_account(message)):
        return Plan(say=whose)
    if intent is Intent.ACCOUNT and asks_options(message) and context.order_id:
        return Plan((Call("order_options", {"order_id": context.order_id}),))
    if intent in (Intent.RETURN, Intent.EXCHANGE) and was_given(message):
        asked = Call("knowledge", {"question": _IN_GENERAL_OF[intent], "beside": True})
        return Plan((asked,), say=GIVEN_SAID)
    if intent in _IN_GENERAL_OF and order_number(message) is None and asks_in_general(message):
        about = _IN_GENERAL_OF[intent]
        question = "What does a return cost?" if intent is Intent.RETURN and asks_cost(message) else message[:1000]
        return Plan((Call("knowledge", {"question": question, "instead": about}),))
    return None


def unclear_plan(context: Context, message: str, *, visitor: bool) -> Plan:
    """What is answered at the desk to what was not understood: what can be done with the order that was talked of."""
    if whose := not_of_the_account(message):
        return Plan(say=whose)
    sorry = "I am sorry for the trouble. " if is_upset(message) else ""
    if context.ticket:
        return Plan(say=f"{sorry}Ticket {context.ticket} is with the shop's team. {_ELSE}")
    if visitor or not context.order_id:
        return Plan(say=f"{sorry}{_UNSURE}")
    return Plan((Call("order_options", {"order_id": context.order_id}),), say=sorry.strip() or _UNSURE_OF_IT)


def _told_of(intent: Intent, message: str) -> dict[str, Any]:
    """What the message itself says that the tool wants to know."""
    said = {} if order_number(message) else {"said": message[:2000]}
    if intent in (Intent.RETURN, Intent.EXCHANGE):
        return {"said": message[:2000]}
    if intent in (Intent.ORDER_STATUS, Intent.REFUND):
        return said
    if intent is Intent.CANCEL:
        return {"reason": reason_of(message), "said": message[:2000]}
    if intent is Intent.ADDRESS:
        address = address_of(message)
        # Names of streets are no names of items.
        return {"address": address.model_dump(), "said": ""} if address else {"address": None, **said}
    if intent is Intent.ACCOUNT:
        return {"topic": message[:300] if _ACCOUNT_TOPIC.search(message) else ""}
    if intent is Intent.KNOWLEDGE:
        instead = {"instead": "How long does shipping take?"} if asks_when(message) else {}
        if asks_when_answered(message):
            return {"question": "When does your team answer?", "instead": "How do I reach a person?"}
        if _SENDS.search(message):
            instead = {"instead": "How do I return something?"}
        return {"question": message[:1000], **instead}
    return {"summary": message[:2000]} if intent is Intent.HUMAN else {}


def answer_plan(
    asked: Mapping[str, Any] | None, intent: Intent, before: Intent | None, message: str, *, elsewhere: bool = False
) -> Plan | None:
    """What an answer to a tool's question does. `asked`: the question as it was kept: `tool`, its `arguments` so far,
    what is `missing`, and with `said` the `options` to choose from. `intent` is what the message would be about by
    itself, `before` what the question was about; `elsewhere`: it names a kind of thing that the shop has. None where
    the message is no answer to it."""
    if asked is None or "missing" not in asked:
        return None
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
    if intent in ABOUT_ORDERS and intent is not before and not said_by_itself and not numbered:
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


def asks_again(tool: str | None, intent: Intent, message: str) -> bool:
    """Whether a message asks for what has just been proposed, in few words that say nothing new: "can you exchange it"
    while the exchange waits for a yes."""
    short = len(message.split()) <= _A_FEW and order_number(message) is None
    return tool is not None and _TOOLS.get(intent) == tool and short and not _ANOTHER_WAY.search(message)


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


def reason_of(message: str) -> str:
    """Why an order is to be cancelled, in the words of the policy; empty where nothing is said that it knows."""
    if _MISTAKE.search(message):
        return "ordered by mistake"
    return "no longer needed" if _NO_LONGER.search(message) else ""
