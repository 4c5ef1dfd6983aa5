"""Words of questions and passages as they are compared, and what kind of answer a question waits for. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from shop.rules.words import STOP_WORDS

ASKING: Final = frozenset(
    {"what", "when", "where", "which", "who", "why", "how", "do", "doe", "does", "did", "can", "could", "i", "my", "me"}
    | {"you", "your", "we", "our", "have", "ha", "has", "would", "should", "about", "get", "there", "any", "many"}
    | {"much", "long", "tell", "please", "want", "need", "know", "is", "are", "shop", "store", "from", "so", "us"}
    | {"something", "anything", "thing"}
)
"""Words by which questions are put, and which say nothing of what is asked."""
_SILENT: Final = STOP_WORDS | ASKING | {"may", "am", "im", "id", "ive"}
_WORD: Final = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
_ENDINGS: Final = (
    "ations", "ation", "ings", "ing", "edly", "ied", "ies", "ers", "ed", "er", "es", "ly", "s", "y", "e"
)  # fmt: skip
_LEAST: Final = 3

# Words of shops that stand for one another in questions and answers, a group a line.
_GROUPS: Final = """
rent hire borrow lease rental loan
buy purchase order bought ordered
guarantee warranty guaranteed covered
cost price fee charge charged rate rates postage dollar dollars euro euros expensive cheap pay
ship deliver post send delivery shipping postage parcel sent dispatch arrive come bring
refund money reimbursed reimbursement credited
cancel stop end quit terminate withdraw
repair fix mend broken patch patches workshop
return give back send takes
open hours opening close closed
phone mobile smartphone
instalment installment installments finance financing monthly later split parts interest klarna
voucher gift card coupon token
code coupon voucher discount
points loyalty bonus rewards member membership dividend
exchange swap replace
damaged broken faulty torn ripped scratched shattered cracked scratch damage
wash clean cleaning washing
heavy weigh weight kg
big large size measure
charge charging battery
dispose recycle empties
picture photo
company business
bike bicycle
hose tube
light lamp lights lit blink blinks blinking flashes flashing
speed fast
password login
collect pick fetch
help advice advise
tv television
laptop notebook
wifi network internet
children kids child kid
pants trousers
sweater knitwear jumper
couch sofa
tyre tire tyres tires
abroad country international
monitor screen display
rain wet water
look find
plan subscription box
keep store storage
"""

_MONEY: Final = re.compile(
    r"[$\u00a3\u20ac]\s?\d|\d+\s?(?:dollars?|euros?|pounds?|percent|%)|\bfree\b|\bno fee\b|\bwithout charge\b",
    re.IGNORECASE,
)
_NUMBER: Final = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|an?)(?:\s?(?:to|or|-)\s?\w+)?"
_TIME: Final = re.compile(
    rf"\b{_NUMBER}\s(?:business |working )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|nights?|season)\b"
    r"|\b\d+(?:\.\d+)?\s?[ap]m\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bsame day\b|\bat once\b"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b"
    r"|\b(?:morning|evening|expire|valid|spring|summer|autumn|winter)\b",
    re.IGNORECASE,
)
_MEASURE: Final = re.compile(
    r"\d\s?(?:kg|g|grams?|cm|mm|m|inch|inches|lit(?:re|er)s?|l|w|v|bar|nm|hz|degrees|km|percent|pixels|pounds)\b",
    re.IGNORECASE,
)
_ASKS: Final = (
    (
        re.compile(
            r"\bhow (?:much|expensive)\b(?! (?:should|water|food|does .* (?:weigh|hold)))|\bcosts?\b"
            r"|\bprices?\b|\bfees?\b|\bfree\b|\bcharge\b(?! it)"
        ),
        _MONEY,
    ),
    (
        re.compile(
            r"\bhow (?:long|soon|fast|often|old|many (?:days|weeks|months|years|hours))\b|\bwhen\b|\buntil\b|\bexpire|"
            r"\bhours\b"
        ),
        _TIME,
    ),
    (
        re.compile(
            r"\bhow (?:heavy|big|wide|large|tall|deep|thick|hot|far|loud|tight|many|much)\b|\bweigh"
            r"|\bpressure\b|\bsize\b|\bwatts\b|\btemperature\b"
        ),
        _MEASURE,
    ),
)


_I: Final = r"(?:i|we|i am|i'm|im|i have|i've|i'd|ive|id)"
_BEGINNING: Final = re.compile(
    r"^\W*(?:"
    r"(?:hi|hello|hey|ok|okay|please|pls|so|and|also|well|then|thanks|sorry|excuse me"
    r"|question|quick question)\b"
    rf"|{_I} (?:was |am |have |just )?(?:want(?:ed)?|need|would like|like|try(?:ing)?|got|have|wish|wonder(?:ing)?"
    r"|cannot|can't|do not know|don't know)\b(?: (?:to|how|if|whether|what i have)\b)?"
    r"|(?:can|could|would|will|might) (?:you|u|somebody|someone)(?: please)? (?:help|assist|tell|show|explain"
    r"|inform|let)\b"
    r"|(?:help|assist|assistance|tell|show|let|give|inform)\b(?: me| us)?(?: know| understand)?\b"
    r"|(?:some |any )?(?:help|assistance|information|info|details|question|questions|trouble|problems?|issues?) "
    r"(?:with|about|on|to|regarding)\b"
    r"|(?:to )?(?:see|check|find out|know|learn|understand|ask|seeing|checking|finding out|looking up|look up)\b"
    r"|(?:about|regarding|concerning|with|me|us|if|whether|to)\b"
    r"|(?:is it possible to|what do i have to do to|i do not know how i can|where can i|how can i|how do i) "
    r"(?:see|check)\b"
    r")\W*",
    re.IGNORECASE,
)
_END: Final = re.compile(
    r"[,.;]?\s*(?:(?:can|could|will|would) (?:you|u) (?:help|assist|tell)(?: me)?|how (?:can|could|do) i do it"
    r"|how to do it|help me|i need help|please|thanks?(?: you)?|i need assistance|can i get some help)\W*$",
    re.IGNORECASE,
)
_OATHS: Final = re.compile(r"\b(?:goddamn|damn|bloody|fucking|freaking)\b\s*", re.IGNORECASE)
_FEWEST: Final = 2


def bare(question: str) -> str:
    """A question without what is only said to put it ("can you help me see ..."); as it is where little is left."""
    left = _OATHS.sub("", question).strip()
    for pattern in (_END, _BEGINNING):
        while len((shorter := pattern.sub("", left, count=1)).split()) >= _FEWEST and shorter != left:
            left = shorter
    return left


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending: rental and rent stay two, renting and rent are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            word = word[: -len(ending)]
            break
    if len(word) > _LEAST and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word


def stems(text: str) -> frozenset[str]:
    """The stems of a text's words."""
    return frozenset(stem(word) for word in _WORD.findall(text.lower().replace("'s", "")))


