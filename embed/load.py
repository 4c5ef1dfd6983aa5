"""From settings to the embedders that the rest of the product uses."""

from pathlib import Path

from embed.base import Embedder, ImageEmbedder
from embed.cache import CachedEmbedder
from embed.chain import EmbedderChain, Loader
from embed.clip import ClipEmbedder, Progress
from embed.errors import ModelUnavailable
from embed.manifest import BUNDLED
from embed.model_files import MANIFEST
from embed.onnx import OnnxTextEmbedder
from embed.onnx_clip import OnnxClipEmbedder
from embed.settings import EmbedSettings
from embed.vector_cache import VectorCache

LITE = "shopscout-lite"


def bundled_models() -> list[str]:
    """Names of the models that come with the product."""
    return sorted(folder.name for folder in BUNDLED.iterdir() if (folder / "manifest.json").is_file())


def model_folder(name: str) -> Path:
    """Folder of a model that comes with the product (by name), or else the folder at that path."""
    return BUNDLED / name if name in bundled_models() else Path(name).expanduser()


def text_embedder(settings: EmbedSettings) -> OnnxTextEmbedder:
    """The sentence model that the settings name, loaded and checked. Raises ModelUnavailable, ModelCorrupt."""
    if settings.text_model == "none":
        raise ModelUnavailable("SHOPSCOUT_TEXT_MODEL is `none`: searches use words alone.")
    embedder = OnnxTextEmbedder(model_folder(settings.text_model), threads=settings.embed_threads)
    embedder.load()
    return embedder


def text_chain(settings: EmbedSettings) -> EmbedderChain:
    """What serving uses: the sentence model, or none with the reason, tried again as time passes."""
    return EmbedderChain([("sentence", lambda: text_embedder(settings))], retry_s=settings.embed_retry_s)


def clip_embedder(settings: EmbedSettings, *, progress: Progress | None = None) -> ImageEmbedder:
    """The CLIP model that the settings name, loaded and checked: an exported folder, or an open_clip model.

    `progress` is told after every batch of an open_clip model. Raises ModelUnavailable, ModelCorrupt.
    """
    name = settings.clip_model
    if name == "none":
        raise ModelUnavailable("SHOPSCOUT_CLIP_MODEL is `none`: set it to a model of words and pictures.")
    folder = Path(name).expanduser()
    if ":" not in name and ("/" in name or folder.is_dir()):
        exported = OnnxClipEmbedder(folder, threads=settings.embed_threads)
        exported.load()
        return exported
    pretrained = "" if ":" in name else settings.clip_pretrained
    embedder = ClipEmbedder(name, pretrained, device=settings.clip_device, progress=progress)
    embedder.load()
    return embedder


def lite_embedder(settings: EmbedSettings) -> ImageEmbedder:
    """The small model of words and pictures that comes with the product. Raises ModelUnavailable, ModelCorrupt."""
    folder = BUNDLED / LITE
    if not (folder / MANIFEST).is_file():
        raise ModelUnavailable(
            f"{LITE} is not in this copy of the product ({folder}): fetch it whole, or set SHOPSCOUT_CLIP_MODEL."
        )
    from embed.lite import LiteEmbedder

    embedder = LiteEmbedder(folder, threads=settings.embed_threads)
    embedder.load()
    return embedder


def picture_embedder(settings: EmbedSettings) -> ImageEmbedder:
    """The one model that loading embeds pictures with: the CLIP model that is set, else the one that comes with the
    product. No fallback, for an index has vectors of one model. Raises ModelUnavailable, ModelCorrupt."""
    return clip_embedder(settings) if settings.clip_model != "none" else lite_embedder(settings)


def picture_chain(settings: EmbedSettings) -> EmbedderChain:
    """What serves words and pictures in one space: the CLIP model that is set, else the one that comes with the
    product, else none with the reasons, tried again as time passes.

    Vectors of the two are of different spaces: compare `spec.space` with that of the index before searching.
    """
    loaders: list[tuple[str, Loader]] = []
    if settings.clip_model != "none":
        loaders.append(("clip", lambda: clip_embedder(settings)))
    loaders.append(("lite", lambda: lite_embedder(settings)))
    return EmbedderChain(loaders, retry_s=settings.embed_retry_s)


def bulk_embedder(settings: EmbedSettings, embedder: Embedder) -> CachedEmbedder:
    """What loading uses: `embedder` behind the cache on disk, if one is set. Close it after use."""
    return CachedEmbedder(embedder, vector_cache(settings))


def vector_cache(settings: EmbedSettings) -> VectorCache | None:
    """The cache on disk, of texts and pictures; None where the settings turn it off. Close it after use."""
    bound = settings.vector_cache_mb * 1_000_000
    return VectorCache(settings.vector_cache_path.expanduser(), max_bytes=bound) if bound else None
