"""Settings of the jobs. Environment variables start with SHOPSCOUT_JOBS_; .env is read too."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class JobSettings(BaseSettings):
    """How jobs run: how often, with how much memory, and from how many days of events."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_JOBS_", env_file=".env", extra="ignore", frozen=True)

    lease_s: float = Field(
        60.0, ge=5, description="Seconds after which the job of a process that died may be run by another."
    )
    every_h: dict[str, float] = Field(
        {}, description='Hours between two runs of a job, by its name, where not its default: {"profiles": 24}.'
    )
    look_every_s: float = Field(30.0, gt=0, description="Seconds between two looks of the schedule at what is due.")
    folder: Path = Field(
        Path(),
        description="Folder for events exported for the jobs; without it, `jobs` in SHOPSCOUT_CACHE_DIR.",
    )
    events_days: int = Field(365, ge=1, description="Days of events that pairs and profiles learn from.")
    feedback_days: int = Field(60, ge=1, le=400, description="Days whose lists the job feedback follows.")
    neighbours_products: int = Field(
        100_000,
        ge=0,
        description="Products up to which the job neighbours compares all texts with one another; costs their square.",
    )
    backend: Literal["duckdb", "spark"] = Field(
        "duckdb",
        description="What runs the heavy expressions: DuckDB in the job's process, or Spark (extra `spark`, Java 17).",
    )
    spark_master: str = Field(
        "local[2]",
        description="Where Spark runs: local[N], spark://HOST:7077, yarn; empty: as Spark's own configuration says.",
    )
    memory_mb: int = Field(1000, ge=100, description="Memory that DuckDB, or Spark's driver, may use, in MB.")
    threads: int = Field(2, ge=1, le=64, description="Threads of the embedded database.")
    retry_for_s: float = Field(
        120.0, ge=0, description="Seconds that a job waits for an Elasticsearch that is away or overloaded."
    )

    @field_validator("every_h")
    @classmethod
    def _positive(cls, value: dict[str, float]) -> dict[str, float]:
        if any(hours <= 0 for hours in value.values()):
            raise ValueError("SHOPSCOUT_JOBS_EVERY_H must hold hours above 0")
        return value
