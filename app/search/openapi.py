"""The query parameters of a search as OpenAPI lists them, from the tables that requests are checked against."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.search.filters import FLAG_FIELDS, HIGHEST, RANGE_FIELDS, WORD_FIELDS
from app.search.parameters import MAX_QUERY_LENGTH
from app.search.query import (
    DEFAULT_FACET_SIZE,
    DEFAULT_SIZE,
    MAX_CONTEXT_LENGTH,
    MAX_FACET_SIZE,
    MAX_SIZE,
    FusionMethod,
    Group,
    Mode,
    Sort,
)
from shop.queries.record import ID_PATTERN, MAX_ID

Schema = Mapping[str, Any]
Parameter = dict[str, Any]


def _choice(of: type[FusionMethod | Group | Mode | Sort], **more: str) -> Schema:
    return {"type": "string", "enum": list(of), **more}


_TEXT: Final[Schema] = {"type": "string"}
_ON: Final[Schema] = {"type": "boolean", "default": True}
_CONTEXT: Final[Schema] = {**_TEXT, "maxLength": MAX_CONTEXT_LENGTH}
_VISIT: Final[Schema] = {**_TEXT, "maxLength": MAX_ID, "pattern": ID_PATTERN}
_FACET_SIZE: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": MAX_FACET_SIZE, "default": DEFAULT_FACET_SIZE}
_SIZE: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": MAX_SIZE, "default": DEFAULT_SIZE}
_FACETS_TOLD: Final = (
    "Facets to count, separated by commas: brand, category, any attribute; auto: those that help most."
)
_GROUP_TOLD: Final = "parent: one hit a family of variants, the best one, and counts of families."
_VISIT_TOLD: Final = "Visit of the shop that the search belongs to, for analytics; or the header X-Session-Id."

_OWN: Final[tuple[tuple[str, str, Schema], ...]] = (
    ("q", "What is searched for; empty browses.", {**_TEXT, "maxLength": MAX_QUERY_LENGTH}),
    ("facets", _FACETS_TOLD, _TEXT),
    ("facet_size", "Values a facet.", _FACET_SIZE),
    ("sort", "Order of the hits.", _choice(Sort, default="relevance")),
    (
        "page",
        "Page, from 1; pages reach to result 1000, a cursor further.",
        {"type": "integer", "minimum": 1, "default": 1},
    ),
    ("size", "Hits a page.", _SIZE),
    ("cursor", "next_cursor of the answer before, for the hits after it.", _TEXT),
    ("mode", "How to search.", _choice(Mode, default="hybrid")),
    ("fusion", "How hybrid search joins its two rankings.", _choice(FusionMethod, default="convex")),
    ("correct", "false: take the words as they are typed.", _ON),
    ("understand", "false: make no constraints of the words.", _ON),
    ("relax", "false: give up no constraint where nothing is found.", _ON),
    ("device", "What it is shown on, such as mobile; for merchandising rules.", _CONTEXT),
    ("segment", "Which customers it is for, such as vip; for merchandising rules.", _CONTEXT),
    ("explain", "Tell how each hit got its place.", {"type": "boolean", "default": False}),
    ("group", _GROUP_TOLD, _choice(Group)),
    ("session_id", _VISIT_TOLD, _VISIT),
)
_EXAMPLES: Final = {"q": "hiking backpack", "facets": "brand,category"}


def query_parameters() -> list[Parameter]:
    """Those of the search itself, then its filters. Attributes of the catalogue are filters too, and are not listed:
    which there are is only known once there is a catalogue."""
    own = [_parameter(name, told, schema) for name, told, schema in _OWN]
    for parameter in own:
        if parameter["name"] in _EXAMPLES:
            parameter["example"] = _EXAMPLES[parameter["name"]]
    return [*own, *_filters()]


def _filters() -> Iterator[Parameter]:
    for name in RANGE_FIELDS:
        for side, told in (("min", f"Least {name}."), ("max", f"Highest {name}, included.")):
            yield _parameter(f"{side}_{name}", told, {"type": "number", "minimum": 0, "maximum": HIGHEST[name]})
    for name in FLAG_FIELDS:
        yield _parameter(name, "true: only products in stock.", {"type": "boolean"})
    for name, field in WORD_FIELDS.items():
        item = _TEXT if field.choices is None else {**_TEXT, "enum": list(field.choices)}
        many = {"type": "array", "items": item}
        told = f"{field.description} Repeat it for several."
        yield {**_parameter(name, told, many), "style": "form", "explode": True}


def _parameter(name: str, description: str, schema: Schema) -> Parameter:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
