"""A search as one value: what is asked, checked and complete. Everything after works on it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from app.problems import BadRequest
from app.search.clauses import Clause
from app.search.cursor import Cursor
from app.search.example import Example, parse_example, without_pointing
from app.search.facets import AUTO, parse_facets
from app.search.filter_parsing import parse_filters
from app.search.filters import Filter
from app.search.parameters import MAX_QUERY_LENGTH, Reader, plain_text
from app.search.spans import Span
from app.search.steering import Steering
from app.search.understanding.found import Understanding
from shop.products.reader import CatalogueFacts
from shop.rules.document import Surface

MAX_CONTEXT_LENGTH: Final = 64
MAX_SIZE: Final = 200
DEFAULT_SIZE: Final = 24
MAX_OFFSET: Final = 1_000
MAX_FACETS: Final = 30
MAX_FACET_SIZE: Final = 1_000
DEFAULT_FACET_SIZE: Final = 20


class Mode(StrEnum):
    HYBRID = "hybrid"
    LEXICAL = "lexical"
    SEMANTIC = "semantic"


class FusionMethod(StrEnum):
    CONVEX = "convex"
    RRF = "rrf"


class Group(StrEnum):
    """What one hit stands for: a product, or a family of variants."""

    NONE = "none"
    PARENT = "parent"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    RATING = "rating"
    NEWEST = "newest"
    POPULARITY = "popularity"


SORT_ALIASES: Final = {
    "price": Sort.PRICE_ASC,
    "price:asc": Sort.PRICE_ASC,
    "price:desc": Sort.PRICE_DESC,
    "-price": Sort.PRICE_DESC,
}


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A checked search. `text` has single spaces and no control characters; empty means browsing."""

    text: str = ""
    filters: tuple[Filter, ...] = ()
    facets: tuple[str, ...] = ()
    facet_size: int = DEFAULT_FACET_SIZE
    sort: Sort = Sort.RELEVANCE
    size: int = DEFAULT_SIZE
    offset: int = 0
    cursor: Cursor | None = None
    mode: Mode = Mode.HYBRID
    fusion: FusionMethod = FusionMethod.CONVEX
    explain: bool = False
    correct: bool = True
    example: Example | None = None
    auto_facets: bool = False
    """Whether facets that help are chosen beside those asked for."""
    fitted: tuple[tuple[str, tuple[Span, ...]], ...] = ()
    """The ranges of facets of numbers, by the facet's name, once they are known."""
    group: Group | None = None
    """None: the caller did not say."""
    device: str = ""
    segment: str = ""
    any_word: bool = False
    """Whether one of the words will do."""
    also: str = ""
    """Words that rank beside those of `text`, and need not be there."""
    wordings: tuple[str, ...] = ()
    """Other wordings of `text`, by synonyms of the language and of merchandisers."""
    named: str = ""
    """A word that names must have: in an order by price what merely mentions a thing would come first."""
    steering: Steering | None = None
    """What merchandising rules do to the search; `asked` is then the search as it was before."""
    asked: "SearchQuery | None" = None
    understand: bool = True
    relax: bool = True
    """Whether constraints may be given up where they leave nothing."""
    keep_words: tuple[str, ...] = ()
    understood: Understanding | None = None
    """What was made of the words; `typed` is then the search as it was before."""
    typed: "SearchQuery | None" = None
    continued: bool = field(default=False, repr=False)
    """Whether it is a later page by cursor: nothing is made of it any more. This and what follows is not of the search
    that a cursor belongs to."""
    mistyped: str = field(default="", repr=False)
    """Fingerprint of the search with its mistakes, where its words were corrected."""
    words_alone: bool = field(default=False, repr=False)
    """Whether the list began without vectors, as no model could be had, and goes on so."""
    surface: Surface = field(default="search", repr=False)
    """Where its hits are shown, for merchandising rules."""

    @property
    def grouped(self) -> bool:
        """Whether a hit is a family, shown by its best variant, and counts are counts of families."""
        return self.group is Group.PARENT

    @property
    def always(self) -> tuple[Clause, ...]:
        """What merchandising rules ask of every product."""
        return self.steering.always if self.steering else ()

    @property
    def uses_vectors(self) -> bool:
        """Whether vectors would be of use: there is an example, or words and the caller did not ask for words
        alone."""
        if self.words_alone:
            return False
        return self.example is not None or (bool(self.text) and self.mode is not Mode.LEXICAL)

    @property
    def by_vectors_alone(self) -> bool:
        """Whether neighbours are the whole result."""
        return self.example is not None or self.mode is Mode.SEMANTIC

    @property
    def by_relevance(self) -> bool:
        return bool(self.text or self.example) and self.sort is Sort.RELEVANCE


