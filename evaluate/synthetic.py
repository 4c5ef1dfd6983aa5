"""A catalogue of any size, made up: products with plausible words, prices and attributes, and vectors in clusters.

Everything follows from the number of a product and a fixed seed: the same number is the same product on every
machine. Vectors lie around the vectors that the text model gives the products' families ("wireless bluetooth
speaker"), so that vector search finds neighbourhoods as dense as those of a real shop, and real queries reach them,
without embedding a hundred thousand texts.
"""

import functools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from embed.base import Embedder, Vectors
from shop.products.document import Product

SEED = 7
WORDS = Path(__file__).with_name("synthetic_words.yaml")
BRANDS = 400
# Length of what is added to a family's unit vector: products of one family have a cosine of about .8 to it.
SPREAD = 0.75
_DAY_ZERO = datetime(2024, 1, 1, tzinfo=UTC)
_SYLLABLES = (
    "nor",
    "vel",
    "tam",
    "ki",
    "ros",
    "bel",
    "dun",
    "sa",
    "mir",
    "lo",
    "quen",
    "hal",
    "fi",
    "zer",
    "ora",
    "pex",
)


@dataclass(frozen=True, slots=True)
class Family:
    """A style of a kind of thing: what a shopper would call it."""

    category: str
    style: str
    kind: str

    @property
    def words(self) -> str:
        return f"{self.style} {self.kind}"


@functools.cache
def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found


@functools.cache
def families() -> tuple[Family, ...]:
    """Every family there is, in a fixed order."""
    return tuple(
        Family(category, style, kind)
        for category, words in _words()["categories"].items()
        for kind in words["kinds"]
        for style in words["styles"]
    )


@functools.cache
def brands() -> tuple[str, ...]:
    """Names of brands; the first are the large ones."""
    draw = random.Random(SEED)
    found: dict[str, None] = {}
    while len(found) < BRANDS:
        found["".join(draw.sample(_SYLLABLES, draw.choice((2, 2, 3)))).capitalize()] = None
    return tuple(found)


@functools.cache
def _brand_shares() -> tuple[float, ...]:
    return tuple(1 / (rank + 3) for rank in range(BRANDS))


def family_of(number: int) -> Family:
    """The family of a product."""
    return random.Random(f"{SEED}-family-{number}").choice(families())


def product(number: int) -> Product:
    """The product of this number."""
    draw = random.Random(f"{SEED}-product-{number}")
    family = family_of(number)
    words = _words()
    brand = draw.choices(brands(), _brand_shares())[0]
    color, occasion = draw.choice(words["colors"]), draw.choice(words["occasions"])
    material = draw.choice(words["categories"][family.category]["materials"])
    weight, years = draw.randrange(50, 5000, 10), draw.choice((1, 2, 2, 3, 5))
    model = f"{brand[:2].upper()}-{draw.randrange(1000, 9999)}"
    said = {
        "style": family.style, "kind": family.kind, "material": material, "color": color, "brand": brand,
        "years": years, "weeks": draw.randrange(3, 30), "weight": weight, "since": draw.randrange(1950, 2020),
        "occasion": occasion.replace("_", " "),
    }  # fmt: skip
    sentences = draw.sample(words["sentences"], 4)
    middle = words["categories"][family.category]["price"]
    stock = draw.choice((0, 3, 12, 40, 150))
    born = _DAY_ZERO + timedelta(minutes=draw.randrange(1_000_000))
    return Product(
        product_id=f"p{number:07}",
        name=f"{brand} {model} {family.words.title()}, {color.title()}",
        description=" ".join(sentence.format(**said) for sentence in sentences),
        category=family.category,
        categories=[f"{family.category.replace('_', ' ').title()}/{family.kind.title()}"],
        brand=brand,
        price=Decimal(round(middle * draw.lognormvariate(0, 0.7), 2)).quantize(Decimal("0.01")),
        rating=round(min(5.0, max(1.0, draw.gauss(4.1, 0.6))), 1),
        review_count=int(draw.paretovariate(0.8)),
        stock_quantity=stock,
        in_stock=stock > 0,
        images=[f"/pictures/p{number:07}.png"],
        tags=[family.style, material],
        occasions=[occasion],
        features=[f"{family.style} design", f"{years}-year warranty"],
        identifiers=[model, f"{4_000_000_000_000 + number}"],
        specifications={
            "color": color, "material": material, "weight_g": weight, "warranty_years": years,
            "style": family.style, "washable": draw.random() < 0.3, "pieces": draw.choice((1, 1, 1, 2, 4, 6)),
        },
        created_at=born,
        updated_at=born,
    )  # fmt: skip


class FamilyVectors:
    """Unit vectors of products around those of their families."""

    def __init__(self, embedder: Embedder) -> None:
        self._centres: Vectors = embedder.embed_texts([family.words for family in families()])
        self._place = {family: place for place, family in enumerate(families())}

    def vector(self, number: int) -> NDArray[np.float32]:
        """Shape (dims,), of length 1."""
        centre = self._centres[self._place[family_of(number)]]
        noise = np.random.default_rng([SEED, number]).standard_normal(len(centre)).astype(np.float32)
        moved = centre + noise * np.float32(SPREAD / np.sqrt(len(centre)))
        unit: NDArray[np.float32] = moved / np.linalg.norm(moved)
        return unit


def queries(seed: int) -> Iterator[str]:
    """Texts as shoppers type them, without end, none twice."""
    draw = random.Random(f"{SEED}-queries-{seed}")
    seen: set[str] = set()
    colors = _words()["colors"]
    while True:
        family = draw.choice(families())
        extra = draw.choice(("", "", draw.choice(colors), draw.choice(brands()[:80]), f"for {draw.randrange(2, 99)}"))
        kind, words = family.kind, family.words
        text = draw.choice((kind, words, words, f"{extra} {kind}", f"{extra} {words}", extra, kind.split()[-1]))
        text = " ".join(text.split())
        if text and text not in seen:
            seen.add(text)
            yield text
