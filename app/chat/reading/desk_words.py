"""Words of what goes wrong with orders, of whose they are, and of what is asked of the shop's team. Pure."""

import re
from typing import Final

from app.chat.reading.asking import is_question

_PARCEL: Final = r"(?:orders?|packages?|packets?|parcels?|deliver(?:y|ies)|shipments?|box(?:es)?|it|they)"
LOST: Final = re.compile(
    rf"\b{_PARCEL}\b[^?.!]{{0,30}}\b(?:lost|missing|stolen|vanished|disappeared)\b"
    rf"|\b(?:lost|stolen|missing) (?:\w+ ){{0,2}}?(?:order|package|packet|parcel|delivery|shipment)s?\b"
    # "It says delivered but nothing is here"
    r"|\b(?:says?|said|marked|shows?|shown|showing|listed|states?|claims?)\b[^?.!]{0,25}\bdelivered\b[^?!]{0,30}?"
    r"\b(?:but|and|yet|though|nothing|not|never|no|nobody|haven'?t|didn'?t|isn'?t|wasn'?t|hasn'?t|empty|where)\b"
    r"|\b(?:stole|nicked|took|swiped) (?:my |the |our )?(?:\w+ )?(?:order|package|packet|parcel|delivery|box)\b"
    r"|\b(?:never|didn'?t|not|hasn'?t|haven'?t) (?:\w+ )?(?:got|get|received?|seen|see|here|arrived?)\b[^?!]{0,60}"
    r"\b(?:says?|said|marked|shows?|shown|listed)\b[^?.!]{0,25}\bdelivered\b",
    re.IGNORECASE,
)
LOOK_INTO: Final = re.compile(
    r"\b(?:look|looks|looking|dig) into (?:it|this|that|what|the|my)\b|\binvestigat\w+\b"
    r"|\b(?:can|could|will|would|should) (?:please )?(?:somebody|someone|anybody|anyone)\b[^?.!]{0,25}\b(?:look(?! for)"
    r"|check|find(?! (?:me|us|an?|some)\b)|fix|sort|see|trace|search)\b"
    r"|\bcheck (?:with|where) (?:the|your) (?:carrier|courier|driver|warehouse|team)\b",
    re.IGNORECASE,
)
PAYMENT: Final = re.compile(
    r"\b(?:charged|billed|debited|invoiced) (?:me |us |my card )?(?:\w+ )?(?:twice|double|two times|three times)\b"
    r"|\b(?:double|twice) (?:charged|billed|debited)\b|\bpaid (?:it )?twice\b"
    r"|\b(?:payment|card|paypal|checkout)\b[^?.!]{0,30}\b(?:declined|failed|rejected|refused|did(?:n'?t"
    r"| not) go through"
    r"|(?:isn'?t|is not|not) (?:accepted|working|going through))\b"
    r"|\b(?:charged|billed|debited)\b[^?!]{0,40}\b(?:instead of|more than|too much)\b"
    r"|\b(?:charged|billed|debited)\b[^?!]{0,40}\bbut (?!(?:when|how|where|what|will|can|is|do)\b)[^?!]{0,30}?"
    r"(?:\d|\b(?:never|nothing|only|no (?:order|e-?mail|confirmation)|cancel\w*|failed|declined"
    r"|not (?:there|shipped|received|arrived))\b)"
    r"|\b(?:wrong|too much) (?:amount|money)? ?(?:charged|debited|taken)\b",
    re.IGNORECASE,
)
TAKE_BACK: Final = re.compile(
    r"\b(?:cancel|undo|stop|take back|withdraw|revert|call off)\b[^?.!]{0,15}\b(?:the|my|that|this) (?:return"
    r"|exchange"
    r"|refund|swap)\b",
    re.IGNORECASE,
)
# Of what is going back, where that was talked of.
KEEPS: Final = re.compile(
    r"\b(?:can|could|may) (?:i|we) (?:still |just )?keep (?:it|them|the \w+)(?: after all| now| instead)?"
    r"\s*(?:[.,;?!]|$)",
    re.IGNORECASE,
)
# What is sent anew and is no item of an order.
NO_ITEM: Final = re.compile(
    r"\b(?:pass ?words?|links?|codes?|e-?mails?|labels?|invoices?|receipts?|confirmations?)\b", re.IGNORECASE
)
NUMBER_OF_IT: Final = re.compile(
    r"\b(?:ticket|case|complaint|reference) (?:number|no|id|code)\b|\bnumber of (?:the|my|that) (?:ticket"
    r"|case|complaint)\b",
    re.IGNORECASE,
)
WHEN_ANSWERED: Final = re.compile(
    r"\b(?:how (?:long|soon|fast|quickly?)|when)\b[^?.!]{0,40}\b(?:answer|reply|replies|respond|response"
    r"|get back|contact"
    r"|call|write)\b|\bwho (?:do|can|should|could|must) (?:i|we) (?:talk|speak|write|turn|contact|ask|call"
    r"|e-?mail)\b|\bhow (?:will|do|would|can) (?:i|you|they|we)\b[^?.!]{0,25}\b(?:hear|get an answer|contact|reach"
    r"|be told|find out)\b",
    re.IGNORECASE,
)
_OPTIONS: Final = re.compile(
    r"\b(?:what|which) (?:are|r) (?:my|the) (?:options|choices|possibilities)\b|\bmy options\b"
    r"|\bwhat (?:are|will|would|do|can) you (?:going to |gonna |want to )?do (?:about|with|for|now)\b"
    r"|\bwhat (?:else )?(?:can|could|should|do) (?:i|we|you) do\b|\bis there (?:really )?(?:nothing|anything"
    r"|no way|another way)\b"
    r"|\bstill (?:be )?(?:changeable|cancell?able|changed?|cancell?ed|cancel|edit(?:ed|able)?|modif(?:y|ied"
    r"|iable))\b(?! (?:the|my|it))"
    r"|\bany(?:thing| other way)? (?:you|i) can do\b|\bwhat now\b|\bcan(?:no|')?t (?:you|we) do (?:something"
    r"|anything)\b",
    re.IGNORECASE,
)
REPLACED: Final = re.compile(
    r"\bsend (?:it |them |one )?again\b|"
    r"\b(?:want|need|like) (?:a |an |one |another |the )?(?:one )?(?:that|which) (?:really |actually )?works\b|"
    r"\b(?:new|another|same|undamaged|working) (?:one|again)\b[^?.!]{0,30}\b(?:not|no|instead of|rather than"
    r"|don'?t want)"
    r" (?:the |my |any |a )?(?:money|refund)\b|"
    r"\b(?:do not|don'?t|dont) want (?:a |my |the )?(?:refund|money)\b.*\b(?:new|replace\w*|another|right|correct)\b"
    r"|\b(?:send|get|want|need) (?:me |us )?(?:a )?replacement\b"
    r"|\b(?:send|ship) (?:me |us )?(?:a|an|the) (?:new|fresh|second|working|intact) \w+|\bsend (?:me "
    r"|us )?(?:a new one|another one|it again|the (?:\w+ )?(?:right|correct|missing) (?:one|item|thing|part)s?)\b"
    r"|\bi want the (?:\w+ )?(?:one|item|thing)s? (?:that )?i (?:\w+ )?(?:ordered|paid)\b",
    re.IGNORECASE,
)
_PERSON: Final = (
    r"(?:my|his|her|their|a) (?:husband|wife|partner|girlfriend|boyfriend|mother|mom|mum|father|dad|son|daughter"
    r"|brother|sister|friend|neighbou?r|boss|colleague|roommate|flatmate|aunt|uncle|cousin)"
)
_BELONGING: Final = r"(?:orders?|packages?|packets?|parcels?|deliver(?:y|ies)|shipments?|purchases?|accounts?)"
# Whose the order is, not who else is spoken of: "cancel it, my husband already bought one" is about one's own.
_OTHERS: Final = re.compile(
    rf"\b{_PERSON}['\u2019]?s (?:\w+ ){{0,2}}?(?:{_BELONGING}|name|e-?mail)\b"
    rf"|\b(?:is|was|it['\u2019]?s|that['\u2019]?s) {_PERSON}['\u2019]?s\s*(?:[.,;!?]|$)"
    rf"|\b{_BELONGING} (?:of|belongs to|(?:that |which )?(?=\S+ \S+ (?:placed|made|ordered))) ?{_PERSON}\b"
    r"|\b(?:his|her|their) (?:name|order|account|e-?mail|parcel|package)\b|\bi'?m (?:his|her|their)\b",
    re.IGNORECASE,
)
_ANOTHER_ACCOUNT: Final = re.compile(
    r"\b(?:other|different|another|work|old|second|wrong) (?:e-?mail|mail|account|address book)\b"
    r"|\b(?:under|with|by|for) \S+@\S+|\bas (?:a )?guest\b|\bwithout (?:an? )?(?:account|(?:signing"
    r"|logging) (?:in|up)"
    r"|registering)\b"
    r"|\bguest (?:order|checkout)\b",
    re.IGNORECASE,
)
# One's own data are changed, not an order looked for that stands elsewhere.
_CHANGED: Final = re.compile(r"\b(?:change|update|replace|remove|delete|switch|correct|edit)\b", re.IGNORECASE)
_AN_ORDER: Final = re.compile(rf"\b{_BELONGING}\b(?<!account)(?<!accounts)", re.IGNORECASE)
_MAY_I: Final = re.compile(
    r"\b(?:can|could|may|do) (?:i|we|you|one) (?:\w+ )?(?:order|buy|pay|shop|check ?out)\b", re.I
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


# The code of a promotion, by itself.
CODE: Final = re.compile(r"\W*(?:(?i:it'?s|code|the code is|my code is)\W+)?(?=\w*[A-Z\d])[A-Z\d-]{4,20}\W*")
_GIVEN: Final = re.compile(
    r"\b(?:gave|got|bought|ordered) (?:it |this |that |them )?(?:for )?(?:me|us)\b(?! a (?:refund|discount))"
    r"|\b(?:she|he|they|my \w+|somebody|someone) (?:bought|ordered|paid|gave)\b(?! (?:one|another|some|the same)\b)"
    r"|\bi (?:got|received|was given) (?:it|this|that|them|these|an?|the|some) (?:\w+ ){0,3}?(?:as a (?:gift"
    r"|present)|from my)\b"
    r"|\b(?:gift|present) from\b",
    re.IGNORECASE,
)
# "I ordered it for me" is one's own, and so is what is called that.
_OWN: Final = re.compile(
    r"\b(?:i|we)(?:['\u2019]\w+)?(?: (?:have|had|just|only|recently|already|also|once|originally|actually)){0,2}"
    r" (?:got|bought|ordered) (?:it |this |that |them |these )?(?:for )?(?:me|us)\b",
    re.IGNORECASE,
)
_MINE: Final = re.compile(r"\bmine\b|\bmy own\b", re.IGNORECASE)
GIVEN_SAID: Final = (
    "A return or an exchange goes through the account that ordered, and so does the money: whoever gave it "
    "to you can ask "
    "here, or a person of our team can help you with it."
)
_GENERAL: Final = re.compile(
    r"\b(?:who|how much)\b[^?.!]*\b(?:pays?|costs?)\b|\b(?:what|how much) (?:does|do|will|would"
    r"|is)\b[^?.!]*\b(?:cost|fee|price)\b"
    r"|\b(?:do|must|should) (?:i|we) (?:need|have to|pay|keep|print)\b|\b(?:is|are) there (?:any|an?) (?:\w+ )?"
    r"(?:fees?|charges?|costs?)\b|\b(?:will|does|do|would) (?:it|that|you)\b[^?.!]{0,20}\b(?:cost|charge)\b"
    r"|\b(?:is|are) (?:the )?returns? (?:free"
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
    r"|frustrat\w+|disappoint\w+|taking (?:forever|ages|so long|too long)|useless|pathetic|outrageous|scam"
    r"|wtf|the hell)\b|!{2,}",
    re.IGNORECASE,
)


_PASSWORD_TOLD: Final = re.compile(
    r"\bpass ?words?\b[^?!]{0,40}?\b(?:to|is|be|:|as)\s+(?=\S*[\d!@#$%])\S+"
    r"|\b(?:(?:can|could|will|would) you (?:\w+ ){0,2}?|please |^\W*)(?:change|set|reset) (?:it|that"
    r"|the password"
    r"|my password)\b"
    r"|\bnew one (?:should be|is|shall be|to be|:)",
    re.IGNORECASE,
)
_A_PASSWORD: Final = re.compile(r"\bpass ?words?\b", re.IGNORECASE)
_A_MAIL: Final = re.compile(r"[^\s@]@[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)
_NO_MAIL: Final = re.compile(
    r"(?:\bnot|n['\u2019]?t|\bnever|\bno) (?:\w+ ){0,2}?(?:get|got|getting|receiv\w+|come|came|arriv\w+|see|seen"
    r"|find)\b"
    r"[^?.!]{0,30}\b(?:e-?mails?|mails?|links?|codes?|messages?)\b|\b(?:e-?mails?|mails?|links?|codes?)\b[^?.!]{0,20}"
    r"(?:\bnot|n['\u2019]?t|\bnever) (?:\w+ )?(?:come|came|arriv\w+|there|work\w*|show\w*)\b",
    re.IGNORECASE,
)
PASSWORD_SAID: Final = (
    "I cannot see or change passwords, and nobody needs yours: please do not write it here. You set a new one yourself "
    "where you sign in; if that does not work, say that you would like to talk to a person."
)
NO_MAIL_SAID: Final = (
    "I cannot send it again from here. Please look whether it went into the spam folder, and whether the address is "
    "the one that you signed up with; else a person of our team can help: say that you would like to talk to somebody."
)
_A_CODE: Final = r"(?:an? |the |my |this )?(?:\w+ )?(?:coupons?|codes?|discounts?|promo\w*)\b"
PAYS_OTHERWISE: Final = re.compile(
    r"\b(?:pay|charge|bill|put|paid)\b[^?.!]{0,40}\b(?:with|by|via|using|on|to)\b[^?.!]{0,25}\b(?:card|visa"
    r"|master ?card|amex"
    r"|pay ?pal|voucher)\b[^?.!]{0,20}\b(?:instead|rather)\b"
    r"|\b(?:change|switch|update)\b[^?.!]{0,25}\b(?:payment(?: method)?|way (?:i|to) pay|how i pay)\b"
    r"|\b(?:rather|prefer to|like to|want to) (?:\w+ )?pay\b(?! less)[^?.!]{0,15}\b(?:with|by|via|using)\b(?!"
    rf" {_A_CODE})"
    r"|\bpay (?:for )?(?:it|this|that|my order|the order|order \S+) (?:with|by|via|using)\b(?!"
    rf" {_A_CODE})"
    r"|\buse (?:my |the )?(?:other )?(?:visa|master ?card|amex|pay ?pal|gift[- ]?card|card) instead\b",
    re.IGNORECASE,
)


def pays_otherwise(message: str) -> bool:
    """Whether an order is to be paid in another way."""
    return PAYS_OTHERWISE.search(message) is not None


def of_password(message: str) -> str:
    """What is said of a password that is told, or to be set for somebody, and of a mail that does not come; empty where
    a message speaks of neither."""
    # "Can you set it to sam@example.com?" is of an e-mail address, unless it names a password.
    of_mail = _A_MAIL.search(message) is not None and not _A_PASSWORD.search(message)
    if _PASSWORD_TOLD.search(message) and not of_mail:
        return PASSWORD_SAID
    return NO_MAIL_SAID if _NO_MAIL.search(message) else ""


def asks_something(message: str) -> bool:
    """Whether a clause of the message is a question that the documents may answer; whose order it is they do not."""
    clauses = re.split(r"[.;!,]\s+", message)
    return not not_of_the_account(message) and any(is_question(clause, "?" in message) for clause in clauses)


def asks_options(message: str) -> bool:
    """Whether it is asked what can be done at all."""
    return _OPTIONS.search(message) is not None


def asks_number(message: str) -> bool:
    """Whether the number of a ticket is asked for."""
    return NUMBER_OF_IT.search(message) is not None


def asks_when_answered(message: str) -> bool:
    """Whether it is asked when, or how, the shop's team answers."""
    return WHEN_ANSWERED.search(message) is not None


def tells_loss(message: str) -> bool:
    """Whether a parcel is said to be lost."""
    return LOST.search(message) is not None


def not_of_the_account(message: str) -> str:
    """What is said of orders of other people and other accounts; empty where a message speaks of none."""
    own = _CHANGED.search(message) is not None and _AN_ORDER.search(message) is None
    if _ANOTHER_ACCOUNT.search(message) and not _MAY_I.search(message) and not own:
        return ANOTHER_SAID
    return OTHERS_SAID if _OTHERS.search(message) else ""


def was_given(message: str) -> bool:
    """Whether what is to go back was a gift to whoever is speaking, from another's order."""
    return _GIVEN.search(_OWN.sub(" ", message)) is not None and _MINE.search(message) is None


def asks_in_general(message: str) -> bool:
    """Whether a message about a return or a refund asks what holds for all of them: what it costs, how it goes."""
    return _GENERAL.search(message) is not None


def asks_cost(message: str) -> bool:
    """Whether it is asked what something costs, or who pays it."""
    return _COST.search(message) is not None


def is_upset(message: str) -> bool:
    """Whether somebody is angry, by the words."""
    return _UPSET.search(message) is not None
