"""The public JSON of the health checks."""

from pydantic import BaseModel, Field


class Live(BaseModel):
    status: str = Field(examples=["ok"])


class Check(BaseModel):
    status: str = Field(
        description="ok, degraded (works with less), failed, or off (by setting, never set up).", examples=["ok"]
    )
    detail: str = Field(description="What was found, and what to do where it is not ok.")


class Ready(BaseModel):
    status: str = Field(description="ok, degraded or failed: the worst of the checks.", examples=["ok"])
    checks: dict[str, Check]
