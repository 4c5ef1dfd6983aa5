"""A folder with a model: manifest.json beside the files that it lists with size and sha256.

Which fields a manifest has is its model's own affair. `mend` says, in every error, what to do about it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from embed.errors import ModelCorrupt, ModelUnavailable

MANIFEST = "manifest.json"
M = TypeVar("M", bound=BaseModel)


class ModelFile(BaseModel):
    """One file of a model."""

    model_config = ConfigDict(frozen=True)

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    bytes: int = Field(gt=0)


def listed(path: Path) -> ModelFile:
    """What a manifest says of a file."""
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256")
    return ModelFile(sha256=digest.hexdigest(), bytes=path.stat().st_size)


def read_listing(folder: Path, kind: type[M], what: str, mend: str) -> M:
    """The manifest in `folder`, as of the model that `what` calls it. Raises ModelUnavailable or ModelCorrupt."""
    path = folder / MANIFEST
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelUnavailable(f"No {what} at {folder} ({error.strerror}): {mend}.") from error
    except ValidationError as error:
        raise ModelCorrupt(f"{path} is no manifest of any {what} ({error.error_count()} faults): {mend}.") from error


def check_listed(folder: Path, files: Mapping[str, ModelFile], names: Iterable[str], mend: str) -> None:
    """Raises ModelCorrupt where a name is not listed, or is of a file elsewhere."""
    for name in names:
        if name not in files or Path(name).name != name:
            raise ModelCorrupt(f"{folder / MANIFEST} names {name!r} but does not list such a file: {mend}.")


def read_listed(folder: Path, files: Mapping[str, ModelFile], name: str, mend: str) -> bytes:
    """Content of one listed file, its sha256 checked. Raises ModelUnavailable or ModelCorrupt."""
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read ({error.strerror}): {mend}.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != files[name].sha256:
        raise ModelCorrupt(
            f"{path} is not the file that its manifest describes ({len(content)} bytes, sha256 {digest[:12]}): {mend}."
        )
    return content
