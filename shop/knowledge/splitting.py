"""Documents into passages: never across a heading, long paragraphs at the ends of sentences. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from shop.knowledge.document import JOINED, Block, Passage

MAX_WORDS: Final = 160
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[^\sa-z])")


def passages(blocks: Sequence[Block], title: str = "") -> list[Passage]:
    """Passages of at most MAX_WORDS words (a longer sentence stands alone), each with the headings over it; the title
    of the document is not among them."""
    headings: list[Block] = []
    found: list[Passage] = []
    waiting: list[str] = []

    def flush() -> None:
        section = JOINED.join(heading.text for heading in headings if heading.text != title)
        found.extend(Passage(section, text) for text in _packed(waiting))
        waiting.clear()

    for block in blocks:
        if not block.text.strip():
            continue
        if block.level:
            flush()
            headings = [heading for heading in headings if heading.level < block.level]
            headings.append(Block(" ".join(block.text.split()), block.level))
        else:
            waiting.append(block.text.strip())
    flush()
    return found


def _packed(paragraphs: Sequence[str]) -> Iterator[str]:
    """Paragraphs put together as long as they fit."""
    together: list[str] = []
    words = 0
    for piece in (piece for paragraph in paragraphs for piece in _fitting(paragraph)):
        count = len(piece.split())
        if together and words + count > MAX_WORDS:
            yield "\n".join(together)
            together, words = [], 0
        together.append(piece)
        words += count
    if together:
        yield "\n".join(together)


def _fitting(paragraph: str) -> Iterator[str]:
    if len(paragraph.split()) <= MAX_WORDS:
        yield paragraph
        return
    together: list[str] = []
    for sentence in _SENTENCE.split(paragraph):
        if together and len(" ".join([*together, sentence]).split()) > MAX_WORDS:
            yield " ".join(together)
            together = []
        together.append(sentence)
    yield " ".join(together)
