"""The manifest of an exported CLIP model (see embed/model_files.py)."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from embed.base import Modality, ModelSpec
from embed.clip_pixels import PixelRules
from embed.clip_text import Cleaning
from embed.model_files import ModelFile, check_listed, read_listed, read_listing

FORMAT: Literal["clip-1"] = "clip-1"
_MEND = "run `python -m embed export` anew, or set SHOPSCOUT_CLIP_MODEL to another model"


class TextRules(BaseModel):
    """How texts become the ids that the text tower takes; see embed.clip_text.TextReader. `weights` and
    `tokenizer` are names of files."""

    model_config = ConfigDict(frozen=True)

    weights: str
    tokenizer: str
    cleaning: Cleaning
    context_length: int = Field(gt=2)
    pad_id: int = Field(ge=0)
    fixed: bool
    replaced: dict[int, int] = {}


class ImageRules(PixelRules):
    """How pictures become pixels, and the name of the image tower's file."""

    weights: str


class ClipManifest(BaseModel):
    """What manifest.json of an exported CLIP model holds. `original` is the id of the model it was made from,
    `agreement` how near it came to it (embed/training/clip_gate.py)."""

    model_config = ConfigDict(frozen=True)

    format: Literal["clip-1"]
    name: str
    dims: int = Field(gt=0)
    space: str
    original: str
    text: TextRules
    image: ImageRules
    files: dict[str, ModelFile]
    agreement: dict[str, float] = {}

    @property
    def spec(self) -> ModelSpec:
        """The model's identity: its name and 12 digits of a sha256 over those of both towers."""
        both = self.files[self.text.weights].sha256 + self.files[self.image.weights].sha256
        digest = hashlib.sha256(both.encode()).hexdigest()[:12]
        return ModelSpec(f"{self.name}@{digest}", self.dims, self.space, frozenset(Modality))


def read_clip_manifest(folder: Path) -> ClipManifest:
    """The manifest of the CLIP model in `folder`. Raises ModelUnavailable or ModelCorrupt."""
    manifest = read_listing(folder, ClipManifest, "exported CLIP model", _MEND)
    parts = (manifest.text.weights, manifest.text.tokenizer, manifest.image.weights)
    check_listed(folder, manifest.files, parts, _MEND)
    return manifest


def read_clip_file(folder: Path, manifest: ClipManifest, name: str) -> bytes:
    """Content of one listed file, its sha256 checked. Raises ModelUnavailable or ModelCorrupt."""
    return read_listed(folder, manifest.files, name, _MEND)
