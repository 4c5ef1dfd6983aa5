"""Queries are sorted into the classes that their words say."""

from evaluate.search.classes import classes_of, names_a_brand

QUERIES = ["lamp", "iphone 7", "north peak tent", "peak design bag"]
MATCHES = {"lamp": 900, "iphone 7": 12, "north peak tent": 3, "peak design bag": 40}


def test_every_query_is_in_one_class_of_each_kind() -> None:
    found = classes_of(QUERIES, brands=["North Peak", ""], matches=MATCHES)
    assert found == {
        "broad": [0, 3],
        "narrow": [1, 2],
        "short (1 word)": [0],
        "middle (2 words)": [1],
        "long (3+ words)": [2, 3],
        "with brand": [2],
        "without brand": [0, 1, 3],
        "with numbers": [1],
        "without numbers": [0, 2, 3],
    }


def test_head_and_tail_need_frequencies() -> None:
    often = {"lamp": 60.0, "iphone 7": 30.0, "north peak tent": 10.0}
    found = classes_of(QUERIES, brands=[], matches=MATCHES, frequencies=often)
    # The lamp alone makes more than half of the searches; what nobody searched for is in the tail.
    assert found["head"] == [0]
    assert found["tail"] == [1, 2, 3]


def test_frequencies_of_nothing_make_no_head() -> None:
    found = classes_of(QUERIES, brands=[], matches=MATCHES, frequencies=dict.fromkeys(QUERIES, 0.0))
    assert "head" not in found
    assert found["tail"] == [0, 1, 2, 3]


def test_a_brand_is_named_by_all_its_words_in_their_order() -> None:
    brands = {("black", "decker"), ("lg",)}
    assert names_a_brand("Black+Decker drill", brands)
    assert names_a_brand("55 inch LG", brands)
    assert not names_a_brand("decker black", brands)
    assert not names_a_brand("black drill", brands)
    assert not names_a_brand("", brands)
