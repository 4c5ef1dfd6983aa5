"""A message read: what it is about, what is wanted, which products it points at. Pure, but for what it is given."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.chat.context import Context, Recipient, Told, Wish
from app.chat.guardrails.guard import DangerModel, guarded, suspected
from app.chat.reading import asking, language
from app.chat.reading.foreign import foreign
from app.chat.reading.intents import (
    ABOUT_ORDERS,
    ABOUT_PRODUCTS,
    ABOUT_THE_SHOP,
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
_GROWN: Final = ("adults", "young_adults")
SURE: Final = 0.6
SURE_SHORT: Final = 0.8
# Of 6,031 requests for products that others wrote, 3 are surer than this of being about orders or the shop.
_SURE_OF_THE_SHOP: Final = 0.5
_SENTENCE: Final = 5
_RELATIONS: Final = re.compile(r"[\w'-]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says. `sure`: 0 to 1. `order_id`: the order that it names. `guarded`: what is
    answered instead, where the message is none for a shop."""

    intent: Intent
    sure: float
    told: Told
    pointed: Pointed
    understood: Understanding
    order_id: str | None = None
    guarded: str = ""


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


def read(
    message: str,
    context: Context,
    understood: Understanding,
    model: IntentModel | None = None,
    dangers: DangerModel | None = None,
) -> Reading:
    """What the message says in this context. `understood`: what query understanding makes of `searchable(message)`.
    `dangers` is asked beside the patterns of guardrails; either finds."""
    shown = [product.name for product in context.shown]
    if guard := guarded(message, shown):
        return Reading(Intent.OFF_TOPIC, 1.0, Told(), Pointed(), understood, guarded=guard.answer)
    if answer := foreign(message):
        return Reading(Intent.OTHER_LANGUAGE, 1.0, Told(), Pointed(), understood, guarded=answer)
    ruled = rule(message, context)
    if dangers is not None and not _answers(ruled):
        guard = suspected(message, shown, dangers, is_wish=ruled is not None)
        if guard is not None:
            return Reading(Intent.OFF_TOPIC, 1.0, Told(), Pointed(), understood, guarded=guard.answer)
    pointed = pointed_at(message, context)
    interests, _ = interests_of(message)
    told = _told_more(told_by(message, understood, interests), message, context)
    guess = ruled or _of_products(message, context, pointed, told)
    if guess is None and model is not None and not (told.gift or told.wishes or told.dropped):
        guess = _trained(model.guess(message), message, context)
        told = replace(told, gift=guess is not None and guess.intent is Intent.GIFT)
    elif ruled is not None and model is not None and ruled.intent in ABOUT_THE_SHOP:
        guess = _surer(ruled, model.guess(message))
    if guess is None:
        guess = _of_wishes(told, message)
    if guess is None or guess.confidence < _SURE_OF_THE_SHOP:
        guess = Guess(Intent.SEARCH if told.about else Intent.UNCLEAR, 0.5)
    if guess.intent is Intent.SEARCH and (told.gift or (context.gift and not told.afresh)):
        guess = replace(guess, intent=Intent.GIFT)
    order = order_number(message) if guess.intent in ABOUT_ORDERS else None
    return Reading(guess.intent, guess.confidence, told, pointed, understood, order)


def _answers(ruled: Guess | None) -> bool:
    """Whether the message is a yes, a no or a greeting, word by word."""
    return ruled is not None and ruled.confidence == 1.0


def _trained(guess: Guess | None, message: str, context: Context) -> Guess | None:
    """What a model may decide: not that something is looked for, which wishes tell better; about a product only where
    one was shown; and what a few words say, which may name a thing, is none of the shop's business only where the model
    is surer of it."""
    if guess is None or guess.intent is Intent.SEARCH or (guess.intent in ABOUT_PRODUCTS and not context.shown):
        return None
    short = len(message.split()) < _SENTENCE
    if guess.intent is Intent.OFF_TOPIC:
        least = SURE_SHORT if short else SURE
    else:
        least = _SURE_OF_THE_SHOP if guess.intent in ABOUT_THE_SHOP and not short else SURE
    return guess if guess.confidence >= least else None


def _surer(ruled: Guess, trained: Guess | None) -> Guess:
    """Of a rule and the model, both about orders or the shop, the one that is surer."""
    if trained is None or trained.intent not in ABOUT_THE_SHOP or trained.confidence <= ruled.confidence:
        return ruled
    return trained


def searchable(message: str) -> str:
    """What query understanding is given of a message: without ways of asking, interests kept as words, people whom a
    gift is for said as it knows them."""
    interests, rest = interests_of(message)
    if not language.GIFT.search(message):
        return " ".join([*interests, stripped(rest)]).strip()
    for pattern, _ in language.OCCASIONS:
        rest = pattern.sub(" ", rest)
    rest = language.FOR_ANYBODY.sub(" ", language.OF_MINE.sub("for my ", rest))
    return " ".join([*interests, stripped(rest)]).strip()


