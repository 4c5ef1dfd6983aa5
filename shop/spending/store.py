"""Accounts in Elasticsearch: an amount is held before a call, under the cap, and settled after it.

Holding and settling are scripts that Elasticsearch runs on one document at a time, so that calls of many processes
never exceed a cap together. What a process held when it died stays held until the day is over: the error is on the
side of spending less.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from es.client import raise_for_item, translated
from es.errors import EngineRejected, IndexMissing
from es.mappings import spending as fields
from es.missing import document_if_any
from es.names import IndexNames

_HOLD: Final = f"""
if (ctx._source.{fields.SPENT} + ctx._source.{fields.HELD} + params.amount > params.cap) {{ ctx.op = 'noop' }}
else {{ ctx._source.{fields.HELD} += params.amount }}
"""
_SETTLE: Final = f"""
ctx._source.{fields.HELD} -= params.held;
ctx._source.{fields.SPENT} += params.spent;
ctx._source.{fields.CALLS} += params.calls;
ctx._source.{fields.FAILED} += params.failed;
ctx._source.{fields.INPUT_TOKENS} += params.input;
ctx._source.{fields.OUTPUT_TOKENS} += params.output;
"""
_NUMBERS: Final = (
    fields.HELD, fields.SPENT, fields.CALLS, fields.FAILED, fields.INPUT_TOKENS, fields.OUTPUT_TOKENS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """What one user, or with an empty `user` the whole shop, spends on one day. `cap`: millionths of a dollar."""

    day: date
    user: str
    cap: int

    @property
    def id(self) -> str:
        """The day and a hash of both: the same user of another day cannot be told from it."""
        if not self.user:
            return f"{self.day}"
        return f"{self.day}-{hashlib.blake2b(f'{self.day}|{self.user}'.encode(), digest_size=16).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Bill:
    """What a call has come to, in millionths of a dollar and tokens. `calls`: 0 where nothing was sent."""

    spent: int = 0
    calls: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


class SpendingStore:
    """Accounts of one shop. Every call raises EngineError where Elasticsearch is in trouble."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 1.0) -> None:
        self._client = client.options(request_timeout=deadline_s)
        self._index = names.llm_spending
        self._made = False

    async def hold(self, accounts: Sequence[Account], amount: int) -> Account | None:
        """Holds `amount` millionths of a dollar in all accounts, or in none: then the account that lacks room."""
        await self.prepare()
        with translated():
            answer = await self._client.bulk(
                operations=[line for account in accounts for line in self._holding(account, amount)]
            )
        held, lacking, broken = [], None, None
        for account, item in zip(accounts, answer["items"], strict=True):
            if "error" in item["update"]:
                broken = item["update"]
            elif item["update"]["result"] == "noop":
                lacking = lacking or account
            else:
                held.append(account)
        if (lacking or broken) and held:
            await self.settle(held, amount, Bill())
        if broken is not None:
            raise_for_item(broken)
        return lacking

    async def settle(self, accounts: Sequence[Account], held: int, bill: Bill) -> None:
        """Gives back what was held and adds what was spent."""
        params = {
            "held": held,
            "spent": bill.spent,
            "calls": bill.calls,
            "failed": bill.failed,
            "input": bill.input_tokens,
            "output": bill.output_tokens,
        }
        lines: list[dict[str, Any]] = []
        for account in accounts:
            lines += [self._target(account), _scripted(account, _SETTLE, params)]
        with translated():
            answer = await self._client.bulk(operations=lines)
        for item in answer["items"]:
            if "error" in item["update"]:
                raise_for_item(item["update"])

    async def day(self, day: date) -> dict[str, int]:
        """The whole shop's numbers of a day by name (es/mappings/spending.py), zeroes where there are none."""
        found = await document_if_any(self._client, self._index, Account(day, "", 0).id)
        counted = {} if found is None else found["_source"]
        return {name: int(counted.get(name, 0)) for name in _NUMBERS}

    async def forget_before(self, day: date) -> int:
        """Deletes the accounts of users of days before; how many. Those of the shop stay."""
        old = [{"range": {fields.DAY: {"lt": f"{day}"}}}, {"term": {fields.SCOPE: fields.USER_SCOPE}}]
        try:
            with translated():
                answer = await self._client.delete_by_query(
                    index=self._index, query={"bool": {"filter": old}}, conflicts="proceed"
                )
        except IndexMissing:
            return 0
        return int(answer["deleted"])

    def _target(self, account: Account) -> dict[str, Any]:
        return {"update": {"_index": self._index, "_id": account.id, "retry_on_conflict": 20}}

    def _holding(self, account: Account, amount: int) -> list[dict[str, Any]]:
        return [self._target(account), _scripted(account, _HOLD, {"amount": amount, "cap": account.cap})]

    async def prepare(self) -> None:
        """Makes the index, once; `hold` does so too."""
        if self._made:
            return
        try:
            with translated():
                await self._client.indices.create(index=self._index, **fields.definition())
        except EngineRejected as error:
            if error.kind != "resource_already_exists_exception":
                raise
        self._made = True


def _scripted(account: Account, script: str, params: dict[str, int]) -> dict[str, Any]:
    scope = fields.USER_SCOPE if account.user else fields.SHOP_SCOPE
    empty = {fields.DAY: f"{account.day}", fields.SCOPE: scope} | dict.fromkeys(_NUMBERS, 0)
    return {"scripted_upsert": True, "upsert": empty, "script": {"source": script.strip(), "params": params}}
