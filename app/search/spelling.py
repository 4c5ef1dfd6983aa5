"""Did the shopper mistype? Corrected by itself where the words find (almost) nothing, else offered.

Costs nothing but a look into memory where every word is one of the catalogue; else one more round trip, unless it went
along with the search (foreseeing.py).
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Any, Final
from weakref import ref

from app.lexicon import LexiconKeeper
from app.search.ahead import Ahead
from app.search.clauses import Clause, clause
from app.search.hits import Retrieved
from app.search.lexical import words_query
from app.search.query import SearchQuery
from app.search.understanding.applying import respelled
from es.mappings import products as fields
from shop.lexicon.corrections import Correction, correction
from shop.lexicon.gather import Lexicon

ALMOST_NOTHING: Final = 2
"""Products found by the words as typed, up to which a correction that finds more takes their place."""

_REMEMBERED: Final = 64
"""Texts, for one search looks at its own up to three times."""

_COUNTED: Final = 10
_FIELDS: Final = (fields.NAME, fields.BRAND_WORDS, fields.DESCRIPTION, fields.IDENTIFIER_WORDS, fields.DETAILS)


@dataclass(frozen=True, slots=True)
class Spelled:
    """What to search for in the end. `corrected`: what was changed for that; `offered`: what may be meant instead."""

    query: SearchQuery
    corrected: Correction | None = None
    offered: Correction | None = None

    def told(self, asked: SearchQuery) -> dict[str, Any]:
        """The answer's part."""
        made = self.corrected
        changes = [{"from": before, "to": after} for before, after in made.changes] if made else []
        return {
            "did_you_mean": self.offered.text if self.offered else None,
            "corrected": {"from": asked.text, "to": made.text, "words": changes} if made else None,
        }


def in_full(spelled: Spelled, asked: SearchQuery) -> Spelled:
    """The same in the words that were typed, where only those that were left of them were looked at."""
    if asked.typed is None:
        return spelled
    made, offered = (
        replace(one, text=respelled(asked.typed.text, one)) if one else None
        for one in (spelled.corrected, spelled.offered)
    )
    return Spelled(spelled.query, made, offered)


class Speller:
    """Looks at the words of searches. `common`: words that are meant as they stand, in the shop or not."""

    def __init__(self, lexicon: LexiconKeeper, common: Set[str] = frozenset()) -> None:
        self._lexicon = lexicon
        self._common = common
        # Of one lexicon, which is let go when the next one is there, before anybody has asked for a word of that.
        self._read: tuple[ref[Lexicon], dict[str, Correction | None]] | None = None

    def mentioned(self, word: str) -> bool:
        """Whether any product is known to have the word, be it in its description; True while nobody knows."""
        return self._lexicon.current is None or self._lexicon.current.words.known(word)

    def meant(self, query: SearchQuery) -> Correction | None:
        """What the words may have been meant to be; None where they are known, or are not to be corrected."""
        if not query.correct or not query.text or query.by_vectors_alone or self._lexicon.current is None:
            return None
        if query.wordings:
            return None  # a word for what the shop calls otherwise is no mistake
        lexicon = self._lexicon.current
        if self._read is None or self._read[0]() is not lexicon or len(self._read[1]) >= _REMEMBERED:
            self._read = ref(lexicon), {}
        read = self._read[1]
        if query.text not in read:
            read[query.text] = correction(query.text, lexicon, self._common)
        return read[query.text]

    def bodies(self, query: SearchQuery, meant: Correction) -> list[dict[str, Any]]:
        """What is counted to know: what the words as meant find, and products that have each of the unknown ones."""
        return [_count(replace(query, text=meant.text)), *(_exists(word) for word in meant.unknown)]

    async def look(self, query: SearchQuery, found: Retrieved, asking: Ahead, *, deadline_s: float) -> Spelled:
        """Whether to correct a search that found this. Raises EngineError."""
        meant = self.meant(query) if query.cursor is None else None
        if meant is None:
            return Spelled(query)
        by_words = sum(hit.candidate.words > 0 for hit in found.hits) if found.hits else found.total
        if by_words > ALMOST_NOTHING and not meant.unknown:
            # Only spaces were changed, and there is something without.
            return Spelled(query)
        corrected = replace(query, text=meant.text)
        counted, *there = await asking.searches(self.bodies(query, meant), deadline_s=deadline_s)
        better = _total(counted)
        if any(_total(answer) for answer in there) or not better:
            # A word that came into the catalogue since its words were gathered, or that their sample left out.
            return Spelled(query)
        if by_words <= ALMOST_NOTHING and better > by_words:
            return Spelled(corrected, corrected=meant)
        return Spelled(query, offered=meant)


def _count(query: SearchQuery) -> dict[str, Any]:
    """How many products the words find under the filters, up to ten."""
    filters: list[Clause] = [clause(given) for given in query.filters]
    found = {"bool": {"must": [words_query(query.text)], "filter": filters}}
    return {"size": 0, "track_total_hits": _COUNTED, "query": found}


def _exists(word: str) -> dict[str, Any]:
    """Whether any product has the word."""
    has = {"multi_match": {"query": word, "fields": list(_FIELDS)}}
    return {"size": 0, "terminate_after": 1, "track_total_hits": 1, "query": has}


def _total(answer: dict[str, Any]) -> int:
    total: int = answer["hits"]["total"]["value"]
    return total
