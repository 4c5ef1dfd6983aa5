"""What was found set against itself and against the catalogue: contradictions, currencies, absurd amounts. Pure.

Where two things cannot hold together, the one that protects the shopper stays: the highest price before the least,
the budget before the wish; of a value asked for and excluded at once neither is used. All of it is said.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.search.understanding.found import Applied, Constraint, Op
from app.search.understanding.lexicon import Lexicon
from shop.products.values import MAX_PRICE

NEAR_LOW, NEAR_HIGH = Decimal("0.8"), Decimal("1.2")
"""How far a price "around" something reaches, as shares of it."""


def price_bounds(one: Constraint) -> tuple[Decimal | None, Decimal | None]:
    """The least and the highest price that holds a constraint."""
    assert isinstance(one.value, Decimal)
    if one.op is Op.LTE:
        return None, one.value
    if one.op is Op.GTE:
        return one.value, None
    if one.op is Op.NEAR:
        return one.value * NEAR_LOW, one.value * NEAR_HIGH
    return one.value, one.value


def settled(found: Sequence[Constraint], lexicon: Lexicon) -> tuple[list[Constraint], list[str]]:
    """The constraints with what becomes of each, and sentences for the shopper."""
    constraints = [_possible(one, lexicon) for one in found]
    constraints = _one_price(constraints)
    constraints = _excluded(constraints)
    notes = list(dict.fromkeys(one.why for one in constraints if one.why))
    return constraints, notes


def _possible(one: Constraint, lexicon: Lexicon) -> Constraint:
    """Leaves out what this catalogue cannot hold."""
    if one.field == "price":
        assert isinstance(one.value, Decimal)
        if one.currency and lexicon.currencies and one.currency not in lexicon.currencies:
            there_are = " and ".join(lexicon.currencies[:3])
            return _unused(one, f'Prices here are in {there_are}, so "{one.source}" was not used.')
        if one.value >= MAX_PRICE:
            return _unused(one, f'No price comes near "{one.source}", so it was not used.')
        if one.currency and len(lexicon.currencies) != 1:
            one = replace(one, exact_currency=True)
        if one.op is Op.NEAR:
            return replace(one, applied=Applied.WISH)
    if one.field == "rating" and lexicon.index and not lexicon.rated:
        return _unused(one, f'No product here has a rating, so "{one.source}" was not used.')
    return one


def _unused(one: Constraint, why: str) -> Constraint:
    return replace(one, applied=Applied.NO, why=why)


def _one_price(constraints: list[Constraint]) -> list[Constraint]:
    """The least prices that cannot hold beside the highest are left out; so are wishes that contradict."""
    prices = [one for one in constraints if one.field == "price" and one.applied is not Applied.NO]
    hard = [one for one in prices if one.applied is Applied.FILTER]
    wishes = [one for one in prices if one.applied is Applied.WISH]
    highest = min([h for one in hard if (h := price_bounds(one)[1]) is not None], default=None)
    unused: dict[int, str] = {}
    for one in hard:
        low = price_bounds(one)[0]
        if low is not None and highest is not None and low > highest:
            unused[id(one)] = f'No price is above "{one.source}" and within the budget at once; the budget was used.'
    if _contradict(wishes):
        unused |= {id(one): "Wishes about the price contradict one another; none was used." for one in wishes}
    for one in wishes:
        if not _meets(one, hard):
            unused[id(one)] = f'"{one.source}" does not go with the budget; the budget was used.'
    return [_unused(one, unused[id(one)]) if id(one) in unused else one for one in constraints]


def _contradict(wishes: Sequence[Constraint]) -> bool:
    lows = [low for one in wishes if (low := price_bounds(one)[0]) is not None]
    highs = [high for one in wishes if (high := price_bounds(one)[1]) is not None]
    return bool(lows and highs) and max(lows) > min(highs)


def _meets(wish: Constraint, hard: Sequence[Constraint]) -> bool:
    low, high = price_bounds(wish)
    for one in hard:
        least, highest = price_bounds(one)
        if (low is not None and highest is not None and low > highest) or (
            high is not None and least is not None and high < least
        ):
            return False
    return True


def _excluded(constraints: list[Constraint]) -> list[Constraint]:
    """A value that is asked for and excluded at once is neither; of several asked for the others stay."""
    done = list(constraints)
    for i, wanted in enumerate(done):
        if wanted.without or not wanted.matches or wanted.applied is Applied.NO:
            continue
        for j, excluded in enumerate(done):
            if excluded.field != wanted.field or not excluded.without or excluded.op is not Op.NOT:
                continue
            out = {match.lower() for match in excluded.matches}
            left = tuple(match for match in wanted.matches if match.lower() not in out)
            if not left:
                why = f'"{wanted.source}" is asked for and excluded at once; neither was used.'
                done[i], done[j] = _unused(wanted, why), _unused(excluded, why)
            elif len(left) < len(wanted.matches) and isinstance(wanted.value, tuple):
                values = tuple(value for value in wanted.value if value.lower() not in out)
                done[i] = replace(wanted, matches=left, value=values or wanted.value)
    return done
