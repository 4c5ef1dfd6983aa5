"""The heavy expressions on DuckDB and on Spark: the same rows from the same files."""

import importlib.util
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from es.mappings import events as fields
from jobs import feedback, pairs, profiles, successors, trends
from jobs.backends import Backend, backend
from jobs.errors import JobFailed
from jobs.export import EVENT_SCHEMA, PRODUCT_SCHEMA, SEGMENT_SCHEMA
from jobs.settings import JobSettings
from jobs.tables import events_table, products_table, segments_table

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
HAS_SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files of events, one of products and one of segments, as jobs export them."""
    made = tmp_path_factory.mktemp("exported")
    chance = random.Random(4)
    events: Rows = []
    for number in range(300):
        at = NOW.replace(tzinfo=None) - timedelta(days=chance.uniform(0.01, 50))
        who = {fields.SESSION_ID: f"s{number}", fields.CUSTOMER_ID: chance.choice(["ann", "bob", "cyd", None])}
        shown = chance.sample(range(12), 5)
        for place, product in enumerate(shown):
            listed = {fields.RECOMMENDATION_ID: f"r{number}", fields.PLACEMENT: chance.choice(["home", "cart"])}
            algorithm = {fields.ALGORITHM: chance.choice(["content", "popular"]), fields.POSITION: place + 1}
            listed[fields.PLACEMENT] = "home" if number % 2 else "cart"
            events.append(_row("impression", f"i{number}", at, f"p{product}", **listed, **algorithm, **who))
            if chance.random() < 0.6:
                later = at + timedelta(minutes=place + 1)
                kind = chance.choice(["recommendation_click", "view_product"])
                named = {fields.RECOMMENDATION_ID: f"r{number}"} if kind == "recommendation_click" else {}
                events.append(_row(kind, f"c{number}-{place}", later, f"p{product}", **named, **who))
            if chance.random() < 0.3:
                later = at + timedelta(hours=1, minutes=place)
                more = {fields.ORDER_ID: f"o{number}", fields.ITEM_PRICE: 1500 + product, fields.QUANTITY: 2}
                events.append(_row("order_placed", f"o{number}", later, f"p{product}", **more, **who))
    half = len(events) // 2
    for name, part in (("events-a", events[:half]), ("events-b", events[half:])):
        pq.write_table(pa.Table.from_pylist(part, EVENT_SCHEMA), made / f"{name}.parquet")
    products = [
        {"product_id": f"p{n}", "category": "books" if n % 2 else "toys", "brand": f"b{n % 3}", "price": 1000 * n}
        for n in range(10)
    ]
    pq.write_table(pa.Table.from_pylist(products, PRODUCT_SCHEMA), made / "products.parquet")
    segments = [{"customer": "ann", "segment": "new"}, {"customer": "ann", "segment": "buyer"}]
    pq.write_table(pa.Table.from_pylist(segments, SEGMENT_SCHEMA), made / "segments.parquet")
    return made


def _row(kind: str, event_id: str, at: datetime, product: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    whole = at.replace(microsecond=at.microsecond // 1000 * 1000)
    return {fields.TYPE: kind, "event_id": event_id, fields.TIMESTAMP: whole, fields.PRODUCT_ID: product, **more}


def _pairs(opened: Backend, folder: Path) -> Rows:
    return list(opened.rows(pairs.all_pairs(_events(opened, folder))))


def _trends(opened: Backend, folder: Path) -> Rows:
    products = products_table(opened, folder / "products.parquet")
    return list(opened.rows(trends.trends(_events(opened, folder), products, NOW)))


def _profiles(opened: Backend, folder: Path) -> Rows:
    products = products_table(opened, folder / "products.parquet")
    acts = opened.kept("acts", profiles.acts_of(_events(opened, folder), products, NOW))
    found = opened.kept("found", profiles.profiles(acts, NOW.replace(tzinfo=None)))
    return list(opened.rows(found.order_by("customer", "part", "rank")))


def _successors(opened: Backend, folder: Path) -> Rows:
    return list(opened.rows(successors.in_order(_events(opened, folder))))


def _feedback(opened: Backend, folder: Path) -> Rows:
    events = _events(opened, folder)
    lists = opened.kept("lists", feedback.shown(events))
    clicked = opened.kept("clicked", feedback.clicks(events, lists))
    taken = opened.kept("taken", feedback.attributed(events, lists, clicked))
    followed = opened.kept("followed", feedback.outcomes(events, lists, clicked, taken))
    found = opened.rows(feedback.groups(followed, taken, segments_table(opened, folder / "segments.parquet")))
    rows = [{**row, "products": sorted(row["products"])} for row in found]
    return sorted(rows, key=lambda row: (row["day"], row["dimension"], row["value"]))


def _events(opened: Backend, folder: Path) -> Any:  # noqa: ANN401 - a table of Ibis
    return events_table(opened, sorted(folder.glob("events-*.parquet")))


HEAVY: dict[str, Callable[[Backend, Path], Rows]] = {
    "pairs": _pairs, "trends": _trends, "profiles": _profiles, "successors": _successors, "feedback": _feedback,
}  # fmt: skip


@pytest.fixture(scope="module")
def duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with backend(JobSettings(), tmp_path_factory.mktemp("duckdb")) as opened:
        yield opened


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    if not HAS_SPARK:
        pytest.skip("Spark is not here: pip install '.[spark]', and Java 17 on the PATH")
    with backend(JobSettings(backend="spark", memory_mb=1000), tmp_path_factory.mktemp("spark")) as opened:
        yield opened


@pytest.mark.parametrize("name", HEAVY)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_spark_gives_the_same_rows(duckdb: Backend, spark: Backend, folder: Path, name: str) -> None:
    expected, found = HEAVY[name](duckdb, folder), HEAVY[name](spark, folder)
    assert len(found) == len(expected) > 5
    for one, other in zip(found, expected, strict=True):
        assert set(one) == set(other)
        for column, value in other.items():
            if isinstance(value, float):
                assert one[column] == pytest.approx(value, rel=1e-7, abs=1e-12), (column, other)
            else:
                assert one[column] == value, (column, one, other)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_a_shop_without_events_is_no_failure_on_spark(spark: Backend, tmp_path: Path) -> None:
    assert list(spark.rows(pairs.all_pairs(events_table(spark, [])))) == []
    assert list(spark.rows(trends.trends(events_table(spark, []), products_table(spark, tmp_path / "no"), NOW))) == []


@pytest.mark.skipif(HAS_SPARK, reason="PySpark is installed")
def test_spark_that_is_not_installed_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="pip install"), backend(JobSettings(backend="spark"), tmp_path):
        pass
