"""What a message means while the talk is of an order, a refund, an account or a ticket: not a thing to search for,
unless it says so. Pure."""

import re
from typing import Final

from app.chat.context import Context, Told
from app.chat.reading.addresses import address_wanted
from app.chat.reading.asking import asks_when, is_question
from app.chat.reading.desk_words import (
    CODE,
    KEEPS,
    LOOK_INTO,
    LOST,
    NO_ITEM,
    NUMBER_OF_IT,
    PAYMENT,
    PAYS_OTHERWISE,
    REPLACED,
    TAKE_BACK,
    WHEN_ANSWERED,
    asks_options,
    of_password,
)
from app.chat.reading.intents import ABOUT_ORDERS, ABOUT_THE_SHOP, Guess, Intent, intent_of
from app.chat.reading.order_questions import facts_asked

DESK: Final = ABOUT_ORDERS | {Intent.ACCOUNT, Intent.TICKET, Intent.HUMAN}
_MONEY_OF: Final = frozenset({Intent.RETURN, Intent.CANCEL, Intent.REFUND, Intent.EXCHANGE})
_SURE: Final = 0.9
# What no trained model is surer of.
_CERTAIN: Final = 0.99
_FAIRLY: Final = 0.8
# Of 6,031 requests for products that others wrote, 3 are surer than this of being about orders or the shop.
_NO_WISH: Final = 0.5

_SHOPS: Final = re.compile(
    r"\b(?:show|find|search|look(?:ing)? for|shop(?:ping)? for|buy(?:ing)?|recommend|suggest|compare|gift for"
    r"|present for"
    r"|(?:do|have) you (?:\w+ )?(?:have|got|sell|carry|stock)|(?:need|want) an? (?!refund|answer|person|human"
    r"|new one)"
    r"|something (?:for|under|else)|how about|what about an?)\b|\bunder \$?\d",
    re.IGNORECASE,
)
# What is called so is no thing to look for, though the shop has such things.
_OWN: Final = re.compile(
    r"(?<!for )\b(?:the|my|our|this|that|these|those|it|them|order(?:ed)?|bought|same|only|just|keep|not"
    r"|refund(?:ed)?|money|pay|return(?:ed)?|instead)\b",
    re.IGNORECASE,
)
_STOP_IT: Final = re.compile(
    r"\b(?:it|that|this|they|one|order) (?:still )?be (?:stopped|called off)\b|\bstop (?:it|that|this|the order)\b",
    re.IGNORECASE,
)
# "And the blue mug?": the same of another thing.
_AND_THE: Final = re.compile(
    r"\W*(?:(?:ok(?:ay)?|and|so|but|also|then|well|great|thanks|thank you|perfect|good|nice"
    r"|cool)\W+)+(?:what about |how about )?(?:the"
    r"|my)\s+(?:[\w'-]+\W+){0,6}[\w'-]*\W*",
    re.IGNORECASE,
)
_THE_THING: Final = re.compile(
    r"\b(?:the|my|that|this|only|just) (?!one\b|same\b|money\b|rest\b)[a-z][\w-]{2,}", re.IGNORECASE
)
_WHAT_ABOUT: Final = re.compile(r"\W*(?:and\b|(?:what|how) about (?!an?\b|some\b))", re.IGNORECASE)
_WHERE_IS: Final = re.compile(
    r"\bwhere(?:'?s| is| are) (?:the|my|it)\b|\bwhere (?:the|my) [\w -]{2,30} (?:is|are)\b", re.I
)
_WHEN_THERE: Final = re.compile(r"\bwhen\b[^?.!]*\b(?:account|card|bank)\b", re.IGNORECASE)
_WHY: Final = re.compile(
    r"\W*(?:(?:but|and|ok|so|oh)\s+)*(?:why|how come)\b(?! (?:is|are|was) (?:my|the) \w+ )", re.IGNORECASE
)
_HOW_MUCH: Final = re.compile(
    r"\bhow much\b(?! (?:is|are|does|do|for) (?:the|a|an) (?:shipping|delivery|postage|new|other))"
    r"|\bto (?:my|the|which) (?:card|paypal|account|bank)\b",
    re.IGNORECASE,
)


