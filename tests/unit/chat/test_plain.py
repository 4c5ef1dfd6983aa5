"""Messages as they were meant: short forms, slips of asking, corrections."""

import pytest

from app.chat.reading.plain import slips, without_lead, written_out

KNOWN = {"dress", "beaker", "order"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wat is the diffrence betwen them", "what is the difference between them"),
        ("warrenty?", "warranty?"),
        ("can i change the adress", "can i change the address"),
        ("games for like 4 ppl", "games for 4 people"),
        ("a beaker in blue", "a beaker in blue"),
        ("colors", "colors"),
        ("for a nine year old", "for a 9 year old"),
        ("38 eu size", "size 38"),
        ("in eu 42", "in size 42"),
        ("22 sizes of it", "22 sizes of it"),
        ("W1002", "W1002"),
    ],
)
def test_words_of_asking_are_spelled_right(typed: str, meant: str) -> None:
    assert written_out(typed, KNOWN.__contains__) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("no, I meant for my mom, sorry", "for my mom"),
        ("no not a book", "not a book"),
        ("oh sorry i meant the blue one", "the blue one"),
        ("wait, do you have it in red", "do you have it in red"),
        ("no gold", "no gold"),
        ("no thanks", "no thanks"),
        ("no", "no"),
        ("sorry", "sorry"),
    ],
)
def test_what_leads_in_is_left_out(said: str, meant: str) -> None:
    assert without_lead(said) == meant


def test_slips_are_counted_up_to_the_most_that_matters() -> None:
    assert [slips("adress", "address", 2), slips("recieve", "receive", 2), slips("a", "abcd", 2)] == [1, 1, 3]


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("silk makes her sneeze", "no silk"),
        ("i am allergic to nickel", "no nickel"),
        ("my budget is like 80", "my budget is 80"),
        ("something like 2 of them", "something like 2 of them"),
    ],
)
def test_what_somebody_cannot_bear_must_not_be(message: str, plain: str) -> None:
    assert written_out(message, {"unheard-of"}.__contains__) == plain


def test_a_thing_that_is_given_up_is_no_wish() -> None:
    assert without_lead("nah forget the sofa. a rug for the hall") == "a rug for the hall"
