"""`python -m ingest knowledge PATH...`: documents read, split and indexed; again only what changed."""

import argparse
import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from embed.base import Embedder
from embed.settings import EmbedSettings
from es.client import connect_async
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings
from ingest.embedding import load_embedder
from ingest.errors import FeedError, LoadRefused
from ingest.knowledge.reading import READERS, read
from shop.knowledge.document import KnowledgeDocument, embedded_text, part_texts
from shop.knowledge.store import KnowledgeStore


@dataclass(slots=True)
class KnowledgeSummary:
    """Counts of one reading."""

    documents: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    passages: int = 0
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The figures for scripts, plain JSON values."""
        return {
            "documents": self.documents,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "deleted": self.deleted,
            "passages": self.passages,
            "problems": self.problems,
        }

    def lines(self) -> Iterator[str]:
        """The figures for people, and what they should look at."""
        yield (
            f"{self.documents:,} documents: {self.changed:,} read anew into {self.passages:,} passages, "
            f"{self.unchanged:,} unchanged, {self.deleted:,} deleted"
        )
        yield from (f"not read: {problem}" for problem in self.problems)


def knowledge(options: argparse.Namespace, stop: threading.Event) -> bool:
    """Reads documents, once or every so many seconds; returns whether some could not be read."""
    engine = EngineSettings()
    with ExitStack() as stack:
        embedder = None if options.no_vectors else stack.enter_context(load_embedder(EmbedSettings()))
        while True:
            summary = asyncio.run(read_all(options.paths, engine, embedder))
            told = [orjson.dumps(summary.as_dict()).decode()] if options.json else summary.lines()
            for line in told:
                sys.stdout.write(line + "\n")
            sys.stdout.flush()
            if not options.every:
                break
            if stop.wait(options.every):
                break
    if summary.problems and not summary.documents:
        raise LoadRefused("None of the documents could be read; what was known before is known still.")
    return bool(summary.problems)


async def read_all(paths: list[str], engine: EngineSettings, embedder: Embedder | None) -> KnowledgeSummary:
    """Brings what is stored up to what lies at the paths. Raises FeedError for a path that there is not."""
    summary = KnowledgeSummary()
    async with connect_async(engine, ensure_server(engine)) as client:
        store = KnowledgeStore(client, IndexNames(engine.index_prefix), deadline_s=60)
        files = {document_id: path for place in paths for document_id, path in found_at(Path(place))}
        spec = embedder.spec if embedder is not None else None
        if await store.prepare(spec):
            summary.problems.append("the model of the vectors is another one: read the documents of other paths anew")
        known = await store.versions()
        for document_id, path in sorted(files.items()):
            try:
                document = await asyncio.to_thread(read, path, document_id)
                if not document.passages:
                    raise FeedError(f"{path.name} holds no text.")
            except FeedError as error:
                # What was known of it stays: a file that is being written is no deletion.
                summary.problems.append(f"{document_id}: {error}")
                continue
            summary.documents += 1
            version = document.version(spec.id if spec else None)
            if known.get(document_id) == version:
                summary.unchanged += 1
                continue
            await _store(store, document, version, embedder)
            summary.changed += 1
            summary.passages += len(document.passages)
        gone = [one for one in known if one not in files and _below(one, paths)]
        await store.delete(gone)
        summary.deleted = len(gone)
    return summary


async def _store(store: KnowledgeStore, document: KnowledgeDocument, version: str, embedder: Embedder | None) -> None:
    if embedder is None:
        await store.replace(document, version, None)
        return
    whole = [embedded_text(document.title, passage) for passage in document.passages]
    parts = [part_texts(document.title, passage) for passage in document.passages]
    vectors = await asyncio.to_thread(embedder.embed_texts, [*whole, *chain.from_iterable(parts)])
    ends = np.cumsum([len(whole), *map(len, parts)])
    of_parts = [vectors[start:end] for start, end in pairwise(ends.tolist())]
    await store.replace(document, version, vectors[: len(whole)], of_parts)


def found_at(place: Path) -> Iterator[tuple[str, Path]]:
    """The files at a path with their ids: the folder's name and the path below it. Raises FeedError."""
    place = place.resolve()
    if place.is_file():
        yield place.name, place
        return
    if not place.is_dir():
        raise FeedError(f"There is no file or folder {place}.")
    for path in sorted(place.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
        if path.is_file() and path.suffix.lower() in READERS and not hidden:
            yield f"{place.name}/{path.relative_to(place).as_posix()}", path


def _below(document_id: str, paths: list[str]) -> bool:
    """Whether a document came from a folder among these paths."""
    return any(document_id.startswith(f"{Path(place).resolve().name}/") for place in paths if Path(place).is_dir())
