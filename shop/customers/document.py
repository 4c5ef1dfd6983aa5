"""A customer as support needs to know one: name, address, ways to pay. Balances are exact, in main units."""

import unicodedata
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from shop.orders.document import Address, Amount, Difference, Id
from shop.products.document import Moment, Text, Word


class PaymentType(StrEnum):
    GIFT_CARD = "gift_card"
    CREDIT_CARD = "credit_card"
    PAYPAL = "paypal"
    BANK = "bank_transfer"
    OTHER = "other"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PaymentMethod(_Part):
    """A way to pay. Only a gift card has a balance. `ending`: the last digits of a card's number, never more."""

    method_id: Id
    type: PaymentType
    brand: Word = ""
    ending: Annotated[str, StringConstraints(max_length=4, pattern=r"^\d*$")] = ""
    balance: Amount | None = None

    def in_words(self) -> str:
        """your Visa card ending in 1234."""
        if self.type is PaymentType.CREDIT_CARD:
            ending = f" ending in {self.ending}" if self.ending else ""
            return f"your {self.brand.capitalize()} card{ending}" if self.brand else f"your credit card{ending}"
        names = {
            PaymentType.GIFT_CARD: "your gift card",
            PaymentType.PAYPAL: "your PayPal account",
            PaymentType.BANK: "your bank account",
        }
        return names.get(self.type, "your other payment method")


class AccountChange(_Part):
    """A change that was made to an account: once for each `request_key`."""

    request_key: Word
    action: Word
    at: Moment
    method_id: str = ""
    amount: Difference | None = None


class Customer(_Part):
    """Somebody who buys."""

    customer_id: Id
    first_name: Annotated[Text, StringConstraints(max_length=200)] = ""
    last_name: Annotated[Text, StringConstraints(max_length=200)] = ""
    email: Annotated[Text, StringConstraints(max_length=320)] = ""
    address: Address | None = None
    methods: list[PaymentMethod] = []
    updated_at: Moment | None = None
    changes: list[AccountChange] = []

    def method(self, method_id: str) -> PaymentMethod | None:
        return next((method for method in self.methods if method.method_id == method_id), None)

    def changed_for(self, request_key: str) -> bool:
        """Whether this request has been carried out."""
        return any(change.request_key == request_key for change in self.changes)

    @property
    def last_changed_at(self) -> datetime | None:
        return max((change.at for change in self.changes), default=None)

    def with_address(self, address: Address, request_key: str, now: datetime) -> "Customer":
        change = AccountChange(request_key=request_key, action="change_address", at=now)
        return self.model_copy(update={"address": address, "changes": [*self.changes, change]})

    def with_posting(self, method_id: str, amount: Decimal, request_key: str, now: datetime) -> "Customer":
        """The customer after an amount has been added to a gift card, or taken off it. Raises BalanceTooLow."""
        method = self.method(method_id)
        if method is None or method.balance is None:
            raise BalanceTooLow(f"{method_id} has no balance.")
        balance = method.balance + amount
        if balance < 0:
            raise BalanceTooLow(f"There is {method.balance} on {method_id}, which is less than {-amount}.")
        changed = method.model_copy(update={"balance": balance})
        posted = AccountChange(request_key=request_key, action="posting", at=now, method_id=method_id, amount=amount)
        methods = [changed if one.method_id == method_id else one for one in self.methods]
        return self.model_copy(update={"methods": methods, "changes": [*self.changes, posted]})


class BalanceTooLow(Exception):
    """A gift card does not cover what it should pay for."""


class CustomerMissing(Exception):
    """There is no such customer."""


def folded(text: str) -> str:
    """A name or an e-mail address without case, accents and extra spaces, for finding."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().split()) or " ".join(text.lower().split())
