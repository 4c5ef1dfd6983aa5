"""Events and products out of Elasticsearch as Parquet, for the jobs that read all of them.

A month is read in slices of a point in time, and each slice is one file that appears whole: a run that is killed goes
on with the next slice. The file's name tells the state of the month that it was read from, so that a month that did
not change is not read again. Rows are one for each event and product; an event without products is one row.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from es.client import translated
from es.lease import Lease
from es.mappings import events as fields
from es.mappings import products as product_fields
from es.mappings import profiles as profile_fields
from jobs.job import Workplace
from shop.events.store import EventStore, next_month

PAGE = 5_000
SLICES = 4
_KEEP = "5m"
_TEXTS = (
    fields.TYPE, fields.CUSTOMER_ID, fields.SESSION_ID, fields.PRODUCT_ID, fields.CATEGORY, fields.ORDER_ID,
    fields.PLACEMENT, fields.ALGORITHM, fields.RECOMMENDATION_ID, fields.SEARCH_ID, fields.VERDICT,
)  # fmt: skip
EVENT_SCHEMA = pa.schema(
    [
        ("event_id", pa.string()),
        (fields.TIMESTAMP, pa.timestamp("ms")),
        *((name, pa.string()) for name in _TEXTS),
        (fields.QUANTITY, pa.int32()),
        (fields.ITEM_PRICE, pa.int64()),
        (fields.POSITION, pa.int32()),
        (fields.ITEM_PROPENSITY, pa.float64()),
        (fields.SECONDS, pa.float64()),
    ]
)
PRODUCT_SCHEMA = pa.schema(
    [
        (product_fields.PRODUCT_ID, pa.string()),
        (product_fields.CATEGORY, pa.string()),
        (product_fields.BRAND, pa.string()),
        (product_fields.PRICE, pa.int64()),
        ("color", pa.string()),
    ]
)
SEGMENT_SCHEMA = pa.schema([("customer", pa.string()), ("segment", pa.string())])
_EVENT_SOURCE = [*_TEXTS, fields.TIMESTAMP, fields.QUANTITY, fields.POSITION, fields.ITEMS, fields.SECONDS]


def export_events(place: Workplace, lease: Lease, days: int) -> list[Path]:
    """Parquet files with the events of the months that reach into the last `days`; bots are left out.

    A month is taken whole; readers filter by time. Empty where there are no events.
    """
    oldest = place.now - timedelta(days=days)
    store = EventStore(place.client, place.names, place.events)
    store.refresh()
    files: list[Path] = []
    for index, month in store.months().items():
        if next_month(month) > oldest:
            files += _export_month(place, lease, index)
    return files


def export_products(place: Workplace) -> Path:
    """One Parquet file of the live catalogue: what profiles and trends know of a product. Empty without one."""
    path = place.folder / f"{place.names.products}.parquet"
    source = [*(name for name in PRODUCT_SCHEMA.names if name != "color"), f"{product_fields.ATTRIBUTES}.color"]
    part = path.with_suffix(".part")
    with pq.ParquetWriter(part, PRODUCT_SCHEMA) as writer:
        for hits in _pages(place, place.names.products, {"match_all": {}}, source, None):
            writer.write_batch(
                pa.RecordBatch.from_pylist([_product_row(hit["_source"]) for hit in hits], PRODUCT_SCHEMA)
            )
    part.rename(path)
    return path


def export_segments(place: Workplace) -> Path:
    """One Parquet file of the segments of customers, one row each, by their live profiles. Empty without any."""
    alias = place.names.alias(profile_fields.KIND)
    path = place.folder / f"{alias}.segments.parquet"
    part = path.with_suffix(".part")
    with pq.ParquetWriter(part, SEGMENT_SCHEMA) as writer:
        for hits in _pages(place, alias, {"match_all": {}}, [profile_fields.SEGMENTS], None):
            listed = [
                {"customer": hit["_id"], "segment": one}
                for hit in hits
                for one in hit["_source"].get(profile_fields.SEGMENTS, ())
            ]
            writer.write_batch(pa.RecordBatch.from_pylist(listed, SEGMENT_SCHEMA))
    part.rename(path)
    return path


def files_of(place: Workplace, index: str) -> list[Path]:
    """Where the events of a month lie once it is exported as it is now, slice by slice."""
    state = _state_of(place, index)
    return [place.folder / f"{index}.{state}.{number}.parquet" for number in range(SLICES)]


def _export_month(place: Workplace, lease: Lease, index: str) -> list[Path]:
    files = files_of(place, index)
    for stale in set(place.folder.glob(f"{index}.*")) - set(files):
        stale.unlink(missing_ok=True)
    query = {"bool": {"must_not": {"term": {fields.BOT: True}}}}
    for number, path in enumerate(files):
        if path.exists():
            continue
        lease.check()
        place.say(f"exporting {index}, slice {number + 1} of {SLICES}")
        part = path.with_suffix(".part")
        with pq.ParquetWriter(part, EVENT_SCHEMA) as writer:
            for hits in _pages(place, index, query, _EVENT_SOURCE, {"id": number, "max": SLICES}):
                writer.write_batch(_event_batch(hits))
        part.rename(path)
    return files


def _state_of(place: Workplace, index: str) -> str:
    """Changes with every write and deletion in the index."""
    with translated():
        stats = place.client.indices.stats(index=index, level="shards")["indices"][index]
    writes = sum(int(copies[0]["seq_no"]["max_seq_no"]) + 1 for copies in stats["shards"].values())
    return f"{stats['uuid'].lower()}-{writes}"


def _pages(
    place: Workplace, index: str, query: dict[str, Any], source: list[str], slice_of: dict[str, int] | None
) -> Iterator[list[dict[str, Any]]]:
    """Hits of a point in time, page by page."""
    client = place.client.options(request_timeout=120)
    if not _exists(place, index):
        return
    with translated():
        pit = client.open_point_in_time(index=index, keep_alive=_KEEP)["id"]
    try:
        after = None
        while True:
            with translated():
                answer = client.search(
                    pit={"id": pit, "keep_alive": _KEEP},
                    query=query,
                    slice=slice_of,
                    sort=["_shard_doc"],
                    search_after=after,
                    size=PAGE,
                    source_includes=source,
                    track_total_hits=False,
                )
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield hits
            after, pit = hits[-1]["sort"], answer["pit_id"]
    finally:
        with translated():
            client.close_point_in_time(id=pit)


def _exists(place: Workplace, index: str) -> bool:
    with translated():
        return bool(place.client.indices.exists(index=index))


def _event_batch(hits: list[dict[str, Any]]) -> pa.RecordBatch:
    columns: dict[str, list[Any]] = {name: [] for name in EVENT_SCHEMA.names}
    for hit in hits:
        source = hit["_source"]
        moment = _moment(source[fields.TIMESTAMP])
        for item in _items(source):
            columns["event_id"].append(hit["_id"])
            columns[fields.TIMESTAMP].append(moment)
            for name, column in columns.items():
                if name not in ("event_id", fields.TIMESTAMP):
                    column.append(item[name] if name in item else source.get(name))
    return pa.RecordBatch.from_pydict(columns, EVENT_SCHEMA)


def _items(source: dict[str, Any]) -> list[dict[str, Any]]:
    """What is said of each product of an event; one without a product, for an event that is about none."""
    if fields.ITEMS in source:
        return [{fields.QUANTITY: 1, **item} for item in source[fields.ITEMS]]
    product = source.get(fields.PRODUCT_ID)
    return (
        [{fields.PRODUCT_ID: one} for one in product] if isinstance(product, list) else [{fields.PRODUCT_ID: product}]
    )


def _product_row(source: dict[str, Any]) -> dict[str, Any]:
    color = source.get(product_fields.ATTRIBUTES, {}).get("color")
    row = {name: source.get(name) for name in PRODUCT_SCHEMA.names if name != "color"}
    return {**row, "color": str(color[0] if isinstance(color, list) and color else color or "").lower() or None}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)