def told_by(message: str, understood: Understanding, interests: Sequence[str]) -> Told:
    """What is wanted, from what query understanding found."""
    gift = bool(language.GIFT.search(message))
    used = [one for one in understood.constraints if one.applied is not Applied.NO]
    if gift:  # "for a teenage girl" says whom it is for, whatever category is called so
        used = [one for one in used if not (_names_a_thing(one) and language.NO_THING.match(one.source))]
    people = [one for one in used if one.field in (_GENDER, _AGE)]
    occasion = next((one for one in used if one.field == _OCCASION), None)
    things = " ".join(one.source for one in used if _names_a_thing(one))
    left = without_edges(stripped(understood.text))
    if gift and language.NO_THING.match(left):
        left = ""
    about = " ".join(part for part in (things, left) if part)
    return Told(
        about=about or None,
        gift=gift,
        recipient=_recipient(people) or _anybody(message, gift),
        occasion=str(occasion.value) if occasion is not None else _occasion_of(message) if gift else None,
        interests=tuple(interests),
        wishes=_ranges([wish_of(one) for one in used if one is not occasion]),
        dropped=("price",) if language.ANY_PRICE.search(message) else (),
    )


def _occasion_of(message: str) -> str | None:
    return next((name for pattern, name in language.OCCASIONS if pattern.search(message)), None)


def _anybody(message: str, gift: bool) -> Recipient | None:
    """A person of whom nothing more is known: a friend, a neighbour."""
    found = language.FOR_ANYBODY.search(language.OF_MINE.sub("for my ", message)) if gift else None
    return Recipient(found.group("who").lower()) if found else None


def _ranges(wishes: Sequence[Wish]) -> tuple[Wish, ...]:
    """The wishes, with the two ends of a range as one: "between 20 and 40"."""
    made: dict[tuple[str, bool], Wish] = {}
    for wish in wishes:
        before = made.get((wish.field, wish.without))
        if before is None or wish.matches or before.matches:
            made[wish.field, wish.without] = wish
            continue
        low = wish.low if before.low is None else before.low
        high = wish.high if before.high is None else before.high
        made[wish.field, wish.without] = replace(before, low=low, high=high)
    return tuple(made.values())


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
        # What is made for adults suits a grandmother; a catalogue says "seniors" of little.
        matches=tuple(v for v in one.matches if not (one.field == _AGE and one.value == "seniors" and v in _GROWN)),
        without=one.without,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        currency=one.currency,
    )


def _bounds(one: Constraint) -> tuple[Decimal | None, Decimal | None]:
    return price_bounds(one) if isinstance(one.value, Decimal) else (None, None)


def _told_more(told: Told, message: str, context: Context) -> Told:
    """ "wireless ones", "mostly for programming": more of what is looked for already."""
    if not context.about or told.about is None or told.gift:
        return told
    if purpose := language.PURPOSE.search(message):
        what = without_edges(message[purpose.end() :])
        return replace(told, about=f"{context.about} {what}", refines=True)
    if language.ONES.match(stripped(message)) is None:
        return told
    which = without_edges(re.sub(r"\bones?\b", " ", told.about))
    return replace(told, about=f"{which} {context.about}".strip(), refines=True)


def _of_products(message: str, context: Context, pointed: Pointed, told: Told) -> Guess | None:
    """Questions about products that were shown or are named."""
    if any(wish.field == "price" for wish in told.wishes) and "?" not in message and not pointed.problem:
        return None  # "make it under $900" is a wish, whatever "it" is
    if language.MUST_NOT.match(message) and "?" not in message and any(wish.without for wish in told.wishes):
        return None
    if language.COMPARE.search(message) or (language.WHICH.search(message) and len(context.shown) > 1):
        return Guess(Intent.COMPARE, 0.9)
    if (found := _of_one(message, pointed)) is not None:
        return found
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


def _of_one(message: str, pointed: Pointed) -> Guess | None:
    """Whether something goes with something else or is in stock: of a product that was shown, or is named now."""
    if not _asks(message) or pointed.problem:
        return None
    if asking.COMPATIBLE.search(message):
        return Guess(Intent.COMPATIBILITY, 0.85)
    return Guess(Intent.AVAILABILITY, 0.85) if asking.STOCK.search(message) else None


def _asks(message: str) -> bool:
    return "?" in message or bool(
        re.match(r"\s*(?:and|what|how|is|does|can|are|do|will|would|when|which)\b", message, re.IGNORECASE)
    )


def _asks_for_more(message: str) -> bool:
    return bool(re.search(r"\b(?:show|find|need|want|looking|something|other|more)\b", message, re.IGNORECASE))


def _of_wishes(told: Told, message: str) -> Guess | None:
    if told.about or told.interests or told.gift or told.dropped:
        return Guess(Intent.SEARCH, 0.7)
    if told.wishes or told.recipient or told.occasion:
        return Guess(Intent.SEARCH, 0.8)
    return Guess(Intent.SEARCH, 0.6) if re.search(r"\bmore\b|\bothers?\b", message, re.IGNORECASE) else None
