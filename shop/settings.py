"""How pictures of products are read. Environment variables start with SHOPSCOUT_PICTURES_; .env is read too."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from embed.pictures import MAX_PIXELS


class PictureSettings(BaseSettings):
    """Bounds of one picture and of the work that is done at once."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_PICTURES_", env_file=".env", extra="ignore", frozen=True)

    per_product: int = Field(
        4, ge=1, le=200, description="Pictures of one product that are looked at, in the order of its feed."
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
