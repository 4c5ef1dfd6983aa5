"""The command that trains the judge of answers, which the conversation asks whether a passage answers a question."""

import argparse
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embed.errors import EmbedError
from embed.load import text_embedder
from embed.settings import EmbedSettings
from jobs.errors import JobFailed
from shop.knowledge.answering.errors import AnswerError
from shop.knowledge.answering.libraries import LIBRARIES, read_library
from shop.knowledge.answering.model import save
from shop.knowledge.answering.topics import FILE, read_topics
from shop.knowledge.answering.training import WRONGLY_ANSWERED, asked, learn


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of `train-answers`."""
    command.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="libraries as YAML (default: those of the product)"
    )
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the model is written")
    command.add_argument("--licence", default="", metavar="TEXT", help="licence of the libraries, for the manifest")
    command.add_argument(
        "--wrongly", type=_share, default=WRONGLY_ANSWERED, metavar="0..1",
        help="share of the questions outside the documents, though near them, that may be answered",
    )  # fmt: skip


def train(options: argparse.Namespace) -> dict[str, Any]:
    """`train-answers [FILE...] --out DIR`: learns and writes the model; what was written. Raises JobFailed with a
    sentence that says what to do."""
    files = options.files or sorted(LIBRARIES.glob("*.yaml"))
    try:
        embedder = text_embedder(EmbedSettings())
        topics = read_topics(FILE, embedder)
        questions = asked([read_library(path) for path in files], embedder, topics)
        learned = learn(questions, wrongly=options.wrongly)
    except (AnswerError, EmbedError) as error:
        raise JobFailed(str(error)) from error
    manifest = {
        "version": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
        "embedder": embedder.spec.id,
        "data": [_source(path) for path in (*files, FILE)],
        "licence": options.licence,
        "questions": sum(not one.taken_away for one in questions),
        "figures": learned.held_out.at(learned.weighing.threshold),
    }
    try:
        written = save(options.out, learned.weighing, topics, manifest)
    except OSError as error:
        raise JobFailed(f"The model cannot be written to {options.out}: {error}") from error
    named = {name: written[name] for name in ("version", "questions", "sha256", "threshold", "figures")}
    return {"out": str(options.out), **named}


def _source(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError("must lie between 0 and 1")
    return share
