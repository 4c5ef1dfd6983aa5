"""The thing that is asked for by name, where nothing here is called so: what is found comes near at best. Pure."""

from collections.abc import Callable, Sequence
from typing import Final

from app.search.hit import Hit
from app.search.hits import Retrieved, card_of
from app.search.query import SearchQuery
from app.search.understanding.language.things import ATTACHED
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.postings import first_words
from app.search.understanding.things import Known, Thing, is_kind, is_one, known, things_in
from app.search.understanding.tokens import stem, stems_of, tokenise
from shop.lexicon.corrections import Correction

_ATTACHED: Final = frozenset(map(stem, ATTACHED))
_LOOKED_AT: Final = 20
"""Names that tell whether a word only stands before what goes with the thing; such a thing would be among them."""


def lacked(
    asked: SearchQuery,
    found: Retrieved,
    lexicon: Lexicon,
    mentioned: Callable[[str], bool],
    offered: Correction | None,
) -> str | None:
    """The words of the thing; None where the catalogue has it, where nobody can tell, and where the words are probably
    mistyped. `mentioned`: whether any text of the catalogue has a word; `offered`: what is offered instead of mistyped
    words."""
    if asked.continued or not asked.text or asked.example is not None:
        return None
    if asked.understood is not None and asked.understood.holds_to_a_kind:
        return None
    things = things_in(asked.text)
    if not things or not all(_is_not_here(thing, found, lexicon, mentioned) for thing in things):
        return None
    if any(_is_code(thing) for thing in things) and any(hit.candidate.words for hit in found.hits):
        return None  # found by its number
    words = " ".join(thing.words for thing in things).lower()
    if offered is not None and any(change.before.lower() in words for change in offered.changes):
        return None
    names = _names(found.hits)
    if any(_may_be_called(thing, name, lexicon) for name in names for thing in things):
        return None  # a name that the sample of the catalogue left out
    here = [thing for wording in asked.wordings for thing in things_in(wording)]
    if any(_has_the_words(thing, name) for name in names for thing in here):
        return None  # it has another name here
    return things[0].words


def _is_not_here(thing: Thing, found: Retrieved, lexicon: Lexicon, mentioned: Callable[[str], bool]) -> bool:
    """Whether nothing is called so; where its word stands in names, whether all of them go on to another thing: with
    mounts for desks no shop has a desk."""
    told = known(thing, lexicon, mentioned)
    return told is Known.NOT or (told is Known.CALLED and _only_goes_with(thing, found, lexicon))


def _only_goes_with(thing: Thing, found: Retrieved, lexicon: Lexicon) -> bool:
    if is_kind(thing, lexicon) or not lexicon.named((thing.head,)):
        return False
    # What stands behind a sign is said of the thing: "Computer Holder - Desk 312".
    said = [first_words(tokenise(name)) for name in _names(found.hits[:_LOOKED_AT])]
    having = [stems for stems in said if thing.head in stems]
    return bool(having) and all(_ATTACHED & set(stems[stems.index(thing.head) :]) for stems in having)


def _names(hits: Sequence[Hit]) -> list[str]:
    return [str(card_of(hit)["name"]) for hit in hits]


def _has_the_words(thing: Thing, name: str) -> bool:
    return set(thing.stems) <= set(stems_of(name))


def _may_be_called(thing: Thing, name: str, lexicon: Lexicon) -> bool:
    return _has_the_words(thing, name) and is_one(thing.head, name, lexicon)


def _is_code(thing: Thing) -> bool:
    return any(letter.isdigit() for letter in thing.words)
