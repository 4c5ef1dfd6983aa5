"""One hit of an answer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from app.search.fusion import Candidate


class Hit(NamedTuple):
    """One hit of the answer: what fusion needs, and what a result list shows (`card`, JSON in base64). `family`: its
    group, where the search is grouped. `fields`: the doc values that came with it."""

    candidate: Candidate
    card: str
    sort: tuple[Any, ...]
    family: str = ""
    fields: Mapping[str, Any] = MappingProxyType({})
