"""Messages that are nothing but manners: thanks, praise, farewells, a yes, a no, alone or one after the other. Pure."""

import re
from typing import Final

from app.chat.reading.intents import Guess, Intent

_FILL: Final = (
    r"actually|um+|erm?"
    r"|oh|ah|well|so|then|very|much|really|that'?s|thats|this is|it'?s|great|all|for now|for (?:the|your) (?:help"
    r"|info\w*|"
    r"advice|tips?)|a lot|so much|again|you|too|guys|mate|man|for (?:that|this|it|now)|now|everything|have a"
    r" (?:nice|good|great) "
    r"(?:day|one|evening|night|weekend)|you too|i am done|i'?m done|that is all|that will be all|of course"
    r"|helping|i see|anyway|any ?how|regardless|just|still|in that case|please|pl[sz]|go on"
)
_THANKS: Final = (
    r"thanks?|thank you|thankyou|thx|thnx|ty|tysm|tks|cheers|many thanks|much appreciated|appreciate (?:it|that)"
    r"|gracias|merci"
    r"|danke(?: sch(?:ö|oe?)n)?|grazie|obrigad[oa]"
)
_BYE: Final = r"bye(?: bye)?|goodbye|good bye|see (?:you|ya)(?: later| soon)?|cya|ciao|later|good night|take care"
_PRAISE: Final = (
    r"perfect|nice(?: one)?|cool|awesome|great|good|lovely|wonderful|excellent|amazing|brilliant|fantastic"
    r"|super|sweet"
    r"|got it|understood|i understand|makes sense|good to know|fair enough|alright|all right|fine|no problem|np"
    r"|lol|haha+|hehe+|wow|neat|sounds (?:good|great)|interesting|hmm+|hm|ok(?:ay|ey)?|k|kk|sure|right|very nice"
    r"|(?:i )?(?:love|like) it|that (?:works|helps)(?: for me)?|works for me"
)
_YES: Final = (
    r"yes|yep|yeah|yup|ya|y|sure(?: thing)?|ok(?:ay|ey)?|k|please(?: do)?|do it|do that|go ahead|go for it"
    r"|correct|exactly"
    r"|confirm(?:ed)?|i confirm|proceed|sounds (?:good|great)|absolutely|definitely|of course|why not|that'?s"
    r" (?:right|fine|ok(?:ay)?)"
    r"|fine|great|perfect|alright|all right|right|by all means|i do|i am|it is|i would(?: like (?:that|to))?"
)
_NO: Final = (
    r"no(?! problem)|nope|nah|n|not (?:now|yet|really|today)|don'?t(?: do (?:it|that))?|do not(?: do (?:it"
    r"|that))?|never ?mind|forget (?:it|that)"
    r"|rather not|stop|(?:then )?leave (?:it|everything|that|them)(?: (?:all )?(?:as (?:it|they) (?:is|are)|alone"
    r"|be))?|i (?:do not|don'?t) (?:want|need)(?: to| that| it| this)?|no need|i(?:'ve| have)?"
    r" changed my mind|cancel that"
    r"|wait|hold on|i(?:'?ll| will) wait(?: for it)?"
)
_GREETING: Final = (
    r"hi+|hello+|hey+|hiya|yo|howdy|good (?:morning|afternoon|evening|day)|greetings|there|everyone|team|hi there"
    r"|how are (?:you|things)(?: (?:doing|today))?|how'?s it going|what'?s up|sup|hola|hallo|bonjour"
)


def _only(*kinds: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{'|'.join(kinds)})(?:[\s,.!:;)(-]+|$))+", re.IGNORECASE)


# What is said with a yes of what waits for one, by the tool that would do it. "Ok cancel it" is no yes to a return.
_DOES: Final = {
    "cancel": r"cancel",
    "return": r"return|send|give",
    "exchange": r"exchange|swap|change|replace",
    "change_address": r"change|update|send|use",
    "change_payment": r"change|update|use|charge",
    "create_ticket": r"open|make|create|send|file|submit|report|write",
}
_EITHER: Final = (
    (Intent.CONFIRM, _only(_YES, _FILL, _THANKS, _BYE)),
    (Intent.DENY, _only(_NO, _FILL, _THANKS, _PRAISE, _BYE)),
)
_OPENS: Final = {
    Intent.CONFIRM: re.compile(rf"(?:{_YES})\b", re.I),
    Intent.DENY: re.compile(rf"(?:(?:{_PRAISE}|actually|oh|um+|well|so)[\s,.!]+){{0,6}}(?:{_NO})\b", re.I),
}
_PLAIN_YES: Final = re.compile(r"(?:yes|yep|yeah|yup|sure|please|do it|go ahead|confirm)\b", re.IGNORECASE)
_LONGEST: Final = 80
_MANNERS: Final = _only(_THANKS, _BYE, _PRAISE, _FILL)
_SAYS_THANKS: Final = re.compile(rf"\b(?:{_THANKS}|{_BYE})\b", re.IGNORECASE)
_GREETS: Final = _only(_GREETING)


_WHY: Final = re.compile(r"(?:ok(?:ay)?,? |but |and |so )*why not[\s.!]*", re.IGNORECASE)


def _says_yes(plain: str, tool: str) -> bool:
    """Whether it is a yes with the verb of what waits for it: "ok yes change it", while an address waits."""
    verbs = _DOES.get(tool)
    if verbs is None or not _OPENS[Intent.CONFIRM].match(plain):
        return False
    what = r"it|that|this|them|everything|all(?: of (?:it|them))?|the ticket"
    does = rf"(?:please )?(?:{verbs}|make|do)(?: (?:{what}))?(?: back| in)?"
    return _only(_YES, _FILL, _THANKS, _BYE, does).fullmatch(plain) is not None


def smalltalk(message: str, *, asked: bool, tool: str = "") -> Guess | None:
    """Thanks, a greeting, a yes or a no, in whatever words; None where there is more in the message. `asked`: a yes or
    a no is waited for, so that "perfect" is one; `tool`: what would be done then."""
    plain = " ".join(re.sub(r"[^\w\s'(),.!:;-]", " ", message.replace("\u2019", "'")).split())
    if not plain or len(plain) > _LONGEST:
        return None
    if _GREETS.fullmatch(plain):
        return Guess(Intent.GREETING, 1.0)
    if "?" in message:
        return None
    manners = bool(_MANNERS.fullmatch(plain))
    # "ok thanks" is no yes: nothing is changed by it.
    if manners and (not asked or (_SAYS_THANKS.search(plain) and not _PLAIN_YES.match(plain))):
        return Guess(Intent.THANKS, 1.0)
    if not asked and _WHY.fullmatch(plain):
        return None
    if asked and _says_yes(plain, tool):
        return Guess(Intent.CONFIRM, 1.0)
    for intent, polite in _EITHER:
        if polite.fullmatch(plain) and _OPENS[intent].match(plain):
            return Guess(intent, 1.0)
    return Guess(Intent.THANKS, 1.0) if manners else None
