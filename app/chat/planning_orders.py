"""From an intent about orders, the account or the shop itself to a call of a tool. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from app.chat.calls import Call, Plan
from app.chat.context import Context
from app.chat.planning_answers import TOOLS, reason_of
from app.chat.planning_offers import NO_CARDS
from app.chat.reading.addresses import address_of, beside_address
from app.chat.reading.asking import asks_when, is_question
from app.chat.reading.at_the_desk import TOPICS
from app.chat.reading.clauses import CHANGES, Request, are_apart, requests_of
from app.chat.reading.desk_words import (
    GIVEN_SAID,
    asks_cost,
    asks_in_general,
    asks_options,
    asks_when_answered,
    is_upset,
    not_of_the_account,
    of_password,
    was_given,
)
from app.chat.reading.intents import ABOUT_ORDERS, Intent, order_number
from app.chat.reading.own_things import may_be_known
from app.chat.wording import listed
from shop.conversations.masking import has_card

_OF_THE_ACCOUNT: Final = frozenset({Intent.ORDER_STATUS, Intent.CANCEL, Intent.ADDRESS, Intent.ACCOUNT, Intent.REFUND})
_IN_GENERAL_OF: Final[Mapping[Intent, str]] = {
    Intent.RETURN: "How do I return something?",
    Intent.EXCHANGE: "Can I exchange an item?",
    Intent.REFUND: "When do I get my money back?",
    Intent.CANCEL: "Can I cancel an order?",
}
"""What is asked of the documents, where they do not answer what holds for everybody in the shopper's own words."""
_CAN: Final = "I can see to an order of yours, look into the shop's documents, or pass you on to a person."
_SAY_SO: Final = "If you would like a person to look into it, say so. This is where it stands."
# An address that was just given to an order, for the account as well.
_PUT_THERE: Final = re.compile(
    r"\b(?:put|save|use|add|store|set)\b (?:it|that|this|the (?:new )?address)\b[^?.!]*\b(?:account|profile)\b",
    re.IGNORECASE,
)
_OF_ANOTHERS: Final = re.compile(
    r"\b(?:she|he|they) (?:bought|ordered|paid)\b(?! (?:one|another|some|the same)\b)", re.IGNORECASE
)
_UNSURE_OF_IT: Final = "I am not sure what you mean."
_I_SEE: Final = "I see."
_ELSE: Final = "Tell me if there is anything else that I can do for you."
_FOR_EVERYBODY: Final[Mapping[Intent, str]] = {
    Intent.REFUND: "When do I get my money back? ",
    Intent.EXCHANGE: "Can I exchange an item? ",
}
"""How a question of a visitor begins, of which the documents tell what holds for everybody."""
_SIGNED_IN: Final = ABOUT_ORDERS | {Intent.ACCOUNT}
_SENDS: Final = re.compile(r"\bhow\b.{0,20}\b(?:send|return|mail|give|bring)\b", re.IGNORECASE)
_ALL_ORDERS: Final = re.compile(r"\borders\b|\bwhat (?:did|have) i (?:order|buy|bought)", re.IGNORECASE)
_IN_GENERAL: Final = "For an order of yours I need you signed in; what holds for everybody I can say."
_NOT_SIGNED_IN: Final = re.compile(r"\b(?:signed|logged) (?:in|up)\b", re.IGNORECASE)
_WITHOUT_ACCOUNT: Final = (
    "Without signing in I cannot see an order here. What holds for every order I can tell you, and a person can look "
    "into yours: say that you would like to talk to somebody."
)
# Whether something can be done is a question; that it be done is a wish.
_ASKS_WHETHER: Final = re.compile(
    r"(?:^|[,.;!?]|\b(?:and|but|so)\b)\s*(?:can|could|may|am i (?:able|allowed)|is it|are (?:they|these)|do i have"
    r"|how long|until when)\b"
    r"(?!\s+you\b).*\b(?:return|send|back)|\breturnable\b|\b(?:last day|deadline|until when|by when)\b|\beligible\b",
    re.IGNORECASE,
)
_ACCOUNT_TOPIC: Final = re.compile(
    r"\S@\S|password|log ?in|sign ?in|log (?:me )?out|sign (?:me )?out|delete|remove|get rid|close|erase|e-?mail"
    r"|phone|name|cards?\b"
    r"|payment|visa|paypal|wrong|should be",
    re.IGNORECASE,
)


