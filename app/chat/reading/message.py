"""A message read: what it is about, what is wanted, which products it points at. Pure, but for what it is given."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.chat.context import Context, Recipient, Told, Wish
from app.chat.reading import language
from app.chat.reading.intents import (
    ABOUT_ORDERS,
    ABOUT_PRODUCTS,
    Guess,
    Intent,
    IntentModel,
    order_number,
    rule,
)
from app.chat.reading.references import Pointed, pointed_at
from app.search.understanding.service import Applied, Constraint, Understanding, price_bounds

# Fields by which query understanding says whom something is for.
_GENDER, _AGE, _OCCASION = "gender", "age", "occasion"
SURE: Final = 0.6
SURE_OFF_TOPIC: Final = 0.8
_RELATIONS: Final = re.compile(r"[\w'-]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says. `sure`: 0 to 1. `order_id`: the order that it names."""

    intent: Intent
    sure: float
    told: Told
    pointed: Pointed
    understood: Understanding
    order_id: str | None = None


def stripped(message: str) -> str:
    """The message without ways of asking, which would be searched for: "show me something for cooking" is "cooking"."""
    text = message
    for pattern in language.FILLERS:
        text = pattern.sub(" ", text)
    return " ".join(text.split())


def without_edges(text: str) -> str:
    """The text without punctuation and words that cannot begin or end the name of a thing."""
    words = [word.strip(" -,.;:!?'\"()") for word in text.split()]
    words = [word for word in words if word]
    while words and words[0].lower() in language.EDGES:
        words.pop(0)
    while words and words[-1].lower() in language.EDGES:
        words.pop()
    return " ".join(words)


def interests_of(message: str) -> tuple[tuple[str, ...], str]:
    """What somebody is said to like, and the message without the words that say so."""
    found: list[str] = []
    for pattern in language.INTERESTS:
        for match in pattern.finditer(message):
            words = [w for w in match.group("what").lower().split() if w not in language.NOT_INTERESTS and w != "or"]
            found += words[-2:] if " or " in match.group("what").lower() else ([" ".join(words)] if words else [])
    rest = message
    if found:
        for pattern in language.INTERESTS:
            rest = pattern.sub(" ", rest)
    return tuple(dict.fromkeys(found)), " ".join(rest.split())


def read(message: str, context: Context, understood: Understanding, model: IntentModel | None = None) -> Reading:
    """What the message says in this context. `understood`: what query understanding makes of `searchable(message)`."""
    pointed = pointed_at(message, context)
    guess = rule(message, context) or _of_products(message, context, pointed)
    interests, _ = interests_of(message)
    told = told_by(message, understood, interests)
    if guess is None and model is not None and not told.gift and not told.wishes:
        guess = _trained(model.guess(message), context)
        told = replace(told, gift=guess is not None and guess.intent is Intent.GIFT)
    if guess is None:
        guess = _of_wishes(told, message)
    if guess is None or guess.confidence < SURE:
        guess = Guess(Intent.SEARCH if told.about else Intent.UNCLEAR, 0.5)
    if guess.intent is Intent.SEARCH and (told.gift or (context.gift and not told.afresh)):
        guess = replace(guess, intent=Intent.GIFT)
    order = order_number(message) if guess.intent in ABOUT_ORDERS else None
    return Reading(guess.intent, guess.confidence, told, pointed, understood, order)


def _trained(guess: Guess | None, context: Context) -> Guess | None:
    """What a model may decide: not that something is looked for, which wishes tell better; about a product only where
    one was shown; and of what is none of the shop's business it has to be surer, for a search is the lesser harm."""
    if guess is None or guess.intent is Intent.SEARCH or (guess.intent in ABOUT_PRODUCTS and not context.shown):
        return None
    return guess if guess.confidence >= (SURE_OFF_TOPIC if guess.intent is Intent.OFF_TOPIC else SURE) else None


def searchable(message: str) -> str:
    """What query understanding is given of a message: without ways of asking, interests kept as words."""
    interests, rest = interests_of(message)
    return " ".join([*interests, stripped(rest)]).strip()


def told_by(message: str, understood: Understanding, interests: Sequence[str]) -> Told:
    """What is wanted, from what query understanding found."""
    used = [one for one in understood.constraints if one.applied is not Applied.NO]
    people = [one for one in used if one.field in (_GENDER, _AGE)]
    occasion = next((one for one in used if one.field == _OCCASION), None)
    about = without_edges(stripped(understood.text)) or " ".join(one.source for one in used if _names_a_thing(one))
    return Told(
        about=about or None,
        gift=bool(language.GIFT.search(message)),
        recipient=_recipient(people),
        occasion=str(occasion.value) if occasion is not None else None,
        interests=tuple(interests),
        wishes=tuple(wish_of(one) for one in used if one is not occasion),
    )


def _names_a_thing(one: Constraint) -> bool:
    """Whether the words of a constraint say what kind of thing it is: "laptop" does, "red" does not."""
    kind = one.field in ("category", "shop_category") or any(part in one.field for part in ("type", "kind"))
    return kind and not one.without


def _recipient(people: Sequence[Constraint]) -> Recipient | None:
    if not people:
        return None
    by_field = {one.field: one for one in people}
    word = people[0].source
    gender, age = by_field.get(_GENDER), by_field.get(_AGE)
    return Recipient(
        relation=" ".join(_RELATIONS.findall(re.sub(r"^for (?:my |a |an |the |our )?", "", word, flags=re.IGNORECASE))),
        gender=None if gender is None else str(gender.value),
        age=None if age is None else str(age.value),
    )


def wish_of(one: Constraint) -> Wish:
    """A constraint as the conversation keeps it."""
    low, high = one.within or _bounds(one)
    return Wish(
        field=one.field,
        op=one.op.value,
        value=one.as_json()["value"],
        source=one.source,
        matches=one.matches,
        without=one.without,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        currency=one.currency,
    )


def _bounds(one: Constraint) -> tuple[Decimal | None, Decimal | None]:
    return price_bounds(one) if isinstance(one.value, Decimal) else (None, None)


def _of_products(message: str, context: Context, pointed: Pointed) -> Guess | None:
    """Questions about products that were shown or are named."""
    if language.COMPARE.search(message):
        return Guess(Intent.COMPARE, 0.9)
    about_one = bool(pointed.products) or bool(pointed.problem)
    if not about_one and not (context.focus and _asks(message)):
        return None
    for intent, pattern in (
        (Intent.REVIEWS, language.REVIEWS),
        (Intent.AVAILABILITY, language.AVAILABLE),
        (Intent.PRICE, language.PRICE_QUESTION),
        (Intent.SIMILAR, language.SIMILAR),
        (Intent.DETAILS, language.DETAILS),
    ):
        if pattern.search(message):
            return Guess(intent, 0.85)
    return Guess(Intent.DETAILS, 0.7) if about_one and not _asks_for_more(message) else None


def _asks(message: str) -> bool:
    return "?" in message or bool(re.match(r"\s*(?:and|what|how|is|does|can|are|do)\b", message, re.IGNORECASE))


def _asks_for_more(message: str) -> bool:
    return bool(re.search(r"\b(?:show|find|need|want|looking|something|other|more)\b", message, re.IGNORECASE))


def _of_wishes(told: Told, message: str) -> Guess | None:
    if told.about or told.interests or told.gift:
        return Guess(Intent.SEARCH, 0.7)
    if told.wishes or told.recipient or told.occasion:
        return Guess(Intent.SEARCH, 0.8)
    return Guess(Intent.SEARCH, 0.6) if re.search(r"\bmore\b|\bothers?\b", message, re.IGNORECASE) else None
