"""What is told of a thing that somebody has ordered, before any order was talked of: it does not fit, it broke, it is
not wanted. Pure."""

import re
from typing import Final

from app.chat.reading.intents import Guess, Intent

_SURE: Final = 0.8
_SIZES: Final = r"(?:xxs|xs|s|m|l|xl|xxl|small|medium|large|size \w+|\d{2}(?:[.,]5)?)"
_IT: Final = r"(?:it|that|this|them|these|those|one|(?:the|my|this|that|these|those) (?:[\w-]+ ){0,3}?[\w-]+)"
FITS_NOT: Final = re.compile(
    r"\btoo (?:small|big|large|tight|loose|wide|narrow|long|short|baggy)\b|\bpinch(?:es|ing)?\b"
    r"|\b(?:one|a|two|the next|half a) sizes? (?:up|down|bigger|smaller|larger)\b|\b(?:bigger|smaller"
    r"|larger) (?:one|size)s?\b"
    r"|\b(?:doesn'?t|don'?t|didn'?t|does not|do not|did not|won'?t) fit\b|\bwrong (?:size|colou?r)\b"
    rf"|\b(?:should|was (?:supposed|meant)|were (?:supposed|meant)|shuld)(?: to)?(?: have been| be| of been)?"
    rf" (?:an? |in |in an? )?{_SIZES}\b"
    rf"|\b(?:need|needed|want|wanted|like|get|have) {_IT} in (?:an? )?(?:size )?(?:{_SIZES}|(?:a )?(?:different"
    rf"|another|other|bigger"
    r"|smaller|larger) (?:size|colou?r))\b"
    r"|\bordered (?:it |them |the \w+ )?in (?:the )?wrong\b"
    rf"|\b(?:need|want|meant|wanted) (?:an? |the |it in |size |them in ){{0,2}}{_SIZES}\b",
    re.IGNORECASE,
)
_CANCELS: Final = re.compile(r"(?<!can't )(?<!cannot )(?<!you )\bcancel\b", re.IGNORECASE)
_INSTEAD: Final = re.compile(
    r"\b(?:version|model|edition|size|colou?r|variant|one)\b[^?.!]{0,40}\binstead\b", re.IGNORECASE
)
_MONEY_BACK: Final = re.compile(
    r"\brefund me\b|\b(?:my )?money back\b|\b(?:a |the |my )?refund\b|\b(?:go|goes|going) back\b", re.IGNORECASE
)
BROKEN: Final = re.compile(
    r"\byou (?:forgot|left out)\b|\bonly (?:got|sent|received) (?:one|two|\d)\b|"
    r"\b(?:died|snapped|broken?|cracked|chipped|shattered|smashed|dented|ripped|torn|leak(?:s|ing|ed)?|scratched"
    r"|stained|damaged"
    r"|faulty|defective|dead|crushed|bent|came (?:off|apart|loose)|f[ea]ll(?:s|en)? (?:off|apart))\b"
    r"|\b(?:won'?t|will not|doesn'?t|does not|don'?t|do not) (?:turn on|switch on|charge|start|open|close|work"
    r"|heat|light up)\b"
    r"|\bstopped (?:\w+ing)\b|\bmissing from\b|\b(?:parts?|pieces?|screws?|bits?|is|are|was|were) missing\b"
    r"|\bmissing (?:a|the|one|some|its?|two) \w+"
    r"|\bwrong (?:item|one|thing|product|model)\b|\b(?:was|were) (?:supposed|meant) to be (?!here|there|delivered"
    r"|home|a gift|a present|on|at|by"
    r"|in)\w+"
    r"|\b(?:you sent|i got|it'?s|they'?re|got|sent) [^?.!]{0,30}\b(?:not|instead of) (?:the )?(?:one |what )?(?:i"
    r"|we) ordered\b"
    r"|\b(?:i|we) ordered [^?.!]{1,40}\b(?:but|and) (?:you sent|i got|we got|got|received|this is|it'?s|it is"
    r"|they'?re)\b",
    re.IGNORECASE,
)
UNWANTED: Final = re.compile(
    rf"\b(?:don'?t|do not) (?:ship|send|deliver|pack) {_IT}|"
    rf"\b(?:don'?t|do not|no longer|doesn'?t|didn'?t) (?:really )?(?:want|need|like) {_IT}"
    rf"|\b(?:drop|scrap|skip|delete) {_IT} (?:from|off|out)\b|\b(?:take|leave) {_IT} (?:off|out|from)\b"
    rf"|\bremove {_IT}|\bget rid of {_IT}|\bnot (?:want|need)(?:ing)? {_IT}",
    re.IGNORECASE,
)
ARRIVES: Final = re.compile(
    r"\bstill (?:not|isn'?t|hasn'?t|haven'?t)\b|\bnot (?:here|there|arrived) yet\b|"
    r"\b(?:when|will|would|has|did|does|is)\b[^.!]{0,40}\b(?:arrive|come|coming|get here|be here|here by|have it"
    r"|have them|get it"
    r"|get them|deliver(?:ed)?|shipp?(?:ed)?)\b",
    re.IGNORECASE,
)
SENT_BACK: Final = re.compile(
    r"\b(?:never|not|n['\u2019]?t) (?:\w+ )?(?:came|come|got|get|received|seen) (?:it |that |my money "
    r"|the money )?back\b|"
    rf"\b(?:posted|sent|mailed|shipped|returned|brought|dropped) {_IT}? ?(?:back|off)\b|\b(?:i|we)(?:'ve"
    rf"| have)? returned {_IT}",
    re.IGNORECASE,
)
_BOUGHT: Final = re.compile(
    r"\b(?:i|we)(?:'ve| have|'d| had)?(?: \w+){0,2}? (?:ordered|bought|purchased|received|got)\b"
    r"|^\W*(?:just |already )?(?:ordered|bought|purchased|got) \w+|\b(?:arrived|came|was delivered|were delivered"
    r"|turned up|you sent|my order)\b",
    re.IGNORECASE,
)