_ONE_BY_ONE: Final = "One change after the other: {} comes when this one is decided."


def order_plan(
    intent: Intent, context: Context, message: str, *, visitor: bool = False, several: bool = True
) -> Plan | None:
    """What is done about `intent`; None where it is about something else. `context` is the one after the message.
    `several`: the message may hold two requests.
    `visitor`: nobody is signed in, so that what holds for everybody is all that can be said."""
    if intent not in TOOLS:
        return None
    if (plan := _said_of_it(intent, context, message)) is not None:
        return plan
    if several and not visitor and (both := _several(intent, context, message)) is not None:
        return both
    if visitor and (plan := _for_everybody(intent, context, message)) is not None:
        return plan
    told = _told_of(intent, message, context)
    if intent is Intent.ACCOUNT and told["topic"]:
        # How passwords and the like go the documents may tell.
        asked = Call("knowledge", {"question": message[:1000], "beside": True})
        return Plan((Call(TOOLS[intent], told), asked))
    arguments: dict[str, Any] = {}
    every = intent is Intent.ORDER_STATUS and _ALL_ORDERS.search(message) is not None
    every = every or (intent is Intent.ADDRESS and re.search(r"\b(?:account|profile)\b", message, re.I) is not None)
    if context.order_id and not every and intent not in (Intent.ACCOUNT, Intent.KNOWLEDGE, Intent.HUMAN):
        arguments["order_id"] = context.order_id
    tool = TOOLS[intent]
    if intent is Intent.RETURN and _ASKS_WHETHER.search(message):
        tool = "return_eligibility"
    if intent is Intent.ORDER_STATUS and asks_options(message):
        tool = "order_options"
    return Plan((Call(tool, arguments | told),))


def _for_everybody(intent: Intent, context: Context, message: str) -> Plan | None:
    """What a visitor is told who asks what holds for everybody; None where it takes an order to answer."""
    if intent is Intent.RETURN and not context.order_id and _ASKS_WHETHER.search(message):
        asked = Call("knowledge", {"question": message[:1000], "instead": "How long do I have to return something?"})
        return Plan((asked,), say=_IN_GENERAL)
    if intent is Intent.ACCOUNT and not _ACCOUNT_TOPIC.search(_NOT_SIGNED_IN.sub(" ", message)):
        return Plan(say=_WITHOUT_ACCOUNT)
    asks = intent is Intent.ACCOUNT or is_question(message, "?" in message)
    own = intent is Intent.ORDER_STATUS and re.search(r"\bmy\b", message, re.IGNORECASE) is not None
    if intent in _SIGNED_IN and asks and not own and not context.order_id and not order_number(message):
        # What holds for everybody may be all that is asked for.
        about = _FOR_EVERYBODY.get(intent, "")
        asked = Call("knowledge", {"question": f"{about}{message}"[:1000], "beside": True})
        return Plan((Call(TOOLS[intent], {}), asked))
    return None


def _several(intent: Intent, context: Context, message: str) -> Plan | None:
    """Two requests about orders in one message, what is only asked first; None where there is one. Of changes only one
    can wait for a yes: the first, from its own words; of the others it is said that they come after it."""
    if intent not in ABOUT_ORDERS | {Intent.KNOWLEDGE} or message.startswith(TOPICS):
        return None
    apart = requests_of(message, context, asks=intent is Intent.KNOWLEDGE)
    changes = [one for one in apart if one.intent in CHANGES]
    if later := [one for one in changes[1:] if are_apart(changes[0], one)]:
        asked = [one for one in apart if one.intent not in {*CHANGES, Intent.REFUND}]
        others = dict.fromkeys(f"order {one.number}" if one.number else "the other" for one in later)
        plan = _planned([*asked, changes[0]], None, context, _ONE_BY_ONE.format(listed(list(others))))
        return replace(plan, after=_planned(later, None, context).calls)
    found: dict[Intent, Request] = {}
    for one in apart:
        found.setdefault(one.intent, one)
    if found.keys() & CHANGES:
        found.pop(Intent.REFUND, None)  # what is proposed says when the money is back
    kinds = [one for one in found if one in CHANGES]
    number = order_number(message)
    if len(kinds) == len(found) == 1 and kinds[0] is not intent and intent is Intent.REFUND:
        return order_plan(kinds[0], replace(context, order_id=number), message, several=False)
    if len(found) < 2 or len(kinds) > 1:
        return None
    return _planned([found[one] for one in sorted(found, key=CHANGES.__contains__)], number, context)