def asked_stems(question: str) -> frozenset[str]:
    """The stems of the words that say what is asked."""
    words = re.findall(r"[a-z0-9]+", question.lower().replace("'s", "").replace("'", ""))
    return frozenset(stem(word) for word in words if word not in _SILENT)


def concepts(words: frozenset[str]) -> frozenset[int]:
    """The groups of like words that some stems belong to."""
    return frozenset().union(*(_CONCEPTS.get(word, frozenset()) for word in words))


def coverage(weights: Mapping[str, float], words: frozenset[str]) -> float:
    """The weighted share of a question's stems that a text has; where it has a like word, seven tenths of it. 0 of
    none."""
    total = sum(weights.values())
    if not total:
        return 0.0
    there = concepts(words)
    found = (
        weight * (1.0 if word in words else _LIKE if _CONCEPTS.get(word, frozenset()) & there else 0.0)
        for word, weight in weights.items()
    )
    return sum(found) / total


def waits_for(question: str) -> re.Pattern[str] | None:
    """What an answer has where a sum, a time or a measure is asked for; None where neither is."""
    plain = question.lower()
    return next((answer for asked, answer in _ASKS if asked.search(plain)), None)


_LIKE: Final = 0.7


def _grouped() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(_GROUPS.strip().splitlines()):
        for word in group.split():
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


_CONCEPTS: Final = _grouped()
