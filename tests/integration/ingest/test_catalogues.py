"""Real catalogues through their mapping files. They are no part of the product; without them the tests are skipped."""

import os
from pathlib import Path

import pytest

from tests.integration.ingest.conftest import ROOT, Ingest

DATA = Path(os.environ.get("SHOPSCOUT_DATA") or ROOT / "../shared/data").resolve()


def load(ingest: Ingest, feed: str, mapping: str) -> dict[str, int]:
    """Loads one catalogue; how many live products each category has."""
    if not (DATA / feed).exists():
        pytest.skip(f"{feed} is not in {DATA}; set SHOPSCOUT_DATA to the folder of test data")
    done = ingest.run("load", str(DATA / feed), "--map", str(ROOT / f"ingest/examples/{mapping}.yaml"), "--strict")
    assert done.returncode == 0, done.stderr
    assert "no row has the columns" not in done.stdout
    ingest.client.indices.refresh(index=ingest.generations.alias)
    terms = {"terms": {"field": "category", "size": 20}}
    answer = ingest.client.search(index=ingest.generations.alias, size=0, aggs={"categories": terms})
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"]["categories"]["buckets"]}


def stored(ingest: Ingest, product_id: str) -> dict[str, object]:
    return dict(ingest.client.get(index=ingest.generations.alias, id=product_id)["_source"])


def test_chorus_electronics(ingest: Ingest) -> None:
    assert load(ingest, "search/chorus-electronics/products.jsonl.gz", "chorus-electronics") == {"electronics": 19406}
    toner = stored(ingest, "3920564")

    assert (toner["brand"], toner["price_milli"], toner["currency"]) == ("Xerox", 49_950, "USD")
    assert toner["identifiers"] == ["006R90321", "0095205603217"]
    assert str(toner["images"][0]).startswith("http://images.icecat.biz/img/gallery_mediums/")  # type: ignore[index]
    assert toner["attributes"]["quantity_per_pack"] == ["6"]  # type: ignore[index]
    black = {"term": {"attributes.color": {"value": "black", "case_insensitive": True}}}
    assert ingest.client.count(index=ingest.generations.alias, query=black)["count"] > 4437
    assert (
        ingest.client.count(index=ingest.generations.alias, query={"term": {"attributes.color": "true"}})["count"] == 0
    )


def test_retail_demo_store(ingest: Ingest) -> None:
    categories = load(ingest, "catalog/retail-demo-store/products.yaml", "retail-demo-store")
    backpack = stored(ingest, "6579c22f-be2b-444c-a52b-0116dd82df6c")

    assert sum(categories.values()) > 2200
    assert len(categories) == 9
    assert backpack["price_milli"] == 129_990
    assert (backpack["target_gender"], backpack["stock_quantity"], backpack["in_stock"]) == ("female", 15, True)
    assert backpack["category_paths"] == ["accessories", "accessories/backpack"]


def test_magento_luma(ingest: Ingest) -> None:
    categories = load(ingest, "catalog/magento-luma/products.csv", "magento-luma")
    hoodie = stored(ingest, "MH01")

    assert sum(categories.values()) == 191
    assert hoodie["specifications"]["color"] == ["Black", "Gray", "Orange"]  # type: ignore[index]
    assert hoodie["specifications"]["eco_collection"] is True  # type: ignore[index]
    assert (hoodie["target_gender"], hoodie["category"], hoodie["price_milli"]) == ("male", "clothing", 52_000)
    assert stored(ingest, "24-MB01")["rating"] == 2.5


def test_eshop(ingest: Ingest) -> None:
    categories = load(ingest, "catalog/eshop/catalog.json", "eshop")

    assert categories == {"sports_outdoors": 78, "clothing": 23}
    assert stored(ingest, "1")["images"] == ["pics/1.webp"]


def test_the_demo_is_loaded_once(ingest: Ingest) -> None:
    first = ingest.run("demo", "--no-pictures")
    second = ingest.run("demo", "--no-pictures")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "0 rejected" in first.stdout
    assert "live already" in second.stdout
    assert "events of invented shoppers" in first.stderr
    assert "events of invented shoppers" not in second.stderr
    assert len(ingest.live()) >= 400
