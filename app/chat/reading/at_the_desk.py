"""What a message means while the talk is of an order, a refund, an account or a ticket: not a thing to search for,
unless it says so. Pure."""

import re
from typing import Final

from app.chat.context import Context, Told
from app.chat.reading.intents import ABOUT_ORDERS, ABOUT_THE_SHOP, Guess, Intent, intent_of

DESK: Final = ABOUT_ORDERS | {Intent.ACCOUNT, Intent.TICKET, Intent.HUMAN}
_MONEY_OF: Final = frozenset({Intent.RETURN, Intent.CANCEL, Intent.REFUND, Intent.EXCHANGE})
_SURE: Final = 0.9
_FAIRLY: Final = 0.8
# Of 6,031 requests for products that others wrote, 3 are surer than this of being about orders or the shop.
_NO_WISH: Final = 0.5

_SHOPS: Final = re.compile(
    r"\b(?:show|find|search|look(?:ing)? for|shop(?:ping)? for|buy(?:ing)?|recommend|suggest|compare|gift for"
    r"|present for"
    r"|(?:do|have) you (?:\w+ )?(?:have|got|sell|carry|stock)|(?:need|want) an? (?!refund|answer|person|human|new one)"
    r"|something (?:for|under|else)|how about|what about an?)\b|\bunder \$?\d",
    re.IGNORECASE,
)
# What is called so is no thing to look for, though the shop has such things.
_OWN: Final = re.compile(
    r"\b(?:the|my|our|this|that|these|those|it|them|order(?:ed)?|bought|same|only|just|keep|not"
    r"|refund(?:ed)?|money|pay|return(?:ed)?|instead)\b",
    re.IGNORECASE,
)
_PARCEL: Final = r"(?:orders?|packages?|packets?|parcels?|deliver(?:y|ies)|shipments?|box(?:es)?|it|they)"
_LOST: Final = re.compile(
    rf"\b{_PARCEL}\b[^?.!]{{0,30}}\b(?:lost|missing|stolen|vanished|disappeared)\b"
    rf"|\b(?:lost|stolen|missing) (?:\w+ ){{0,2}}?(?:order|package|packet|parcel|delivery|shipment)s?\b",
    re.IGNORECASE,
)
_PAYMENT: Final = re.compile(
    r"\b(?:charged|billed|debited|invoiced) (?:me |us |my card )?(?:\w+ )?(?:twice|double|two times|three times)\b"
    r"|\b(?:double|twice) (?:charged|billed|debited)\b|\bpaid (?:it )?twice\b"
    r"|\b(?:payment|card|paypal|checkout)\b[^?.!]{0,30}\b(?:declined|failed|rejected|refused|did(?:n'?t"
    r"| not) go through"
    r"|(?:isn'?t|is not|not) (?:accepted|working|going through))\b"
    r"|\b(?:wrong|too much) (?:amount|money)? ?(?:charged|debited|taken)\b",
    re.IGNORECASE,
)
_TAKE_BACK: Final = re.compile(
    r"\b(?:cancel|undo|stop|take back|withdraw|revert|call off)\b[^?.!]{0,15}\b(?:the|my|that|this) (?:return|exchange"
    r"|refund|swap)\b",
    re.IGNORECASE,
)
_NUMBER_OF_IT: Final = re.compile(
    r"\b(?:ticket|case|complaint|reference) (?:number|no|id|code)\b|\bnumber of (?:the|my|that) (?:ticket"
    r"|case|complaint)\b",
    re.IGNORECASE,
)
_WHEN_ANSWERED: Final = re.compile(
    r"\b(?:how (?:long|soon|fast|quickly?)|when)\b[^?.!]{0,40}\b(?:answer|reply|replies|respond|response"
    r"|get back|contact"
    r"|call|write)\b|\bhow (?:will|do|would|can) (?:i|you|they|we)\b[^?.!]{0,25}\b(?:hear|get an answer|contact|reach"
    r"|be told|find out)\b",
    re.IGNORECASE,
)
_OPTIONS: Final = re.compile(
    r"\b(?:what|which) (?:are|r) (?:my|the) (?:options|choices|possibilities)\b|\bmy options\b"
    r"|\bwhat (?:else )?(?:can|could|should|do) (?:i|we|you) do\b|\bis there (?:really )?(?:nothing|anything"
    r"|no way|another way)\b"
    r"|\bany(?:thing| other way)? (?:you|i) can do\b|\bwhat now\b|\bcan(?:no|')?t (?:you|we) do (?:something"
    r"|anything)\b",
    re.IGNORECASE,
)
_STOP_IT: Final = re.compile(
    r"\b(?:it|that|this|they|one|order) (?:still )?be (?:stopped|called off)\b|\bstop (?:it|that|this|the order)\b",
    re.IGNORECASE,
)
# "And the blue mug?": the same of another thing.
_AND_THE: Final = re.compile(
    r"\W*(?:(?:ok(?:ay)?|and|so|but|also|then|well)\W+)+(?:what about |how about )?(?:the"
    r"|my)\s+(?:[\w'-]+\W+){0,6}[\w'-]*\W*",
    re.IGNORECASE,
)
_WHY: Final = re.compile(
    r"\W*(?:(?:but|and|ok|so|oh)\s+)*(?:why|how come)\b(?! (?:is|are|was) (?:my|the) \w+ )", re.IGNORECASE
)
_HOW_MUCH: Final = re.compile(
    r"\bhow much\b(?! (?:is|are|does|do|for) (?:the|a|an) (?:shipping|delivery|postage|new|other))"
    r"|\bto (?:my|the|which) (?:card|paypal|account|bank)\b",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(
    r"(?<!for )(?<!to )\b(?:my|his|her|their|a) (?:husband|wife|partner|girlfriend|boyfriend|mother|mom|mum"
    r"|father|dad|son|daughter|brother"
    r"|sister|friend|neighbou?r|boss|colleague|roommate|flatmate|aunt|uncle|cousin)(?:'?s)?\b"
    r"|\b(?:his|her|their) (?:name|order|account|e-?mail|parcel|package)\b|\bi'?m (?:his|her|their)\b",
    re.IGNORECASE,
)
_ANOTHER_ACCOUNT: Final = re.compile(
    r"\b(?:other|different|another|work|old|second|wrong) (?:e-?mail|mail|account|address book)\b"
    r"|\b(?:under|with|by|for) \S+@\S+|\bas (?:a )?guest\b|\bwithout (?:an? )?(?:account|signing (?:in|up)"
    r"|registering)\b"
    r"|\bguest (?:order|checkout)\b",
    re.IGNORECASE,
)
OTHERS_SAID: Final = (
    "I can only speak about orders of the account that is signed in here. Whoever placed the order can ask from their "
    "own account."
)
ANOTHER_SAID: Final = (
    "I only see the orders of the account that is signed in here. If you ordered with another e-mail address "
    "or without "
    "an account, sign in with that one; else a person of our team can look for it: say that you would like to talk to "
    "somebody."
)


_GIVEN: Final = re.compile(
    r"\b(?:gave|got|bought|ordered) (?:it |this |that |them )?(?:for )?(?:me|us)\b(?! a (?:refund|discount))"
    r"|\b(?:she|he|they|my \w+|somebody|someone) (?:bought|ordered|paid|gave)\b"
    r"|\bi (?:got|received|was given) (?:it|this|that|them|these|an?|the|some) (?:\w+ ){0,3}?(?:as a (?:gift"
    r"|present)|from my)\b"
    r"|\b(?:gift|present) from\b",
    re.IGNORECASE,
)
GIVEN_SAID: Final = (
    "A return or an exchange goes through the account that ordered, and so does the money: whoever gave it "
    "to you can ask "
    "here, or a person of our team can help you with it."
)
_GENERAL: Final = re.compile(
    r"\b(?:who|how much)\b[^?.!]*\b(?:pays?|costs?)\b|\b(?:what|how much) (?:does|do|will|would"
    r"|is)\b[^?.!]*\b(?:cost|fee|price)\b"
    r"|\b(?:do|must|should) (?:i|we) (?:need|have to|pay|keep|print)\b|\b(?:is|are) (?:the )?returns? (?:free"
    r"|for free)\b"
    r"|\bhow (?:long|many days|much time)\b[^?.!]*\b(?:return|send|exchange|bring|have|back)\b"
    r"|\bwhere (?:do|can|should|must|would) (?:i|we)\b[^?.!]*\b(?:send|return|bring|drop|mail|ship)\b"
    r"|\bhow (?:do|does|can|would|should) (?:i|we|it|a|the|one|returns?)\b|\b(?:need|have|get) (?:the|a"
    r"|an) (?:original )?"
    r"(?:box|packag\w+|label|receipt)\b|\breturn (?:cost|fee|label|shipping|postage|policy|address)s?\b"
    r"|\b(?:cost|fee|charge)s? (?:of|for|to) (?:a |the )?return",
    re.IGNORECASE,
)
_COST: Final = re.compile(r"\b(?:costs?|pays?|free|fees?|charges?|how much)\b", re.IGNORECASE)
_UPSET: Final = re.compile(
    r"\b(?:ridiculous|unacceptable|terrible|awful|horrible|worst|disgrace\w*|a joke|angry|furious|fed up"
    r"|sick of|annoy\w+"
    r"|frustrat\w+|disappoint\w+|useless|pathetic|outrageous|scam|wtf|the hell)\b|!{2,}",
    re.IGNORECASE,
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
    if _SHOPS.search(message):
        return True
    budget = any(wish.field == "price" and (wish.low or wish.high) for wish in told.wishes)
    wanted = names_kind or budget or (intent_of(context.intent) is Intent.KNOWLEDGE and _for_somebody(told))
    return wanted and _OWN.search(message) is None


def _for_somebody(told: Told) -> bool:
    return bool(told.gift or told.recipient or told.occasion)


def of_troubles(message: str, context: Context) -> Guess | None:
    """What goes wrong with a parcel or a payment, and what is asked of a ticket: for the shop's team, whatever was
    talked of before."""
    here = at_desk(context)
    if (
        _PAYMENT.search(message)
        or _TAKE_BACK.search(message)
        or (_LOST.search(message) and (here or _says_parcel(message)))
    ):
        return Guess(Intent.TICKET, _SURE)
    if (context.ticket or here) and _NUMBER_OF_IT.search(message):
        return Guess(Intent.TICKET, _SURE)
    return Guess(Intent.KNOWLEDGE, _SURE) if here and _WHEN_ANSWERED.search(message) else None


def _says_parcel(message: str) -> bool:
    return re.search(r"\b(?:order|package|packet|parcel|delivery|shipment)s?\b", message, re.IGNORECASE) is not None


def of_the_talk(message: str, context: Context) -> Guess | None:
    """What goes on from an order that was talked of; None where nothing was, and where it may be anything."""
    last = intent_of(context.intent)
    if last not in DESK or last is None:
        return None
    if last in ABOUT_ORDERS and _WHY.match(message):
        return Guess(last, _FAIRLY)
    if _STOP_IT.search(message):
        return Guess(Intent.CANCEL, _FAIRLY)
    before = next((one for one in (last, *_earlier(context)) if one in ABOUT_ORDERS), None)
    if before is not None and _AND_THE.fullmatch(message):
        return Guess(before, _FAIRLY)
    if asks_options(message):
        return Guess(Intent.ORDER_STATUS, _FAIRLY)
    if last in _MONEY_OF and _HOW_MUCH.search(message):
        return Guess(Intent.REFUND, _FAIRLY)
    return None


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


def topic_words(context: Context) -> str:
    """What a question of few words is about, in words for the shop's documents; empty where nothing was talked of."""
    last = intent_of(context.intent)
    return next((_TOPICS[one] for one in (last, *_earlier(context)) if one in _TOPICS), "")


def asks_options(message: str) -> bool:
    """Whether it is asked what can be done at all."""
    return _OPTIONS.search(message) is not None


def asks_number(message: str) -> bool:
    """Whether the number of a ticket is asked for."""
    return _NUMBER_OF_IT.search(message) is not None


def asks_when_answered(message: str) -> bool:
    """Whether it is asked when, or how, the shop's team answers."""
    return _WHEN_ANSWERED.search(message) is not None


def tells_loss(message: str) -> bool:
    """Whether a parcel is said to be lost."""
    return _LOST.search(message) is not None


def not_of_the_account(message: str) -> str:
    """What is said of orders of other people and other accounts; empty where a message speaks of none."""
    if _ANOTHER_ACCOUNT.search(message):
        return ANOTHER_SAID
    return OTHERS_SAID if _OTHERS.search(message) else ""


def was_given(message: str) -> bool:
    """Whether what is to go back was a gift to whoever is speaking, from another's order."""
    return _GIVEN.search(message) is not None


def asks_in_general(message: str) -> bool:
    """Whether a message about a return or a refund asks what holds for all of them: what it costs, how it goes."""
    return _GENERAL.search(message) is not None


def asks_cost(message: str) -> bool:
    """Whether it is asked what something costs, or who pays it."""
    return _COST.search(message) is not None


def is_upset(message: str) -> bool:
    """Whether somebody is angry, by the words."""
    return _UPSET.search(message) is not None


def instead_of_a_wish(trained: Guess | None, *, desk: bool) -> Guess | None:
    """What a trained model reads in a message that would be searched for: at the desk whatever it is about orders or
    the shop, elsewhere where it is sure."""
    if trained is None or trained.intent not in ABOUT_THE_SHOP:
        return None
    if desk:
        return Guess(trained.intent, max(trained.confidence, _NO_WISH))
    return trained if trained.confidence >= _NO_WISH else None
