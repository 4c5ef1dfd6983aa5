"""Settings of load tests. Environment variables start with SHOPSCOUT_LOADTEST_; .env is read too."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

THRESHOLDS = Path(__file__).with_name("thresholds.yaml")


class LoadSettings(BaseSettings):
    """Who comes, in which shape, and what is asked of the service."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_LOADTEST_", env_file=".env", extra="ignore", frozen=True)

    key: SecretStr = Field(
        SecretStr(""),
        description="API key that load tests send in X-Api-Key; with scopes search, chat and events, and catalogue "
        "where merchants write. Its limit must allow what is sent.",
    )
    shape: str = Field(
        "steady",
        pattern="^(steady|ramp|spike|soak|overload)$",
        description="How the number of users goes: steady, ramp, spike, soak or overload.",
    )
    users: int = Field(50, ge=1, le=100_000, description="Users at the height of the shape.")
    time_s: float = Field(60.0, gt=0, description="Seconds that a load test takes.")
    think_least_s: float = Field(5.0, ge=0, description="Shortest time that a user thinks between two clicks.")
    think_most_s: float = Field(15.0, ge=0, description="Longest time that a user thinks between two clicks.")
    writes: bool = Field(
        False,
        description="Whether users also write: events, orders, messages to the chat, and merchants' price changes. "
        "`make loadtest` sets it for the shop of its own.",
    )
    merchants: float = Field(
        0.02, ge=0, le=1, description="Share of the users that are merchants, where users write at all."
    )
    thresholds: Path = Field(
        THRESHOLDS, description="File of what is asked of the service; see docs/howto/load-test-your-shop.md."
    )
    figures: Path | None = Field(None, description="File that a load test writes its figures and verdict to, as JSON.")

    figures_copy: Path | None = Field(
        None, description="A second file of the figures, for the command that started the users."
    )

    @model_validator(mode="after")
    def _thinking(self) -> Self:
        if self.think_most_s < self.think_least_s:
            raise ValueError("SHOPSCOUT_LOADTEST_THINK_MOST_S must not be less than SHOPSCOUT_LOADTEST_THINK_LEAST_S")
        return self
