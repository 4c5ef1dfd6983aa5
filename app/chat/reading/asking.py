"""Ways to ask for offers, tickets, stock and whether one thing goes with another. Pure."""

import re
from typing import Final

_CHEAPER: Final = r"(?:offers|deals|discounts?|promotions?|promos?|price reductions?|sales?(?! person| tax| team))"
_CODE: Final = (
    r"(?<!gift )(?:discount|promo|promotion(?:al)?|coupon|voucher) ?(?:codes?|coupons?|vouchers?)|(?<!gift )coupons?"
)

PROMOTIONS: Final = re.compile(
    rf"\b(?:any|are there|is there|do you have|have you got|you got|what|which|got|current(?:ly)?|running"
    rf"|today'?s|special|best"
    rf"|this week'?s|all|your|list|show me|see|student"
    rf"|seasonal)\b(?:\s+\w+){{0,3}}?\s+{_CHEAPER}\b(?!\s+(?:of|under|for my)\b)"
    rf"|\b(?:{_CODE})\b"
    r"|\b(?:is|are)\b[^?.!]{0,60}\b(?:on sale|on offer|discounted|reduced|on promotion)\b"
    r"|\b(?:is|are) there (?:an?|some) (?:offer|deal|discount|sale|promotion)\b"
    r"|\b(?:black friday|cyber monday) (?:offers?|deals?|discounts?|sales?)\b|^\W*(?:offers|deals"
    r"|promotions|discounts)\W*$",
    re.IGNORECASE,
)
# What is left of the question when its words are gone is what the offer is to be on.
PROMOTION_WORDS: Final = re.compile(
    rf"\b(?:{_CHEAPER}|special|{_CODE}|codes?|running|current(?:ly)?|today'?s|right now|at the moment"
    rf"|on sale|on offer|discounted"
    r"|reduced|on promotion|this week'?s?|black friday|cyber monday|got|best|moment|now|today|available"
    r"|on right|going on|appl(?:y|ies) (?:to|on)|valid (?:for|on)|works? (?:for|on|with)|includes?|also|does|do"
    r"|can i use|if (?:i|we) (?:buy|take|order|get)(?: \d+| two| three| more| several)?(?: of)?(?: the| these"
    r"| those)?|(?:(?:it|that) )?(?:does|is|did|has|was|will|would)(?: not|n'?t) (?:be )?(?:work(?:ing|ed)?"
    r"|valid|accepted|apply)"
    r"|wo(?:n'?t| not) (?:work|apply)|(?:is )?(?:invalid|expired|rejected)"
    r"|an?y? (?:offer|deal|discount|sale|promotion))\b",
    re.IGNORECASE,
)
TICKET: Final = re.compile(
    r"\b(?:open|creat|fil|mak|rais|submit|log|start|lodg|writ)(?:e|t?ing)?\b"
    r"(?:\s+(?:me|an?|the|new|up|support|service|formal|customer|consumer|my)){0,3}\s+"
    r"(?:tickets?|complaints?|claims?|support (?:case|request)s?)\b"
    r"|\b(?:want|like|need|wish|have|going) to (?:make a |file a )?complain(?:t)?\b|\b(?:have|got) a complaint\b"
    r"|\b(?:open|file|raise|lodge|start) (?:an?|the|my) case\b"
    r"|\bmy complaint\b|\bcomplain about\b|^\W*(?:complaint|ticket)\W*$",
    re.IGNORECASE,
)
TICKET_WORDS: Final = re.compile(
    r"^(?:hi|hello|hey)?\W*(?:please )?(?:(?:can|could|would) you )?(?:i(?:'d| would)? (?:want|like|need"
    r"|wish|have|am going)"
    r"(?: to)? )?(?:please )?(?:open|create|file|make|raise|submit|log|start|lodge"
    r"|write)?\s*(?:me )?(?:an? |the |new |support |"
    r"service |formal |my )*(?:tickets?|complaints?|claims?|complain|support (?:case|request)s?)\s*(?:please)?\s*"
    r"(?:about|because|that|for|regarding|concerning|as|on|of|over|:|,|-)?\s*",
    re.IGNORECASE,
)
STOCK: Final = re.compile(
    r"\b(?:in stock|sold out|out of stock|back in stock|restock\w*|available again|be available|still available"
    r"|how many (?:are )?left|any left)\b"
    r"|\b(?:is|are) (?:the |an? |your |this |that )?(?!there\b)[^?.!]{2,60}\bavailable\b"
    r"|\bdo(?:es)? (?:the |this |that |an? |it |they )?[^?.!]{0,50}\bcome in\b"
    r"|\b(?:have|got) (?:it|this|that|them|these|the [^?.!]{2,50}) in (?:an? )?(?:size |colou?r )?[\w-]+\s*\??$"
    r"|\bwhen (?:is|are|will|does|do)\b[^?.!]{0,60}\bback\b(?! (?:my|the) (?:money|refund))",
    re.IGNORECASE,
)
STOCK_WORDS: Final = re.compile(
    r"\b(?:in stock|sold out|out of stock|back in stock|restock\w*|available(?: again)?|availability|still"
    r"|how many|are left|left"
    r"|any|when|will|be|back|is|are|does|do|come|have|got|you|there|it|in (?:an? )?(?:size|colou?r) [\w.-]+"
    r"|(?:in )?size [\w.-]+"
    r"|in (?:xs|s|m|l|xl|xxl|\d+)|in (?:an? )?\w+\s*\??$|tell me|if|whether|know|can|could|please"
    r"|at the moment|now|again)\b",
    re.IGNORECASE,
)
_FITS: Final = (
    r"(?:work|works|fit|fits|compatible|go|goes|connect|connects|pair|pairs|sync|syncs|charge|charges|plug"
    r"|plugs|attach|attaches"
    r"|suitable|usable|match|matches|mount|mounts)"
)
COMPATIBLE: Final = re.compile(
    rf"\b(?:does|do|will|would|can|could|is|are)\b(?P<thing>[^?.!]{{0,80}}?)\b{_FITS}\b(?: (?:well|together"
    rf"|fine|too|also))?"
    r"\s*(?:with|in|on|onto|into|inside|to|under|alongside)\b(?P<other>[^?.!]{2,80})"
    rf"|\b(?:will|does|do|would) (?P<one>it|this|that|they|these|[^?.!]{{2,60}}?) (?:fit"
    rf"|suit)\b(?P<whom>[^?.!]{{0,60}})"
    r"|\b(?:is|are|would) (?P<enough>[^?.!]{1,40}? enough for (?:the|my|an?|this) [^?.!]{2,40})"
    r"|\bcompatib\w+\b(?: with\b)?(?P<which>[^?.!]{0,80})",
    re.IGNORECASE,
)


