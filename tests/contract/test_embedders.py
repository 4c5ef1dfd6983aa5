"""What every embedder promises, asked of the fake and of the model that comes with the product."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embed.base import Embedder, Modality
from embed.fake import FakeEmbedder
from embed.load import text_embedder
from embed.settings import EmbedSettings

ODD_TEXTS = [
    "",
    "   ",
    "\x00\x07\ufeff",
    "🥾🎒",
    "Ünïcödé Straßenschuhe 登山靴",
    "half of a pair \ud83d",
    "x" * 10_000,
    "hiking boots " * 800,
    '?!*"\\{}[]',
]
PRODUCTS = [
    f"{adjective} {noun} for {purpose}, {'with pockets and a zip, ' * (i % 5)}in {colour}"
    for i, (adjective, noun, purpose, colour) in enumerate(
        (a, n, p, c)
        for a in ("Light", "Sturdy", "Folding")
        for n in ("backpack", "tent", "kettle")
        for p in ("hiking", "the office")
        for c in ("red", "navy blue")
    )
]


@pytest.fixture(scope="module", params=["fake", "onnx"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "fake":
        return FakeEmbedder(warn=False)
    return text_embedder(EmbedSettings(text_model="minilm-l6-v2", embed_threads=2, _env_file=None))


def test_it_is_an_embedder_of_texts(embedder: Embedder) -> None:
    assert isinstance(embedder, Embedder)
    assert Modality.TEXT in embedder.spec.modalities
    assert "@" in embedder.spec.id


def test_rows_have_length_one_and_the_dims_of_the_spec(embedder: Embedder) -> None:
    vectors = embedder.embed_texts(PRODUCTS)
    assert vectors.shape == (len(PRODUCTS), embedder.spec.dims)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed_texts([]).shape == (0, embedder.spec.dims)


@pytest.mark.parametrize("text", ODD_TEXTS, ids=lambda text: ascii(text[:12]))
def test_any_text_has_a_vector(embedder: Embedder, text: str) -> None:
    (vector,) = embedder.embed_texts([text])
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_vector_does_not_depend_on_the_texts_beside_it(embedder: Embedder) -> None:
    alone = np.concatenate([embedder.embed_texts([text]) for text in PRODUCTS])
    together = embedder.embed_texts([*ODD_TEXTS, *PRODUCTS, *ODD_TEXTS])[len(ODD_TEXTS) :][: len(PRODUCTS)]
    backwards = embedder.embed_texts(PRODUCTS[::-1])[::-1]
    # The protocol allows 1e-3; both embedders do far better, and caching relies on it.
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(backwards, alone, atol=1e-5)


def test_different_texts_have_different_vectors(embedder: Embedder) -> None:
    vectors = embedder.embed_texts(PRODUCTS)
    likeness = vectors @ vectors.T - 2 * np.eye(len(PRODUCTS))
    assert likeness.max() < 0.9999


def test_texts_that_share_words_are_nearer_than_texts_that_share_none(embedder: Embedder) -> None:
    query, near, far = embedder.embed_texts(["red hiking backpack", "backpack for hiking", "steel kettle"])
    assert query @ near > query @ far + 0.2


def test_threads_get_the_same_vectors(embedder: Embedder) -> None:
    expected = embedder.embed_texts(PRODUCTS)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(embedder.embed_texts, [PRODUCTS] * 24):
            np.testing.assert_allclose(vectors, expected, atol=1e-5)
