"""What a product takes: bytes on disk by what they are for, memory of the vectors, heap, seconds to load, at several
sizes, and what the formulas of docs/howto/plan-for-size.md say instead."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from embed.load import lite_embedder, text_embedder
from embed.settings import EmbedSettings
from es.client import connect, translated
from es.embedded.progress import say
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.bench.catalogue import ensure_loaded
from evaluate.bench.measure import HEAP, SERVER
from evaluate.server import own_server

SUFFIX: Final = "-bench-size"
# A vector kept as bytes: a byte a dimension, and what brings it back to floats; the graph beside it holds the numbers
# of its neighbours, at most 32 at the lowest level, in some two bytes each. Small segments have no graph.
SCALE_BYTES: Final = 16
GRAPH_BYTES: Final = 64
FLOAT_BYTES: Final = 4
# Lucene's files of the bytes and of the graph; the floats are read only to be merged.
SEARCHED: Final = ("veq", "vex")


@dataclass(frozen=True, slots=True)
class Size:
    """One catalogue in one segment, all in bytes a product: the whole index, its vectors as floats and as what is
    searched, everything else; what searching vectors wants in memory. `heap_mb` is the live heap of the whole server,
    `load_s` None where the catalogue was there already."""

    products: int
    disk: float
    vectors: float
    rest: float
    memory: float
    heap_mb: float
    load_s: float | None


@dataclass(frozen=True, slots=True)
class Sizing:
    """The sizes, smallest first, and the dimensions of the two vectors of a product."""

    sizes: list[Size]
    dims: tuple[int, int]

    @property
    def expected_memory(self) -> float:
        """Bytes a product that searching vectors wants in memory, by the formula."""
        return sum(dims + SCALE_BYTES + GRAPH_BYTES for dims in self.dims)

    @property
    def expected_vectors(self) -> float:
        """Bytes a product of its vectors on disk, by the formula: the floats, and what is searched."""
        return sum(FLOAT_BYTES * dims for dims in self.dims) + self.expected_memory


def measure(engine: EngineSettings, products: Sequence[int]) -> Sizing:
    """Loads synthetic catalogues of these sizes, vectors and all. Raises EngineError, EmbedError, MeasurementFailed."""
    texts, looks = text_embedder(EmbedSettings()), lite_embedder(EmbedSettings())
    sizes = []
    with own_server(engine.model_copy(update={"es_heap": HEAP}), SERVER) as url:
        for count in sorted(products):
            prefix = f"{engine.index_prefix}{SUFFIX}-{count}"
            apart = engine.model_copy(update={"es_url": url, "index_prefix": prefix})
            loaded = ensure_loaded(apart, texts, count, looks)
            say(f"looking at {count:,} products")
            sizes.append(_size(apart, loaded.products, loaded.seconds))
    return Sizing(sizes, (texts.spec.dims, looks.spec.dims))


def _size(engine: EngineSettings, products: int, seconds: float | None) -> Size:
    with connect(engine) as client, translated():
        alias = IndexNames(engine.index_prefix).products
        index = next(iter(client.indices.get_alias(name=alias)))
        # Asked for by hand: the client warns of what may change in a later version of the server.
        patient, whole = client.options(request_timeout=600), {"run_expensive_tasks": "true"}
        accepted = {"accept": "application/json"}
        usage = patient.perform_request("POST", f"/{index}/_disk_usage", params=whole, headers=accepted).body[index]
        stats = client.indices.stats(index=index, metric="dense_vector")["indices"][index]["primaries"]
        jvm = client.nodes.stats(metric="jvm")["nodes"]
    heap = sum(node["jvm"]["mem"]["heap_used_in_bytes"] for node in jvm.values())
    vectors = usage["all_fields"]["knn_vectors_in_bytes"]
    return Size(
        products,
        usage["store_size_in_bytes"] / products,
        vectors / products,
        (usage["store_size_in_bytes"] - vectors) / products,
        sum(stats["dense_vector"]["off_heap"][f"total_{kind}_size_bytes"] for kind in SEARCHED) / products,
        heap / 1e6,
        seconds,
    )


def lines(sizing: Sizing) -> list[str]:
    """A table, and the formulas beside it."""
    told = [f"vectors of {sizing.dims[0]} and {sizing.dims[1]} dimensions; bytes a product"]
    told.append(f"{'products':>10}{'disk':>9}{'vectors':>9}{'rest':>9}{'memory':>9}{'heap':>11}{'load':>9}")
    for size in sizing.sizes:
        took = "kept" if size.load_s is None else f"{size.load_s:.0f} s"
        row = f"{size.products:>10,}{size.disk:>9,.0f}{size.vectors:>9,.0f}{size.rest:>9,.0f}{size.memory:>9,.0f}"
        told.append(f"{row}{size.heap_mb:>8,.0f} MB{took:>9}")
    told.append(f"by formula: vectors {sizing.expected_vectors:,.0f}, memory {sizing.expected_memory:,.0f}")
    return told


def values(sizing: Sizing) -> dict[str, Any]:
    """The figures."""
    return {
        "dims": list(sizing.dims),
        "sizes": [asdict(size) for size in sizing.sizes],
        "expected": {"vectors": sizing.expected_vectors, "memory": sizing.expected_memory},
    }
