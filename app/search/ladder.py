"""What is given up where constraints leave nothing, as searches with less. Pure.

Constraints that the words were understood as are given up in a stated order, and the budget never:

1. wishes ("cheap", an occasion), which are given up already where they leave fewer than three;
2. attributes and brand, the last one said first, then for whom it is: each alone, then one after another;
3. words: any of them will do; beside a kind of thing none must be there, and what was given up before comes back if it
   can;
4. what kind of thing it is: its category becomes the one above it, step by step, then any.

The words of what was given up still rank.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.search.lexical import content_words
from app.search.query import Mode, SearchQuery
from app.search.understanding.applying import applied
from app.search.understanding.found import KINDS, Applied, Constraint, Op, Value
from app.search.understanding.language.text import PREPOSITIONS

KEPT: Final = frozenset({"price", "in_stock", "words"})
"""Fields that are never given up."""

_SOME_WORDS: Final = "some of the words"
_LEFT_OUT: Final = "Nothing holds all of it, so it was left out."
_PEOPLE: Final = frozenset({"gender", "age"})


@dataclass(frozen=True, slots=True)
class Step:
    """One search with less. `without`: what it gives up that no step before it did; `dropped`: all that it gives up.
    `gives_up_kind`: it searches for more than the kind of thing that was named; `gives_up_all`: for any kind."""

    without: str
    query: SearchQuery
    dropped: tuple[str, ...]
    gives_up_kind: bool = False
    gives_up_all: bool = False


def ladder(asked: SearchQuery) -> list[Step]:
    """What could be searched for instead, in the order in which it is tried: what gives up one thing before what gives
    up several."""
    # Who wants mistyped words left as they are wants them all.
    several = len(content_words(asked.text).split()) > 1 and asked.mode is not Mode.SEMANTIC and asked.correct
    if asked.understood is None or asked.typed is None:
        return [Step(_SOME_WORDS, replace(asked, any_word=True), (_SOME_WORDS,))] if several else []
    given_up = [c for c in reversed(asked.understood.constraints) if _may_go(c)]
    kinds = [c for c in given_up if c.field in KINDS]
    people = [c for c in given_up if c.field in _PEOPLE]
    attributes = [c for c in given_up if c not in kinds and c not in people]
    if kinds and asked.understood.text:
        return _beside_a_kind(asked, attributes, people, kinds, several=several)
    # Where a kind was named and nothing beside it, there are no words to choose among.
    several = several and not kinds
    # What is made for women is of no use to men: for whom it is goes after what it is like.
    gone = [*attributes, *people]
    steps = _one_after_another(asked, gone)
    left, dropped = _without(asked, gone), _sources(gone)
    if several:
        # Once not all words need be there, what was given up comes back if it can: "rain coat kids yellow" is yellow.
        steps += [_any_word_without(asked, part) for part in ([], *_parts(gone))]
        dropped = (*dropped, _SOME_WORDS)
    for one in kinds:
        place = left.index(one)
        for without, less in _kinds_above(one):
            left[place] = less
            query = _with_only(asked, left, any_word=several)
            steps.append(Step(without, query, (*dropped, without), True, less.applied is Applied.NO))
        dropped = (*dropped, one.source)
    return steps


def _head(text: str) -> str:
    """The words that name the thing: those before what it has or is for ("bicycle with gears")."""
    words = text.split()
    ends = [place for place, word in enumerate(words) if place and word.lower() in PREPOSITIONS]
    return " ".join(words[: ends[0]] if ends else words)


def _beside_a_kind(
    asked: SearchQuery,
    attributes: Sequence[Constraint],
    people: Sequence[Constraint],
    kinds: Sequence[Constraint],
    *,
    several: bool,
) -> list[Step]:
    """Where words stand beside a kind of thing they go before it, and before those whom it is for: "for wedding" says
    less of men's shoes than that they are shoes, and men's."""
    assert asked.understood is not None
    words = asked.understood.text
    steps = _one_after_another(asked, attributes)
    if several:
        query = _with_only(asked, _without(asked, attributes), any_word=True)
        steps.append(Step(_SOME_WORDS, query, (*_sources(attributes), _SOME_WORDS)))
    gone: list[Constraint] = []
    steps.append(Step(words, _words_only_rank(asked, _without(asked, gone)), (words,)))
    for more in (attributes, *([one] for one in people)):
        if more:
            gone += more
            dropped = (*_sources(gone), words)
            steps.append(Step(more[-1].source, _words_only_rank(asked, _without(asked, gone)), dropped))
    left, dropped = _without(asked, gone), (*_sources(gone), words)
    for one in kinds:
        place = left.index(one)
        for without, less in _kinds_above(one):
            left[place] = less
            query = _words_only_rank(asked, left)
            steps.append(Step(without, query, (*dropped, without), True, less.applied is Applied.NO))
        dropped = (*dropped, one.source)
    any_word = (*_sources(gone), _SOME_WORDS, *_sources(kinds))
    return [*steps, Step(_SOME_WORDS, _with_only(asked, left, any_word=True), any_word, True, True)]


def kind_alone(asked: SearchQuery) -> SearchQuery | None:
    """The search for the kind of thing, or where none was named for the words, with nothing that was said of it; None
    where nothing was."""
    if asked.understood is None or asked.typed is None:
        return None
    kinds = [c for c in asked.understood.constraints if c.field in KINDS and c.applied is not Applied.NO]
    gone = [c for c in asked.understood.constraints if _may_go(c) and c not in kinds]
    if not gone and not (kinds and asked.understood.text) and _head(asked.understood.text) == asked.understood.text:
        return None
    left = [replace(_left_out(one), ranked=False) if one in gone else one for one in asked.understood.constraints]
    text = "" if kinds else _head(asked.understood.text)
    if not (kinds or text):
        return None
    alone = replace(asked.understood, text=text, otherwise="")
    return _with_only(replace(asked, understood=alone), left, any_word=False)


def _one_after_another(asked: SearchQuery, gone: Sequence[Constraint]) -> list[Step]:
    """Steps that give up each of these alone, then several."""
    queries = [_with_only(asked, _without(asked, part), any_word=False) for part in _parts(gone)]
    return [Step(part[-1].source, query, _sources(part)) for part, query in zip(_parts(gone), queries, strict=True)]


def _parts(gone: Sequence[Constraint]) -> list[Sequence[Constraint]]:
    """Each of these alone, then the first two, the first three, all of them."""
    return [*([one] for one in gone), *(gone[:many] for many in range(2, len(gone) + 1))]


def _any_word_without(asked: SearchQuery, gone: Sequence[Constraint]) -> Step:
    without = gone[-1].source if gone else _SOME_WORDS
    query = _with_only(asked, _without(asked, gone), any_word=True)
    return Step(without, query, (*_sources(gone), _SOME_WORDS))


def _without(asked: SearchQuery, gone: Sequence[Constraint]) -> list[Constraint]:
    assert asked.understood is not None
    return [_left_out(one) if one in gone else one for one in asked.understood.constraints]


def _sources(constraints: Iterable[Constraint]) -> tuple[str, ...]:
    """Their words, each once: "for my nephew" is a gender and an age."""
    return tuple(dict.fromkeys(one.source for one in constraints))


def _left_out(one: Constraint) -> Constraint:
    return replace(one, applied=Applied.NO, why=_LEFT_OUT, ranked=bool(one.words) and one.field not in _PEOPLE)


def _words_only_rank(asked: SearchQuery, left: Sequence[Constraint]) -> SearchQuery:
    """The search under these constraints; of the words beside them, and of those given up, none must be there."""
    assert asked.understood is not None
    given_up = [one for one in left if one.ranked and one.field not in KINDS]
    kept = [replace(one, ranked=False) if one in given_up else one for one in left]
    query = _with_only(replace(asked, understood=replace(asked.understood, text="")), kept, any_word=False)
    return replace(query, also=" ".join([asked.understood.text, *(one.words for one in given_up)]))


def _with_only(asked: SearchQuery, left: Sequence[Constraint], *, any_word: bool) -> SearchQuery:
    """The search under these constraints. Words of what was given up rank beside those that are left; where none are,
    any of them will do."""
    assert asked.understood is not None
    assert asked.typed is not None
    understood = replace(asked.understood, constraints=tuple(left))
    ranked = " ".join(one.words for one in left if one.ranked)
    query = applied(asked.typed, understood)
    if understood.text:
        return replace(query, any_word=any_word, also=ranked)
    return replace(query, any_word=any_word or bool(ranked))


def _kinds_above(one: Constraint) -> Iterator[tuple[str, Constraint]]:
    """What is asked for instead of a kind of thing, and how that is told; at the end nothing is."""
    ranked = replace(one, ranked=True, words=one.words or one.source, but=())
    paths = one.matches
    while paths := tuple(dict.fromkeys(above for path in paths if (above := path.rpartition("/")[0]))):
        name = " and ".join(dict.fromkeys(path.rpartition("/")[2] for path in paths))
        why = f"Nothing holds all of it, so everything in {name} was searched."
        op: Op
        value: Value
        op, value = (Op.EQ, paths[0]) if len(paths) == 1 else (Op.IN, paths)
        yield f"{one.source} (all of {name})", replace(ranked, op=op, value=value, matches=paths, why=why)
    yield one.source, replace(ranked, applied=Applied.NO, why=_LEFT_OUT)


def _may_go(one: Constraint) -> bool:
    if one.applied is Applied.NO or one.field in KEPT:
        return False
    # "for mom" is kept by leaving out what is made for others; that is no exclusion that somebody asked for.
    return not one.without or one.field in _PEOPLE