_OWN: Final = frozenset(
    {"q", "facets", "facet_size", "sort", "page", "size", "cursor", "mode", "fusion", "explain", "group", "correct"}
    | {"device", "segment", "understand", "relax"}
)


def from_parameters(
    pairs: Iterable[tuple[str, str]], facts: CatalogueFacts | None, *, image: bytes | None = None
) -> SearchQuery:
    """A search from query parameters: everything that is not a parameter of its own is a filter. `image`: the bytes
    of a picture beside them.

    Raises BadRequest naming every parameter that is wrong.
    """
    own: dict[str, Any] = {} if image is None else {"image": image}
    filters: dict[str, list[str]] = {}
    twice: list[tuple[str, str]] = []
    for name, value in pairs:
        if name == "facets":
            own["facets"] = [*own.get("facets", []), *value.split(",")]
        elif name == "keep_words":
            own["keep_words"] = [*own.get("keep_words", []), value]
        elif name in _OWN:
            if name in own:
                twice.append((name, f"{name} is given twice."))
            own[name] = value
        elif value != "":
            filters.setdefault(name, []).append(value)
    return build(own, filters, facts, twice)


def build(
    own: Mapping[str, Any],
    filters: Mapping[str, Any],
    facts: CatalogueFacts | None,
    errors: Sequence[tuple[str, str]] = (),
) -> SearchQuery:
    """A search from raw values; `own` holds parameters by name, `filters` raw filters. Raises BadRequest."""
    problems = list(errors)
    parsed, wrong = parse_filters(filters, facts)
    problems += wrong
    asked = [str(f) for f in own.get("facets") or []]
    facets, wrong = parse_facets([f for f in asked if f.strip() != AUTO], facts, MAX_FACETS)
    problems += wrong
    take = Reader(own, problems)
    size = take.whole("size", DEFAULT_SIZE, 0, MAX_SIZE)
    offset = _offset(take.whole("page", 1, 1, 10**9), size, own, problems)
    example = parse_example(own, problems)
    text = plain_text(take.text("q", MAX_QUERY_LENGTH))
    query = SearchQuery(
        text=text if example is None else without_pointing(text),
        filters=parsed,
        facets=facets,
        auto_facets=any(f.strip() == AUTO for f in asked),
        facet_size=take.whole("facet_size", DEFAULT_FACET_SIZE, 1, MAX_FACET_SIZE),
        sort=take.choice("sort", Sort, Sort.RELEVANCE, SORT_ALIASES),
        size=size,
        offset=offset,
        mode=take.choice("mode", Mode, Mode.HYBRID),
        fusion=take.choice("fusion", FusionMethod, FusionMethod.CONVEX),
        explain=take.flag("explain"),
        correct=take.flag("correct", default=True),
        example=example,
        device=plain_text(take.text("device", MAX_CONTEXT_LENGTH)),
        segment=plain_text(take.text("segment", MAX_CONTEXT_LENGTH)),
        understand=take.flag("understand", default=True),
        relax=take.flag("relax", default=True),
        keep_words=take.kept("keep_words"),
        cursor=take.cursor(),
        group=take.choice("group", Group, Group.NONE) if own.get("group") else None,
    )
    if problems:
        raise BadRequest(problems)
    return query


def _offset(page: int, size: int, own: Mapping[str, Any], problems: list[tuple[str, str]]) -> int:
    """Where a page begins; a cursor says by itself where it goes on."""
    if own.get("cursor"):
        return 0
    offset = (page - 1) * size
    if offset + size > MAX_OFFSET and page > 1:
        deeper = f"Pages reach to result {MAX_OFFSET}; go deeper with cursor= and the next_cursor of each answer."
        problems.append(("page", deeper))
    return offset
