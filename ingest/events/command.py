"""`python -m ingest events`: from its options to a printed summary."""

import argparse
import sys
import threading

import orjson

from es.client import connect
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings
from ingest.errors import LoadRefused, MappingError
from ingest.events.load import EventLoad, EventSummary
from ingest.events.mapping import EventMappingFile, EventRows
from ingest.feeds.feed import FeedOptions, Format, open_feeds
from ingest.mapping.file import read_mapping_of
from ingest.progress import Progress
from ingest.rejects import RejectsFile, rejects_path
from ingest.settings import IngestSettings
from shop.events.intake import Intake
from shop.events.store import EventStore
from shop.settings import EventSettings


def events(options: argparse.Namespace, stop: threading.Event) -> bool:
    """`events`; returns whether rows were rejected."""
    settings, kept, engine = _settings(options), EventSettings(), EngineSettings()
    asked = FeedOptions(options.format, options.records, "", options.encoding or "utf-8")
    mapping = None
    if options.map is not None:
        mapping = read_mapping_of(options.map, EventMappingFile)
        asked = asked.over(mapping.feed_options)
        if "type" not in mapping.fields:
            raise MappingError(f"The mapping file {options.map} must say under `fields` what type is.")
    feeds = open_feeds(options.files, asked)
    rows = EventRows(mapping, texts=any(feed.format is Format.CSV for feed in feeds))
    path = options.rejects or rejects_path(feeds[0].label, settings.rejects_dir)
    rejects = RejectsFile(path, "event_id")
    progress = Progress(feeds, sys.stderr, quiet=options.quiet, noun="events")

    def waiting(seconds: float, error: Exception) -> None:
        progress.say(f"{error} Trying again in {seconds:.1f} s.")

    with connect(engine, ensure_server(engine)) as client:
        store = EventStore(
            client,
            IndexNames(engine.index_prefix),
            kept,
            retry_for_s=settings.retry_for_s,
            stop=stop,
            on_wait=waiting,
        )
        intake = Intake(kept, history=True)
        run = EventLoad(store, intake, feeds, rows, rejects, settings, progress=progress, stop=stop)
        try:
            run.run()
        finally:
            run.summary.rejects_file = rejects.close()
            _print(options, run.summary)
    if run.summary.read and run.summary.rejected == run.summary.read:
        raise LoadRefused(f"All {run.summary.rejected:,} rows were rejected; nothing was stored.")
    return run.summary.rejected > 0


def _settings(options: argparse.Namespace) -> IngestSettings:
    return IngestSettings() if options.wait is None else IngestSettings(retry_for_s=options.wait)


def _print(options: argparse.Namespace, summary: EventSummary) -> None:
    lines = [orjson.dumps(summary.as_dict()).decode()] if options.json else summary.lines()
    for line in lines if summary.read else ():
        sys.stdout.write(line + "\n")
