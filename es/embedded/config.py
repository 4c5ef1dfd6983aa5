"""Writes the configuration folder of one server, and reads the port back from it."""

import json
import re
import shutil
from pathlib import Path

from es.embedded.folders import ServerFolders
from es.embedded.ports import LOOPBACK

# The distribution's JVM options allow 2 GB of garbage collector logs and a heap dump of the heap's size.
SMALLER_LOGS = (
    ("filecount=32,filesize=64m", "filecount=2,filesize=8m"),
    ("-XX:+HeapDumpOn", "-XX:-HeapDumpOn"),
)


def write_config(distribution: Path, folders: ServerFolders, port: int) -> None:
    """Make the server's folders and a fresh configuration in them. OSError if the disk does not allow it."""
    for folder in (folders.config, folders.data, folders.logs, folders.tmp, folders.snapshots):
        folder.mkdir(parents=True, exist_ok=True)
    for source in (distribution / "config").iterdir():
        if source.is_file():
            shutil.copyfile(source, folders.config / source.name)
    options = (folders.config / "jvm.options").read_text(encoding="utf-8")
    for old, new in SMALLER_LOGS:
        options = options.replace(old, new)
    (folders.config / "jvm.options").write_text(options, encoding="utf-8")
    (folders.config / "elasticsearch.yml").write_text(_settings(folders, port), encoding="utf-8")


def configured_port(folders: ServerFolders) -> int | None:
    """The port that the server was last started on; None if it never was."""
    try:
        text = (folders.config / "elasticsearch.yml").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^http\.port: (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else None


def _settings(folders: ServerFolders, port: int) -> str:
    settings: dict[str, object] = {
        "cluster.name": folders.cluster_name,
        "node.name": "shopscout",
        "discovery.type": "single-node",
        "network.host": LOOPBACK,
        "http.port": port,
        "transport.port": 0,
        "path.data": str(folders.data),
        "path.logs": str(folders.logs),
        "path.repo": [str(folders.snapshots)],
        # Nobody but this machine can reach it.
        "xpack.security.enabled": False,
        # Small absolute sizes, so that a laptop with a nearly full disk still works.
        "cluster.routing.allocation.disk.watermark.low": "2gb",
        "cluster.routing.allocation.disk.watermark.high": "1gb",
        "cluster.routing.allocation.disk.watermark.flood_stage": "500mb",
    }
    # A JSON value is a YAML value, with nothing left to quote.
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items())
