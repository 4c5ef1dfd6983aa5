"""What every recommender has in common: what it is asked, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol, runtime_checkable

PER_RECOMMENDER: Final = 40
"""Candidates that each is asked for."""


class Placement(StrEnum):
    """Where on the site a list is shown: the placements of every shop. A shop's own file may name others."""

    HOME = "home"
    PRODUCT = "product"
    CART = "cart"
    CATEGORY = "category"
    SEARCH = "search"
    POST_PURCHASE = "post_purchase"
    EMAIL = "email"


class Did(StrEnum):
    """What a shopper did with a product, as far as it says that they want it."""

    LOOKED = "looked"
    CART = "cart"
    BOUGHT = "bought"


@dataclass(frozen=True, slots=True)
class Interaction:
    """One event of a shopper with one product. `in_session`: in the visit that asks now."""

    product_id: str
    did: Did
    at: datetime
    in_session: bool = False


class Ahead(Protocol):
    """Where recommenders say early what a list may need (app/recommend/ahead.py)."""

    def proposed(self, name: str, candidates: "Sequence[Candidate]") -> None:
        """What the recommender answers, or would without what it still waits for."""
        ...

    def brought(self, hits: Sequence[Mapping[str, Any]]) -> None:
        """Doc values (reads.SHOWN) of products in stock that fit the request and are not excluded."""
        ...


@dataclass(frozen=True, slots=True)
class RecommendationRequest:
    """What is asked, and what is known of who asks. Fields that are empty are not known.

    `category`: a value or path of the shop. `cart`: product ids. `min_similarity`: 0 to 1; None: the recommender's
    own. `budget`: highest price of one piece, in main units. `exclude`: products that must not be answered; whatever
    is answered all the same is dropped later, so this only saves places.

    `history`: what the customer and this session did last, oldest first, at most 50, read once for all recommenders.
    `profile`: the stored profile of the customer (es/mappings/profiles.py); empty where there is none. `ahead`: who is
    to be told early; None: nobody.
    """

    placement: str
    customer_id: str = ""
    session_id: str = ""
    product_id: str = ""
    category: str = ""
    cart: tuple[str, ...] = ()
    limit: int = 8
    min_similarity: float | None = None
    budget: Decimal | None = None
    exclude: frozenset[str] = frozenset()
    history: tuple[Interaction, ...] = ()
    profile: Mapping[str, Any] = field(default_factory=dict)
    ahead: Ahead | None = field(default=None, compare=False, repr=False)

    @property
    def named(self) -> tuple[str, ...]:
        """The products that the request itself names: the page's and those in the cart."""
        given = (self.product_id,) if self.product_id else ()
        return tuple(dict.fromkeys((*given, *reversed(self.cart))))

    @property
    def about(self) -> tuple[str, ...]:
        """The products that the list is about, the most telling first: the page's product, the cart, the history from
        the latest on. Each once."""
        latest = (done.product_id for done in reversed(self.history))
        return tuple(dict.fromkeys((*self.named, *latest)))


class Candidate(NamedTuple):
    """A product that a recommender proposes. `score`: above 0, higher is better, compared within one answer only.

    `reason_data`: why, in values that are stored or can be computed again from what is; `kind` says which others
    there are (app/recommend/reasons.py lists the kinds and makes the sentences). `{"kind": "told", "text": "..."}` is
    a sentence of the recommender's own. `algorithm`: the part that proposes it, where the recommender has parts.
    """

    product_id: str
    score: float
    reason_data: Mapping[str, Any] = MappingProxyType({})
    algorithm: str = ""


@runtime_checkable
class ReadsAhead(Protocol):
    """A recommender that knows by the request alone some of what it will read."""

    async def read_ahead(self, request: RecommendationRequest) -> None:
        """Has it read while the shopper's history is. Raises EngineError where it cannot be; `candidates` will too."""
        ...


class Recommender(Protocol):
    """Proposes products. Recommenders of one list run side by side, under one deadline: one that is late or raises is
    gone without, and the answer says so under `degraded`."""

    @property
    def name(self) -> str:
        """As placements, events and metrics call it: lower case and underscores."""
        ...

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        """At most k products, best first; none where it has nothing to say about this request.

        Raises RecommenderUnavailable (app/recommend/errors.py) or EngineError where it cannot tell.
        """
        ...
