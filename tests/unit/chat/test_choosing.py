"""One of several products advised, by what it is for and by ratings that many gave."""

from app.chat.composing.choosing import advised, choosing, purpose
from app.chat.composing.composer import Brief
from app.chat.records import Record, RecordKind


def _record(name: str, rating: float, count: int, price: float, text: str = "", **fields: str) -> Record:
    own = {"product_id": name, "price": price, "currency": "USD", "rating": rating, "review_count": count}
    return Record(RecordKind.PRODUCT, f"product:{name}", name, own | {"specifications": {}, **fields}, text=text)


NEW = _record("Brook New Kettle", 5.0, 1, 80)
PROVEN = _record("Brook Proven Kettle", 4.7, 900, 60, text="It is quiet at night.")
CHEAP = _record("Brook Plain Kettle", 4.1, 300, 20, text="It travels well.")


def test_ratings_of_few_count_for_little() -> None:
    assert advised("which one would you take?", "kettle", [NEW, PROVEN, CHEAP]) is PROVEN


def test_what_it_is_for_goes_before_ratings() -> None:
    assert purpose("which one is best for travel?") == "travel"
    assert advised("which one is best for travel?", "kettle", [NEW, PROVEN, CHEAP]) is CHEAP


def test_what_is_made_for_children_is_advised_for_children() -> None:
    small = _record("Brook Play Kettle", 4.9, 900, 10, target_age="kids")
    assert advised("which would you pick", "kettle", [small, CHEAP]) is CHEAP
    assert advised("which would you pick", "kettle for my daughter", [small, CHEAP]) is small


def test_the_reason_and_the_cheapest_are_told() -> None:
    told = " ".join(one.text for one in choosing(Brief("compare", "which one would you take?"), [PROVEN, CHEAP]))
    assert told == (
        "I would take Proven Kettle: it is rated 4.7 of 5 by 900 customers, the best rating of them. It costs $60.00. "
        "The cheapest of them is Plain Kettle at $20.00."
    ).replace("Proven", "Brook Proven").replace("Plain", "Brook Plain")
