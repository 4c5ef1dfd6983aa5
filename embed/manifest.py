"""The manifest of an exported text model (see embed/model_files.py)."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from embed.base import Modality, ModelSpec
from embed.model_files import ModelFile, check_listed, read_listed, read_listing

BUNDLED = Path(__file__).parent / "weights"
_MEND = "run `python -m embed.training.export_minilm`, or set SHOPSCOUT_TEXT_MODEL to a folder it wrote"


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
    manifest = read_listing(folder, Manifest, "model", _MEND)
    check_listed(folder, manifest.files, (manifest.weights, manifest.tokenizer), _MEND)
    return manifest


def read_file(folder: Path, manifest: Manifest, name: str) -> bytes:
    """Content of one listed file, its sha256 checked. Raises ModelUnavailable or ModelCorrupt."""
    return read_listed(folder, manifest.files, name, _MEND)
