"""Every index and alias name, made from one prefix. No other module spells one out."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class IndexNames:
    """Names under one prefix. `kind` is a family of indices such as "products".

    An alias is `<prefix>-<kind>`; its generations are `<prefix>-<kind>-g<UTC time to the microsecond>`, and where
    time decides instead, its months are `<prefix>-<kind>-m<year and month>`.
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

    def month(self, kind: str, at: datetime) -> str:
        """The index of the month (UTC) that `at` lies in."""
        return f"{self.alias(kind)}-m{at.astimezone(UTC):%Y%m}"

    def months_pattern(self, kind: str) -> str:
        """Index pattern that covers the months of one kind (check with `month_of`: `*` is greedy)."""
        return f"{self.alias(kind)}-m*"

    def month_of(self, kind: str, index: str) -> datetime | None:
        """The first moment of the month that an index holds; None where it is no month of this kind."""
        found = re.fullmatch(re.escape(self.alias(kind)) + r"-m(\d{4})(0[1-9]|1[0-2])", index)
        return datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC) if found else None

    @property
    def everything(self) -> str:
        """Index pattern that covers all indices of this shop."""
        return f"{self.prefix}-*"

    def numbered(self, kind: str, number: int) -> str:
        """An index of a series that rolls over: `<prefix>-<kind>-000001` and on."""
        return f"{self.alias(kind)}-{number:06d}"

    @property
    def products(self) -> str:
        return self.alias("products")

    @property
    def events(self) -> str:
        return self.alias("events")

    @property
    def keys(self) -> str:
        return self.alias("keys")

    @property
    def queries(self) -> str:
        return self.alias("queries")

    @property
    def rules(self) -> str:
        return self.alias("rules")

    @property
    def rules_history(self) -> str:
        return self.alias("rules-history")

    @property
    def orders(self) -> str:
        return self.alias("orders")

    @property
    def customers(self) -> str:
        return self.alias("customers")

    @property
    def tickets(self) -> str:
        return self.alias("tickets")

    @property
    def promotions(self) -> str:
        return self.alias("promotions")

    @property
    def reviews(self) -> str:
        return self.alias("reviews")

    @property
    def knowledge(self) -> str:
        return self.alias("knowledge")

    @property
    def llm_spending(self) -> str:
        return self.alias("llm-spending")

    @property
    def conversations(self) -> str:
        return self.alias("conversations")

    @property
    def conversation_turns(self) -> str:
        return self.alias("conversation-turns")
