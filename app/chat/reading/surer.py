"""How far a trained model is believed, beside rules and wishes. Pure."""

from typing import Final

from app.chat.context import Context
from app.chat.reading.intents import ABOUT_PRODUCTS, ABOUT_THE_SHOP, Guess, Intent

SURE: Final = 0.6
SURE_SHORT: Final = 0.8
# Of 6,031 requests for products that others wrote, 3 are surer than this of being about orders or the shop.
SURE_OF_THE_SHOP: Final = 0.5
SENTENCE: Final = 5


def trained_guess(guess: Guess | None, message: str, context: Context) -> Guess | None:
    """What a model may decide: not that something is looked for, which wishes tell better; about a product only where
    one was shown; and what a few words say, which may name a thing, is none of the shop's business only where the model
    is surer of it."""
    if guess is None or guess.intent is Intent.SEARCH or (guess.intent in ABOUT_PRODUCTS and not context.shown):
        return None
    short = len(message.split()) < SENTENCE
    if guess.intent is Intent.OFF_TOPIC:
        least = SURE_SHORT if short else SURE
    else:
        least = SURE_OF_THE_SHOP if guess.intent in ABOUT_THE_SHOP and not short else SURE
    return guess if guess.confidence >= least else None


def surer(ruled: Guess, trained: Guess | None) -> Guess:
    """Of a rule and the model, both about orders or the shop, the one that is surer."""
    if trained is None or trained.intent not in ABOUT_THE_SHOP or trained.confidence <= ruled.confidence:
        return ruled
    return trained
