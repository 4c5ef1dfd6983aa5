"""A merchandising rule: when it applies, and what it does then.

Nothing here knows what is steered: a search, a list of recommendations and a chat read the same rules. Filters are
written as a search's are, `{"brand": ["Acme"], "price": {"max": 50}}`, and are opaque to this package.
"""

import re
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shop.rules.schedule import Schedule
from shop.rules.words import exact_form, forms, only_stop_words

Surface = Literal["search", "recommend", "chat"]
SURFACES: Final[tuple[Surface, ...]] = ("search", "recommend", "chat")

MAX_PLACE: Final = 40
"""Last place that a product can be pinned to: as far as the fused part of a list of results reaches."""
MAX_FACTOR: Final = 10.0
MIN_FACTOR: Final = 0.1
MAX_PHRASE_WORDS: Final = 8
MAX_VALUES: Final = 100
MAX_ACTIONS: Final = 50
RESERVED_IDS: Final = frozenset({"conflicts", "preview"})
ID_PATTERN: Final = r"^[a-z0-9][a-z0-9_-]{0,63}$"

_NO_PATTERNS: Final = frozenset({"regex", "regexp", "pattern", "query_regex", "query_matches", "query_pattern"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _phrase(text: str) -> str:
    """A phrase as it is kept. Raises ValueError for one without words."""
    text = " ".join(text.split())
    count = len(forms(text))
    if not count:
        raise ValueError(f'"{text}" holds no letter and no digit')
    if count > MAX_PHRASE_WORDS:
        raise ValueError(f'"{text[:60]}" has {count} words; a phrase has at most {MAX_PHRASE_WORDS}')
    return text


def _telling(text: str) -> str:
    """A phrase that says something. Raises ValueError for one of stop words alone."""
    text = _phrase(text)
    if only_stop_words(text):
        raise ValueError(
            f'"{text}" is a stop word: it stands in nearly every text and would match everything; leave it out'
        )
    return text


_Text = Annotated[str, Field(min_length=1, max_length=512)]
Phrase = Annotated[str, Field(min_length=1, max_length=200)]
Phrases = Annotated[list[Phrase], Field(max_length=MAX_VALUES)]
Values = Annotated[list[_Text], Field(max_length=MAX_VALUES)]
_Scalar = str | bool | int | float
Filters = Annotated[dict[_Text, _Scalar | list[_Scalar] | dict[Literal["min", "max"], _Scalar]], Field(max_length=20)]


class When(_Part):
    """When a rule applies. All conditions that are given must hold; of the values of one, any. None: always."""

    query_is: Phrases = Field([], description="The query is one of these; case, accents and punctuation are the same.")
    query_contains: Phrases = Field(
        [], description="The query has one of these phrases: its words next to one another, plurals being the same."
    )
    constraints: dict[_Text, Values] = Field(
        {},
        max_length=20,
        description="What the words meant or the shopper chose, by filter name: `{brand: [Acme]}`. Each name must "
        "have one of its values.",
    )
    category: Values = Field(
        [], description="A category that is looked at, or a path of the shop's own or an ancestor."
    )
    device: Values = Field([], description="The request's `device`, such as mobile.")
    segment: Values = Field([], description="The request's `segment`, such as vip.")
    schedule: Schedule | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_patterns(cls, data: Any) -> Any:  # noqa: ANN401 - whatever JSON there is
        if isinstance(data, dict) and (wrong := sorted(_NO_PATTERNS & {str(key) for key in data})):
            raise ValueError(
                f"{wrong[0]}: rules have no regular expressions, as one of them could stop every search; "
                "use query_is or query_contains"
            )
        return data

    @field_validator("query_is", "query_contains")
    @classmethod
    def _words(cls, value: list[str]) -> list[str]:
        return [_phrase(text) for text in value]

    @field_validator("constraints")
    @classmethod
    def _some_values(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for name, values in value.items():
            if not values:
                raise ValueError(f"{name} has no value")
        return value


class Selection(_Part):
    """Which products: those of these ids, and those that pass all of these filters."""

    product_ids: Values = []
    filters: Filters = {}

    @model_validator(mode="after")
    def _something(self) -> "Selection":
        if not self.product_ids and not self.filters:
            raise ValueError("name product_ids or filters; a selection of nothing does nothing")
        return self


class Pin(_Part):
    """Shows a product at a place, counted from 1, of lists by relevance."""

    type: Literal["pin"]
    product_id: _Text
    place: int = Field(ge=1, le=MAX_PLACE)


class Boost(_Part):
    """Multiplies the relevance of products by a factor above 1."""

    type: Literal["boost"]
    products: Selection
    factor: float = Field(gt=1, le=MAX_FACTOR)


class Bury(_Part):
    """Multiplies the relevance of products by a factor below 1."""

    type: Literal["bury"]
    products: Selection
    factor: float = Field(ge=MIN_FACTOR, lt=1)


class Hide(_Part):
    """Leaves products out: of the hits, the facets and the total."""

    type: Literal["hide"]
    products: Selection


class Filter(_Part):
    """Shows only products that pass."""

    type: Literal["filter"]
    filters: Filters = Field(min_length=1)


class Redirect(_Part):
    """Sends the shopper to a page."""

    type: Literal["redirect"]
    url: str = Field(min_length=1, max_length=2000, examples=["/sale", "https://shop.example/returns"])

    @field_validator("url")
    @classmethod
    def _safe(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            own = not parts.scheme and not parts.netloc and value.startswith("/")
            full = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            own = full = False
        # Browsers take a backslash for a slash and drop control characters: /\host is another host.
        if not (own or full) or re.search(r"[\s\\\x00-\x1f\x7f]", value):
            raise ValueError("the URL must begin with http://, https:// or a single /")
        return value


class Replace(_Part):
    """Replaces words of the query by others, or takes them out."""

    type: Literal["replace"]
    words: Phrase
    by: str = Field(max_length=200, description="Empty: the words are taken out.")

    @field_validator("words")
    @classmethod
    def _telling(cls, value: str) -> str:
        return _phrase(value)

    @field_validator("by")
    @classmethod
    def _printable(cls, value: str) -> str:
        return _phrase(value) if value.strip() else ""

    @model_validator(mode="after")
    def _other(self) -> "Replace":
        if exact_form(self.words) == exact_form(self.by):
            raise ValueError(f'"{self.words}" would be replaced by itself')
        return self


class Synonyms(_Part):
    """Words that mean the same, in both directions."""

    type: Literal["synonyms"]
    phrases: Phrases = Field(min_length=2)

    @field_validator("phrases")
    @classmethod
    def _telling(cls, value: list[str]) -> list[str]:
        return _different([_telling(text) for text in value])


class OneWaySynonyms(_Part):
    """A query with one of `phrases` is searched with each of `also` too, and not the other way round."""

    type: Literal["one_way_synonyms"]
    phrases: Phrases = Field(min_length=1)
    also: Phrases = Field(min_length=1)

    @field_validator("phrases", "also")
    @classmethod
    def _telling(cls, value: list[str]) -> list[str]:
        return [_telling(text) for text in value]

    @model_validator(mode="after")
    def _different(self) -> "OneWaySynonyms":
        _different([*self.phrases, *self.also])
        return self


Action = Annotated[
    Pin | Boost | Bury | Hide | Filter | Redirect | Replace | Synonyms | OneWaySynonyms, Field(discriminator="type")
]
ACTION_TYPES: Final = (
    "pin", "boost", "bury", "hide", "filter", "redirect", "replace", "synonyms", "one_way_synonyms",
)  # fmt: skip


def _different(phrases: list[str]) -> list[str]:
    seen: dict[tuple[str, ...], str] = {}
    for phrase in phrases:
        if (other := seen.setdefault(forms(phrase), phrase)) is not phrase:
            raise ValueError(f'"{phrase}" and "{other}" are the same words already')
    return phrases


class Rule(_Part):
    """A merchandising rule."""

    id: str = Field(pattern=ID_PATTERN, examples=["summer-sale"])
    name: str = Field(min_length=1, max_length=200, examples=["Summer sale: sandals first"])
    enabled: bool = True
    priority: int = Field(0, ge=-1000, le=1000, description="Higher goes first; equal ones by id.")
    surfaces: list[Surface] = Field(list(SURFACES), min_length=1, description="Where it applies.")
    when: When = When()
    actions: list[Action] = Field(min_length=1, max_length=MAX_ACTIONS)
    note: str = Field("", max_length=2000, description="Why it is there, for the people who edit it.")

    @field_validator("id")
    @classmethod
    def _not_reserved(cls, value: str) -> str:
        if value in RESERVED_IDS:
            raise ValueError(f'"{value}" is an address of its own; choose another id')
        return value

    @model_validator(mode="after")
    def _not_the_whole_shop(self) -> "Rule":
        always = not (
            self.when.query_is or self.when.query_contains or self.when.constraints or self.when.category
            or self.when.device or self.when.segment
        )  # fmt: skip
        if always and any(isinstance(action, Redirect) for action in self.actions):
            raise ValueError("a redirect without a condition would take every request away; say when it applies")
        return self
