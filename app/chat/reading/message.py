"""A message read: what it is about, what is wanted, which products it points at. Pure, but for what it is given."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from app.chat.aspects import aspects_of
from app.chat.context import Context, Told
from app.chat.guardrails.guard import DangerModel, guarded, suspected
from app.chat.reading import language
from app.chat.reading.asking import is_question
from app.chat.reading.at_the_desk import (
    asks_of_waiting,
    at_desk,
    instead_of_a_wish,
    of_the_talk,
    of_the_thing,
    of_troubles,
    shops,
)
from app.chat.reading.following import chosen_of, followed, names_kind, of_promotions
from app.chat.reading.foreign import foreign
from app.chat.reading.intents import (
    ABOUT_ORDERS,
    ABOUT_THE_SHOP,
    Guess,
    Intent,
    IntentModel,
    lone_number,
    order_number,
    rule,
)
from app.chat.reading.named_things import beside, lists
from app.chat.reading.of_products import focused, less, not_of_one, of_products, of_the_product, to_compare, two_named
from app.chat.reading.of_the_shop import MAY_GO_ON, SEARCHED, asks_the_shop, elliptic, of_delivery, of_order
from app.chat.reading.prices import superlative, total_of, with_shipping
from app.chat.reading.references import Pointed, chosen, pointed_at
from app.chat.reading.smalltalk import smalltalk
from app.chat.reading.surer import SENTENCE, SURE_OF_THE_SHOP, surer, trained_guess
from app.chat.reading.together import CHEAPEST_OF_EACH
from app.chat.reading.wishes import interests_of, told_by, told_more
from app.search.understanding.service import Understanding

_WHAT_ELSE: Final = re.compile(
    r"\W*(?:and |ok(?:ay)? |so )*(?:what|anything|something) else(?: (?:do|would|should|could|might|can|is|are"
    r"|you)(?: \w+){0,4}?)?(?: then| now| please)?\W*",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(r"\b(?:what|anything|something|nothing) else\b|\bany (?:other|others)\b", re.IGNORECASE)
_WANTS: Final = re.compile(
    r"\b(?:i|we)(?:'d| would)? (?:like|want|need)\b.*\b(?:something|anything|smth|sth)\b|\b(?:looking"
    r"|shopping) for\b",
    re.IGNORECASE,
)


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
    of_the_shop: bool = False
    """Whether it may be a question that the shop's documents answer, though it reads like a search."""
    goes_on: bool = False
    """Whether it may go on from a question to the documents: "and to Germany?"."""
    names_kind: bool = False
    """Whether it names a kind of thing that the shop has."""
    desk: bool = False
    """Whether it goes on from an order, a refund, the account or a ticket, so that it is no wish for a thing."""

    @property
    def asks_the_shop(self) -> bool:
        """Whether nothing of it can be a search, so that no answer from the documents is an answer too."""
        told = self.told
        wanted = told.recipient or told.interests or told.wishes or told.gift or told.occasion
        return self.of_the_shop and not self.names_kind and not wanted


