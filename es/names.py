"""Every index and alias name, made from one prefix. No other module spells one out."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class IndexNames:
    """Names under one prefix. `kind` is a family of indices such as "products".

    An alias is `<prefix>-<kind>`; its generations are `<prefix>-<kind>-g<UTC time to the microsecond>`.
    """

    prefix: str

    def alias(self, kind: str) -> str:
        return f"{self.prefix}-{kind}"

    def generation(self, kind: str, at: datetime | None = None) -> str:
        """A new generation's index name; later times sort later."""
        moment = (at or datetime.now(UTC)).astimezone(UTC)
        return f"{self.alias(kind)}-g{moment:%Y%m%d%H%M%S%f}"

    def generations_pattern(self, kind: str) -> str:
        """Index pattern that covers the generations of one kind (check with `is_generation`: `*` is greedy)."""
        return f"{self.alias(kind)}-g*"

    def is_generation(self, kind: str, index: str) -> bool:
        return re.fullmatch(re.escape(self.alias(kind)) + r"-g\d{20}", index) is not None

    @property
    def products(self) -> str:
        return self.alias("products")
