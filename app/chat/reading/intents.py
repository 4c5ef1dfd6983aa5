"""What a message is about: by rules that read words of steering, and beside them whatever model is there.

Each says how sure it is. A model is asked for what rules leave open, and where both speak the surer one is believed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from app.chat.context import Context
from app.chat.reading import asking, language


class Intent(StrEnum):
    """What a turn is about."""

    SEARCH = "search"
    GIFT = "gift"
    COMPARE = "compare"
    DETAILS = "product_details"
    SIMILAR = "similar"
    RECOMMEND = "recommend"
    AVAILABILITY = "availability"
    REVIEWS = "reviews"
    PRICE = "price"
    ORDER_STATUS = "order_status"
    RETURN = "return"
    REFUND = "refund_status"
    CANCEL = "cancel_order"
    EXCHANGE = "exchange"
    ADDRESS = "change_address"
    PAY = "change_payment"
    ACCOUNT = "account"
    KNOWLEDGE = "knowledge"
    PROMOTIONS = "promotions"
    COMPATIBILITY = "compatibility"
    TICKET = "ticket"
    HUMAN = "hand_over"
    CART = "cart"
    GREETING = "greeting"
    HELP = "help"
    THANKS = "thanks"
    CONFIRM = "confirm"
    DENY = "deny"
    RESUME = "resume"
    AFRESH = "start_over"
    UNCLEAR = "unclear"
    OFF_TOPIC = "off_topic"
    OTHER_LANGUAGE = "other_language"


SHOPPING: Final = frozenset({Intent.SEARCH, Intent.GIFT})
ABOUT_PRODUCTS: Final = frozenset(
    {Intent.COMPARE, Intent.DETAILS, Intent.SIMILAR, Intent.AVAILABILITY, Intent.REVIEWS, Intent.PRICE}
    | {Intent.PROMOTIONS, Intent.COMPATIBILITY, Intent.CART, Intent.RECOMMEND}
)
ABOUT_ORDERS: Final = frozenset(
    {Intent.ORDER_STATUS, Intent.RETURN, Intent.REFUND, Intent.CANCEL, Intent.EXCHANGE, Intent.ADDRESS, Intent.PAY}
)
ABOUT_THE_SHOP: Final = ABOUT_ORDERS | {Intent.ACCOUNT, Intent.KNOWLEDGE, Intent.TICKET, Intent.HUMAN}


def topic_of(intent: str) -> str:
    """The kind of thing that an intent is about; empty for what belongs to any talk, such as a greeting."""
    if intent in SHOPPING | ABOUT_PRODUCTS:
        return "shopping"
    if intent in ABOUT_ORDERS:
        return "orders"
    if intent in (Intent.TICKET, Intent.HUMAN):
        return "ticket"
    return intent if intent in (Intent.KNOWLEDGE, Intent.ACCOUNT) else ""


def intent_of(name: str) -> Intent | None:
    """The intent of a name that was stored; None for an empty one, and for one that is gone."""
    return Intent(name) if name in set(Intent) else None


@dataclass(frozen=True, slots=True)
class Guess:
    """An intent and how sure its reader is of it, 0 to 1."""

    intent: Intent
    confidence: float


class IntentModel(Protocol):
    """A trained reader of intents. Fast enough for every turn; None: it cannot tell."""

    def guess(self, message: str) -> Guess | None: ...


# What of the messages that a rule reads is about that intent, of the utterances that the trained model learns from; of
# the others more than nine in ten. An order's number alone says little.
_RULE_SURE: Final = 0.95
_LESS_SURE: Final = {Intent.ORDER_STATUS: 0.66, Intent.RETURN: 0.83, Intent.PROMOTIONS: 0.85, Intent.KNOWLEDGE: 0.9}
_NUMBER_SURE: Final = 0.6

_NUMBER: Final = r"([A-Z]{0,3}\d{3,20})\b"
_ORDER_NUMBER: Final = re.compile(
    r"(?:\b(?:or?de?re?|purc?hase?)s?\b|\bnumber\b|\bno\.?|#)\s*(?:number|no\.?|id|#"
    r"|:)?\s*#?" + _NUMBER,
    re.IGNORECASE,
)
_HASHED: Final = re.compile("#" + _NUMBER, re.IGNORECASE)
# Other papers have numbers too.
_OTHER_PAPER: Final = re.compile(
    r"\b(?:bills?|invoices?|receipts?|tickets?|cases?|vouchers?|phone|telephone|card|account)\s*"
    r"(?:number|no\.?|id|#|:|is)*\s*#?[A-Z]{0,3}\d{3,20}\b",
    re.IGNORECASE,
)
_PARCEL: Final = r"(?:orders?|packages?|parcels?|deliver(?:y|ies)|shipments?)"
_SOMEBODY: Final = r"(?:someone|somebody|a person|a human|an? agent|a representative)"


def _any(*ways: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{way})\b" for way in ways), re.IGNORECASE)


# Ways to speak of orders and of the shop itself; the first that fits decides, so the special ones come first.
_RULES: Final[tuple[tuple[Intent, re.Pattern[str]], ...]] = (
    (
        Intent.HUMAN,
        _any(
            r"human|real person|representative|customer service|call me|connect me|put me through|transfer me",
            r"(?:via|through|by|with|ask) (?:your|the) (?:team|staff|colleagues?)",
            r"(?:an?|your) agent",
            rf"(?:speak|talk|chat) (?:to|with) {_SOMEBODY}",
        ),
    ),
    (Intent.TICKET, asking.TICKET),
    (
        Intent.CANCEL,
        _any(
            r"cancel(?:l?ing|lation)?\b.*\b(?:orders?|purchases?)",
            r"(?:orders?|purchases?)\b.*\bcancel(?:led|ed)?",
            r"(?:i|we)(?:'ve| have)? (?:just )?(?:ordered|bought|purchased)\b.*\bcancel",
            r"cancel\b.*\b(?:i|we)(?:'ve| have)? (?:just )?(?:ordered|bought|purchased)",
        ),
    ),
    (Intent.EXCHANGE, _any(r"exchange|swap")),
    (
        Intent.REFUND,
        _any(
            r"where(?:'s| is) my (?:refund|money)",
            r"when (?:do|will|can|would) i (?:get|see|have|receive) (?:my|the) (?:money|refund|cash)(?: back)?",
            r"how much (?:do|will|would) i (?:get|receive)(?: back)?",
            r"refund (?:status|yet|come|arrive)",
            r"when (?:is|will|do|does|can)\b.{0,15}\b(?:my|the) (?:money|refund|cash)(?: be)?(?: back)?",
            r"(?:my|the) refund",
            r"(?:no|any|without a|waiting for (?:a|the)) refund",
        ),
    ),
    (
        Intent.RETURN,
        _any(
            r"returns?(?!\s+(?:polic|window|period))",
            r"send(?:ing)?(?: (?:it|this|that|them|something|one|(?:the|my|these|those)(?: [\w-]+){1,4}?))? ?back",
            r"give (?:it|this|that|them) back",
            r"(?:get|have|want|need) my money back",
            r"(?<!n't )(?<!nt )(?<!not )want a refund",
            r"(?:arrived|came|is|was|are|were|got|received|delivered) (?:it |them |this |that |here |all |already "
            r"|\w+ly )*"
            r"(?:damaged|broken|cracked|shattered|faulty|defective|scratched|torn|in pieces|incomplete|smashed"
            r"|crushed"
            r"|dented|leaking|ripped)",
            r"(?:came|arrived) with (?:an? |the )?(?:crack|dent|hole|scratch|tear|stain|broken|missing)",
            r"(?:damaged|broken|cracked|faulty|defective|wrong) (?:item|product|parcel|package|order|size|colou?r"
            r"|screen|one)"
            r"(?: (?:arrived|came|was))?",
            r"(?:sent|got|received|gave) (?:me )?(?:the |an? )?wrong",
            r"(?:screen|case|glass|cup|plate|box|lid|handle|zip|zipper) (?:is|was|came) (?:broken|cracked|damaged"
            r"|torn)",
            r"stopped working",
            r"^(?!.*\b(?:links?|codes?|coupons?|vouchers?|site|website|page|app|login|log ?in|password|button"
            r"|checkout"
            r"|e-?mail)\b).*\b(?:doesn'?t|does not) work(?: any ?more)?$",
            r"(?:my|bought|ordered|from last|from your?)\b.{0,40}\b(?:doesn'?t|does not|won'?t|don'?t|isn'?t|can'?t)"
            r" (?:\w+ ){1,3}?any ?more",
            r"no longer (?:works?|heats?|charges?|turns? on|switches on|starts?|closes?|opens?)",
            r"(?:don'?t|didn'?t) (?:like|fit|want) (?:it|them) (?:any ?more|after all)",
        ),
    ),
    (
        Intent.ADDRESS,
        _any(
            r"(?:change|update|wrong|new|different)\b.*\baddress",
            r"address\b.*\b(?:change|wrong|update)",
            r"(?:sent|send|delivered?|ship(?:ped)?|go(?:es)?) (?:it |them |that )?(?:to )?(?:somewhere else|elsewhere"
            r"|an(?:other| different) (?:place|house))",
        ),
    ),
    (
        Intent.ORDER_STATUS,
        _any(
            rf"(?:where(?:'s| is| are)|track(?:ing)?|status of|when (?:will|does|do|is)|has)\b.*\b{_PARCEL}",
            r"(?:order|package|parcel) (?:status|number)",
            r"(?:my|the) (?:cancell?ation|return|exchange) (?:go|gone|went|been|confirmed|processed|done|work\w*)",
            r"(?:the|all|any|last|show|see|list) orders? (?:of|from|by)|orders? (?:of|from|by) \S+@\S+",
            rf"my {_PARCEL}",
            r"(?:what|which|show|list|see) (?:me )?(?:all )?(?:my |the )?(?:\w+ )?orders? (?:do|did|have) i(?:"
            r" have| placed?| made)?",
            r"(?:is|are|has|have) (?:my|the) (?:\w+ ){1,3}?(?:on (?:its|the|their) way|shipped|coming|delivered"
            r"|arrived|been sent)",
            r"what (?:did|have) i (?:order|buy|bought|ordered)(?:ed)?",
            r"orders? (?:do|did) i (?:have|place|make)",
            r"(?:when|where) (?:does|do|will|is|are) (?:my|the) (?:stuff|things?|delivery|shipment|shoes|laptop)",
            r"where(?:'s| (?:(?:the|on) \w+ )?(?:is|are)) my (?!(?:refund|money|cart|account|wish"
            r"|size)\b)\w+(?: \w+){0,2}\W*$",
            r"(?:was|were|is|are|it'?s) (?:all )?(?:supposed|meant) to (?:be (?:here|delivered|there)|arrive|come"
            r"|have (?:arrived|come))",
            r"(?:should|ought to) (?:already )?have (?:already )?(?:arrived|come|been (?:here|delivered))",
            r"(?:still )?(?:hasn'?t|has not|haven'?t|have not|not|never|didn'?t) (?:even )?(?:arrived?"
            r"|shown? up|showed up|turned up"
            r"|been delivered)(?: yet)?",
        ),
    ),
    (
        Intent.ACCOUNT,
        _any(
            r"password|log ?in|sign ?in|my account|(?:have|got|need|without|make|create|open) (?:an?|no|any) account",
            r"delete my (?:account|data)",
            r"(?:not|never) (?:signed|logged) (?:in|up)|(?:don'?t|do not|didn'?t) have an account|no account",
            r"change my (?:email|name|phone)",
            r"(?:which|what) (?:e-?mails?(?: address)?|phone(?: number)?|cards?|payment methods?"
            r"|address(?:es)?) (?:do|have) you"
            r" (?:have|got|stored?|saved?|on file)",
            r"(?:remove|delete|forget|change|update) (?:the|my) (?:visa|mastercard|amex|paypal|(?:credit "
            r"|debit )?card"
            r"|e-?mail(?: address)?|phone(?: number)?|name)",
            r"(?:sign|log) me out",
        ),
    ),
    (Intent.PROMOTIONS, asking.PROMOTIONS),
    (
        Intent.KNOWLEDGE,
        _any(
            r"polic(?:y|ies)|warranty|guarantee",
            r"shipping (?:cost|time|fee|option)s?",
            r"how long (?:is|are|does|do) (?:the )?(?:shipping|delivery|returns?)",
            r"return (?:window|period)",
            r"do you (?:ship|deliver|accept|offer)",
            r"(?:opening|store) hours|payment (?:method|option)s?",
            r"how (?:do|can|should) i|what (?:is|are) your",
            r"(?:your|the|a|contact|phone|telephone|whatsapp) (?:phone |telephone |contact |e-?mail )?(?:number"
            r"|e-?mail address)(?! of (?:my|the) order)",
            r"where are you (?:located|based|from)|(?:is|are) (?:this|your) (?:site|shop|store|website|company)"
            r" (?:\w+ )?"
            r"(?:legit\w*|safe|real|trust\w*|secure|a scam)",
            r"how much (?:is|does|are|do|for)\b.{0,30}\b(?:shipping|delivery|postage|returns?|wrapping)|shipping\??$",
            r"(?:do|can|could) (?:you|i) (?:\w+ )?wrap|wrap (?:it|them|gifts?|presents?)|wrapped as"
            r"|(?:can|could|will) (?:it|this|that|they|these) (?:be |come )?(?:gift[- ]?)?wrapped",
            r"gift[- ]?wrap\w*|price[- ]?match\w*|pick ?up in[- ]store|in[- ]store pick ?up",
        ),
    ),
    (Intent.COMPARE, language.COMPARE),
    (Intent.CART, language.CART),
)
# Said with these words and no others.
_WHOLE: Final = (
    (language.YES, Intent.CONFIRM),
    (language.NO, Intent.DENY),
    (language.GREETINGS, Intent.GREETING),
    ((*language.THANKS, *language.GOODBYES), Intent.THANKS),
    (language.AFRESH, Intent.AFRESH),
)
# A number that looks like no word: letters and digits, or many digits.
_LONE_NUMBER: Final = re.compile(r"(?<![\w-])([A-Z]{1,3}\d{3,12})(?![\w-])", re.IGNORECASE)
_FEW_WORDS: Final = 4


def lone_number(message: str) -> str | None:
    """What may be the number of an order in a message of few words, upper case: "W1002", "where's w1002"."""
    found = _LONE_NUMBER.search(message)
    return found.group(1).upper() if found and len(message.split()) <= _FEW_WORDS else None


def order_number(message: str) -> str | None:
    """The number of an order that the message names, as it is written, upper case."""
    plain = _OTHER_PAPER.sub(" ", message)
    found = _HASHED.search(plain) or _ORDER_NUMBER.search(plain)
    return found.group(1).upper() if found else None


def rule(message: str, context: Context) -> Guess | None:
    """The intent that the words of steering say, None where they say none."""
    plain = re.sub(r"[^\w\s'#-]", "", message).strip().lower()
    if (said := next((intent for words, intent in _WHOLE if plain in words), None)) is not None:
        return Guess(said, 1.0)
    if language.HELP.fullmatch(message):
        return Guess(Intent.HELP, 1.0)
    if re.search(r"\b(?:back to|return to|continue with|where were we)\b", plain) and context.suspended:
        return Guess(Intent.RESUME, 0.9)
    for intent, pattern in _RULES:
        if pattern.search(message):
            return Guess(intent, _LESS_SURE.get(intent, _RULE_SURE))
    if order_number(message) and not re.search(r"\b(?:buy|looking|find|show)\b", plain):
        return Guess(Intent.ORDER_STATUS, _NUMBER_SURE)
    return None
