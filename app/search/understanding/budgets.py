"""Budgets: what a text says of the price in numbers. Pure.

A number is a price when its currency is said, or when a word of price or a comparative stands before it and nothing
after it says that it counts or measures something else. Where that is open it stays a word: a filter that nobody
asked for hides products, a word that is left over does not.
"""

from dataclasses import replace

from app.search.understanding.amounts import Amount, amount_at, number_at
from app.search.understanding.found import Constraint, Op
from app.search.understanding.language.lists import Phrase
from app.search.understanding.language.measures import UNITS
from app.search.understanding.language.money import (
    ABOUT,
    ABOUT_AFTER,
    AT_LEAST,
    AT_LEAST_AFTER,
    AT_MOST,
    AT_MOST_AFTER,
    COUNTED,
    EXACTLY,
    NEGATING,
    NOT_PRICE_BEFORE,
    PRICE_FILLERS,
    PRICE_LEADS,
    PRICE_WISHES,
    SPENT_AFTER,
    TO_SPEND,
)
from app.search.understanding.language.negation import NEGATORS
from app.search.understanding.language.people import AGES, GENDERS, SINGULAR_GENDERS
from app.search.understanding.language.text import FUNCTION_WORDS
from app.search.understanding.price_ranges import costs_that, same_size
from app.search.understanding.reading import Reading
from app.search.understanding.tokens import is_break, phrase_at

_BEFORE: dict[Phrase, Op] = {
    **dict.fromkeys(AT_MOST, Op.LTE),
    **dict.fromkeys(AT_LEAST, Op.GTE),
    **dict.fromkeys(ABOUT, Op.NEAR),
    **dict.fromkeys(EXACTLY, Op.EQ),
}
_AFTER: dict[Phrase, Op] = {
    **dict.fromkeys(AT_MOST_AFTER, Op.LTE),
    **dict.fromkeys(AT_LEAST_AFTER, Op.GTE),
    **dict.fromkeys(ABOUT_AFTER, Op.NEAR),
}
OLDEST_CHILD = 18
_AGES_SAID = range(30, 76)
_GROWN_UP = frozenset({w for w, who in {**GENDERS, **SINGULAR_GENDERS}.items() if who in ("male", "female")})
_GROWN_UP |= {"adults", "people", "seniors"}
_TO = frozenset({"to", "and", "-", "till", "until"})


def find_budgets(r: Reading) -> None:
    """Takes every budget of the text, first to last."""
    i = 0
    while i < len(r.tokens):
        end = _age(r, i) or _range(r, i) or _bounded(r, i) or _plain(r, i)
        i = end if end else i + 1


def _price(r: Reading, op: Op, amount: Amount, start: int, end: int) -> Constraint:
    return Constraint("price", op, amount.value, r.source(start, end), amount.currency)


def _age(r: Reading, i: int) -> int | None:
    """How old grown-ups are is no price: "vitamins for women over 50". A dress for women "above 80" costs that."""
    if r.word(i) != "over" or r.word(i - 1) not in _GROWN_UP:
        return None
    amount = amount_at(r, i + 1)
    if amount is None or amount.is_money or amount.value not in _AGES_SAID or not _stops(r, amount.end):
        return None
    r.take(i, amount.end)
    return amount.end


def _range(r: Reading, i: int) -> int | None:
    """ "between 20 and 40", "$5 to $10", "20-40 euros", "price range 20 - 40"."""
    if not r.free(i):
        return None
    begin, led = _led(r, i)
    at = begin
    word = r.word(at)
    between = word in ("between", "from", "betwixt") and r.free(at)
    at += between
    low = amount_at(r, at)
    if low is None or low.end >= len(r.tokens) or r.word(low.end) not in _TO or not r.free(low.end):
        return None
    high = amount_at(r, low.end + 1)
    if high is None or (r.word(low.end) == "and" and not between):
        return None
    said = low.is_money or (high.is_money and (not high.pounds or between or led or "GBP" in r.lexicon.currencies))
    if not said:
        if (
            not (between or led or costs_that(r, begin, low, high))
            or _counted(r, high.end)
            or not _price_may_follow(r, i, low)
            or low.glued_k != high.glued_k
        ):
            return None
    elif not between and not led and not low.is_money and _model_before(r, i, low):
        return None
    low, high = same_size(r, low, high)
    code = high.currency or low.currency
    if low.currency and high.currency and low.currency != high.currency:
        return None
    end = high.end
    ends = sorted((replace(low, currency=code), replace(high, currency=code)), key=lambda amount: amount.value)
    end = _spent(r, end)
    r.take(i, end, [_price(r, Op.GTE, ends[0], i, end), _price(r, Op.LTE, ends[1], i, end)])
    return end


