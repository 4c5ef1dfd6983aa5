"""The demo catalogue as a feed, with a fingerprint that tells whether it is loaded already."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from es.generations import Generations
from es.mappings import products as fields
from ingest.feeds.row import FeedRow, Rows
from shop.demo.catalogue import read_catalogue

LABEL = "demo catalogue"


class DemoRows:
    """The products of the demo, as rows."""

    label = LABEL
    unit = "record"
    size_bytes: int | None = None

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = [dict(row) for row in read_catalogue()]
        content = orjson.dumps(self._rows, default=str)
        self.fingerprint = hashlib.sha256(content).hexdigest()[:16]

    @property
    def products(self) -> list[dict[str, Any]]:
        """The rows as they stand in the catalogue's files."""
        return self._rows

    def bytes_read(self) -> int:
        """0: nothing is read from a file."""
        return 0

    def rows(self) -> Rows:
        """Every product of the demo."""
        for place, values in enumerate(self._rows, start=1):
            yield FeedRow(place, values)

    @property
    def source(self) -> dict[str, Any]:
        """What is kept with the generation."""
        return {"feeds": [LABEL], "fingerprint": self.fingerprint}

    def prepare_pictures(self, folder: Path, say: Callable[[str], None]) -> str:
        """Makes the pictures that are not there yet, into `folder`; a sentence about it."""
        # Late, for pictures are no part of loading products.
        from shop.demo.pictures import prepare_pictures

        return str(prepare_pictures(self._rows, folder, say))


def is_live(generations: Generations, fingerprint: str, text_model: str | None, image_model: str | None) -> bool:
    """Whether the live generation was made from these products, by this code and with these models."""
    live = next((g for g in generations.all() if g.live), None)
    if live is None or live.meta.get("schema_version") != fields.SCHEMA_VERSION:
        return False
    models = live.meta.get("models", {})
    made_by = [models.get(field, {}).get("model") for field in (fields.TEXT_VECTOR, fields.IMAGE_VECTOR)]
    same = live.meta.get("source", {}).get("fingerprint") == fingerprint
    return bool(same and made_by == [text_model, image_model])
