"""What is said of the prices of what was shown: cheaper, the cheapest, what all of it costs. Pure."""

import re
from dataclasses import replace
from typing import Final

from app.chat.context import Context, ShownProduct, Told, Wish
from app.chat.reading import language
from app.chat.reading.intents import Guess, Intent
from app.chat.reading.references import Pointed
from app.chat.reading.together import LEFT, one_of_each
from app.chat.reading.wishes import without_edges

_SUM_WORDS: Final = 10
"""Words of the longest question for a sum."""
_A_FEW: Final = 3
CHEAPER: Final = re.compile(
    r"\b(?:cheaper|less expensive|lower (?:price|cost)|(?:more|sth|something) affordable|less pricey|costs? less"
    r"|too (?:expensive|pricey|dear|costly|much money|high)|(?:bit|little|rather|very|so|quite|kinda|kind of|sort of"
    r"|pretty|really|super) (?:expensive"
    r"|pricey|steep)"
    r"|(?:more|higher|above what|over what) (?:than )?(?:i|we) (?:really |actually )?(?:want|plan|hop|expect|can"
    r"|could|would|was|were"
    r"|had|have|am|are|like|intend|thought)\w*(?: to| of| in mind| going to| planning to| looking to)*(?: (?:spend"
    r"|pay|afford|go"
    r"|give))?|(?:don'?t|do not|didn'?t|can'?t|cannot|won'?t|would ?n'?t) (?:want to |wanna |plan to )?(?:spend"
    r"|pay) (?:that|so|this"
    r"|as|quite so)(?: much| a lot)?|spend less|less money"
    r"|(?:that'?s|it'?s|is|are|costs?) (?:quite |such |really )?a (?:lot|bit|ton"
    r"|fortune)(?: of money)?(?: (?:of money )?for (?:an? |the |some )?[\w -]{2,30})?$"
    r"|out of my (?:budget|price range)|over (?:my )?budget|can(?:'|no)?t afford|(?:that'?s|it'?s) too much)\b"
    r"|^\W*(?:(?:way|far) )?too much\W*$",
    re.IGNORECASE,
)
DEARER: Final = re.compile(
    r"\b(?:something|anything|any|sth|one) (?:more expensive|pricier|fancier|more premium|better quality|more"
    r" upscale)\b"
    r"|^\W*(?:more expensive|pricier|fancier|higher end)\W*$"
    r"|\b(?:(?:what|how) about|show(?: me)?|do you have|any|see|and) (?:the )?(?:more expensive|pricier"
    r"|dearer) ones\b",
    re.IGNORECASE,
)
SUPERLATIVE: Final = re.compile(
    r"\b(?:the )?(?P<which>cheapest|least expensive|most expensive|dearest|priciest|best[- ](?:rated|reviewed)"
    r"|highest[- ]rated|"
    r"top[- ]rated)(?: one| of (?:them|these|those|all))?\b",
    re.IGNORECASE,
)
_OF_THE_SHOP: Final = re.compile(
    r"\b(?:thing|item|product|you (?:have|sell|got)|in the (?:shop|store)|of all|overall)\b", re.I
)
HOW_MUCH: Final = re.compile(
    r"\W*(?:(?:and|ok|so) )?(?:how|hw|hoe) (?:much|mutch|many \$)(?: is (?:it|that))?\W*|\W*price\W*", re.IGNORECASE
)


def total_of(message: str, context: Context, pointed: Pointed) -> tuple[Guess, Pointed] | None:
    """Whether it is asked what several cost in all that were shown, one of each thing, and which those are."""
    asked = language.TOTAL.search(message) or (context.together is not None and LEFT.search(message))
    if not asked or len(message.split()) > _SUM_WORDS or not context.shown:
        return None
    named = (
        pointed.products if 1 < len(pointed.products) < len(context.shown) and not language.THEM.search(message) else ()
    )
    compared = tuple(one for one in context.shown if one.product_id in context.compared)
    if len(compared) > 1 and context.intent == Intent.COMPARE and language.THEM.search(message):
        named = compared  # "both" are the ones that stand side by side
    products = named or tuple(one_of_each(context))
    if len(products) < 2:
        return None
    return Guess(Intent.PRICE, 0.9), Pointed(products)


