"""Clicks in searches among shoppers' events. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from es.mappings import events as fields
from shop.queries.record import Click

SEARCH_CLICK: Final = "search_click"
_SEARCH_ID: Final = re.compile(r"[0-9a-f]{32}")


def clicks_of(events: Iterable[Mapping[str, Any]]) -> Iterator[Click]:
    """The clicks among stored events; those of bots, and those that name no search of ours, are none."""
    for event in events:
        search_id = str(event.get(fields.SEARCH_ID, ""))
        product_id = event.get(fields.PRODUCT_ID)
        ours = event.get(fields.TYPE) == SEARCH_CLICK and _SEARCH_ID.fullmatch(search_id)
        if ours and isinstance(product_id, str) and not event.get(fields.BOT):
            yield Click(search_id, product_id, event.get(fields.POSITION))
