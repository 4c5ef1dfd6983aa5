"""How fast and how large a load is: `python -m evaluate.ingest_rate --rows 200000`.

Products are generated into a feed; their vectors are put into the cache first, so that the load embeds nothing
(`--uncached`: nothing is put there, and the rate of embedding is told). `python -m ingest load` then runs as a process
of its own, its resident memory watched, and a bare sender sends the same documents, encoded beforehand, to an index of
the same mapping. Both write times are without merging. SHOPSCOUT_INGEST_VECTOR_INDEX says how both keep vectors. Ends
with one line of JSON. Needs a server (SHOPSCOUT_ES_URL, else an embedded one of its own); its indices are removed at
the end.
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
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import orjson
import psutil
from elasticsearch import Elasticsearch

from embed.base import ModelSpec, Vectors
from embed.load import text_embedder
from embed.settings import EmbedSettings
from embed.vector_cache import VectorCache
from es.client import connect
from es.embedded.progress import say
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.server import own_server
from ingest.settings import IngestSettings
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


def rows(count: int, texts: int) -> Iterator[dict[str, Any]]:
    """Products as a shop's export has them, about 1 kB of JSON each; the same for the same number. `texts`: how many
    different texts they have, which come again and again with other ids, prices, stock and tags."""
    for number in range(count):
        draw, said = random.Random(number), random.Random(f"text {number % texts}")
        words = said.choices(_WORDS, k=90)
        yield {
            "product_id": f"P{number:08}",
            "name": f"{words[0].title()} {words[1]} {words[2]} {number % texts}",
            "description": " ".join(words[3:]),
            "category": said.choice(("electronics", "clothing", "home_garden", "sports_outdoors")),
            "categories": [f"{words[4].title()}/{words[5].title()}"],
            "price": round(draw.uniform(1, 900), 2),
            "brand": said.choice(_WORDS).title(),
            "rating": round(draw.uniform(1, 5), 1),
            "review_count": draw.randrange(500),
            "images": [f"https://img.example/{number}.jpg"],
            "specifications": {f"{word}_value": said.choice((1.5, 2.0, "red", "blue", True)) for word in words[6:14]}
            | {"width": draw.randrange(1000)},
            "tags": draw.choices(_WORDS, k=4),
            "stock_quantity": draw.randrange(50),
        }


def write_feed(feed: Path, count: int, texts: int) -> None:
    with feed.open("wb") as out:
        for row in rows(count, texts):
            out.write(orjson.dumps(row) + b"\n")


def fill_cache(cache: VectorCache, spec: ModelSpec, texts: int) -> None:
    """Random unit vectors under the keys that the load will ask for."""
    generator = np.random.default_rng(7)
    products = (Product.model_validate(row) for row in rows(texts, texts))
    while chunk := list(islice(products, 2000)):
        vectors = generator.standard_normal((len(chunk), spec.dims), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cache.put(spec, dict(zip(map(embedding_text, chunk), vectors, strict=True)))


def measured_load(feed: Path, environment: dict[str, str]) -> dict[str, Any]:
    """The summary of a load in a process of its own, with its largest resident memory in MB, the largest in each tenth
    of its time, and the seconds of processor that it took."""
    command = [sys.executable, "-m", "ingest", "load", str(feed), "--json"]
    seen: list[int] = []
    cpu = 0.0
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, cwd=feed.parent) as process:
        watched = psutil.Process(process.pid)
        try:
            while process.poll() is None:
                try:
                    seen.append(watched.memory_info().rss)
                    cpu = sum(watched.cpu_times()[:2])
                except psutil.NoSuchProcess:
                    break
                time.sleep(0.1)
        except BaseException:
            process.terminate()
            raise
        out = process.stdout.read() if process.stdout else b""
    if process.returncode:
        raise SystemExit(f"the load ended with {process.returncode}")
    memory = {"peak_rss_mb": round(max(seen) / 1e6), "rss_mb_by_tenth": by_tenth(seen), "cpu_s": round(cpu, 1)}
    return {**orjson.loads(out.splitlines()[-1]), **memory}


def by_tenth(seen: Sequence[int]) -> list[int]:
    """The largest of each tenth of these bytes, in MB."""
    bounds = [round(part * len(seen) / 10) for part in range(11)]
    return [round(max(seen[a:b]) / 1e6) for a, b in pairwise(bounds) if b > a]


def encoded(store: ProductStore, count: int, texts: int, into: Path) -> list[tuple[int, int]]:
    """Writes the bodies of bulk requests into a file; (offset, length) of each."""
    places = []
    products = (VersionedProduct(Product.model_validate(row), 1) for row in rows(count, texts))
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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--texts", type=int, default=0, help="different texts among them (default: each its own)")
    parser.add_argument("--bare-senders", type=int, nargs="*", default=[1, 2], help="threads of the bare sender")
    parser.add_argument("--folder", type=Path, help="where the feed and the documents are written, some 5 kB a row")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--no-vectors", action="store_true", help="memory of the reading and sending alone")
    ways.add_argument("--uncached", action="store_true", help="the load embeds every text; without the bare sender")
    return parser.parse_args()


def main() -> None:
    """Measures, prints a table and one line of JSON."""
    options = _options()
    engine = EngineSettings(index_prefix=PREFIX)
    with (
        own_server(engine, PREFIX) as url,
        tempfile.TemporaryDirectory(dir=options.folder) as folder,
        connect(engine, url) as client,
    ):
        result = _measured(options, Path(folder), client, url)
    sys.stdout.write(orjson.dumps(result).decode() + "\n")


def _measured(options: argparse.Namespace, folder: Path, client: Elasticsearch, url: str) -> dict[str, Any]:
    count, texts = options.rows, min(options.texts or options.rows, options.rows)
    spec = text_embedder(EmbedSettings()).spec
    feed, bodies, cached = folder / "feed.jsonl", folder / "bodies", folder / "vectors.sqlite3"
    cache = VectorCache(cached, max_bytes=20_000_000_000)
    say(f"writing {count:,} rows of {texts:,} texts")
    write_feed(feed, count, texts)
    if not (options.no_vectors or options.uncached):
        fill_cache(cache, spec, texts)
    embedder = None if options.no_vectors else CachedVectors(spec, cache)
    kept_as = IngestSettings().vector_index
    store = ProductStore(client, IndexNames(PREFIX), embedder, vector_index=kept_as)  # type: ignore[arg-type]
    senders = [] if options.uncached else options.bare_senders
    environment = os.environ | {
        "SHOPSCOUT_ES_URL": url,
        "SHOPSCOUT_INDEX_PREFIX": PREFIX,
        "SHOPSCOUT_VECTOR_CACHE_PATH": str(cached),
        "SHOPSCOUT_VECTOR_CACHE_MB": "20000",
        **({"SHOPSCOUT_TEXT_MODEL": "none"} if options.no_vectors else {}),
    }
    try:
        say("loading")
        load = measured_load(feed, environment)
        say(f"loaded: {load}")
        _delete_all(store)  # so that the bare sender has the same room
        places = encoded(store, count, texts, bodies) if senders else []
        return report(count, load, store, url, bodies, places, senders)
    finally:
        _delete_all(store)
        cache.close()


def _delete_all(store: ProductStore) -> None:
    names = ",".join(generation.index for generation in store.generations.all())
    if names:
        store.client.indices.delete(index=names, ignore_unavailable=True)


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
        say(f"sending without anything else, {senders} at a time")
        index = store.begin_load()
        bare[senders] = count / bare_send(url, index, bodies, places, senders)
        store.generations.delete(index)
    rate = load["products_per_s"]
    sys.stdout.write(f"{count:,} products, {load['vectors_cached']:,} vectors cached, {load['embedded']:,} made\n")
    sys.stdout.write(
        f"load            {rate:8,.0f}/s   {load['peak_rss_mb']:,} MB resident at most, by tenths of its time "
        f"{', '.join(str(mb) for mb in load['rss_mb_by_tenth'])}; {load['cpu_s']:.0f} s of processor\n"
    )
    if load["embedded"]:
        sys.stdout.write(f"texts embedded  {load['embedded_per_s']:8,.0f}/s\n")
    for senders, bare_rate in bare.items():
        sys.stdout.write(
            f"bare, {senders} sender{'s' * (senders > 1):<2} {bare_rate:8,.0f}/s   load/bare {rate / bare_rate:.2f}\n"
        )
    told = ("peak_rss_mb", "rss_mb_by_tenth", "cpu_s", "seconds", "embedded_per_s")
    figures = {"rows": count, "load_per_s": rate} | {name: load[name] for name in told}
    for senders, bare_rate in bare.items():
        figures |= {
            f"bare_{senders}_per_s": round(bare_rate, 1),
            f"ratio_to_bare_{senders}": round(rate / bare_rate, 3),
        }
    return figures


if __name__ == "__main__":
    main()
