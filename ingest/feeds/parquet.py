"""Parquet, by batches of rows."""

from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.errors import FeedError
from ingest.feeds.row import BrokenRow, FeedRow, Rows

BATCH_ROWS = 1000


def read(stream: IO[bytes]) -> Rows:
    """The rows of a seekable Parquet file. Raises FeedError where it is none."""
    try:
        table = pq.ParquetFile(stream)
    except (pa.ArrowException, OSError) as error:
        first_line = str(error).splitlines()[0]
        raise FeedError(f"The file is not Parquet, or it was not transferred completely ({first_line})") from error
    place = 0
    try:
        for batch in table.iter_batches(batch_size=BATCH_ROWS):
            for values in batch.to_pylist():
                place += 1
                yield FeedRow(place, values)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = f"the Parquet data is damaged after record {place} ({str(error).splitlines()[0]})"
        yield BrokenRow(place + 1, f"{reason}; nothing beyond it was read", cut=True)
