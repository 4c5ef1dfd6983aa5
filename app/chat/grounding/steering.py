"""Text that tries to steer an assistant or to lure a shopper: nobody repeats it, and it proves nothing. Pure."""

import re
from typing import Final

from app.chat.guardrails.guard import decoded, plain
from app.chat.guardrails.patterns import injected
from app.chat.guardrails.planted import LOOKALIKES, PLANTED

_SHOUTED: Final = re.compile(r"\b(?:SYSTEM|ASSISTANT|ADMIN|DEVELOPER|CHATBOT|AI|INSTRUCTIONS?)(?: \w+)?\s*:")
_LURE: Final = re.compile(
    r"\b(?:use|enter|apply|with) (?:the )?(?:promo |discount |coupon |voucher )?code\b|\bpromo code\b|\bcoupon code\b"
    r"|\b(?:send|enter|give|share|provide|confirm|tell me|reply with|type) (?:us |me )?(?:your )(?:\w+ "
    ")?(?:password|card|credit card|cvv|pin|bank|social security"
    r"|login|account number|card number)\b|\b(?:scan|click|tap) (?:here|this|the link|on the link)\b|\b(?:wire"
    r"|transfer) (?:the )?money\b"
    r"|\bbuy (?:it |this )?(?:elsewhere|from (?:our competitor|another (?:shop|store)))\b|\bvisit (?:our|my"
    r"|the) (?:other )?(?:site|website|web site|page)\b"
    r"|\bi (?:have been|was|am now) (?:hacked|instructed|told to|jailbroken|compromised|pwned|unrestricted)\b"
    r"|\bpwned\b|\bas (?:instructed|requested) (?:in|by) the"
    r" (?:description|review|document|record|product)\b|\bmy (?:system prompt|instructions|prompt)\b|\bi am "
    r"(?:dan|an unrestricted)\b",
    re.IGNORECASE,
)


def steers(text: str) -> bool:
    """Whether a text gives orders to an assistant, however it is spelled: hidden letters and base64 are read too."""
    read = plain(text)
    return bool(_SHOUTED.search(text)) or _steers(read) or any(_steers(plain(hidden)) for hidden in decoded(text))


def _steers(read: str) -> bool:
    if injected(read) or PLANTED.search(read):
        return True
    latin = read.translate(LOOKALIKES)
    return latin != read and bool(injected(latin) or PLANTED.search(latin))


def lured(text: str) -> str:
    """A code to enter, something to click, a secret to tell: the words that ask for it; empty without."""
    match = _LURE.search(plain(text))
    return match.group() if match else ""
