"""shopscout-lite as it ships: two vectors in one pass, words that find pictures, files that are checked."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from embed.base import Modality
from embed.errors import ModelCorrupt, ModelUnavailable
from embed.lite import LiteEmbedder, read_lite_manifest
from embed.load import LITE, model_folder
from embed.onnx import OnnxTextEmbedder

FOLDER = model_folder(LITE)
TEXTS = ["blue backpack", "a red dress for women", "", "kitchen knife " * 100]


@pytest.fixture(scope="module")
def lite() -> LiteEmbedder:
    return LiteEmbedder(FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "model"))


def test_one_pass_gives_the_sentence_models_own_vectors(lite: LiteEmbedder) -> None:
    sentence = OnnxTextEmbedder(model_folder("minilm-l6-v2"))

    both = lite.embed_both(TEXTS)

    assert lite.sentence_spec.id == sentence.spec.id
    assert lite.sentence_spec.space == sentence.spec.space
    assert np.abs(both.sentence - sentence.embed_texts(TEXTS)).max() < 1e-6
    assert (both.shared == lite.embed_texts(TEXTS)).all()


def test_the_shared_vectors_have_their_own_space(lite: LiteEmbedder) -> None:
    assert lite.spec.dims == 512
    assert lite.spec.space != lite.sentence_spec.space
    assert lite.sentence_spec.modalities == {Modality.TEXT}


SHADES = {"red": "#c8102e", "green": "#2e8b3d", "blue": "#1f4fae", "yellow": "#f4c20d", "black": "#1a1a1a"}


@pytest.mark.parametrize("color", sorted(SHADES))
def test_a_colour_finds_its_picture(lite: LiteEmbedder, color: str) -> None:
    pictures = []
    for shade in SHADES.values():
        picture = Image.new("RGB", (200, 200), "white")
        draw = ImageDraw.Draw(picture)
        # The outline of a T-shirt.
        outline = [
            (60, 30),
            (140, 30),
            (185, 70),
            (160, 95),
            (140, 80),
            (140, 175),
            (60, 175),
            (60, 80),
            (40, 95),
            (15, 70),
        ]
        draw.polygon(outline, fill=shade)
        pictures.append(picture)

    scores = lite.embed_images(pictures) @ lite.embed_texts([f"{color} t-shirt"])[0]

    assert list(SHADES)[int(scores.argmax())] == color


def test_the_folder_is_small_enough_to_ship() -> None:
    manifest = read_lite_manifest(FOLDER)
    sizes = [(FOLDER / name).stat().st_size for name in manifest.files]

    assert max(sizes) < 40_000_000
    assert sum(sizes) < 50_000_000


@pytest.mark.parametrize("name", ["text.int8.onnx", "image.onnx", "tokenizer.json"])
def test_a_changed_file_is_named(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 255
    (copy / name).write_bytes(content)

    with pytest.raises(ModelCorrupt, match=name):
        LiteEmbedder(copy).load()


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "image.onnx").unlink()

    with pytest.raises(ModelUnavailable, match=r"image\.onnx"):
        LiteEmbedder(copy).embed_images([Image.new("RGB", (8, 8))])


def test_text_is_served_while_the_picture_tower_is_missing(copy: Path) -> None:
    (copy / "image.onnx").unlink()

    assert LiteEmbedder(copy).embed_texts(["red dress"]).shape == (1, 512)


def test_no_folder_and_no_manifest_are_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="No model at"):
        LiteEmbedder(tmp_path / "nowhere")


def test_a_manifest_of_other_dims_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | {"dims": 256}))

    with pytest.raises(ModelCorrupt, match="its manifest says"):
        LiteEmbedder(copy).embed_texts(["red"])
