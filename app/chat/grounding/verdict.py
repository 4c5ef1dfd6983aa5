"""What the checker says of a sentence. Pure values."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a sentence may not be sent as it is."""

    UNKNOWN_PRODUCT = "unknown_product"
    PRICE = "price"
    NUMBER = "number"
    RATING = "rating"
    STOCK = "stock"
    DELIVERY = "delivery"
    ATTRIBUTE = "attribute"
    NEGATION = "negation"
    BUDGET = "budget"
    EXCLUSION = "exclusion"
    CITATION = "citation"
    ARITHMETIC = "arithmetic"
    INSTRUCTION = "instruction"
    LINK = "link"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`text` is what may be sent: the sentence itself, a repaired one, or nothing. `faults` is empty where all was
    well."""

    text: str
    faults: tuple[Fault, ...] = ()

    @property
    def repaired(self) -> bool:
        return bool(self.faults) and bool(self.text)

    @property
    def withheld(self) -> bool:
        return bool(self.faults) and not self.text
