"""The public JSON of search analytics."""

from pydantic import BaseModel, Field


class ClickFigures(BaseModel):
    ctr: dict[str, float | None] = Field(
        description="By k: share of the searches with results that were clicked within the first k places."
    )
    mrr: float | None = Field(description="Mean of 1 / first clicked place, 0 where nothing was clicked.")
    mrr_of_clicked: float | None = Field(description="The same over searches with a click.")


class QueryFigures(ClickFigures):
    query: str = Field(examples=["hiking backpack"])
    searches: int
    no_results: int = Field(description="Searches of it that found nothing.")
    mean_total: float | None = Field(description="Mean number of products found.")


class NoResultQuery(BaseModel):
    query: str
    searches: int


class Pair(BaseModel):
    query: str
    then: str = Field(description="The next query of the session, within a minute.")
    count: int


class ReformulationFigures(BaseModel):
    searches_in_sessions: int
    reformulated: int
    rate: float | None
    pairs: list[Pair]
    complete: bool = Field(description="false: only the first 100,000 searches of sessions were looked at.")


class Latency(BaseModel):
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None


class LogFigures(BaseModel):
    enabled: bool
    waiting: int
    written: int
    clicks: int
    dropped: int = Field(description="Not logged, as Elasticsearch was away too long or refused them.")
    unmatched: int = Field(description="Clicks in searches that are not in the log.")
    trouble: str


class SearchAnalytics(ClickFigures):
    start: str
    end: str
    logged: int = Field(description="Every logged search of the period, browsing and further pages included.")
    browsing: int = Field(description="Searches without words.")
    typing: int = Field(description="Searches made while the shopper was still typing; counted nowhere else.")
    degraded: int = Field(description="Searches that had to go without something.")
    latency_ms: Latency
    searches: int = Field(description="Searches with words, first pages.")
    distinct_queries: int
    no_results: int
    no_result_rate: float | None
    top_queries: list[QueryFigures]
    no_result_queries: list[NoResultQuery]
    counts_are_exact: bool = Field(description="false: the lists hold rare queries whose counts may be too low.")
    reformulations: ReformulationFigures
    log: LogFigures = Field(description="What this process has logged since it started.")
