"""Which words of a query must be found."""

import pytest

from app.search.lexical import content_words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("something warm for cold feet", "something warm cold feet"),
        ("A case FOR the phone", "case phone"),
        ("It", "It"),
        ("to be or not to be", "to be or not to be"),
        ("", ""),
    ],
)
def test_stop_words_do_not_count_unless_there_is_nothing_else(text: str, wanted: str) -> None:
    assert content_words(text) == wanted
