"""An exported CLIP model without torch: the committed one of tests/clip/tiny, and what its original made."""

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from embed.base import ImageEmbedder, Modality
from embed.clip_pixels import Interpolation, PixelRules, Resize, fitted, tensor
from embed.clip_text import Cleaning, cleaned
from embed.errors import ModelCorrupt, ModelUnavailable, PictureRefused
from embed.load import clip_embedder, picture_chain
from embed.onnx_clip import OnnxClipEmbedder
from embed.settings import EmbedSettings
from embed.training.clip_gate import ClipVectors, clip_agreement, clip_shortfalls
from tests.clip.models import captions, pictures

TINY = Path(__file__).parents[2] / "clip" / "tiny"
EXPECTED: dict[str, Any] = json.loads((TINY.parent / "tiny-expected.json").read_text())


@pytest.fixture(scope="module")
def tiny() -> OnnxClipEmbedder:
    return OnnxClipEmbedder(TINY, threads=2)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "model"))


def _changed(folder: Path, **changes: object) -> Path:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | changes))
    return folder


def test_texts_and_pictures_have_the_vectors_that_the_original_gave(tiny: OnnxClipEmbedder) -> None:
    np.testing.assert_allclose(tiny.embed_texts(EXPECTED["texts"]), EXPECTED["text_vectors"], atol=1e-4)
    np.testing.assert_allclose(tiny.embed_images(pictures()[:4]), EXPECTED["picture_vectors"], atol=1e-3)


def test_it_embeds_both_into_one_space(tiny: OnnxClipEmbedder) -> None:
    assert isinstance(tiny, ImageEmbedder)
    assert tiny.spec.modalities == frozenset(Modality)
    assert tiny.spec.space.startswith("tiny@")
    assert tiny.embed_texts([]).shape == tiny.embed_images([]).shape == (0, tiny.spec.dims)
    vectors = np.concatenate([tiny.embed_texts(captions()), tiny.embed_images(pictures())])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_vector_does_not_depend_on_its_neighbours_or_threads(tiny: OnnxClipEmbedder) -> None:
    alone = np.concatenate([tiny.embed_images([picture]) for picture in pictures()])
    np.testing.assert_allclose(tiny.embed_images(pictures()), alone, atol=1e-5)
    texts = np.concatenate([tiny.embed_texts([text]) for text in captions()])
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(tiny.embed_texts, [captions()] * 8):
            np.testing.assert_allclose(vectors, texts, atol=1e-5)


def test_files_as_bytes_are_read_and_what_is_no_picture_is_refused(tiny: OnnxClipEmbedder) -> None:
    content = BytesIO()
    pictures()[0].save(content, "PNG")
    np.testing.assert_allclose(tiny.embed_images([content.getvalue()]), tiny.embed_images(pictures()[:1]), atol=1e-6)
    with pytest.raises(PictureRefused):
        tiny.embed_images([pictures()[0], b"words"])


@pytest.mark.parametrize("file", ["text.float32.onnx", "image.float32.onnx", "tokenizer.json"])
def test_changed_and_missing_files_are_named(copied: Path, file: str) -> None:
    content = bytearray((copied / file).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / file).write_bytes(content)
    with pytest.raises(ModelCorrupt, match=f"{file} is not the file"):
        OnnxClipEmbedder(copied).load()
    (copied / file).unlink()
    with pytest.raises(ModelUnavailable, match="python -m embed export"):
        OnnxClipEmbedder(copied).load()


def test_other_dims_than_the_manifest_says_are_refused(copied: Path) -> None:
    with pytest.raises(ModelCorrupt, match="gives 24 dims, its manifest says 512"):
        OnnxClipEmbedder(_changed(copied, dims=512)).load()


@pytest.mark.parametrize("content", ["", "[]", '{"format": "clip-1"}', '{"format": "other"}'])
def test_a_broken_manifest_is_refused(copied: Path, content: str) -> None:
    (copied / "manifest.json").write_text(content)
    with pytest.raises(ModelCorrupt, match="manifest"):
        OnnxClipEmbedder(copied)


def test_a_manifest_cannot_name_files_elsewhere(copied: Path) -> None:
    manifest = json.loads((copied / "manifest.json").read_text())
    manifest["files"]["../secret"] = manifest["files"]["tokenizer.json"]
    with pytest.raises(ModelCorrupt, match="secret"):
        OnnxClipEmbedder(_changed(copied, files=manifest["files"], text=manifest["text"] | {"tokenizer": "../secret"}))


def test_the_setting_takes_a_folder_and_a_folder_that_comes_back_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    settings = EmbedSettings(clip_model=str(folder), embed_retry_s=0.001, _env_file=None)
    with pytest.raises(ModelUnavailable, match="No exported CLIP model"):
        clip_embedder(settings)
    chain = picture_chain(settings)
    before = chain.current()
    assert "No exported CLIP model" in chain.status().reasons["clip"]
    shutil.copytree(TINY, folder)
    time.sleep(0.01)
    embedded = chain.embed_images(pictures()[:2])
    assert embedded is not None
    assert embedded.spec == OnnxClipEmbedder(TINY).spec
    assert chain.current() is not before
    assert not chain.status().degraded


