"""Exported files as tables, on whatever backend the settings name. Jobs say what they compute as Ibis expressions."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import ibis

from es.mappings import events as fields
from jobs.backends import Backend, backend
from jobs.export import EVENT_SCHEMA, PRODUCT_SCHEMA, SEGMENT_SCHEMA
from jobs.settings import JobSettings

# Ibis builds its expressions at run time; its columns have no static types worth the name.
Table = Any
Value = Any


def database(settings: JobSettings, folder: Path) -> AbstractContextManager[Backend]:
    """The backend of the settings, for one run of a job. Raises JobFailed where it is not installed."""
    return backend(settings, folder)


def events_table(opened: Backend, files: Sequence[Path]) -> Table:
    """Rows of EVENT_SCHEMA, one an event and product."""
    return opened.read(files) if files else opened.empty(EVENT_SCHEMA)


def products_table(opened: Backend, file: Path) -> Table:
    """Rows of PRODUCT_SCHEMA."""
    return opened.read([file]) if file.exists() else opened.empty(PRODUCT_SCHEMA)


def segments_table(opened: Backend, file: Path) -> Table:
    """Rows of SEGMENT_SCHEMA."""
    return opened.read([file]) if file.exists() else opened.empty(SEGMENT_SCHEMA)


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


def rows(opened: Backend, expression: Table) -> Iterator[dict[str, Any]]:
    """The rows of an expression as dictionaries; memory does not grow with their number."""
    return opened.rows(expression)
