"""`python -m embed export`: an open_clip model to a folder that serving reads without torch.

Needs the extra `clip`. Exit codes: 0 written, 1 refused by the comparison with the original, or another export is
writing the same folder, or the model is missing; 2 the data is missing.
"""

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embed.clip import ClipEmbedder
from embed.errors import ModelUnavailable, PictureRefused
from embed.pictures import decode
from embed.settings import EmbedSettings

if TYPE_CHECKING:
    from embed.training.clip_export import Examples

Say = Callable[[str], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--model", help="open_clip's name, hf-hub:... or local-dir:...; default SHOPSCOUT_CLIP_MODEL")
    parser.add_argument("--pretrained", help="tag or checkpoint; default SHOPSCOUT_CLIP_PRETRAINED")
    parser.add_argument("--out", type=Path, required=True, help="folder to write; an exported model there is replaced")
    parser.add_argument("--data", type=Path, help="folder of pictures to compare on; default the demo's pictures")
    parser.add_argument("--count", type=int, default=200, help="how many pictures to compare on")
    parser.add_argument("--text", choices=["int8", "float32"], default="int8", help="form of the text tower")
    parser.add_argument("--image", choices=["auto", "int8", "float32"], default="auto", help="form of the image tower")


def export(options: argparse.Namespace, settings: EmbedSettings, say: Say) -> int:
    """Run the command; returns its exit code. Raises EmbedError."""
    model = options.model or settings.clip_model
    pretrained = options.pretrained if options.pretrained is not None else settings.clip_pretrained
    if model == "none":
        say("Which model? Give --model, or set SHOPSCOUT_CLIP_MODEL.")
        return 2
    training = _training()
    try:
        examples = _examples(options, settings)
    except (OSError, ValueError) as error:
        say(f"Cannot compare: {error}.")
        return 2
    folders = importlib.import_module("embed.training.output_folder")
    image = None if options.image == "auto" else options.image
    try:
        with folders.written_whole(options.out) as folder:
            original = ClipEmbedder(model, "" if ":" in model else pretrained, device="cpu")
            training.export_clip(original, folder, examples, text=options.text, image=image, say=say)
    except training.Refused as error:
        say(f"Refused: {error}.")
        return 1
    except (folders.FolderBusy, folders.FolderNotOurs, OSError, ValueError) as error:
        # ValueError: what has no ONNX form, or is too large for it.
        say(f"Not exported: {error}.")
        return 1
    size = sum(file.stat().st_size for file in options.out.expanduser().iterdir())
    say(f"Written to {options.out} ({size / 1e6:.0f} MB). To use it, set SHOPSCOUT_CLIP_MODEL={options.out}")
    return 0


def _training() -> Any:  # noqa: ANN401 - a module that needs the extra
    try:
        return importlib.import_module("embed.training.clip_export")
    except ImportError as error:
        raise ModelUnavailable(
            f"Exporting needs torch, open_clip and onnx ({error}): install them with `pip install '.[clip]'`."
        ) from error


def _examples(options: argparse.Namespace, settings: EmbedSettings) -> "Examples":
    captioned = importlib.import_module("embed.training.captioned")
    folder = options.data or settings.cache_dir.expanduser() / "demo" / "pictures"
    texts, pictures = [], []
    for pair in captioned.read_captioned(folder, options.count):
        try:
            pictures.append(decode(pair.file.read_bytes()))
        except PictureRefused:
            continue
        texts.append(pair.text)
    if len(pictures) < captioned.LEAST:
        raise ValueError(f"{folder} has {len(pictures)} pictures that can be read; {captioned.LEAST} are needed")
    examples: Examples = _training().Examples(texts, pictures)
    return examples
