"""What a copy must pass before it takes the place of the live index. Each gate tells its figure and its threshold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from elasticsearch import Elasticsearch

from embed.base import Embedder
from es.mappings import products as fields
from ingest.reindex.copying import Copying
from ingest.reindex.judged import Judged, mean_ndcg
from ingest.reindex.recall import recall, sampled
from ingest.reindex.vectors import VECTORS, VectorPlan
from ingest.settings import ReindexSettings
from shop.products import checks
from shop.products.changes.change import tag_of
from shop.products.stored import product_of

_SMOKE: Final = 20


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gate found. `figure` and `threshold` are for people; `value` for scripts; `advice`: what to do where it
    failed."""

    name: str
    passed: bool
    figure: str
    threshold: str
    value: float
    advice: str = ""

    def line(self) -> str:
        """As it is printed."""
        said = f"gate {self.name:18}{'passed' if self.passed else 'FAILED':8}{self.figure} ({self.threshold})"
        return said if self.passed or not self.advice else f"{said}: {self.advice}"

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"gate": self.name, "passed": self.passed, "value": self.value, "threshold": self.threshold}


class Gates:
    """The gates of one copy."""

    def __init__(
        self,
        client: Elasticsearch,
        copying: Copying,
        plan: VectorPlan,
        settings: ReindexSettings,
        embedder: Embedder | None,
        judged: Judged | None,
    ) -> None:
        self._client = client
        self._copying = copying
        self._plan = plan
        self._settings = settings
        self._embedder = embedder
        self._judged = judged

    def run(self, told: Callable[[Gate], None]) -> list[Gate]:
        """Runs every gate, whatever the ones before it found; `told` is given each as it ends."""
        steps: list[Callable[[], Gate | None]] = [self._count, self._left_out, self._mapping, self._versions]
        steps += [lambda name=name: self._recall(name) for name in VECTORS]  # type: ignore[misc]
        steps += [self._ndcg, self._smoke]
        found: list[Gate] = []
        for step in steps:
            gate = step()
            if gate is not None:
                found.append(gate)
                told(gate)
        return found

    def _count(self) -> Gate:
        expected, there, behind = self._copying.settle()
        return Gate(
            "count",
            abs(expected - there) <= behind,
            f"{there:,} of {expected:,} products",
            f"apart by the {behind:,} writes since the last look, at most",
            there,
            "look for writes to the index that go past the API and `python -m ingest upsert`",
        )

    def _left_out(self) -> Gate:
        count = len(self._copying.left_out)
        return Gate(
            "copied",
            not count,
            f"{count:,} products cannot be copied",
            "0 allowed",
            count,
            "the file of rejects says why; PUT or delete these products, then --resume",
        )

    def _mapping(self) -> Gate:
        result = checks.check_mapping(self._client, self._copying.target, self._plan.spaces)
        figure = result.problem or f"schema {fields.SCHEMA_VERSION} and its models"
        return Gate("mapping", not result.problem, figure, "as this version makes it", 0.0 if result.problem else 1.0)

    def _versions(self) -> Gate:
        """Whether copies are of the last write of their products, and say the same."""
        asked = [
            str(hit["_id"])
            for hit in sampled(self._client, self._copying.source, fields.PRODUCT_ID, self._settings.sample)
        ]
        # The copy first: what is written between the two reads is newer in the live index, and is left out.
        copies = {doc["_id"]: doc for doc in self._copying.documents(asked, self._copying.target)}
        compared, wrong = 0, ""
        for write in self._copying.read(asked):
            if write.product_id in self._copying.left_out or self._written_since(write.seq_no):
                continue
            compared += 1
            copy = copies.get(write.product_id)
            if copy is None or copy["_version"] != write.version or not _same(write.source, copy["_source"]):
                wrong = wrong or write.product_id
        figure = f"{compared:,} of {len(asked):,} sampled products compared" + (f", {wrong} differs" if wrong else "")
        advice = "throw this copy away with --abort and begin anew"
        return Gate("versions", not wrong, figure, "content and version equal", compared, advice)

    def _written_since(self, seq_no: int) -> bool:
        # Numbers of several shards cannot be told apart here, so that the lowest counts.
        return seq_no > min(self._copying.checkpoint.values(), default=-1)

    def _recall(self, name: str) -> Gate | None:
        if self._plan.spaces[name] is None:
            return None
        share, count = recall(
            self._client,
            self._copying.target,
            name,
            self._settings.recall_queries,
            rest=self._copying.rest,
        )
        least = self._settings.min_recall
        noun = "text" if name == fields.TEXT_VECTOR else "picture"
        return Gate(
            f"{noun} recall@10",
            share >= least,
            f"{share:.3f} of what an exact search finds, {count} vectors",
            f"at least {least:.3f}",
            round(share, 4),
            "set SHOPSCOUT_INGEST_VECTOR_INDEX to int8_hnsw or hnsw and begin anew (--abort), or allow it (--resume "
            "--min-recall)",
        )

    def _ndcg(self) -> Gate | None:
        if self._judged is None:
            return None
        spec = self._embedder.spec.id if self._embedder is not None else None
        before_by_ours = spec is not None and self._plan.live.get(fields.TEXT_VECTOR, {}).get("model") == spec
        before = mean_ndcg(self._client, self._copying.source, self._judged, self._embedder if before_by_ours else None)
        after = mean_ndcg(self._client, self._copying.target, self._judged, self._embedder)
        least = max(before - self._settings.max_ndcg_loss, self._settings.min_ndcg)
        how = "" if before_by_ours or spec is None else " by words alone, for its model is not here"
        return Gate(
            "nDCG@10",
            after >= least,
            f"{after:.3f} over {len(self._judged):,} judged searches, the live index has {before:.3f}{how}",
            f"at least {least:.3f}",
            round(after, 4),
            "look at what changed in model or mapping; --max-ndcg-loss allows more, with --resume",
        )

    def _smoke(self) -> Gate:
        """Whether products are found by their own names and vectors."""
        hits = sampled(self._client, self._copying.target, fields.PRODUCT_ID, _SMOKE)
        lost = ""
        for hit in hits:
            source = hit["_source"]
            found = checks.finds_by_name(self._client, self._copying.target, product_of(source)) and all(
                checks.finds_by_vector(self._client, self._copying.target, name, source[name])
                for name in VECTORS
                if name in source
            )
            if not found:
                lost = lost or str(hit["_id"])
        figure = f"{len(hits)} products searched by name and vectors" + (f", {lost} is not found" if lost else "")
        return Gate("smoke", not lost, figure, "each found", len(hits), "throw this copy away with --abort")


def _same(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    if ours.get(fields.CHANGE_VERSIONS) != theirs.get(fields.CHANGE_VERSIONS):
        return False
    return tag_of(product_of(ours)) == tag_of(product_of(theirs))
