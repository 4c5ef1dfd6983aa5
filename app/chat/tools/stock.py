"""Stock in a sentence: of a product, in the option that is asked for. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.chat.grounding.words import COLOURS
from app.chat.quotable import product_name, quotable_value
from app.chat.wording import listed
from shop.inventory.stock import StockItem

_TOLD: Final = 6
_LAST: Final = 5
_SHORT: Final = 2
_BACK: Final = re.compile(
    r"\b(?:when|how (?:long|soon))\b.*\b(?:back|again|available|restock\w*|in stock)\b|\bback in stock\b", re.IGNORECASE
)
_RESTOCK: Final = re.compile(r"restock|back_in_stock|available_from|available_again|expected", re.IGNORECASE)
_COLOUR: Final = re.compile(r"\bcolou?r$", re.IGNORECASE)
_SIZE: Final = re.compile(
    r"\b(?:sizes?\s+|in\s+(?:an?\s+)?(?=\d))(?:eu\s+)?(?P<value>[A-Za-z]{1,4}\b|\d+(?:[.,]\d+)?)", re.IGNORECASE
)


def stock_words(product: Mapping[str, Any], family: Sequence[StockItem], said: str) -> str:
    """Whether it is in stock. `family`: all variants of it, itself included; `said`: what the shopper has said."""
    name = product_name(product["name"], product["product_id"], product.get("brand") or "")
    own = next((item for item in family if item.item_id == product["product_id"]), None)
    available = own.available if own is not None else bool(product.get("in_stock"))
    wanted = options_asked(family, said)
    if not wanted and _SIZE.search(said) and not _sizes(family):
        has = "in stock" if available else "out of stock at the moment"
        return f"The shop's data tells no sizes of {name}. It is {has}."
    missing = _no_such_size(family, said) or (None if wanted else _no_such_colour(family, said, name))
    if missing is not None:
        asked, there = missing
        return f"{name} does not come in {asked}; it comes in {listed(there[:_TOLD])}."
    if wanted:
        return _in_option(name, family, wanted, said, product)
    left = own.quantity if own is not None else product.get("stock_quantity")
    if available:
        few = f", {left} left" if isinstance(left, int) and 0 < left <= _LAST else ""
        return f"{name} is in stock{few}."
    others = _others(family, product["product_id"])
    told = f" There is some of it as {listed(others, 'or')}." if others else ""
    return f"{name} is out of stock at the moment.{told}{_back(product, said)}"


def _in_option(
    name: str, family: Sequence[StockItem], wanted: Mapping[str, str], said: str, product: Mapping[str, Any]
) -> str:
    fitting = [item for item in family if all(item.options.get(option) == value for option, value in wanted.items())]
    which = f"{_family(name)} in {listed([_option(*one) for one in wanted.items()])}"
    there = [item for item in fitting if item.available]
    exact = next((item for item in fitting if item.item_id == variant_asked(product, family, said)), None)
    if there and exact is not None and not exact.available:
        apart = _differing(fitting)
        own, others = _apart(exact, apart), list(dict.fromkeys(_apart(item, apart) for item in there))
        return f"{which} is out of stock in {own}; there is some in {listed(others[:_TOLD])}."
    if there:
        counts = [item.quantity for item in there]
        few = sum(count for count in counts if count is not None)
        left = f", {few} left" if None not in counts and 0 < few <= _LAST else ""
        return f"{which} is in stock{left}."
    option = next(iter(wanted))
    others = list(dict.fromkeys(item.options[option] for item in family if item.available and option in item.options))
    told = f" In {listed(others[:_TOLD])} there is some." if others else ""
    if not fitting:
        return f"There is no {which}.{told}"
    return f"{which} is out of stock at the moment.{told}{_back(product, said)}"


def _family(name: str) -> str:
    """A product's name without its variant, where the rest is a name."""
    short = name.split(", ")[0]
    return short if len(short.split()) > 1 else name


def _apart(item: StockItem, differing: Mapping[str, Sequence[str]]) -> str:
    """What tells a variant from the others: the most telling of its options."""
    return next((item.options[name] for name in reversed(list(differing)) if name in item.options), item.name)


def _option(name: str, value: str) -> str:
    return f"size {value}" if name.endswith("size") and "size" not in value.lower() else value


def variant_asked(product: Mapping[str, Any], family: Sequence[StockItem], said: str) -> str:
    """The id of the variant in the options that are asked for, its other options as they are; the product's own where
    none is asked for or there is none."""
    wanted = options_asked(family, said)
    own = next((item for item in family if item.item_id == product["product_id"]), None)
    fitting = [item for item in family if all(item.options.get(name) == value for name, value in wanted.items())]
    if not wanted or not fitting:
        return str(product["product_id"])
    mine = own.options if own is not None else {}
    alike = {item.item_id: sum(mine.get(n) == v for n, v in item.options.items()) for item in fitting}
    return max(fitting, key=lambda item: (alike[item.item_id], item.available)).item_id


