"""The public JSON of what is told of the language model."""

from pydantic import BaseModel, Field


class Today(BaseModel):
    """Costs of this day (UTC)."""

    day: str
    of: str = Field(description="shop: all processes; process: this one alone, as Elasticsearch is away.")
    calls: int
    failed_calls: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float
    held_usd: float | None = Field(None, description="Set aside for calls that are under way.")
    cap_usd: float = Field(description="SHOPSCOUT_LLM_DAY_USD; 0: none.")


class Served(BaseModel):
    """Recommendations of the model, in this process since its start."""

    hits: int = Field(description="Requests answered from memory.")
    misses: int = Field(description="Requests for which there was nothing in memory.")
    calls: int = Field(description="Times that the model was asked.")
    hit_rate: float | None = Field(description="hits / (hits + misses); null before the first request.")


class LanguageModelReport(BaseModel):
    """What is told of the model."""

    model: str
    status: str = Field(description="off, ok or degraded.")
    detail: str
    today: Today
    recommendations: Served
