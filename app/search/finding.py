"""One search sent to Elasticsearch and read: the places of its words, its facets, its bodies, its answer."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.catalogue import Catalogue
from app.meter import stage
from app.search.ahead import Ahead
from app.search.choosing import FacetChooser, looks
from app.search.grouping import Grouper
from app.search.hits import Retrieved, read_answer
from app.search.probing import Prober, Probes
from app.search.query import SearchQuery
from app.search.retrieval import build_body, continues_by_rank, naming, tail_body
from app.search.steered import bodies, from_the_top, waits_for_pins, with_rules
from app.search.understanding.lexicon import Lexicon
from app.search.vector import Probe
from app.settings import ServiceSettings
from app.slow_searches import SENT
from es.errors import EngineRejected
from shop.products.reader import ProductReader


@dataclass(frozen=True, slots=True)
class Finding:
    """A search as it was made, where its words lie, and what was found. `tail`: what follows the fused part of the
    list, on a deep page."""

    query: SearchQuery
    probed: Probes
    found: Retrieved
    tail: Retrieved | None

    @property
    def probes(self) -> Sequence[Probe]:
        return self.probed.probes


@dataclass(slots=True)
class Finder:
    """Sends the searches of one shop. `fetched`: doc values that hits need beside those that are shown; `lexicon`: the
    words of its catalogue."""

    reader: ProductReader
    catalogue: Catalogue
    settings: ServiceSettings
    fetched: Sequence[Any]
    lexicon: Callable[[], Awaitable[Lexicon]]
    prober: Prober = field(init=False)
    chooser: FacetChooser = field(init=False)

    def __post_init__(self) -> None:
        self.prober = Prober(self.reader, self.catalogue, self.settings)
        self.chooser = FacetChooser(self.reader, self.settings.auto_facets)

    async def find(self, query: SearchQuery, asking: Ahead) -> Finding:
        """What a search finds, asked once more where another generation, perhaps with another model, went live since we
        looked. Raises BadRequest, and what Elasticsearch's trouble is."""
        known = await self.catalogue.facts()
        with stage("embed"):
            probed = await self.prober.probes(query)
        try:
            made = await self._execute(query, probed, asking)
            if not query.uses_vectors or made.found.index in ("", known.index):
                return made
            newer = await self.catalogue.facts(at_most_s=0.0)
            if (newer.text_model, newer.image_model) == (known.text_model, known.image_model):
                return made
        except EngineRejected:
            if not probed.probes or (await self.catalogue.facts(at_most_s=0.0)).index == known.index:
                raise
        probed = await self.prober.probes(query)
        return await self._execute(query, probed, asking)

    async def listing(self, query: SearchQuery) -> list[dict[str, Any]]:
        """What `find` sends for a search; nothing where it would look at something else before."""
        facts = await self.catalogue.facts()
        if looks(query, facts) or waits_for_pins(query):
            return []
        probed = await self.prober.probes(query)
        return bodies(query, build_body(from_the_top(query), probed.probes, self.fetched), None)

    async def _execute(self, query: SearchQuery, probed: Probes, asking: Ahead) -> Finding:
        deadline_s = self.settings.search_deadline_s
        facts = await self.catalogue.facts()
        sought = await self.chooser.look(query, probed.probes, facts, deadline_s)
        if waits_for_pins(sought):
            sought = await Grouper(self.reader).knowing_pins(sought, probed.probes, deadline_s)
        body = build_body(from_the_top(sought), probed.probes, self.fetched)
        deep = sought.cursor is not None and continues_by_rank(sought, bool(probed.probes))
        deep = deep and not sought.by_vectors_alone
        sent = bodies(sought, body, tail_body(sought, probed.probes) if deep else None)
        with stage("elasticsearch"):
            answers = await asking.searches(sent, deadline_s=deadline_s)
        SENT.set(sent)
        found = read_answer(answers[0], naming(sought, probed.probes, await self.lexicon()))
        found = replace(with_rules(sought, found, answers), asked=sought)
        return Finding(query, probed, found, read_answer(answers[1]) if deep else None)
