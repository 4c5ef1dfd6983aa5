"""A message read: what it is about, what is wanted, which products it points at. Pure, but for what it is given."""

import re
from dataclasses import dataclass, replace
from typing import Final

from app.chat.context import Context, Told
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
from app.chat.reading.wishes import interests_of, told_by, told_more
from app.search.understanding.service import Understanding

SURE: Final = 0.6
SURE_SHORT: Final = 0.8
# Of 6,031 requests for products that others wrote, 3 are surer than this of being about orders or the shop.
_SURE_OF_THE_SHOP: Final = 0.5
_SENTENCE: Final = 5


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
    told = told_more(told_by(message, understood, interests), message, context)
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