def _bounded(r: Reading, i: int) -> int | None:
    """ "under $50", "price less than 50", "budget of 100", "don't want to spend more than 50"."""
    if not r.free(i):
        return None
    at, led = _led(r, i)
    if at == i and i > 0 and r.word(i - 1) in PRICE_LEADS and r.free(i - 1):
        return None
    compared = phrase_at(r.tokens, at, _BEFORE) if at < len(r.tokens) else None
    if compared and not r.free(at, compared[1]):
        compared = None
    op = compared[0] if compared else Op.LTE
    at = _skip_fillers(r, compared[1]) if compared else at
    if not compared and not led:
        return None
    amount = amount_at(r, at)
    if amount is None:
        return None
    start = i
    if op is Op.GTE and (negation := _negation(r, i)) is not None:
        start, op = negation, Op.LTE
    after = phrase_at(r.tokens, amount.end, _AFTER)
    if not compared and after and r.free(amount.end, after[1]):
        op, amount = after[0], replace(amount, end=after[1])
    if not amount.is_money and not _bare_is_price(r, i, amount, op, led, compared is not None):
        return None
    end = _spent(r, amount.end)
    if r.word(start) == "no" and start < i - 1:
        # What it says of is what is wanted: "no jacket over 100 dollars".
        r.take(start, start + 1)
        start = i
    r.take(start, end, [_price(r, op, amount, start, end)])
    return end


def _plain(r: Reading, i: int) -> int | None:
    """An amount with what follows it: "50 bucks max", "$50 or less", "100 dollars"; "for $50" is a budget too."""
    amount = amount_at(r, i)
    if amount is None:
        return None
    after = phrase_at(r.tokens, amount.end, _AFTER)
    if after and not r.free(amount.end, after[1]):
        after = None
    if amount.is_money and not _no_price(r, amount, bool(after)):
        op, end = after if after else (_op_without_words(r, i), amount.end)
        if not after and phrase_at(r.tokens, end, SPENT_AFTER):
            op = Op.LTE
        end = _spent(r, end)
        r.take(i, end, [_price(r, op, amount, i, end)])
        return end
    if after is None and not amount.is_money and (spent := phrase_at(r.tokens, amount.end, TO_SPEND)):
        r.take(i, spent[1], [_price(r, Op.LTE, amount, i, spent[1])])  # "i have 200 to spend"
        return spent[1]
    if after is None or amount.is_money or not _bare_trailing(r, i, amount, after[1], after[0]):
        return None
    end = _spent(r, after[1])
    r.take(i, end, [_price(r, after[0], amount, i, end)])
    return end


def _no_price(r: Reading, amount: Amount, compared: bool) -> bool:
    """Whether what could be money is none: "15 pounds of beans", "a 1 pound bag", "a dollar store"."""
    if not amount.digits and r.word(amount.start) == "a":
        return not compared
    british = "GBP" in r.lexicon.currencies and r.word(amount.end) != "of" and r.word(amount.end - 1) != "pound"
    return amount.pounds and not compared and not british


def _op_without_words(r: Reading, i: int) -> Op:
    """ "for $50" and "with 50 dollars" are what there is to spend; "a $50 lamp" costs about that."""
    return Op.LTE if r.word(i - 1) in ("for", "with", "have", "got", "only") else Op.NEAR


def _led(r: Reading, i: int) -> tuple[int, bool]:
    """The token after words of price at `i` ("my budget is", "priced at"), and whether there are any."""
    at = i
    if r.word(at) not in PRICE_LEADS:
        return i, False
    at += 1
    while r.free(at) and (r.word(at) in PRICE_FILLERS or r.word(at) in PRICE_LEADS) and not _compares(r, at):
        at += 1
    return at, True


def _compares(r: Reading, at: int) -> bool:
    found = phrase_at(r.tokens, at, _BEFORE)
    return found is not None or r.word(at) in ("between", "from")


def _negation(r: Reading, i: int) -> int | None:
    """Where a negation begins that turns "more than" round: "don't want to spend more than", "can't go over"."""
    for k in range(i - 1, max(-1, i - 6), -1):
        if not r.free(k) or is_break(r.tokens[k]):
            return None
        if r.word(k) in NEGATING:
            return k - 1 if k and r.word(k - 1) in ("do", "can", "i") and r.free(k - 1) else k
    return None


def _skip_fillers(r: Reading, at: int) -> int:
    while r.free(at) and r.word(at) in PRICE_FILLERS and not (r.word(at) == "a" and amount_at(r, at)):
        at += 1
    return at


