"""How much the pictures should count beside the texts: search by words over judged pictures, at several shares.

The catalogue is the held-out fashion pictures, each product with its name and its picture and nothing else; a query is
a kind ("heels") or a colour and a kind ("red heels"), and right are the products of that kind and colour. The demo's
sixty queries are asked as well, of the demo catalogue with all its texts.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from app.opening import Configuration, open_services
from app.search.query import build
from app.settings import ServiceSettings
from embed.load import lite_embedder, text_embedder
from embed.settings import EmbedSettings
from embed.training.lite.data import Item
from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.pictures import data
from evaluate.pictures.metrics import Scores, interval
from evaluate.pictures.queries import QUERIES
from shop.demo.catalogue import read_catalogue
from shop.pictures.picture import Content, Known, PictureRef, content_of
from shop.pictures.source import PictureFinder
from shop.pictures.vectors import ProductPictures
from shop.products.document import Product
from shop.products.store import ProductStore, VersionedProduct
from shop.settings import PictureSettings

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
FEWEST = 5
DEPTH = 10

Judged = Mapping[str, frozenset[str]]
"""Right product ids by query."""


@dataclass(frozen=True)
class ShareRow:
    """nDCG@10 of one catalogue at one share, with its 95 % interval."""

    catalogue: str
    share: float
    ndcg: float
    low: float
    high: float
    queries: int


class _Items:
    """Pictures of rows, by product id."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = {item.id: item for item in items}

    def locate(self, name: str) -> PictureRef | None:
        item = self._items.get(name.rpartition(".")[0])
        return None if item is None else PictureRef(name, _reader(item))


def _reader(item: Item) -> Callable[[Known], Content]:
    def read(_known: Known) -> Content:
        return content_of(item.content())

    return read


def lines(rows: Sequence[ShareRow]) -> list[str]:
    """A line a row."""
    return [
        f"{r.catalogue:8} share {r.share:.1f}   nDCG@10 {r.ndcg:.3f}  [{r.low:.3f}, {r.high:.3f}]  {r.queries} queries"
        for r in rows
    ]


def values(rows: Sequence[ShareRow]) -> dict[str, dict[str, float]]:
    """nDCG@10 by catalogue and share."""
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row.catalogue, {})[f"{row.share:.1f}"] = round(row.ndcg, 4)
    return found


async def measure(engine: EngineSettings, url: str, folder: Path) -> list[ShareRow]:
    """Loads both catalogues under prefixes of their own and asks them. Raises DataMissing, EngineError, EmbedError."""
    fashion, demo = data.validation(folder), data.demo()
    named = [Product.model_validate({"product_id": i.id, "name": i.name, "price": "10"}) for i in fashion if i.name]
    rows = []
    for name, items, products, judged in (
        ("fashion", fashion, named, fashion_queries(fashion)),
        ("demo", demo, [Product.model_validate(row) for row in read_catalogue()], demo_queries(demo)),
    ):
        own = engine.model_copy(update={"index_prefix": f"{engine.index_prefix}-look-{name}"})
        _load(own, url, products, items)
        for share in SHARES:
            scores = await _scores(own, url, share, judged)
            low, high = interval(scores)
            rows.append(ShareRow(name, share, float(scores.mean()), low, high, len(scores)))
    return rows


def fashion_queries(items: Sequence[Item]) -> Judged:
    """Kinds, and colours with kinds, of which there are at least FEWEST."""
    kinds = Counter(item.types[0] for item in items)
    pairs = Counter((item.color, item.types[0]) for item in items if item.color)
    judged = {k: frozenset(i.id for i in items if i.types[0] == k) for k, n in kinds.items() if n >= FEWEST}
    return judged | {
        f"{c} {k}": frozenset(i.id for i in items if i.types[0] == k and i.color == c)
        for (c, k), n in pairs.items()
        if n >= FEWEST
    }


def demo_queries(items: Sequence[Item]) -> Judged:
    """The sixty."""
    return {
        q.text: frozenset(i.id for i in items if i.types[0] == q.type and q.color in ("", i.color)) for q in QUERIES
    }


def ndcg(found: Sequence[str], right: frozenset[str]) -> float:
    """Binary nDCG@10."""
    gain = sum(1 / np.log2(rank + 2) for rank, i in enumerate(found[:DEPTH]) if i in right)
    return float(gain / sum(1 / np.log2(rank + 2) for rank in range(min(DEPTH, len(right)))))


async def _scores(engine: EngineSettings, url: str, share: float, judged: Judged) -> Scores:
    settings = ServiceSettings(look_share=share, search_deadline_s=30)
    async with open_services(Configuration(service=settings, engine=engine, es_url=url)) as services:
        scores = []
        for text, right in judged.items():
            answer = await services.search.search(partial(build, {"q": text, "size": DEPTH}, {}))
            scores.append(ndcg([hit["product_id"] for hit in answer["hits"]], right))
    return np.array(scores)


def _load(engine: EngineSettings, url: str, products: Sequence[Product], items: Sequence[Item]) -> None:
    settings = EmbedSettings()
    model, texts = lite_embedder(settings), text_embedder(settings)
    finder = PictureFinder([_Items(items)])
    with connect(engine, url) as client, ProductPictures(finder, model, PictureSettings()) as pictures:
        store = ProductStore(client, IndexNames(engine.index_prefix), texts, pictures=pictures)
        index = store.begin_load()
        for start in range(0, len(products), 500):
            store.write(index, [VersionedProduct(p, 1) for p in products[start : start + 500]])
        store.generations.finish(index)
        store.generations.swap(index)
        store.generations.prune(keep=1)
