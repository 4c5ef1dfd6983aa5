"""Settings of the HTTP service. Environment variables start with SHOPSCOUT_; .env is read too."""

import os
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.access.tokens import read_token_keys
from app.llm.prices import read_prices
from app.search.weights import read_weights

_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class ServiceSettings(BaseSettings):
    """What the service listens on, how it ranks, and how far one request may go."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_", env_file=".env", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address that the API listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that the API listens on.")
    workers: int = Field(
        2, ge=1, le=64, description="Processes that answer requests; each takes some 200 MB and up to one core."
    )
    keep_alive_s: int = Field(
        75,
        ge=1,
        le=3600,
        description="Seconds for which a connection without a request is kept; longer than a proxy in front keeps it, "
        "or its requests meet a closed one now and then.",
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
        0.65,
        ge=0,
        le=1,
        description="Weight of the lexical score in hybrid ranking; the rest is the vector's. "
        "Chosen by cross-validation: docs/explain/relevance.md.",
    )
    fusion_weights: Path | None = Field(
        None,
        description="File of a learned weight of the words for each query, made by `python -m evaluate learn-fusion`; "
        "without one, and with one learned from another text model, every query has SHOPSCOUT_LEXICAL_WEIGHT.",
    )
    signal_popularity: float = Field(
        0.0, ge=0, le=0.5, description="How far the number of reviews moves a score, up or down; 0.1: by a tenth."
    )
    signal_rating: float = Field(
        0.0, ge=0, le=0.5, description="How far the rating moves a score; few reviews are drawn to the usual rating."
    )
    signal_freshness: float = Field(0.0, ge=0, le=0.5, description="How far the age in the shop moves a score.")
    signal_stock: float = Field(0.0, ge=0, le=0.5, description="How far being in stock or sold out moves a score.")
    signal_margin: float = Field(0.0, ge=0, le=0.5, description="How far the margin moves a score.")
    signal_popular_reviews: int = Field(1000, ge=1, description="Reviews from which a product is as popular as can be.")
    signal_usual_rating: float = Field(4.0, ge=0, le=5, description="Rating that products of this shop usually have.")
    signal_rating_reviews: float = Field(
        10.0, gt=0, description="Reviews of the usual rating that every product is taken to have besides its own."
    )
    signal_fresh_days: float = Field(30.0, gt=0, description="Days in which freshness halves.")
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
    look_k: int = Field(
        25,
        ge=0,
        le=1000,
        description="Nearest products that a search by words finds by their pictures; 0: it does not look at them.",
    )
    look_candidates: int = Field(100, ge=1, le=10000, description="Candidates that the search of pictures looks at.")
    look_floor: float = Field(
        0.25,
        ge=-1,
        le=1,
        description="Lowest cosine of words and picture at which a product counts as found by its look. Depends on "
        "the model; 0.25 fits the one that ships.",
    )
    look_share: float = Field(
        0.4,
        ge=0,
        le=1,
        description="Of the vectors' part in the ranking, the pictures' share; the rest is the text's. Nothing "
        "changes for products without pictures. Chosen by measurement: docs/explain/search-by-picture.md.",
    )
    example_floor: float = Field(
        0.3, ge=-1, le=1, description="Lowest cosine at which a product counts as like a given picture or product."
    )
    example_look_share: float = Field(
        0.6, ge=0, le=1, description="Share of the pictures, against the texts, where products are liked."
    )
    example_lexical_weight: float = Field(
        0.2, ge=0, le=1, description="Weight of the words beside a picture or liked products."
    )
    similarity_threshold: float = Field(
        0.7,
        ge=0,
        le=1,
        description="Lowest similarity of /api/products/{id}/similar where the request names none; what it means: "
        "docs/explain/similarity.md.",
    )
    group: str = Field(
        "none",
        pattern="^(none|parent)$",
        description="Whether a search that does not say so shows each variant (none) or one hit a family (parent).",
    )
    auto_facets: int = Field(8, ge=1, le=30, description="Facets that `facets=auto` shows at most.")
    facts_refresh_s: float = Field(
        10.0,
        gt=0,
        description="Seconds between looks at which attributes and which model the live index has.",
    )
    max_body_mb: float = Field(
        16.0, gt=0, le=1000, description="Size of the largest request body that is read; a larger one gets 413."
    )
    rules_refresh_s: float = Field(
        1.0,
        gt=0,
        le=60,
        description="Seconds between looks at whether a merchandising rule was changed.",
    )
    vocabulary_refresh_s: float = Field(
        900.0,
        gt=0,
        description="Seconds between readings of the catalogue's words, by which searches are understood; another "
        "generation is read at once.",
    )
    vocabulary_deadline_s: float = Field(
        30.0, gt=0, description="Seconds that each request of such a reading may take."
    )
    slow_search_ms: float = Field(
        1_000.0,
        ge=0,
        description="Searches that take so many milliseconds or more are logged with the whole query; 0: none is.",
    )
    max_concurrent_searches: int = Field(
        64,
        ge=1,
        description="Searches in flight per worker at most, and fewer while they take more than half of their "
        "deadline; others are refused at once with 503 and Retry-After.",
    )
    lexicon_products: int = Field(
        50_000,
        ge=100,
        description="Products whose texts are read for suggestions and spelling; of a larger catalogue a sample.",
    )
    lexicon_refresh_s: float = Field(
        600.0,
        gt=0,
        description="Seconds after which the words for suggestions and spelling are gathered anew; another "
        "generation is noticed at once.",
    )
    events_deadline_s: float = Field(
        5.0, gt=0, le=60, description="Seconds that storing a batch of events may take before it is answered with 503."
    )
    event_writers: int = Field(
        2, ge=1, le=64, description="Bulk requests with events that a worker has under way at once."
    )
    max_waiting_events: int = Field(
        20_000,
        ge=1,
        description="Events that wait in a worker to be stored; more are refused with 503 and Retry-After.",
    )

    changes_deadline_s: float = Field(
        10.0, gt=0, le=60, description="Seconds that a change of a product may take before it is answered with 503."
    )
    max_waiting_changes: int = Field(
        20_000,
        ge=1,
        description="Changes of products that wait in a worker; more are refused with 503 and Retry-After.",
    )

    @field_validator("fusion_weights")
    @classmethod
    def _learned(cls, path: Path | None) -> Path | None:
        """Read at the start, so that a wrong file is told then, and not by the first search."""
        if path is not None:
            read_weights(path)
        return path


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


class ChatSettings(BaseSettings):
    """How the conversation goes about its work."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_CHAT_", env_file=".env", extra="ignore", frozen=True)

    session_lifetime_s: float = Field(
        86_400.0, gt=0, description="Seconds that a session lives after its last message; then it is as if unknown."
    )
    turn_s: float = Field(
        30.0, gt=0, le=600, description="Seconds that one turn may hold its session; the next message waits as long."
    )
    deadline_s: float = Field(
        3.0, gt=0, le=60, description="Seconds that one call of Elasticsearch for the conversation may take."
    )
    intent_model: str = Field(
        "",
        description="Folder of a model that `python -m jobs train-intents` wrote, for messages that no rule reads; "
        "empty: the one that comes with the product; `none`: rules alone.",
    )


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


