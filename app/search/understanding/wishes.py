"""Order, rating, stock and soft wishes about the price. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.search.understanding.amounts import number_at
from app.search.understanding.found import Applied, Constraint, Op, SortWish
from app.search.understanding.language.money import (
    ABOUT,
    AT_LEAST,
    AT_LEAST_AFTER,
    AT_MOST,
    AT_MOST_AFTER,
    PRICE_WISHES,
)
from app.search.understanding.language.wishes import (
    IN_STOCK,
    OUT_OF_STOCK,
    RATING_FILLERS,
    RATING_LEADS,
    SORTS,
    WELL_RATED,
    WELL_RATED_FROM,
)
from app.search.understanding.lexicon import ENOUGH
from app.search.understanding.reading import Reading
from app.search.understanding.tokens import phrase_at

BEST_RATING = Decimal(5)
LEAST_PRICED = 5
"""As many products must tell what is cheap; of fewer, those of a wider choice do."""


def find_sort(r: Reading) -> None:
    """Takes the first wish for an order; later ones stay words."""
    for i in range(len(r.tokens)):
        found = phrase_at(r.tokens, i, SORTS)
        if found and r.free(i, found[1]) and r.sort is None and not _titled(r, i, found[1]):
            r.sort = SortWish(found[0], r.source(i, found[1]))
            r.take(i, found[1])
            if r.word(len(r.tokens) - 1) == "first":  # "newest tablets first"
                r.take(len(r.tokens) - 1, len(r.tokens))


def find_stock(r: Reading) -> None:
    for i in range(len(r.tokens)):
        for listed, value in ((IN_STOCK, True), (OUT_OF_STOCK, False)):
            found = phrase_at(r.tokens, i, listed)
            if found and r.free(i, found[1]):
                r.take(i, found[1], [Constraint("in_stock", Op.EQ, value, r.source(i, found[1]))])


def find_ratings(r: Reading) -> None:
    """ "4 stars and up", "rated above 4.5", "at least 4 stars", "well rated"."""
    i = 0
    while i < len(r.tokens):
        end = _well_rated(r, i) or _rated(r, i)
        i = end if end else i + 1


def _well_rated(r: Reading, i: int) -> int | None:
    found = phrase_at(r.tokens, i, WELL_RATED)
    if not found or not r.free(i, found[1]):
        return None
    r.take(i, found[1], [Constraint("rating", Op.GTE, Decimal(WELL_RATED_FROM), r.source(i, found[1]))])
    return found[1]


def _rated(r: Reading, i: int) -> int | None:
    """A number of stars, or a number after a word of rating."""
    at, led = _led(r, i)
    op, at = _compared(r, at, ((AT_LEAST, Op.GTE), (AT_MOST, Op.LTE), (ABOUT, Op.GTE))) or (Op.GTE, at)
    number = number_at(r, at)
    if number is None or not 0 <= number.value <= BEST_RATING:
        return None
    end = number.end
    after = phrase_at(r.tokens, end, AT_LEAST_AFTER)  # "4+ stars"
    if after and r.word(after[1]) in ("star", "stars"):
        end = after[1]
    said = r.word(end) in ("star", "stars") and r.free(end)
    if not said and not led:
        return None
    end += said
    if said and r.word(end) in RATING_LEADS and r.free(end):
        end += 1
    op, end = _compared(r, end, ((AT_LEAST_AFTER, Op.GTE), (AT_MOST_AFTER, Op.LTE))) or (op, end)
    r.take(i, end, [Constraint("rating", op, number.value, r.source(i, end))])
    return end


def _led(r: Reading, i: int) -> tuple[int, bool]:
    """The token after words of rating at `i` ("rated", "with a rating of"), and whether there are any."""
    at, led = i, False
    while r.free(at) and (r.word(at) in RATING_LEADS or r.word(at) in RATING_FILLERS):
        led = led or r.word(at) in RATING_LEADS
        at += 1
    return (at, True) if led else (i, False)


def _compared(
    r: Reading, at: int, tables: Sequence[tuple[Mapping[tuple[str, ...], bool], Op]]
) -> tuple[Op, int] | None:
    for table, op in tables:
        found = phrase_at(r.tokens, at, table)
        if found and r.free(at, found[1]):
            return op, found[1]
    return None


def find_price_wishes(r: Reading) -> None:
    """Takes "cheap", "not too expensive", "luxury"; what they mean in money is known when all the rest is."""
    for i in range(len(r.tokens)):
        found = phrase_at(r.tokens, i, PRICE_WISHES)
        if found and r.free(i, found[1]):
            r.take(i, found[1])
            r.price_wishes.append((i, *found))


def settle_price_wishes(r: Reading) -> None:
    """Makes of each wish a quantile of what the things asked for cost; where that cannot be told, words again."""
    context = r.lexicon.context(r.context(), ENOUGH)
    for _, one in r.constraints:
        if one.matches and not one.without:
            narrower = context & r.lexicon.holding(one.field, one.matches) & ~r.lexicon.holding(one.field, one.but)
            context = narrower if narrower.bit_count() >= LEAST_PRICED else context
    for i, (side, share), end in r.price_wishes:
        quantile = r.lexicon.price_quantile(context, share)
        if quantile is None:
            r.taken.difference_update(range(i, end))
        else:
            wish = Constraint("price", Op(side), quantile, r.source(i, end), applied=Applied.WISH)
            r.constraints.append((i, wish))


def _titled(r: Reading, i: int, end: int) -> bool:
    """Whether a single word is part of a product's name together with the rest of the text."""
    stems = [token.stem for token in r.tokens if not token.mark]
    return end - i == 1 and len(stems) > 1 and r.lexicon.named(stems) > 0
