"""Which of several products is advised, and why: by what was asked for, else by how they are rated. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from app.chat.composing.asked import asked_facts, asked_sentences, question_words
from app.chat.composing.composer import Brief, Sentence
from app.chat.composing.details import fact
from app.chat.composing.naming import short_titles
from app.chat.grounding.words import word_set
from app.chat.reading import language
from app.chat.records import Record
from app.chat.wording import counted, money
from shop.products.values import AgeGroup

_USUAL, _DOUBT = 4.0, 20
"""A product of few reviews counts as rated so by so many more: a mean that starts from what is usual."""
_CHILDREN: Final = (
    r"\b(?:kids?|child(?:ren)?|boys?|girls?|sons?|daughters?|toddlers?|bab(?:y|ies)|nephews?|nieces?|year[- ]olds?)\b"
)
_NUMBERS: Final = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "eight": "8"}
_NO_PURPOSE: Final = word_set(
    "which what would should could will your favourite favorite pick choose choice recommend suggest best better take "
    "buy go get prefer help decide between nicest right one ones ok and for suitable then now my me i of them these "
    "those is are the we us person really just person people someone somebody with lol haha hmm help please can't "
    "cannot i'm im a an"
)


def choosing(brief: Brief, products: Sequence[Record]) -> list[Sentence]:
    """One of the products with the reason for it, and the cheapest where that is another one."""
    if len(products) == 1:
        only = products[0]
        return [Sentence(f"I would take {only.title}{_rated(only, products)}.", (only.id,))]
    names = short_titles(products)
    asked = purpose(brief.message)
    fits = {record.id: _fits(asked, record) for record in products}
    best = advised(brief.message, f"{brief.context.get('about', '')} {brief.context.get('recipient', '')}", products)
    ids = tuple(record.id for record in products)
    told: list[Sentence] = []
    if asked and not any(fits.values()):
        told.append(Sentence("What their data says does not tell which suits that best."))
    told.append(
        Sentence(f"I would take {names[best.id]}{_rated(best, products)}.", ids if len(ids) > 1 else (best.id,))
    )
    if fits[best.id]:
        told += _evidence(asked, best, names)
    told.append(Sentence(f"It costs {money(best.fields['price'], best.fields['currency'])}.", (best.id,)))
    if (other := cheapest(products)) is not None and other is not best:
        price = money(other.fields["price"], other.fields["currency"])
        told.append(Sentence(f"The cheapest of them is {names[other.id]} at {price}.", ids))
    return told


def advised(message: str, wanted: str, products: Sequence[Record]) -> Record:
    """The product that fits best what the choice is for, of those the best rated. `wanted`: what was looked for, and
    for whom: what is made for children is advised where they are spoken of."""
    asked = purpose(message)
    childish = re.search(_CHILDREN, f"{message} {wanted}", re.IGNORECASE) is not None

    def worth(record: Record) -> tuple[bool, int, float]:
        suits = childish or record.fields.get("target_age") != AgeGroup.KIDS
        return suits, _fits(asked, record), trusted(record)

    return max(products, key=worth)


def purpose(message: str) -> str:
    """What the choice is for: "which one is best for long flights" is "long flights"."""
    words = re.findall(r"[\w'-]+", language.CHOOSE.sub(" ", message))
    return " ".join(_NUMBERS.get(word.lower(), word) for word in words if word.lower() not in _NO_PURPOSE)


def trusted(record: Record) -> float:
    """The rating, drawn to the usual one where few have rated it."""
    count = record.fields.get("review_count") or 0
    return float((record.fields.get("rating") or _USUAL) * count + _USUAL * _DOUBT) / (count + _DOUBT)


def cheapest(products: Sequence[Record]) -> Record | None:
    """The one that costs least; None where currencies differ, or two cost the same."""
    prices = sorted(record.fields["price"] for record in products)
    if len({record.fields["currency"] for record in products}) != 1 or prices[0] == prices[1]:
        return None
    return min(products, key=lambda record: float(record.fields["price"]))


def _fits(asked: str, record: Record) -> int:
    """How many of the words asked for the record speaks of."""
    if not asked:
        return 0
    named = set(re.findall(r"\w+", record.title.lower()))
    own = sum(bool(asked_sentences(word, record) or asked_facts(word, record)) for word in asked.split())
    return own + sum(word in named for word in asked.lower().split())


def _rated(best: Record, products: Sequence[Record]) -> str:
    rating, count = best.fields.get("rating"), best.fields.get("review_count") or 0
    if not rating or not count:
        return ""
    others = [record.fields.get("rating") or 0 for record in products if record is not best]
    most = ", the best rating of them" if others and all(rating > other for other in others) else ""
    return f": it is rated {rating:g} of 5 by {counted(count, 'customer')}{most}"


def _evidence(asked: str, best: Record, names: Mapping[str, str]) -> list[Sentence]:
    """What its record says of what was asked for."""
    if not question_words(asked, best):
        return []
    if facts := asked_facts(asked, best):
        return [Sentence(fact(names[best.id], *facts[0]), (best.id,))]
    quoted = asked_sentences(asked, best)
    return [Sentence(f"The shop says of it: “{quoted}”", (best.id,))] if quoted else []
