"""A message as it was meant: short forms written out, words of asking spelled right, and without what only leads in.

"wat is the diffrence betwen them" asks for a difference; "no, I meant for my mom, sorry" is for a mother. Pure.
"""

import re
from collections.abc import Callable
from typing import Final

from app.chat.grounding.words import word_set
from app.chat.reading.language import PEOPLE

# Words that people type short, in any shop.
_SHORT: Final = {
    "wat": "what", "wut": "what", "wats": "what's", "teh": "the", "ppl": "people", "u": "you", "ur": "your",
    "bday": "birthday", "gimme": "give me", "lemme": "let me", "wanna": "want to", "gonna": "going to",
    "thru": "through", "tmrw": "tomorrow", "tmr": "tomorrow", "b4": "before", "abt": "about", "smth": "something",
    "sth": "something", "sumthing": "something", "cuz": "because", "bc": "because", "coz": "because", "w/": "with",
    "w/o": "without", "gf": "girlfriend", "bf": "boyfriend", "hubby": "husband", "recieve": "receive", "wich": "which",
    "recieved": "received", "im": "i'm", "ive": "i've", "shes": "she's", "hes": "he's", "theyre": "they're",
    "youre": "you're", "dont": "don't", "cant": "can't", "didnt": "didn't", "doesnt": "doesn't", "isnt": "isn't",
    "wasnt": "wasn't", "arent": "aren't", "havent": "haven't", "hasnt": "hasn't", "couldnt": "couldn't",
    "wouldnt": "wouldn't", "shouldnt": "shouldn't", "thats": "that's", "theres": "there's", "wheres": "where's",
}  # fmt: skip
# Words of asking, complaining and ordering. None of them names a thing.
_STEERING: Final = word_set(
    "difference between warranty guarantee address delivery deliver delivered shipping return returned returns refund "
    "exchange cancel order ordered orders arrived arrive broken damaged cheaper cheapest expensive compare comparison "
    "battery weight waterproof available availability recommend recommendation please something anything customer "
    "customers reviews wrapping birthday christmas anniversary present budget maximum together number account password "
    "tracking package parcel discount promotion receipt complaint replacement received missing wrong colour color "
    "because another without would should which where really need looking"
)
_FROM, _TWICE_FROM = 5, 8
"""Letters from which on one, and two, may be wrong."""
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z/']*[A-Za-z]|\b[uU]\b|\bw/")
_LEADS_IN: Final = re.compile(
    r"^\W*(?:(?:(?:no+|nah|nope|ok(?:ay)?|well|actually|hm+)[\s,.!]+)?(?:forget (?:it|that|this"
    r"|(?:about )?the [\w-]+(?: [\w-]+)?)|whatever|never ?mind|anyways?"
    r"|anyhow)\b[\s,.!-]+(?=\w+\s+\w)"
    r"|(?:(?:oh|ah|oops|sorry|wait|actually|hm+|well|no+|nope|nah)\b[\s,.!-]*)+"
    r"(?:but )?i (?:really |actually )?(?:meant?|said|was (?:asking|talking|thinking)|am talking)"
    r"(?: (?:it'?s|it is|about|of))?\b[\s,:]*"
    r"|i (?:really |actually )?(?:meant?|said)\b[\s,:]*(?!it\b)"
    r"|(?:(?:oh|ah|oops|sorry|wait|actually|hm+|well)\b[\s,.!-]*)*(?:no+|nope|nah)\b(?:[,.!-]+\s*|\s+)"
    r"(?=(?:not|the|for|it'?s|its|that'?s|something|anything|show|a|an|in|under|over|with|i (?:want|need|'?d|am"
    r"|was))\b)"
    r"|(?:(?:oh|ah|oops|sorry|wait|actually|hm+|yo)\b[\s,.!-]*)+(?=\w+\s+\w))",
    re.IGNORECASE,
)
# "for like four people"
_LIKE: Final = re.compile(r"(?<=\bfor )like (?=\d|one\b|two\b|three\b|four\b|five\b|six\b|a\b)", re.IGNORECASE)
# "budget is like 1200", "like $50"
_LIKE_SUM: Final = re.compile(
    r"(?<=\b(?:is|of|at|do|go|to|or)\s)like (?=[$€£]?\d)|(?<=^)like (?=[$€£]?\d)", re.IGNORECASE
)
# "never flown one before", "it's my first time"
_NEVER: Final = re.compile(
    r"\b(?:(?:i|we|he|she|they)(?:'ve| have|'s| has)? )?never (?:really )?(?:done|used|tried|flown|played"
    r"|ridden|owned|had|made|been on"
    r"|worn|baked|camped|hiked) (?:one|it|this|that|any|anything like (?:it|this|that))(?: before)?\b"
    r"(?=\W*$|\s*[,.;!])"
    r"|\b(?:(?:i|we|he|she|they)(?:'m|'s|'re| am| is| are) )?(?:(?:just|only) (?:starting(?: out)?|a beginner)"
    r"|(?:an? )?(?:total|complete"
    r"|absolute) (?:beginner|novice|newbie)s?|new to (?:it|this|that))\b",
    re.IGNORECASE,
)
_ANOTHER: Final = re.compile(
    r"^.*\b(?:my|our) (?P<what>[a-z][a-z '-]{2,40}?)\s*[,.;!]*\s*(?:so |and )*(?:(?:i|we) )?(?:need|want"
    r"|am looking for|'m looking for)"
    r" (?:an? )?(?:new|another|replacement)(?: ones?)?(?: now| asap| please)?\W*$",
    re.IGNORECASE,
)
_HAPPENED: Final = re.compile(
    r"\b(?:is|was|are|were|has|have|had|just|broke\w*|died|fell|got|stopped|does|doesn|won|can|went|gave|ripped"
    r"|tore|leaks?|burnt?|no)\b",
    re.IGNORECASE,
)
# "my nephew turns 10"
_TURNS: Final = re.compile(
    rf"\b(?:{PEOPLE})(?:'s| is)? (?:turns|turning) (?P<years>\d{{1,2}})\b(?! years)", re.IGNORECASE
)
# "i only have 200"
_HAVE_SUM: Final = re.compile(
    r"(?:^|(?<=[,.;] )|(?<=\bbut )|(?<=\band ))(?:i|we)(?:'ve| have)?(?: only| just)*(?: (?:have|got))?(?: only"
    r"| just| about| around)*"
    r" (?P<sum>[$€£]?\d{2,5}(?:[.,]\d+)? ?(?:[$€£]|dollars|bucks|usd|euros?)?)(?: (?:to spend|left|max|budget"
    r"|for (?:it|that|this)))?(?=\W*$|[,;])",
    re.IGNORECASE,
)
# "2 adults and 2 kids"
_FAMILY: Final = re.compile(
    r"\b(?:for |with |we are |we're )*(?P<grown>\d) (?:adults?|grown[- ]?ups?),? (?:and|\+|&|plus"
    r"|with) (?P<kids>\d) (?:kids?|child(?:ren)?)\b",
    re.IGNORECASE,
)
# "candles that don't smell"
_DOES_NOT: Final = re.compile(
    r"\b(?:that|which) (?:(?:do|does|wo)(?:n'?t|nt)|(?:do|does|will) not|never) "
    r"(?!(?:fit|work|arrive|come|match|suit|open|close|start|charge|function)\b)(?P<what>[a-z]{3,})(?=\W*$"
    r"|[,.])",
    re.IGNORECASE,
)
# "my sister, 35"; "for my sister 50" is as likely a sum
_YEARS: Final = re.compile(
    rf"\b(?P<who>{PEOPLE})(?:,(?: aged?)?| aged?) (?P<years>\d{{1,2}})(?=\s*(?:[,.;!]|and\b|who\b|$))", re.IGNORECASE
)
# "around 40 bucks max"
_AT_MOST: Final = re.compile(
    r"\b(?:around|about|roughly|approx\w*|under|below|up to|like"
    r"|maybe) ?(?P<sum>[$€£]?\d+(?:[.,]\d+)? ?(?:[$€£]|dollars|bucks|usd|euros?)?)"
    r",? (?:max(?:imum)?|tops|at (?:the )?most)\b",
    re.IGNORECASE,
)
# "wool makes him itch", "she is allergic to nuts"
_AVERSION: Final = re.compile(
    r"(?:\b(?P<one>[a-z]{3,}) (?:always )?makes? (?:me|him|her|them|us|my \w+) (?:itch\w*|sneeze|sick|scratch\w*)"
    r"|\b(?:(?:i|he|she|they|we)(?:'?m|'?s|'?re| am| is| are)? |my \w+ is )?(?:very |badly |a bit )?(?:allergic"
    r"|intolerant) to (?P<two>[a-z]{3,})"
    r"|\b(?:i|he|she|they|we) (?:can'?t|cannot) (?:wear|stand|have|eat|tolerate) (?P<three>[a-z]{3,}))\b(?! that)",
    re.IGNORECASE,
)
_NUMBERS: Final = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10",
    "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
}  # fmt: skip
_AGED: Final = re.compile(rf"\b(?P<many>{'|'.join(_NUMBERS)})(?=[ -]years?\b)", re.IGNORECASE)
# "38 eu size", "eu 38", "size eu 38"
_SIZED: Final = re.compile(
    r"\b(?:size )?(?:eu|eur|european)(?: size)? (?P<size>\d{2}(?:[.,]5)?)\b"
    r"|\b(?P<after>\d{2}(?:[.,]5)?) (?:(?:eu|eur|european)(?: sizes?)?|sizes?)\b(?! of\b)",
    re.IGNORECASE,
)
_SORRY: Final = re.compile(r"[\s,.!-]+(?:sorry|oops|my (?:bad|mistake))\W*$", re.IGNORECASE)


