"""What others script against: names, values and messages of the search API over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.factory import product
from tests.shops import api, shop_of

pytestmark = pytest.mark.needs_es

PRODUCTS = [
    product(
        "pack-green",
        name="Summit hiking backpack",
        price="19.99",
        brand="Northpeak",
        category="sports_outdoors",
        rating=4.5,
        review_count=10,
        images=["https://shop.example/pack.png", "https://shop.example/2.png"],
        specifications={"Colour": "Green", "Size": "L", "weight": 900, "fusion": "wool", "min_age": 3},
        parent_id="pack",
        created_at="2024-01-01T00:00:00Z",
        tags=["Eco"],
        occasions=["birthday"],
        target_gender="male",
        target_age="adults",
        categories=["Outdoor/Packs"],
    ),
    product(
        "pack-red",
        name="Summit hiking backpack",
        price="20",
        brand="Northpeak",
        category="sports_outdoors",
        specifications={"color": "red", "size": "xl", "weight": 1200.5},
        parent_id="pack",
        in_stock=False,
        rating=5,
        review_count=1,
        created_at="2025-01-01T00:00:00Z",
    ),
    product("knife", name="Chef's knife set", price="99.995", brand="Acme & Söhne", review_count=99),
    product("the-who", name="The Who: the album", price="0", category="books", rating=3),
    product("a/b", name="Odd id", price="2000", brand="", description="name:x AND (y OR z)~2"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def face(es_url: str) -> AsyncIterator[httpx.AsyncClient]:
    with shop_of(es_url, PRODUCTS) as engine:
        async with api(engine) as client:
            yield client


async def ids(client: httpx.AsyncClient, **parameters: Any) -> list[str]:  # noqa: ANN401
    response = await client.get("/api/search", params=parameters)
    assert response.status_code == 200, response.text
    return [hit["product_id"] for hit in response.json()["hits"]]


async def told(client: httpx.AsyncClient, **parameters: Any) -> str:  # noqa: ANN401
    """The message of the one wrong parameter."""
    response = await client.get("/api/search", params=parameters)
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == "/problems/invalid-parameter"
    assert len(problem["errors"]) == 1, problem
    return str(problem["errors"][0]["message"])


async def test_an_answer_has_the_names_of_its_face(face: httpx.AsyncClient) -> None:
    body = (await face.get("/api/search", params={"q": "hiking backpack", "facets": "brand,category"})).json()
    assert set(body) == {
        "search_id", "total", "took_ms", "hits", "facets", "understood", "degraded", "next_cursor",
            "did_you_mean", "corrected", "relaxation", "rules", "redirect",
    }  # fmt: skip
    assert body["total"] == 2
    assert body["understood"] == {"text": "hiking backpack", "constraints": []}
    assert body["degraded"] == []
    assert body["facets"]["brand"] == [{"value": "Northpeak", "count": 2, "selected": False}]
    green = next(hit for hit in body["hits"] if hit["product_id"] == "pack-green")
    assert 0 < green.pop("score") <= 1
    assert green == {
        "product_id": "pack-green",
        "parent_id": "pack",
        "name": "Summit hiking backpack",
        "price": 19.99,
        "currency": "USD",
        "brand": "Northpeak",
        "category": "sports_outdoors",
        "rating": 4.5,
        "review_count": 10,
        "in_stock": True,
        "image": "https://shop.example/pack.png",
    }


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ([], {}),
        ([("q", "hiking backpack")], {"q": "hiking backpack"}),
        (
            [("q", "summit"), ("brand", "Northpeak"), ("color", "red"), ("color", "green"), ("facets", "color,brand")],
            {"q": "summit", "filters": {"brand": "Northpeak", "color": ["red", "green"]}, "facets": ["color", "brand"]},
        ),
        (
            [("min_price", "1"), ("max_price", "20"), ("in_stock", "true"), ("sort", "price")],
            {"filters": {"price": {"min": 1, "max": 20}, "in_stock": True}, "sort": "price"},
        ),
        ([("max_price", "20")], {"filters": {"max_price": 20.0}}),
        ([("weight", "900")], {"filters": {"weight": 900}}),
        ([("weight", "1200.5")], {"filters": {"weight": [1200.5]}}),
        (
            [("q", "summit"), ("mode", "lexical"), ("size", "1"), ("page", "2"), ("explain", "true")],
            {"q": "summit", "mode": "lexical", "size": 1, "page": 2, "explain": True},
        ),
    ],
)
async def test_get_and_post_are_one_search(
    face: httpx.AsyncClient, query: list[tuple[str, Any]], body: dict[str, Any]
) -> None:
    by_get = (await face.get("/api/search", params=httpx.QueryParams(query))).json()
    by_post = (await face.post("/api/search", json=body)).json()
    for answer in (by_get, by_post):
        del answer["search_id"], answer["took_ms"]
    assert by_get == by_post
    assert by_get["total"] > 0


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"brand": "northPEAK"}, {"pack-green", "pack-red"}),
        ({"brand": "acme & sohne"}, {"knife"}),
        ({"color": "GREEN"}, {"pack-green"}),
        ({"colour": "green"}, {"pack-green"}),
        ({"color": ["green", "Red"]}, {"pack-green", "pack-red"}),
        ({"attr.size": "XL"}, {"pack-red"}),
        ({"attr.fusion": "wool"}, {"pack-green"}),
        ({"attr.min_age": "3"}, {"pack-green"}),
        ({"tag": "eco"}, {"pack-green"}),
        ({"category": "SPORTS_outdoors"}, {"pack-green", "pack-red"}),
        ({"group_id": "pack"}, {"pack-green", "pack-red"}),
        ({"max_price": "19.99"}, {"pack-green", "the-who"}),
        ({"max_price": "19.989"}, {"the-who"}),
        ({"min_price": "19.99", "max_price": "20"}, {"pack-green", "pack-red"}),
        ({"min_price": "19.991"}, {"pack-red", "knife", "a/b"}),
        ({"min_price": "99.995", "max_price": "99.995"}, {"knife"}),
        ({"max_price": "99.99"}, {"pack-green", "pack-red", "the-who"}),
        ({"max_price": "0"}, {"the-who"}),
        ({"price_range": "budget"}, {"pack-green", "pack-red", "the-who"}),
        ({"price_range": ["Luxury", "affordable"]}, {"a/b", "knife"}),
        ({"price_range": "premium"}, set()),
        ({"min_rating": "4.5"}, {"pack-green", "pack-red"}),
        ({"max_rating": "4.5"}, {"pack-green", "the-who"}),
        ({"in_stock": "false"}, {"pack-red"}),
        ({"min_weight": "900.0", "max_weight": "1200.5"}, {"pack-green", "pack-red"}),
        ({"min_weight": "900.1"}, {"pack-red"}),
        ({"brand": ""}, {p.product_id for p in PRODUCTS}),
    ],
)
async def test_filters(face: httpx.AsyncClient, parameters: dict[str, Any], expected: set[str]) -> None:
    assert set(await ids(face, **parameters)) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["the-who", "pack-green", "pack-red", "knife", "a/b"]),
        ("price_asc", ["the-who", "pack-green", "pack-red", "knife", "a/b"]),
        ("price_desc", ["a/b", "knife", "pack-red", "pack-green", "the-who"]),
        ("-price", ["a/b", "knife", "pack-red", "pack-green", "the-who"]),
        ("rating", ["pack-red", "pack-green", "the-who", "knife", "a/b"]),
        ("newest", ["pack-red", "pack-green", "a/b", "knife", "the-who"]),
        ("popularity", ["knife", "pack-green", "pack-red", "a/b", "the-who"]),
        ("relevance", ["knife", "pack-green", "a/b", "the-who", "pack-red"]),
    ],
)
async def test_sort_orders(face: httpx.AsyncClient, sort: str, expected: list[str]) -> None:
    assert await ids(face, sort=sort) == expected


async def test_what_does_not_exist_is_answered_with_what_does(face: httpx.AsyncClient) -> None:
    message = await told(face, colr="red")
    assert message.startswith('There is no filter or parameter "colr". There are: category, ')
    for name in ("color", "attr.size", "attr.fusion", "weight", "min_price"):
        assert f" {name}" in message
    message = await told(face, facets="brand,colr")
    assert 'There is no facet "colr"' in message
    assert " color" in message
    listed = (await face.get("/api/search/filters")).json()
    assert {"brand", "color", "attr.size"} <= set(listed["filters"])
    assert listed["attributes"]["weight"] == {"products": 2, "number": True}
    assert listed["attributes"]["color"] == {"products": 2, "number": False}


async def test_every_listed_filter_and_facet_can_be_asked_for(face: httpx.AsyncClient) -> None:
    listed = (await face.get("/api/search/filters")).json()
    for name in listed["facets"]:
        body = (await face.get("/api/search", params={"facets": name})).json()
        assert len(body["facets"]) == 1, (name, body)
        assert body["facets"].popitem()[1], f"{name} has no values, though products have it"
    valid = {"category": "books", "gender": "male", "age": "adults", "price_range": "budget", "in_stock": "true"}
    for name in listed["filters"]:
        assert (await face.get("/api/search", params={name: valid.get(name, "1")})).status_code == 200, name


@pytest.mark.parametrize(
    "query",
    [
        "*", "?", "name:*", "hik*", '"hiking backpack"', "hiking AND backpack", "(a OR b)", "[1 TO 2]", "a~2", "a^9",
        "\\", "\\\\", "{", "}", "/x/", "!", "-knife", "+knife", "&&", "||", "<script>", "';--", "%00", "${x}", "{{x}}",
        "🎒", "👨‍👩‍👧‍👦", "\x00\x01\x02", "\u202e", "\ufeff", "the", "the of and", "   ", "\t\n", "ß", "İ",
        "a" * 10_000, "é" * 5_000, "x " * 5_000, "一 二 三", "מחשב", "0", "-0", "null", "true", "[]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["hybrid", "lexical", "semantic"])
async def test_whatever_a_person_types_is_words(face: httpx.AsyncClient, query: str, mode: str) -> None:
    for response in (
        await face.get("/api/search", params={"q": query, "mode": mode, "facets": "brand"}),
        await face.post("/api/search", json={"q": query, "mode": mode, "facets": ["brand"]}),
    ):
        assert response.status_code == 200, response.text
        assert response.json()["degraded"] == []


async def test_syntax_finds_what_its_words_find(face: httpx.AsyncClient) -> None:
    for written in ('"hiking" AND (backpack)', "+hiking -backpack", "hiking* backpack?", "name:hiking backpack~2"):
        found = await ids(face, q=written, mode="lexical", relax="false")
        words = written.replace("name:", "name ").replace("AND", "and").replace("~2", " 2")
        plain = "".join(c if c.isalnum() else " " for c in words)
        assert found == await ids(face, q=plain, mode="lexical", relax="false"), written
    # "hik*" is the word "hik", which nobody has; a wildcard would have found two.
    assert await ids(face, q="hik*", mode="lexical") == []
    assert await ids(face, q="*", mode="lexical") == []


async def test_stop_words_find_what_is_called_by_them(face: httpx.AsyncClient) -> None:
    assert await ids(face, q="the who", mode="lexical") == ["the-who"]


async def test_an_empty_query_browses_everything(face: httpx.AsyncClient) -> None:
    everything = await ids(face)
    assert len(everything) == len(PRODUCTS)
    for query in ("", "  ", "\x00", "\u200b"):
        assert await ids(face, q=query) == everything


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "invalid-json"),
        (b"not json", "invalid-json"),
        (b'{"q": ', "invalid-json"),
        (b"\xff\xfe", "invalid-"),
        (b"[]", "invalid-json"),
        (b'"x"', "invalid-json"),
        (b"null", "invalid-json"),
        (b'{"q": 5}', "invalid-parameter"),
        (b'{"q": null}', "invalid-parameter"),
        (b'{"q": ["x"]}', "invalid-parameter"),
        (b'{"qq": "x"}', "invalid-parameter"),
        (b'{"size": "many"}', "invalid-parameter"),
        (b'{"size": 1.5}', "invalid-parameter"),
        (b'{"size": 1e400}', "invalid-parameter"),
        (b'{"size": true}', "invalid-parameter"),
        (b'{"size": -1}', "invalid-parameter"),
        (b'{"page": 99999999999999999999999}', "invalid-parameter"),
        (b'{"filters": []}', "invalid-parameter"),
        (b'{"filters": {"color": null}}', "invalid-parameter"),
        (b'{"filters": {"color": []}}', "invalid-parameter"),
        (b'{"filters": {"color": [[]]}}', "invalid-parameter"),
        (b'{"filters": {"color": {"min": 1}}}', "invalid-parameter"),
        (b'{"filters": {"color": NaN}}', "invalid-parameter"),
        (b'{"filters": {"color": Infinity}}', "invalid-parameter"),
        (b'{"filters": {"color": 1' + b"0" * 600 + b"}}", "invalid-parameter"),
        (b'{"filters": {"color": "\\ud800"}}', "invalid-parameter"),
        (b'{"filters": {"\\ud800": "x"}}', "invalid-parameter"),
        (b'{"filters": {"price": {"\\ud800": 1}}}', "invalid-parameter"),
        (b'{"\\ud800": 1}', "invalid-parameter"),
        (b'{"sort": "\\ud800"}', "invalid-parameter"),
        (b'{"q": "\\ud800"}', "invalid-parameter"),
        (b'{"filters": {"price": 5}}', "invalid-parameter"),
        (b'{"filters": {"price": {"least": 5}}}', "invalid-parameter"),
        (b'{"filters": {"price": {"min": NaN}}}', "invalid-parameter"),
        (b'{"filters": {"price": {"min": "x"}}}', "invalid-parameter"),
        (b'{"filters": {"price": {"min": 9, "max": 1}}}', "invalid-parameter"),
        (b'{"filters": {"in_stock": 5}}', "invalid-parameter"),
        (b'{"facets": "brand"}', "invalid-parameter"),
        (b'{"facets": [1]}', "invalid-parameter"),
        (b'{"facets": ["nope"]}', "invalid-parameter"),
        (b'{"cursor": "nope"}', "invalid-parameter"),
        (b'{"size": ' + b"1" * 5000 + b"}", ""),
        (b"[" * 2000, ""),
        (b'{"filters": {"color": ' + b"[" * 500 + b"]" * 500 + b"}}", "invalid-parameter"),
        (b'{"filters": {"color": ' + b'{"min":' * 500 + b"1" + b"}" * 500 + b"}}", "invalid-parameter"),
    ],
)
async def test_a_wrong_body_is_refused_with_a_reason(face: httpx.AsyncClient, content: bytes, kind: str) -> None:
    response = await face.post("/api/search", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 400, response.text[:300]
    problem = response.json()
    assert problem["type"].startswith(f"/problems/{kind}")
    assert problem["detail"]


async def test_too_many_values_are_refused_and_not_tried(face: httpx.AsyncClient) -> None:
    filters = {name: [f"v{i}" for i in range(100)] for name in ("color", "attr.size", "weight", "brand", "tags")}
    assert (await face.post("/api/search", json={"filters": filters})).status_code == 200
    filters["occasion"] = ["one more"]
    response = await face.post("/api/search", json={"filters": filters})
    assert response.status_code == 400
    assert "at most 500" in response.text


async def test_explain_tells_how_a_hit_got_its_place(face: httpx.AsyncClient) -> None:
    for search in ({}, {"mode": "semantic"}, {"fusion": "rrf"}):
        hits = (await face.get("/api/search", params={"q": "hiking backpack", "explain": "true", **search})).json()[
            "hits"
        ]
        for hit in hits:
            why = hit["explanation"]
            assert why["ordered_by"] == "fusion"
            assert why["lexical_part"] + why["semantic_part"] == pytest.approx(hit["score"], abs=3e-6)
    hit = (await face.get("/api/search", params={"q": "summit", "explain": "1", "mode": "lexical"})).json()["hits"][0]
    assert hit["explanation"]["ordered_by"] == "lexical_score"
    assert hit["explanation"]["lexical_score"] == hit["score"] > 0
    hit = (await face.get("/api/search", params={"explain": "1", "sort": "price"})).json()["hits"][0]
    assert hit["explanation"]["ordered_by"] == "price_asc"
    assert hit["score"] is None


async def test_a_product_and_a_batch(face: httpx.AsyncClient) -> None:
    one = (await face.get("/api/products/pack-green")).json()
    assert one["price"] == 19.99
    assert one["image"] == "https://shop.example/pack.png"
    assert one["specifications"]["color"] == "Green"
    assert (await face.get("/api/products/a/b")).json()["name"] == "Odd id"
    assert (await face.get("/api/products/a%2Fb")).json()["name"] == "Odd id"
    asked = ["knife", "nope", "pack-red", "knife", "x" * 600, "\x00"]
    batch = (await face.post("/api/products/batch", json={"product_ids": asked})).json()
    assert [p["product_id"] for p in batch["products"]] == ["knife", "pack-red"]
    assert batch["missing"] == ["nope", "x" * 600, "\x00"]


@pytest.mark.parametrize("unknown", ["nope", "x" * 600, "%00", "%ED%A0%80", "%F0%9F%8E%92", "..", "%2e%2e%2f", " "])
async def test_an_unknown_product_is_404(face: httpx.AsyncClient, unknown: str) -> None:
    response = await face.get(f"/api/products/{unknown}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize(
    "content",
    [b"{}", b"[]", b'{"product_ids": []}', b'{"product_ids": "x"}', b'{"product_ids": [1]}',
     b'{"product_ids": ["\\ud800"]}',
     b'{"product_ids": [' + b",".join(b'"%d"' % i for i in range(201)) + b"]}"],
)  # fmt: skip
async def test_a_wrong_batch_is_refused(face: httpx.AsyncClient, content: bytes) -> None:
    response = await face.post("/api/products/batch", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 400, response.text


async def test_unknown_paths_and_methods_are_problems_too(face: httpx.AsyncClient) -> None:
    for method, path, status in (
        ("GET", "/api/nope", 404),
        ("DELETE", "/api/search", 405),
        ("PUT", "/health/live", 405),
    ):
        response = await face.request(method, path)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == status


async def test_a_request_keeps_its_id(face: httpx.AsyncClient) -> None:
    assert (await face.get("/health/live", headers={"x-request-id": "abc-1"})).headers["x-request-id"] == "abc-1"
    made = (await face.get("/health/live", headers={"x-request-id": "bad\tid" * 30})).headers["x-request-id"]
    assert len(made) == 16


async def test_search_is_asked_by_get_and_post_alone(face: httpx.AsyncClient) -> None:
    asked = await face.get("/api/search?q=backpack&facets=brand")
    posted = await face.post("/api/search", json={"q": "backpack", "facets": ["brand"]})
    own = ("search_id", "took_ms")
    assert {k: v for k, v in asked.json().items() if k not in own} == {
        k: v for k, v in posted.json().items() if k not in own
    }
    for method in ("HEAD", "PUT", "DELETE"):
        assert (await face.request(method, "/api/search")).status_code == 405
    assert 'route="/api/search"' in (await face.get("/metrics")).text
