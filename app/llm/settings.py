"""Settings of the language model. Environment variables start with SHOPSCOUT_LLM_; .env is read too."""

from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.llm.prices import read_prices


class LanguageModelSettings(BaseSettings):
    """Command R+: whether it is asked, how long it may take, and what it may cost."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_LLM_", env_file=".env", extra="ignore", frozen=True)

    api_key: SecretStr = Field(
        SecretStr(""), description="Key of the model's provider, Cohere. Empty: no model is asked for anything."
    )
    base_url: str = Field("", description="Address of the provider's API, where it is not the usual one.")
    model: str = Field(
        "command-r-plus-08-2024", min_length=1, description="Model that is asked; SHOPSCOUT_LLM_PRICES must have it."
    )
    prices: str = Field(
        "command-r-plus-08-2024=2.50/10.00, command-r-08-2024=0.15/0.60, command-r7b-12-2024=0.0375/0.15, "
        "command-a-03-2025=2.50/10.00",
        description="US dollars a million tokens of each model, input/output. Look up what you pay: providers change "
        "their prices.",
    )
    citations: str = Field(
        "accurate",
        pattern="^(accurate|fast|off)$",
        description="How answers name their sources: accurate (Command R and R+ alone), fast, or off.",
    )
    first_token_s: float = Field(
        4.0, gt=0, le=120, description="Seconds until the first word of an answer, retries included."
    )
    total_s: float = Field(20.0, gt=0, le=600, description="Seconds until the last word of an answer.")
    retries: int = Field(
        2, ge=0, le=5, description="Times that a call is tried again before its first word, if there is time for it."
    )
    max_output_tokens: int = Field(600, ge=50, le=4000, description="Longest answer in a conversation, in tokens.")
    max_answer_characters: int = Field(
        6000, ge=200, le=100_000, description="Longest answer that is read; a model that does not end is cut there."
    )
    max_concurrent: int = Field(16, ge=1, le=500, description="Calls that a worker has in flight; more are not made.")
    breaker_failures: int = Field(5, ge=1, le=100, description="Failures in a row after which no call is made.")
    breaker_open_s: float = Field(30.0, gt=0, le=3600, description="Seconds until the next call is then tried.")
    turn_usd: float = Field(0.05, ge=0, description="US dollars that one message of a conversation may cost; 0: any.")
    user_day_usd: float = Field(
        0.5, ge=0, description="US dollars that one customer, or visit, may cost in a day (UTC); 0: any."
    )
    day_usd: float = Field(
        10.0, ge=0, description="US dollars that all calls of the shop may cost in a day (UTC); 0: any."
    )
    recommend_cache_s: float = Field(
        3600.0, gt=0, le=86_400, description="Seconds for which a model's recommendations are served again."
    )
    recommend_wait_s: float = Field(
        0.0,
        ge=0,
        le=30,
        description="Seconds that a list waits for recommendations of the model that are not made yet; they are "
        "served to the next request in any case.",
    )
    recommend_total_s: float = Field(15.0, gt=0, le=120, description="Seconds that the model has to recommend.")

    @model_validator(mode="after")
    def _priced(self) -> Self:
        """Told at the start: without a price nothing could be capped."""
        prices = read_prices(self.prices)
        if self.model not in prices:
            raise ValueError(
                f"SHOPSCOUT_LLM_PRICES has no price for {self.model}; it has {', '.join(sorted(prices)) or 'none'}"
            )
        return self
