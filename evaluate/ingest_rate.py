"""How fast and how large a load is: `python -m evaluate.ingest_rate --rows 200000`.

Products are generated into a feed; their vectors are put into the cache first, so that the load embeds nothing.
`python -m ingest load` then runs as a process of its own, its resident memory watched, and a bare sender sends the
same documents, encoded beforehand, to an index of the same mapping. Both write times are without merging. Ends with
one line of JSON. Needs a server (SHOPSCOUT_ES_URL, else the embedded one); its indices are removed at the end.
"""

import argparse
import http.client
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import orjson
import psutil

from embed.base import ModelSpec, Vectors
from embed.load import text_embedder
from embed.settings import EmbedSettings
from embed.vector_cache import VectorCache
from es.client import connect
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings
from shop.products.document import Product
from shop.products.store import ProductStore, VersionedProduct
from shop.products.stored import embedding_text

CHUNK = 500
PREFIX = "measure-ingest"
# fmt: off
_WORDS = [
    "light", "strong", "compact", "folding", "wireless", "steel", "cotton", "garden",
    "kitchen", "travel", "sport", "classic", "modern", "soft", "bright", "quiet",
    "fast", "durable", "water", "proof", "rechargeable", "portable", "adjustable", "ergonomic",
    "breathable", "insulated", "magnetic", "vintage", "slim",
]
# fmt: on


class CachedVectors:
    """Stands in for the model when documents are encoded for the bare sender: reads the cache alone."""

    def __init__(self, spec: ModelSpec, cache: VectorCache) -> None:
        self.spec = spec
        self._cache = cache

    def embed_texts(self, texts: list[str]) -> Vectors:
        """As Embedder.embed_texts."""
        found = self._cache.get(self.spec, texts)
        return np.stack([found[text] for text in texts])


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Products as a shop's export has them, about 1 kB of JSON each; the same for the same number."""
    for number in range(count):
        draw = random.Random(number)
        words = draw.choices(_WORDS, k=90)
        yield {
            "product_id": f"P{number:08}",
            "name": f"{words[0].title()} {words[1]} {words[2]} {number}",
            "description": " ".join(words[3:]),
            "category": draw.choice(("electronics", "clothing", "home_garden", "sports_outdoors")),
            "categories": [f"{words[4].title()}/{words[5].title()}"],
            "price": round(draw.uniform(1, 900), 2),
            "brand": draw.choice(_WORDS).title(),
            "rating": round(draw.uniform(1, 5), 1),
            "review_count": draw.randrange(500),
            "images": [f"https://img.example/{number}.jpg"],
            "specifications": {f"{word}_value": draw.choice((1.5, 2.0, "red", "blue", True)) for word in words[6:14]},
            "tags": words[14:18],
            "stock_quantity": draw.randrange(50),
        }


def write_feed(feed: Path, count: int) -> None:
    with feed.open("wb") as out:
        for row in rows(count):
            out.write(orjson.dumps(row) + b"\n")


def fill_cache(cache: VectorCache, spec: ModelSpec, count: int) -> None:
    """Random unit vectors under the keys that the load will ask for."""
    generator = np.random.default_rng(7)
    products = (Product.model_validate(row) for row in rows(count))
    while chunk := list(islice(products, 2000)):
        vectors = generator.standard_normal((len(chunk), spec.dims), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cache.put(spec, dict(zip(map(embedding_text, chunk), vectors, strict=True)))


def measured_load(feed: Path, environment: dict[str, str]) -> dict[str, Any]:
    """The summary of a load in a process of its own, with its largest resident memory in MB."""
    command = [sys.executable, "-m", "ingest", "load", str(feed), "--json"]
    peak = 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, cwd=feed.parent) as process:
        watched = psutil.Process(process.pid)
        try:
            while process.poll() is None:
                try:
                    peak = max(peak, watched.memory_info().rss)
                except psutil.NoSuchProcess:
                    break
                time.sleep(0.1)
        except BaseException:
            process.terminate()
            raise
        out = process.stdout.read() if process.stdout else b""
    if process.returncode:
        raise SystemExit(f"the load ended with {process.returncode}")
    return {**orjson.loads(out.splitlines()[-1]), "peak_rss_mb": round(peak / 1e6)}


