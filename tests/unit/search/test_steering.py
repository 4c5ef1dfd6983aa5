"""A search and the rules, on plain values: nothing changes where no rule applies, and what is sent where one does."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.continuing import fingerprint
from app.search.cursor import Cursor
from app.search.fusion import Candidate, Convex, Fused, ReciprocalRank, Weighed
from app.search.hit import Hit
from app.search.hits import Retrieved
from app.search.pinning import applied, page_with_pins, tell
from app.search.presentation import Page, ordered_page
from app.search.query import SearchQuery, Sort, from_parameters
from app.search.retrieval import build_body, rated_body
from app.search.steered import bodies, context_of, families_pins_body, from_the_top, steered, with_rules
from app.search.vector import LOOK, MEANING, Neighbours, Probe
from es.mappings.products import SCHEMA_VERSION
from shop.products.reader import CatalogueFacts
from shop.rules.document import MAX_PLACE
from shop.rules.matching import RuleSet
from shop.rules.plan import Pinned, plan
from tests.unit.rules.rule_factory import pin, rule

NOW = datetime(2026, 11, 27, tzinfo=UTC)
FACTS = CatalogueFacts(
    index="shop-products-g1",
    schema_version=SCHEMA_VERSION,
    text_model=None,
    text_dims=None,
    products=1000,
    attributes={"color": 900},
)


def asked(parameters: str) -> SearchQuery:
    return from_parameters([pair.partition("=")[::2] for pair in parameters.split("&")], FACTS)


def by(query: SearchQuery, *actions: dict[str, Any], **given: Any) -> SearchQuery:  # noqa: ANN401
    rules = RuleSet([rule("r", *actions, **given)])
    return steered(query, lambda context: plan(rules, NOW, context), FACTS)


def test_without_a_rule_that_applies_everything_is_the_very_same() -> None:
    query = asked("q=red sofa&page=2")
    assert by(query, when={"query_is": ["tent"]}) is query
    assert from_the_top(query) is query
    body = build_body(query, ())
    (sent,) = bodies(query, body, None)
    assert sent is body
    found = Retrieved([], 0, {})
    assert with_rules(query, found, []) is found
    answer: dict[str, Any] = {"hits": []}
    tell(answer, query, found)
    assert answer == {"hits": [], "rules": [], "redirect": None}


def test_rules_see_the_words_the_filters_and_who_asks() -> None:
    context = context_of(asked("q=red sofa&brand=Acme&category=books&shop_category=Men/Tops&device=mobile&segment=vip"))
    assert (context.surface, context.text, context.device, context.segment) == ("search", "red sofa", "mobile", "vip")
    assert dict(context.constraints) == {
        "brand": ("Acme",),
        "category": ("books",),
        "shop_category": ("Men/Tops",),
    }
    assert sorted(context.categories) == ["Men/Tops", "books"]


def test_a_cursor_outlives_a_change_of_the_rules() -> None:
    query = asked("q=red sofa")
    changed = by(query, {"type": "replace", "words": "sofa", "by": "couch"}, pin("p1"))
    assert changed.text == "red couch"
    assert fingerprint(changed) == fingerprint(query)


def test_a_filter_on_an_attribute_that_is_gone_is_left_out_and_told() -> None:
    query = by(asked("q=sofa"), {"type": "filter", "filters": {"vanished": ["x"]}}, rule().actions[0].model_dump())
    assert query.steering is not None
    assert query.steering.always == ()
    (told,) = query.steering.overruled
    assert (told.action, told.by) == ("filter", "")
    assert 'no filter or parameter "vanished"' in told.why
    assert {"id": "r", "action": "filter"} not in applied(query.steering, Retrieved([], 0, {}))


def test_one_request_more_for_pins_and_none_for_the_rest() -> None:
    query = asked("q=red sofa")
    body = build_body(query, ())
    hide = {"type": "hide", "products": {"product_ids": ["p1"]}}
    assert len(bodies(by(query, hide), body, None)) == 1
    assert len(bodies(by(query, pin("p1")), body, None)) == 2
    by_price = by(replace(query, sort=Sort.PRICE_ASC), pin("p1"))
    assert len(bodies(by_price, body, None)) == 1


@pytest.mark.parametrize(
    "parameters",
    [
        "q=red sofa",
        "q=red sofa&facets=brand,color&brand=Acme&color=red&min_price=5",
        "q=red sofa&mode=lexical",
        "q=red sofa&mode=semantic",
        "q=red sofa&fusion=rrf&page=2",
        "q=",
    ],
)
@pytest.mark.parametrize("spaces", [(), (MEANING,), (MEANING, LOOK)])
def test_pins_of_families_are_asked_what_the_list_asks_of_its_hits(parameters: str, spaces: tuple[Any, ...]) -> None:
    """Without the body of the list, which is built once they are known."""
    query = by(asked(f"{parameters}&group=parent"), pin("p1"))
    probes = [Probe(space, np.ones(8, dtype=np.float32), Neighbours(10, 20, 0.2)) for space in spaces]
    assert families_pins_body(query, rated_body(query, probes)) == families_pins_body(query, build_body(query, probes))


@given(
    st.lists(st.tuples(st.integers(0, 30), st.floats(0, 1)), max_size=30, unique_by=lambda pair: pair[0]),
    st.dictionaries(st.integers(0, 30).map(str), st.floats(0.1, 10)),
    st.sampled_from([Convex(0.7), ReciprocalRank()]),
)
def test_factors_multiply_and_change_nothing_else(
    scored: list[tuple[int, float]], factors: dict[str, float], fusion: Convex | ReciprocalRank
) -> None:
    candidates = [Candidate(str(n), words) for n, words in scored]
    plain = {place.candidate.product_id: place.score for place in fusion.fuse(candidates)}
    weighed = Weighed(fusion, factors).fuse(candidates)
    assert {p.candidate.product_id: p.score for p in weighed} == {i: s * factors.get(i, 1.0) for i, s in plain.items()}
    assert [p.score for p in weighed] == sorted((p.score for p in weighed), reverse=True)


def hit(number: int) -> Hit:
    product_id = f"p{number}"
    return Hit(Candidate(product_id, 1.0), "", (float(-number), product_id))


@given(
    st.integers(0, 80),
    st.sets(st.integers(1, MAX_PLACE), max_size=20),
    st.integers(1, 45),
)
def test_pages_with_pins_are_parts_of_one_list(length: int, places: set[int], size: int) -> None:
    """By page and by cursor, whatever the lengths, against the whole list put together at once."""
    base = [hit(n) for n in range(length)]
    pins = tuple((Pinned("r", f"pin{place}", place), hit(1000 + place)) for place in sorted(places))
    whole = list(base)
    for given_pin, pinned in pins:
        whole.insert(given_pin.place - 1, pinned)
    expected = [given_hit.candidate.product_id for given_hit in whole]

    def answered(query: SearchQuery) -> Page:
        """As Elasticsearch would: hits from the cursor or the offset on, one more than the page."""
        top = from_the_top(query)
        after = -1 if top.cursor is None or top.cursor.after is None else int(str(top.cursor.after[-1])[1:])
        hits = base[after + 1 :] if top.cursor else base[top.offset :]
        found = Retrieved(hits[: top.size + 1], length + len(pins), {}, pinned=pins)
        return page_with_pins(query, found, lambda part: ordered_page(part, found))

    query = by(SearchQuery(size=size), pin("p1"))
    listed: list[str] = []
    cursor: Cursor | None = None
    for page in range(200):
        current = query if cursor is None or cursor.after is None else replace(query, cursor=cursor)
        if cursor is not None and cursor.after is None:
            current = replace(query, offset=cursor.shown)
        answer = answered(current)
        ids = [shown.candidate.product_id for shown in answer.hits]
        assert ids == [shown.candidate.product_id for shown in answered(replace(query, offset=page * size)).hits]
        listed += ids
        cursor = answer.next_cursor
        if cursor is None:
            break
    assert listed == expected


def test_fused_places_are_kept_beside_pins() -> None:
    base = [hit(n) for n in range(3)]
    page = Page(base, [Fused(given_hit.candidate, 0.5, 0.5, 0.0) for given_hit in base], None)
    found = Retrieved(base, 3, {}, pinned=((Pinned("r", "x", 2), hit(9)),))
    cut = page_with_pins(by(SearchQuery("sofa", size=5), pin("x", 2)), found, lambda _: page)
    assert [given_hit.candidate.product_id for given_hit in cut.hits] == ["p0", "p9", "p1", "p2"]
    assert cut.places is not None
    assert [place.score for place in cut.places] == [0.5, 0.0, 0.5, 0.5]


@pytest.mark.parametrize("mode", ["lexical", "hybrid"])
def test_other_wordings_are_alternatives_of_one_named_query(mode: str) -> None:
    query = by(asked(f"q=red sofa&mode={mode}"), {"type": "synonyms", "phrases": ["sofa", "couch"]})
    words = build_body(query, ())["query"]["bool"]["must"][0]["dis_max"]
    assert words["_name"] == "words"
    assert [each["combined_fields"]["query"] for each in words["queries"]] == ["red sofa", "red couch"]
    assert not np.any(["_name" in each["combined_fields"] for each in words["queries"]])
