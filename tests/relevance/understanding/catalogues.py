"""Look-ups of whole catalogues: the demo's own, and real ones through their mapping files."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.search.understanding.lexicon import Lexicon
from evaluate.settings import EvaluateSettings
from ingest.demo import DemoRows
from ingest.feeds.feed import open_feeds
from ingest.mapping.file import read_mapping
from ingest.mapping.mapper import Mapper
from ingest.normalize import GoodRow, normalize
from shop.products.document import Product
from shop.products.vocabulary import SAMPLE, vocabulary_of
from tests.relevance.understanding.shops import products

EXAMPLES = Path(__file__).parents[3] / "ingest" / "examples"
MAPPINGS = Path(__file__).with_name("mappings")
"""Those of feeds that are no shop's: they lack what a shop has."""
FEEDS = {
    "retail-demo-store": "catalog/retail-demo-store/products.yaml",
    "magento-luma": "catalog/magento-luma/products.csv",
    "eshop": "catalog/eshop/catalog.json",
    "chorus-electronics": "search/chorus-electronics/products.jsonl.gz",
    "fashion-small": "images/fashion-small/styles.csv.gz",
    "amazon-beauty": "recommend/amazon-beauty/items.csv",
}
SHOPS = ("demo", *FEEDS)
SMALL_SHOPS = Path(__file__).with_name("small_shops.yaml")


def is_there(shop: str) -> bool:
    """Whether the catalogue is on this machine: the demo and the little ones always are."""
    return shop not in FEEDS or (EvaluateSettings().data / FEEDS[shop]).is_file()


@cache
def lexicon(shop: str) -> Lexicon:
    """The look-ups of a catalogue, of at most as many products as a live index is sampled by."""
    if shop in SHOPS:
        return Lexicon(vocabulary_of(_demo() if shop == "demo" else _mapped(shop), shop))
    return Lexicon(vocabulary_of(products(small_shops()[shop]), shop))


@cache
def small_shops() -> dict[str, Any]:
    """What the little catalogues are made of, by their names."""
    known: dict[str, Any] = yaml.safe_load(SMALL_SHOPS.read_text(encoding="utf-8"))
    return known


def _demo() -> list[Product]:
    return [Product.model_validate(row) for row in DemoRows().products]


def _mapped(shop: str) -> list[Product]:
    own = MAPPINGS / f"{shop}.yaml"
    mapping = read_mapping(own if own.is_file() else EXAMPLES / f"{shop}.yaml")
    mapper = Mapper(mapping)
    feeds = open_feeds([str(EvaluateSettings().data / FEEDS[shop])], mapping.feed_options)
    rows = [row for feed in feeds for row in feed.rows()]
    found = [one for row in rows[:: -(-len(rows) // SAMPLE)] for one in normalize(row, mapper)]
    return [one.product for one in found if isinstance(one, GoodRow)]
