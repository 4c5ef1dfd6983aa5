"""Where Kibana is and who asks it. Environment variables start with SHOPSCOUT_KIBANA_; .env is read too."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class KibanaSettings(BaseSettings):
    """How dashboards reach Kibana."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_KIBANA_", env_file=".env", extra="ignore", frozen=True)

    url: str = Field("http://localhost:5601", description="Address of Kibana, with its base path where it has one.")
    user: str = Field("", description="User name for basic authentication at Kibana.")
    password: SecretStr = Field(SecretStr(""), description="Password that goes with SHOPSCOUT_KIBANA_USER.")
    api_key: SecretStr = Field(
        SecretStr(""), description="API key (base64 form) for Kibana; used instead of user and password."
    )
    ca_cert: Path | None = Field(None, description="File with the certificate authority of Kibana's certificate.")
    space: str = Field("", description="Space that the dashboards go into; empty: the default one.")
    timeout_s: float = Field(60.0, gt=0, le=600, description="Seconds that one request to Kibana may take.")
    wait_s: float = Field(0.0, ge=0, le=3600, description="Seconds to wait for a Kibana that is still starting.")

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("SHOPSCOUT_KIBANA_URL must start with http:// or https://")
        return url.rstrip("/")

    @field_validator("space")
    @classmethod
    def _space(cls, space: str) -> str:
        if not set(space) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-"):
            raise ValueError("SHOPSCOUT_KIBANA_SPACE must be the id of a space: lower-case letters, digits, - and _")
        return space