def encoded(store: ProductStore, count: int, into: Path) -> list[tuple[int, int]]:
    """Writes the bodies of bulk requests into a file; (offset, length) of each."""
    places = []
    products = (VersionedProduct(Product.model_validate(row), 1) for row in rows(count))
    with into.open("wb") as out:
        while chunk := list(islice(products, CHUNK)):
            body = b"\n".join(store.encode(chunk)) + b"\n"
            places.append((out.tell(), len(body)))
            out.write(body)
    return places


def bare_send(url: str, index: str, bodies: Path, places: list[tuple[int, int]], senders: int) -> float:
    """Seconds that threads take that do nothing but send the bodies and read the answers."""

    def send(mine: list[tuple[int, int]]) -> None:
        server = urlsplit(url)
        connection = http.client.HTTPConnection(server.hostname or "", server.port, timeout=60)
        with bodies.open("rb") as file:
            for offset, length in mine:
                file.seek(offset)
                headers = {"content-type": "application/x-ndjson"}
                connection.request("POST", f"/{index}/_bulk?filter_path=errors", file.read(length), headers)
                if orjson.loads(connection.getresponse().read())["errors"]:
                    raise SystemExit("the bare sender was refused")

    threads = [threading.Thread(target=send, args=(places[i::senders],)) for i in range(senders)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - started


def main() -> None:
    """Measures, prints a table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--bare-senders", type=int, nargs="*", default=[1, 2], help="threads of the bare sender")
    parser.add_argument("--no-vectors", action="store_true", help="memory of the reading and sending alone")
    options = parser.parse_args()
    count: int = options.rows
    engine = EngineSettings(index_prefix=PREFIX)
    url = ensure_server(engine)
    spec = text_embedder(EmbedSettings()).spec
    with tempfile.TemporaryDirectory() as folder, connect(engine, url) as client:
        feed, bodies, cached = Path(folder, "feed.jsonl"), Path(folder, "bodies"), Path(folder, "vectors.sqlite3")
        cache = VectorCache(cached, max_bytes=20_000_000_000)
        write_feed(feed, count)
        embedder = None
        if not options.no_vectors:
            fill_cache(cache, spec, count)
            embedder = CachedVectors(spec, cache)
        store = ProductStore(client, IndexNames(PREFIX), embedder)  # type: ignore[arg-type]
        places = encoded(store, count, bodies) if options.bare_senders else []
        environment = os.environ | {
            "SHOPSCOUT_ES_URL": url,
            "SHOPSCOUT_INDEX_PREFIX": PREFIX,
            "SHOPSCOUT_VECTOR_CACHE_PATH": str(cached),
            "SHOPSCOUT_VECTOR_CACHE_MB": "20000",
            **({"SHOPSCOUT_TEXT_MODEL": "none"} if options.no_vectors else {}),
        }
        try:
            result = report(count, measured_load(feed, environment), store, url, bodies, places, options.bare_senders)
        finally:
            names = ",".join(generation.index for generation in store.generations.all())
            client.indices.delete(index=names, ignore_unavailable=True)
            cache.close()
    sys.stdout.write(orjson.dumps(result).decode() + "\n")


def report(
    count: int,
    load: dict[str, Any],
    store: ProductStore,
    url: str,
    bodies: Path,
    places: list[tuple[int, int]],
    bare_senders: list[int],
) -> dict[str, Any]:
    """Runs the bare sender and prints what both did."""
    bare = {}
    for senders in bare_senders:
        index = store.begin_load()
        bare[senders] = count / bare_send(url, index, bodies, places, senders)
        store.generations.delete(index)
    rate = load["products_per_s"]
    sys.stdout.write(f"{count:,} products, {load['vectors_cached']:,} vectors cached, {load['embedded']:,} made\n")
    sys.stdout.write(f"load            {rate:8,.0f}/s   {load['peak_rss_mb']:,} MB resident at most\n")
    for senders, bare_rate in bare.items():
        sys.stdout.write(
            f"bare, {senders} sender{'s' * (senders > 1):<2} {bare_rate:8,.0f}/s   load/bare {rate / bare_rate:.2f}\n"
        )
    figures = {"rows": count, "load_per_s": rate, "peak_rss_mb": load["peak_rss_mb"]}
    for senders, bare_rate in bare.items():
        figures |= {
            f"bare_{senders}_per_s": round(bare_rate, 1),
            f"ratio_to_bare_{senders}": round(rate / bare_rate, 3),
        }
    return figures


if __name__ == "__main__":
    main()
