"""Sizes that are said by the size of what was ordered: "one size bigger". Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from shop.inventory.stock import StockItem
from shop.orders.document import OrderItem
from shop.products.values import attribute_name
from shop.rules.words import forms

_LETTERS: Final = {size: rank for rank, size in enumerate(("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"))}
_UP: Final = re.compile(
    r"\bsizes? (?:up|bigger|larger)\b|\b(?:bigger|larger|next) (?:one|size)s?\b|\btoo (?:small|tight|short|narrow)\b"
    r"|\bpinch\w*",
    re.IGNORECASE,
)
_DOWN: Final = re.compile(
    r"\bsizes? (?:down|smaller)\b|\bsmaller (?:one|size)s?\b|\btoo (?:big|large|loose|wide|long|baggy)\b",
    re.IGNORECASE,
)


_LETTER: Final = {"small": "S", "medium": "M", "large": "L"}
_IN_WORDS: Final = re.compile(
    r"(?<!too )(?<!extra )(?<!extra-)(?<!is )(?<!are )(?<!run )(?<!runs )\b(?P<size>small|medium|large)\b",
    re.IGNORECASE,
)


def with_size(item: OrderItem, variants: Sequence[StockItem], said: str) -> str:
    """The words, and the size that they mean where they tell it by the item's own ("one size bigger", "too tight"): the
    nearest one that is there. As they are where they name a size, and where no size is known."""
    said = _IN_WORDS.sub(lambda found: f"{found.group()} {_LETTER[found['size'].lower()]}", said)
    up, down = _UP.search(said) is not None, _DOWN.search(said) is not None
    own = _rank(_size(item.options))
    if up == down or own is None:
        return said
    sizes = {rank: size for one in variants if one.available
             if (rank := _rank(size := _size(one.options))) is not None}  # fmt: skip
    if any(set(forms(size)) & set(forms(said)) for rank, size in sizes.items() if rank != own):
        return said
    wanted = [rank for rank in sizes if (rank > own if up else rank < own)]
    if not wanted:
        return said
    # Of "EU 44" the 44: every size of it is an EU size.
    told = set(forms(sizes[min(wanted) if up else max(wanted)])) - set(forms(_size(item.options)))
    return f"{said} {' '.join(sorted(told))}"


def _size(options: Mapping[str, str]) -> str:
    """The value of the option that tells a size; empty where none does."""
    return next((value for name, value in options.items() if "size" in attribute_name(name).split("_")), "")


def _rank(size: str) -> float | None:
    """Where a size stands among others of its kind; None for one that is no letter and has no number."""
    if size.strip().lower() in _LETTERS:
        return float(_LETTERS[size.strip().lower()])
    number = re.search(r"\d+(?:[.,]\d+)?", size)
    return float(number.group().replace(",", ".")) if number else None