class AccessMode(StrEnum):
    """Who may send requests."""

    AUTO = "auto"
    OPEN = "open"
    KEYS = "keys"


class AccessSettings(BaseSettings):
    """Keys, shoppers' tokens and rate limits."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_", env_file=".env", extra="ignore", frozen=True)

    access: AccessMode = Field(
        AccessMode.AUTO,
        description="keys: every request of the API needs one. open: none does, and whoever reaches the port may do "
        "everything. auto: open on this machine's own address (127.0.0.1) until the first key is made, else keys.",
    )
    keys_refresh_s: float = Field(
        2.0, gt=0, le=60, description="Seconds within which a revoked key stops in every process."
    )
    token_keys: dict[str, SecretStr] = Field(
        {},
        description='Keys that shoppers\' tokens are signed with, as JSON {"id": "key"}: a public key in PEM form '
        "(RSA: RS256, P-256: ES256) or a secret of 32 bytes or more (HS256). Several while one replaces another.",
    )
    token_issuer: str = Field("", description="`iss` of shoppers' tokens; needed with SHOPSCOUT_TOKEN_KEYS.")
    token_audience: str = Field("shopscout", min_length=1, description="`aud` of shoppers' tokens.")
    token_leeway_s: float = Field(30.0, ge=0, le=300, description="Seconds that clocks may differ by.")
    token_longest_s: float = Field(
        86_400.0, gt=0, description="Longest time in seconds that a shopper's token may be good for."
    )
    page_key: str = Field(
        "",
        pattern=r"^(ssp_.*)?$",
        description="Public key that the page at / is let in with (`python -m app keys create --public --origin` with "
        "the page's own address); everybody can read it there.",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="What Prometheus sends as `Authorization: Bearer` to read /metrics; a key with the scope admin "
        "opens it too.",
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        description="Redis, such as redis://localhost:6379/0: processes count together in it for rate limits, and "
        "changes of products and shoppers' events go through it. Empty: each counts for itself, and changes are made "
        "and events stored before the answer.",
    )
    key_per_minute: int = Field(
        6_000, ge=0, description="Requests a minute of one key that has no limit of its own; 0: any number."
    )
    visitor_per_minute: int = Field(
        300,
        ge=0,
        description="Requests a minute of one shopper: the customer of a token, X-Visitor-Id where the shop's server "
        "tells it, else the network address (but this machine's own); 0: any number.",
    )
    chat_per_minute: int = Field(20, ge=0, description="Messages a minute of one shopper to the chat; 0: any number.")
    wrong_keys_per_minute: int = Field(
        30, ge=1, description="Wrong keys a minute from one network address; then it is told to wait."
    )
    max_concurrent_requests: int = Field(
        256,
        ge=1,
        description="Requests of the API in flight per worker at most, and fewer while they take more than a second; "
        "others are refused at once with 503 and Retry-After.",
    )
    body_deadline_s: float = Field(
        30.0, gt=0, description="Seconds in which the body of a request must have arrived; later it gets 408."
    )
    headers_deadline_s: float = Field(
        10.0, gt=0, description="Seconds in which the headers of a request must have arrived; else the line is cut."
    )
    max_headers_kb: int = Field(32, ge=4, le=1024, description="Size of a request's address and headers; more: 431.")

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("SHOPSCOUT_REDIS_URL must begin with redis://, rediss:// or unix://")
        return url

    @model_validator(mode="after")
    def _tokens(self) -> "AccessSettings":
        """Read at the start, so that a wrong key is told then; the message never shows it."""
        read_token_keys({kid: key.get_secret_value() for kid, key in self.token_keys.items()})
        if self.token_keys and not self.token_issuer:
            raise ValueError("SHOPSCOUT_TOKEN_ISSUER must name who signs the tokens")
        return self


def share_metrics(folder: Path) -> None:
    """Makes the processes that are started from now on count together in a folder; prometheus_client reads the
    variable when it is imported."""
    os.environ[_METRICS_FOLDER] = str(folder)


def shared_metrics_folder() -> Path | None:
    """The folder in which processes count together; None where there is one process."""
    folder = os.environ.get(_METRICS_FOLDER, "")
    return Path(folder) if folder else None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
