"""The fallback chain: the first that works, the reasons of the others, and the return of a better one."""

import threading
from collections.abc import Sequence

import pytest
from PIL import Image

from embed.base import Embedder, Vectors
from embed.chain import EmbedderChain
from embed.errors import EmbeddingFailed, ModelUnavailable, PictureRefused
from embed.fake import FakeEmbedder
from embed.pictures import Picture, decode


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


def _served(chain: EmbedderChain) -> Embedder | None:
    serving = chain.current()
    return serving.watched if serving is not None else None


def test_the_first_that_works_is_served_and_nothing_is_loaded_before_it_is_needed() -> None:
    best, spare = Shelf("best", there=True), Shelf("spare", there=True)
    chain = EmbedderChain([("best", best), ("spare", spare)])
    assert (best.attempts, chain.status().model_id) == (0, None)
    assert _served(chain) is best.embedder
    assert (best.attempts, spare.attempts) == (1, 0)
    assert not chain.status().degraded


def test_a_fallback_keeps_the_reason_and_gives_way_when_the_better_one_is_back() -> None:
    clock = Clock()
    best, spare = Shelf("best", there=False), Shelf("spare", there=True)
    chain = EmbedderChain([("best", best), ("spare", spare)], retry_s=30, clock=clock)
    assert _served(chain) is spare.embedder
    assert chain.status().reasons == {"best": "best is away."}
    best.there, clock.now = True, 29.9
    assert _served(chain) is spare.embedder
    clock.now = 30
    assert _served(chain) is best.embedder
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


class Fragile(FakeEmbedder):
    """A model that can be broken, and that never takes the text "poison"."""

    def __init__(self, name: str) -> None:
        super().__init__(8, name=name, warn=False)
        self.broken = False

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        if self.broken or "poison" in texts:
            raise EmbeddingFailed(f"{self.spec.space} cannot")
        return super().embed_texts(texts)


def test_a_model_whose_calls_fail_gives_way_at_once_and_returns_when_it_works() -> None:
    clock = Clock()
    best, spare = Fragile("best"), Shelf("spare", there=True)
    chain = EmbedderChain([("best", lambda: best), ("spare", spare)], retry_s=30, clock=clock)
    assert chain.embed_texts(["a"]) is not None
    best.broken = True
    assert chain.embed_texts(["a"]) is None
    assert chain.status().reasons == {"best": "It has stopped working: best cannot"}
    assert chain.status().model_id == spare.embedder.spec.id
    embedded = chain.embed_texts(["a"])
    assert embedded is not None
    assert embedded.spec == spare.embedder.spec
    clock.now = 30
    assert _served(chain) is spare.embedder  # loaded again, looked at, still broken
    assert chain.status().reasons == {"best": "best cannot"}
    best.broken, clock.now = False, 60
    assert _served(chain) is best
    assert not chain.status().degraded


def test_a_text_that_upsets_a_model_does_not_cost_the_model() -> None:
    best, spare = Fragile("best"), Shelf("spare", there=True)
    chain = EmbedderChain([("best", lambda: best), ("spare", spare)])
    for _ in range(5):
        assert chain.embed_texts(["poison"]) is None
    assert _served(chain) is best
    assert spare.attempts == 0


def test_who_holds_the_embedder_itself_reports_its_failures_too() -> None:
    best, spare = Fragile("best"), Shelf("spare", there=True)
    chain = EmbedderChain([("best", lambda: best), ("spare", spare)])
    held = chain.current()
    assert held is not None
    assert chain.current() is held
    best.broken = True
    for _ in range(2):
        with pytest.raises(EmbeddingFailed):
            held.embed_texts(["a"])
    assert _served(chain) is spare.embedder
    assert spare.attempts == 1


def test_with_nothing_below_it_a_failing_model_leaves_none_and_its_reason() -> None:
    clock = Clock()
    best = Fragile("best")
    chain = EmbedderChain([("best", lambda: best)], retry_s=30, clock=clock)
    chain.current()
    best.broken = True
    assert chain.embed_texts(["a"]) is None
    assert chain.status().model_id is None
    assert "stopped working" in chain.status().reasons["best"]
    best.broken, clock.now = False, 30
    assert chain.embed_texts(["a"]) is not None


class Seeing(Fragile):
    """A model of pictures, too."""

    def embed_images(self, pictures: Sequence[Picture]) -> Vectors:
        for picture in pictures:
            decode(picture)
        if self.broken:
            raise EmbeddingFailed("no pictures today")
        return self.embed_texts(["picture"] * len(pictures))


def test_pictures_go_the_same_way_and_a_broken_picture_is_nobodys_fault_but_its_own() -> None:
    best, spare = Seeing("best"), Seeing("spare")
    chain = EmbedderChain([("best", lambda: best), ("spare", lambda: spare)])
    picture = Image.new("RGB", (4, 4))
    assert chain.embed_images([picture]) is not None
    with pytest.raises(PictureRefused):
        chain.embed_images([b"no picture"])
    assert _served(chain) is best
    best.broken = True
    assert chain.embed_images([picture]) is None
    embedded = chain.embed_images([picture])
    assert embedded is not None
    assert embedded.spec == spare.spec


def test_a_model_of_texts_alone_says_so_when_given_a_picture() -> None:
    chain = EmbedderChain([("texts", lambda: FakeEmbedder(8, warn=False))])
    serving = chain.current()
    assert serving is not None
    with pytest.raises(EmbeddingFailed, match="texts alone"):
        serving.embed_images([Image.new("RGB", (4, 4))])
    assert chain.current() is serving


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
    assert _served(chain) is spare.embedder
    clock.now = 1
    trying = threading.Thread(target=chain.current)
    trying.start()
    assert entered.wait(10)
    assert _served(chain) is spare.embedder
    leave.set()
    trying.join(10)
    assert _served(chain) is best
