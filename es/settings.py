"""How Elasticsearch is reached. Environment variables start with SHOPSCOUT_; .env is read too."""

import base64
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_cache() -> Path:
    return Path.home() / ".cache" / "shopscout"


def setting_problems(error: ValidationError, prefix: str = "SHOPSCOUT_") -> str:
    """What is wrong with settings read from the environment, by the names that the environment knows."""
    told = []
    for problem in error.errors():
        name = prefix + str(problem["loc"][0]).upper().removeprefix("SHOPSCOUT_") if problem["loc"] else ""
        message = problem["msg"].removeprefix("Value error, ")
        told.append(message if name in message else f"{name}: {message}")
    return "; ".join(told)


class EngineSettings(BaseSettings):
    """Settings of the engine room: where the server is, or how the embedded one is run."""

    model_config = SettingsConfigDict(
        env_prefix="SHOPSCOUT_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    es_url: str = Field(
        "",
        description="Address of an Elasticsearch 9 server, such as https://es.example:9200. "
        "Empty: an embedded server is fetched and started on this machine.",
    )
    es_user: str = Field("", description="User name for basic authentication at SHOPSCOUT_ES_URL.")
    es_password: SecretStr = Field(SecretStr(""), description="Password that goes with SHOPSCOUT_ES_USER.")
    es_api_key: SecretStr = Field(
        SecretStr(""),
        description="API key (base64 form) for SHOPSCOUT_ES_URL; used instead of user and password.",
    )
    es_ca_cert: Path | None = Field(
        None, description="PEM file of the certificate authority that signed the server's certificate."
    )
    es_timeout_s: float = Field(30.0, gt=0, description="Seconds that one request to Elasticsearch may take.")
    es_connections: int = Field(16, ge=1, description="Connections to Elasticsearch kept open by each process.")
    es_port: int = Field(
        9200, ge=1, le=65535, description="Port of the embedded server; a free one is taken if it is in use."
    )
    es_heap: str = Field("1g", description="Heap of the embedded server, as the JVM writes it: 512m, 1g, 4g.")
    es_java_options: str = Field("", description="More options of the embedded server's JVM, separated by spaces.")
    es_start_timeout_s: float = Field(
        120.0, gt=0, description="Seconds that the embedded server may take to give its first answer."
    )
    cache_dir: Path = Field(
        default_factory=_default_cache,
        description="Per-user folder for the downloaded server, its data and logs, models and demo pictures.",
    )
    java_home: Path | None = Field(
        None,
        validation_alias=AliasChoices("SHOPSCOUT_JAVA_HOME", "JAVA_HOME"),
        description="Folder of the JDK (21 or newer) that runs the embedded server; otherwise the best one "
        "installed is found.",
    )
    index_prefix: str = Field(
        "shopscout",
        description="Prefix of every index and alias; two shops on one server need two prefixes.",
    )

    es_backup_repository: str = Field(
        "", description="Repository for backups that Elasticsearch knows (S3, say); empty: one is made of a folder."
    )
    es_backup_folder: str = Field(
        "shopscout",
        min_length=1,
        description="Folder for backups on Elasticsearch's machine: absolute, or inside of its path.repo.",
    )

    @property
    def jvm(self) -> str:
        """Every option of the embedded server's JVM."""
        return f"-Xms{self.es_heap} -Xmx{self.es_heap} {self.es_java_options}".rstrip()

    @property
    def authorization(self) -> str:
        """Value of the Authorization header, a key before a user; empty where neither is named."""
        if key := self.es_api_key.get_secret_value():
            return f"ApiKey {key}"
        if not self.es_user:
            return ""
        pair = f"{self.es_user}:{self.es_password.get_secret_value()}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    @field_validator("index_prefix")
    @classmethod
    def _legal_prefix(cls, value: str) -> str:
        allowed = set("abcdefghijklmnopqrstuvwxyz0123456789_-")
        if not value or value[0] in "_-" or not set(value) <= allowed or len(value) > 100:
            raise ValueError(
                "SHOPSCOUT_INDEX_PREFIX must be lower-case letters, digits, - and _, starting with a letter or digit"
            )
        return value

    @field_validator("es_heap")
    @classmethod
    def _legal_heap(cls, value: str) -> str:
        if not (value[:-1].isdigit() and value[-1:] in "mMgG" and int(value[:-1]) > 0):
            raise ValueError("SHOPSCOUT_ES_HEAP must be a number followed by m or g, such as 512m or 2g")
        return value