def written_out(message: str, known: Callable[[str], bool]) -> str:
    """The message with short forms written out and words of asking spelled right. `known`: whether the catalogue has a
    word, which then is none that was mistyped."""

    def right(found: re.Match[str]) -> str:
        word = found.group()
        low = word.lower()
        if low in _SHORT:
            return _SHORT[low]
        if len(low) < _FROM or low in _STEERING or not low.isalpha() or known(low):
            return word
        return _nearest(low) or word

    message = _AT_MOST.sub(r"up to \g<sum>", _LIKE_SUM.sub("", message))
    message = _FAMILY.sub(lambda found: f"for {int(found['grown']) + int(found['kids'])} people", _new_one(message))
    message = _YEARS.sub(r"\g<who>, \g<years> years old", message)
    message = _TURNS.sub(r"\g<0>, \g<years> years old,", message)
    message = _HAVE_SUM.sub(r"up to \g<sum>", message)
    message = _AVERSION.sub(lambda found: f"no {found['one'] or found['two'] or found['three']}", message)
    message = _LIKE.sub("", _WORD.sub(right, message))
    message = _AGED.sub(lambda found: _NUMBERS[found["many"].lower()], message)
    return _SIZED.sub(lambda found: f"size {found['size'] or found['after']}", message)


def as_wish(message: str) -> str:
    """What is told of oneself or of a thing as a wish that can be searched: "never flown one before" is for beginners.
    Only for the search: in a question of the shop or a complaint the words mean what they say."""
    return _NEVER.sub("for beginners", _DOES_NOT.sub(r"without \g<what>", message))


