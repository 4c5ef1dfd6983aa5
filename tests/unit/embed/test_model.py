"""The shipped sentence model: what it means, what is refused, and its command line."""

import json
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from embed.__main__ import main
from embed.base import Vectors
from embed.errors import ModelCorrupt, ModelUnavailable
from embed.load import bulk_embedder, model_folder, text_chain, text_embedder
from embed.manifest import BUNDLED
from embed.onnx import OnnxTextEmbedder
from embed.settings import EmbedSettings
from embed.training.gate import FLOOR, agreement, shortfalls

SHIPPED = BUNDLED / "minilm-l6-v2"


@pytest.fixture(scope="module")
def model() -> OnnxTextEmbedder:
    return OnnxTextEmbedder(SHIPPED, threads=1)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


@pytest.mark.parametrize(
    ("query", "near", "far"),
    [
        ("running shoes", "sneakers for jogging", "coffee machine"),
        ("something to keep drinks cold", "insulated bottle", "desk lamp"),
        ("gift for a cook", "chef's knife set", "fitness tracker"),
        ("couch", "three-seat sofa", "garden hose"),
    ],
)
def test_meaning_counts_and_not_words(model: OnnxTextEmbedder, query: str, near: str, far: str) -> None:
    vectors = model.embed_texts([query, near, far])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_text_beyond_the_token_limit_is_not_read(model: OnnxTextEmbedder) -> None:
    long = "blue cotton shirt " * 100
    vectors = model.embed_texts([long, long + "steel coffee machine"])
    np.testing.assert_array_equal(vectors[0], vectors[1])


def test_vectors_are_those_of_the_committed_weights(model: OnnxTextEmbedder) -> None:
    """Guards against a runtime that computes something else: measured when the weights were made."""
    vectors = model.embed_texts(["running shoes", "sneakers for jogging", "coffee machine"])
    assert vectors[0] @ vectors[1] == pytest.approx(0.779, abs=0.01)
    assert vectors[0] @ vectors[2] == pytest.approx(0.190, abs=0.01)


def test_changed_weights_are_refused(copied: Path) -> None:
    weights = copied / "model.int8.onnx"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelCorrupt, match=r"model\.int8\.onnx is not the file"):
        OnnxTextEmbedder(copied).load()


def test_missing_weights_and_folders_say_what_to_do(copied: Path, tmp_path: Path) -> None:
    (copied / "model.int8.onnx").unlink()
    with pytest.raises(ModelUnavailable, match=r"export_minilm"):
        OnnxTextEmbedder(copied).embed_texts(["a"])
    with pytest.raises(ModelUnavailable, match="SHOPSCOUT_TEXT_MODEL"):
        OnnxTextEmbedder(tmp_path / "nowhere")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "x"}'])
def test_a_broken_manifest_is_refused(copied: Path, content: str) -> None:
    (copied / "manifest.json").write_text(content)
    with pytest.raises(ModelCorrupt, match="manifest"):
        OnnxTextEmbedder(copied)


def test_a_manifest_cannot_name_files_elsewhere(copied: Path) -> None:
    manifest = json.loads((copied / "manifest.json").read_text())
    manifest["files"]["../secret"] = manifest["files"].pop("model.int8.onnx")
    manifest["weights"] = "../secret"
    (copied / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelCorrupt, match="secret"):
        OnnxTextEmbedder(copied)


def test_settings_choose_by_name_by_path_or_none(copied: Path) -> None:
    assert model_folder("minilm-l6-v2") == SHIPPED
    by_path = text_embedder(EmbedSettings(text_model=str(copied), _env_file=None))
    assert by_path.spec == OnnxTextEmbedder(SHIPPED).spec
    with pytest.raises(ModelUnavailable, match="none"):
        text_embedder(EmbedSettings(text_model="none", _env_file=None))


def test_a_chain_from_settings_gives_vectors_or_a_reason(tmp_path: Path) -> None:
    missing = text_chain(EmbedSettings(text_model=str(tmp_path / "nowhere"), _env_file=None))
    assert missing.embed_texts(["a"]) is None
    assert "nowhere" in missing.status().reasons["sentence"]
    shipped = text_chain(EmbedSettings(_env_file=None))
    embedded = shipped.embed_texts(["a"])
    assert embedded is not None
    assert embedded.vectors.shape == (1, 384)


def test_bulk_embedding_keeps_what_the_model_gave(model: OnnxTextEmbedder, tmp_path: Path) -> None:
    settings = EmbedSettings(cache_dir=tmp_path, _env_file=None)
    with bulk_embedder(settings, model) as first:
        made = first.embed_texts(["a red tent", "a kettle"])
    with bulk_embedder(settings, model) as second:
        kept = second.embed_texts(["a kettle", "a red tent"])
        assert second.counts().misses == 0
    np.testing.assert_array_equal(kept[::-1], made)
    assert (tmp_path / "vectors.sqlite3").exists()


def test_info_reports_a_sound_and_a_corrupt_model(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOPSCOUT_TEXT_MODEL", str(copied))
    assert main(["info"]) == 0
    assert "384 dims" in capsys.readouterr().out
    (copied / "tokenizer.json").write_text("{}")
    assert main(["info"]) == 1
    assert "tokenizer.json is not the file" in capsys.readouterr().out


def test_text_prints_vectors_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["text", "--json", "a lamp"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["model"] == OnnxTextEmbedder(SHIPPED).spec.id
    assert len(printed["vectors"][0]) == 384


def _unit(generator: np.random.Generator, rows: int) -> Vectors:
    vectors = generator.standard_normal((rows, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def test_the_gate_passes_equals_and_refuses_noise() -> None:
    generator = np.random.default_rng(0)
    products, queries = _unit(generator, 400), _unit(generator, 150)
    same = agreement((products, queries), (products, queries))
    assert same.query_overlap_at_10 == 1
    assert shortfalls(same) == []
    noisy = products + 0.1 * _unit(generator, 400)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    measured = agreement((products, queries), (noisy, queries))
    assert measured.cosine_min < measured.cosine_mean < 1
    assert any("product_overlap_at_10" in line for line in shortfalls(measured))
    assert FLOOR.texts <= measured.texts


def test_training_has_its_own_options_or_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):  # as --help ends
        assert main(["train", "--help"]) == 1
        assert "is missing: pip install" in capsys.readouterr().err
        return
    assert "--tower" in capsys.readouterr().out


def test_an_unknown_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["info", "--nonsense"])
    assert ended.value.code == 2
    assert "--nonsense" in capsys.readouterr().err
