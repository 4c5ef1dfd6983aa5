"""The thing that is asked for by name, where what it costs here is more than there is to spend. Pure.

Words are in descriptions too: "bicycle under 50" finds a novel about a bicycle. So what the thing costs is read from
products that are called so, not from whatever holds the words; and it is looked for only where nothing that was found
is one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.search.hits import Retrieved, card_of, hits_of
from app.search.query import Mode, SearchQuery, Sort
from app.search.retrieval import build_body
from app.search.understanding.language.twins import TWINS
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.things import Thing, is_kind, is_one, things_in
from app.search.understanding.tokens import stems_of
from es.mappings import products as fields

LOOKED_AT: Final = 50
"""As many products of that word in their name, the cheapest and the dearest, may be something else."""


@dataclass(frozen=True, slots=True)
class Dear:
    """A kind of thing that the catalogue has: its name as it was typed, without what tells it apart ("chair"), and by
    what it is known, with its twins ("bicycle" and "bike")."""

    word: str
    heads: tuple[str, ...]
    lexicon: Lexicon

    def is_it(self, name: str) -> bool:
        return any(is_one(head, name, self.lexicon) for head in self.heads)


def kind_not_shown(asked: SearchQuery, found: Retrieved, lexicon: Lexicon) -> Dear | None:
    """The kind of thing that the words name and the catalogue has, where no product that was found is one; None where
    its category is asked for anyway, or where several things are named."""
    thing = _only_thing(asked)
    if thing is None or not is_kind(thing, lexicon):
        return None
    head = thing.head
    twins = [other for other in TWINS.get(head, ()) if lexicon.knows(other)]
    dear = Dear(thing.words.split()[-1].lower(), (head, *twins), lexicon)
    return None if any(dear.is_it(str(card_of(hit)["name"])) for hit in found.hits) else dear


def may_be(asked: SearchQuery, dear: Dear | None, found: Retrieved, lexicon: Lexicon) -> Callable[[str], bool]:
    """Whether a product of that name may be what is asked for: nobody knows what is not named, but a "table chair" is
    no table. Where things of that kind were found, it is one that is called just so: a fleece jacket may be a "warm
    jacket" too, but it is no "leather jacket"."""
    if dear is not None:
        return dear.is_it
    thing = _only_thing(asked)
    if thing is None:
        return lambda _: True
    head, wanted = thing.head, set(thing.stems)
    if any(is_one(head, str(card_of(hit)["name"]), lexicon) for hit in found.hits):
        return lambda name: wanted <= set(stems_of(name)) and is_one(head, name, lexicon)
    return lambda name: head not in stems_of(name) or is_one(head, name, lexicon)


def _only_thing(asked: SearchQuery) -> Thing | None:
    """The thing that the words name; None where they name none or several, or where its category is asked for."""
    if asked.understood is not None and asked.understood.holds_to_a_kind:
        return None
    things = things_in(asked.text)
    return things[0] if len(things) == 1 else None


def priced_bodies(dear: Dear, any_price: SearchQuery) -> list[dict[str, Any]]:
    """Searches for the cheapest and the dearest products with the word in their name. `any_price`: the search under
    those of its filters that are never given up, at any price."""
    named = {"match": {fields.NAME: {"query": " ".join(dear.heads), "operator": "or"}}}
    plain = replace(
        any_price, text="", also="", size=LOOKED_AT, mode=Mode.LEXICAL, facets=(), group=None, understood=None
    )
    bodies = [build_body(replace(plain, sort=sort), ()) for sort in (Sort.PRICE_ASC, Sort.PRICE_DESC)]
    return [{**body, "query": {"bool": {"filter": [body["query"], named]}}} for body in bodies]


def its_bounds(dear: Dear, answers: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The lowest and the highest price of those that are called so; None where none is."""
    return bounds_of(answers, dear.word, dear.is_it)


def bounds_of(answers: Sequence[dict[str, Any]], priced: str, is_it: Callable[[str], bool]) -> dict[str, Any] | None:
    """`price`: lowest and highest of the products that are it, the cheapest and the dearest of which were answered;
    `priced`: what has them; `kind`: the category of the cheapest. None where none is it."""
    ends = [[card for hit in hits_of(answer) if is_it((card := card_of(hit))["name"])] for answer in answers]
    if not ends or not all(ends):
        return None
    low, high = ends[0][0], ends[1][0]
    bounds = {"lowest": low["price"], "highest": high["price"], "currency": low["currency"]}
    return {"price": bounds, "priced": priced, "kind": low.get("category")}
