"""Who is measured: every recommender with the settings that are tried on the validation event. Nothing here knows the
events that are predicted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from embed.base import Vectors
from evaluate.recommenders.task import Contents
from shop.recommenders.content import SharedFeatures, VectorNeighbours, centred, features_of, nearest
from shop.recommenders.contract import Recommender
from shop.recommenders.ease import Ease
from shop.recommenders.factorization import AlsFactorization
from shop.recommenders.item_knn import Bm25ItemKnn, CosineItemKnn
from shop.recommenders.popularity import Popularity
from shop.recommenders.sequential import FIRST_ORDER, CounterSettings, SequentialCounter
from shop.recommenders.session_knn import SessionKnn
from shop.recommenders.smoothed import SmoothedCounter

LARGEST_EASE, LARGEST_EASE_TO_FIT_AGAIN = 16_000, 10_000
DECAYS = (1.0, 0.8, 0.6, 0.4)
COUNTER_STEPS: Mapping[str, Sequence[float]] = {
    "decay": (0.4, 0.6, 0.8, 1.0),
    "reverse": (0.1, 0.3, 0.6, 1.0),
    "target_power": (0.0, 0.15, 0.3, 0.5),
    "source_power": (0.0, 0.25, 0.5),
    "distance_power": (0.25, 0.5, 1.0),
    "window": (5, 20, 50),
}
"""What is tried of each setting of the counter, one after the other, from its defaults."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A model to be made, and the keyword arguments to choose from (none: it is taken as it is). `decays`: how the
    history may be read, chosen together with them at the price of no further training. `steps`: settings that are
    chosen one after the other instead of all combinations."""

    name: str
    make: Callable[..., Recommender]
    grid: Sequence[Mapping[str, Any]] = ({},)
    decays: Sequence[float] = ()
    steps: Mapping[str, Sequence[float]] = field(default_factory=dict)


def contenders(contents: Contents, catalogue: int, vectors: Vectors | None, threads: int) -> list[Contender]:
    """All that can be made of what is known. `vectors`: those of the titles, shape (catalogue, dims)."""
    factors = [{"factors": f, "l2": l2, "alpha": a} for f, l2, a in ((128, 1.0, 10.0), (128, 1.0, 40.0))]
    listed = [
        Contender("popularity", Popularity),
        Contender("first-order Markov", partial(SequentialCounter, FIRST_ORDER)),
        Contender("item-kNN, cosine", CosineItemKnn, decays=DECAYS),
        Contender("item-kNN, BM25", Bm25ItemKnn, decays=DECAYS),
        Contender("session-kNN", SessionKnn, [{"neighbours": n} for n in (100, 500)], DECAYS),
        Contender("ALS", partial(AlsFactorization, threads=threads), factors, DECAYS),
        Contender("sequential counter, defaults", SequentialCounter),
        Contender("sequential counter", counter, steps=COUNTER_STEPS),
    ]
    if catalogue <= LARGEST_EASE:
        listed.append(Contender("EASE", Ease, decays=DECAYS))
    if vectors is not None:
        listed.append(Contender("titles, vectors", partial(VectorNeighbours, vectors), decays=DECAYS))
    if contents.titles:
        words = features_of([title.lower().split() for title in contents.titles])
        listed.append(Contender("titles, words", partial(SharedFeatures, words), decays=DECAYS))
    if contents.attributes:
        named = features_of(contents.attributes)
        listed.append(Contender("attributes", partial(SharedFeatures, named), decays=DECAYS))
    return listed


def counter(**chosen: float) -> SequentialCounter:
    """The sequential counter with some settings changed."""
    return SequentialCounter(counter_settings(chosen))


def counter_settings(chosen: Mapping[str, Any]) -> CounterSettings:
    """The counter's settings with some changed."""
    window = {"window": int(chosen["window"])} if "window" in chosen else {}
    return replace(CounterSettings(), **{**chosen, **window})


def evidence_models(
    tuned: Mapping[str, Recommender], settings: CounterSettings, vectors: Vectors | None, catalogue: int
) -> dict[str, Recommender]:
    """What the hybrid looks at: the tuned models, and the counter read in other ways. New models that share nothing
    with `tuned` but the settings would cost a second fit, so the tuned ones themselves are taken."""
    wanted = [
        "sequential counter",
        "item-kNN, BM25",
        "session-kNN",
        "ALS",
        "titles, vectors",
        "titles, words",
        "attributes",
    ]
    if catalogue <= LARGEST_EASE_TO_FIT_AGAIN:
        wanted.append("EASE")
    found: dict[str, Recommender] = {name: tuned[name] for name in wanted if name in tuned}
    found["counter, last event"] = SequentialCounter(replace(settings, decay=0.0))
    flat = replace(settings, target_power=0.5, source_power=0.5, decay=1.0)
    found["counter, whole history"] = SequentialCounter(flat)
    if vectors is not None:
        near = nearest(centred(vectors), 20)
        found["counter, from like titles"] = SmoothedCounter(near, side="source", settings=settings)
        found["counter, to like titles"] = SmoothedCounter(near, side="target", settings=settings)
        found["titles, vectors, last event"] = VectorNeighbours(vectors, decay=0.0)
    return found


PROPOSING = (
    "sequential counter",
    "counter, from like titles",
    "counter, to like titles",
    "counter, last event",
    "titles, vectors",
    "titles, words",
    "ALS",
    "session-kNN",
)
"""Whose best products become candidates."""


def title_vectors(contents: Contents) -> Vectors | None:
    """The bundled sentence model's vectors of the titles; None where there are no titles."""
    if not contents.titles:
        return None
    from embed.load import text_embedder
    from embed.settings import EmbedSettings

    embedder = text_embedder(EmbedSettings())
    return np.asarray(embedder.embed_texts(list(contents.titles)), dtype=np.float32)
