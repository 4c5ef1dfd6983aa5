"""The pictures that a model is measured on, with what is true of them. None of the first three was trained on."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from embed.training.lite.data import Item, clothing, eshop, fashion
from es.settings import EngineSettings
from evaluate.errors import DataMissing
from shop.demo.catalogue import read_catalogue
from shop.demo.pictures import prepare_pictures

FEWEST = 5
"""Types (and pairs of colour and type) with fewer pictures are no queries: a top ten says little of them."""

FOLDS: tuple[tuple[str, ...], ...] = (
    (
        "dresses", "earrings", "flip flops", "jackets", "lipstick", "nail polish", "necklace and chains",
        "nightdress", "sandals", "shorts", "sweatshirts", "track pants", "wallets", "watches",
    ),
    (
        "backpacks", "briefs", "caps", "casual shoes", "flats", "formal shoes", "handbags",
        "jeans", "socks", "sports shoes", "sunglasses", "sweaters", "tshirts", "tunics",
    ),
    (
        "belts", "bra", "clutches", "deodorant", "heels", "innerwear vests", "kurtas",
        "kurtis", "perfume and body mist", "sarees", "shirts", "ties", "tops", "trousers",
    ),
)  # fmt: skip
"""The 42 types with at least FEWEST pictures, shuffled once (seed 14) and dealt into three folds: a model trained
without the types of a fold is measured on them."""

CLASSES = {
    "dress": "dress",
    "hat": "hat",
    "longsleeve": "long sleeve shirt",
    "outwear": "outerwear jacket",
    "pants": "pants",
    "shirt": "shirt",
    "shoes": "shoes",
    "shorts": "shorts",
    "skirt": "skirt",
    "t-shirt": "t-shirt",
}
"""Classes of the phone photos, and how each is asked for."""


def validation(folder: Path) -> list[Item]:
    """The 987 fashion pictures that no model saw. Raises DataMissing."""
    return [item for item in _read(fashion, folder / "images" / "fashion-small") if item.split == "val"]


def outdoor_shop(folder: Path) -> list[Item]:
    """The 101 products of eshop. Raises DataMissing."""
    return _read(eshop, folder / "catalog" / "eshop")


def phone_photos(folder: Path) -> list[Item]:
    """341 photos in ten classes. Raises DataMissing."""
    return _read(clothing, folder / "images" / "clothing-small")


def demo() -> list[Item]:
    """The demo catalogue, a row a product, its pictures made where they are not there yet. Raises DataMissing."""
    rows = list(read_catalogue())
    folder = EngineSettings().cache_dir / "demo" / "pictures"
    report = prepare_pictures(rows, folder, lambda _: None)
    if report.placeholders:
        raise DataMissing(f"{report.placeholders} pictures of the demo are placeholders: {report.note}.")
    return [_product(row, folder) for row in rows]


def _product(row: Mapping[str, Any], folder: Path) -> Item:
    facts = row["specifications"]
    path = folder / f"{row['product_id']}.webp"
    return Item("demo", row["product_id"], path.read_bytes, (facts["product_type"],), row["name"], color=facts["color"])


def _read(reader: Callable[[Path], Iterator[Item]], folder: Path) -> list[Item]:
    try:
        return list(reader(folder))
    except (OSError, KeyError) as error:
        raise DataMissing(f"There are no pictures in {folder} ({error}).") from error
