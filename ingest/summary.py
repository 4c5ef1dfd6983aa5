"""What a run did, for people and for scripts."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.embedding import EmbeddingCounts
from shop.pictures.vectors import PictureCounts

NAMED_DUPLICATES = 5
NAMED_REASONS = 3
MAX_REASONS = 1_000
"""Reasons that are counted apart; a feed may be wrong in a way of its own in each row."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(slots=True)
class Summary:
    """Counts of one load or upsert. `read` counts rows of the feed; `indexed` products in the index at the end of
    a load, or products changed by an upsert."""

    verb: str = "indexed"
    read: int = 0
    good: int = 0
    indexed: int = 0
    created: int = 0
    deleted: int = 0
    rejected: int = 0
    skipped: int = 0
    duplicates: int = 0
    stale: int = 0
    unchanged: int = 0
    seconds: float = 0.0
    written: int = 0
    writing_seconds: float = 0.0
    embedding: EmbeddingCounts = field(default_factory=EmbeddingCounts)
    pictures: PictureCounts | None = None
    pictures_refused: int = 0
    duplicate_ids: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    index: str = ""
    replaced_index: str | None = None
    rejects_file: Path | None = None
    reasons: Counter[str] = field(default_factory=Counter)
    """Why rows were rejected, with what was quoted of them left out."""

    @property
    def reject_share(self) -> float:
        """Rejected rows among those that were meant to be products."""
        judged = self.good + self.rejected
        return self.rejected / judged if judged else 0.0

    @property
    def all_skipped(self) -> bool:
        """Whether there were rows, and the mapping left out every one."""
        return self.skipped > 0 and not self.good and not self.rejected

    def reject(self, reason: str) -> None:
        """Counts a rejected row."""
        self.rejected += 1
        alike = _QUOTED.sub("\u2026", reason)
        if alike in self.reasons or len(self.reasons) < MAX_REASONS:
            self.reasons[alike] += 1

    def name_duplicate(self, product_id: str) -> None:
        """Counts a product id that stood in the feed before; the first few are kept by name."""
        self.duplicates += 1
        if len(self.duplicate_ids) < NAMED_DUPLICATES and product_id not in self.duplicate_ids:
            self.duplicate_ids.append(product_id)

    def as_dict(self) -> dict[str, Any]:
        """The figures for scripts, plain JSON values."""
        rate = self.written / self.writing_seconds if self.writing_seconds else 0.0
        embedding_rate = self.embedding.made / self.embedding.seconds if self.embedding.made else 0.0
        return {
            "read": self.read,
            "indexed": self.indexed,
            "rejected": self.rejected,
            "skipped": self.skipped,
            "duplicates": self.duplicates,
            "stale": self.stale,
            "created": self.created,
            "deleted": self.deleted,
            "unchanged": self.unchanged,
            "seconds": round(self.seconds, 2),
            "products_per_s": round(rate, 1),
            "embedded": self.embedding.made,
            "vectors_cached": self.embedding.cached,
            "embedded_per_s": round(embedding_rate, 1),
            **self._pictures_as_dict(),
            "generation": self.index or None,
            "rejects_file": str(self.rejects_file) if self.rejects_file else None,
        }

    def _pictures_as_dict(self) -> dict[str, Any]:
        if (counts := self.pictures) is None:
            return {}
        return {
            "with_picture": counts.products,
            "pictures_embedded": counts.made,
            "pictures_cached": counts.cached,
            "pictures_refused": self.pictures_refused,
            "pictures_per_s": round(counts.made / counts.seconds, 1) if counts.made else 0.0,
        }

    def lines(self) -> Iterable[str]:
        """The figures for people, and what they should look at."""
        figures = self.as_dict()
        yield (
            f"{self.read:,} rows read, {self.indexed:,} products {self.verb}, {self.rejected:,} rejected"
            + (f", {self.skipped:,} left out" if self.skipped else "")
            + (f", {self.deleted:,} deleted" if self.deleted else "")
            + (f", {self.stale:,} stale" if self.stale else "")
            + (f", {self.unchanged:,} unchanged" if self.unchanged else "")
            + f" in {self.seconds:.1f} s"
        )
        yield from (f"  {count:,} rejected: {reason}" for reason, count in self.reasons.most_common(NAMED_REASONS))
        if self.written:
            yield f"{figures['products_per_s']:,.0f} products/s while writing"
        if self.embedding.made or self.embedding.cached:
            rate = f" at {figures['embedded_per_s']:,.0f}/s" if self.embedding.made else ""
            yield f"{self.embedding.made:,} texts embedded{rate}, {self.embedding.cached:,} vectors from the cache"
        if self.pictures is not None and (self.pictures.made or self.pictures.cached):
            rate = f" at {figures['pictures_per_s']:,.0f}/s" if self.pictures.made else ""
            yield (
                f"{self.pictures.products:,} products with a picture: {self.pictures.made:,} pictures embedded{rate}, "
                f"{self.pictures.cached:,} vectors from the cache"
            )
        if self.pictures_refused:
            yield f"warning: {self.pictures_refused:,} pictures could not be had or read; their products are there"
        if self.duplicates:
            more = " ..." if self.duplicates > len(self.duplicate_ids) else ""
            names = ", ".join(self.duplicate_ids)
            yield f"{self.duplicates:,} rows repeat a product id ({names}{more}); the later row counts"
        yield from (f"warning: {label} breaks off before its end; rows are missing" for label in self.cut)
        if self.all_skipped:
            yield "warning: every row was left out; look at `skip` and `deleted` of the mapping file"
        if self.unseen:
            yield f"warning: no row has the columns from which the mapping takes {', '.join(self.unseen)}"
        if self.rejects_file is not None:
            what = "rejected rows and pictures" if self.pictures_refused else "rejected rows"
            yield f"{what} with their reasons: {self.rejects_file}"
