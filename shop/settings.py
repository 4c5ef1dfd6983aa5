"""Settings of what the shop keeps. Environment variables start with SHOPSCOUT_; .env is read too."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from embed.pictures import MAX_PIXELS
from shop.pictures.addresses import AllowedHosts


class PictureSettings(BaseSettings):
    """Bounds of one picture and of the work that is done at once."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_PICTURES_", env_file=".env", extra="ignore", frozen=True)

    per_product: int = Field(
        8,
        ge=1,
        le=200,
        description="Pictures of one product whose mean stands for it, in the order of its feed; fewer load faster.",
    )
    max_bytes: int = Field(
        10_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="Largest file of a picture, in bytes; larger ones are refused.",
    )
    max_pixels: int = Field(
        MAX_PIXELS,
        ge=1_000,
        le=MAX_PIXELS,
        description="Width times height of the largest picture that is decoded; larger ones are refused.",
    )
    readers: int = Field(16, ge=1, le=256, description="Pictures that are read or fetched at once.")
    fetch_s: float = Field(20.0, gt=0, le=3600, description="Seconds that fetching one picture may take in all.")
    per_host: int = Field(4, ge=1, le=64, description="Pictures that are fetched from one host at once.")
    fresh_s: float = Field(
        86_400.0,
        ge=0,
        description="Seconds for which a fetched picture is not asked for again; later its server is asked whether it "
        "has changed.",
    )
    private_hosts: str = Field(
        "",
        description="Hosts that pictures may be fetched from although they are not on the public Internet: names, "
        "addresses and networks (`pictures.intern, 10.1.0.0/16`). Others that lead to private, loopback or link-local "
        "addresses are refused.",
    )

    @field_validator("private_hosts")
    @classmethod
    def _networks(cls, listed: str) -> str:
        AllowedHosts(listed)
        return listed


class AddressForm(StrEnum):
    """What is kept of an IP address."""

    TRUNCATE = "truncate"
    HASH = "hash"
    DROP = "drop"


class EventSettings(BaseSettings):
    """How shoppers' events are taken in and kept."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_EVENTS_", env_file=".env", extra="ignore", frozen=True)

    late_days: float = Field(
        7.0,
        gt=0,
        description="Days that an event sent over the API may be late; older ones are refused, as history is loaded "
        "with `python -m ingest events`.",
    )
    ahead_s: float = Field(
        300.0, ge=0, description="Seconds that the clock of whoever sends events may run ahead of ours."
    )
    retention_days: int = Field(
        730,
        ge=0,
        description="Days that events and conversations are kept: `python -m jobs run retention` deletes the months of "
        "events and the ended conversations before, and no older event is taken in. 0: for ever.",
    )
    consent_default: bool = Field(
        True, description="Whether an event that does not say counts as sent with the shopper's consent."
    )
    address: AddressForm = Field(
        AddressForm.TRUNCATE,
        description="What is kept of IP addresses: truncate (the network: /24 of IPv4, /48 of IPv6), hash (with "
        "SHOPSCOUT_EVENTS_ADDRESS_KEY) or drop.",
    )
    address_key: SecretStr = Field(
        SecretStr(""), description="Secret key of the hash of addresses; with another key, other hashes."
    )
    bot_events_per_minute: int = Field(
        1000, ge=1, description="A session with so many events in a minute is a bot: kept, marked, not learned from."
    )
    shards: int = Field(
        1, ge=1, le=100, description="Shards of the index of one month; one is enough for some 100 million events."
    )
    replicas: int = Field(0, ge=0, le=10, description="Copies of each shard of events on other nodes.")
    queue: int = Field(
        500_000, ge=1, description="Events that wait in the stream at most; more get 503 and Retry-After."
    )
    batch: int = Field(1000, ge=1, le=10_000, description="Events that a consumer takes at once.")
    claim_s: float = Field(
        15.0, gt=0, description="Seconds after which what a consumer took and did not store is given to another."
    )
    tries: int = Field(
        6, ge=1, description="Times that an event is tried which Elasticsearch refuses; then it is a dead letter."
    )
    retry_s: float = Field(
        1.0, gt=0, description="Seconds until such an event is tried again; they double each time, up to 30."
    )

    @model_validator(mode="after")
    def _hash_needs_key(self) -> "EventSettings":
        if self.address is AddressForm.HASH and len(self.address_key.get_secret_value()) < 16:
            raise ValueError(
                "SHOPSCOUT_EVENTS_ADDRESS_KEY must have 16 characters or more where addresses are hashed: without a "
                "secret every address could be tried"
            )
        return self


class QueryLogSettings(BaseSettings):
    """Whether searches are logged, and for how long."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_", env_file=".env", extra="ignore", frozen=True)

    query_log: bool = Field(
        True, description="Whether searches and clicks are logged in Elasticsearch, for analytics and suggestions."
    )
    query_log_days: float = Field(
        90, gt=0, le=3650, description="Days that logged searches are kept; then they are deleted, an index at a time."
    )
    query_log_rollover_days: float = Field(
        7, gt=0, le=366, description="Days after which the query log begins a new index."
    )
    query_log_queue: int = Field(
        10_000,
        ge=10,
        description="Searches and clicks that wait in each process while Elasticsearch is away; "
        "beyond them new ones are dropped, and counted.",
    )
    query_log_flush_s: float = Field(1.0, gt=0, le=60, description="Seconds between two writes of the query log.")
    popular_least_people: int = Field(
        3, ge=1, description="People (sessions) that must have searched for a query before it is suggested to others."
    )


class ChangeSettings(BaseSettings):
    """The streams, where there is Redis, and what belongs to changes of products."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_", env_file=".env", extra="ignore", frozen=True)

    redis_url: SecretStr = Field(
        SecretStr(""), description="Redis of the streams of changes and events; empty: there is none."
    )
    changes_queue: int = Field(
        100_000, ge=1, description="Changes that wait in the stream at most; more get 503 and Retry-After."
    )
    changes_batch: int = Field(200, ge=1, le=10_000, description="Changes that a consumer takes at once.")
    changes_claim_s: float = Field(
        15.0, gt=0, description="Seconds after which what a consumer took and did not make is given to another."
    )
    changes_tries: int = Field(
        6, ge=1, description="Times that a change is tried which cannot be made; then it is a dead letter."
    )
    changes_retry_s: float = Field(
        1.0, gt=0, description="Seconds until such a change is tried again; they double each time, up to 30."
    )
    deletions_days: float = Field(
        90.0, gt=0, description="Days that deletions are remembered, so that late older changes bring nothing back."
    )

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("SHOPSCOUT_REDIS_URL must begin with redis://, rediss:// or unix://")
        return url


class OrderSettings(BaseSettings):
    """What customers may do with their orders."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_ORDER_", env_file=".env", extra="ignore", frozen=True)

    policy: Path | None = Field(
        None,
        description="File (YAML) of the shop's policy in place of the one that comes with the product: what may be "
        "cancelled, changed, returned and exchanged; see docs/howto/connect-your-orders.md. Read at the start.",
    )
