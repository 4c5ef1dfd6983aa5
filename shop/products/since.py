"""What an index has got since a point in its history: products in the order of their last writes.

Elasticsearch numbers the writes of each shard. A checkpoint is the number up to which all of them are done, so what
lies between two checkpoints is all that happened between them: each product with its newest state. Deletions leave a
gap.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from elasticsearch import Elasticsearch

from es.client import translated
from es.errors import EngineUnavailable
from es.mappings import products as fields

Checkpoint = Mapping[str, int]
"""The last write of each shard, by its number; -1 where there is none."""

Retrying = Callable[[Callable[[], list[dict[str, Any]]]], list[dict[str, Any]]]

PAGE: Final = 500
READING: Final = "copying"
"""Group of these readings in Elasticsearch's statistics of searches: they are no shopper's."""
_WINDOW: Final = 5000
_IDS: Final = 10_000
_KEEP_ALIVE: Final = "5m"


@dataclass(frozen=True, slots=True)
class StoredWrite:
    """A product as it is stored, and the number of the write that made it so."""

    product_id: str
    seq_no: int
    source: dict[str, Any]

    @property
    def version(self) -> int:
        """The version of a copy: it grows with each write, and is above 0."""
        return self.seq_no + 1


@dataclass(frozen=True, slots=True)
class Reached:
    """How far an index is: `done` up to where all writes are, on every copy; `begun` the last that has begun."""

    done: dict[str, int]
    begun: dict[str, int]


def reached(client: Elasticsearch, index: str) -> Reached:
    """Raises EngineError; EngineUnavailable where a shard has no primary now."""
    with translated():
        shards = client.indices.stats(index=index, level="shards", metric=["docs"])["indices"][index]["shards"]
        count = int(client.indices.get_settings(index=index, name="index.number_of_shards", flat_settings=True)[index][
            "settings"]["index.number_of_shards"])  # fmt: skip
    primaries = {
        number: copy["seq_no"] for number, copies in shards.items() for copy in copies if copy["routing"]["primary"]
    }
    if len(primaries) != count:
        raise EngineUnavailable(f"{count - len(primaries)} of {count} shards of {index} cannot be read now.")
    return Reached(
        {number: int(found["global_checkpoint"]) for number, found in primaries.items()},
        {number: int(found["max_seq_no"]) for number, found in primaries.items()},
    )


def writes_between(
    client: Elasticsearch, index: str, after: Checkpoint, upto: Checkpoint, retrying: Retrying
) -> Iterator[StoredWrite]:
    """Products last written after one checkpoint, up to another, by shard and number. The index must have been
    refreshed after `upto` was taken. What is written meanwhile is left to the next checkpoint. `retrying` makes a
    request again while Elasticsearch is away."""

    def page(shard: str, above: int, last: int, size: int = PAGE) -> list[dict[str, Any]]:
        return retrying(lambda: _page(client, index, shard, above, last, size))

    for shard, last in upto.items():
        at = after.get(shard, -1)
        while at < last:
            upper = min(last, at + _WINDOW)
            hits = page(shard, at, upper)
            if not hits:
                # A long gap, of products that have been written again since: on to the next that there is.
                following = page(shard, upper, last, 1)
                at = int(following[0]["_seq_no"]) - 1 if following else last
                continue
            for hit in hits:
                yield StoredWrite(str(hit["_id"]), int(hit["_seq_no"]), hit["_source"])
            at = int(hits[-1]["_seq_no"]) if len(hits) == PAGE else upper


def _page(client: Elasticsearch, index: str, shard: str, after: int, upto: int, size: int) -> list[dict[str, Any]]:
    with translated():
        answer = client.search(
            index=index,
            preference=f"_shards:{shard}",
            query={"range": {"_seq_no": {"gt": after, "lte": upto}}},
            sort=[{"_seq_no": "asc"}],
            size=size,
            seq_no_primary_term=True,
            source={"exclude_vectors": False} if size > 1 else False,
            track_total_hits=False,
            allow_partial_search_results=False,
            stats=[READING],
        )
    return list(answer["hits"]["hits"])


def product_ids(client: Elasticsearch, index: str) -> Iterator[str]:
    """Every product id, in the order of their code points, as of one moment after a refresh."""
    point = open_point(client, index)
    try:
        yield from ids_of_point(client, point)
    finally:
        close_point(client, point)


def open_point(client: Elasticsearch, index: str, keep_alive: str = _KEEP_ALIVE) -> str:
    """This moment of an index, after a refresh, to be read for so long; and again so long after each time."""
    with translated():
        client.indices.refresh(index=index)
        point: str = client.open_point_in_time(index=index, keep_alive=keep_alive)["id"]
    return point


def close_point(client: Elasticsearch, point: str) -> None:
    """Lets go of a moment; what it held takes room no more. One that is gone already is no trouble."""
    with translated():
        client.options(ignore_status=404).close_point_in_time(id=point)


def ids_of_point(client: Elasticsearch, point: str, keep_alive: str = _KEEP_ALIVE) -> Iterator[str]:
    """Every product id of a moment, in the order of their code points."""
    after: Sequence[Any] | None = None
    while True:
        with translated():
            answer = client.search(
                pit={"id": point, "keep_alive": keep_alive},
                size=_IDS,
                sort=[{fields.PRODUCT_ID: "asc"}],
                search_after=list(after) if after is not None else None,
                source=False,
                track_total_hits=False,
            )
        hits = answer["hits"]["hits"]
        if not hits:
            return
        after = hits[-1]["sort"]
        yield from (str(hit["_id"]) for hit in hits)


def written_at_point(
    client: Elasticsearch, point: str, keep_alive: str, ids: Sequence[str]
) -> tuple[str, list[StoredWrite]]:
    """Those of these products that there were at a moment, without their vectors; and its name from now on. Raises
    IndexMissing where nobody holds it any more."""
    with translated():
        answer = client.search(
            pit={"id": point, "keep_alive": keep_alive},
            query={"terms": {fields.PRODUCT_ID: list(ids)}},
            size=len(ids),
            seq_no_primary_term=True,
            track_total_hits=False,
        )
    found = [StoredWrite(str(hit["_id"]), int(hit["_seq_no"]), hit["_source"]) for hit in answer["hits"]["hits"]]
    return str(answer["pit_id"]), found


def differences(ours: Iterator[str], theirs: Iterator[str]) -> Iterator[tuple[str, bool]]:
    """Ids that only one of two ascending sequences has; True: only `ours`."""
    a, b = next(ours, None), next(theirs, None)
    while a is not None or b is not None:
        if a is not None and b is not None and a == b:
            a, b = next(ours, None), next(theirs, None)
        elif b is None or (a is not None and a.encode() < b.encode()):
            yield str(a), True
            a = next(ours, None)
        else:
            yield b, False
            b = next(theirs, None)
