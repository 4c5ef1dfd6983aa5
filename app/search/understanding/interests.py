"""What somebody likes, for whom something is looked for: "gift for dad who likes fishing" asks for fishing. Pure.

Nothing is filtered by it: what somebody likes stays words. The words that only lead to it go, for no product has them.
"""

from app.search.understanding.language.people import (
    ANYBODY,
    BEFORE_PEOPLE,
    GIFTS,
    LIKED_BEFORE,
    LIKES,
    LOVERS,
    SOMEHOW,
)
from app.search.understanding.language.text import EMPTY_WORDS, FUNCTION_WORDS
from app.search.understanding.reading import Reading, says_something

_GIFTS = GIFTS | EMPTY_WORDS


def find_interests(r: Reading) -> None:
    """Run it when all else is understood. What is a product's name as it stands stays whole."""
    if r.lexicon.named([token.stem for token in r.tokens if not token.mark]):
        return
    found = [_clause(r, i) or _lover(r, i) for i in range(len(r.tokens))]
    if not any(found):
        return
    _leave_out_anybody(r)
    for i, token in enumerate(r.tokens):
        # Followed by a thing, it is part of its name: "gift box".
        if token.word in _GIFTS and r.free(i) and not (i + 1 < len(r.tokens) and _thing(r, i + 1)):
            r.take(i, i + 1)


def _clause(r: Reading, i: int) -> bool:
    """ "who likes dinosaurs", "who is into yoga", "that loves to cook"; of "who knits" and "who just knits" the verb
    says it all."""
    if r.word(i) not in ("who", "whos", "that") or not r.free(i) or i == 0:
        return False
    at = i + 1
    while r.word(at) in SOMEHOW and r.free(at):
        at += 1
    verb = r.word(at)
    likes = verb in LIKES or (r.word(i) == "whos" and verb in LIKED_BEFORE)
    if not r.free(at) or not (likes or (r.word(i) == "who" and verb.endswith(("s", "ed")))):
        return False
    end = at + 1
    while r.word(end) in FUNCTION_WORDS | LIKED_BEFORE | SOMEHOW and r.free(end):
        end += 1
    told = end < len(r.tokens) and not r.tokens[end].mark
    if likes and not told:
        return False
    r.take(i, end if told else at)
    return True


def _lover(r: Reading, i: int) -> bool:
    """ "gift for a coffee lover": only of a gift, since "ceiling fan" is a thing."""
    if r.word(i) not in LOVERS or not r.free(i) or not (i and _thing(r, i - 1)):
        return False
    if not any(token.word in GIFTS for token in r.tokens[:i] if not token.mark):
        return False
    led = next((at for at in range(i - 2, max(-1, i - 6), -1) if r.word(at) == "for" and r.free(at)), None)
    if led is None:
        return False
    first = led + 1
    while r.word(first) in BEFORE_PEOPLE:
        first += 1
    r.take(led, first)
    r.take(i, i + 1)
    return True


def _leave_out_anybody(r: Reading) -> None:
    """Takes "for a friend", "for someone", of whom nothing more is known."""
    for i in range(len(r.tokens)):
        if r.word(i) not in ANYBODY or not r.free(i):
            continue
        start = i
        while r.word(start - 1) in BEFORE_PEOPLE and r.free(start - 1):
            start -= 1
        if r.word(start - 1) == "for" and r.free(start - 1):
            r.take(start - 1, i + 1)


def _thing(r: Reading, i: int) -> bool:
    return r.free(i) and says_something(r.tokens[i])
