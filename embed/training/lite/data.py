"""The pictures that the model learns from, each with what is true of it. One reader a source, one row a picture."""

import csv
import gzip
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

Content = Callable[[], bytes]


@dataclass(frozen=True)
class Item:
    """One picture: `content` reads its file.

    `types` are phrases for the thing it shows, the usual one first; all of them are true. `wider` are kinds
    that the thing belongs to. Empty where unknown: `name`, `color`, `gender`.
    """

    source: str
    id: str
    content: Content
    types: tuple[str, ...]
    name: str = ""
    color: str = ""
    gender: str = ""
    wider: tuple[str, ...] = ()
    split: str = "train"


_SPELLED = {
    "tshirts": ("tshirts", "t-shirt", "t-shirts", "tee"),
    "trunk": ("trunk", "trunks"),
    "caps": ("caps", "cap", "hat"),
    "sunglasses": ("sunglasses",),
    "watches": ("watches", "watch", "wristwatch"),
    "track pants": ("track pants", "jogging pants"),
    "trousers": ("trousers", "pants"),
    "handbags": ("handbags", "handbag", "purse"),
    "sports shoes": ("sports shoes", "running shoes", "trainers"),
    "casual shoes": ("casual shoes", "sneakers", "shoes"),
    "formal shoes": ("formal shoes", "leather shoes", "dress shoes"),
    "jackets": ("jackets", "jacket", "outerwear"),
    "heels": ("heels", "high heels"),
    "flats": ("flats", "flat shoes"),
}


def phrases(kind: str) -> tuple[str, ...]:
    """Ways to write a type of the fashion data: as it is there, in the singular, its parts."""
    kind = kind.lower()
    if kind in _SPELLED:
        return _SPELLED[kind]
    parts = kind.split(" and ") if " and " in kind else [kind]
    found = [kind]
    for part in parts:
        found += [part, singular(part)]
    return tuple(dict.fromkeys(found))


def singular(words: str) -> str:
    """The last word without its plural: "track pants" stays, for pants have none."""
    if words.endswith(("pants", "shorts", "ss", "leggings", "jeans", "capris", "glasses")):
        return words
    if words.endswith("ies"):
        return words[:-3] + "y" if len(words) > 5 else words[:-1]
    if words.endswith(("sses", "shes", "ches")):
        return words[:-2]
    return words.removesuffix("s")


_GENDERS = {"Men": "men", "Women": "women", "Boys": "boys", "Girls": "girls", "Unisex": ""}


def fashion(folder: Path) -> Iterator[Item]:
    """images/fashion-small: styles.csv.gz and images.zip."""
    archive = zipfile.ZipFile(folder / "images.zip")
    present = set(archive.namelist())
    with gzip.open(folder / "styles.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            file_name = f"{row['id']}.jpg"
            if file_name not in present:
                continue
            color = row["baseColour"].lower()
            yield Item(
                "fashion",
                row["id"],
                lambda name=file_name: archive.read(name),  # type: ignore[misc]
                phrases(row["articleType"]),
                row["productDisplayName"],
                "" if color in {"na", "multi"} else color,
                _GENDERS.get(row["gender"], ""),
                (row["subCategory"].lower(),),
                row["split"],
            )


def magento(folder: Path) -> Iterator[Item]:
    """catalog/magento-luma: products.csv, pictures `<sku>-<color>_<view>.jpg` in images/."""
    with (folder / "products.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kinds = [part.split("/")[-1].lower() for part in row["categories"].split(";")]
            kinds = [kind for part in kinds if "eco" not in part for kind in part.split(" & ")]
            gender = {"M": "men", "W": "women"}.get(row["sku"][0], "") if "/" in row["categories"] else ""
            types = tuple(dict.fromkeys(form for kind in kinds[:2] for form in (kind, singular(kind)) if kind))
            for name in filter(None, row["images"].split(";")):
                path = folder / "images" / name
                if not path.is_file() or "_back" in name or not types:
                    continue
                match = re.match(r"[a-z]+\d+-([a-z]+)_", name)
                color = match[1] if match else ""
                yield Item("magento", name, path.read_bytes, types, row["name"], color, gender)


def eshop(folder: Path) -> Iterator[Item]:
    """catalog/eshop: catalog.json, pictures pics/<Id>.webp."""
    for row in json.loads((folder / "catalog.json").read_text("utf-8")):
        path = folder / "pics" / f"{row['Id']}.webp"
        yield Item("eshop", str(row["Id"]), path.read_bytes, (row["Type"].lower(),), row["Name"], split="test")


def clothing(folder: Path) -> Iterator[Item]:
    """images/clothing-small: photos/<class>/*.jpg."""
    for path in sorted((folder / "photos").glob("*/*.jpg")):
        yield Item("clothing", path.name, path.read_bytes, (path.parent.name,), split="test")


def catalogue(feed: Path, pictures: Path) -> Iterator[Item]:
    """A feed in the product's own form, JSON lines, with `<pictures>/<product_id>.webp`; one row a distinct picture."""
    seen: set[bytes] = set()
    for line in feed.read_text("utf-8").splitlines():
        row = json.loads(line)
        path = pictures / f"{row['product_id']}.webp"
        content = path.read_bytes() if path.is_file() else b""
        if not content or content in seen:
            continue
        seen.add(content)
        facts = row.get("specifications", {})
        color = facts.get("color", "")
        kind = facts["product_type"].lower()
        item = Item("catalogue", row["product_id"], path.read_bytes, tuple(dict.fromkeys((kind, singular(kind)))))
        yield replace(item, name=row["name"], color="" if color == "multicolor" else color)
