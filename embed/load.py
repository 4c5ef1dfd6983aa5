"""From settings to the embedders that the rest of the product uses."""

from pathlib import Path

from embed.base import Embedder
from embed.cache import CachedEmbedder
from embed.chain import EmbedderChain
from embed.errors import ModelUnavailable
from embed.manifest import BUNDLED
from embed.onnx import OnnxTextEmbedder
from embed.settings import EmbedSettings
from embed.vector_cache import VectorCache


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


def bulk_embedder(settings: EmbedSettings, embedder: Embedder) -> CachedEmbedder:
    """What loading uses: `embedder` behind the cache on disk, if one is set. Close it after use."""
    bound = settings.vector_cache_mb * 1_000_000
    cache = VectorCache(settings.vector_cache_path.expanduser(), max_bytes=bound) if bound else None
    return CachedEmbedder(embedder, cache)
