"""A JSON array of objects, at the top of the file or below a key, read as a stream."""

from typing import BinaryIO

import ijson

from ingest.errors import FeedError
from ingest.feeds.row import BrokenRow, FeedRow, Rows, excerpt, kind_of


def read(stream: BinaryIO, records: str = "") -> Rows:
    """The objects of the array at `records` (a path such as `data.products`; empty: the file is the array).

    Numbers with a fraction come as Decimal, exact. Raises FeedError if there is no such array.
    """
    prefix = f"{records}.item" if records else "item"
    place = 0
    try:
        for item in ijson.items(stream, prefix):
            place += 1
            if isinstance(item, dict):
                yield FeedRow(place, item)
            else:
                yield BrokenRow(place, f"the record is {kind_of(item)}, not an object", excerpt(str(item)))
    except ijson.JSONError as error:
        # IncompleteJSONError and the parser's own messages end in a dump of what surrounds the place.
        first_line = str(error).strip().splitlines()[0]
        reason = f"the JSON breaks off or is broken after record {place} ({first_line}); nothing beyond it was read"
        yield BrokenRow(place + 1, reason, cut=True)
        return
    except UnicodeDecodeError:
        yield BrokenRow(place + 1, "the record is not valid UTF-8; nothing beyond it was read", cut=True)
        return
    if place == 0:
        where = f"below the key {records}" if records else "at its top; name the key with `records` in the mapping file"
        raise FeedError(f"The JSON file has no list of products {where}.")
