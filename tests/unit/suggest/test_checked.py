"""What is remembered of completions that were checked."""

from app.suggest.checked import FRESH_S, Checked
from shop.lexicon.phrases import Phrase


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


LAMP, SHOE, NEW = Phrase("desk lamp", 3), Phrase("shoes", 9, value="footwear"), Phrase("tent", 1)


def test_only_what_led_somewhere_a_moment_ago_is_there() -> None:
    clock = Clock()
    checked = Checked(clock)
    checked.keep([], "queries", [(LAMP, True), (SHOE, False)])
    assert checked.there([], "queries", [NEW, SHOE, LAMP]) == [LAMP]
    clock.now += FRESH_S / 2
    checked.keep([], "queries", [(SHOE, True)])
    clock.now += FRESH_S / 2 + 1
    assert checked.there([], "queries", [SHOE, LAMP]) == [SHOE]
    checked.keep([], "queries", [(SHOE, False)])
    assert checked.there([], "queries", [SHOE]) == []


def test_other_rules_and_other_kinds_are_other_questions() -> None:
    checked = Checked()
    checked.keep([{"term": {"brand": "acme"}}], "brands", [(LAMP, True)])
    assert checked.there([], "brands", [LAMP]) == []
    assert checked.there([{"term": {"brand": "acme"}}], "queries", [LAMP]) == []
    assert checked.there([{"term": {"brand": "acme"}}], "brands", [LAMP]) == [LAMP]
