"""How loads work. Environment variables start with SHOPSCOUT_INGEST_; .env is read too."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from es.mappings.products import VectorIndex


class IngestSettings(BaseSettings):
    """Settings of loads and upserts; the options of the command line come before them."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_INGEST_", env_file=".env", extra="ignore", frozen=True)

    batch_products: int = Field(500, ge=1, le=10_000, description="Products that are embedded and encoded together.")
    batch_bytes: int = Field(
        4_000_000, ge=10_000, le=90_000_000, description="Largest body of one bulk request, in bytes."
    )
    senders: int = Field(
        2, ge=1, le=32, description="Bulk requests under way at once; writes of one product stay in order."
    )
    batch_events: int = Field(2000, ge=1, le=20_000, description="Events that are sent in one bulk request.")
    queue_batches: int = Field(
        4, ge=1, le=100, description="Batches that may wait before each step; with their size, the memory used."
    )
    retry_for_s: float = Field(
        120.0, ge=0, description="Seconds that a load waits for an Elasticsearch that is away or overloaded."
    )
    api_key: SecretStr = Field(
        SecretStr(""), description="Key for `python -m ingest simulate --through-api`, with search, events and chat."
    )
    keep: int = Field(2, ge=1, le=100, description="Generations of the catalogue that are kept, the live one included.")
    max_reject_share: float = Field(
        0.2, ge=0, le=1, description="A load with a larger share of rejected rows does not go live."
    )
    min_share_of_live: float = Field(
        0.0,
        ge=0,
        description="A load with fewer products than this share of the live ones does not go live; "
        "0.9 suits a nightly feed. A feed that is cut off never replaces a larger catalogue, unless this is set.",
    )
    currency: str = Field(
        "USD", pattern="^[A-Z]{3}$", description="ISO 4217 code of prices for which a feed names no currency."
    )
    vector_index: VectorIndex = Field(
        VectorIndex.INT8_HNSW,
        description="How a new generation keeps its vectors: `int8_hnsw`, `bbq_hnsw` (an eighth of the memory, "
        "looked at again with the floats), `hnsw` (floats) or `int8_flat` (no graph: loaded soonest, but each search "
        "compares all vectors). Measured in docs/explain/performance.md.",
    )
    rejects_dir: Path = Field(Path(), description="Folder for files of rejected rows, unless --rejects names a file.")


class ReindexSettings(BaseSettings):
    """What a reindexed catalogue must pass before it goes live, and how long writes may wait for that."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_REINDEX_", env_file=".env", extra="ignore", frozen=True)

    min_recall: float = Field(
        0.9,
        ge=0,
        le=1,
        description="Share of the 10 nearest neighbours, as an exact search finds them, that the new index must find.",
    )
    recall_queries: int = Field(50, ge=1, le=10_000, description="Vectors that this share is measured with.")
    sample: int = Field(
        200, ge=1, le=10_000, description="Products whose content and version are compared in both indices."
    )
    judged: Path | None = Field(
        None,
        description="CSV file of judged searches (columns query, product_id, rating): the new index must rank them no "
        "worse than the live one.",
    )
    max_ndcg_loss: float = Field(
        0.02, ge=0, le=1, description="By how much nDCG@10 of judged searches may be lower than with the live index."
    )
    min_ndcg: float = Field(0.0, ge=0, le=1, description="Lowest nDCG@10 of judged searches that goes live.")
    max_pause_s: float = Field(
        5.0,
        gt=0,
        le=60,
        description="Seconds that writes may wait for the new index to take over; else it tries later.",
    )
    rate: float = Field(
        0.0,
        ge=0,
        description="Most products that are copied a second, so that searches feel less of it; 0: any number.",
    )
    slower: float = Field(
        1.5,
        ge=0,
        description="How many times as long as before searches may take in Elasticsearch while products are copied; "
        "where they take longer, it copies fewer a second. 0: it does not look.",
    )
    share: float = Field(
        0.125,
        ge=0,
        le=1,
        description="What part of Elasticsearch's processors copying may take while the shop is searched; 0: any. Not "
        "looked at where SHOPSCOUT_REINDEX_SLOWER is 0.",
    )
    lease_s: float = Field(
        15.0, ge=2, le=600, description="Seconds after which the reindex of a process that died may be taken up."
    )
