"""The thing that a message asks for by name: another one than before, mistyped, or none that the shop has. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from app.chat.aspects import aspects_of
from app.chat.reading import language
from app.chat.reading.quantities import uncounted
from app.chat.reading.tastes import base_of
from app.chat.wording import fit
from app.search.understanding.service import Known, Lexicon, Near, Thing, is_kind, known, stems_of, things_in
from shop.lexicon.corrections import Change

MOST_NEAR: Final = 3
"""Products shown where the thing that was asked for is not in the shop."""
_LEAST, _LEAST_ANY = 4, 5
"""Letters from which on a word is taken for another one that is spelled like it: for a thing, for any word of names."""
_WHATS: Final = re.compile(r"\b(what|where|who|how|that|it(?= (?:a|for|the)))s\b", re.IGNORECASE)
_SENTENCES: Final = re.compile(
    r"[.;!?]+(?=\s|$)|\s[-\u2013\u2014]+\s|,\s+(?=(?:i|we|he|she|they|it|my|our)\b)", re.IGNORECASE
)
# "We have guests on saturday, need ..." wants no guests.
_EXPECTING: Final = re.compile(
    r"^\W*(?:(?:hi|hello|hey|so)\W+)?(?:we|i)(?:'re|'m| are| am)? (?:have|having|got|get|getting|expect(?:ing)?"
    r"|are moving|moving)\b[^,.;]*[,.;]\s*"
    r"(?=(?:and |so )?(?:(?:i|we) )?(?:need|want|looking))",
    re.IGNORECASE,
)
_NOT_CALLED: Final = "I find nothing here that is called “{}”."
_AND_A: Final = re.compile(
    r"\W*(?:(?:and|also|plus|ok(?:ay)?|then|so|hm+|maybe|alright|what about|how about),? )*(?:a|an|some|another)\b",
    re.IGNORECASE,
)


def another_thing(message: str, about: str, lexicon: Lexicon, mentioned: Callable[[str], bool]) -> bool:
    """Whether the message names another thing than the one that was looked for: one that the shop has, or one that is
    spoken of as a thing ("a mop")."""
    sought, message = set(stems_of(about)), language.OPTIONS.sub(" ", message)
    aspects = aspects_of(message)
    for aspect in aspects:  # "how many players" asks for no players
        message = aspect.asked.sub(lambda asked: " " if " " in asked.group().strip() else asked.group(), message)
    for thing in things_in(message):
        if any(aspect.asked.search(thing.words) for aspect in aspects):
            continue
        if thing.head in sought or any(stem.endswith(thing.head) or thing.head.endswith(stem) for stem in sought):
            continue
        if thing.meant and _AND_A.match(message):
            return True
        named = thing.meant or len(thing.stems) > 1 or "?" in message
        if is_kind(thing, lexicon) or (named and known(thing, lexicon, mentioned) is Known.NOT):
            return True
    return False


def several_things(message: str, lexicon: Lexicon) -> str:
    """Things that are all wanted, "pans and knives", with "and" between them; empty where one is, and where one
    product may be all of it. Of a message of several sentences those of the first that names several."""
    parts = [part for part in _SENTENCES.split(_EXPECTING.sub("", message)) if part.strip()]
    return next((many for part in parts if (many := _several(part, lexicon))), "")


def _several(message: str, lexicon: Lexicon) -> str:
    message = uncounted(message)
    things = things_in(message)
    heads = {thing.head for thing in things}
    if len(things) < 2 or len(heads) < len(things) or not re.search(r"\band\b|&|\+|\bplus\b", message):
        return ""
    if any(not is_kind(thing, lexicon) and not thing.meant for thing in things):
        return ""
    if lexicon.found([stem for thing in things for stem in thing.stems], lexicon.everything):
        return ""
    return " and ".join(thing.words for thing in things)


def respelled(message: str, changes: Sequence[Change], lexicon: Lexicon) -> tuple[str, dict[str, str]]:
    """The message with its mistyped names of things put right, and which those are."""
    made: dict[str, str] = {}
    message = _WHATS.sub(r"\1's", message)
    for change in changes:
        stems = stems_of(change.after)
        if change.before.lower().replace("z", "s") == change.after.lower().replace("z", "s"):
            continue  # both are spellings of it
        if base_of(change.before):
            continue  # what somebody likes, and no name: "classier"
        if not stems or change.before.lower().startswith(stems[-1]):
            continue  # a form of the word: lightest
        least = _LEAST if lexicon.names_kind(stems[-1]) else _LEAST_ANY
        if len(change.before) < least or " " in change.before or not lexicon.named(stems):
            continue
        # Who typed one of them wants one.
        after = change.after if change.before.lower().endswith("s") else stems[-1] if len(stems) == 1 else change.after
        message = re.sub(rf"\b{re.escape(change.before)}\b", after, message, flags=re.IGNORECASE)
        made[change.before] = after
    return message, made


def not_called(words: str) -> str:
    """That nothing in the shop is called so."""
    return _NOT_CALLED.format(words)


def spelled_note(made: Mapping[str, str]) -> str:
    """That a word was taken for another."""
    return " ".join(f"I take “{before}” to mean “{after}”." for before, after in made.items())


def missing(facts: Mapping[str, Any], message: str, lexicon: Lexicon, mentioned: Callable[[str], bool]) -> str:
    """What has to be told where what was found is not the thing that was asked for: that nothing is called so, or that
    none of it fits; empty where it is, and where nobody can tell. `facts`: the search's."""
    words, near = facts.get("thing"), facts.get("near")
    if not words or near == Near.CALLED.value:
        return ""
    asked = next((thing for thing in things_in(message) if thing.words.lower() == words.lower()), None)
    for thing in things_in(words):
        # By itself, or with a question mark, a name is asked for: "trampoline?"
        alone = asked is not None and (asked.meant or _alone(asked, message))
        has = known(Thing(thing.words, thing.stems, thing.meant or alone), lexicon, mentioned)
        if near == Near.KIND.value:
            return _NOT_CALLED.format(words) if has is Known.KIND and thing.told_apart else ""
        if has is Known.NOT:
            return _NOT_CALLED.format(words)
        if has is Known.KIND or (has is Known.CALLED and is_kind(thing, lexicon)):
            return f"I find no “{words}” that {fit([words])} all of it." if near == Near.NOT.value else ""
    return ""


def _alone(thing: Thing, message: str) -> bool:
    words = re.sub(r"[^\w\s-]", " ", message.lower()).split()
    return " ".join(words) == thing.words.lower() or ("?" in message and len(words) <= len(thing.stems) + 2)
