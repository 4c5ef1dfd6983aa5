"""What a lexicon holds of the products that it was gathered from."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from shop.lexicon.gather import Gathering, Lexicon, ValueCounts
from shop.lexicon.phrases import Phrase, Phrases
from shop.lexicon.tokens import words


def gathered(
    *names: str, values: ValueCounts | None = None, asked: Mapping[str, int] | None = None, families: bool = True
) -> Lexicon:
    """The lexicon of products with these names, each a family of its own or all variants of one."""
    gathering = Gathering()
    gathering.add({"name": name, "group_id": f"g{i if families else 0}"} for i, name in enumerate(names))
    return gathering.lexicon("an-index", len(names), values or ValueCounts(), asked)


def queries(lexicon: Lexicon, key: str) -> list[str]:
    return [phrase.text for phrase, _ in lexicon.queries.begun(key, 20)]


def test_phrases_are_what_several_products_share() -> None:
    lexicon = gathered(
        "Acme Trail Hiking Backpack, Green", "Norv Hiking Backpack, 45 L", "Best Hiking Boots", "Solo Kettle"
    )
    assert queries(lexicon, "hik") == ["hiking", "hiking backpack"]
    assert queries(lexicon, "back") == ["backpack", "hiking backpack"]
    assert queries(lexicon, "solo") == []
    assert lexicon.words.known("kettle")
    assert lexicon.pairs["hiking backpack"] == 2
    assert "backpack green" not in lexicon.pairs


def test_variants_of_one_product_are_one_voice() -> None:
    lexicon = gathered("Acme Hiking Backpack, Green", "Acme Hiking Backpack, Blue", families=False)
    assert queries(lexicon, "hik") == []
    assert lexicon.words.count("backpack") == 2


def test_a_run_that_always_stands_in_a_longer_one_is_left_out() -> None:
    lexicon = gathered(*[f"Brand{n} noise cancelling headphones" for n in "abcd"], "Wired headphones")
    found = queries(lexicon, "noise")
    assert "noise cancelling headphones" in found
    assert "noise cancelling" not in found


def test_plurals_are_one_phrase() -> None:
    lexicon = gathered("Red backpack", "Blue backpack", "Two backpacks", "Ten backpacks", "Big backpacks")
    assert queries(lexicon, "backp") == ["backpacks"]


def test_values_of_filters_are_phrases_and_words() -> None:
    values = ValueCounts(
        brands={"Café Noir": 7}, paths={"Men": 9, "Men/Outdoor shoes": 4}, categories={"sports_outdoors": 3},
        others={"noise cancelling": 5, "true": 90, "12.5": 4, "Rosé": 1},
    )  # fmt: skip
    lexicon = gathered("Kettle", values=values)
    assert queries(lexicon, "noise") == ["noise cancelling"]
    assert queries(lexicon, "outdoor") == ["outdoor shoes"]
    assert queries(lexicon, "rose") == ["rosé"]
    assert queries(lexicon, "true") == []
    assert [(p.text, p.value) for p, _ in lexicon.brands.begun("noir", 5)] == [("Café Noir", "Café Noir")]
    assert [(p.text, p.value) for p, _ in lexicon.categories.begun("outdoor s", 5)] == [
        ("Outdoor shoes", "Men/Outdoor shoes")
    ]
    assert [p.value for p, _ in lexicon.categories.begun("sports", 5)] == ["sports_outdoors"]
    assert lexicon.words.known("noir")
    assert lexicon.words.known("cancelling")


def test_what_people_search_for_comes_first() -> None:
    lexicon = gathered("Hiking boots a", "Hiking boots b", "Hiking pole", asked={"Hiking  Socks": 30})
    assert queries(lexicon, "hik")[0] == "hiking socks"


def test_what_people_search_for_makes_words_likelier_and_adds_none() -> None:
    lexicon = gathered("Hiking boots", "Hiking pole", asked={"hiking boots": 30, "hikng boots": 9})
    assert lexicon.words.count("boots") == 1 + 30 + 9
    assert lexicon.pairs["hiking boots"] == 30
    assert not lexicon.words.known("hikng")


def test_a_sample_says_so() -> None:
    gathering = Gathering()
    gathering.add([{"name": "Kettle"}])
    assert not gathering.lexicon("i", 100, ValueCounts()).whole
    assert gathering.lexicon("i", 1, ValueCounts()).whole


@given(st.lists(st.text(max_size=60), max_size=10))
def test_any_names_can_be_gathered(names: list[str]) -> None:
    lexicon = gathered(*names)
    for name in names:
        assert all(lexicon.words.known(word) for word in words(name))


@given(
    st.lists(st.tuples(st.text("ab c", min_size=1, max_size=8), st.integers(0, 50)), max_size=30),
    st.text("abc", min_size=1, max_size=3),
)
def test_phrases_are_found_by_the_beginning_of_any_word(made: list[tuple[str, int]], key: str) -> None:
    found = Phrases([Phrase(text, count) for text, count in made]).begun(key, 100)
    expected = {
        (text, count)
        for text, count in made
        if any(" ".join(words(text)[start:]).startswith(key) for start in range(len(words(text))))
    }
    assert {(phrase.text, phrase.count) for phrase, _ in found} == expected
    assert [weight for _, weight in found] == sorted((weight for _, weight in found), reverse=True)
