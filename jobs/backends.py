"""Where the heavy expressions run: DuckDB in the job's own process, or Spark where a shop has outgrown one machine.

Jobs say what they compute as Ibis expressions, once; a Backend runs them over exported files. Which one is a setting,
SHOPSCOUT_JOBS_BACKEND.
"""

import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import ibis
import pyarrow as pa

from jobs.errors import JobFailed
from jobs.settings import JobSettings

# Ibis builds its expressions at run time; its columns have no static types worth the name.
Table = Any
Value = Any


class Backend(Protocol):
    """Runs expressions of Ibis."""

    def read(self, files: Sequence[Path]) -> Table:
        """The rows of Parquet files, one or more, all of one schema."""
        ...

    def empty(self, schema: pa.Schema) -> Table:
        """No rows of a schema."""
        ...

    def kept(self, name: str, expression: Table) -> Table:
        """The rows of an expression, computed once: for what is read several times."""
        ...

    def rows(self, expression: Table, size: int = 10_000) -> Iterator[dict[str, Any]]:
        """The rows of an expression as dictionaries; memory does not grow with their number."""
        ...


class DuckDb:
    """DuckDB embedded: nothing to run, bounded memory, a file for what does not fit."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - a backend of Ibis
        self._connection = connection

    def read(self, files: Sequence[Path]) -> Table:
        return self._connection.read_parquet([str(path) for path in files])

    def empty(self, schema: pa.Schema) -> Table:
        return self._connection.create_table(_name(), schema=ibis.Schema.from_pyarrow(schema))

    def kept(self, name: str, expression: Table) -> Table:
        return self._connection.create_table(f"{name}_{_name()}", expression)

    def rows(self, expression: Table, size: int = 10_000) -> Iterator[dict[str, Any]]:
        # DuckDB sums whole numbers into wider ones than Ibis knows of.
        schema = expression.schema().to_pyarrow()
        # Past Ibis's own reader, which calls a method that DuckDB has given up.
        reader = self._connection.con.execute(self._connection.compile(expression)).to_arrow_reader(size)
        for batch in reader:
            yield from batch.cast(schema).to_pylist()


class Spark:
    """Spark by PySpark: on this machine, or wherever SPARK_REMOTE or a master of spark-defaults points."""

    def __init__(self, connection: Any, session: Any) -> None:  # noqa: ANN401 - a backend of Ibis; a SparkSession
        self._connection, self._session = connection, session

    def read(self, files: Sequence[Path]) -> Table:
        return self._viewed(self._session.read.parquet(*(str(path) for path in files)))

    def empty(self, schema: pa.Schema) -> Table:
        return self._connection.create_table(_name(), schema=ibis.Schema.from_pyarrow(schema), temp=None)

    def kept(self, name: str, expression: Table) -> Table:
        # Kept by Spark, in memory or on disk, as long as the session lasts.
        frame = self._session.sql(self._connection.compile(expression)).persist()
        return self._viewed(frame, f"{name}_{_name()}")

    def rows(self, expression: Table, size: int = 10_000) -> Iterator[dict[str, Any]]:
        del size  # partition by partition
        schema = expression.schema().to_pyarrow()
        names = schema.names
        for row in self._session.sql(self._connection.compile(expression)).toLocalIterator(prefetchPartitions=True):
            yield dict(zip(names, row, strict=True))

    def _viewed(self, frame: Any, name: str = "") -> Table:  # noqa: ANN401 - a DataFrame
        view = name or _name()
        frame.createOrReplaceTempView(view)
        return self._connection.table(view)


@contextmanager
def backend(settings: JobSettings, folder: Path) -> Iterator[Backend]:
    """The backend of the settings, opened; what it left in `folder` goes with it. Raises JobFailed where it is not
    installed."""
    with (_spark if settings.backend == "spark" else _duckdb)(settings, folder) as opened:
        yield opened


@contextmanager
def _duckdb(settings: JobSettings, folder: Path) -> Iterator[Backend]:
    path = folder / f"work-{uuid.uuid4().hex}.duckdb"
    connection = ibis.duckdb.connect(
        path,
        memory_limit=f"{settings.memory_mb}MB",
        threads=settings.threads,
        temp_directory=str(folder / "duckdb"),
        preserve_insertion_order=False,
    )
    try:
        yield DuckDb(connection)
    finally:
        connection.disconnect()
        for left in folder.glob(f"{path.name}*"):
            left.unlink(missing_ok=True)


@contextmanager
def _spark(settings: JobSettings, folder: Path) -> Iterator[Backend]:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise JobFailed("SHOPSCOUT_JOBS_BACKEND=spark needs PySpark and Java 17: pip install '.[spark]'.") from error
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        options = {
            "spark.driver.memory": f"{settings.memory_mb}m",
            "spark.sql.session.timeZone": "UTC",
            # Times of exported files have no zone; they are UTC.
            "spark.sql.timestampType": "TIMESTAMP_NTZ",
            "spark.sql.shuffle.partitions": str(4 * settings.threads),
            "spark.sql.warehouse.dir": f"{scratch}/warehouse",
            "spark.local.dir": f"{scratch}/local",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        builder = SparkSession.builder.appName("shopscout-jobs")
        if settings.spark_master:
            builder = builder.master(settings.spark_master)
        for name, value in options.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        try:
            yield Spark(ibis.pyspark.connect(session), session)
        finally:
            session.stop()


def _name() -> str:
    return f"t_{uuid.uuid4().hex}"
