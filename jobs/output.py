"""What a job computed, as a new generation: written beside the live one, counted, and swapped in."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, cast

import orjson

from es.client import translated
from es.generations import Generations
from es.lease import Lease
from jobs.errors import JobFailed
from jobs.job import Workplace

BATCH = 1_000
Document = tuple[str, dict[str, Any]]
"""An id and what is stored under it."""


def publish(
    place: Workplace, lease: Lease, kind: str, definition: dict[str, Any], documents: Iterable[Document]
) -> int:
    """Writes all documents and makes them live; returns their number. Ids must be distinct.

    Where anything fails, the generation is removed and the one before stays live. Raises JobFailed, LeaseLost,
    EngineError.
    """
    generations = Generations(place.client, place.names, kind)
    index = generations.create(definition)
    try:
        written = 0
        for batch in _batches(documents):
            lease.check()
            _write(place, index, batch)
            written += len(batch)
        generations.finish(index)
        with translated():
            found = place.client.count(index=index)["count"]
        if found != written:
            raise JobFailed(f"{written} documents were written to {index}, and {found} are there; run the job again.")
        lease.check()
        generations.swap(index)
    except BaseException:
        generations.delete(index)
        raise
    generations.prune(keep=2)
    return written


def _write(place: Workplace, index: str, batch: list[Document]) -> None:
    lines: list[bytes] = []
    for record_id, document in batch:
        lines += (orjson.dumps({"index": {"_id": record_id}}), orjson.dumps(document))
    with translated():
        answer = place.client.options(request_timeout=120).bulk(
            index=index, operations=cast(Any, lines), filter_path="items.*.error,errors"
        )
    if answer["errors"]:
        reason = next(item["index"]["error"]["reason"] for item in answer["items"] if item)
        raise JobFailed(f"Elasticsearch refused a document for {index}: {reason}")


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    rest = iter(documents)
    while batch := list(islice(rest, BATCH)):
        yield batch
