"""What a search will probably want to know next, asked for together with it: one round trip instead of two or three.

Only a search that is expected to find nothing by its words asks for more than itself: the steps of its ladder
(ladder.py), what its words cost at any price, whether it is mistyped, and the list that will most likely be shown
instead. Whether it does find nothing is known from memory: a word that no product has, or values that no product has
together. A guess changes no answer: what was asked ahead is used where exactly the same is asked for afterwards.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.search.dearer import kind_not_shown
from app.search.filters import WordFilter, attribute_of
from app.search.first_look import FirstLook, first_look, has_budget, may_relax
from app.search.hits import Retrieved
from app.search.lexical import content_words, least_words
from app.search.query import Mode, SearchQuery
from app.search.spelling import Speller
from app.search.steered import rewords
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.service import UnderstandingService
from shop.lexicon.corrections import Correction
from shop.lexicon.tokens import words
from shop.products.reader import CatalogueFacts

HARDLY_ANY: Final = 0.1
"""Fewer products than this expected among those that the sample left out count as none."""

_HELD: Final = frozenset({"brand", "category", "shop_category", "gender", "age", "occasion"})
_NOTHING: Final = Retrieved([], 0, {})
_NO_COUNT: Final = 0.5
"""What is seen in no product of a sample is had by half a product of it, on average."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a process knows of the catalogue without asking. `mentioned`: whether any product is known to have a
    word; True while nobody knows."""

    lexicon: Lexicon
    products: int
    mentioned: Callable[[str], bool]

    def no_words(self, query: SearchQuery) -> bool:
        """Whether too few of the words are in any product."""
        if not query.text:
            return False
        wordings = (query.text, *query.wordings)
        return all(self._missing(words(content_words(text)), query.any_word) for text in wordings)

    def _missing(self, wanted: Sequence[str], any_word: bool) -> bool:
        there = sum(self.mentioned(word) for word in wanted)
        return bool(wanted) and there < (1 if any_word else least_words(len(wanted)))

    def together(self, query: SearchQuery) -> float | None:
        """About how many products have a value of each filter by values; None where nothing is known of any."""
        found, share, sampled = self.lexicon.everything, 1.0, self.lexicon.everything.bit_count()
        known = False
        for given in query.filters:
            if not isinstance(given, WordFilter):
                continue
            names = [attribute_of(name) for name in (given.name, *given.also_in)]
            if not all(name in _HELD or name in self.lexicon.attributes for name in names):
                continue
            holding = 0
            for name in names:
                holding |= self.lexicon.holding(name, given.values)
            found &= holding
            share *= (holding.bit_count() + _NO_COUNT) / sampled if sampled else 1.0
            known = True
        if not known or not sampled:
            return None
        seen = found.bit_count()
        return seen * self.products / sampled if seen else share * max(0, self.products - sampled)

    def nothing(self, query: SearchQuery) -> bool:
        """Whether words or values leave no product, as far as can be told."""
        if query.mode is not Mode.SEMANTIC and self.no_words(query):
            return True
        about = self.together(query)
        return about is not None and about < HARDLY_ANY

    def something(self, query: SearchQuery) -> bool:
        """Whether it can be told that there are products for it."""
        about = self.together(query)
        return not self.nothing(query) and (about is None or about >= 1)


@dataclass(frozen=True, slots=True)
class Foresight:
    """Says what to ask along with a search. `listing`: the bodies that would be sent for the list of a search, none
    where that takes a look at something before."""

    understanding: UnderstandingService
    speller: Speller
    listing: Callable[[SearchQuery], Awaitable[list[dict[str, Any]]]]
    respelled: Callable[[SearchQuery, Correction], Awaitable[SearchQuery]]

    async def of(
        self,
        asked: SearchQuery,
        steered: SearchQuery,
        steer: Callable[[SearchQuery], SearchQuery],
        facts: CatalogueFacts,
    ) -> list[dict[str, Any]]:
        """The bodies; none for nearly all searches. `steer` makes a search what merchandising rules want it to be, as
        `steered` is of `asked`."""
        if not asked.text or asked.cursor is not None or asked.continued or asked.example is not None:
            return []
        known = Known(await self.understanding.lexicon(), facts.products, self.speller.mentioned)
        nothing = known.nothing(steered)
        meant = None if rewords(steered) else self.speller.meant(asked)
        if meant is not None and meant.unknown:
            bodies = self.speller.bodies(asked, meant)
            if nothing and known.no_words(asked):
                bodies += await self.listing(steer(await self.respelled(asked, meant)))
            return bodies
        if not nothing or not may_relax(asked):
            return []
        # Among all products some are nearly always alike to the words; among those of certain values mostly none.
        empty = not asked.uses_vectors or known.together(steered) is not None
        over = has_budget(asked)
        dear = kind_not_shown(asked, _NOTHING, known.lexicon) if over else None
        look = first_look(asked, steer, dear, nothing=empty, over=over)
        query = instead(look, [steer(step.query) for step in look.steps], known)
        return look.bodies if query is None else look.bodies + await self.listing(query)


def instead(look: FirstLook, steered: Sequence[SearchQuery], known: Known) -> SearchQuery | None:
    """The search that will be shown: that of the first step that finds something; None where that cannot be told.
    `steered`: the steps' searches as rules want them."""
    for step, query in zip(look.steps, steered, strict=True):
        if not known.nothing(query):
            # Where such things cost more, what has some of the words is not shown.
            perhaps = step.gives_up_kind or (step.query.any_word and look.dearer)
            return query if not perhaps and known.something(query) else None
    return None
