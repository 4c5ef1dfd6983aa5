"""What a turn does: calls of tools. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool, by its name."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a turn does. `say`: something to tell whatever the tools find; `easier`: calls to try, one after another,
    where the first ones find nothing; `then`: a tool for the products that
    were found, where there are several; `after`: what is proposed
    when that is decided which the calls propose."""

    calls: tuple[Call, ...] = ()
    say: str = ""
    easier: tuple[Call, ...] = ()
    then: str = ""
    after: tuple[Call, ...] = ()
