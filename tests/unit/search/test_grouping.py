"""Which variant stands for its family in a fused list."""

from base64 import b64encode

import orjson

from app.search.fusion import Candidate, Convex
from app.search.grouping import fused_families
from app.search.hit import Hit


def variant(product_id: str, cosine: float, *, in_stock: bool = True, family: str = "") -> Hit:
    card = b64encode(orjson.dumps({"product_id": product_id, "in_stock": in_stock})).decode()
    return Hit(Candidate(product_id, 0.0, cosine, near=True), card, (product_id,), family or product_id[0])


def leads(*hits: Hit) -> list[str]:
    return [lead.hit.candidate.product_id for lead in fused_families(hits, Convex(0.0))]


def test_the_best_variant_stands_for_its_family() -> None:
    assert leads(variant("a1", 0.7), variant("a2", 0.8), variant("b1", 0.75)) == ["a2", "b1"]


def test_one_that_is_sold_out_gives_way_to_one_that_is_nearly_as_good() -> None:
    assert leads(variant("a1", 0.80, in_stock=False), variant("a2", 0.79), variant("a3", 0.78)) == ["a2"]


def test_one_that_is_much_better_stays() -> None:
    """What was asked for by its colour is shown in that colour, sold out or not."""
    assert leads(variant("a1", 0.8, in_stock=False), variant("a2", 0.6)) == ["a1"]


def test_where_all_are_sold_out_the_best_stays() -> None:
    assert leads(variant("a1", 0.8, in_stock=False), variant("a2", 0.79, in_stock=False)) == ["a1"]


def test_a_family_has_the_place_of_the_variant_that_is_shown() -> None:
    sold_out, other = variant("a1", 0.80, in_stock=False), variant("b1", 0.79)
    assert leads(sold_out, variant("a2", 0.78), other) == ["b1", "a2"]
    assert leads(sold_out, other) == ["a1", "b1"]
