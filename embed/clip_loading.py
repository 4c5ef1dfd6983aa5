"""From a specification to a loaded open_clip model, or one sentence that says what is missing.

The one place that imports torch and open_clip for serving, and only when a model is asked for: they are in the
extra `clip`, several gigabytes that a shop with the models that ship does not need.
"""

import contextlib
import difflib
import hashlib
import importlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from embed.errors import ModelCorrupt, ModelUnavailable

log = logging.getLogger(__name__)

# Names of weight files: what ends so is meant as a path, even where no such file is there.
_WEIGHT_FILES = (".pt", ".pth", ".bin", ".ckpt", ".safetensors", ".npz")
_SCHEMAS = ("hf-hub:", "local-dir:")
_HUB_TIMEOUT_S = 5.0
_loading = threading.Lock()


class Torch(NamedTuple):
    """The two packages, imported."""

    torch: ModuleType
    open_clip: ModuleType


@dataclass(frozen=True, slots=True)
class ClipModel:
    """An open_clip model on its device, in evaluation mode.

    `tokenize`: texts to ids (n, context); `preprocess`: an RGB picture to a tensor (3, height, width).
    `sha256` is that of names, types and values of all weights, however they were stored.
    """

    module: Any
    tokenize: Callable[[Sequence[str]], Any]
    preprocess: Callable[[Any], Any]
    device: str
    sha256: str


def torch_packages() -> Torch:
    """torch and open_clip. Raises ModelUnavailable where they are not installed."""
    try:
        return Torch(importlib.import_module("torch"), importlib.import_module("open_clip"))
    except ImportError as error:
        raise ModelUnavailable(
            f"CLIP models need torch and open_clip ({error}): install them with `pip install '.[clip]'`, "
            "or set SHOPSCOUT_CLIP_MODEL to a folder that `python -m embed export` wrote, or to `none`."
        ) from error


def load_clip(model: str, pretrained: str = "", device: str = "auto") -> ClipModel:
    """The open_clip model `model` with the weights `pretrained`: a tag or the path of a checkpoint; none where the
    model is `hf-hub:...` or `local-dir:...`, which bring their own.

    Raises ModelUnavailable (not installed, not known, not to be downloaded, no such device) or ModelCorrupt (a
    checkpoint that cannot be read, holds code or belongs to another model).
    """
    packages = torch_packages()
    place = chosen_device(packages.torch, device)
    source = _source(packages.open_clip, model, pretrained)
    # One at a time: the hub's state is the process's.
    with _loading, _no_waiting_for_the_hub():
        module = _module(packages, model, source)
        tokenize = _tokenizer(packages.open_clip, model)
    transform = importlib.import_module("open_clip.transform")
    preprocess = transform.image_transform_v2(transform.PreprocessCfg(**module.visual.preprocess_cfg), is_train=False)
    digest = _digest(module)
    module = module.eval().requires_grad_(False).to(place)
    return ClipModel(module, tokenize, preprocess, place, digest)


