"""What a search sends to Elasticsearch: the whole body, for each kind of search. And what a wrong one is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.problems import BadRequest
from app.search.cursor import Cursor
from app.search.query import SearchQuery, build, from_parameters
from app.search.retrieval import build_body, tail_body
from app.search.signals import signals_of
from app.search.vector import LOOK, MEANING, Neighbours, Probe
from app.settings import ServiceSettings
from es.mappings.products import SCHEMA_VERSION
from shop.products.reader import CatalogueFacts
from tests.golden.conftest import BODIES

FACTS = CatalogueFacts(
    index="shop-products-g1",
    schema_version=SCHEMA_VERSION,
    text_model="fake-4@000000000000",
    text_dims=4,
    products=1000,
    attributes={"color": 900, "size": 800, "weight": 700, "waterproof": 10},
    number_attributes=frozenset({"weight"}),
)
VECTOR = np.array([0.5, 0.5, 0.5, 0.5], np.float32)
PROBES = [Probe(MEANING, VECTOR, Neighbours(k=10, candidates=50, floor=0.2))]
LOOKS = [Probe(LOOK, np.array([0.6, 0.8], np.float32), Neighbours(k=5, candidates=20, floor=0.25))]
BY_SCORE = Cursor("0" * 12, (3.5, "p7")).encode()
BY_PRICE = Cursor("0" * 12, (19990, "p7")).encode()

SEARCHES = {
    "browse": "",
    "browse_second_page": "page=2&size=12",
    "browse_by_cursor": f"cursor={Cursor('0' * 12, (1, 50, 'p7')).encode()}",
    "browse_filtered": "category=electronics&in_stock=true",
    "words": "q=hiking backpack",
    "words_lexical": "q=hiking backpack&mode=lexical",
    "words_semantic": "q=hiking backpack&mode=semantic",
    "words_rrf": "q=hiking backpack&fusion=rrf",
    "words_third_page": "q=hiking backpack&page=3&size=10",
    "words_no_hits": "q=hiking backpack&size=0&facets=brand",
    "words_by_price": "q=hiking backpack&sort=price_asc",
    "words_by_price_second_page": "q=hiking backpack&sort=price&page=2&size=5",
    "words_by_price_by_cursor": f"q=hiking backpack&sort=price:desc&cursor={BY_PRICE}",
    "words_by_rating": "q=hiking backpack&sort=rating",
    "words_newest": "q=hiking backpack&sort=newest",
    "words_popular": "q=hiking backpack&sort=popularity",
    "deep_page": f"q=hiking backpack&size=10&cursor={BY_SCORE}",
    "deep_page_filtered": f"q=hiking backpack&color=red&facets=color&size=10&cursor={BY_SCORE}",
    "one_value": "brand=Northpeak",
    "several_values": "brand=Northpeak&brand=Acme&category=Electronics&category=books",
    "every_built_in_filter": "shop_category=Men/Tops&gender=female&age=adults&occasion=Birthday&tags=eco&currency=EUR"
    "&group_id=f1&min_rating=4&in_stock=false",
    "prices": "min_price=10&max_price=19.99",
    "prices_finer_than_thousandths": "min_price=9.9995&max_price=19.9999",
    "price_ranges": "price_range=budget&price_range=luxury",
    "attributes": "color=Red&color=blue&waterproof=true",
    "attribute_by_another_spelling": "colour=Red&attr.Colour=blue",
    "attribute_of_a_reserved_name": "attr.size=XL&size=5",
    "attribute_range": "min_weight=-2.5&max_weight=12",
    "attribute_open_range": "min_weight=0",
    "left_out": "q=backpack&color=blue&not_color=red&not_brand=Acme&not_words=frame&facets=color",
    "facets": "q=backpack&facets=brand,category,color,attr.size,price_range,rating,in_stock,tags&facet_size=5",
    "facets_multi_select": "q=backpack&facets=brand,color,price_range,in_stock,rating&brand=Acme&color=red&color=blue"
    "&price_range=budget&in_stock=true&min_rating=4&max_price=100&category=books",
    "ranges": "price=..19.999&price=100..500&weight=0.5..2&rating=4..&facets=brand",
    "families": "q=hiking backpack&group=parent&page=3&size=10",
    "families_browsed": "group=parent&page=2&size=12",
    "families_counted": "q=hiking backpack&group=parent&mode=lexical&facets=brand,color,price_range&color=red&size=0",
    "lucene_syntax": 'q=name:"x" AND (price:[1 TO *] OR -brand?~2) \\ / {!}',
    "control_characters": "q=red\x00\x1f\tshoe \u200b🎒",
}  # fmt: skip


def query_of(parameters: str) -> SearchQuery:
    pairs = [pair.partition("=")[::2] for pair in parameters.split("&") if pair]
    return from_parameters(pairs, FACTS)


@pytest.mark.parametrize("name", SEARCHES)
def test_body(name: str, golden: Callable[[str, Any], None]) -> None:
    query = query_of(SEARCHES[name])
    golden(name, build_body(query, PROBES if query.uses_vectors else []))


@pytest.mark.parametrize("name", [name for name in SEARCHES if name.startswith("deep_page") and "semantic" not in name])
def test_tail_body(name: str, golden: Callable[[str, Any], None]) -> None:
    golden(f"{name}_tail", tail_body(query_of(SEARCHES[name]), PROBES))


def test_without_a_vector_words_do_it_alone(golden: Callable[[str, Any], None]) -> None:
    golden("words_degraded", build_body(query_of("q=hiking backpack"), []))


EXAMPLES: dict[str, tuple[dict[str, Any], list[Probe]]] = {
    "words_and_look": ({"q": "hiking backpack", "facets": ["color"]}, [*PROBES, *LOOKS]),
    "picture": ({"image": b"a picture"}, LOOKS),
    "picture_with_words": ({"q": "blue", "image": b"a picture", "size": 5}, LOOKS),
    "picture_without_a_model": ({"image": b"a picture"}, []),
    "picture_without_a_model_with_words": ({"q": "blue", "image": b"a picture"}, []),
    "picture_by_price": ({"image": b"a picture", "sort": "price_asc"}, LOOKS),
    "liked": ({"like": ["p1", {"product_id": "p2", "weight": -0.5}]}, [*PROBES, *LOOKS]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_body_with_pictures(name: str, golden: Callable[[str, Any], None]) -> None:
    own, probes = EXAMPLES[name]
    golden(name, build_body(build(own, {"color": ["red"]}, FACTS), probes))


def test_what_signals_need_comes_with_the_hits_that_are_fused(golden: Callable[[str, Any], None]) -> None:
    wanted = signals_of(ServiceSettings(_env_file=None, signal_freshness=0.1, signal_margin=0.1)).fetched
    golden("words_with_signals", build_body(query_of("q=hiking backpack"), PROBES, wanted))
    by_price = query_of("q=hiking backpack&sort=price_asc")
    assert build_body(by_price, PROBES, wanted) == build_body(by_price, PROBES)


def test_every_golden_file_is_compared() -> None:
    tails = {f"{name}_tail" for name in SEARCHES if name.startswith("deep_page") and "semantic" not in name}
    assert {Path(path).stem for path in BODIES.glob("*.json")} == {
        *SEARCHES,
        *EXAMPLES,
        *tails,
        "words_degraded",
        "words_with_signals",
    }


@pytest.mark.parametrize(
    ("parameters", "parameter", "message"),
    [
        ("brnad=x", "brnad", 'There is no filter or parameter "brnad". There are: category, shop_category, brand'),
        ("brnad=x", "brnad", "color, attr.size, weight, waterproof"),
        ("facets=colr", "facets", 'There is no facet "colr". There are: category'),
        ("facets=group_id", "facets", 'There is no facet "group_id"'),
        ("price=50..10", "price", "takes ranges such as price=10..50"),
        ("weight=1..2&weight=12", "weight", "takes ranges such as weight=10..50"),
        ("facets=" + ",".join(f"f{i}" for i in range(31)), "facets", "31 facets are too many; ask for at most 30"),
        ("facet_size=0", "facet_size", "facet_size is 0; it must be from 1 to 1000"),
        ("category=shoes", "category", 'category has no value "shoes"; there are: electronics, clothing'),
        ("price_range=cheap", "price_range", "there are: budget, affordable, moderate, premium, luxury"),
        ("price=5", "price", "price takes ranges such as price=10..50; or use min_price and max_price"),
        ("min_price=20&max_price=10", "min_price", "min_price (20) is above max_price (10); swap them"),
        ("min_price=-1", "min_price", "must not be negative"),
        ("min_price=NaN", "min_price", "must be one plain number"),
        ("max_price=inf", "max_price", "must be one plain number"),
        ("max_price=1e400", "max_price", "must be one plain number"),
        ("max_price=12€", "max_price", "must be one plain number"),
        ("min_price=1&min_price=2", "min_price", "must be one plain number"),
        ("min_color=1", "min_color", "this attribute is not a number"),
        ("min_height=1", "min_height", "there is no such attribute. There are: "),
        ("in_stock=maybe", "in_stock", "must be true or false"),
        ("page=0", "page", "page is 0; it must be from 1"),
        ("page=-1", "page", "page is -1; it must be from 1"),
        ("page=1e9", "page", "must be a whole number"),
        ("page=42&size=24", "page", "Pages reach to result 1000; go deeper with cursor="),
        ("page=99999999999999999999999", "page", "must be a whole number"),
        ("size=-1", "size", "size is -1; it must be from 0 to 200"),
        ("size=201", "size", "size is 201; it must be from 0 to 200"),
        ("size=٣", "size", "must be a whole number"),
        ("size=", "size", "must be a whole number"),
        ("size=5&size=6", "size", "size is given twice"),
        ("sort=best", "sort", 'sort cannot be "best"; there are: relevance, price_asc'),
        ("mode=psychic", "mode", "there are: hybrid, lexical, semantic"),
        ("fusion=cold", "fusion", "there are: convex, rrf"),
        ("group=family", "group", 'group cannot be "family"; there are: none, parent'),
        ("explain=perhaps", "explain", "must be true or false"),
        ("cursor=abc", "cursor", "must be the next_cursor of an earlier answer"),
        ("q=" + "x" * 10_001, "q", "longer than 10000 bytes"),
        ("q=" + "é" * 5_001, "q", "longer than 10000 bytes"),
        ("color=" + "x" * 513, "color", "more than 512 characters"),
        ("&".join(f"color=c{i}" for i in range(101)), "color", "101 values; at most 100"),
        ("color=\x00", "color", "needs a value"),
        ("color=  ", "color", "needs a value"),
    ],
)
def test_what_is_wrong_is_told(parameters: str, parameter: str, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        query_of(parameters)
    told = [text for name, text in caught.value.errors if name == parameter]
    assert any(message in text for text in told), caught.value.errors


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(BadRequest) as caught:
        query_of("size=-1&sort=best&brnad=x&min_price=a&facets=nope&mode=x")
    assert {name for name, _ in caught.value.errors} == {"size", "sort", "brnad", "min_price", "facets", "mode"}
