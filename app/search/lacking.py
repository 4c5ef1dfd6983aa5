"""The thing that is asked for by name, where nothing here is called so: what is found comes near at best. Pure."""

from collections.abc import Callable

from app.search.hits import Retrieved, card_of
from app.search.query import SearchQuery
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.things import Known, known, things_in
from app.search.understanding.tokens import stems_of
from shop.lexicon.corrections import Correction


def lacked(
    asked: SearchQuery,
    found: Retrieved,
    lexicon: Lexicon,
    mentioned: Callable[[str], bool],
    meant: Callable[[SearchQuery], Correction | None],
) -> str | None:
    """The words of the thing; None where the catalogue has it, where nobody can tell, and where the words are probably
    mistyped. `mentioned`: whether any text of the catalogue has a word; `meant`: what words may have been meant to be,
    asked for only where it decides."""
    if asked.continued or not asked.text or asked.example is not None:
        return None
    if asked.understood is not None and asked.understood.holds_to_a_kind:
        return None
    things = things_in(asked.text)
    if not things or any(known(thing, lexicon, mentioned) is not Known.NOT for thing in things):
        return None
    words = " ".join(thing.words for thing in things).lower()
    mistyped = meant(asked)
    if mistyped is not None and any(change.before.lower() in words for change in mistyped.changes):
        return None
    names = [set(stems_of(str(card_of(hit)["name"]))) for hit in found.hits]
    if any(set(thing.stems) <= name for name in names for thing in things):
        return None  # a name that the sample of the catalogue left out
    return things[0].words
