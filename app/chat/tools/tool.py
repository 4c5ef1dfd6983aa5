"""What every tool of the conversation has in common: a name, typed arguments, records as its result.

Tools are the same services as the HTTP API has. A tool that changes something proposes it first; it is done when the
user has confirmed that very proposal, and doing it twice does it once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from app.chat.records import Record


class Arguments(BaseModel):
    """Arguments of a tool: known names, right types, within limits."""

    model_config = ConfigDict(extra="forbid", frozen=True)


A = TypeVar("A", bound=Arguments)
A_contra = TypeVar("A_contra", bound=Arguments, contravariant=True)


class Outcome(StrEnum):
    """How a call ended. REFUSED: policy or rights forbid it. PROPOSED: it waits for the user's yes."""

    DONE = "done"
    EMPTY = "empty"
    PROPOSED = "proposed"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a tool is called. `customer_id` is None for somebody who has not been identified; everything
    about orders needs one. `session_id` and `message_id` name the turn, for logs and so that a retry does nothing
    twice."""

    session_id: str
    message_id: str
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """Records found or changed. `say` is one plain sentence of what happened or why not; `facts` are named values that
    an answer may use besides the records (totals, counts); `proposal` is what a confirmation would carry out."""

    outcome: Outcome
    records: tuple[Record, ...] = ()
    say: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    proposal: Mapping[str, Any] | None = None


class Tool(Protocol, Generic[A_contra]):
    """A tool. `name` and `description` are for people, logs and language models alike."""

    @property
    def name(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def changes(self) -> bool:
        """Whether it changes something, and so is proposed before it is done."""
        ...

    @property
    def arguments(self) -> type[Arguments]:
        """The model of its arguments."""
        ...

    async def run(self, arguments: A_contra, caller: Caller, confirmed: bool = False, /) -> ToolResult:
        """Raises what its services raise (EngineError); what policy forbids is an outcome, not an error."""
        ...