def _bare_is_price(r: Reading, i: int, amount: Amount, op: Op, led: bool, compared: bool) -> bool:
    """Whether a number without a currency is a price: what stands before and after decides."""
    if _counted(r, amount.end):
        return False
    if led:
        return True
    if not compared or not _price_may_follow(r, i, amount) or _title(r, i, amount.end):
        return False
    if op is Op.EQ or (
        op is Op.NEAR and (r.word(i) in ("about", "near", "nearly", "ca", "close") or not _stops(r, amount.end))
    ):
        return False
    beside = any(one.field == "price" for _, one in r.constraints)  # "under 50 but over 20 headphones"
    if op is Op.GTE and (r.word(i - 1) in ("for", "aged") or not (beside or _stops(r, amount.end))):
        return False
    if r.word(i) in ("within", "inside", "limit", "up", "upto") and not _stops(r, amount.end):
        return False
    return _stops(r, amount.end) or r.lexicon.knows(r.tokens[amount.end].stem)


def _bare_trailing(r: Reading, i: int, amount: Amount, end: int, op: Op) -> bool:
    """ "headphones 50 max": a price unless the word before makes the number a model ("iphone 15 max")."""
    if op is not Op.LTE or not _stops(r, end) or not _price_may_follow(r, i, amount) or _counted(r, amount.end):
        return False
    if i == 0 or not _is_word(r, i - 1) or r.word(i - 1) in FUNCTION_WORDS:
        return True
    before = r.tokens[i - 1].stem
    return r.lexicon.knows(before) and not r.lexicon.named([before, r.tokens[i].stem])


def _price_may_follow(r: Reading, i: int, amount: Amount) -> bool:
    """Whether what stands before allows for a price: not "size", "ages", nor the name of an attribute; "for kids under
    50" does, as no child is so old."""
    before = i - 1
    while before >= 0 and r.word(before) in ("is", "of", "are", "a", "the", ":"):
        before -= 1
    if before < 0 or not _is_word(r, before):
        return True
    token = r.tokens[before]
    numeric = r.lexicon.attribute_names.get((token.stem,))
    measured = {m.attribute for listed in r.lexicon.measured.values() for m in listed}
    grown = AGES.get(token.word, GENDERS.get(token.word)) in ("kids", "boy", "girl") and amount.value > OLDEST_CHILD
    return (grown or token.word not in NOT_PRICE_BEFORE) and numeric not in measured


def _title(r: Reading, i: int, end: int) -> bool:
    """Whether the very words are in a product's name: a book called "Less Than Zero"."""
    stems = [token.stem for token in r.tokens[i:end] if not token.mark]
    return len(stems) > 1 and r.lexicon.named(stems) > 0


def _counted(r: Reading, at: int) -> bool:
    """Whether the number before `at` counts or measures what follows."""
    word = r.word(at)
    if not word or (at in r.taken and word not in UNITS):
        return False
    if word == "in":  # Inches, or "under 50 in red".
        glued = r.tokens[at].start == r.tokens[at - 1].end
        return at not in r.taken and (glued or at + 1 >= len(r.tokens))
    if word in COUNTED or word in UNITS:
        return True
    if word in ("by", "x") and number_at(r, at + 1):  # "50 by 60 inches"
        return True
    return r.tokens[at].mark and word not in "!?.,;:()[]+-|&…"


def _stops(r: Reading, at: int) -> bool:
    """Whether the phrase of the number is over: nothing, a break, a function word or another comparative follows."""
    if r.ends(at):
        return True
    if r.word(at) in FUNCTION_WORDS or r.word(at) in PRICE_LEADS or _compares(r, at):
        return True
    return any(phrase_at(r.tokens, at, listed) for listed in (NEGATORS, PRICE_WISHES, SPENT_AFTER))


def _model_before(r: Reading, i: int, low: Amount) -> bool:
    """Whether the first number is a model's and no end of a range: "iphone 12 - 50 dollars"."""
    if r.tokens[low.end].start == r.tokens[low.end - 1].end or not _is_word(r, i - 1):
        return False
    before = r.tokens[i - 1].stem
    known = r.lexicon.knows(before) or r.word(i - 1) in FUNCTION_WORDS
    return not known or r.lexicon.named([before, r.tokens[i].stem]) > 0


def _is_word(r: Reading, i: int) -> bool:
    return 0 <= i < len(r.tokens) and not r.tokens[i].mark and i not in r.taken


def _spent(r: Reading, end: int) -> int:
    """After the words that may close a budget: "$50 to spend", "50 in total"."""
    found = phrase_at(r.tokens, end, SPENT_AFTER)
    return found[1] if found and r.free(end, found[1]) else end