_WITH_SHIPPING: Final = re.compile(
    r"(?:\b(?:with|plus|including|incl\.?|and|also)|\+) (?:the |all )?(?:shipping|delivery|postage)\b", re.IGNORECASE
)
_COSTS: Final = re.compile(r"\b(?:costs?|price|total|how much|add|sum|(?:all)?together|pay|come to)\b", re.IGNORECASE)


def with_shipping(message: str, context: Context) -> Guess | None:
    """Whether it is asked what something shown costs with its delivery."""
    goes_on = context.intent == Intent.PRICE and len(message.split()) <= _A_FEW
    asked = context.shown and _WITH_SHIPPING.search(message) and (goes_on or _COSTS.search(message))
    return Guess(Intent.PRICE, 0.9) if asked else None


def superlative(message: str, context: Context) -> str:
    """cheapest, dearest or best of what was shown, where the message asks for it; empty else."""
    found = SUPERLATIVE.search(message)
    sought = context.about or context.gift or context.wishes
    if found is None or not context.shown or not sought or _OF_THE_SHOP.search(message):
        return ""
    which = found["which"].lower()
    if which in ("cheapest", "least expensive"):
        return "cheapest"
    return "dearest" if which in ("most expensive", "dearest", "priciest") else "best"


def cheaper(told: Told, message: str, context: Context, pointed: Pointed) -> Told | None:
    """The wish for less money than what was shown costs: than the product that is pointed at or talked of, else than
    the middle one of those shown; None where the message has no such wish, or names an amount."""
    dearer = bool(DEARER.search(message))
    if not context.shown or not (dearer or CHEAPER.search(message)):
        return None
    own = [wish for wish in told.wishes if wish.field == "price"]
    if any(re.search(r"\d", wish.source) for wish in own):
        return replace(told, about=None) if told.about and CHEAPER.search(message) and not _thing(told) else None
    than = _reference(context, pointed, of_all=bool(_OF_ALL.search(message)) and not dearer)
    low, high = (than, None) if dearer else (None, than)
    wish = Wish(
        "price", "gt" if dearer else "lt", high or low, "more expensive" if dearer else "cheaper",
        low=low,
        high=high,
        currency=context.shown[0].currency,
    )  # fmt: skip
    others = tuple(one for one in told.wishes if one.field != "price")
    return replace(told, about=None if not _thing(told) else told.about, wishes=(*others, wish), gift=told.gift)


# What is said of dearness besides, and names nothing: "too expensive, all of it", "cheaper but still decent".
_NO_THING: Final = re.compile(
    r"\b(?:too|than|money|expensive|bit|little|way|still|decent|good|nice|okay|quality|reasonable|similar|same|alike"
    r"|comparable|all|everything"
    r"|both|whole|lot|list|that|this|these|those|they|them|option|options|choice|choices|price|prices|priced|range"
    r"|here|spend|pay|honest"
    r"|honestly|sorry|afraid|unfortunately|right|looking|like)\b",
    re.IGNORECASE,
)
_OF_ALL: Final = re.compile(r"\b(?:all|everything|these|those|they|them|any of)\b", re.IGNORECASE)


def _thing(told: Told) -> bool:
    """Whether the rest of a message says what is looked for."""
    left = CHEAPER.sub(" ", DEARER.sub(" ", told.about or ""))
    return bool(without_edges(_NO_THING.sub(" ", left)))


def _reference(context: Context, pointed: Pointed, *, of_all: bool) -> float:
    products: tuple[ShownProduct, ...] = context.shown if of_all else pointed.products
    if not products and context.focus:
        products = tuple(one for one in context.shown if one.product_id == context.focus)
    if products:
        return min(one.price for one in products)
    prices = sorted({one.price for one in context.shown})
    return prices[len(prices) // 2]
