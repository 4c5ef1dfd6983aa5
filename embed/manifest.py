"""The folder of an exported model: manifest.json beside the files that it lists with size and sha256."""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from embed.base import Modality, ModelSpec
from embed.errors import ModelCorrupt, ModelUnavailable

MANIFEST = "manifest.json"
BUNDLED = Path(__file__).parent / "weights"
_MEND = "run `python -m embed.training.export_minilm`, or set SHOPSCOUT_TEXT_MODEL to a folder it wrote"


class ModelFile(BaseModel):
    """One file of a model."""

    model_config = ConfigDict(frozen=True)

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    bytes: int = Field(gt=0)


class Manifest(BaseModel):
    """What manifest.json holds. `weights` and `tokenizer` are names in `files`."""

    model_config = ConfigDict(frozen=True)

    name: str
    dims: int = Field(gt=0)
    space: str
    modalities: frozenset[Modality]
    max_tokens: int = Field(gt=2)
    weights: str
    tokenizer: str
    files: dict[str, ModelFile]
    source: str
    licence: str

    @property
    def spec(self) -> ModelSpec:
        """The model's identity: its name and the first 12 digits of the sha256 of its weights."""
        model_id = f"{self.name}@{self.files[self.weights].sha256[:12]}"
        return ModelSpec(model_id, self.dims, self.space, self.modalities)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the model in `folder`. Raises ModelUnavailable or ModelCorrupt."""
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelUnavailable(f"No model at {folder} ({error.strerror}): {_MEND}.") from error
    except ValidationError as error:
        faults = error.error_count()
        raise ModelCorrupt(f"{path} is no manifest of a model ({faults} faults): {_MEND}.") from error
    for name in (manifest.weights, manifest.tokenizer):
        if name not in manifest.files or Path(name).name != name:
            raise ModelCorrupt(f"{path} names {name!r} but does not list such a file: {_MEND}.")
    return manifest


def read_file(folder: Path, manifest: Manifest, name: str) -> bytes:
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
