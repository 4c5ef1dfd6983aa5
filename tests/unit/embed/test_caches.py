"""Vectors made once: the cache of queries in memory and the cache of product texts on disk."""

import logging
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embed.base import ModelSpec
from embed.cache import CacheCounts, CachedEmbedder, QueryCache
from embed.fake import FakeEmbedder
from embed.vector_cache import VectorCache

SPEC = ModelSpec("m@1", 8, "m")
OTHER = ModelSpec("m@2", 8, "m")
MB = 1_000_000


def fake() -> FakeEmbedder:
    return FakeEmbedder(8, warn=False)


def vector(number: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.full(8, number, np.float32)


# -- queries


def test_a_query_is_embedded_once_whatever_its_white_space() -> None:
    inner = fake()
    cache = QueryCache(inner, 10)
    first = cache.embed_texts(["red  shoes ", "red shoes", "tent"])
    assert inner.calls == [2]
    np.testing.assert_array_equal(first[0], first[1])
    np.testing.assert_array_equal(cache.embed_texts(["\tred shoes"])[0], first[0])
    assert inner.calls == [2]
    assert cache.counts() == CacheCounts(hits=1, misses=2, size=2)
    assert cache.embed_texts(["Red shoes"]).shape == (1, 8)
    assert inner.calls == [2, 1]


def test_the_query_used_longest_ago_leaves_first() -> None:
    cache = QueryCache(fake(), 2)
    cache.embed_texts(["a"])
    cache.embed_texts(["b"])
    assert cache.get("a") is not None
    cache.embed_texts(["c"])
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.counts().size == 2


def test_size_zero_keeps_nothing_and_no_texts_give_no_rows() -> None:
    inner = fake()
    cache = QueryCache(inner, 0)
    np.testing.assert_array_equal(cache.embed_texts(["a"]), cache.embed_texts(["a"]))
    assert inner.calls == [1, 1]
    assert cache.embed_texts([]).shape == (0, 8)


def test_kept_vectors_cannot_be_spoilt_by_a_caller() -> None:
    cache = QueryCache(fake(), 4)
    given = cache.embed_texts(["a"])
    given[:] = 0
    kept = cache.get("a")
    assert kept is not None
    assert np.linalg.norm(kept) == pytest.approx(1, abs=1e-5)
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1


def test_queries_from_many_threads() -> None:
    cache = QueryCache(fake(), 5)
    texts = [f"text {i % 12}" for i in range(600)]
    expected = fake().embed_texts(texts)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: cache.embed_texts([text])[0], texts))
    np.testing.assert_array_equal(np.stack(found), expected)
    counts = cache.counts()
    assert counts.hits + counts.misses == 600
    assert counts.size == 5


# -- products


def test_vectors_come_back_exactly_and_only_for_their_model(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "deep" / "v.sqlite3", max_bytes=MB)
    texts = [f"text {i}" for i in range(1200)]
    vectors = fake().embed_texts(texts)
    cache.put(SPEC, dict(zip(texts, vectors, strict=True)))
    cache.close()
    found = cache.get(SPEC, [*texts, "unknown"])
    np.testing.assert_array_equal(np.stack([found[text] for text in texts]), vectors)
    assert "unknown" not in found
    assert cache.get(OTHER, texts) == {}
    assert cache.count() == 1200
    cache.close()


def test_only_new_texts_are_embedded_each_once(tmp_path: Path) -> None:
    inner = fake()
    with CachedEmbedder(inner, VectorCache(tmp_path / "v", max_bytes=MB)) as cached:
        first = cached.embed_texts(["b", "a", "b"])
        second = cached.embed_texts(["c", "a", "b"])
        assert inner.calls == [2, 1]
        assert cached.counts() == CacheCounts(hits=3, misses=3, size=3)
        assert cached.embed_texts([]).shape == (0, 8)
    np.testing.assert_array_equal(first, fake().embed_texts(["b", "a", "b"]))
    np.testing.assert_array_equal(second, fake().embed_texts(["c", "a", "b"]))


