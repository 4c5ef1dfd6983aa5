"""Search by words: BM25F over the fields that say what a product is. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from app.search.understanding.language.people import GIFTS
from es.mappings import products as fields
from shop.rules.words import STOP_WORDS

WORDS: Final = "words"
"""Name of the query in each hit's scores."""

SOME_WORDS: Final = "some words"
"""Name of what any of the words score, for products that have not enough of them."""

# Scored as one field (BM25F): a word counts once wherever it stands. What somebody wrote of the product counts twice
# as much as its codes and lists of attributes. Finer weights change nDCG by less than its interval.
LEXICAL_FIELDS: Final = (
    f"{fields.NAME}^2",
    fields.BRAND_WORDS,
    f"{fields.DESCRIPTION}^2",
    fields.IDENTIFIER_WORDS,
    fields.DETAILS,
)

_TITLE_FIELDS: Final = (f"{fields.NAME}^2", fields.BRAND_WORDS)

# One or two words must all be there; of more, three in four. Fewer would fill the counts with products that share
# one word with a long query; vector search finds the paraphrases.
LEAST_WORDS: Final = "2<75%"


def least_words(count: int) -> int:
    """How many of so many different words must be there: what Elasticsearch makes of LEAST_WORDS."""
    return count if count <= 2 else count * 3 // 4


def content_words(text: str) -> str:
    """The text without stop words, which would count towards the words that must be there; all of it where nothing
    else is in it, as "It" and "To Be or Not to Be" are things that shops sell."""
    words = text.split()
    return " ".join(word for word in words if word.lower() not in STOP_WORDS) or text


def words_query(text: str, others: Sequence[str] = (), *, any_word: bool = False, also: str = "") -> dict[str, Any]:
    """Products that have enough of the words, or any of them, scored by BM25F; with other wordings, by the one that
    fits best. Words in `also` add to the score where they are there, and so does "gift" of "hiking gift"."""
    text, gifts = _without_gifts(text)
    others = [_without_gifts(wording)[0] for wording in others]
    also = f"{also} {gifts}".strip()
    if also:
        asked, more = words_query(text, others, any_word=any_word), _fields_query(also, "1")
        (kind,) = asked
        asked[kind].pop("_name")
        return {"bool": {"must": [asked], "should": [more], "_name": WORDS}}
    least = "1" if any_word else LEAST_WORDS
    if others:
        return {"dis_max": {"queries": [_fields_query(wording, least) for wording in (text, *others)], "_name": WORDS}}
    query = _fields_query(text, least)
    query["combined_fields"]["_name"] = WORDS
    return query


def some_words_query(text: str) -> dict[str, Any] | None:
    """What any of the words score in a product's name and brand; None where one word is all of them. Of all fields it
    would rank hardly better, and cost a search half a millisecond more."""
    words = content_words(text)
    if len(words.split()) < 2:
        return None
    return {"combined_fields": {"query": words, "fields": list(_TITLE_FIELDS), "_name": SOME_WORDS}}


def _without_gifts(text: str) -> tuple[str, str]:
    """The text without words that say that it is to be a gift, and those: few things that are given say so. Followed
    by a thing they are part of its name ("gift box"), and alone they are all there is."""
    words = text.split()
    said = {
        i
        for i, word in enumerate(words)
        if word.lower() in GIFTS and (i + 1 == len(words) or words[i + 1].lower() in STOP_WORDS)
    }
    rest = " ".join(word for i, word in enumerate(words) if i not in said)
    if not said or all(word.lower() in STOP_WORDS for word in rest.split()):
        return text, ""
    return rest, " ".join(words[i] for i in sorted(said))


def _fields_query(text: str, least: str) -> dict[str, Any]:
    return {
        "combined_fields": {
            "query": content_words(text),
            "fields": list(LEXICAL_FIELDS),
            "minimum_should_match": least,
        }
    }
