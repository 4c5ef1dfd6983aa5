"""open_clip models: loaded from checkpoints that these tests make, compared with open_clip itself.

Skipped where torch and open_clip (the extra `clip`) are not installed; what must hold without them is at the end.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embed.clip import ClipEmbedder
from embed.clip_loading import load_clip
from embed.errors import EmbeddingFailed, ModelCorrupt, ModelUnavailable
from embed.load import clip_embedder, picture_chain
from embed.settings import EmbedSettings
from tests.clip.installed import needs_torch
from tests.clip.models import ODD_TEXTS, captions, pictures

ROOT = Path(__file__).parents[3]
# Packages of the extra warn of their own future.
pytestmark = pytest.mark.filterwarnings("default")


def _directly(name: str, pretrained: str | None, texts: list[str]) -> tuple[Any, Any, Any, Any]:
    """Tokens, pixels and vectors by open_clip alone."""
    import open_clip
    import torch

    model, _, preprocess = open_clip.create_model_and_transforms(name, pretrained=pretrained)
    model.eval()
    tokens = open_clip.get_tokenizer(name)(texts)
    pixels = torch.stack([preprocess(picture) for picture in pictures()[:5]])
    with torch.no_grad():
        return (
            tokens.numpy(),
            pixels.numpy(),
            model.encode_text(tokens, normalize=True).numpy(),
            model.encode_image(pixels, normalize=True).numpy(),
        )


@needs_torch
@pytest.mark.parametrize("shape", ["vit", "siglip"])
def test_vectors_are_those_of_open_clip(shape: str, request: pytest.FixtureRequest) -> None:
    embedder: ClipEmbedder = request.getfixturevalue(shape)
    source = request.getfixturevalue("checkpoint" if shape == "vit" else "siglip_folder")
    name = "ViT-B-32" if shape == "vit" else f"local-dir:{source}"
    texts = [*captions()[:4], *ODD_TEXTS]
    tokens, pixels, by_text, by_picture = _directly(name, str(source) if shape == "vit" else None, texts)
    np.testing.assert_array_equal(np.asarray(embedder.model.tokenize(texts)), tokens)
    mine = np.stack([embedder.model.preprocess(picture).numpy() for picture in pictures()[:5]])
    np.testing.assert_array_equal(mine, pixels)
    np.testing.assert_allclose(embedder.embed_texts(texts), by_text, atol=1e-5)
    np.testing.assert_allclose(embedder.embed_images(pictures()[:5]), by_picture, atol=1e-5)


@needs_torch
@pytest.mark.parametrize("shape", ["vit", "siglip"])
def test_rows_have_length_one_and_batches_change_nothing(shape: str, request: pytest.FixtureRequest) -> None:
    embedder: ClipEmbedder = request.getfixturevalue(shape)
    texts = [*captions()[:20], "half of a pair \ud83d"]
    vectors = embedder.embed_texts(texts)
    assert vectors.shape == (21, embedder.spec.dims)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(embedder.embed_texts(texts[-3:]), vectors[-3:], atol=1e-4)
    assert embedder.embed_images([]).shape == (0, embedder.spec.dims)


@needs_torch
def test_the_spec_names_model_weights_and_their_hash_however_they_are_stored(
    vit: ClipEmbedder, checkpoint: Path, tmp_path: Path
) -> None:
    import torch
    from safetensors.torch import save_file

    assert vit.spec.id.startswith("ViT-B-32/seeded@")
    assert vit.spec.space == vit.spec.id.replace("/seeded", "")
    weights = torch.load(checkpoint)
    save_file(weights, tmp_path / "other.safetensors")
    other = ClipEmbedder("ViT-B-32", str(tmp_path / "other.safetensors"), device="cpu")
    assert other.spec.space == vit.spec.space
    assert load_clip("ViT-B-32", str(checkpoint), "cpu").sha256 == vit.model.sha256


@needs_torch
def test_progress_is_told_batch_by_batch(siglip_folder: Path) -> None:
    told: list[tuple[int, int]] = []
    model = f"local-dir:{siglip_folder}"
    ClipEmbedder(
        model, device="cpu", batch_size=2, progress=lambda done, total: told.append((done, total))
    ).embed_images(pictures()[:5])
    assert told == [(2, 5), (4, 5), (5, 5)]


@needs_torch
def test_settings_choose_model_weights_and_device(checkpoint: Path, vit: ClipEmbedder) -> None:
    settings = EmbedSettings(clip_model="ViT-B-32", clip_pretrained=str(checkpoint), clip_device="cpu", _env_file=None)
    assert clip_embedder(settings).spec == vit.spec


@needs_torch
@pytest.mark.parametrize(
    ("model", "pretrained", "told"),
    [
        ("ViT-B-32", "laion2b_s34b_b79k", r"cannot be downloaded.*SHOPSCOUT_CLIP_PRETRAINED to the path"),
        ("ViT-B-16-SigLIP2", "webli", r"cannot be downloaded.*connect this machine"),
        ("hf-hub:Marqo/marqo-ecommerce-embeddings-B", "", r"cannot be downloaded.*local-dir:FOLDER"),
        ("ViT-B-32", "", r"SHOPSCOUT_CLIP_PRETRAINED is not set: set it to a tag of ViT-B-32 \(laion2b_s34b_b79k"),
        ("ViT-B-32", "laion9b", r"no weights called 'laion9b'"),
        ("ViT-B-32", "/nowhere/weights.pt", r"There is no file /nowhere/weights\.pt"),
        ("VIT-B32", "openai", r"knows no model 'VIT-B32': set SHOPSCOUT_CLIP_MODEL to one.*ViT-B-32"),
        ("local-dir:/nowhere", "", r"no /nowhere/open_clip_config\.json"),
    ],
)
def test_what_is_missing_is_said(model: str, pretrained: str, told: str) -> None:
    """Sockets are blocked here, as on a machine without a network: quick answers, no waiting for the hub."""
    with pytest.raises(ModelUnavailable, match=told) as caught:
        ClipEmbedder(model, pretrained, device="cpu").load()
    assert not isinstance(caught.value, ModelCorrupt)


@needs_torch
def test_a_device_that_is_not_there_is_said(siglip_folder: Path) -> None:
    import torch

    absent = "mps" if torch.cuda.is_available() else "cuda"
    with pytest.raises(ModelUnavailable, match="SHOPSCOUT_CLIP_DEVICE"):
        ClipEmbedder(f"local-dir:{siglip_folder}", device=absent).load()


@needs_torch
def test_a_checkpoint_that_is_damaged_or_of_another_model_is_refused(
    siglip_folder: Path, checkpoint: Path, tmp_path: Path
) -> None:
    import torch

    folder = Path(shutil.copytree(siglip_folder, tmp_path / "model"))
    weights = folder / "open_clip_pytorch_model.bin"
    whole = weights.read_bytes()
    state = torch.load(weights)

    def refused(content: bytes | dict[str, Any]) -> str:
        if isinstance(content, bytes):
            weights.write_bytes(content)
        else:
            torch.save(content, weights)
        with pytest.raises(ModelCorrupt) as caught:
            ClipEmbedder(f"local-dir:{folder}", device="cpu").load()
        return str(caught.value)

    for content in (b"", b"words", whole[: len(whole) // 2]):
        assert "damaged" in refused(content)
    name = "text.text_projection.weight"
    assert "damaged" in refused({**state, name: state[name][:, :10]})
    assert "not numbers" in refused({**state, name: state[name] * float("nan")})
    with pytest.raises(ModelCorrupt, match="ViT-B-16"):
        ClipEmbedder("ViT-B-16", str(checkpoint), device="cpu").load()


@needs_torch
def test_a_checkpoint_that_holds_code_is_not_run(tmp_path: Path) -> None:
    import pickle

    class Harm:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "harm",))

    (tmp_path / "evil.pt").write_bytes(pickle.dumps({"state_dict": Harm()}))
    with pytest.raises(ModelCorrupt):
        ClipEmbedder("ViT-B-32", str(tmp_path / "evil.pt"), device="cpu").load()
    assert not (tmp_path / "harm").exists()


@needs_torch
def test_an_input_that_fails_is_an_embedding_error(siglip: ClipEmbedder) -> None:
    with pytest.raises(EmbeddingFailed, match="siglip-shaped"):
        siglip.embed_texts([17])  # type: ignore[list-item]


# -- without torch: in a process where its import fails, wherever these tests run

WITHOUT = """
import sys
for name in ("torch", "open_clip", "onnx", "transformers"):
    sys.modules[name] = None
from embed.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def _without_torch(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_torch_the_sentence_says_what_to_install() -> None:
    done = _without_torch("info", SHOPSCOUT_CLIP_MODEL="ViT-B-32", SHOPSCOUT_CLIP_PRETRAINED="laion2b_s34b_b79k")
    assert done.returncode == 1
    assert "pip install '.[clip]'" in done.stdout
    done = _without_torch("export", "--model", "ViT-B-32", "--out", "/nowhere/model")
    assert done.returncode == 1
    assert "pip install '.[clip]'" in done.stderr


def test_without_torch_an_exported_model_serves() -> None:
    done = _without_torch("info", SHOPSCOUT_CLIP_MODEL=str(ROOT / "tests" / "clip" / "tiny"))
    assert done.returncode == 0, done.stdout
    assert "24 dims, image, text, sound" in done.stdout


def test_a_chain_says_why_the_model_that_was_chosen_does_not_serve() -> None:
    chain = picture_chain(EmbedSettings(clip_model="no-such-model", _env_file=None))
    chain.current()
    assert "SHOPSCOUT_CLIP_MODEL" in chain.status().reasons["clip"]