def tells_trouble(message: str) -> bool:
    """Whether something is told that may be a trouble with a thing that was ordered."""
    return any(words.search(message) for words in (FITS_NOT, BROKEN, UNWANTED, _MONEY_BACK, _CANCELS))


def tells_purchase(message: str) -> bool:
    """Whether somebody says that they bought, or got, something."""
    return _BOUGHT.search(message) is not None


# Something is spoken of as known, or as one's own.
_KNOWN: Final = re.compile(
    r"(?<!for )(?<!with )(?<!to )\b(?:the|my|our|these|those|this)\b|\b(?:i|we|you)(?:'ve"
    r"|'d)? (?:\w+ ){0,2}?(?:\w+ed|got|sent|bought|paid|put|gave)\b",
    re.I,
)
# Something is looked for, or asked of what the shop has.
_LOOKS_FOR: Final = re.compile(
    r"\b(?:show|find|search|look(?:ing)? for|shop(?:ping)? for|buy(?:ing)?|recommend|suggest|compare|gift for"
    r"|present for"
    r"|(?:do|have) you (?:\w+ )?(?:got|sell|carry|stock)|(?:need|want|like) an? (?!refund|answer|person|human"
    r"|new one)"
    r"|something|anything|how about|goes? with|go(?:es)? well|match(?:es)?|compatible|cheap\w*|under \$?\d)\b",
    re.IGNORECASE,
)


# Goods are asked for, whatever is told of a thing that was bought: to be shown, found, bought, or one of a kind.
_SHOPS: Final = re.compile(
    r"\bshow (?:me|us)\b|\b(?:recommend|suggest)(?: me| us)?\b|\bshop(?:ping)? for\b|\b(?:to|can i|i'?ll) buy\b"
    r"|\blook(?:ing)? for (?!(?:it|them|that|this|these|those|the|my|our|help|someone|somebody)\b"
    r"|(?:an? )?(?:refund|return|replacement|exchange|way|solution|new ones?)\b)"
    r"|\b(?:what|which) (?!(?:other |else )?(?:size|colou?r|option)s?\b)(?:[\w-]+ ){1,3}(?:do you (?:have|sell|stock)"
    r"|have you got|are there)\b"
    r"|(?:\b(?:needs?|wants?|would (?:love|like))|'d (?:love|like)) an? (?!(?:[\w-]+ ){0,2}(?:refund|return|replacement"
    r"|exchange|answer|person|human|ones?|size|colou?r|label|receipt|invoice|copy|credit|part|lot|update|discount|repair"
    r"|courier|pick-?up|confirmation|solution|manager|call)\b|size \w+|(?:xxs|xs|s|m|l|xl|xxl|small|medium|large)"
    r"(?=\W*$|[,.;!?]| (?:please|pls|instead|actually|not)\b))",
    re.IGNORECASE,
)
# Somebody would like to have something, and tells nothing of it.
_WISHES: Final = re.compile(
    r"(?:(?<!n't )(?<!not )(?<!never )\b(?:needs?|wants?)|(?:'d|\bwould) (?:\w+ )?(?:love|like|prefer))\b"
    r"(?! (?:it|them|this|that|these|those|to|you|my|our|an answer|not)\b)"
    r"|^\W*(?:the|this|that|these|those) (?:[\w-]+ ){1,5}(?:please|pls|plz)\W*$",
    re.IGNORECASE,
)
_TELLS: Final = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|came|got|keeps?|makes?|\w{3,}ed|\w+n'?t)\b|'s\b", re.IGNORECASE
)


def looks_for_goods(message: str) -> bool:
    """Whether goods are asked for in so many words: what is told of a thing that was bought is then only why."""
    return _SHOPS.search(message) is not None


def only_wishes(message: str, *, described: bool) -> bool:
    """Whether a thing is wished for and nothing is told of it: "our kitchen needs a clock". `described`: how it is
    to be is told, such as its colour, so that its name alone is a wish too: "the red one"."""
    return _WISHES.search(message) is not None or (described and _TELLS.search(message) is None)


def may_be_known(message: str) -> bool:
    """Whether a message speaks of a thing as one that is known, and looks for none."""
    return _KNOWN.search(message) is not None and _LOOKS_FOR.search(message) is None


def of_own_thing(message: str, *, on_its_way: bool) -> Guess | None:
    """What is wanted of one's own thing that a message names. `on_its_way`: it has not arrived, so that what is not
    wanted is cancelled rather than sent back. None where nothing is told to be wrong."""
    if SENT_BACK.search(message):
        return Guess(Intent.REFUND, _SURE)
    if _CANCELS.search(message):
        return Guess(Intent.CANCEL, _SURE)
    if _INSTEAD.search(message):
        return Guess(Intent.EXCHANGE, _SURE)
    if _MONEY_BACK.search(message) and not on_its_way:
        return Guess(Intent.RETURN, _SURE)
    if FITS_NOT.search(message):
        return Guess(Intent.EXCHANGE, _SURE)
    if BROKEN.search(message):
        return Guess(Intent.RETURN, _SURE)
    if ARRIVES.search(message) and on_its_way:
        return Guess(Intent.ORDER_STATUS, _SURE)
    if UNWANTED.search(message):
        return Guess(Intent.CANCEL if on_its_way else Intent.RETURN, _SURE)
    return None
