"""An open_clip model to a folder of ONNX towers, tokenizer and manifest, if it comes near enough to its original."""

import json
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
import torch
from PIL import Image

from embed.clip import ClipEmbedder
from embed.clip_manifest import FORMAT, ClipManifest, ImageRules, TextRules
from embed.clip_pixels import Interpolation, Resize
from embed.clip_text import TextReader
from embed.model_files import MANIFEST, ModelFile, listed
from embed.onnx_clip import OnnxClipEmbedder
from embed.training.clip_gate import ClipAgreement, ClipVectors, clip_agreement, clip_shortfalls
from embed.training.clip_tokenizer import ExportedTokenizer, exported_tokenizer
from embed.training.clip_towers import image_tower, reads_padding, text_tower
from embed.training.int8_graph import in_int8

TOKENIZER = "tokenizer.json"
TEXT = "text"
IMAGE = "image"
# What a rounder form of the image tower must gain in time to be worth its loss.
WORTH = 0.9
_TIMED_RUNS = 7

Form = Literal["int8", "float32"]
Say = Callable[[str], None]


class Refused(Exception):
    """The export is too far from its original; the message says in what."""


@dataclass(frozen=True)
class Examples:
    """What original and export are compared on: texts and RGB pictures, more than ten of each."""

    texts: list[str]
    pictures: list[Image.Image]


