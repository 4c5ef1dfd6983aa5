"""Settings of the HTTP service. Environment variables start with SHOPSCOUT_; .env is read too."""

import os
from ipaddress import ip_address
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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
        "deadline; others wait for 1.2 s at most (three fifths of the deadline, where that is less), then they are "
        "refused with 503 and Retry-After.",
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
