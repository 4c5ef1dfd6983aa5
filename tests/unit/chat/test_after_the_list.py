"""What is said after a list: which size fits, what a word means, the cheapest of each, what is left of a sum."""

import pytest

from app.chat.answering import Found, budget_words
from app.chat.composing.asked import named_sentences
from app.chat.composing.details import answer
from app.chat.context import Context, ShownProduct, Wish
from app.chat.finding import of_interests
from app.chat.matching import reason
from app.chat.reading import asking, language
from app.chat.reading.asked_again import sizes_asked
from app.chat.reading.following import joined
from app.chat.reading.plain import written_out
from app.chat.reading.together import CHEAPEST_OF_EACH, LEFT
from app.chat.reading.wishes import interests_of, searchable
from app.chat.records import Record, RecordKind
from app.chat.tools.shopping import left_of
from app.search.understanding.found import Understanding

SHOWN = (ShownProduct("a", "Tempo Running Shoes", 124.0, "USD"), ShownProduct("b", "Court Sneakers", 139.0, "USD"))


def _record(name: str, text: str = "", **fields: object) -> Record:
    kept = {"product_id": name, "price": 20.0, "currency": "USD", "specifications": {}, **fields}
    return Record(RecordKind.PRODUCT, name, name, kept, text=text)


@pytest.mark.parametrize(
    ("message", "asks"),
    [
        ("i'm 185cm, which frame size do i need", True),
        ("do they run small?", True),
        ("what size should my son take", True),
        ("what sizes are there", False),
        ("size 43", False),
    ],
)
def test_which_size_fits_whom(message: str, asks: bool) -> None:
    assert bool(sizes_asked(message, Context(shown=SHOWN))) is asks
    assert sizes_asked(message, Context()) == ""


@pytest.mark.parametrize(
    ("message", "word"),
    [("whats oz mean", "oz"), ("what does IPX7 mean?", "IPX7"), ("what do you mean", ""), ("what is it made of", "")],
)
def test_what_a_word_means(message: str, word: str) -> None:
    assert asking.meaning_asked(message) == word


def test_the_cheapest_of_each_and_what_is_left() -> None:
    assert CHEAPEST_OF_EACH.match("the cheapest ones pls")
    assert not CHEAPEST_OF_EACH.match("is the cheapest one waterproof?")
    assert LEFT.search("and how much would be left")
    assert not LEFT.search("how many are left in stock")
    mugs = [_record("Mug", price=12.5), _record("Lamp", price=68.0)]
    assert left_of(mugs, 100.0, (2, 1)) == "$7.00 would be left."
    assert left_of(mugs, 80.0, ()) == ""


def test_what_speaks_of_what_somebody_likes_is_enough() -> None:
    liked = tuple(_record(f"Coffee {thing}") for thing in ("Maker", "Mug", "Beans"))
    chair, gift = _record("Chair"), Context(gift=True, interests=("coffee",))
    assert of_interests(Found((*liked[:1], chair, *liked[1:])), gift).records == liked
    few = Found((*liked[:1], chair))
    assert of_interests(few, gift) == few
    assert of_interests(Found((*liked, chair)), Context(interests=("coffee",))).records == (*liked, chair)


def test_dearer_than_something_is_no_budget() -> None:
    dearer = Context(wishes=(Wish("price", "gt", 44.9, "more expensive", low=44.9, currency="USD"),))
    assert budget_words(dearer) == "over $44.90"
    assert "budget" not in reason(_record("Speaker", price=329.0), dearer)


@pytest.mark.parametrize(
    ("message", "delivery"),
    [
        ("can i get it in green", False),
        ("can i get it in two days", True),
        ("can i get it by friday", True),
    ],
)
def test_a_colour_is_no_day(message: str, delivery: bool) -> None:
    assert asking.asks_when(message) is delivery


@pytest.mark.parametrize(
    ("message", "takes", "chooses"),
    [
        ("i take the cheaper one", True, False),
        ("is 27 enough or should i take the 32", False, True),
        ("i'll take the second", True, False),
    ],
)
def test_who_takes_one_and_who_asks_which(message: str, takes: bool, chooses: bool) -> None:
    assert bool(language.CART.search(message)) is takes
    assert bool(language.CHOOSE.search(message)) is chooses


def test_without_takes_back_with() -> None:
    watches = Context(about="running watch with gps", shown=SHOWN)
    assert joined("then without gps", watches, Understanding("without gps"), frozenset()) == "running watch"


def test_candles_that_do_not_smell_are_candles() -> None:
    assert searchable(written_out("candles that dont smell", lambda _: False)) == "candles without smell"


def test_words_of_the_name_are_answered_from_the_text() -> None:
    drone = _record("Kittiwake Camera Drone", "It folds. A steady camera hangs underneath.")
    assert named_sentences("does it have a camera", drone) == "A steady camera hangs underneath."
    assert named_sentences("does it have a parachute", drone) == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("i spilled coffee on my keyboard, need a new one", "need a keyboard"),
        ("my running shoes fell apart, need new ones", "need running shoes"),
        ("my phone broke, i need a new one", "need a phone"),
        ("my phone broke", "my phone broke"),
        ("a tent with 2 adults and 2 kids", "a tent for 4 people"),
    ],
)
def test_what_is_needed_anew(typed: str, meant: str) -> None:
    assert written_out(typed, lambda _: False) == meant


@pytest.mark.parametrize(
    ("message", "likes"),
    [("he is 70 and reads a lot", ("reading",)), ("she bakes every weekend", ("baking",)), ("it costs a lot", ())],
)
def test_who_does_something_a_lot_likes_it(message: str, likes: tuple[str, ...]) -> None:
    assert interests_of(message)[0] == likes


def test_a_word_of_the_name_is_an_answer() -> None:
    book = _record("A Field of Copper Bees, Hardcover", "Three sisters inherit a farm.")
    said = answer("have you got it as hardcover?", book, book.title)
    assert [one.text for one in said] == ["A Field of Copper Bees, Hardcover has “hardcover” in its name."]
    ring = _record("Signet Ring", "Engraving takes two days.")
    assert "Engraving takes two days." in answer("can i engrave it", ring, ring.title)[0].text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("i only have 200", "up to 200"),
        ("but we have only 80 bucks", "but up to 80 bucks"),
        ("i have 2 kids", "i have 2 kids"),
        ("we have 12 mugs", "we have 12 mugs"),
        ("my nephew turns 10 on saturday", "my nephew turns 10, 10 years old, on saturday"),
    ],
)
def test_sums_and_ages_that_are_told(typed: str, meant: str) -> None:
    assert written_out(typed, lambda _: False) == meant


@pytest.mark.parametrize(
    ("message", "gift"),
    [
        ("my nephew turns 10 on saturday", True),
        ("my sister's birthday is next week", True),
        ("our boss has his birthday tomorrow", True),
        ("a coat for my sister", False),
    ],
)
def test_a_birthday_that_is_told_asks_for_a_gift(message: str, gift: bool) -> None:
    assert bool(language.GIFT.search(message)) is gift


@pytest.mark.parametrize(
    ("message", "asks"),
    [
        ("what patterns are there", True),
        ("does it come in other scents?", True),
        ("other designs?", True),
        ("show me dresses in different patterns", False),
        ("candles in other scents", False),
    ],
)
def test_goods_in_different_patterns_are_others(message: str, asks: bool) -> None:
    assert bool(language.OPTIONS.search(message)) is asks