def read(
    message: str,
    context: Context,
    understood: Understanding,
    model: IntentModel | None = None,
    dangers: DangerModel | None = None,
    kinds: Collection[str] = (),
    *,
    refines: bool = False,
    anew: bool = False,
    wish: bool = False,
    whole: str = "",
) -> Reading:
    """What the message says in this context. `understood`: what query understanding makes of `searchable(message)`, or
    with `refines` of it together with what was looked for. `dangers` is asked beside the patterns of guardrails; either
    finds. `kinds`: stems of the words for kinds of things that the shop has. `anew`: another thing is named than was
    looked for. `wish`: a need is told that the shop has things for. `whole`: the message with what was left out as
    talk, which guardrails read too."""
    shown = [product.name for product in context.shown]
    if guard := guarded(whole or message, shown):
        return Reading(Intent.OFF_TOPIC, 1.0, Told(), Pointed(), understood, guarded=guard.answer)
    if answer := foreign(message):
        return Reading(Intent.OTHER_LANGUAGE, 1.0, Told(), Pointed(), understood, guarded=answer)
    named = names_kind(message, kinds, understood)
    lone = None if named else lone_number(message)
    interests, _ = interests_of(message)
    told = told_by(message, understood, interests)
    shopping = shops(message, context, told, names_kind=named)
    desk = at_desk(context) and not shopping
    manners = smalltalk(message, asked=context.pending is not None, tool=str((context.pending or {}).get("tool", "")))
    ruled = (
        manners
        or of_troubles(whole or message, context, shopping=shopping)
        or of_delivery(message, context)
        or with_shipping(message, context)
        or rule(message, context)
        or of_order(lone, message, context)
        or (of_the_talk(message, context) if desk else None)
    )
    if dangers is not None and not _answers(ruled):
        # "Who wrote it", asked of a book that was shown, is a question about that.
        asks = bool(shown) and bool(aspects_of(message)) and language.IT.search(message) is not None
        guard = suspected(whole or message, shown, dangers, is_wish=wish or asks or ruled is not None)
        if guard is not None:
            return Reading(Intent.OFF_TOPIC, 1.0, Told(), Pointed(), understood, guarded=guard.answer)
    told = told if refines else told_more(told, message, context)
    # "Headphones so that I don't hear it" is no question about it.
    other = anew and named and not is_question(message, "?" in message)
    pointed = Pointed() if other or lists(message) else pointed_at(message, context)
    draft = _Draft(ruled, replace(told, refines=refines or told.refines), pointed)
    if desk:
        draft.told, draft.pointed = Told(), Pointed()
    else:
        ruled = _by_rules(draft, message, context)
        if beside(message):
            draft.pointed = Pointed()  # "a tie to go with it" is no question about it
        _of_the_shown(draft, message, context, kinds, named=named, ruled=ruled, anew=anew)
    if desk or not wish:  # a need is told that the shop has things for
        _by_model(draft, message, context, model, ruled, desk=desk)
    if desk and draft.guess is None:
        draft.guess = of_the_thing(message, context) or Guess(Intent.UNCLEAR, SURE_OF_THE_SHOP)
    guess = _settled(draft, message, context, understood, kinds)
    order = (order_number(message) or lone) if guess.intent in ABOUT_ORDERS else None
    of_the_shop = (
        guess.intent in SEARCHED and not (refines or draft.told.refines) and asks_the_shop(message, understood)
    )
    other = named and not re.search(r"\b(?:it|they|that|them)\b", message, re.IGNORECASE)
    other = other or (bool(context.shown) and bool(aspects_of(message)))
    goes_on = guess.intent in MAY_GO_ON and elliptic(message) and not other
    return Reading(
        guess.intent, guess.confidence, draft.told, draft.pointed, understood, order,
        of_the_shop=of_the_shop, goes_on=goes_on, names_kind=named, desk=desk,
    )  # fmt: skip


@dataclass(slots=True)
class _Draft:
    """What is made of a message so far."""

    guess: Guess | None
    told: Told
    pointed: Pointed


def _by_rules(draft: _Draft, message: str, context: Context) -> Guess | None:
    """What words of steering and what was shown decide; returns what they decided."""
    if " and " in context.about and CHEAPEST_OF_EACH.match(message):
        draft.told, draft.guess, draft.pointed = (
            Told(refines=True, cheapest=True),
            Guess(Intent.SEARCH, 0.85),
            Pointed(),
        )
        return draft.guess
    if which := superlative(message, context):
        draft.pointed = Pointed((chosen(context.shown, which),))
        if draft.guess is None and len(message.split()) <= SENTENCE:
            draft.guess = Guess(Intent.REVIEWS if which == "best" else Intent.PRICE, 0.8)
    if draft.guess is None and (wish := less(message, context, draft.pointed, draft.told)) is not None:
        draft.told, draft.guess = wish, Guess(Intent.SEARCH, 0.8)
    if draft.guess is None and context.shown and language.NOT_THAT.fullmatch(message):
        draft.told, draft.guess = _passed(draft, context), Guess(Intent.SEARCH, 0.85)
        draft.pointed = Pointed()
    if draft.guess is None and context.shown and _WHAT_ELSE.fullmatch(message):
        draft.told, draft.guess, draft.pointed = Told(refines=True), Guess(Intent.SEARCH, 0.85), Pointed()
    if draft.guess is None or draft.guess.intent is Intent.PRICE:
        summed = total_of(message, context, draft.pointed)
        if summed is not None:
            (draft.guess, draft.pointed), draft.told = summed, Told()
    if draft.told.about and context.shown and _OTHERS.search(message) and draft.guess is None:
        draft.told = replace(draft.told, passed=tuple(product.product_id for product in context.shown))
    draft.guess = of_the_product(draft.guess, message, draft.pointed) or of_promotions(message, context)
    return draft.guess


