"""Exports of open_clip models: as good as their originals, or refused; whole, or not there.

Skipped where torch and open_clip (the extra `clip`) are not installed.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embed.__main__ import main
from embed.clip import ClipEmbedder
from embed.onnx_clip import OnnxClipEmbedder
from tests.clip.installed import needs_torch
from tests.clip.models import ODD_TEXTS, captions, pictures

ROOT = Path(__file__).parents[3]
# Packages of the extra warn of their own future.
pytestmark = pytest.mark.filterwarnings("default")


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


def test_which_model_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--out", str(tmp_path / "out")]) == 2
    assert "SHOPSCOUT_CLIP_MODEL" in capsys.readouterr().out
