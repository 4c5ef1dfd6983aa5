"""Which vectors a copy takes over and which are made anew. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from embed.base import ModelSpec
from es.mappings import products as fields
from ingest.connection import Connection
from shop.products.since import StoredWrite
from shop.products.store import Spaces, VersionedProduct
from shop.products.stored import packed, product_of

VECTORS = (fields.TEXT_VECTOR, fields.IMAGE_VECTOR)
_SETTINGS = {fields.TEXT_VECTOR: "SHOPSCOUT_TEXT_MODEL", fields.IMAGE_VECTOR: "SHOPSCOUT_CLIP_MODEL"}
_NOUNS = {fields.TEXT_VECTOR: "text", fields.IMAGE_VECTOR: "picture"}


@dataclass(frozen=True, slots=True)
class VectorPlan:
    """`live`: model and dims of each vector field of the live index. `ours`: the models that we make vectors with.
    `again`: none that we can make is taken over."""

    live: Mapping[str, Mapping[str, Any]]
    ours: Mapping[str, ModelSpec | None]
    again: bool = False

    @classmethod
    def of(cls, connection: Connection, live: Mapping[str, Mapping[str, Any]], *, again: bool) -> "VectorPlan":
        """The plan for what a command works with."""
        made = {fields.TEXT_VECTOR: connection.embedder, fields.IMAGE_VECTOR: connection.pictures}
        return cls(live, {name: model.spec if model else None for name, model in made.items()}, again)

    def takes_over(self, name: str) -> bool:
        """Whether vectors of a field stay right: the same model makes them, or nobody here makes any."""
        ours = self.ours[name]
        return name in self.live and (ours is None or ours.id == self.live[name]["model"])

    @property
    def kept(self) -> Spaces:
        """The models of fields that are taken over, for an index where we make none of the kind."""
        return {
            name: fields.VectorSpace(self.live[name]["model"], self.live[name]["dims"])
            for name in VECTORS
            if self.takes_over(name)
        }

    @property
    def spaces(self) -> dict[str, fields.VectorSpace | None]:
        """The model of each vector field of the copy."""
        ours = {name: fields.VectorSpace(spec.id, spec.dims) if spec else None for name, spec in self.ours.items()}
        return {name: ours[name] or self.kept.get(name) for name in VECTORS}

    def versioned(self, write: StoredWrite) -> VersionedProduct:
        """A product for the copy. Raises ValueError, KeyError, TypeError, ArithmeticError where it cannot be read."""
        source = write.source
        vectors = [name for name in VECTORS if self.takes_over(name) and name in source]
        kept = {name: packed(np.asarray(source[name], dtype=np.float32)) for name in vectors}
        if fields.CHANGE_VERSIONS in source:
            kept[fields.CHANGE_VERSIONS] = source[fields.CHANGE_VERSIONS]
        settled = frozenset() if self.again else frozenset(vectors)
        return VersionedProduct(product_of(source), write.version, kept, settled)

    def lines(self) -> list[str]:
        """What is done with each kind of vector, for people."""
        told = []
        for name in VECTORS:
            ours, live, noun = self.ours[name], self.live.get(name), _NOUNS[name]
            if ours is None:
                if live:
                    told.append(f"{noun} vectors stay as they are ({live['model']})")
            elif not live:
                told.append(f"{noun} vectors are made by {ours.id}; the live index has none")
            elif ours.id != live["model"]:
                told.append(
                    f"{noun} vectors are made anew: {_SETTINGS[name]} is {ours.id}, they are of {live['model']}"
                )
            else:
                told.append(f"{noun} vectors are {'made anew' if self.again else 'taken over'} ({ours.id})")
        return told
