"""What stands below what in a shop's tree: kinds of a thing, and what only goes with it, cases below phones. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.search.understanding.language.things import ACCESSORIES
from app.search.understanding.postings import head_of
from app.search.understanding.tokens import says, stem, stems_of
from shop.products.vocabulary import Vocabulary

_STEMS: Final = frozenset(map(stem, ACCESSORIES))


def categories_beside(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Path of a category -> paths below it that hold accessories, parts and the like. Only of categories that name a
    thing, one that products elsewhere below them are called: nothing is called "kitchen"."""
    below = _accessories_below(vocabulary.shop_categories)
    named = set()
    for product in vocabulary.sample if below else ():
        for path in product.paths:
            if path in below and _is_called(product.name, path):
                named.add(path)
                # "Dolls & Accessories" has dolls.
                below[path].difference_update(product.paths)
    return {path: tuple(sorted(others)) for path, others in below.items() if path in named and others}


def kinds_above(paths: Iterable[str]) -> dict[str, set[str]]:
    """Stem of a category's last word -> those of the categories above it: cars of "Toys/Vehicles/Cars" are toys."""
    found: dict[str, set[str]] = {}
    for path in paths:
        heads = [stems[-1] for step in path.split("/") if (stems := stems_of(step))]
        if heads:
            found.setdefault(heads[-1], set()).update(heads[:-1])
    return found


def but(matches: Sequence[str], beside: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What is left out of the categories `matches`: what stands beside them, unless it is asked for itself."""
    left_out = dict.fromkeys(path for match in matches for path in beside.get(match, ()))
    return tuple(path for path in left_out if not any(f"{match}/".startswith(f"{path}/") for match in matches))


def _accessories_below(paths: Mapping[str, int]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in paths:
        steps = path.split("/")
        stems = stems_of(steps[-1])
        if stems and stems[-1] in _STEMS:
            for depth in range(1, len(steps)):
                found.setdefault("/".join(steps[:depth]), set()).add(path)
    return found


def _is_called(name: str, path: str) -> bool:
    stems = stems_of(path.rpartition("/")[2])
    return bool(stems) and says(head_of(name), stems[-1])
