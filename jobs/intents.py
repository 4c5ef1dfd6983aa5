"""Commands around the intent model: training it, and conversations as files to train it from."""

import argparse
import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import orjson

from embed.errors import EmbedError
from embed.load import text_embedder
from embed.settings import EmbedSettings
from jobs.errors import JobFailed
from shop.intents.errors import IntentError
from shop.intents.examples import BACKGROUND, background, read_all
from shop.intents.model import save
from shop.intents.scoring import figures
from shop.intents.training import OUT_OF_SCOPE_SHARE, learn


def trained(files: list[Path], out: Path, licence: str, share: float = OUT_OF_SCOPE_SHARE) -> dict[str, Any]:
    """Learns from the files and writes the model into `out`; the new manifest. A model that was there is replaced when
    the new one is whole. Raises JobFailed with a sentence that says what to do."""
    try:
        examples, embedder = read_all(files), text_embedder(EmbedSettings())
        learned = learn(examples, background(), embedder, share=share)
    except (IntentError, EmbedError) as error:
        raise JobFailed(str(error)) from error
    manifest = {
        "version": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
        "embedder": embedder.spec.id,
        "data": [_source(path) for path in (*files, BACKGROUND)],
        "licence": licence,
        "examples": len(examples),
        "figures": figures(learned),
    }
    try:
        return save(out, learned.fitted, learned.refusal, manifest)
    except OSError as error:
        raise JobFailed(f"The model cannot be written to {out}: {error}") from error


def write_conversations(conversations: Iterable[Mapping[str, Any]], out: TextIO) -> int:
    """Writes {"conversations": [...]}, one a line, as they come; how many."""
    count = 0
    out.write('{"conversations": [')
    for one in conversations:
        out.write(f"{',' if count else ''}\n{orjson.dumps(one).decode()}")
        count += 1
    out.write("\n]}\n")
    return count


def add_exporting(command: argparse.ArgumentParser) -> None:
    """The options of `export-conversations`."""
    command.add_argument("--out", type=Path, metavar="FILE", help="file to write (default: standard output)")
    command.add_argument("--days", type=float, default=30.0, metavar="N", help="conversations of the last N days")


def _source(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def add_training(command: argparse.ArgumentParser) -> None:
    """The options of `train-intents`."""
    command.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="conversations (.json), sentence,label (.csv), lists (.yaml)",
    )
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the model is written")
    command.add_argument("--licence", default="", metavar="TEXT", help="licence of the examples, for the manifest")
    command.add_argument(
        "--share", type=_share, default=OUT_OF_SCOPE_SHARE, metavar="0..1",
        help="expected share of messages that belong to no intent",
    )  # fmt: skip


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError("must lie between 0 and 1")
    return share


def train(options: argparse.Namespace) -> dict[str, Any]:
    """`train-intents FILE... --out DIR`: what was written, without the list of labels."""
    manifest = trained(options.files, options.out, options.licence, options.share)
    return {
        "out": str(options.out),
        "intents": len(manifest["labels"]) - 1,
        **{name: manifest[name] for name in ("version", "examples", "sha256", "figures")},
        "threshold": manifest["refusal"]["threshold"],
    }
