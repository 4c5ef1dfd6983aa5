"""Settings of the conversation. Environment variables start with SHOPSCOUT_CHAT_; .env is read too."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
        description="Folder of a model that `python -m jobs train-intents` wrote, which is asked beside the rules; "
        "empty: the one that comes with the product; `none`: rules alone.",
    )
    answer_model: str = Field(
        "",
        description="Folder of a model that `python -m jobs train-answers` wrote, which judges whether a passage of "
        "the shop's documents answers a question; empty: the one that comes with the product.",
    )
    danger_model: str = Field(
        "",
        description="Folder of a model that `python -m jobs train-dangers` wrote, by which guardrails know dangers "
        "that no pattern has; empty: the one that comes with the product; `none`: patterns alone.",
    )
