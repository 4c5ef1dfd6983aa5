"""Passages in Elasticsearch: written document by document, found by words and by meaning at once."""

import base64
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from elasticsearch import AsyncElasticsearch

from embed.base import ModelSpec, Vector, Vectors
from es.client import raise_for_item, translated
from es.errors import EngineRejected, IndexMissing
from es.mappings import knowledge as fields
from es.missing import count_if_any
from es.names import IndexNames
from shop.knowledge.answering.words import ASKING
from shop.knowledge.document import FoundPassage, KnowledgeDocument
from shop.rules.words import STOP_WORDS, forms

CANDIDATES: Final = 20
_OF_A_TOPIC: Final = 4
WORDS: Final = 0.5
"""What all of a question's words are worth beside the cosine of a passage. Of 203 requests by other authors that one or
two sections of the demo's documents answer, the first passage is such a one of 70 % (60 % by cosine alone; the weight
was chosen on them)."""
_RANK: Final = 60  # Cormack, Clarke, Buettcher: Reciprocal rank fusion, SIGIR 2009


class KnowledgeStore:
    """Knowledge of one shop. Every call may raise EngineError."""

    def __init__(self, client: AsyncElasticsearch, names: IndexNames, *, deadline_s: float = 5.0) -> None:
        self._client = client.options(request_timeout=deadline_s)
        self._index = names.knowledge

    async def model(self) -> str | None:
        """The model of the vectors; None where there are none. Raises IndexMissing."""
        with translated():
            found = await self._client.indices.get_mapping(index=self._index)
        (mapping,) = found.values()
        model: str | None = mapping["mappings"].get("_meta", {}).get("model")
        return model

    async def prepare(self, spec: ModelSpec | None) -> bool:
        """Makes the index for vectors of this model. True: it held vectors of another model, and is empty now."""
        wanted = spec.id if spec else None
        try:
            if await self.model() == wanted:
                return False
        except IndexMissing:
            await self._create(spec)
            return False
        with translated():
            await self._client.indices.delete(index=self._index)
        await self._create(spec)
        return True

    async def versions(self) -> dict[str, str]:
        """The version of every document that is stored."""
        found: dict[str, str] = {}
        after: dict[str, Any] = {}
        sources = [{name: {"terms": {"field": name}}} for name in (fields.DOCUMENT_ID, fields.VERSION)]
        while True:
            pages = {"pages": {"composite": {"size": 1000, "sources": sources, **after}}}
            try:
                with translated():
                    answer = await self._client.search(index=self._index, size=0, aggs=pages)
            except IndexMissing:
                return {}
            page = answer["aggregations"]["pages"]
            for bucket in page["buckets"]:
                key = bucket["key"]
                # Two versions of one document: a replacement was interrupted, so it is read again.
                known = found.get(key[fields.DOCUMENT_ID])
                found[key[fields.DOCUMENT_ID]] = "" if known is not None else key[fields.VERSION]
            if "after_key" not in page:
                return found
            after = {"after": page["after_key"]}

    async def replace(
        self,
        document: KnowledgeDocument,
        version: str,
        vectors: Vectors | None,
        parts: Sequence[Vectors] | None = None,
    ) -> None:
        """Puts a document in the place of its former version: first the new passages, then the old ones go. `parts`:
        for each passage the vectors of its part_texts."""
        now = datetime.now(UTC).isoformat()
        operations: list[dict[str, Any]] = []
        for place, passage in enumerate(document.passages):
            source: dict[str, Any] = {
                fields.DOCUMENT_ID: document.document_id,
                fields.VERSION: version,
                fields.TITLE: document.title,
                fields.SECTION: passage.section,
                fields.TEXT: passage.text,
                fields.PLACE: place,
                fields.SOURCE: document.source,
                fields.READ_AT: now,
            }
            if vectors is not None:
                source[fields.VECTOR] = vectors[place].tolist()
            if parts is not None:
                source[fields.PARTS] = base64.b64encode(parts[place].astype("<f2").tobytes()).decode()
            operations += [{"index": {"_id": f"{document.document_id}#{version}#{place}"}}, source]
        with translated():
            answer = await self._client.bulk(index=self._index, operations=operations, refresh="true")
        for item in answer["items"]:
            raise_for_item(item["index"])
        old = {"term": {fields.DOCUMENT_ID: document.document_id}}
        await self._delete({"bool": {"filter": [old], "must_not": [{"term": {fields.VERSION: version}}]}})

    async def delete(self, document_ids: Sequence[str]) -> None:
        """Deletes documents with all their passages."""
        if document_ids:
            await self._delete({"terms": {fields.DOCUMENT_ID: list(document_ids)}})

    async def search(self, question: str, vector: Vector | None, *, limit: int = 3) -> list[FoundPassage]:
        """Passages that fit best, by words and by meaning fused by rank; `vector` None: by words alone. With a vector
        each comes with its own vectors, where they were stored."""
        text = {
            "multi_match": {
                "query": question,
                "fields": [f"{fields.TITLE}^1.5", f"{fields.SECTION}^2", fields.TEXT],
                "type": "most_fields",
            }
        }
        searches: list[dict[str, Any]] = [{}, _body(vector is not None, query=text)]
        if vector is not None:
            near = {"field": fields.VECTOR, "query_vector": vector.tolist(), "k": CANDIDATES, "num_candidates": 100}
            searches += [{}, _body(True, knn=near)]
        try:
            with translated():
                answer = await self._client.msearch(index=self._index, searches=searches)
        except IndexMissing:
            return []
        for item in answer["responses"]:
            if item.get("error", {}).get("type") == "index_not_found_exception":
                return []
            raise_for_item(item)
        lists = [response["hits"]["hits"] for response in answer["responses"]]
        nearness = {hit["_id"]: 2 * hit["_score"] - 1 for hit in lists[1]} if len(lists) > 1 else {}
        if vector is not None:
            nearness = _found_by_words(lists[0], vector) | nearness
        return _fused(question, lists, nearness, vector is not None)[:limit]

    async def count(self) -> int:
        """How many passages there are."""
        return await self.loaded() or 0

    async def loaded(self) -> int | None:
        """How many passages there are; None where no documents were ever loaded."""
        return await count_if_any(self._client, self._index)

    async def _create(self, spec: ModelSpec | None) -> None:
        made = fields.definition(spec.id if spec else None, spec.dims if spec else None)
        try:
            with translated():
                await self._client.indices.create(index=self._index, **made)
        except EngineRejected as error:
            if error.kind != "resource_already_exists_exception":  # somebody else was first
                raise

    async def _delete(self, query: Mapping[str, Any]) -> None:
        try:
            with translated():
                await self._client.delete_by_query(
                    index=self._index, query=dict(query), refresh=True, conflicts="proceed"
                )
        except IndexMissing:
            return