def chosen_device(torch: ModuleType, device: str) -> str:
    """`device`, or the best there is for `auto`. Raises ModelUnavailable if this machine has none of it."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there.get(device):
        usable = ", ".join(name for name, usable in there.items() if usable)
        raise ModelUnavailable(
            f"SHOPSCOUT_CLIP_DEVICE is {device!r}, but torch finds {usable} here: set it to `auto` or one of these."
        )
    return device


@dataclass(frozen=True, slots=True)
class _Source:
    pretrained: str | None
    file: Path | None = None
    quick_gelu: bool = False


def _source(open_clip: Any, model: str, pretrained: str) -> _Source:  # noqa: ANN401 - torch has no types here
    if model.startswith(_SCHEMAS):
        if pretrained:
            log.warning("SHOPSCOUT_CLIP_PRETRAINED is not used: %s brings its own weights", model)
        if model.startswith("local-dir:"):
            return _Source(None, file=_local_folder(model))
        return _Source(None)
    if model not in open_clip.list_models():
        near = difflib.get_close_matches(model, open_clip.list_models(), 3, 0.5) or ["ViT-B-32"]
        raise ModelUnavailable(
            f"open_clip knows no model {model!r}: set SHOPSCOUT_CLIP_MODEL to one that it lists, such as "
            f"{', '.join(near)}, or to hf-hub:OWNER/NAME."
        )
    tags = open_clip.list_pretrained_tags_by_model(model)
    if pretrained.replace("-", "_").lower() in tags or pretrained in tags:
        tag = pretrained if pretrained in tags else pretrained.replace("-", "_").lower()
        return _Source(tag, quick_gelu=bool(open_clip.get_pretrained_cfg(model, tag).get("quick_gelu")))
    path = Path(pretrained).expanduser()
    if pretrained and path.is_file():
        return _Source(str(path), file=path)
    known = f"a tag of {model} ({_some(tags)}) or the path of a checkpoint"
    if not pretrained:
        raise ModelUnavailable(f"SHOPSCOUT_CLIP_PRETRAINED is not set: set it to {known}.")
    if "/" in pretrained or pretrained.endswith(_WEIGHT_FILES):
        raise ModelUnavailable(f"There is no file {path}: set SHOPSCOUT_CLIP_PRETRAINED to {known}.")
    raise ModelUnavailable(f"{model} has no weights called {pretrained!r}: set SHOPSCOUT_CLIP_PRETRAINED to {known}.")


def _local_folder(model: str) -> Path:
    folder = Path(model.removeprefix("local-dir:")).expanduser()
    if not (folder / "open_clip_config.json").is_file():
        raise ModelUnavailable(
            f"There is no {folder / 'open_clip_config.json'}: set SHOPSCOUT_CLIP_MODEL to local-dir: and a folder "
            "that holds it, the weights and the tokenizer's files."
        )
    return folder


@contextlib.contextmanager
def _no_waiting_for_the_hub() -> Iterator[None]:
    """Without a network the hub's client would repeat every request for most of a minute; files that it has on
    disk from before are found without."""
    constants: Any = importlib.import_module("huggingface_hub.constants")
    if constants.HF_HUB_OFFLINE or _hub_answers(constants.ENDPOINT):
        yield
        return
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = False


def _hub_answers(address: str) -> bool:
    session = importlib.import_module("huggingface_hub").get_session()
    try:
        session.head(address, timeout=_HUB_TIMEOUT_S)
    except Exception:  # whatever its HTTP client raises: there is no hub
        return False
    return True


def _module(packages: Torch, model: str, source: _Source) -> Any:  # noqa: ANN401 - torch has no types here
    try:
        return packages.open_clip.create_model(
            model,
            pretrained=source.pretrained,
            device="cpu",
            require_pretrained=True,
            force_quick_gelu=source.quick_gelu,
        )
    except MemoryError:
        raise
    except Exception as error:  # open_clip, torch, safetensors, pickle, the hub: each raises types of its own
        if source.file is not None and not _is_of_the_hub(error):
            raise ModelCorrupt(
                f"{source.file} cannot be loaded as {model} ({_first_line(error)}): it is damaged, or a checkpoint of "
                "another model."
            ) from error
        name = f"{model} {source.pretrained or ''}".strip()
        raise ModelUnavailable(
            f"{name} cannot be downloaded ({_first_line(error)}): connect this machine to the model hub, or set "
            "SHOPSCOUT_CLIP_PRETRAINED to the path of a checkpoint, or SHOPSCOUT_CLIP_MODEL to local-dir:FOLDER or to "
            "a folder that `python -m embed export` wrote."
        ) from error


def _tokenizer(open_clip: Any, model: str) -> Callable[[Sequence[str]], Any]:  # noqa: ANN401
    try:
        tokenizer: Callable[[Sequence[str]], Any] = open_clip.get_tokenizer(model)
    except ImportError as error:
        raise ModelUnavailable(
            f"The tokenizer of {model} needs transformers ({error}): install it with `pip install transformers`."
        ) from error
    except Exception as error:  # as above
        raise ModelUnavailable(
            f"The tokenizer of {model} is not here and cannot be downloaded ({_first_line(error)}): connect this "
            "machine to the model hub, or set SHOPSCOUT_CLIP_MODEL to local-dir:FOLDER with open_clip_config.json, "
            "weights and tokenizer, or to a folder that `python -m embed export` wrote."
        ) from error
    return tokenizer


def _digest(module: Any) -> str:  # noqa: ANN401 - torch has no types here
    digest = hashlib.sha256()
    for name, value in sorted(module.state_dict().items()):
        array = value.detach().cpu().contiguous()
        digest.update(f"{name} {array.dtype} {tuple(array.shape)}\n".encode())
        digest.update(memoryview(array.numpy()).cast("B") if array.numel() and array.ndim else repr(array).encode())
    return digest.hexdigest()


def _is_of_the_hub(error: BaseException | None) -> bool:
    while error is not None:
        if type(error).__module__.partition(".")[0] in ("huggingface_hub", "httpx", "requests"):
            return True
        error = error.__cause__ or error.__context__
    return False


def _some(names: Sequence[str]) -> str:
    shown = sorted(names, key=lambda name: not name.startswith(("laion2b_s", "datacomp_x", "webli")))[:4]
    more = len(names) - len(shown)
    return (", ".join(shown) + (f" and {more} more" if more else "")) or "it has none"


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if len(line.strip()) > 3] or [type(error).__name__]
    return lines[0].partition(". ")[0].rstrip(".:")[:160]
