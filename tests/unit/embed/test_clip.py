"""open_clip models: loaded from checkpoints that these tests make, compared with open_clip itself, exported.

Skipped where torch and open_clip (the extra `clip`) are not installed; what must hold without them is at the end.
"""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embed.__main__ import main
from embed.clip import ClipEmbedder
from embed.clip_loading import load_clip
from embed.errors import EmbeddingFailed, ModelCorrupt, ModelUnavailable
from embed.load import clip_embedder, picture_chain
from embed.onnx_clip import OnnxClipEmbedder
from embed.settings import EmbedSettings
from tests.clip.models import (
    ODD_TEXTS,
    SIGLIP_SHAPED,
    captions,
    pictures,
    write_captioned,
    write_folder,
    write_vit_b_32,
)

ROOT = Path(__file__).parents[3]
HERE = all(importlib.util.find_spec(name) for name in ("torch", "open_clip", "transformers", "onnx", "onnxscript"))
needs_torch = pytest.mark.skipif(not HERE, reason="the extra `clip` (torch, open_clip, onnx) is not installed")
# Packages of the extra warn of their own future.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_vit_b_32(tmp_path_factory.mktemp("vit") / "seeded.pt")


@pytest.fixture(scope="module")
def siglip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("siglip") / "siglip-shaped", SIGLIP_SHAPED)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_captioned(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def vit(checkpoint: Path) -> ClipEmbedder:
    return ClipEmbedder("ViT-B-32", str(checkpoint), device="cpu", batch_size=16)


@pytest.fixture(scope="module")
def siglip(siglip_folder: Path) -> ClipEmbedder:
    return ClipEmbedder(f"local-dir:{siglip_folder}", device="cpu")


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


@pytest.fixture(scope="module")
def exported_vit(checkpoint: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("export") / "vit"
    arguments = ["--model", "ViT-B-32", "--pretrained", str(checkpoint), "--data", str(data), "--image", "int8"]
    assert main(["export", *arguments, "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def exported_siglip(siglip_folder: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("export") / "siglip"
    assert main(["export", "--model", f"local-dir:{siglip_folder}", "--data", str(data), "--out", str(out)]) == 0
    return out


@needs_torch
@pytest.mark.parametrize("shape", ["vit", "siglip"])
def test_an_export_agrees_with_its_original(shape: str, request: pytest.FixtureRequest) -> None:
    original: ClipEmbedder = request.getfixturevalue(shape)
    folder: Path = request.getfixturevalue(f"exported_{shape}")
    export = OnnxClipEmbedder(folder, threads=2)
    assert export.spec.space == original.spec.space
    assert export.spec.id != original.spec.id
    texts = [*captions(), *ODD_TEXTS]
    by_text = (export.embed_texts(texts) * original.embed_texts(texts)).sum(1)
    by_picture = (export.embed_images(pictures()) * original.embed_images(pictures())).sum(1)
    assert by_text.min() > 0.99
    assert by_picture.min() > 0.99
    alone = np.concatenate([export.embed_texts([text]) for text in texts])
    np.testing.assert_allclose(export.embed_texts(texts), alone, atol=1e-4)
    assert {path.name for path in folder.iterdir()} == {*export.manifest.files, "manifest.json"}


@needs_torch
@pytest.mark.parametrize("shape", ["vit", "siglip"])
def test_tokens_and_pixels_without_torch_are_those_of_open_clip(shape: str, request: pytest.FixtureRequest) -> None:
    from embed.clip_pixels import tensor
    from embed.training.clip_export import reader_of
    from embed.training.clip_tokenizer import exported_tokenizer

    original: ClipEmbedder = request.getfixturevalue(shape)
    reader = reader_of(exported_tokenizer(original.model.tokenize), fixed=True)
    texts = [*captions(), *ODD_TEXTS]
    np.testing.assert_array_equal(reader.padded(reader.rows(texts)), np.asarray(original.model.tokenize(texts)))
    rules = OnnxClipEmbedder(request.getfixturevalue(f"exported_{shape}")).manifest.image
    theirs = np.stack([original.model.preprocess(picture).numpy() for picture in pictures()])
    np.testing.assert_allclose(tensor(pictures(), rules), theirs, atol=1e-6)


@needs_torch
def test_pixels_are_those_of_open_clip_in_every_mode() -> None:
    from open_clip.transform import PreprocessCfg, image_transform_v2

    from embed.clip_pixels import PixelRules, Resize, tensor

    for mode in Resize:
        for size in ((48, 48), (32, 64), (64, 40)):
            if mode is Resize.LONGEST and size[0] != size[1]:
                continue  # open_clip fills up unevenly there
            settings = PreprocessCfg(size=size, resize_mode=mode.value, fill_color=255)
            theirs = np.stack([image_transform_v2(settings, is_train=False)(picture).numpy() for picture in pictures()])
            rules = PixelRules(
                size=size, resize=mode, interpolation="bicubic", mean=settings.mean, std=settings.std, fill=255
            )
            np.testing.assert_allclose(tensor(pictures(), rules), theirs, atol=1e-6, err_msg=f"{mode} {size}")


@needs_torch
def test_a_tower_that_is_damaged_on_its_way_is_below_the_floor(
    siglip: ClipEmbedder, exported_siglip: Path, tmp_path: Path
) -> None:
    import hashlib

    import onnx

    from embed.training.clip_export import Examples, compare
    from embed.training.clip_gate import ClipVectors, clip_shortfalls

    folder = Path(shutil.copytree(exported_siglip, tmp_path / "model"))
    manifest = json.loads((folder / "manifest.json").read_text())
    name = manifest["text"]["weights"]
    tower = onnx.load(folder / name)
    weight = max(tower.graph.initializer, key=lambda tensor: len(tensor.raw_data) if "weight" in tensor.name else 0)
    weight.raw_data = bytes(len(weight.raw_data))
    onnx.save(tower, folder / name)
    manifest["files"][name]["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))

    examples = Examples(captions(), pictures())
    reference = ClipVectors(siglip.embed_texts(captions()), siglip.embed_images(pictures()))
    sound = compare(siglip, OnnxClipEmbedder(exported_siglip), examples, reference)
    assert clip_shortfalls(sound) == []
    below = clip_shortfalls(compare(siglip, OnnxClipEmbedder(folder), examples, reference))
    assert any(line.startswith("text_") for line in below)
    assert not any(line.startswith("image_") for line in below)


@needs_torch
def test_what_int8_cannot_hold_is_refused_and_nothing_is_written(
    siglip_folder: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    folder = Path(shutil.copytree(siglip_folder, tmp_path / "model"))
    state = torch.load(folder / "open_clip_pytorch_model.bin")
    # One channel ten thousand times as loud as the others: with one scale a row, they round to nothing.
    for layer in range(2):
        state[f"text.transformer.resblocks.{layer}.ln_1.weight"][0] *= 1e4
        state[f"text.transformer.resblocks.{layer}.attn.in_proj_weight"][:, 0] *= 1e-4
        state[f"text.transformer.resblocks.{layer}.ln_2.weight"][0] *= 1e4
        state[f"text.transformer.resblocks.{layer}.mlp.c_fc.weight"][:, 0] *= 1e-4
    state["text.ln_final.weight"][0] *= 1e4
    state["text.text_projection.weight"][:, 0] *= 1e-4
    torch.save(state, folder / "open_clip_pytorch_model.bin")
    arguments = ["export", "--model", f"local-dir:{folder}", "--data", str(data), "--out", str(tmp_path / "out")]
    assert main(arguments) == 1
    assert "Refused: with the image tower in float32: text_cosine" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]
    assert main([*arguments, "--text", "float32"]) == 0


@needs_torch
def test_two_processes_exporting_at_once_end_with_one_whole_folder(
    siglip_folder: Path, data: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "embed", "export", "--model", f"local-dir:{siglip_folder}"]
    command += ["--data", str(data), "--out", str(tmp_path / "out")]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.wait(200): process.communicate()[0] for process in running}
    assert sorted(said) == [0, 1]
    assert "another export is writing" in said[1]
    OnnxClipEmbedder(tmp_path / "out").load()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@needs_torch
def test_too_few_pictures_and_unknown_models_end_an_export(
    siglip_folder: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    model = ["export", "--model", f"local-dir:{siglip_folder}", "--out", str(tmp_path / "out")]
    assert main([*model, "--data", str(empty)]) == 2
    assert "at least 30" in capsys.readouterr().out
    assert main(["export", "--model", "ViT-Z", "--data", str(data), "--out", str(tmp_path / "out")]) == 1
    assert "knows no model" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


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
    assert "pip install 'shopscout[clip]'" in done.stdout
    done = _without_torch("export", "--model", "ViT-B-32", "--out", "/nowhere/model")
    assert done.returncode == 1
    assert "pip install 'shopscout[clip]'" in done.stderr


def test_without_torch_an_exported_model_serves() -> None:
    done = _without_torch("info", SHOPSCOUT_CLIP_MODEL=str(ROOT / "tests" / "clip" / "tiny"))
    assert done.returncode == 0, done.stdout
    assert "24 dims, image, text, sound" in done.stdout


def test_a_chain_says_why_the_model_that_was_chosen_does_not_serve() -> None:
    chain = picture_chain(EmbedSettings(clip_model="no-such-model", _env_file=None))
    chain.current()
    assert "SHOPSCOUT_CLIP_MODEL" in chain.status().reasons["clip"]


def test_which_model_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--out", str(tmp_path / "out")]) == 2
    assert "SHOPSCOUT_CLIP_MODEL" in capsys.readouterr().out
