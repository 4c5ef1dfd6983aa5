"""What every embedder of pictures keeps to: shapes, unit length, order, one answer however a call is cut."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from embed.base import ImageEmbedder, Modality
from embed.errors import PictureRefused
from embed.lite import LiteEmbedder
from embed.load import LITE, model_folder

MAKERS: dict[str, Callable[[], ImageEmbedder]] = {"lite": lambda: LiteEmbedder(model_folder(LITE))}


@pytest.fixture(scope="module", params=sorted(MAKERS))
def embedder(request: pytest.FixtureRequest) -> ImageEmbedder:
    return MAKERS[request.param]()


def drawn(color: str, size: tuple[int, int] = (80, 60)) -> Image.Image:
    """A square of one colour on white."""
    picture = Image.new("RGB", size, "white")
    picture.paste(color, (20, 10, size[0] - 20, size[1] - 10))
    return picture


def file(picture: Image.Image, kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    picture.save(content, kind)
    return content.getvalue()


def test_it_says_that_it_embeds_both(embedder: ImageEmbedder) -> None:
    assert isinstance(embedder, ImageEmbedder)
    assert embedder.spec.modalities == {Modality.TEXT, Modality.IMAGE}


def test_words_and_pictures_have_one_shape(embedder: ImageEmbedder) -> None:
    texts = embedder.embed_texts(["a red square", ""])
    pictures = embedder.embed_images([file(drawn("red")), drawn("blue")])

    for vectors in (texts, pictures):
        assert vectors.dtype == np.float32
        assert vectors.shape == (2, embedder.spec.dims)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_nothing_gives_no_rows(embedder: ImageEmbedder) -> None:
    assert embedder.embed_texts([]).shape == (0, embedder.spec.dims)
    assert embedder.embed_images([]).shape == (0, embedder.spec.dims)


def test_a_picture_has_one_vector_whatever_is_beside_it(embedder: ImageEmbedder) -> None:
    pictures = [file(drawn(color)) for color in ("red", "green", "blue", "black", "yellow")]

    together = embedder.embed_images(pictures)
    alone = np.concatenate([embedder.embed_images([picture]) for picture in pictures])

    assert np.abs(together - alone).max() < 1e-3
    assert (together @ together.T)[~np.eye(5, dtype=bool)].max() < 0.9999


def test_a_file_and_the_opened_picture_agree(embedder: ImageEmbedder) -> None:
    picture = drawn("green", (300, 200))

    file_vector, opened_vector = embedder.embed_images([file(picture), picture])

    assert float(file_vector @ opened_vector) > 0.9999


def test_grey_transparent_and_animated_pictures_are_embedded(embedder: ImageEmbedder) -> None:
    frames = io.BytesIO()
    drawn("red").save(frames, "GIF", save_all=True, append_images=[drawn("blue")])
    pictures = [drawn("red").convert("L"), drawn("red").convert("RGBA"), frames.getvalue(), Image.new("CMYK", (9, 9))]

    vectors = embedder.embed_images(pictures)

    assert np.isfinite(vectors).all()


def test_one_broken_picture_stops_the_call_and_says_why(embedder: ImageEmbedder) -> None:
    with pytest.raises(PictureRefused, match="not a picture"):
        embedder.embed_images([file(drawn("red")), b"this is no picture", file(drawn("blue"))])
