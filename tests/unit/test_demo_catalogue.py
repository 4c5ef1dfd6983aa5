"""The demo catalogue: what a visitor can find in it, and that its data files hold together."""

import json
import re
import tarfile
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from shop.demo.__main__ import main
from shop.demo.catalogue import read_catalogue
from shop.demo.drawn import DRAWINGS
from shop.demo.errors import CatalogueError, RendersUnavailable
from shop.demo.family import COLORS, FAMILIES, OCCASIONS, read_families
from shop.demo.pictures import prepare_pictures
from shop.demo.tint import RAMPS, Tintable
from shop.products.document import Product
from shop.products.values import AgeGroup, Category, Gender

Row = Mapping[str, Any]
FIELDS = {
    *("product_id", "parent_id", "name", "description", "category", "categories", "price", "currency", "brand"),
    *("rating", "review_count", "images", "specifications", "tags", "target_gender", "target_age", "occasions"),
    *("features", "in_stock", "stock_quantity", "created_at", "updated_at"),
}
# What visitors type first: each must be in stock under its own name.
OBVIOUS = (
    *(
        "rain jacket",
        "down jacket",
        "fleece jacket",
        "jeans",
        "hoodie",
        "sweater",
        "coat",
        "dress",
        "t-shirt",
        "sneakers",
    ),
    *("espresso machine", "coffee maker", "kettle", "toaster", "blender", "frying pan", "knife", "vacuum cleaner"),
    *("table lamp", "sofa", "armchair", "curtains", "blanket", "throw", "pillow", "mug", "candle", "tent"),
    *("sleeping bag", "backpack", "laptop", "tablet", "monitor", "keyboard", "mouse", "charger", "power bank", "cable"),
    *("smartphone", "headphones", "camera", "drone", "puzzle", "building bricks", "board game", "doll", "teddy bear"),
    *("bicycle", "bicycle helmet", "football", "soccer ball", "basketball", "dumbbell", "yoga mat", "perfume"),
    *("lipstick", "shampoo", "hair dryer", "sunscreen", "necklace", "ring", "earrings", "bracelet", "watch"),
    *("tyre", "car charger", "floor mats", "jump starter", "cookbook", "thriller", "novel", "notebook", "gift card"),
    *("dog toy", "cat toy"),
)
NO_NPM = "npm-that-is-not-installed"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return list(read_catalogue())


def words(row: Row) -> str:
    return " ".join([row["name"], row["description"], *row["tags"], *row["features"]]).lower()


def found(rows: list[dict[str, Any]], *terms: str, test: Callable[[Row], bool] = lambda _: True) -> set[str]:
    """Families in stock whose words hold every term and that pass the test."""
    return {
        row["parent_id"] for row in rows if row["in_stock"] and all(term in words(row) for term in terms) and test(row)
    }


def gift_under_100(row: Row) -> bool:
    fits = row["target_gender"] in {"female", "unisex"} and row["target_age"] in {"adults", "seniors"}
    return fits and Decimal(row["price"]) < 100 and "mothers_day" in row["occasions"]


def test_counts(rows: list[dict[str, Any]]) -> None:
    products, families = Counter(row["category"] for row in rows), {row["parent_id"] for row in rows}
    assert len(rows) >= 900
    assert len(families) >= 250
    assert set(products) == {category.value for category in Category}
    assert min(products.values()) >= 40
    assert len({row["brand"] for row in rows}) >= 55
    assert 0.04 < sum(not row["in_stock"] for row in rows) / len(rows) < 0.15


def test_ids_and_names_are_unique(rows: list[dict[str, Any]]) -> None:
    for key in ("product_id", "name"):
        counts = Counter(row[key] for row in rows)
        assert [value for value, count in counts.items() if count > 1] == []
    assert all(row["product_id"].startswith(f"{row['parent_id']}-") for row in rows)