_AS_GUEST: Final = re.compile(
    r"\b(?:ordered|bought|purchased|paid|checked out)\b[^?.!]{0,30}\b(?:as (?:a )?guest|without (?:an? )?account)\b",
    re.IGNORECASE,
)
_WITHOUT: Final = re.compile(r"\bwithout (?:logging|signing|being (?:logged|signed)) in\b", re.IGNORECASE)
_CHARGED: Final = re.compile(
    r"\b(?:i|we)(?: was| were|'ve been| have been) (?:charged|billed|debited)\b", re.IGNORECASE
)
_SENT: Final = re.compile(
    r"\b(?:orders?|parcels?|packages?|deliver\w*|sen[dt]|ship\w*|go(?:es)? to|mov(?:ed|ing)|address)\b", re.IGNORECASE
)


def at_desk(context: Context) -> bool:
    """Whether the last thing that was talked of is an order, a refund, the account or a ticket; or the shop's
    documents, where nothing else was but those."""
    last = intent_of(context.intent)
    if last is Intent.KNOWLEDGE:
        return not context.shown or any(intent_of(topic.intent) in DESK for topic in context.suspended[-1:])
    return last in DESK


def shops(message: str, context: Context, told: Told, *, names_kind: bool) -> bool:
    """Whether a message looks for something, whatever was talked of before. `told`: what it wants, if it is a wish;
    `names_kind`: it names a kind of thing that the shop has."""
    if intent_of(context.intent) is Intent.KNOWLEDGE and _WHAT_ABOUT.match(message):
        return False
    if _SHOPS.search(message):
        return True
    budget = any(wish.field == "price" and (wish.low or wish.high) for wish in told.wishes)
    wanted = names_kind or budget or (intent_of(context.intent) is Intent.KNOWLEDGE and _for_somebody(told))
    return wanted and _OWN.search(message) is None


def _for_somebody(told: Told) -> bool:
    return bool(told.gift or told.recipient or told.occasion)


def of_troubles(message: str, context: Context, *, shopping: bool = False) -> Guess | None:
    """What goes wrong with a parcel or a payment, and what is asked of a ticket: for the shop's team, whatever was
    talked of before. `shopping`: it looks for something, as of `shops`."""
    here = at_desk(context)
    if (here or _SENT.search(message)) and address_wanted(message) is not None:
        return Guess(Intent.ADDRESS, _CERTAIN)
    if _went_wrong(message, context):
        return Guess(Intent.TICKET, _CERTAIN)
    if _CHARGED.search(message) and asks_when(message):
        return Guess(Intent.ORDER_STATUS, _SURE)
    if here and talked_of_order(context) in ABOUT_ORDERS and PAYS_OTHERWISE.search(message):
        return Guess(Intent.PAY, _CERTAIN)
    if _of_account(message, context):
        return Guess(Intent.ACCOUNT, _CERTAIN)
    if intent_of(context.intent) is Intent.REFUND and _WHEN_THERE.search(message):
        return Guess(Intent.REFUND, _SURE)
    again = REPLACED.search(message) and not NO_ITEM.search(message)
    looked_into = LOOK_INTO.search(message) and not (shopping and _OWN.search(message) is None)
    if here and (again or looked_into):
        return Guess(Intent.TICKET, _CERTAIN)
    if (context.ticket or here) and NUMBER_OF_IT.search(message):
        return Guess(Intent.TICKET, _SURE)
    if context.intent == Intent.PROMOTIONS and CODE.fullmatch(message):
        return Guess(Intent.PROMOTIONS, _SURE)
    return Guess(Intent.KNOWLEDGE, _SURE) if here and WHEN_ANSWERED.search(message) else None


def _of_account(message: str, context: Context) -> bool:
    """Whether it is of signing in, or of the password that was talked of."""
    if (at_desk(context) and _WITHOUT.search(message)) or _AS_GUEST.search(message):
        return True
    return intent_of(context.intent) is Intent.ACCOUNT and bool(of_password(message))


def _went_wrong(message: str, context: Context) -> bool:
    """Whether a payment went wrong or a parcel is lost, or what goes back is to be kept."""
    if PAYMENT.search(message) or TAKE_BACK.search(message) or (KEEPS.search(message) and _goes_back(context)):
        return True
    return LOST.search(message) is not None and (at_desk(context) or _says_parcel(message))


def _goes_back(context: Context) -> bool:
    """Whether a return or an exchange was talked of, and none of it waits for an answer any more."""
    return at_desk(context) and context.pending is None and talked_of_order(context) in _MONEY_OF - {Intent.CANCEL}


