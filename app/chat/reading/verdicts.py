"""What a shopper says of the list that was shown, and of none of it in particular: not liked, too boring. Pure.

"Looks boring, anything with some colour?" has a verdict and a wish: the verdict is read here, the wish like any other.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from app.chat.aspects import aspects_of
from app.chat.context import Context, Told
from app.chat.grounding.words import word_set
from app.chat.reading.tastes import Taste, base_of, taste_of
from app.search.understanding.service import is_called, things_in

_CLAUSES: Final = re.compile(
    r"\s*(?:[.;!?]+(?=\s|$)|,|\s[-\u2013\u2014]+\s|\bbut\b|\band\b(?= (?:not|too|so|a bit|nothing|none)\b))\s*", re.I
)
# Each ends where a word does: what is repeated has one way to be read, however long it is.
_TALK: Final = (
    r"(?:(?:l+o+l+|(?:ha|he)+h?|h+m+|m+h+|u+g+h+|e+w+|meh|nah|no+|nope|well|ok(?:ay)?|oh|sorry|so|and|but"
    r"|honestly|tbh"
    r"|still|to be honest|actually|wow|god|man|yeah|please|pls|really|maybe|i think|i guess|i'm afraid|thanks"
    r"|thank you)\b[\s,.!]*+)"
)
_THESE: Final = (
    r"(?:(?:any|none|all|one|most|either|neither) of )?(?:them|these|those|it|that|this)(?: (?:ones?|here|all"
    r"|either))?"
)
_ALL: Final = (
    r"(?:(?:they|these|those|it|that|this|everything|all(?: of (?:it|them|these|those|this))?)(?: (?:ones?|all))?)"
)
_WHOSE: Final = r"(?:my|his|her|their|our|for me|for him|for her|for us|for them)"
_DISLIKED: Final = re.compile(
    rf"^\W*{_TALK}*(?:"
    rf"(?:(?:i|he|she|they|we) )?(?:(?:really |just )?(?:do|does|did)(?:n'?t| not)|hates?|wo(?:n'?t)|would(?:n'?t"
    rf"| not)|can'?t)"
    rf" (?:really |quite |even )?(?:like|love|want|fancy|see|care for|do|wear|use|work for me)?\s*{_THESE}"
    rf"|(?:i )?(?:see |find |found )?nothing (?:here |there |of (?:it|that|this) )?(?:that )?(?:(?:i|we|he|she"
    rf"|they) (?:would |'d |really )*"
    r"(?:likes?|loves?|wants?|needs?|wears?|use)|(?:speaks to|grabs|excites|is for|for) (?:me|us|him|her"
    r"|them))(?: here| there)?"
    rf"|(?:i (?:like|love|want) )?(?:none|neither)(?: (?:of (?:them|these|those|it)|really))*(?: (?:is|are|of|for"
    rf"|what|really|appeal|do|does|fits?|suits?|works?)\b.*)?"
    rf"|(?:{_ALL}(?:'?s|'?re| is| are)? )?(?:just |really )?(?:not|isn'?t|aren'?t) (?:really |quite |exactly "
    rf"|so much )?(?:{_WHOSE}"
    r"(?: (?:thing|style|taste|cup of tea|type|vibe|kind of thing|favou?rites?))?|it|right|quite right|there yet"
    r"|convinced|sold|great"
    r"|(?:what|the kind|the sort)(?: of thing)? (?:i|we|he|she)(?:'m| am|'re| are|'s| is| had| have| was"
    r"| were)? ?(?:really "
    r"|actually )?"
    r"(?:looking for|after|in mind|wanted|want|meant|mean|need(?:ed)?|thinking(?: of)?|imagin\w+|hop\w+ for))"
    rf"|(?:{_ALL} )?(?:all )?looks? (?:all )?(?:the same|alike|meh|bad|awful|terrible|ugly|weird)"
    rf"|(?:{_ALL}(?:'?s|'?re| is| are) )?(?:all )?(?:kinda |a bit |so |pretty |just )?(?:meh|ugly|hideous|awful"
    rf"|terrible|horrible|rubbish|crap|no good)"
    r"|(?:(?:i|he|she|they|we) )?(?:really )?(?:(?:do|does|did)(?:n'?t| not)|hates?|dislikes?)(?: really"
    r"| quite)?(?: (?:like|love|fancy))?"
    r" (?:the|their|its|those|these|that|this) (?:[\w-]+ )?(?:colou?rs?|looks?|styles?|shapes?|designs?|patterns?"
    r"|prints?|ones?|pictures?)"
    r"(?: (?:of (?:them|these|it)|much|at all))*"
    r"|(?:s?he|they|i|we)(?:'s|'ve)?(?: already)? (?:has|have|got|owns?)(?: got)? (?:[\w-]+ ){0,5}?"
    r"(?:them|these|those|it|that|this|one)(?: already)?"
    rf"|(?:i'?ve |we'?ve |i |we )?(?:already )?(?:seen|tried) {_THESE}(?: already)?"
    rf")(?: (?:either|at all|though|really|yet|exactly))*[\s,.!]*{_TALK}*\W*$",
    re.IGNORECASE,
)
_MARKED: Final = (
    r"(?:too|so|very|rather|pretty|quite|a bit|a little(?: bit)?|bit|kinda|kind of|sort of|all|way too|far too|just"
    r"|really|looks?|seems?|feels?|sounds?|more|less)"
)
_IS: Final = re.compile(
    rf"^\W*{_TALK}*(?:{_ALL}(?:'?s|'?re| is| are| was| were)?\s+|(?:looks?|seems?|feels?"
    rf"|sounds?)\s+)?(?:(?:all )?(?:look|looks|seem|seems|feel|feels|sound|sounds)\s+)?"
    rf"(?P<marks>(?:{_MARKED}\s+){{0,5}})(?P<word>over the top|old[- ]fashioned|[a-z][a-z-]{{2,}})"
    rf"(?P<for>(?: even)?(?: for (?:(?:my|our|the|a|an|his|her) )?[\w' -]{{1,25}})?)[\s,.!]*{_TALK}*\W*$",
    re.IGNORECASE,
)
_WISHED: Final = re.compile(
    rf"^\W*{_TALK}*(?:(?:can|could) (?:i|we|you) (?:have|get|see|show(?: me)?) |(?:i|we)(?:'d| would)? (?:like"
    rf"|prefer|want|rather have) |(?:do )?(?:you )?(?:have |got )"
    rf"|show me |make it |give me |maybe |rather )?(?:(?:something|anything|sth|smth|one|ones|some"
    rf"|some(?:thing)? else) )?(?:that'?s |that is |that are |which is )?"
    r"(?:(?:a (?:little |tiny )?bit|a little|much|way|bit|slightly|far|even) )?"
    r"(?P<how>not so|not too|not (?:quite )?(?:that|as)|less|more|not)? ?(?P<word>over the top|old[- ]fashioned"
    r"|[a-z][a-z-]{2,})"
    rf"(?: (?:ones?|(?:in )?colou?rs?|looks?|designs?|styles?|patterns?|prints?|options?|than [\w' -]{{2,40}}"
    rf"|as (?:that|those|this|these)|looking))*\s*{_TALK}*\W*$",
    re.IGNORECASE,
)
# Said alone these are no wish.
_BAD: Final = word_set(
    "boring dull bland drab dreary girly girlish cutesy babyish childish juvenile flashy tacky gaudy garish kitschy "
    "flimsy bulky clunky frumpy outdated old-fashioned stuffy plasticky unexciting"
)
_TOO_MUCH: Final = re.compile(
    rf"^\W*{_TALK}*(?:{_ALL}(?:'?s|'?re| is| are)?\s+|(?:there|it)(?:'?s| is| are) )?(?:way |a bit "
    rf"|far )?too (?:much|many)\s+"
    rf"(?P<word>[a-z][a-z-]{{2,}})[\s,.!]*{_TALK}*\W*$",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(
    rf"^\W*{_TALK}*(?:(?:do you have |have you got |got |show me |is there |any ?chance of )?(?:anything|something"
    rf"|what|any ?thing|some) (?:else|other|different)"
    r"(?: (?:do|can) you (?:have|got|show(?: me)?|recommend))?|(?:any |some |got any )?others?|other (?:ones|options"
    r"|ideas)|what else)\W*$",
    re.IGNORECASE,
)
# Of money, sizes and amounts, which other readers know, and what is no taste.
_NO_TASTE: Final = re.compile(
    r"^(?:expensive|pric(?:e)?y|cheap\w*|affordable|much|many|less|more|costly|dear|steep|high|low|money|old|young"
    r"|good|nice|great|cool|fine|okay|perfect|lovely"
    r"|sure|ready|done|late|early|far|long|sorry|thanks|similar|other|others|different|else|something|anything"
    r"|nothing|interested|better|best"
    r"|available|important|same|next|bad|wrong|here|there|please|true|yes|no|them|these|those|that|this|both|all|one"
    r"|ones|also|again|later|now|today|it)$",
    re.IGNORECASE,
)
_OF_ONE: Final = re.compile(r"\b(?:it|it'?s|that|that'?s|this)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is shown is not wanted. `taste`: what others should be like; `rest`: the message without the verdict, empty
    where nothing else is said; `of_one`: it is said of one product, and of no list."""

    taste: Taste
    rest: str
    of_one: bool = False