def test_rows_have_the_fields_and_their_enumerations(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert set(row) == FIELDS
        assert row["target_gender"] in set(Gender)
        assert row["target_age"] in set(AgeGroup)
        assert set(row["occasions"]) <= set(OCCASIONS)
        assert row["specifications"]["color"] in COLORS
        assert row["in_stock"] == (row["stock_quantity"] > 0)
        assert row["images"] == [f"/pictures/{row['product_id']}.webp"]
        assert 2.9 <= row["rating"] <= 4.9
    assert min(row["rating"] for row in rows) < 3.2
    # Names reach feeds and JSON as plain values, not as members of an enumeration.
    assert all(type(row[key]) is str for row in rows for key in ("category", "target_gender", "target_age"))


def test_rows_are_valid_products(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        product = Product.model_validate(row)
        assert str(product.price) == row["price"]
        assert product.specifications.keys() == row["specifications"].keys()


def test_prices_are_exact_and_of_every_range(rows: list[dict[str, Any]]) -> None:
    prices = [Decimal(row["price"]) for row in rows]
    assert [row["price"] for row in rows] == [f"{price:.2f}" for price in prices]
    for low, high, least in ((0, 25, 80), (25, 100, 150), (100, 500, 80), (500, 2000, 20), (2000, 10**6, 10)):
        assert sum(low <= price < high for price in prices) >= least


def test_dates_are_fixed_and_spread_over_two_years(rows: list[dict[str, Any]]) -> None:
    created = [datetime.fromisoformat(row["created_at"]) for row in rows]
    updated = [datetime.fromisoformat(row["updated_at"]) for row in rows]
    assert all(moment.tzinfo == UTC for moment in created + updated)
    assert all(first <= last for first, last in zip(created, updated, strict=True))
    assert timedelta(days=600) < max(created) - min(created) < timedelta(days=731)
    assert list(read_catalogue()) == rows


def test_descriptions_are_full_and_families_do_not_share_them() -> None:
    descriptions = [family.description for _, family in read_families()]
    assert len(set(descriptions)) == len(descriptions)
    openings = Counter(" ".join(text.split()[:3]) for text in descriptions)
    assert max(openings.values()) <= 3
    for text in descriptions:
        assert 120 <= len(text) <= 500
        assert text.endswith(".")


def test_a_specification_key_has_one_type(rows: list[dict[str, Any]]) -> None:
    kinds: dict[str, set[type]] = {}
    for row in rows:
        for key, value in row["specifications"].items():
            kinds.setdefault(key, set()).add(float if type(value) is int else type(value))
    assert {key: types for key, types in kinds.items() if len(types) > 1} == {}
    units = ("_g", "_l", "_ml", "_cm", "_mm", "_hours", "_inches", "_gb", "_w", "_years")
    assert all(kinds[key] == {float} for key in kinds if key.endswith(units))


def test_gifts_for_the_dialogue_are_there(rows: list[dict[str, Any]]) -> None:
    """A hiking mother, under 100 dollars; fitness or health; cooking enthusiasts."""
    assert len(found(rows, "hiking", test=gift_under_100)) >= 8
    assert len(found(rows, "fitness", test=gift_under_100) | found(rows, "health", test=gift_under_100)) >= 8
    assert len(found(rows, "cooking", test=gift_under_100)) >= 6


def test_direct_searches_have_their_product(rows: list[dict[str, Any]]) -> None:
    assert found(rows, "hiking", "backpack", "waterproof")
    assert found(rows, "kitchen", "knives", "professional")
    assert found(rows, "fitness", "tracker", "heart rate")


@pytest.mark.parametrize("thing", OBVIOUS)
def test_the_obvious_words_name_a_product(rows: list[dict[str, Any]], thing: str) -> None:
    name = re.compile(rf"\b{thing}s?\b", re.IGNORECASE)
    assert any(name.search(row["name"]) for row in rows if row["in_stock"])


@pytest.mark.parametrize("thing", ["laptop", "headphones", "smartphone"])
def test_there_is_something_to_compare(rows: list[dict[str, Any]], thing: str) -> None:
    families = {
        row["parent_id"]: row["specifications"] for row in rows if row["specifications"]["product_type"] == thing
    }
    assert len(families) >= 3
    assert len(set.intersection(*(set(specifications) for specifications in families.values()))) >= 5


def test_look_alikes_are_there(rows: list[dict[str, Any]]) -> None:
    types = {
        family: kind for row in rows for family, kind in [(row["parent_id"], row["specifications"]["product_type"])]
    }
    assert {types[name] for name in found(rows, "phone")} >= {"smartphone", "phone case", "headphones"}
    assert {types[name] for name in found(rows, "laptop")} >= {"laptop", "backpack"}
    assert {types[name] for name in found(rows, "red", "glass")} >= {"wine glasses", "tumblers"}
    assert any(row["brand"] == "Indigo & Oak" and row["specifications"]["color"] == "black" for row in rows)


def test_every_picture_is_there_without_npm(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    folder, said = tmp_path / "demo" / "pictures", list[str]()
    report = prepare_pictures(rows, folder, said.append, npm=NO_NPM)
    assert report.made == len(rows)
    assert report.placeholders > 0
    assert "npm is not installed" in report.note
    assert "npm is not installed" in said[0]
    for row in rows:
        with Image.open(folder / Path(row["images"][0]).name) as picture:
            assert (picture.format, picture.size) == ("WEBP", (256, 256))


def test_pictures_that_are_there_are_kept_and_lost_ones_made_again(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    some = rows[:40]
    prepare_pictures(some, tmp_path / "pictures", lambda _: None, npm=NO_NPM)
    lost = tmp_path / "pictures" / f"{some[3]['product_id']}.webp"
    before = lost.read_bytes()
    lost.unlink()
    report = prepare_pictures(some, tmp_path / "pictures", lambda _: None, npm=NO_NPM)
    assert (report.made, report.kept) == (1, 39)
    assert lost.read_bytes() == before
    assert not list((tmp_path / "pictures").glob(".*"))


def test_a_damaged_manifest_makes_all_pictures_anew(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    prepare_pictures(rows[:5], tmp_path / "pictures", lambda _: None, npm=NO_NPM)
    (tmp_path / "pictures" / "manifest.json").write_text('{"half')
    assert prepare_pictures(rows[:5], tmp_path / "pictures", lambda _: None, npm=NO_NPM).made == 5


def test_a_damaged_render_is_removed_and_named(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    renders = tmp_path / "renders"
    renders.mkdir()
    for _, family in read_families():
        (renders / f"{family.picture}.webp").write_bytes(b"not a picture")
    source = next(family.picture for _, family in read_families() if family.id == rows[0]["parent_id"])
    with pytest.raises(RendersUnavailable, match=f"{source} was damaged"):
        prepare_pictures(rows[:1], tmp_path / "pictures", lambda _: None, npm=NO_NPM)
    assert not (renders / f"{source}.webp").exists()


def test_an_npm_that_fails_is_quoted(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error network is unreachable' >&2\nexit 1\n")
    npm.chmod(0o755)
    report = prepare_pictures(rows[:3], tmp_path / "pictures", lambda _: None, npm=str(npm))
    assert report.placeholders == 3
    assert "network is unreachable" in report.note


def test_renders_replace_placeholders_once_npm_works(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    """The package is built here, with one plain square for every render, and served by a stand-in for npm."""
    prepare_pictures(rows[:3], tmp_path / "pictures", lambda _: None, npm=NO_NPM)
    square, package, npm = tmp_path / "square.webp", tmp_path / "package.tgz", tmp_path / "npm"
    Image.new("RGBA", (256, 256), (200, 30, 40, 255)).save(square)
    with tarfile.open(package, "w:gz") as archive:
        for code in {family.picture for _, family in read_families()}:
            archive.add(square, f"package/assets/{code}.webp")
        archive.add(square, "package/assets/../../../outside.webp")
    npm.write_text(f"#!/bin/sh\ncp '{package}' ./fetched.tgz\n")
    npm.chmod(0o755)
    report = prepare_pictures(rows[:3], tmp_path / "pictures", lambda _: None, npm=str(npm))
    assert (report.made, report.placeholders, report.note) == (3, 0, "")
    assert not list(tmp_path.rglob("outside.webp"))
    # From now on npm is not needed.
    assert prepare_pictures(rows[:3], tmp_path / "pictures", lambda _: None, npm=NO_NPM).kept == 3


def test_every_picture_source_can_be_drawn_or_fetched() -> None:
    drawn = {family.picture for _, family in read_families() if family.picture.startswith("drawn:")}
    assert {name.removeprefix("drawn:") for name in drawn} == set(DRAWINGS)


@pytest.mark.parametrize("color", sorted(set(COLORS) - {"multicolor"}))
def test_a_tinted_picture_is_nearest_to_its_own_color(color: str) -> None:
    pixels = np.asarray(Tintable(DRAWINGS["dumbbell"](), "colored").tint(color), dtype=float)
    plates = np.asarray(Tintable(DRAWINGS["dumbbell"](), "colored").tint("multicolor"), dtype=float)
    body = (plates[..., 3] > 250) & (plates[..., 0] - plates[..., 1] > 90)
    average = np.median(pixels[body][:, :3], axis=0)
    nearest = min(RAMPS, key=lambda name: float(np.abs(average - np.array(RAMPS[name][1])).sum()))
    assert nearest == color


def changed(folder: Path, category: str, old: str, new: str) -> Path:
    """A copy of the data files, the first `old` of one of them replaced; without `old`, that file is `new`."""
    for path in FAMILIES.glob("*.yaml"):
        text = path.read_text("utf-8")
        if path.stem == category:
            assert old in text
            text = text.replace(old, new, 1) if old else new
        (folder / path.name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("category", "old", "new", "says"),
    [
        ("books", 'price: "28.00"\n', "price: 28.00\n", "books.yaml, the-slow-pot-cookbook: price"),
        ("gifts", "color: red,", "color: crimson,", "gifts.yaml, ribbon-rye-surprise-box: variants.0.color"),
        ("jewelry", "[wedding,", "[easter,", "jewelry.yaml, aurivane-solitaire-ring: occasions.0"),
        ("automotive", "pieces: 82", "pieces: many", "torquefield-garage-toolbox: specification pieces"),
        ("toys_games", "30 cm: 70", "35 cm: 70", "toys_games.yaml, tumblewick-barnaby-bear: the family"),
        ("clothing", "maren-vale-evening-dress", "maren-vale-meadow-dress", "another family has this id"),
        ("electronics", "Night Blue", "Moon Silver", "both novalyx-slate-14-512-gb-moon-silver"),
        ("sports_outdoors", "pockets: 7", "color: red", "['color'] are filled from the variant"),
        ("home_garden", "- id:", "[", "home_garden.yaml is not readable YAML"),
        ("health_beauty", "", "", "health_beauty.yaml must hold a list"),
    ],
)
def test_wrong_data_is_refused_with_its_place(tmp_path: Path, category: str, old: str, new: str, says: str) -> None:
    with pytest.raises(CatalogueError) as refusal:
        list(read_catalogue(changed(tmp_path, category, old, new)))
    assert says in str(refusal.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"electronics\.yaml is missing"):
        list(read_catalogue(tmp_path))


def test_the_command_writes_json_lines(
    rows: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "demo.jsonl"
    assert main(["--out", str(target)]) == 0
    assert [json.loads(line) for line in target.read_text("utf-8").splitlines()] == rows
    assert str(len(rows)) in capsys.readouterr().out.splitlines()[-1]
    assert main(["--out", str(tmp_path / "no folder" / "demo.jsonl")]) == 1
    assert capsys.readouterr().err.startswith("error: ")
