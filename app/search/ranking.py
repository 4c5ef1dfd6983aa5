"""The fusion that a search is ranked by, and the page that is cut from it. Pure."""

from app.search import presentation
from app.search.fusion import Convex, Fusion, ReciprocalRank
from app.search.hits import Retrieved, window_of
from app.search.pinning import page_with_pins
from app.search.probing import Probes
from app.search.query import FusionMethod, Mode, SearchQuery
from app.search.retrieval import continues_by_rank
from app.search.weights import learned_weight
from app.settings import ServiceSettings


def fusion_of(query: SearchQuery, found: Retrieved, settings: ServiceSettings, text_model: str | None) -> Fusion:
    """How the rankings of a search become one. `text_model`: that of the index, which learned weights belong to."""
    if query.fusion is FusionMethod.RRF:
        return ReciprocalRank()
    if query.example is not None:
        words = settings.example_lexical_weight if query.text else 0.0
        return Convex(words, settings.example_look_share)
    if query.mode is Mode.SEMANTIC:
        return Convex(0.0, settings.look_share, settings.look_floor)
    learned = None
    if settings.fusion_weights is not None:
        window = [hit.candidate for hit in window_of(found.hits)]
        learned = learned_weight(settings.fusion_weights, text_model, query.text, window)
    weight = settings.lexical_weight if learned is None else learned
    return Convex(weight, settings.look_share, settings.look_floor, per_query=learned is not None)


def page_of(
    query: SearchQuery, probed: Probes, found: Retrieved, tail: Retrieved | None, fusion: Fusion
) -> presentation.Page:
    """The page that is asked for, with its pins. `tail`: what follows the fused part of the list, on a deep page."""

    def without_pins(part: SearchQuery) -> presentation.Page:
        if continues_by_rank(part, bool(probed.probes)):
            return presentation.ranked_page(part, found, tail, fusion)
        return presentation.ordered_page(part, found)

    return page_with_pins(query, found, without_pins)
