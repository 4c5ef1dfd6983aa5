"""What reviews say, counted; checked against counting by hand and, where it is there, a real shop's reviews."""

import csv
from collections import Counter

import pytest

from app.chat.tools.offers import reviews_sentence
from evaluate.settings import EvaluateSettings
from shop.reviews.document import Review
from shop.reviews.summary import summarised

LUMA = EvaluateSettings().data / "catalog" / "magento-luma" / "reviews.csv"


def review(text: str, rating: float | None = 5, **values: str) -> Review:
    return Review.model_validate({"product_id": "p", "rating": rating, "text": text, **values})


SAID = [
    review("The battery lasts for days."),
    review("Batteries die fast.", 1),
    review("Great sound!", 4),
    review("I love it. Really.", None),
    review("Charging takes long, but the sound is fine.", 2),
]


def test_aspects_are_counted_once_a_review_with_their_stars() -> None:
    summary = summarised(SAID)
    found = {mention.word: mention for mention in summary.mentions}
    assert (found["battery"].reviews, found["battery"].positive, found["battery"].negative) == (3, 1, 2)
    assert found["sound"].reviews == 2
    assert summary.by_stars == (1, 1, 0, 1, 1)
    assert summary.mean == 3.0


def test_what_is_asked_about_is_counted_whatever_it_is() -> None:
    assert reviews_sentence(summarised(SAID, "battery"), "battery") == (
        "3 of 5 reviews mention battery; 1 of those gave 4 or 5 stars."
    )
    assert reviews_sentence(summarised(SAID, "the zebra"), "zebra") == "None of the 5 reviews mention zebra."


def test_quotes_are_sentences_of_reviews() -> None:
    for mention in summarised(SAID).mentions:
        assert not mention.quote or any(mention.quote in one.text for one in SAID)


def test_of_nothing_nothing_is_said() -> None:
    summary = summarised([], "battery")
    assert (summary.reviews, summary.mean, summary.mentions, summary.asked) == (0, None, (), None)


def test_a_title_that_begins_the_text_is_said_once() -> None:
    assert review("Nice bag. I use it.", title="Nice bag").words == "Nice bag. I use it."
    assert review("I use it.", title="Nice bag").words == "Nice bag. I use it."


def test_a_review_without_an_id_has_the_same_each_time() -> None:
    assert review("Same").review_id == review("Same").review_id != review("Other").review_id


@pytest.mark.skipif(not LUMA.is_file(), reason=f"{LUMA} is not there; set SHOPSCOUT_DATA to the test data")
def test_a_real_shops_reviews_are_all_read_and_counted_as_by_hand() -> None:
    with LUMA.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    made = [Review(product_id=r["sku"], rating=float(r["rating"]), title=r["title"], text=r["review"]) for r in rows]
    product, count = Counter(one.product_id for one in made).most_common(1)[0]
    of_one = [one for one in made if one.product_id == product]
    assert summarised(of_one).reviews == count
    pocket = summarised(made, "pocket").asked
    assert pocket is not None
    words = ("pocket", "compartment")
    by_hand = sum(any(word in one.words.lower() for word in words) for one in made)
    assert pocket.reviews == by_hand > 5
