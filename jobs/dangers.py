"""The command that trains the model of dangers, which the conversation's guardrails ask beside their patterns."""

import argparse
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embed.errors import EmbedError
from embed.load import text_embedder
from embed.settings import EmbedSettings
from jobs.errors import JobFailed
from shop.dangers.errors import DangerError
from shop.dangers.messages import MESSAGES, SHOPPERS, check, of_shoppers, read_messages
from shop.dangers.training import learn
from shop.intents.model import save


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of `train-dangers`."""
    command.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="messages as JSONL (default: those of the product)"
    )
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the model is written")
    command.add_argument("--licence", default="", metavar="TEXT", help="licence of the messages, for the manifest")
    command.add_argument("--seed", type=int, default=0, metavar="N", help="of the folds of cross-validation")


def train(options: argparse.Namespace) -> dict[str, Any]:
    """`train-dangers [FILE...] --out DIR`: learns and writes the model; what was written. Raises JobFailed with a
    sentence that says what to do."""
    files = options.files or [MESSAGES]
    try:
        messages = [one for path in files for one in read_messages(path)]
        check(messages)
        embedder = text_embedder(EmbedSettings())
        learned = learn([*messages, *of_shoppers()], embedder, seed=options.seed)
    except (DangerError, EmbedError) as error:
        raise JobFailed(str(error)) from error
    figures = learned.figures()
    manifest = {
        "version": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
        "embedder": embedder.spec.id,
        "data": [_source(path) for path in (*files, *SHOPPERS)],
        "licence": options.licence,
        "messages": len(messages),
        "seed": options.seed,
        "figures": figures,
    }
    try:
        written = save(options.out, learned.fitted, learned.refusal, manifest)
    except OSError as error:
        raise JobFailed(f"The model cannot be written to {options.out}: {error}") from error
    named = {name: written[name] for name in ("version", "messages", "sha256", "figures")}
    return {"out": str(options.out), "dangers": len(written["labels"]) - 1, **named}


def _source(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