_QUESTION: Final = re.compile(
    r"\s*(?:(?:and|ok(?:ay)?|so|but|hm+|well|great|nice|cool|also|then|right),? )*"
    r"(?:what(?:'?s| is| are| size| colou?rs?)?|how|is|are|does|do|can|could|will|would|has|have|which|who|by"
    r" whom|when|where|why)\b",
    re.IGNORECASE,
)
_WHEN_HERE: Final = re.compile(
    r"\b(?:when|how (?:fast|soon|quick(?:ly)?|long))\b.{0,25}\b(?:arrive|deliver(?:ed|y)?|be here|get here|get it"
    r"|get them|ship(?:ped|ping)?|come|receive)\b"
    r"|\b(?:can|could|will|would) i (?:get|have|receive) (?:it|them|this|that)"
    r" (?:by|before|until|on|in (?=\d|an?\b|one\b|two\b|three\b|time\b|less\b|under\b|the\b))\b"
    r"|\b(?:can|could|will|would) (?:it|they|this|that|these|you) (?:be )?(?:deliver(?:ed)?|arrive|here|shipped)\b",
    re.IGNORECASE,
)


_IN_GENERAL: Final = re.compile(
    r"^\W*(?:(?:and|so|ok(?:ay)?|hm+|hi|hello|hey)\W+)*(?:(?:is|are|does|do) (?!there\b"
    r"|you\b|the\b|this\b|that\b|these\b|those\b|it\b|they\b|my\b)(?![^?]*(?:\d|\b(?:your|any|anything|either|these"
    r"|those)\b))[^?]{2,60}\b(?:\w{2,}er|more [a-z]+|less [a-z]+"
    r"|worse) than\b|what(?:'?s| is| are) the difference between|which is (?:\w{2,}er"
    r"|more [a-z]+),? [^?]{2,40}\bor\b)",
    re.IGNORECASE,
)


_MEANING: Final = re.compile(
    r"^\W*(?:(?:and|so|ok(?:ay)?|but)\W+)*what(?:'?s| is| does| do)? (?:the )?"
    r"(?P<what>(?!(?:do|does|is|you|it|that|this|they|he|she|i)\b)[\w -]{1,30}?) (?:means?|stands? for)\W*$",
    re.IGNORECASE,
)


def meaning_asked(message: str) -> str:
    """The word of which it is asked what it means: "oz" of "what's oz mean"; empty for none."""
    found = _MEANING.match(message)
    return found["what"].strip() if found else ""


def in_general(message: str) -> bool:
    """Whether it is asked how two sorts of things compare: "is down warmer than wool?"."""
    return _IN_GENERAL.match(message) is not None


def is_question(message: str, marked: bool) -> bool:
    """Whether a message asks something. `marked`: it has a question mark."""
    return marked or bool(_QUESTION.match(message))


def asks_when(message: str) -> bool:
    """Whether it is asked how long a delivery takes."""
    return _WHEN_HERE.search(message) is not None


def left_of(message: str, words: re.Pattern[str]) -> str:
    """The message without the words of asking."""
    return " ".join(words.sub(" ", message).split())
