"""The fallback chain: the first that works, the reasons of the others, and the return of a better one."""

import threading
from collections.abc import Sequence

import pytest

from embed.base import Embedder, Vectors
from embed.chain import EmbedderChain
from embed.errors import EmbeddingFailed, ModelUnavailable
from embed.fake import FakeEmbedder


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Shelf:
    """A loader whose model may be away; counts the attempts."""

    def __init__(self, name: str, *, there: bool) -> None:
        self.embedder = FakeEmbedder(8, name=name, warn=False)
        self.there = there
        self.attempts = 0

    def __call__(self) -> Embedder:
        self.attempts += 1
        if not self.there:
            raise ModelUnavailable(f"{self.embedder.spec.space} is away.")
        return self.embedder


def test_the_first_that_works_is_served_and_nothing_is_loaded_before_it_is_needed() -> None:
    best, spare = Shelf("best", there=True), Shelf("spare", there=True)
    chain = EmbedderChain([("best", best), ("spare", spare)])
    assert (best.attempts, chain.status().model_id) == (0, None)
    assert chain.current() is best.embedder
    assert (best.attempts, spare.attempts) == (1, 0)
    assert not chain.status().degraded


def test_a_fallback_keeps_the_reason_and_gives_way_when_the_better_one_is_back() -> None:
    clock = Clock()
    best, spare = Shelf("best", there=False), Shelf("spare", there=True)
    chain = EmbedderChain([("best", best), ("spare", spare)], retry_s=30, clock=clock)
    assert chain.current() is spare.embedder
    assert chain.status().reasons == {"best": "best is away."}
    best.there, clock.now = True, 29.9
    assert chain.current() is spare.embedder
    clock.now = 30
    assert chain.current() is best.embedder
    assert (best.attempts, spare.attempts) == (2, 1)
    status = chain.status()
    assert (status.model_id, status.degraded) == (best.embedder.spec.id, False)


def test_with_no_model_there_are_no_vectors_but_reasons() -> None:
    clock = Clock()
    best = Shelf("best", there=False)
    chain = EmbedderChain([("best", best)], retry_s=10, clock=clock)
    assert chain.embed_texts(["a"]) is None
    assert chain.embed_texts(["a"]) is None
    assert best.attempts == 1
    assert chain.status().model_id is None
    best.there, clock.now = True, 10
    embedded = chain.embed_texts(["a", "b"])
    assert embedded is not None
    assert embedded.spec == best.embedder.spec
    assert embedded.vectors.shape == (2, 8)


def test_a_failing_call_gives_none_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(FakeEmbedder):
        def embed_texts(self, texts: Sequence[str]) -> Vectors:
            raise EmbeddingFailed(f"no room for {len(texts)} texts")

    chain = EmbedderChain([("failing", lambda: Failing(8, warn=False))])
    assert chain.embed_texts(["a"]) is None
    assert "no room for 1 texts" in caplog.text


def test_while_one_thread_tries_again_the_others_are_served() -> None:
    clock = Clock()
    entered, leave = threading.Event(), threading.Event()
    spare = Shelf("spare", there=True)
    best = FakeEmbedder(8, name="best", warn=False)

    def slow() -> Embedder:
        if clock.now == 0:
            raise ModelUnavailable("away")
        entered.set()
        assert leave.wait(10)
        return best

    chain = EmbedderChain([("best", slow), ("spare", spare)], retry_s=1, clock=clock)
    assert chain.current() is spare.embedder
    clock.now = 1
    trying = threading.Thread(target=chain.current)
    trying.start()
    assert entered.wait(10)
    assert chain.current() is spare.embedder
    leave.set()
    trying.join(10)
    assert chain.current() is best
