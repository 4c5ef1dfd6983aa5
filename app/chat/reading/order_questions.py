"""What is asked of an order beside where it is: who brings it, to which address, what was paid. Pure."""

import re
from typing import Final

_BRINGS: Final = r"(?:bring|carr(?:y|ies)|deliver|ship|transport|send)\w*"
_FACTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (
        re.compile(
            rf"\b(?:who|whom)(?:'s| is| will be| are| will)? {_BRINGS}\b"
            r"|\b(?:which|what) (?:delivery |shipping |postal |mail )?(?:compan(?:y|ies)|carrier|courier|service)\b"
            r"|\bwho(?:'s| is) the (?:carrier|courier)\b|\bis it (?:with )?(?:ups|fedex|usps|dhl)\b",
            re.IGNORECASE,
        ),
        "carrier",
    ),
    (
        re.compile(
            r"\bwhere (?:will|does|do|did|is|are|s|was)\b[^?.!]{0,40}\b(?:go|going|went|sent to|be sent|be delivered"
            r"|delivered to|shipped to|get delivered|heading|headed)\b"
            r"|\b(?:which|what)(?:'s| is| was)? (?:the |my |delivery |shipping )*address\b"
            r"(?=[^?]*\b(?:order|it|that|this|sen[dt]|deliver\w*|going|goes?|shipp?\w*|parcel|package)\b)"
            r"|\b(?:go(?:es|ing)?|sen[dt]|deliver(?:ed|ing)?|shipp?(?:ed|ing)?) (?:it )?to (?:the|my) "
            r"(?:right|old|new|correct) address\?",
            re.IGNORECASE,
        ),
        "address",
    ),
    (
        re.compile(
            r"\b(?:how much|what) (?:did|have) (?:i|we) (?:\w+ )?(?:pay|paid|spen[dt])\b|\bhow did (?:i|we) pay\b"
            r"|\bhow (?:was|is) it paid\b|\b(?:which|what) card did (?:i|we) (?:use|pay)\b"
            r"|\b(?:order|its?) total\b|\bhow much (?:was|were) (?:it|they|that|this|my order|the order)\b",
            re.IGNORECASE,
        ),
        "paid",
    ),
    (re.compile(r"\bwhen did (?:i|we) (?:order|buy|place|purchase|get)\b", re.IGNORECASE), "placed"),
    (
        re.compile(r"\btracking (?:number|code|link|id|info\w*)\b|\bhow (?:can|do) i track\b", re.IGNORECASE),
        "tracking",
    ),
    (
        re.compile(
            r"\bwhat(?:'s| is| was| are)? (?:in|inside) (?:it|that|this|the|my)\b|\bwhat(?:'s| is) in there\b",
            re.IGNORECASE,
        ),
        "items",
    ),
)


def facts_asked(message: str) -> list[str]:
    """What is asked of an order that its record tells, beside where it is: carrier, address, paid, placed, tracking,
    items."""
    return [fact for pattern, fact in _FACTS if pattern.search(message)]