def _passed(draft: _Draft, context: Context) -> Told:
    """The wish for others than the products that are pointed at."""
    pointed = draft.pointed.products or context.shown
    return Told(passed=tuple(product.product_id for product in pointed), refines=True)


def _of_the_shown(
    draft: _Draft,
    message: str,
    context: Context,
    kinds: Collection[str],
    *,
    named: bool,
    ruled: Guess | None,
    anew: bool,
) -> None:
    """What is asked of products that were shown, or are named."""
    if ruled is None and (guess := chosen_of(message, context, draft.told, kinds)) is not None:
        draft.guess = guess
    elif ruled is None:
        draft.guess = not_of_one(of_products(message, context, draft.pointed, draft.told), message, kinds)
    loose = not draft.pointed.products and not draft.pointed.problem
    one = context.focus is not None or len(context.shown) == 1
    if draft.guess is not None and draft.guess.intent is Intent.AVAILABILITY and loose and one:
        short = len(message.split()) <= SENTENCE and not named
        draft.pointed = Pointed(focused(context)) if short else draft.pointed
    if draft.guess is None and not anew:
        draft.guess = followed(message, context, draft.pointed, draft.told, kinds)
        if draft.guess is not None and loose and context.focus is not None:
            draft.pointed = Pointed(focused(context))


def _by_model(
    draft: _Draft, message: str, context: Context, model: IntentModel | None, ruled: Guess | None, *, desk: bool
) -> None:
    """What a trained model says where rules are silent, or less sure."""
    told = draft.told
    if model is None:
        return
    if ruled is None and draft.guess is None and not told.gift and (desk or told.wishes):
        no_wish = instead_of_a_wish(model.guess(message), desk=desk)
        if no_wish is not None and not asks_of_waiting(no_wish, message, context):
            draft.guess, draft.told, draft.pointed = no_wish, Told(), Pointed()
            return
        if desk:
            return
    if draft.guess is None and not (told.gift or told.wishes or told.dropped):
        draft.guess = trained_guess(model.guess(message), message, context)
        draft.told = replace(told, gift=draft.guess is not None and draft.guess.intent is Intent.GIFT)
    elif ruled is not None and ruled.intent in ABOUT_THE_SHOP:
        draft.guess = surer(ruled, model.guess(message))


def _settled(draft: _Draft, message: str, context: Context, understood: Understanding, kinds: Collection[str]) -> Guess:
    """The intent in the end: a search where nothing else is meant."""
    guess, told = draft.guess, draft.told
    if guess is None:
        guess = Guess(Intent.SEARCH, 0.7) if understood.sort is not None else _of_wishes(told, message)
    if guess is None or guess.confidence < SURE_OF_THE_SHOP:
        guess = Guess(Intent.SEARCH if told.about or _WANTS.search(message) else Intent.UNCLEAR, 0.5)
    compares = guess.intent is Intent.COMPARE and len(draft.pointed.products) < 2
    if compares and (names := two_named(message, kinds)):
        draft.told, draft.pointed = Told(about=names), Pointed()
        return guess
    if guess.intent is Intent.COMPARE and (things := to_compare(message, context, draft.pointed, told, kinds)):
        guess, draft.told = Guess(Intent.SEARCH, 0.8), replace(told, about=things)
    if guess.intent is Intent.SEARCH and (told.gift or (context.gift and not told.afresh)):
        guess = replace(guess, intent=Intent.GIFT)
    return guess


def _answers(ruled: Guess | None) -> bool:
    """Whether the message is a yes, a no or a greeting, word by word."""
    return ruled is not None and ruled.confidence == 1.0


def _of_wishes(told: Told, message: str) -> Guess | None:
    if told.about or told.interests or told.gift or told.dropped:
        return Guess(Intent.SEARCH, 0.7)
    if told.wishes or told.recipient or told.occasion:
        return Guess(Intent.SEARCH, 0.8)
    return Guess(Intent.SEARCH, 0.6) if re.search(r"\bmore\b|\bothers?\b|\belse\b", message, re.IGNORECASE) else None