def test_without_a_cache_on_disk_it_still_embeds_each_text_once() -> None:
    inner = fake()
    assert CachedEmbedder(inner, None).embed_texts(["a", "a"]).shape == (2, 8)
    assert inner.calls == [1]


def test_the_oldest_leave_when_the_bound_is_passed(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v", max_bytes=100 * (32 + 96))
    for batch in range(30):
        cache.put(SPEC, {f"{batch}-{i}": vector(i) for i in range(10)})
        assert cache.count() <= 100
    assert cache.get(SPEC, ["0-0", "15-0"]) == {}
    assert len(cache.get(SPEC, [f"{batch}-{i}" for batch in range(25, 30) for i in range(10)])) == 50
    cache.close()


@pytest.mark.parametrize("content", [b"this is not a database" * 400, None], ids=["garbage", "torn pages"])
def test_a_corrupt_file_is_moved_aside_and_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes | None
) -> None:
    path = tmp_path / "v"
    cache = VectorCache(path, max_bytes=MB)
    cache.put(SPEC, {f"t{i}": vector(i) for i in range(2000)})
    cache.close()
    spoilt = content or path.read_bytes()[:4096] + b"\xa5" * (path.stat().st_size - 4096)
    path.write_bytes(spoilt)
    with caplog.at_level(logging.WARNING):
        assert cache.get(SPEC, ["t1"]) == {}
    assert "moved to" in caplog.text
    (aside,) = tmp_path.glob("v.corrupt-*")
    assert aside.read_bytes() == spoilt
    cache.put(SPEC, {"t1": vector(1)})
    assert set(cache.get(SPEC, ["t1"])) == {"t1"}
    cache.close()


def test_a_file_that_cannot_be_used_costs_time_and_not_the_load(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    inner = fake()
    with CachedEmbedder(inner, VectorCache(tmp_path / "file" / "v", max_bytes=MB)) as cached:
        for _ in range(2):
            assert cached.embed_texts(["a"]).shape == (1, 8)
    assert inner.calls == [1, 1]
    assert caplog.text.count("is not used") == 1


WRITER = """
import sys
from pathlib import Path
from embed.fake import FakeEmbedder
from embed.vector_cache import VectorCache
embedder = FakeEmbedder(8, warn=False)
cache = VectorCache(Path(sys.argv[1]), max_bytes=10**8)
for batch in range(int(sys.argv[3])):
    texts = [f"{sys.argv[2]} {batch} {i}" for i in range(20)]
    cache.put(embedder.spec, dict(zip(texts, embedder.embed_texts(texts))))
    print(batch, flush=True)
"""


def writer(path: Path, name: str, batches: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(batches)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_killed_writer_leaves_every_batch_that_it_reported(tmp_path: Path) -> None:
    path = tmp_path / "v"
    with writer(path, "w", 1_000_000) as process:
        assert process.stdout is not None
        for _ in range(15):
            last = int(process.stdout.readline())
        process.kill()
    texts = [f"w {batch} {i}" for batch in range(last + 1) for i in range(20)]
    cache = VectorCache(path, max_bytes=10**8)
    found = cache.get(fake().spec, texts)
    assert len(found) == len(texts)
    np.testing.assert_array_equal(np.stack([found[text] for text in texts]), fake().embed_texts(texts))
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    cache.put(SPEC, {"after": vector(1)})
    assert set(cache.get(SPEC, ["after"])) == {"after"}
    cache.close()


def test_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "v"
    writers = [writer(path, name, 25) for name in "abc"]
    for process in writers:
        process.communicate(timeout=60)
        assert process.returncode == 0
    cache = VectorCache(path, max_bytes=10**8)
    assert cache.count() == 3 * 25 * 20
    cache.close()
