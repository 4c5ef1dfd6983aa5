"""The commands of `python -m ingest`, from their options to a printed summary."""

import argparse
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from es.names import IndexNames
from es.settings import EngineSettings
from ingest.connection import Connection, connected
from ingest.errors import LoadRefused, MappingError
from ingest.feeds.feed import Feed, FeedOptions, Format, open_feeds
from ingest.feeds.row import RowSource
from ingest.load import FullLoad, RowReader, dry_run
from ingest.mapping.file import MappingFile, read_mapping
from ingest.mapping.mapper import Mapper, identity
from ingest.progress import Progress
from ingest.rejects import RejectsFile, rejects_path
from ingest.settings import IngestSettings
from ingest.summary import Summary
from ingest.upsert import FeedUpsert
from shop.pictures.opening import absolute
from shop.products.changes.apply import ProductUpserts
from shop.products.document import Product

if TYPE_CHECKING:
    from ingest.demo import DemoRows

# Formats whose values are all text, or may hold lists as text.
_TEXT_FORMATS = frozenset({Format.CSV, Format.PARQUET})


def load(options: argparse.Namespace, stop: threading.Event) -> bool:
    """`load`; returns whether rows were rejected."""
    settings = _settings(options)
    feeds, mapping = _feeds(options)
    mapper = Mapper(mapping, settings.currency, optional=options.map is None)
    rejects = _rejects(options, settings, feeds[0].label)
    progress = Progress(feeds, sys.stderr, quiet=options.quiet)
    if options.dry_run:
        summary = Summary()
        reader = RowReader(feeds, mapper, rejects, summary)
        return _report(options, summary, rejects, lambda: dry_run(reader, summary, settings, _show))
    with connected(settings, progress, stop, text=not options.no_vectors, places=options.pictures) as found:
        source = {
            "feeds": [feed.label for feed in feeds],
            "mapping": options.map.name if options.map else None,
            "pictures": [absolute(place) for place in options.pictures],
        }
        return _full_load(options, settings, found, feeds, mapper, rejects, progress, stop, source)


def upsert(options: argparse.Namespace, stop: threading.Event) -> bool:
    """`upsert`; returns whether rows were rejected."""
    settings = _settings(options)
    feeds, mapping = _feeds(options)
    if options.delete:
        mapping = mapping.model_copy(update={"deleted": options.delete})
    rejects = _rejects(options, settings, feeds[0].label)
    progress = Progress(feeds, sys.stderr, quiet=options.quiet)
    with connected(
        settings, progress, stop, text=not options.no_vectors, places=options.pictures, remembered=True
    ) as found:
        upserts = ProductUpserts(found.client, found.store)
        mapper = Mapper(mapping, settings.currency, optional=options.map is None)
        run = FeedUpsert(upserts, feeds, mapper, rejects, settings, progress=progress, stop=stop)

        def work() -> None:
            try:
                run.run()
            finally:
                found.counted(run.summary)
            if run.summary.read and not run.summary.good and run.summary.rejected:
                raise LoadRefused(f"All {run.summary.rejected:,} rows were rejected; nothing was changed.")

        return _report(options, run.summary, rejects, work)


def embed(options: argparse.Namespace, stop: threading.Event) -> bool:
    """`embed`; returns False: a product that is live is never rejected."""
    from ingest.reembed import LABEL, LiveProducts, ReEmbedding

    settings = _settings(options)
    # "" stands for where the last load found its pictures.
    places = [place for place in options.pictures if place]
    rejects = RejectsFile(options.rejects or rejects_path(LABEL.replace(" ", "-"), settings.rejects_dir))
    rows = LiveProducts()
    progress = Progress([rows], sys.stderr, quiet=options.quiet)
    with connected(settings, progress, stop, text=True, places=places, remembered=True) as found:
        run = ReEmbedding(found, rows, rejects, settings, progress=progress, stop=stop)
        due = run.due(text=options.text, pictures=bool(options.pictures))
        if not due:
            rejects.close()
            sys.stdout.write("the live vectors are of these models already\n")
            return False

        def work() -> None:
            try:
                run.run(due, [absolute(place) for place in places])
            finally:
                found.counted(run.summary)

        _report(options, run.summary, rejects, work)
    return False


