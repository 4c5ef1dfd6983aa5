"""Settings of who may send requests, and how many. Environment variables start with SHOPSCOUT_; .env is read too."""

from enum import StrEnum

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.access.tokens import read_token_keys


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
        description="Requests of the API in flight per worker and kind of place at most, and fewer while "
        "they take more than half a second; others wait a moment, are answered from memory or refused with 503.",
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
