"""Reads of one request put together: searches asked for within a few turns of the event loop go out as one `_msearch`.

So each recommender asks for what it needs, and side by side they cost one round trip. The same question twice is one.
"""

import asyncio
from typing import Any, Final, NamedTuple

import orjson

from es.client import raise_for_item, refusal
from es.errors import EngineError, EngineTimeout
from es.mappings import products as fields
from es.wire import Wire

# What is sorted by time would first be asked of each month whether it can have anything: a round for nothing.
_PATH = "/_msearch?include_named_queries_score=true&pre_filter_shard_size=1024"
_NDJSON = "application/x-ndjson"
_TURNS = 4
"""Of the event loop before a batch goes out: what lies in memory is read by then, and what it leads to is asked for."""

SHOWN: Final = (fields.CARD, fields.GROUP_ID, fields.BRAND, fields.CATEGORY)
"""Doc values of which it is made what is shown of a product."""


def columns(*docvalues: str | dict[str, str]) -> dict[str, Any]:
    """Part of a search of products whose hits have doc values alone, PRODUCT_ID among them. What is stored of a
    document, its `_id` too, lies in blocks that have to be unpacked: for fifty hits a quarter of the search's time."""
    return {"_source": False, "stored_fields": "_none_", "docvalue_fields": [fields.PRODUCT_ID, *docvalues]}


class _Question(NamedTuple):
    target: str
    body: bytes


class Reads:
    """Searches over one server. `deadline_s`: of each round trip."""

    def __init__(self, wire: Wire, *, deadline_s: float) -> None:
        self._wire = wire
        self._deadline_s = deadline_s
        self._asked: dict[_Question, asyncio.Future[dict[str, Any]]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def search(self, index: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to one search; leave it as it is, others may have asked the same.

        Raises IndexMissing, EngineTimeout, EngineUnavailable, EngineRejected.
        """
        limited = {"track_total_hits": False, "timeout": f"{int(self._deadline_s * 1000)}ms", **body}
        question = _Question(index, orjson.dumps(limited, option=orjson.OPT_SERIALIZE_NUMPY))
        if not self._asked:
            # After every recommender that is ready to run has asked.
            asyncio.get_running_loop().call_soon(self._wait, _TURNS)
        future = self._asked.setdefault(question, asyncio.get_running_loop().create_future())
        # Whoever gives up must not take the answer from the others.
        return await asyncio.shield(future)

    async def close(self) -> None:
        """Gives up what is under way: nobody waits for it any more."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _wait(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._wait, turns - 1)
        else:
            self._send()

    def _send(self) -> None:
        asked, self._asked = self._asked, {}
        task = asyncio.get_running_loop().create_task(self._answer(asked))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, asked: dict[_Question, "asyncio.Future[dict[str, Any]]"]) -> None:
        lines = b"".join(orjson.dumps({"index": q.target}) + b"\n" + q.body + b"\n" for q in asked)
        try:
            status, answer = await self._wire.post(_PATH, lines, _NDJSON, deadline_s=self._deadline_s)
            parsed = orjson.loads(answer)
            if status >= 400:
                raise refusal(status, parsed)
        except asyncio.CancelledError:
            for future in asked.values():
                future.cancel()
            raise
        except (EngineError, orjson.JSONDecodeError) as error:
            failed = error if isinstance(error, EngineError) else refusal(502, None)
            for future in asked.values():
                _fail(future, failed)
            return
        for future, item in zip(asked.values(), parsed["responses"], strict=True):
            _settle(future, item)


def _settle(future: "asyncio.Future[dict[str, Any]]", item: dict[str, Any]) -> None:
    try:
        raise_for_item(item)
        if item.get("timed_out") or item.get("_shards", {}).get("failed"):
            raise EngineTimeout("A read took longer than its deadline.")
    except EngineError as error:
        _fail(future, error)
    else:
        future.set_result(item)


def _fail(future: "asyncio.Future[dict[str, Any]]", error: Exception) -> None:
    future.set_exception(error)
    # Taken note of: whoever asked may have given up meanwhile.
    future.exception()
