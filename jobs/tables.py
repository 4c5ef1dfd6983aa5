"""The embedded database over exported files. Jobs say what they compute as Ibis expressions; DuckDB runs them."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis

from es.mappings import events as fields
from jobs.export import EVENT_SCHEMA, PRODUCT_SCHEMA, SEGMENT_SCHEMA
from jobs.settings import JobSettings

# Ibis builds its expressions at run time; its columns have no static types worth the name.
Table = Any
Value = Any


@contextmanager
def database(settings: JobSettings, folder: Path) -> Iterator[Any]:
    """A connection of its own, over a file that goes with it: what does not fit into memory has a place."""
    path = folder / f"work-{uuid.uuid4().hex}.duckdb"
    connection = ibis.duckdb.connect(
        path,
        memory_limit=f"{settings.memory_mb}MB",
        threads=settings.threads,
        temp_directory=str(folder / "duckdb"),
        preserve_insertion_order=False,
    )
    try:
        yield connection
    finally:
        connection.disconnect()
        for left in folder.glob(f"{path.name}*"):
            left.unlink(missing_ok=True)


def events_table(connection: Any, files: Sequence[Path]) -> Table:  # noqa: ANN401 - a backend of Ibis
    """Rows of EVENT_SCHEMA, one an event and product."""
    if not files:
        return connection.create_table("no_events", schema=ibis.Schema.from_pyarrow(EVENT_SCHEMA))
    return connection.read_parquet([str(path) for path in files])


def products_table(connection: Any, file: Path) -> Table:  # noqa: ANN401 - a backend of Ibis
    """Rows of PRODUCT_SCHEMA."""
    if not file.exists():
        return connection.create_table("no_products", schema=ibis.Schema.from_pyarrow(PRODUCT_SCHEMA))
    return connection.read_parquet(str(file))


def segments_table(connection: Any, file: Path) -> Table:  # noqa: ANN401 - a backend of Ibis
    """Rows of SEGMENT_SCHEMA."""
    if not file.exists():
        return connection.create_table("no_segments", schema=ibis.Schema.from_pyarrow(SEGMENT_SCHEMA))
    return connection.read_parquet(str(file))


def with_person(events: Table) -> Table:
    """Events with `person`: the customer; else the customer of the session, where just one ever signed in; else the
    session; null without consent."""
    known = (
        events.filter(events[fields.CUSTOMER_ID].notnull() & events[fields.SESSION_ID].notnull())
        .group_by(fields.SESSION_ID)
        .aggregate(
            owner=lambda t: t[fields.CUSTOMER_ID].min(),
            owners=lambda t: t[fields.CUSTOMER_ID].nunique(),
        )
        .filter(lambda t: t.owners == 1)
        .select("owner", known_session=fields.SESSION_ID)
    )
    joined = events.left_join(known, events[fields.SESSION_ID] == known.known_session)
    return joined.mutate(
        customer=ibis.coalesce(joined[fields.CUSTOMER_ID], joined.owner),
        person=ibis.coalesce(joined[fields.CUSTOMER_ID], joined.owner, joined[fields.SESSION_ID]),
    ).drop("owner", "known_session")


def rows(connection: Any, expression: Table, size: int = 10_000) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - see above
    """The rows of an expression as dictionaries; memory does not grow with their number."""
    # DuckDB sums whole numbers into wider ones than Ibis knows of.
    schema = expression.schema().to_pyarrow()
    # Past Ibis's own reader, which calls a method that DuckDB has given up.
    reader = connection.con.execute(connection.compile(expression)).to_arrow_reader(size)
    for batch in reader:
        yield from batch.cast(schema).to_pylist()
