"""A text that comes again is read once, and means what it would mean read anew."""

from app.search.understanding import remembering
from app.search.understanding.remembering import Reader
from app.search.understanding.understand import understand
from tests.relevance.understanding.shops import lexicons

TEXTS = ("red dress under $50", "not leather boots", "cheapest kettle", "size M shirt for my mom", "")


def test_what_is_remembered_is_what_would_be_read() -> None:
    for lexicon in lexicons().values():
        reader = Reader(lexicon)
        for text in (*TEXTS, *TEXTS):
            assert reader.understand(text) == understand(text, lexicon)
        assert reader.understand(TEXTS[0]) is reader.understand(TEXTS[0])


def test_words_to_keep_are_not_remembered() -> None:
    lexicon = lexicons()["fashion"]
    reader = Reader(lexicon)
    assert reader.understand("red dress") != reader.understand("red dress", ["red"])
    assert reader.understand("red dress", ["red"]) == understand("red dress", lexicon, ["red"])


def test_long_texts_do_not_fill_the_memory() -> None:
    reader = Reader(lexicons()["fashion"])
    long = "red dress " * remembering.LONGEST
    assert reader.understand(long) is not reader.understand(long)


def test_another_lexicon_is_another_memory() -> None:
    fashion, other = lexicons()["fashion"], next(one for name, one in lexicons().items() if name != "fashion")
    assert Reader(fashion).understand("nike dress") == understand("nike dress", fashion)
    assert Reader(other).understand("nike dress") == understand("nike dress", other)
