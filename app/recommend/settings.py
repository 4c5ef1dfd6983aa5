"""Settings of recommendations. Environment variables start with SHOPSCOUT_RECOMMEND_; .env is read too."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RecommendSettings(BaseSettings):
    """How recommendations are made."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_RECOMMEND_", env_file=".env", extra="ignore", frozen=True)

    placements: Path | None = Field(
        None,
        description="File (YAML or JSON) of placements in place of those that come with the product: see "
        "docs/howto/recommendations.md. Read and checked at the start.",
    )
    deadline_s: float = Field(
        0.8,
        gt=0,
        le=60,
        description="Seconds that a list of recommendations may take; then the last known one is answered, marked as "
        "degraded.",
    )
    cache_s: float = Field(
        2.0,
        ge=0,
        le=600,
        description="Seconds that a list for nobody in particular is answered from memory; 0: never.",
    )
    explore: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Share of the lists whose last place goes to a candidate drawn by chance, so that its propensity "
        "is known.",
    )
    new_days: float = Field(60.0, gt=0, description="Days for which a product is a new arrival.")
    slow_stock: int = Field(
        0, ge=0, description="Pieces in stock from which a product without orders is a slow mover; 0: none is."
    )
    settled_days: float = Field(
        365.0, gt=0, description="Days for which a product that was bought, or turned down, is not shown again."
    )
    impressions: bool = Field(
        True, description="Whether each list is stored as an impression; else the page sends what was shown."
    )
    log_queue: int = Field(
        10_000, ge=10, description="Lists that wait in each process to be stored; more are dropped, and counted."
    )
    shelf_refresh_s: float = Field(
        60.0, gt=0, description="Seconds between looks at the products that are shown when nothing else can be read."
    )
    generations_s: float = Field(
        2.0,
        gt=0,
        le=60,
        description="Seconds between looks whether a job has finished; until then lists are made of what was learned "
        "before.",
    )
    rows_kept: int = Field(
        10_000,
        ge=0,
        description="Products of which each process keeps what jobs learned in memory, of each kind: some 10 kB a "
        "product in all.",
    )
    rows_read_ahead: int = Field(
        10_000,
        ge=0,
        le=10_000,
        description="Products most in demand that each process reads into memory when it starts and when a job or a "
        "load has finished, for some 20 seconds in the background: rows of what was learned (as many as are kept at "
        "most), and vectors, some 4 kB a product; 0: what is asked for is read then.",
    )
