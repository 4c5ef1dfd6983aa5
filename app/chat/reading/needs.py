"""What helps where somebody tells a need and names no thing: "it's so cold here" is for coats and blankets. Pure.

The things are common words for what shops sell; those that a shop does not have are left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from app.chat.context import ABOUT_PEOPLE, Told, wanting_all
from app.chat.reading.intents import Intent
from app.chat.reading.message import Reading
from app.chat.wording import listed
from app.search.understanding.service import Lexicon, is_kind, stems_of, things_in

_MOST: Final = 4
_WISHES: Final = re.compile(
    r"\b(?:need|want|would like|'d like|looking|show|find|recommend|buy|get|have you|do you have"
    r"|any)\b",
    re.IGNORECASE,
)


# "My back hurts from my chair"; what the shop has is no need.
_BLAMED: Final = re.compile(
    r"\b(?:from|by|of|with|since) (?:my|our|the|this) (?:old |bad |broken )?([\w-]{3,})", re.IGNORECASE
)
_WHICH: Final = re.compile(r"\bwhich ([a-z-]{3,})", re.IGNORECASE)
_OF_THE_SHOP: Final = re.compile(r"\b(?:do you|have you|you (?:have|got|sell)|you guys)\b", re.IGNORECASE)
# What is asked after a need was told.
_WHAT_ELSE: Final = re.compile(
    r"\b(?:what|which|anything|something)\b[\w ]{0,20}\b(?:do|can|could|would|should|have) (?:you|u|i|we)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Need:
    """`told`: how people tell it; `things`: what helps, the most useful first."""

    told: re.Pattern[str]
    things: tuple[str, ...]


@cache
def needs() -> tuple[Need, ...]:
    """The needs of needs.yaml, in their order."""
    listed = yaml.safe_load((files("app.chat.reading") / "needs.yaml").read_text("utf-8"))
    return tuple(
        Need(re.compile(rf"\b(?:{'|'.join(one['ways'])})\b", re.IGNORECASE), tuple(one["things"])) for one in listed
    )


def needed(message: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Things that help with the need that a message tells, and that the shop has by name, at most four: first those
    that the message blames ("my back hurts from my chair"). None where it tells no need, or asks for a thing."""
    need = next((need for need in needs() if need.told.search(message)), None)
    if need is None:
        return ()
    rest = need.told.sub(" ", message)
    named = [word for word in _BLAMED.findall(rest) if any(lexicon.names_kind(stem) for stem in stems_of(word))]
    asked = [thing.head for thing in things_in(rest) if is_kind(thing, lexicon)]
    asked += [word for word in _WHICH.findall(rest) if any(lexicon.names_kind(stem) for stem in stems_of(word))]
    # "A coffee machine for her new flat" asks for a thing, whether the shop has it or not.
    meant = [thing for thing in things_in(_WISHES.split(rest)[-1]) if thing.meant and _WISHES.search(rest)]
    if (
        meant
        or _OF_THE_SHOP.search(_WHAT_ELSE.sub(" ", message))
        or (asked and not named)
        or (named and _WISHES.search(rest))
    ):
        return ()
    said = set(stems_of(message))
    helpful = [thing for thing in need.things if _has(thing, lexicon)]
    # Of "dry hands" first the hand cream; a cream of any kind adds nothing to it.
    helpful.sort(key=lambda thing: not said & set(stems_of(thing)))
    helpful = [one for one in helpful if not any(other != one and other.endswith(f" {one}") for other in helpful)]
    return tuple(dict.fromkeys([*named, *helpful]))[:_MOST]


def of_a_need(reading: Reading, message: str) -> bool:
    """Whether a message is a search that begins anew, so that a need may be what it tells."""
    unsure = reading.intent is Intent.OFF_TOPIC and not reading.guarded
    unsure = unsure or (reading.intent is Intent.KNOWLEDGE and _WHAT_ELSE.search(message) is not None)
    return (
        (unsure or reading.intent in (Intent.SEARCH, Intent.UNCLEAR))
        and not reading.told.refines
        and not reading.told.gift
    )


def told_only(reading: Reading) -> bool:
    """Whether nothing that can be searched for was read from a message but its words."""
    told = reading.told
    wants = told.gift or told.recipient or told.interests or told.dropped or told.passed or told.occasion
    narrow = any(wish.field != "price" for wish in told.wishes)
    unsure = reading.intent is Intent.OFF_TOPIC and not reading.guarded
    return (unsure or reading.intent in (Intent.SEARCH, Intent.UNCLEAR)) and not (wants or narrow or reading.guarded)


def helped(told: Told, things: Sequence[str], message: str) -> Told:
    """What is wanted where these things help. Whom the need tells of ("camping with two kids") is not whom the things
    are for, unless it says so."""
    told = replace(wanting_all(told, " and ".join(things)), helps=True)
    if re.search(r"\bfor\b|\bi'?m an? |\bi am an? ", message, re.IGNORECASE):
        return told
    kept = tuple(wish for wish in told.wishes if wish.field not in ABOUT_PEOPLE)
    return replace(told, recipient=None, wishes=kept)


def need_note(things: Sequence[str]) -> str:
    """Which things were thought of."""
    return f"What may help: {listed(list(things))}." if len(things) > 1 else ""


def _has(words: str, lexicon: Lexicon) -> bool:
    """Whether a product is called so."""
    things = things_in(words)
    if not things or not lexicon.named(things[0].stems):
        return False
    return len(things[0].stems) > 1 or is_kind(things[0], lexicon)
