"""From pictures to vectors: each content once, broken ones reported, several made one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embed.base import Vectors
from embed.lite import LiteEmbedder
from embed.load import LITE, model_folder
from embed.pictures import Picture
from embed.vector_cache import VectorCache
from shop.pictures.folder import FolderPictures
from shop.pictures.source import PictureFinder
from shop.pictures.vectors import ProductPictures, combined
from shop.settings import PictureSettings
from tests.drawn import file
from tests.factory import product

SETTINGS = PictureSettings(per_product=4, max_pixels=1_000_000, _env_file=None)


class Counting(LiteEmbedder):
    """The model that comes with the product, counting what it is given."""

    def __init__(self) -> None:
        super().__init__(model_folder(LITE))
        self.calls: list[int] = []

    def embed_images(self, pictures: Sequence[Picture]) -> Vectors:
        self.calls.append(len(pictures))
        return super().embed_images(pictures)


@pytest.fixture(scope="module")
def model() -> Counting:
    return Counting()


@pytest.fixture(autouse=True)
def _count_anew(model: Counting) -> None:
    model.calls.clear()


def opened(folder: Path, model: LiteEmbedder, cache: VectorCache | None = None) -> ProductPictures:
    return ProductPictures(PictureFinder([FolderPictures(folder, max_bytes=5_000_000)]), model, SETTINGS, cache)


def test_each_product_gets_the_vector_of_its_picture(tmp_path: Path, model: Counting) -> None:
    for name, color in (("p1", "red"), ("p2", "blue")):
        (tmp_path / f"{name}.png").write_bytes(file(color))
    with opened(tmp_path, model) as pictures:
        found = pictures.vectors([product("p2"), product("none"), product("p1")])

    expected = model.embed_images([file("blue"), file("red")])
    assert found.problems == []
    assert found.vectors[1] is None
    assert np.allclose(found.vectors[0], expected[0], atol=1e-3)
    assert np.allclose(found.vectors[2], expected[1], atol=1e-3)


def test_several_pictures_have_the_direction_of_their_mean(tmp_path: Path, model: Counting) -> None:
    for color in ("red", "blue", "green"):
        (tmp_path / f"{color}.png").write_bytes(file(color))
    with opened(tmp_path, model) as pictures:
        vector = pictures.vectors([product(images=["red.png", "blue.png", "green.png"])]).vectors[0]

    mean = model.embed_images([file(color) for color in ("red", "blue", "green")]).mean(axis=0)
    assert vector is not None
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert vector @ mean / np.linalg.norm(mean) == pytest.approx(1, abs=1e-3)


def test_opposite_pictures_leave_the_first() -> None:
    one = np.array([1, 0], np.float32)
    assert (combined([one, -one]) == one).all()
    assert combined([]) is None


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("text.jpg", b"this is no picture", "not a picture"),
        ("empty.jpg", b"", "empty (0 bytes)"),
        ("cut.png", file("red")[:150], "damaged or cut short"),
        ("page.jpg", b"<!doctype html><title>404</title>", "an HTML page"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "an SVG drawing"),
        ("large.png", file("red", size=(1200, 1200)), "at most 1 million"),
    ],
)
def test_a_broken_picture_costs_itself_alone(
    tmp_path: Path, model: Counting, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.png").write_bytes(file("red"))
    products = [product("a", images=["good.png"]), product("b", images=[name, "good.png"]), product("c", images=[name])]
    with opened(tmp_path, model) as pictures:
        found = pictures.vectors(products)
        counts = pictures.counts()

    assert [vector is not None for vector in found.vectors] == [True, True, False]
    assert [(problem.product_id, problem.address) for problem in found.problems] == [("b", name), ("c", name)]
    assert all(reason in problem.reason for problem in found.problems)
    assert (counts.made, counts.refused, counts.products) == (1, 2, 2)


def test_one_damaged_picture_among_many_is_found(tmp_path: Path, model: Counting) -> None:
    for number in range(40):
        # Large enough that its data breaks off behind a sound header.
        content = file("red", size=(100 + number, 90))
        (tmp_path / f"p{number}.png").write_bytes(content[:-60] if number == 17 else content)
    with opened(tmp_path, model) as pictures:
        found = pictures.vectors([product(f"p{number}") for number in range(40)])

    assert [problem.product_id for problem in found.problems] == ["p17"]
    assert sum(vector is not None for vector in found.vectors) == 39


def test_a_content_is_embedded_once_and_kept(tmp_path: Path, model: Counting) -> None:
    for name in ("p1", "p2"):
        (tmp_path / f"{name}.png").write_bytes(file("red"))
    products = [product("p1"), product("p2")]
    with opened(tmp_path, model, VectorCache(tmp_path / "v.sqlite3", max_bytes=10**7)) as pictures:
        first = pictures.vectors(products)
    with opened(tmp_path, model, VectorCache(tmp_path / "v.sqlite3", max_bytes=10**7)) as pictures:
        second = pictures.vectors(products)
        counts = pictures.counts()

    assert model.calls == [1]
    assert (counts.made, counts.cached, counts.products) == (0, 2, 2)
    assert all((a == b).all() for a, b in zip(first.vectors, second.vectors, strict=True))


def test_no_more_pictures_of_a_product_are_read_than_set(tmp_path: Path, model: Counting) -> None:
    names = [f"{number}.png" for number in range(6)]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(file("red", size=(80, 60 + number)))
    with opened(tmp_path, model) as pictures:
        pictures.vectors([product(images=names)])
        assert pictures.counts().made == SETTINGS.per_product
