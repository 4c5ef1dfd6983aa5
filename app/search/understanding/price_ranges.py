"""Ranges of prices: whether two bare numbers are one, and what the first is where the second tells its size. Pure."""

from dataclasses import replace
from typing import Final

from app.search.understanding.amounts import Amount
from app.search.understanding.language.numbers import MULTIPLIERS
from app.search.understanding.lexicon import ENOUGH
from app.search.understanding.reading import Reading

LEAST_BARE: Final = 20
"""Below this two bare numbers may be sizes, or ages."""


def costs_that(r: Reading, i: int, low: Amount, high: Amount) -> bool:
    """Whether a range of bare numbers that ends a phrase is one of prices: such things cost that, and none of them has
    either number in what is said of it ("snow jacket 150 to 200", not "puzzle 500 to 1000")."""
    if not LEAST_BARE <= low.value < high.value or not r.ends(high.end) or _is_model(r, i):
        return False
    context = r.lexicon.context(r.context(range(i, high.end)), ENOUGH)
    if context == r.lexicon.everything:
        return False
    cheapest, dearest = (r.lexicon.price_quantile(context, share) for share in (0, 1))
    said = any(r.lexicon.found([f"{one.value:f}"], context) for one in (low, high))
    return cheapest is not None and dearest is not None and cheapest <= high.value and low.value <= dearest and not said


def _is_model(r: Reading, i: int) -> bool:
    """Whether the number at `i` goes on what stands before it, of which nobody here knows: "thinkpad 450 - 500"."""
    named = i > 0 and not r.tokens[i - 1].mark and i - 1 not in r.taken
    return named and not r.lexicon.knows(r.tokens[i - 1].stem)


def same_size(r: Reading, low: Amount, high: Amount) -> tuple[Amount, Amount]:
    """ "between 1 and 2k", "one to two thousand": the one without its thousand has it too."""
    if high.glued_k and not low.glued_k and low.value < 1000 and low.value * 1000 < high.value:
        return replace(low, value=low.value * 1000), high
    said = [MULTIPLIERS[word] for at in range(high.start, high.end) if (word := r.word(at)) in MULTIPLIERS]
    if len(said) == 1 and not low.is_money and low.value < 20 and low.value * said[0] < high.value:
        return replace(low, value=low.value * said[0]), high
    return low, high