def _body(vectors: bool, **search: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a search
    # Elasticsearch leaves vectors out of a source unless it is told not to.
    source = {"exclude_vectors": False} if vectors else {"excludes": [fields.VECTOR, fields.PARTS]}
    return {**search, "size": CANDIDATES, "_source": source}


def _found_by_words(hits: Sequence[Mapping[str, Any]], vector: Vector) -> dict[str, float]:
    """The nearness of what words found, which may not be among the nearest."""
    own = {hit["_id"]: _vector(hit["_source"]) for hit in hits}
    return {hit_id: float(one @ vector) for hit_id, one in own.items() if one is not None}


def _vector(source: Mapping[str, Any]) -> Vector | None:
    stored = source.get(fields.VECTOR)
    return None if stored is None else np.array(stored, np.float32)


def _parts(source: Mapping[str, Any]) -> Vectors | None:
    stored, vector = source.get(fields.PARTS), source.get(fields.VECTOR)
    if stored is None or not vector:
        return None
    rows = np.frombuffer(base64.b64decode(stored), "<f2").astype(np.float32)
    return rows.reshape(-1, len(vector)) if rows.size and rows.size % len(vector) == 0 else None


def _fused(
    question: str, lists: Sequence[Sequence[Mapping[str, Any]]], nearness: Mapping[str, float], has_vector: bool
) -> list[FoundPassage]:
    """Hits of all lists, best first: by nearness and the words of the question that they have, without a vector by
    reciprocal rank."""
    scores: dict[str, float] = {}
    hits: dict[str, Mapping[str, Any]] = {}
    for ranked in lists:
        for rank, hit in enumerate(ranked, start=1):
            scores[hit["_id"]] = scores.get(hit["_id"], 0.0) + 1 / (_RANK + rank)
            hits[hit["_id"]] = hit
    found = {hit_id: set(_words(hit["_source"])) for hit_id, hit in hits.items()}
    rarity = _rarity(asked_words(question), list(found.values()))
    topics = _topics({hit_id: hit["_source"][fields.DOCUMENT_ID] for hit_id, hit in hits.items()}, nearness)
    if has_vector:
        scores = {one: nearness.get(one, -1.0) + WORDS * shared(rarity, words) for one, words in found.items()}
    ordered = sorted(hits, key=lambda hit_id: (-scores[hit_id], hit_id))
    return [
        FoundPassage(
            passage_id=hit_id,
            document_id=hits[hit_id]["_source"][fields.DOCUMENT_ID],
            title=hits[hit_id]["_source"][fields.TITLE],
            section=hits[hit_id]["_source"][fields.SECTION],
            text=hits[hit_id]["_source"][fields.TEXT],
            source=hits[hit_id]["_source"][fields.SOURCE],
            nearness=nearness.get(hit_id, -1.0) if has_vector else None,
            words=shared(rarity, found[hit_id]),
            of_document=topics.get(hits[hit_id]["_source"][fields.DOCUMENT_ID]),
            vector=_vector(hits[hit_id]["_source"]),
            parts=_parts(hits[hit_id]["_source"]),
        )
        for hit_id in ordered
    ]


def _topics(documents: Mapping[str, str], nearness: Mapping[str, float]) -> dict[str, float]:
    """By document: the mean cosine of its nearest passages, where enough of them are among the candidates. A question
    that a document answers is near to more than one passage of it; one that only sounds like a passage is not."""
    near: dict[str, list[float]] = {}
    for passage_id, cosine in nearness.items():
        near.setdefault(documents[passage_id], []).append(cosine)
    return {
        document: sum(sorted(cosines)[-_OF_A_TOPIC:]) / _OF_A_TOPIC
        for document, cosines in near.items()
        if len(cosines) >= _OF_A_TOPIC
    }


def asked_words(question: str) -> frozenset[str]:
    """The words of a question that say what is asked."""
    return frozenset(forms(question)) - STOP_WORDS - ASKING


def shared(weights: Mapping[str, float], words: set[str]) -> float:
    """The weighted share of words that are there; 0 of none."""
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in words) / total if total else 0.0


def _rarity(asked: frozenset[str], passages: Sequence[set[str]]) -> dict[str, float]:
    """How much a word of the question counts: less the more of the candidates have it."""
    return {word: math.log(1 + (len(passages) + 1) / (1 + sum(word in has for has in passages))) for word in asked}


def _words(source: Mapping[str, Any]) -> tuple[str, ...]:
    return forms(" ".join(str(source[name]) for name in (fields.TITLE, fields.SECTION, fields.TEXT)))