def verdict_of(message: str, context: Context, kind: Callable[[str], bool]) -> Verdict | None:
    """The verdict on the list shown that a message holds; None where it holds none. `kind`: whether a word names a kind
    of thing in this shop, and so is no taste."""
    if not context.shown:
        return None
    parts = [part for part in _CLAUSES.split(message) if part and re.search(r"\w", part)]
    passed, taste, rest = False, Taste(), []
    for part in parts:
        if _DISLIKED.match(part):
            passed = True
        elif (much := _TOO_MUCH.match(part)) is not None and not _NO_TASTE.match(much["word"]):
            passed = True
            if not kind(much["word"]):
                taste = taste or taste_of(much["word"], less=True, said=f"less {much['word']}")
        elif found := _taste(part, kind):
            taste = found if not taste or (found.toward and not taste.toward) else taste
            passed = True
        else:
            rest.append(part)
    if not passed:
        return None
    rest = [part for part in rest if not _OTHERS.match(part) and not re.fullmatch(rf"\W*{_TALK}+\W*", part, re.I)]
    mark = "?" if rest and message.rstrip().endswith("?") else ""
    return Verdict(taste, ", ".join(rest) + mark if rest else "", _OF_ONE.search(message) is not None)


def _taste(clause: str, kind: Callable[[str], bool]) -> Taste | None:
    """The taste that a clause tells; None where it tells none."""
    if "?" not in clause and (found := _IS.match(clause)) is not None:
        word, marks = found["word"].lower(), found["marks"].lower().split()
        told = bool(marks) or re.search(
            rf"\b(?:'?s|'?re|is|are|was|were|looks?|seems?|feels?|sounds?)\s+{re.escape(word)}", clause, re.I
        )
        judged = "too" in marks or word in _BAD or (bool(base_of(word)) and bool(told))
        comparing = "more" in marks or "less" in marks or base_of(word) not in ("", word)
        if judged and not comparing and not _NO_TASTE.match(word) and not kind(word) and not _measured(clause, word):
            return taste_of(word, less=True, said=f"less {base_of(word) or word}")
    found = _WISHED.match(clause)
    if found is None:
        return None
    word, how = found["word"].lower(), (found["how"] or "").lower()
    if _NO_TASTE.match(word) or kind(word):
        return None
    compares = base_of(word) not in ("", word)
    if not (base_of(word) and (how or compares)) and how in ("", "not", "more"):
        return None  # a plain word says more of what is looked for
    less = how.startswith("not") or how == "less"
    if _measured(clause, word) and not less and not compares:
        return None
    return taste_of(word, less=less, said=f"{how} {word}".strip())


def _measured(clause: str, word: str) -> bool:
    """Whether it is a matter that specifications tell in numbers, and no taste by its name."""
    return bool(aspects_of(clause)) and not base_of(word)


def judged(told: Told, verdict: Verdict, context: Context) -> Told:
    """What is wanted after the verdict: others than those shown, or than the one talked of, as the taste wants them."""
    if told.about is not None and not told.refines and not _same(told.about, context):
        return replace(told, taste=verdict.taste or None)
    shown = [product.product_id for product in context.shown]
    passed = (context.focus,) if verdict.of_one and context.focus in shown else tuple(shown)
    return replace(told, passed=passed, taste=verdict.taste or None, refines=True)


def _same(about: str, context: Context) -> bool:
    return any(is_called(thing, product.name) for thing in things_in(about) for product in context.shown)