def options_told(product: Mapping[str, Any], family: Sequence[StockItem], said: str) -> str:
    """What colours, sizes or other options there are: those in stock, and those that are not."""
    name = _family(product_name(product["name"], product["product_id"], product.get("brand") or ""))
    differing = _differing(family)
    named = [option for option in differing if any(word in said.lower() for word in _ways(option))]
    # One way to say a colour is enough.
    chosen = [one for one in named or list(differing) if not any(one.startswith(f"{other}_") for other in differing)]
    told = []
    for option in chosen[:2]:
        values = differing[option]
        there = [v for v in values if any(i.available and i.options.get(option) == v for i in family)]
        gone = [v for v in values if v not in there]
        what = option.replace("_", " ")
        if there:
            out = f"; {listed(gone)} {'is' if len(gone) == 1 else 'are'} out of stock" if gone else ""
            told.append(f"{name} comes in {_plural(what)} {listed(there)}{out}.")
    return " ".join(told) or f"{name} comes in no other {'version' if not named else named[0].replace('_', ' ')}."


def _plural(what: str) -> str:
    return f"the {what}s" if not what.endswith("s") else f"the {what}"


def _ways(option: str) -> list[str]:
    word = option.split("_")[0]
    return [word, "colour", "shade", "tone"] if word == "color" else [word, "flavour"] if word == "flavor" else [word]


def _back(product: Mapping[str, Any], said: str) -> str:
    """When it comes again, where somebody asks: an attribute says so, or nothing does."""
    if not _BACK.search(said):
        return ""
    for attribute, value in (product.get("specifications") or {}).items():
        if _RESTOCK.search(attribute) and isinstance(value, str) and quotable_value(value):
            return f" It is expected {value}."
    return " When it will be back, the shop's data does not say."


def options_asked(family: Sequence[StockItem], said: str) -> dict[str, str]:
    """Options in which variants differ, with the values that the words name. A value of one or two letters counts where
    it is written in capitals or after "size" or "in"."""
    low = _spelled(said.lower())
    found: dict[str, str] = {}
    for option, values in _differing(family).items():
        named = [value for value in values if _names(value, said, low)]
        if named:
            found[option] = max(named, key=len)
    return found


def _differing(family: Sequence[StockItem]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for item in family:
        for option, value in item.options.items():
            if value not in values.setdefault(option, []):
                values[option].append(value)
    return {option: each for option, each in values.items() if len(each) > 1}


def _names(value: str, said: str, low: str) -> bool:
    exact = re.escape(_spelled(value.lower())).replace("\\-", "[- ]?")
    if len(value) > _SHORT and not value.isdigit():
        return bool(re.search(rf"(?<!\w){exact}(?!\w)", low))
    if re.search(rf"\b(?:sizes?|in|in an?|as an?)\s+{exact}(?!\w)", low):
        return True
    return value.isupper() and bool(re.search(rf"(?<![\w'-]){re.escape(value)}(?![\w'-])", said))


def _sizes(family: Sequence[StockItem]) -> list[str]:
    """The sizes that variants come in."""
    named = (item.options[name] for item in family for name in item.options if re.search(r"\bsize|size\b", name))
    return list(dict.fromkeys(named))


def _no_such_size(family: Sequence[StockItem], said: str) -> tuple[str, list[str]] | None:
    """A size that is asked for and that no variant has, with the sizes that there are."""
    sizes = _sizes(family)
    asked = _SIZE.search(said)
    if not sizes or asked is None:
        return None
    value = asked.group("value")
    has = any(value.lower() in re.findall(r"[\w.,]+", size.lower()) for size in sizes)
    return None if has else (f"size {value.upper() if value.isalpha() else value}", sizes)


def _spelled(words: str) -> str:
    """Colours in one of their spellings."""
    return words.replace("grey", "gray").replace("colour", "color")


def _no_such_colour(family: Sequence[StockItem], said: str, name: str) -> tuple[str, list[str]] | None:
    """A colour that is asked for and that no variant has, with the colours that there are."""
    colours = list(dict.fromkeys(item.options[o] for item in family for o in item.options if _COLOUR.search(o)))
    known = {_spelled(word) for colour in colours for word in colour.lower().split()}
    said, name = _spelled(said.lower()), _spelled(name.lower())
    asked = [word for word in re.findall(r"[a-z]+", said) if word in COLOURS and word not in name]
    if not colours or not asked or asked[0] in known:
        return None
    return asked[0], colours


def _others(family: Sequence[StockItem], own_id: str) -> list[str]:
    """Variants of it that are there, by what tells them apart."""
    differing = _differing(family)
    told = []
    for item in family:
        if item.available and item.item_id != own_id:
            told.append(" ".join(value for option, value in item.options.items() if option in differing) or item.name)
    return list(dict.fromkeys(told))[:_TOLD]
