"""What is told of popular products that cannot be read."""

from app.recommend.shelf import Shelf


def test_why_there_are_no_popular_products_is_told_once_for_each_reason() -> None:
    shelf = Shelf(fresh_s=1.0)
    told = [shelf.unfilled(why) for why in ("no catalogue", "no catalogue", "too late", "no catalogue")]
    assert told == [True, False, True, True]


def test_it_is_told_again_after_they_were_there() -> None:
    shelf = Shelf(fresh_s=1.0)
    assert shelf.unfilled("too late")
    shelf.fill([{"product_id": "p"}])
    assert [item["product_id"] for item in shelf.popular] == ["p"]
    assert shelf.unfilled("too late")