def export_clip(
    original: ClipEmbedder, folder: Path, examples: Examples, *, text: Form, image: Form | None, say: Say
) -> ClipAgreement:
    """Write `original` (on the cpu) to the empty `folder`. `image` None: the form that the measurement favours.

    Raises Refused, TooLarge, NotExportable.
    """
    say(f"{original.spec.id}: {original.spec.dims} dims; embedding {len(examples.texts)} texts and as many pictures")
    reference = ClipVectors(original.embed_texts(examples.texts), original.embed_images(examples.pictures))
    say("writing the towers")
    written = write_towers(original, folder, text=text, image_forms=(image,) if image else ("float32", "int8"))
    refused = ""
    for form in [image] if image else _by_speed(folder, written.image, say):
        manifest = written.manifest(form)
        (folder / MANIFEST).write_text(json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n")
        measured = compare(original, OnnxClipEmbedder(folder), examples, reference)
        say(f"image tower in {form}: {json.dumps(measured.as_dict())}")
        below = clip_shortfalls(measured)
        if not below:
            _finish(folder, manifest, measured)
            return measured
        refused = f"with the image tower in {form}: " + "; ".join(below)
    raise Refused(refused)


@dataclass(frozen=True)
class Written:
    """Files in a folder, and all that a manifest says but which image tower is taken."""

    base: dict[str, Any]
    name: str
    text: Form
    image: dict[str, Any]
    files: dict[str, ModelFile]

    def manifest(self, image: Form) -> ClipManifest:
        """The manifest with the image tower in this form."""
        forms = self.text if self.text == image else f"text-{self.text}-image-{image}"
        weights = f"{IMAGE}.{image}.onnx"
        listed = {name: file for name, file in self.files.items() if not name.startswith(IMAGE) or name == weights}
        rules = ImageRules(weights=weights, **self.image)
        return ClipManifest(**self.base, name=f"{self.name}-{forms}", image=rules, files=listed)


def write_towers(original: ClipEmbedder, folder: Path, *, text: Form, image_forms: Sequence[Form]) -> Written:
    """Write towers and tokenizer. Raises TooLarge, NotExportable."""
    model, spec = original.model, original.spec
    tokenizer = exported_tokenizer(model.tokenize)
    (folder / TOKENIZER).write_text(tokenizer.content, encoding="utf-8")
    texts = f"{TEXT}.{text}.onnx"
    example = torch.as_tensor(model.tokenize(["two short texts", "to trace the tower with"]))
    _save(text_tower(model.module, example), folder / texts, text)
    pixels = _pixel_rules(model.module.visual.preprocess_cfg)
    tower = image_tower(model.module, *pixels["size"])
    images = [f"{IMAGE}.{form}.onnx" for form in image_forms]
    for form, name in zip(image_forms, images, strict=True):
        _save(tower, folder / name, form)
    rules = TextRules(
        weights=texts,
        tokenizer=TOKENIZER,
        cleaning=tokenizer.cleaning,
        context_length=tokenizer.context_length,
        pad_id=tokenizer.pad_id,
        fixed=reads_padding(model.module),
        replaced=tokenizer.replaced,
    )
    base = {"format": FORMAT, "dims": spec.dims, "space": spec.space, "original": spec.id, "text": rules}
    files = {name: listed(folder / name) for name in (texts, TOKENIZER, *images)}
    name = re.sub(r"[^\w.-]+", "-", spec.id.partition("@")[0]).strip("-")
    return Written(base=base, name=name, text=text, image=pixels, files=files)


def compare(
    original: ClipEmbedder, export: OnnxClipEmbedder, examples: Examples, reference: ClipVectors
) -> ClipAgreement:
    """How near `export` is to `original`, whose vectors of the examples are `reference`."""
    vectors = ClipVectors(export.embed_texts(examples.texts), export.embed_images(examples.pictures))
    tokens = np.asarray(original.model.tokenize(examples.texts))
    reader = reader_of(exported_tokenizer(original.model.tokenize), fixed=True)
    same = (reader.padded(reader.rows(examples.texts)) == tokens).all(axis=1).mean()
    return clip_agreement(reference, vectors, same_tokens=float(same))


def reader_of(tokenizer: ExportedTokenizer, *, fixed: bool) -> TextReader:
    """What serving reads texts with."""
    from tokenizers import Tokenizer

    return TextReader(
        Tokenizer.from_str(tokenizer.content),
        cleaning=tokenizer.cleaning,
        context_length=tokenizer.context_length,
        pad_id=tokenizer.pad_id,
        fixed=fixed,
        replaced=tokenizer.replaced,
    )


def _save(tower: onnx.ModelProto, path: Path, form: Form) -> None:
    onnx.save(in_int8(tower) if form == "int8" else tower, path)


def _pixel_rules(settings: dict[str, Any]) -> dict[str, Any]:
    size = settings["size"]
    mode = settings["interpolation"]
    return {
        "size": (size, size) if isinstance(size, int) else tuple(size),
        "resize": Resize(settings["resize_mode"]),
        "interpolation": Interpolation.BILINEAR if mode == "bilinear" else Interpolation.BICUBIC,
        "mean": tuple(settings["mean"]),
        "std": tuple(settings["std"]),
        "fill": settings["fill_color"],
    }


def _by_speed(folder: Path, pixels: dict[str, Any], say: Say) -> list[Form]:
    """The forms of the image tower to try, the best first: int8 only where it is faster, one picture at a time."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    picture = np.zeros((1, 3, *pixels["size"]), np.float32)
    sessions = {
        form: onnxruntime.InferenceSession(folder / f"{IMAGE}.{form}.onnx", options, ["CPUExecutionProvider"])
        for form in ("float32", "int8")
    }
    taken: dict[str, list[float]] = {form: [] for form in sessions}
    # Alternating: whatever else the machine does meets both. The first run of each is for warming up.
    for _ in range(1 + _TIMED_RUNS):
        for form, session in sessions.items():
            started = time.perf_counter()
            session.run(None, {"pixels": picture})
            taken[form].append(time.perf_counter() - started)
    plain, small = (1e3 * statistics.median(taken[form][1:]) for form in ("float32", "int8"))
    say(f"image tower, one picture on one core: {plain:.1f} ms in float32, {small:.1f} ms in int8")
    return ["int8", "float32"] if small < WORTH * plain else ["float32"]


def _finish(folder: Path, manifest: ClipManifest, measured: ClipAgreement) -> None:
    final = manifest.model_copy(update={"agreement": measured.as_dict()})
    (folder / MANIFEST).write_text(json.dumps(final.model_dump(mode="json"), indent=2) + "\n")
    for file in folder.iterdir():
        if file.name != MANIFEST and file.name not in final.files:
            file.unlink()