def _planned(requests: Sequence[Request], number: str | None, context: Context, say: str = "") -> Plan:
    """Each request planned from its own words; `number`: the order of those that name none."""
    plans = [
        order_plan(one.intent, replace(context, order_id=one.number or number), one.words, several=False)
        for one in requests
    ]
    return Plan(tuple(call for plan in plans if plan is not None for call in plan.calls), say=say)


def _said_of_it(intent: Intent, context: Context, message: str) -> Plan | None:
    """What is said or looked up instead of calling the tool of an intent: whose order it is, what holds for all."""
    if has_card(message):
        over = (Call(TOOLS[intent], _told_of(intent, message, context)),) if intent is Intent.HUMAN else ()
        return Plan(over, say=NO_CARDS)
    if intent in _OF_THE_ACCOUNT and _OF_ANOTHERS.search(message):
        return Plan(say=GIVEN_SAID)
    if intent in _OF_THE_ACCOUNT and not order_number(message) and (whose := not_of_the_account(message)):
        return Plan(say=whose)
    if intent is Intent.ACCOUNT and (said := of_password(message)):
        return Plan(say=said)
    if intent is Intent.ACCOUNT and asks_options(message):
        return Plan((Call("order_options", {"order_id": context.order_id}),)) if context.order_id else Plan(say=_CAN)
    if intent is Intent.ACCOUNT and _PUT_THERE.search(message):
        return Plan((Call("change_address", _new_address(message)),))
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
    if has_card(message):
        return Plan(say=NO_CARDS)
    if whose := not_of_the_account(message):
        return Plan(say=whose)
    sorry = "I am sorry for the trouble. " if is_upset(message) else ""
    if context.ticket:
        return Plan(say=f"{sorry}Ticket {context.ticket} is with the shop's team. {_ELSE}")
    if visitor or not context.order_id:
        return Plan(say=f"{sorry}{_CAN}" if sorry else f"{_UNSURE_OF_IT} {_CAN}")
    if sorry:
        return Plan((Call("order_status", {"order_id": context.order_id}),), say=f"{sorry}{_SAY_SO}")
    told = may_be_known(message) and not is_question(message, "?" in message)
    return Plan((Call("order_options", {"order_id": context.order_id}),), say=_I_SEE if told else _UNSURE_OF_IT)


def _told_of(intent: Intent, message: str, context: Context) -> dict[str, Any]:
    """What the message itself says that the tool wants to know."""
    said = {} if order_number(message) else {"said": message[:2000]}
    if intent in (Intent.RETURN, Intent.EXCHANGE, Intent.PAY):
        return {"said": message[:2000]}
    if intent in (Intent.ORDER_STATUS, Intent.REFUND):
        return said
    if intent is Intent.CANCEL:
        return {"reason": reason_of(message), "said": message[:2000]}
    if intent is Intent.ADDRESS:
        return _new_address(message) if said else {**_new_address(message), "said": ""}
    if intent is Intent.ACCOUNT:
        return {"topic": message[:300] if _ACCOUNT_TOPIC.search(message) else ""}
    if intent is Intent.KNOWLEDGE:
        instead = {"instead": "How long does shipping take?"} if asks_when(message) else {}
        if asks_when_answered(message):
            return {"question": "When does your team answer?", "instead": "How do I reach a person?"}
        if _SENDS.search(message):
            instead = {"instead": "How do I return something?"}
        return {"question": message[:1000], **instead, "pass_on": context.pending is None}
    return {"summary": message[:2000]} if intent is Intent.HUMAN else {}


def _new_address(message: str) -> dict[str, Any]:
    """The address that a message tells, and what it says beside it: of an order, or of the account."""
    address = address_of(message)
    return {"address": address.model_dump() if address else None, "said": beside_address(message)[:2000]}
