"""The API and the raw sides are asked for the same."""

from urllib.parse import parse_qs, urlsplit

import orjson

from app.settings import ServiceSettings
from embed.fake import FakeEmbedder
from evaluate.bench.workload import API, FACETS, OWN_BODY, SIDES, TWO_BODIES, workload


def test_filters_facets_neighbours_and_fields_are_the_same() -> None:
    settings = ServiceSettings(_env_file=None)
    made = workload(settings, "shop", FakeEmbedder(8, warn=False), searches=20, seed=1, path="/api/search")
    assert [len(made.calls[side]) for side in SIDES] == [20] * 3
    for api, two, own in zip(made.calls[API], made.calls[TWO_BODIES], made.calls[OWN_BODY], strict=True):
        asked = parse_qs(urlsplit(api.path).query)
        words, near = [orjson.loads(line) for line in two.body.splitlines()[1::2]]
        single = orjson.loads(own.body)
        low, high = (1000 * int(asked[name][0]) for name in ("min_price", "max_price"))
        filters = [{"range": {"price_milli": {"gte": low, "lte": high}}}, {"term": {"in_stock": True}}]
        of_words, of_meaning = single["query"]["bool"]["should"]
        neighbours = of_meaning["function_score"]["query"]["knn"]
        nearest = near["query"]["function_score"]["query"]["knn"]
        for given in (words["query"]["bool"]["filter"], nearest["filter"], of_words["bool"]["filter"]):
            assert sorted(map(str, given)) == sorted(map(str, filters))
        assert neighbours["filter"] == of_words["bool"]["filter"]
        assert words["query"]["bool"]["must"] == of_words["bool"]["must"]
        searched = words["query"]["bool"]["must"][0]["combined_fields"]["query"]
        assert searched
        assert set(searched.split()) <= set(asked["q"][0].split())
        assert nearest["query_vector"] == neighbours["query_vector"]
        assert nearest["k"] == neighbours["k"] == settings.knn_k
        assert nearest["num_candidates"] == neighbours["num_candidates"] == settings.knn_candidates
        assert set(words["aggs"]) == set(single["aggs"]) == set(FACETS)
        for key in ("stored_fields", "docvalue_fields"):
            assert words[key] == near[key] == single[key]
        assert two.path == "/shop-products/_msearch"