@pytest.mark.parametrize("name", ["models/vit-b-32", "./models", "~/models"])
def test_a_path_is_a_folder_even_where_there_is_none(name: str) -> None:
    with pytest.raises(ModelUnavailable, match="No exported CLIP model"):
        clip_embedder(EmbedSettings(clip_model=name, _env_file=None))


CLEANED = [
    ("  Red\tDRESS\n", Cleaning.LOWER, "red dress"),
    ("  Red\tDRESS\n", Cleaning.WHITESPACE, "Red DRESS"),
    ("Men's T-Shirt, size_38!", Cleaning.CANONICALIZE, "mens tshirt size 38"),
    ("Caf\u00e9 &amp;amp; Bar", Cleaning.LOWER, "caf\u00e9 & bar"),
    ("Cafe\u0301", Cleaning.LOWER, "caf\u00e9"),
    ("\u201cfine\u201d \ufb01t \uff26\uff35\u3000\u2018n\u2019", Cleaning.LOWER, "\"fine\" fit fu 'n'"),
    ("a\x00b\ufeffc", Cleaning.LOWER, "abc"),
    ("half \ud83d", Cleaning.LOWER, "half ?"),
]


@pytest.mark.parametrize(("text", "cleaning", "expected"), CLEANED, ids=[ascii(row[0]) for row in CLEANED])
def test_texts_are_cleaned(text: str, cleaning: Cleaning, expected: str) -> None:
    assert cleaned(text, cleaning) == expected


def _rules(resize: Resize, size: tuple[int, int] = (8, 8), fill: int = 0) -> PixelRules:
    return PixelRules(
        size=size, resize=resize, interpolation=Interpolation.BICUBIC, mean=(0.5,) * 3, std=(0.5,) * 3, fill=fill
    )


def _stripes(width: int, height: int) -> Image.Image:
    """Left third red, middle green, right blue."""
    picture = Image.new("RGB", (width, height), (0, 255, 0))
    picture.paste((255, 0, 0), (0, 0, width // 3, height))
    picture.paste((0, 0, 255), (width - width // 3, 0, width, height))
    return picture


def test_a_wide_picture_is_cut_filled_up_or_stretched() -> None:
    wide = _stripes(96, 32)
    cut, filled, stretched = (np.asarray(fitted(wide, _rules(mode, fill=255))) for mode in Resize)
    assert cut.shape == filled.shape == stretched.shape == (8, 8, 3)
    assert cut[4, 4].tolist() == [0, 255, 0]
    assert cut[:, 1:-1, 0].max() < 40  # the red third is cut off
    assert (filled[:2] == 255).all()
    assert (filled[-2:] == 255).all()
    assert filled[4, 0, 0] > 200
    assert stretched[0, 0, 0] > 200
    assert stretched[-1, -1, 2] > 200


@pytest.mark.parametrize("mode", list(Resize))
@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (7, 9), (8, 8)])
def test_any_proportion_fills_the_square(mode: Resize, size: tuple[int, int]) -> None:
    assert fitted(Image.new("RGB", size, "red"), _rules(mode)).size == (8, 8)
    assert fitted(Image.new("RGB", size, "red"), _rules(mode, size=(6, 10))).size == (10, 6)


def test_pixels_are_standardised_and_transparency_is_white() -> None:
    pixels = tensor([Image.new("RGBA", (8, 8), (0, 0, 0, 0)), Image.new("L", (8, 8), 0)], _rules(Resize.SQUASH))
    assert pixels.shape == (2, 3, 8, 8)
    np.testing.assert_allclose(pixels[0], 1)
    np.testing.assert_allclose(pixels[1], -1)


def test_the_gate_passes_equals_and_refuses_noise_and_nonsense() -> None:
    generator = np.random.default_rng(0)

    def unit(rows: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        vectors = generator.standard_normal((rows, 32)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    original = ClipVectors(unit(100), unit(100))
    same = clip_agreement(original, original, same_tokens=1.0)
    assert clip_shortfalls(same) == []
    noisy = original.pictures + 0.3 * unit(100)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    below = clip_shortfalls(clip_agreement(original, ClipVectors(original.texts, noisy), same_tokens=1.0))
    assert {line.split()[0] for line in below} >= {"image_cosine_mean", "image_to_image_overlap_at_10"}
    assert not any(line.startswith("text_cosine") for line in below)
    nonsense = ClipVectors(original.texts * np.float32("nan"), original.pictures)
    below = clip_shortfalls(clip_agreement(original, nonsense, same_tokens=0.5))
    assert any("text_cosine_min is nan" in line for line in below)
    assert any("same_tokens is 0.5" in line for line in below)
