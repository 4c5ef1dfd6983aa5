"""The folder of an exported CLIP model: manifest.json beside the files that it lists with size and sha256."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from embed.base import Modality, ModelSpec
from embed.clip_pixels import PixelRules
from embed.clip_text import Cleaning
from embed.errors import ModelCorrupt, ModelUnavailable
from embed.manifest import MANIFEST, ModelFile

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
    path = folder / MANIFEST
    try:
        manifest = ClipManifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelUnavailable(f"No exported CLIP model at {folder} ({error.strerror}): {_MEND}.") from error
    except ValidationError as error:
        faults = error.error_count()
        raise ModelCorrupt(f"{path} is no manifest of an exported CLIP model ({faults} faults): {_MEND}.") from error
    for name in (manifest.text.weights, manifest.text.tokenizer, manifest.image.weights):
        if name not in manifest.files or Path(name).name != name:
            raise ModelCorrupt(f"{path} names {name!r} but does not list such a file: {_MEND}.")
    return manifest


def read_clip_file(folder: Path, manifest: ClipManifest, name: str) -> bytes:
    """Content of one listed file, its sha256 checked. Raises ModelUnavailable or ModelCorrupt."""
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read ({error.strerror}): {_MEND}.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest.files[name].sha256:
        raise ModelCorrupt(
            f"{path} is not the file that its manifest describes ({len(content)} bytes, sha256 {digest[:12]}): {_MEND}."
        )
    return content
