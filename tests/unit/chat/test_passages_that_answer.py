"""When a passage of the shop's documents is about what was asked."""

import pytest

from app.chat.tools.knowledge import FAIRLY_NEAR, NEAR, NEARER, ON_TOPIC, answers
from shop.knowledge.document import FoundPassage
from shop.knowledge.store import _topics


def passage(nearness: float | None, words: float = 0.0, of_document: float | None = None) -> FoundPassage:
    return FoundPassage("d#1#0", "d", "Returns", "", "Send it back.", "d", nearness, words, of_document)


@pytest.mark.parametrize(
    ("found", "answered"),
    [
        # The document speaks of little else, so a passage may be a little farther.
        (passage(0.35, of_document=ON_TOPIC), True),
        (passage(FAIRLY_NEAR - 0.01, of_document=0.9), False),
        # One passage that sounds like the question, in a document about something else.
        (passage(NEAR + 0.01, of_document=ON_TOPIC - 0.01), False),
        (passage(NEARER, of_document=0.0), True),
        # A document of which too little is known.
        (passage(NEAR), True),
        (passage(NEAR - 0.01), False),
        # Most of the question's words.
        (passage(FAIRLY_NEAR, words=0.6, of_document=0.0), True),
        (passage(FAIRLY_NEAR, words=0.5), False),
        # Without vectors words decide.
        (passage(None, words=0.8), True),
        (passage(None, words=0.7), False),
    ],
)
def test_a_passage_answers_where_it_and_its_document_are_near(found: FoundPassage, answered: bool) -> None:
    assert answers(found) is answered


def test_the_topic_of_a_document_is_told_by_its_four_nearest_passages() -> None:
    documents = {f"a{n}": "a" for n in range(5)} | {f"b{n}": "b" for n in range(3)} | {"words alone": "c"}
    nearness = {f"a{n}": n / 10 for n in range(5)} | {f"b{n}": 0.9 for n in range(3)}
    assert _topics(documents, nearness) == {"a": pytest.approx(0.25)}
    assert _topics(documents, {}) == {}