def demo(options: argparse.Namespace, stop: threading.Event) -> bool:
    """`demo`; returns False: the demo has no rejects."""
    # Late, for the demo is no part of loading a shop's own products.
    from ingest.demo import LABEL, DemoRows, is_live

    settings = _settings(options)
    rows = DemoRows()
    progress = Progress([rows], sys.stderr, quiet=options.quiet)
    options.pictures = []
    if not options.no_pictures:
        folder = EngineSettings().cache_dir / "demo" / "pictures"
        progress.say(f"pictures: {rows.prepare_pictures(folder, progress.say)}")
        options.pictures = [] if options.no_vectors else [str(folder)]
    with connected(settings, progress, stop, text=not options.no_vectors, places=options.pictures) as found:
        models = [model.spec.id if model else None for model in (found.embedder, found.pictures)]
        if found.store.retrying(lambda: is_live(found.store.generations, rows.fingerprint, *models)):
            sys.stdout.write("the demo catalogue is live already\n")
            _demo_visits(found, rows, progress)
            return False
        source = {**rows.source, "pictures": options.pictures}
        rejects = RejectsFile(rejects_path(LABEL.replace(" ", "-"), settings.rejects_dir))
        mapper = Mapper(identity(split_texts=False), settings.currency, optional=True)
        rejected = _full_load(options, settings, found, [rows], mapper, rejects, progress, stop, source)
        _demo_visits(found, rows, progress)
        return rejected


def _demo_visits(found: Connection, rows: "DemoRows", progress: Progress) -> None:
    from ingest.simulation.demo import load_visits

    names = IndexNames(EngineSettings().index_prefix)
    if stored := load_visits(found.client, names, rows.products, datetime.now(UTC)):
        progress.say(f"visits: {stored:,} events of invented shoppers stored; `python -m jobs schedule --once` learns")


def _full_load(
    options: argparse.Namespace,
    settings: IngestSettings,
    found: Connection,
    feeds: Sequence[RowSource],
    mapper: Mapper,
    rejects: RejectsFile,
    progress: Progress,
    stop: threading.Event,
    source: dict[str, Any],
) -> bool:
    run = FullLoad(found.store, feeds, mapper, rejects, settings, progress=progress, stop=stop)

    def work() -> None:
        try:
            run.run(source)
        finally:
            found.counted(run.summary)

    return _report(options, run.summary, rejects, work)


def _report(options: argparse.Namespace, summary: Summary, rejects: RejectsFile, work: Callable[[], object]) -> bool:
    """Does the work, and prints the summary however it ends; the rejects are in their file by then."""
    try:
        work()
    finally:
        summary.rejects_file = rejects.close()
        _print(options, summary)
        if rejects.kept_as is not None:
            sys.stderr.write(f"{rejects.path.name} of an earlier run is now {rejects.kept_as.name}\n")
    return summary.rejected > 0


def _print(options: argparse.Namespace, summary: Summary) -> None:
    if not summary.read:
        return
    if getattr(options, "json", False):
        sys.stdout.write(orjson.dumps(summary.as_dict()).decode() + "\n")
        return
    for line in summary.lines():
        sys.stdout.write(line + "\n")
    if summary.index:
        before = f", in the place of {summary.replaced_index}" if summary.replaced_index else ""
        sys.stdout.write(f"live: {summary.index}{before}\n")


def _show(product: Product) -> None:
    sys.stdout.write(product.model_dump_json(exclude_defaults=True, indent=2) + "\n")


def _settings(options: argparse.Namespace) -> IngestSettings:
    """The settings, with what the command line says over them."""
    given: dict[str, Any] = {
        "retry_for_s": getattr(options, "wait", None),
        "keep": getattr(options, "keep", None),
        "max_reject_share": getattr(options, "max_reject_share", None),
        "min_share_of_live": getattr(options, "min_share", None),
        "currency": getattr(options, "currency", None),
    }
    return IngestSettings(**{name: value for name, value in given.items() if value is not None})


def _feeds(options: argparse.Namespace) -> tuple[list[Feed], MappingFile]:
    """The feeds, known to be readable, and the mapping that fits them."""
    asked = FeedOptions(options.format, options.records, "", options.encoding or "utf-8")
    if options.map is not None:
        mapping = read_mapping(options.map)
        if "product_id" not in mapping.fields:
            raise MappingError(f"The mapping file {options.map} must say under `fields` what product_id is.")
        return open_feeds(options.files, asked.over(mapping.feed_options)), mapping
    feeds = open_feeds(options.files, asked)
    return feeds, identity(split_texts=all(feed.format in _TEXT_FORMATS for feed in feeds))


def _rejects(options: argparse.Namespace, settings: IngestSettings, label: str) -> RejectsFile:
    return RejectsFile(options.rejects or rejects_path(label, settings.rejects_dir))
