"""The catalogue as the simulation sees it: kinds of products, and what goes with what. Pure."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_LIKED: Final = 0.4


@dataclass(frozen=True, slots=True)
class Ware:
    """A product. `price`: in main units, as decimal text. `kind`: what people call it."""

    product_id: str
    kind: str
    category: str
    price: str
    currency: str


@dataclass(frozen=True, slots=True)
class Stock:
    """Products by kind, each kind with two others of its category that are bought with it."""

    wares: Sequence[Ware]
    kinds: Mapping[str, Sequence[Ware]] = field(init=False)
    categories: Mapping[str, Sequence[str]] = field(init=False)
    companions: Mapping[str, Sequence[str]] = field(init=False)

    def __post_init__(self) -> None:
        kinds: dict[str, list[Ware]] = defaultdict(list)
        of_category: dict[str, set[str]] = defaultdict(set)
        for ware in sorted(self.wares, key=lambda ware: ware.product_id):
            kinds[ware.kind].append(ware)
            of_category[ware.category].add(ware.kind)
        # Those with most products first; a segment is about the first ones.
        size = {name: sum(len(kinds[kind]) for kind in found) for name, found in of_category.items()}
        categories = {name: sorted(of_category[name]) for name in sorted(of_category, key=lambda n: (-size[n], n))}
        chance = random.Random("what goes together")
        companions: dict[str, list[str]] = {}
        for found in categories.values():
            for kind in found:
                others = [other for other in found if other != kind] or [kind]
                companions.setdefault(kind, chance.sample(others, min(2, len(others))))
        object.__setattr__(self, "kinds", {kind: tuple(kinds[kind]) for kind in sorted(kinds)})
        object.__setattr__(self, "categories", categories)
        object.__setattr__(self, "companions", companions)

    def one_of(self, kind: str, chance: random.Random) -> Ware:
        """The first of a kind are liked best."""
        wares = self.kinds[kind]
        return wares[min(len(wares) - 1, int(chance.expovariate(_LIKED)))]


def demo_stock(rows: Iterable[Mapping[str, Any]]) -> Stock:
    """The stock of the demo catalogue's rows."""
    return Stock([
        Ware(
            str(row["product_id"]), str(row["specifications"]["product_type"]), str(row["category"]),
            str(row["price"]), str(row["currency"]),
        )
        for row in rows
    ])  # fmt: skip
