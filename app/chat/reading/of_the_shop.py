"""Whether a message asks something of the shop, its documents or the order that was talked of. Pure."""

import re
from typing import Final

from app.chat.context import Context
from app.chat.reading.asking import asks_when, is_question
from app.chat.reading.at_the_desk import talked_of_order
from app.chat.reading.intents import ABOUT_ORDERS, Guess, Intent, intent_of
from app.search.understanding.service import Understanding

_THINGS_OF_ORDERS: Final = re.compile(
    r"\b(?:did (?:it|that|this) (?:go through|work)|the other (?:one|order)s?"
    r"|is (?:it|that) (?:done|cancell?ed|confirmed|changed|through)"
    r"|where will "
    r"(?:it|they) be (?:sent|delivered|shipped)|when (?:does|will|do|is) (?:it|they|that) (?:come|arrive|get here"
    r"|be here|"
    r"delivered|shipped?|be delivered|coming|arriving)|should have (?:been|arrived|come)|still (?:not|waiting"
    r"|hasn'?t)|(?:hasn'?t|has not|not) (?:come|arrived|here)|not here yet|has it (?:shipped|been sent|left))\b",
    re.IGNORECASE,
)
_OF_MONEY: Final = re.compile(
    r"\b(?:how much (?:do|will|would) i get(?: back)?|to (?:where|which (?:card|account))|no refund|the money|how"
    r" long does (?:that|the "
    r"refund) take)\b|^\W*to where\W*$",
    re.IGNORECASE,
)
_WHAT_NOW: Final = re.compile(
    r"\W*(?:(?:so|and|ok(?:ay)?|but|then|well|great)[\s,]+)*(?:(?:now )?what(?:ever)?(?: now)?|what (?:am i"
    r"|are we) (?:supposed|meant) to do(?: now| then)?"
    r"|what (?:do|can|should|shall) (?:i|we) do(?: now| then| about (?:it|this|that))?"
    r"|how can you help(?: me)?(?: then)?)\W*",
    re.IGNORECASE,
)
# Of what was bought: no wish for a gift.
_WAS_A_GIFT: Final = re.compile(
    r"\b(?:it|that|this|they|those) (?:was|were) (?:\w+ ){0,2}?(?:gift|present)s?\b|\bi (?:got|received) (?:it"
    r"|them|that) (?:as|from|for)\b",
    re.IGNORECASE,
)
_THE_SHOP: Final = re.compile(
    r"\b(?:you|your|u|we|i|this (?:site|shop|store|website))\b|\b(?:returns?|shipping|delivery|refunds?|payments?"
    r"|accounts?|cards?|gift cards?|phone number|e-?mail|address|hours|stores?|price match\w*|wrap\w*|taxe?s?)\b",
    re.IGNORECASE,
)
_HAS: Final = re.compile(
    r"\b(?:do|have) you (?:guys )?(?:also )?(?:have|got|sell|carry|stock)\b"
    r"|\b(?:show|find|recommend|suggest|choose|pick)\b",
    re.IGNORECASE,
)
_TOO_FEW: Final = 2
_SHORT: Final = 7
SEARCHED: Final = frozenset({Intent.SEARCH, Intent.GIFT, Intent.UNCLEAR})
MAY_GO_ON: Final = frozenset(
    {Intent.SEARCH, Intent.GIFT, Intent.UNCLEAR, Intent.DETAILS, Intent.COMPATIBILITY, Intent.PRICE, Intent.RETURN}
)


def of_order(number: str | None, message: str, context: Context) -> Guess | None:
    """A number by itself, and what is asked of the order that was just talked of."""
    last = talked_of_order(context)
    if number is not None:
        return Guess(last if last in ABOUT_ORDERS and last is not None else Intent.ORDER_STATUS, 0.7)
    if last in ABOUT_ORDERS | {Intent.ACCOUNT} and _WHAT_NOW.fullmatch(message):
        return Guess(Intent.ACCOUNT, 1.0)
    if last not in ABOUT_ORDERS:
        return None
    if last is not None and re.fullmatch(
        r"\W*(?:but |and |ok |so )*why(?: not| is that| so)?\W*", message, re.IGNORECASE
    ):
        return Guess(last, 0.8)  # what was answered says why
    if re.search(r"(?<!n't )(?<!nt )(?<!not )\bcancel\b", message, re.IGNORECASE):
        return Guess(Intent.CANCEL, 0.8)
    if re.search(
        r"\b(?:change|switch|make)\b.{0,20}\b(?:colou?r|size|variant|version)\b|\b(?:(?:a|the) )?(?:new|different)"
        r" one\b|\banother one\b|\b(?:i|we) (?:actually )?(?:wanted|ordered|asked for|meant) (?:the |a "
        r"|an )?\w+(?: one)?\W*$",
        message,
        re.I,
    ):
        return Guess(Intent.EXCHANGE, 0.8)
    if _WAS_A_GIFT.search(message):
        return Guess(last, 0.8) if last is not None else None
    if _OF_MONEY.search(message):
        return Guess(Intent.REFUND, 0.8)
    return Guess(Intent.ORDER_STATUS, 0.8) if _THINGS_OF_ORDERS.search(message) else None


def of_delivery(message: str, context: Context) -> Guess | None:
    """When something would arrive that was shown and not bought: what the documents say of shipping."""
    shopping = bool(context.shown) and intent_of(context.intent) not in ABOUT_ORDERS
    about_order = re.search(r"\b(?:order|parcel|package|refund|money|battery)\b", message, re.IGNORECASE)
    return Guess(Intent.KNOWLEDGE, 0.9) if shopping and not about_order and asks_when(message) else None


_ANYTHING: Final = re.compile(r"\b(?:anything|something|one|ones)\b", re.IGNORECASE)


def asks_the_shop(message: str, understood: Understanding) -> bool:
    """Whether something is asked of the shop rather than for a thing."""
    if not is_question(message, "?" in message) or not _THE_SHOP.search(message):
        return False
    if _ANYTHING.search(message) or _HAS.search(message) or understood.sort is not None:
        return False
    return not any(one.field == "price" for one in understood.constraints)


def needs_more(message: str) -> bool:
    """Whether a message says too little to be asked by itself."""
    return (
        len(message.split()) <= _TOO_FEW
        or re.match(r"\W*(?:and|what about|how about|but|so)\b", message, re.I) is not None
    )


def elliptic(message: str) -> bool:
    """Whether a message is a question of few words that needs what was said before."""
    return len(message.split()) <= _SHORT and is_question(
        re.sub(r"^\W*(?:and|what about|how about)\b", "how ", message, flags=re.I), "?" in message
    )
