"""Settings of the HTTP service. Environment variables start with SHOPSCOUT_; .env is read too."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """What the service listens on, how it ranks, and how far one request may go."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_", env_file=".env", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address that the API listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that the API listens on.")
    workers: int = Field(
        2, ge=1, le=64, description="Processes that answer requests; each takes some 200 MB and up to one core."
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error.")
    log_format: str = Field(
        "auto",
        pattern="^(auto|json|console)$",
        description="json, console, or auto: console on a terminal, else json.",
    )
    search_deadline_s: float = Field(
        2.0, gt=0, le=60, description="Seconds that a search may take before it is answered with 503."
    )
    lexical_weight: float = Field(
        0.7,
        ge=0,
        le=1,
        description="Weight of the lexical score in hybrid ranking; the rest is the vector's. "
        "Chosen by cross-validation: docs/explain/relevance.md.",
    )
    knn_k: int = Field(50, ge=1, le=1000, description="Nearest products that vector search finds.")
    knn_candidates: int = Field(
        200,
        ge=1,
        le=10000,
        description="Candidates that vector search looks at; more finds nearer ones, slower.",
    )
    semantic_floor: float = Field(
        0.28,
        ge=-1,
        le=1,
        description="Lowest cosine similarity at which a product counts as found by meaning. 0.28 keeps 99.7 % of "
        "what judges called a perfect match, with the model that ships.",
    )
    facts_refresh_s: float = Field(
        10.0,
        gt=0,
        description="Seconds between looks at which attributes and which model the live index has.",
    )
    max_concurrent_searches: int = Field(
        64,
        ge=1,
        description="Searches in flight per worker; more are refused at once with 503 and Retry-After.",
    )
