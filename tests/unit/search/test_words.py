"""Words that must be there, and words that only rank."""

from app.search.lexical import WORDS, words_query


def test_words_that_only_rank_are_no_condition() -> None:
    plain = words_query("jacket")
    found = words_query("jacket", also="red")
    assert plain["combined_fields"].pop("_name") == WORDS
    assert found["bool"]["must"] == [plain]
    assert found["bool"]["should"][0]["combined_fields"]["query"] == "red"
    # The name stands where the whole score is, once.
    assert found["bool"]["_name"] == WORDS
    assert "minimum_should_match" not in found["bool"]


def test_other_wordings_stay_together() -> None:
    found = words_query("couch", ["sofa"], also="green")
    assert len(found["bool"]["must"][0]["dis_max"]["queries"]) == 2
    assert "_name" not in found["bool"]["must"][0]["dis_max"]


def test_that_it_is_to_be_a_gift_is_no_condition() -> None:
    for text, asked, more in (
        ("hiking gift", "hiking", "gift"),
        ("Gifts for the garden", "garden", "Gifts"),
        ("present for gardener", "gardener", "present"),
    ):
        found = words_query(text)
        assert found["bool"]["must"][0]["combined_fields"]["query"] == asked
        assert found["bool"]["should"][0]["combined_fields"]["query"] == more
    for text in ("gift", "gift box", "gift card for mom", "a gift", "present"):
        assert "bool" not in words_query(text), text
