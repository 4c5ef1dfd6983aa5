"""What was asked for, and for whom, as the built-in writer names it."""

import pytest

from app.chat.composing.builtin import written
from app.chat.composing.composer import Brief
from app.chat.composing.naming import article, occasion, person, thing
from app.chat.grounding.check import Checker
from app.chat.records import Record, RecordKind

# relation, words that are searched for, whom it is for, what is left of the words
REQUESTS = (
    ("adult", "hiking woman", "an adult woman", "hiking"),
    ("mom", "hiking", "your mom", "hiking"),
    ("dad", "", "your dad", ""),
    ("her", "fitness", "her", "fitness"),
    ("him", "hiking man", "him", "hiking"),
    ("me", "running shoes", "me", "running shoes"),
    ("myself", "", "myself", ""),
    ("someone", "cooking", "someone", "cooking"),
    ("woman", "", "a woman", ""),
    ("man", "hiking", "a man", "hiking"),
    ("women", "yoga", "women", "yoga"),
    ("men", "", "men", ""),
    ("kids", "puzzle", "kids", "puzzle"),
    ("children", "", "children", ""),
    ("teenage girl", "", "a teenage girl", ""),
    ("teenage", "music boy", "a teenage boy", "music"),
    ("elderly", "", "an elderly person", ""),
    ("elderly", "garden lady", "an elderly lady", "garden"),
    ("adult", "", "an adult", ""),
    ("adults", "board games", "adults", "board games"),
    ("teen", "books", "a teen", "books"),
    ("senior", "", "a senior", ""),
    ("10 year old girl", "", "a 10-year-old girl", ""),
    ("8 year old", "dinosaur", "an 8-year-old", "dinosaur"),
    ("11-year-old boy", "", "an 11-year-old boy", ""),
    ("18 year old", "", "an 18-year-old", ""),
    ("toddler", "", "a toddler", ""),
    ("baby", "", "a baby", ""),
    ("infant", "", "an infant", ""),
    ("little sister", "", "your little sister", ""),
    ("teenage daughter", "", "your teenage daughter", ""),
    ("grandparents", "", "your grandparents", ""),
    ("parents", "wine", "your parents", "wine"),
    ("wife", "jewellery", "your wife", "jewellery"),
    ("mother-in-law", "", "your mother-in-law", ""),
    ("aunt", "", "your aunt", ""),
    ("boss", "", "your boss", ""),
    ("colleagues", "", "your colleagues", ""),
    ("neighbour", "", "your neighbour", ""),
    ("friend", "chess", "a friend", "chess"),
    ("friends", "", "your friends", ""),
    ("teacher", "", "a teacher", ""),
    ("nurse", "", "a nurse", ""),
    ("host", "", "a host", ""),
    ("uncle", "fishing", "your uncle", "fishing"),
    ("university student", "", "a university student", ""),
    ("artist", "", "an artist", ""),
    ("", "wonder woman", "", "wonder woman"),
    ("", "", "", ""),
)


@pytest.mark.parametrize(("relation", "about", "who", "left"), REQUESTS)
def test_people_are_named_as_people_do_and_not_twice(relation: str, about: str, who: str, left: str) -> None:
    assert person(relation, about) == who
    assert thing(about, relation) == left


@pytest.mark.parametrize(
    ("words", "one"),
    [("hour", "an"), ("apple", "an"), ("unicorn", "a"), ("uncle", "an"), ("80 year old", "an"), ("1 year old", "a")],
)
def test_an_article_is_chosen_by_sound(words: str, one: str) -> None:
    assert article(words) == one


def test_occasions_have_their_capitals() -> None:
    assert [occasion(name) for name in ("mothers_day", "christmas", "birthday")] == [
        "Mother's Day",
        "Christmas",
        "birthday",
    ]


@pytest.mark.parametrize(
    ("context", "count", "said"),
    [
        ({"about": "hiking woman", "gift": "yes", "recipient": "adult"}, 5, "5 “hiking” gifts for an adult woman"),
        ({"about": "hiking", "gift": "yes", "recipient": "mom", "budget": "under $100"}, 2,
         "2 “hiking” gifts for your mom under $100"),
        ({"gift": "yes", "recipient": "8 year old"}, 1, "one gift for an 8-year-old"),
        ({"about": "board games for adults", "gift": "yes", "recipient": "friends"}, 3,
         "3 gifts for “board games for adults”, for your friends"),
        ({"about": "running shoes", "recipient": "him"}, 2, "2 products for “running shoes”, for him"),
        ({"about": "running shoes", "budget": "under $80"}, 2, "2 products for “running shoes” under $80"),
        ({"about": "a thing of which somebody told in a whole sentence"}, 2, "2 products"),
        ({}, 1, "one product"),
        ({"gift": "yes", "recipient": "mom", "occasion": "mothers day"}, 4, "4 Mother's Day gifts for your mom"),
        ({"about": "cooking", "gift": "yes", "recipient": "friend", "occasion": "birthday"}, 1,
         "one “cooking” birthday gift for a friend"),
    ],
)  # fmt: skip
def test_an_answer_begins_with_what_was_asked_for(context: dict[str, str], count: int, said: str) -> None:
    fields = {"product_id": "1", "price": 5.0, "currency": "USD", "in_stock": True}
    records = tuple(Record(RecordKind.PRODUCT, f"product:{n}", f"Thing {n}", fields) for n in range(count))
    for message in ("one", "two", "three", "four", "five", "six", "seven", "eight"):
        intro = written(Brief(intent="search", message=message, context=context, records=records))[0].text
        assert said.lower() in intro.lower(), intro


@pytest.mark.parametrize(("relation", "about", "_who", "_left"), REQUESTS)
def test_what_is_named_is_let_through_by_the_checks(relation: str, about: str, _who: str, _left: str) -> None:
    fields = {"product_id": "1", "price": 5.0, "currency": "USD", "in_stock": True}
    records = tuple(Record(RecordKind.PRODUCT, f"product:{n}", f"Trail kettle {n}", fields) for n in range(3))
    context = {"about": about, "gift": "yes", "recipient": relation, "occasion": "mothers day", "budget": "under $10"}
    for message in ("one", "two", "three", "four", "five"):
        brief = Brief(intent="gift", message=message, context=context, records=records)
        intro = written(brief)[0].text
        assert Checker(brief).check(intro).faults == (), intro