def _says_parcel(message: str) -> bool:
    return (
        re.search(r"\b(?:order|package|packet|parcel|delivery|shipment|tracking)s?\b", message, re.IGNORECASE)
        is not None
    )


def of_the_talk(message: str, context: Context) -> Guess | None:
    """What goes on from an order that was talked of; None where nothing was, and where it may be anything."""
    last = intent_of(context.intent)
    if last is None or not at_desk(context):
        return None
    if address_wanted(message) is not None:
        return Guess(Intent.ADDRESS, _FAIRLY)
    if last in ABOUT_ORDERS and _WHY.match(message):
        return Guess(last, _FAIRLY)
    if (about := _fact_of(message, context)) is not None:
        return Guess(about, _CERTAIN)
    if _WHERE_IS.search(message):
        return Guess(Intent.ORDER_STATUS, _FAIRLY)
    if _STOP_IT.search(message):
        return Guess(Intent.CANCEL, _FAIRLY)
    before = next((one for one in (last, *_earlier(context)) if one in ABOUT_ORDERS), None)
    if before is not None and _AND_THE.fullmatch(message):
        return Guess(before, _FAIRLY)
    if asks_options(message) and last is not Intent.KNOWLEDGE:
        return Guess(Intent.ORDER_STATUS, _FAIRLY)
    if last in _MONEY_OF and _HOW_MUCH.search(message):
        return Guess(Intent.REFUND, _FAIRLY)
    return None


def _fact_of(message: str, context: Context) -> Intent | None:
    """What a question of an order's record is about: the order, or the money where that was talked of; a question when
    is one to the documents after those."""
    about = talked_of_order(context)
    if facts_asked(message) and about in ABOUT_ORDERS:
        return Intent.REFUND if about is Intent.REFUND else Intent.ORDER_STATUS
    return Intent.KNOWLEDGE if asks_when(message) and intent_of(context.intent) is Intent.KNOWLEDGE else None


def of_the_thing(message: str, context: Context) -> Guess | None:
    """What names a thing of one's own and says nothing else ("the hoodie, it's too small"), after a return, an
    exchange or a cancellation was talked of: that one of it."""
    last = talked_of_order(context)
    thing = _THE_THING.search(message) and not is_question(message, "?" in message)
    return Guess(last, _NO_WISH) if last in _MONEY_OF and last is not None and thing else None


def talked_of_order(context: Context) -> Intent | None:
    """What the talk is about; where a question to the documents came between, the order before it."""
    last = intent_of(context.intent)
    if last in (Intent.KNOWLEDGE, Intent.TICKET, Intent.HUMAN) and at_desk(context):
        return next((one for one in _earlier(context)[:1] if one in ABOUT_ORDERS), last)
    return last


def _earlier(context: Context) -> list[Intent]:
    """What was talked of before, the latest first."""
    return [intent for topic in reversed(context.suspended) if (intent := intent_of(topic.intent)) is not None]


_TOPICS: Final = {
    Intent.RETURN: "Can I return it:",
    Intent.EXCHANGE: "Can I exchange it:",
    Intent.REFUND: "Refund:",
    Intent.CANCEL: "Cancel an order:",
    Intent.ORDER_STATUS: "Delivery:",
    Intent.ADDRESS: "Delivery address:",
    Intent.ACCOUNT: "Account:",
}


TOPICS: Final = tuple(_TOPICS.values())


def topic_words(context: Context) -> str:
    """What a question of few words is about, in words for the shop's documents; empty where nothing was talked of."""
    last = intent_of(context.intent)
    return next((_TOPICS[one] for one in (last, *_earlier(context)) if one in _TOPICS), "")


def asks_of_waiting(guess: Guess, message: str, context: Context) -> bool:
    """Whether a message that seems to want what waits for a yes already only asks something about it: "is it a problem
    that I threw the box away?"."""
    waits = "summary" in (context.pending or {})
    return waits and guess.intent is talked_of_order(context) and is_question(message, "?" in message)


def instead_of_a_wish(trained: Guess | None, *, desk: bool) -> Guess | None:
    """What a trained model reads in a message that would be searched for: at the desk whatever it is about orders or
    the shop, elsewhere where it is sure."""
    if trained is None or trained.intent not in ABOUT_THE_SHOP:
        return None
    if desk:
        return Guess(trained.intent, max(trained.confidence, _NO_WISH))
    return trained if trained.confidence >= _NO_WISH else None