def _new_one(message: str) -> str:
    """ "I spilled coffee on my keyboard, need a new one" needs a keyboard."""
    found = _ANOTHER.match(message)
    what = _HAPPENED.split(found["what"])[0].strip() if found else ""
    several = re.search(r"[^s]s$", what) is not None
    return f"need {what if several else f'a {what}'}" if what else message


def _nearest(word: str) -> str:
    """The one word of asking that a word is a slip away from; empty where none is, or several are."""
    most = 2 if len(word) >= _TWICE_FROM else 1
    near = [
        other
        for other in _STEERING
        if word[0] == other[0] and len(other) >= _FROM and not _forms(word, other) and slips(word, other, most) <= most
    ]
    return near[0] if len(near) == 1 else ""


def _forms(word: str, other: str) -> bool:
    """Whether one is the other with an ending: "colors", "orderly"."""
    return word.startswith(other) or other.startswith(word)


def slips(word: str, other: str, most: int) -> int:
    """Letters left out, put in, changed or swapped with the next between two words; more than `most` is told as
    `most + 1`. Optimal string alignment distance."""
    if abs(len(word) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return min(row[-1], most + 1)


def without_lead(message: str) -> str:
    """The message without what only says that the last one is put right: "no, I meant for my mom" is "for my mom"."""
    told = _LEADS_IN.sub("", _SORRY.sub("", message), count=1)
    return told if re.search(r"\w", told) else message
