"""What was asked for, and for whom, as an English sentence names it. Pure.

Query understanding keeps the words of the message: "a hiking gift for an adult woman" is looked for as "hiking woman",
for somebody "adult". Here they become "“hiking” gifts for an adult woman".
"""

import re
from collections.abc import Sequence
from typing import Final

from app.chat.grounding.words import word_set
from app.chat.records import Record
from app.search.understanding.service import things_in

_PRONOUNS: Final = frozenset({"both of them", "the family", "the whole family"}) | word_set(
    "her him them me us myself herself himself someone somebody everyone everybody anyone anybody both"
)
# People whom one has, and whom a shop calls yours.
_YOURS: Final = word_set(
    "mom mum mommy mummy mother mama dad daddy father papa parent wife husband spouse fiance fiancee girlfriend "
    "boyfriend partner sister brother sibling sis bro daughter son niece nephew aunt auntie uncle cousin grandma "
    "grandmother granny nana grandpa grandfather granddad grandparent grandson granddaughter grandchild stepmother "
    "stepfather godmother godfather godson goddaughter in-law mother-in-law father-in-law sister-in-law brother-in-law "
    "boss manager roommate room-mate flatmate neighbor neighbour colleague coworker co-worker bestie family team "
    "dog cat"
)
_PLURALS: Final = word_set("women men people children kids teens ladies guys grandchildren in-laws folks")
# Words for people that may stand among the words that are searched for.
_PEOPLE: Final = word_set(
    "woman man girl boy lady guy gentleman gal person kid child baby toddler teen teenager adult senior tween newborn "
    "women men girls boys ladies guys gentlemen people kids children babies toddlers teens teenagers adults seniors"
)
# What says of people how old they are, and names nobody.
_AGES: Final = word_set("adult teenage teen young elderly old senior grown grown-up little middle-aged mature")
_NOUN_ALONE: Final = frozenset({"adult", "teen", "senior"})
# "board games for adults" is one thing.
_JOINS: Final = frozenset({"for", "of", "by", "with", "and", "or"})
_ENDINGS: Final = ("ss", "us", "is")
_YEARS: Final = re.compile(r"^(\d{1,2})[- ]?(?:year|yr)s?[- ]olds?\b", re.IGNORECASE)
_THEY_ARE: Final = re.compile(
    r"^(?:he|she|they)(?:'?s|'re| is| are| turns| just turned)? (\d{1,2})\b(?:[- ]?(?:years?|yrs?)(?:[- ]olds?)?)?",
    re.IGNORECASE,
)
_VOWEL: Final = re.compile(r"^(?:[aeio]|u(?!ni|se|k)|8|11\b|18\b|8\d\b|hono|hour|heir)", re.IGNORECASE)
_OCCASIONS: Final = {
    "christmas": "Christmas",
    "mothers day": "Mother's Day",
    "fathers day": "Father's Day",
    "valentines day": "Valentine's Day",
    "thank you": "thank-you",
}


def article(words: str) -> str:
    """a or an, by how the first word sounds."""
    return "an" if _VOWEL.match(words) else "a"


def person(relation: str, about: str = "") -> str:
    """Whom something is for: "her", "your mom", "an adult woman", "kids", "an 8-year-old girl"; empty where unknown.

    `relation`: the words that say so, without an article; `about`: the words that are searched for, which may name the
    person where `relation` says an age alone.
    """
    words = " ".join(relation.lower().split())
    if not words:
        return ""
    if words.removeprefix("for ") in _PRONOUNS:
        return words.removeprefix("for ")
    if words in _AGES and (noun := _people_in(about)):
        words = f"{words} {noun}" if noun != words else words
    if words in _AGES and words not in _NOUN_ALONE:
        words = f"{words} person"
    words = _THEY_ARE.sub(r"\1-year-old", words)
    words = {"womens": "women", "women's": "women", "mens": "men", "men's": "men"}.get(words, words)
    words = _YEARS.sub(r"\1-year-old", words)
    head = words.split()[-1]
    single = head.removesuffix("s")
    if head in _YOURS or single in _YOURS:
        return f"your {words}"
    if head in _PLURALS or (head.endswith("s") and not head.endswith(_ENDINGS)):
        return "your friends" if words == "friends" else words
    return f"{article(words)} {words}"


def thing(about: str, relation: str) -> str:
    """What is looked for, without the words that name the person whom it is for."""
    if not relation:
        return about
    told = {*relation.lower().split(), *_AGES} if _people_in(about) else set(relation.lower().split())
    words = about.split()
    while words and (words[-1].lower() in _PEOPLE or words[-1].lower() in told):
        if len(words) > 1 and words[-2].lower() in _JOINS:
            break
        words.pop()
    return " ".join(words)


_AFTERTHOUGHT: Final = re.compile(
    r"\s*(?:[,.;!?]|\b(?:but|if (?:possible|you|there)|ideally|preferably|should|must|can|could|would|will"
    r"|because|so that)\b).*$",
    re.IGNORECASE | re.DOTALL,
)


def echoed(about: str, said: Sequence[str]) -> str:
    """What is looked for, as a sentence may quote it: as the shopper has put it, without afterthoughts; else the things
    that it names, as they were said. Empty where it is made of words from here and there. `said`: what the shopper has
    said."""
    lines = [f" {' '.join(_WORDS.findall(line.lower()))} " for line in said]

    def put(words: str) -> bool:
        return any(f" {' '.join(_WORDS.findall(words.lower()))} " in line for line in lines)

    words = _AFTERTHOUGHT.sub("", about).strip()
    things = list(dict.fromkeys(each.words for each in things_in(words)))
    known = any(f" {word} " in line for word in _WORDS.findall(words.lower()) for line in lines)
    if len(words.split()) == 1 or put(words) or not known:  # said too long ago to tell
        return words
    if len(things) == 1 and re.match(rf"{re.escape(things[0])} (?:for|of|with|without|in) ", words, re.IGNORECASE):
        return words
    told = [one for one in things if len(one.split()) == 1 or put(one)]
    if told and len(told) == len(things):
        return " and ".join(told)
    return words if not things and len(_JOINED.sub(" ", words).split()) <= _TWO else ""


_WORDS: Final = re.compile(r"[\w'&-]+")
_TWO: Final = 2
_JOINED: Final = re.compile(r"\b(?:and|or)\b")


def occasion(name: str) -> str:
    """An occasion as it stands before "gift": birthday, Mother's Day."""
    plain = name.replace("_", " ")
    return _OCCASIONS.get(plain, plain)


def short_titles(products: Sequence[Record]) -> dict[str, str]:
    """What each product is called beside the others, by record id: without its brand and its variant where it is still
    told from the others, and still has two words."""
    short = {record.id: _short(record) for record in products}
    return {
        record.id: short[record.id] if list(short.values()).count(short[record.id]) == 1 else record.title
        for record in products
    }


def _short(record: Record) -> str:
    brand = str(record.fields.get("brand") or "")
    name = record.title.split(", ")[0].removeprefix(brand).strip()
    return name if len(name.split()) > 1 else record.title


def _people_in(about: str) -> str:
    """The word for a person at the end of the words that are searched for."""
    last = about.lower().split()[-1:] or [""]
    return last[0] if last[0] in _PEOPLE else ""
