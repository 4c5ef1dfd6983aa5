"""Settings of measurements. Environment variables start with SHOPSCOUT_; .env is read too."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).parent.parent


class EvaluateSettings(BaseSettings):
    """Where judged data lies."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_", env_file=".env", extra="ignore", frozen=True)

    data: Path = Field(
        PROJECT.parent / "shared" / "data",
        description="Folder of judged data for measurements and tests: search/chorus-electronics below it holds "
        "products.jsonl.gz and judgments.csv. It is no part of the product.",
    )
