"""Reformulations are counted within a session and a minute."""

from shop.queries.reformulations import Reformulations, Turn


def test_within_a_session_and_a_minute() -> None:
    found = Reformulations()
    found.add([Turn("a", 0, "red shoes"), Turn("a", 30, "blue shoes"), Turn("a", 95, "green shoes")])
    found.add([Turn("a", 96, "kettle"), Turn("b", 97, "kettles"), Turn("b", 98, "kettle")])
    told = found.told(10, complete=True)
    assert (told["searches_in_sessions"], told["reformulated"], told["rate"]) == (6, 2, 0.3333)
    assert told["pairs"] == [
        {"query": "kettles", "then": "kettle", "count": 1},
        {"query": "red shoes", "then": "blue shoes", "count": 1},
    ]


def test_pages_of_searches_change_nothing() -> None:
    turns = [Turn("a", i, f"red {i}") for i in range(6)]
    whole, parts = Reformulations(), Reformulations()
    whole.add(turns)
    for turn in turns:
        parts.add([turn])
    assert whole.told(9, complete=True) == parts.told(9, complete=True)
    assert whole.reformulated == 5
