"""Words are cut and folded as the product index does it."""

import pytest

from shop.lexicon.tokens import edits_allowed, singular, tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hiking Backpack, 45 L", ["hiking", "backpack", "45", "l"]),
        ("Men's Café-Noir", ["men", "cafe", "noir"]),
        ("don't stop", ["don't", "stop"]),
        ("WH-1000XM4 (3.5 mm)", ["wh", "1000xm4", "3.5", "mm"]),
        ("Größe Ærø", ["grosse", "aero"]),
        ("", []),
        (" -- \x00 !", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_token_knows_its_place() -> None:
    text = "Summit's Café"
    assert [(token.word, text[token.start : token.end]) for token in tokens(text)] == [
        ("summit", "Summit's"),
        ("cafe", "Café"),
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("backpacks", "backpack"), ("batteries", "battery"), ("glass", "glass"), ("bus", "bus"), ("menus", "menus"),
        ("ties", "ty"), ("as", "as"), ("zombies", "zomby"), ("keys", "key"), ("movies", "movy"), ("cacaos", "cacao"),
    ],
)  # fmt: skip
def test_singular(word: str, expected: str) -> None:
    assert singular(word) == expected


@pytest.mark.parametrize(
    "forms",
    [
        "shoe shoes", "dress dresses", "box boxes", "watch watches", "brush brushes", "tree trees", "bee bees",
        "hoodie hoodies hoody", "cookie cookies", "movie movies", "knife knives", "shelf shelves", "tomato tomatoes",
        "woman women womens", "man men mens", "child children", "axe axes", "headache headaches", "lens lenses",
        "bus buses", "toe toes", "canoe canoes", "case cases", "size sizes",
    ],
)  # fmt: skip
def test_a_word_and_its_plural_have_one_form(forms: str) -> None:
    assert len({singular(word) for word in forms.split()}) == 1


@pytest.mark.parametrize("words", ["toe to", "bus bush", "case cas", "tie tea", "dress dresser", "shoe show"])
def test_other_words_keep_their_own(words: str) -> None:
    assert len({singular(word) for word in words.split()}) == 2


def test_longer_words_may_hold_more_mistakes() -> None:
    assert [edits_allowed("x" * length) for length in (3, 4, 7, 8)] == [0, 1, 1, 2]
