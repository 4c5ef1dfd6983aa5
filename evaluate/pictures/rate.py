"""How fast pictures become vectors, and in how much memory: `python -m evaluate.pictures.rate FOLDER [--count N]`.

The files of the folder go the way of a load (found, read, judged, decoded, embedded, combined), without a cache, as
often as it takes to make N pictures of them; each time with a few bytes more, so that none is known. Prints pictures a
second by the clock and by the processor's time (what two cores of their own would do), and resident memory after each
fifth. Ends with one line of JSON.
"""

import argparse
import itertools
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from embed.load import picture_embedder
from embed.settings import EmbedSettings
from shop.pictures.picture import Content, PictureRef, content_of
from shop.pictures.source import PictureFinder
from shop.pictures.vectors import ProductPictures
from shop.products.document import Product
from shop.settings import PictureSettings

BATCH = 500
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


class Renewed(PictureFinder):
    """One picture a product: the next file of the folder, with the product's number behind its end."""

    def __init__(self, files: Sequence[Path]) -> None:
        super().__init__([])
        self._next = itertools.cycle(files)

    def refs(self, product: Product) -> list[PictureRef]:
        """As PictureFinder.refs."""
        path = next(self._next)

        def read(_known: object) -> Content:
            # Decoders stop at the end of a picture: what follows makes another content of the same picture.
            return content_of(path.read_bytes() + product.product_id.encode())

        return [PictureRef(path.name, read)]


def products(count: int) -> Iterator[Product]:
    """So many products, with nothing but an id."""
    for number in range(count):
        yield Product.model_validate({"product_id": f"P{number:08}", "name": "x", "price": "1"})


def measure(files: Sequence[Path], count: int) -> dict[str, object]:
    """Makes `count` vectors; pictures a second and resident memory in MB."""
    process = psutil.Process()
    memory: list[int] = []
    with ProductPictures(Renewed(files), picture_embedder(EmbedSettings()), PictureSettings()) as pictures:
        pictures.vectors(list(products(50)))  # the model is loaded, its buffers are there
        begun, used = time.monotonic(), process.cpu_times()
        rows = products(count)
        for start in range(0, count, BATCH):
            found = pictures.vectors(list(itertools.islice(rows, BATCH)))
            if found.problems:
                raise SystemExit(f"{found.problems[0].address}: {found.problems[0].reason}")
            if (start // BATCH) % max(1, count // BATCH // 5) == 0:
                memory.append(round(process.memory_info().rss / 1e6))
        spent = process.cpu_times()
        cpu_s = spent.user + spent.system - used.user - used.system
        wall_s = time.monotonic() - begun
    return {
        "pictures": count,
        "per_s": round(count / wall_s, 1),
        "cpu_ms_each": round(1000 * cpu_s / count, 2),
        "per_s_on_two_cores": round(2 * count / cpu_s, 1),
        "memory_mb": memory,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 3 where the folder has no pictures."""
    options = argparse.ArgumentParser(prog="python -m evaluate.pictures.rate", description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--count", type=int, default=2000)
    given = options.parse_args(arguments)
    files = sorted(path for path in given.folder.rglob("*") if path.suffix.lower() in ENDINGS)
    if not files:
        sys.stderr.write(f"There are no pictures in {given.folder}.\n")
        return 3
    found = {"folder": given.folder.name, "files": len(files), **measure(files, given.count)}
    for name, value in found.items():
        sys.stdout.write(f"{name:<20} {value}\n")
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
