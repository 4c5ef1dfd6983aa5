"""How texts become vectors. Environment variables start with SHOPSCOUT_; .env is read too."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_cache() -> Path:
    return Path.home() / ".cache" / "shopscout"


def _default_vector_cache(settings: dict[str, Any]) -> Path:
    return Path(settings["cache_dir"]) / "vectors.sqlite3"


class EmbedSettings(BaseSettings):
    """Settings of the embedding room: which model, how many cores, how much is remembered."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_", env_file=".env", extra="ignore", frozen=True)

    text_model: str = Field(
        "minilm-l6-v2",
        min_length=1,
        description="Sentence model: `minilm-l6-v2` (comes with the product), the path of a folder written by "
        "embed.training, or `none` for search by words alone.",
    )
    clip_model: str = Field(
        "none",
        min_length=1,
        description="Model of words and pictures in one space: the path of a folder that `python -m embed export` "
        "wrote; or, with the extra `clip` installed, a model that open_clip lists (`ViT-B-32`, `ViT-B-16-SigLIP2`), "
        "`hf-hub:Marqo/marqo-ecommerce-embeddings-B` and the like, or `local-dir:` and a folder. `none`: the small "
        "one that comes with the product. See docs/howto/choose-a-clip-model.md.",
    )
    clip_pretrained: str = Field(
        "",
        description="Weights of an open_clip model: one of its tags (`laion2b_s34b_b79k` for ViT-B-32, `webli` for "
        "ViT-B-16-SigLIP2) or the path of a checkpoint. Not used with folders, `hf-hub:` and `local-dir:`.",
    )
    clip_device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where an open_clip model runs: auto (the best there is), cpu, cuda or mps."
    )
    embed_threads: int = Field(
        2, ge=1, le=256, description="Cores that embedding many texts may use; one query always uses one."
    )
    embed_retry_s: float = Field(
        30.0, gt=0, description="Seconds between attempts to load a model that could not be loaded."
    )
    query_cache_size: int = Field(
        20_000, ge=0, description="Queries whose vectors are kept in memory (1.5 kB each); 0 keeps none."
    )
    cache_dir: Path = Field(
        default_factory=_default_cache,
        description="Per-user folder for the downloaded server, its data and logs, models and demo pictures.",
    )
    vector_cache_path: Path = Field(
        default_factory=_default_vector_cache,
        description="SQLite file that keeps the vectors of product texts, so that a re-load embeds nothing twice; "
        "by default vectors.sqlite3 in SHOPSCOUT_CACHE_DIR.",
    )
    vector_cache_mb: int = Field(
        2048, ge=0, description="Size bound of that file in MB, oldest vectors leave first; 0 turns it off."
    )
