"""What shoppers and merchants have in common: a key, a visit, time to think, and answers that are looked at."""

import random
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import quote
from uuid import uuid4

from locust.contrib.fasthttp import FastHttpUser

from loadtest.answers import Found, judged
from loadtest.settings import LoadSettings


class Visitor(FastHttpUser):
    """Somebody who uses the service and thinks between two clicks. `settings` come from the locustfile."""

    abstract = True
    settings: ClassVar[LoadSettings] = LoadSettings.model_construct()
    connection_timeout = 10.0
    network_timeout = 30.0

    def on_start(self) -> None:
        """A visit of its own; the same user comes back as a new visitor never."""
        self.draw = random.Random()
        self.visit = f"load-{uuid4().hex[:12]}"
        self.sent = {"X-Visitor-Id": self.visit}
        if key := self.settings.key.get_secret_value():
            self.sent["X-Api-Key"] = key

    def wait_time(self) -> float:
        """Seconds of thinking."""
        return self.draw.uniform(self.settings.think_least_s, self.settings.think_most_s)

    def think(self) -> None:
        """Until the next click."""
        self.wait()  # type: ignore[no-untyped-call] # locust's own has no types

    def happens(self, chance: float) -> bool:
        """Whether something of this probability comes to pass now."""
        return self.draw.random() < chance

    def get(
        self, name: str, path: str, wrong: Callable[[Found], str] | None = None, **parameters: object
    ) -> Found | None:
        """The answer to GET, counted under `name`; None where it was no good one."""
        options: dict[str, Any] = {"params": {key: str(value) for key, value in parameters.items()}}
        with self.client.get(path, name=name, headers=self.sent, catch_response=True, **options) as response:
            return judged(response, wrong)

    def send(
        self, name: str, method: str, path: str, body: object, wrong: Callable[[Found], str] | None = None
    ) -> Found | None:
        """The answer to a JSON body; `bytes` are sent as they are, as lines of JSON."""
        given: dict[str, Any] = {"json": body}
        headers = self.sent
        if isinstance(body, bytes):
            given, headers = {"data": body}, {**self.sent, "Content-Type": "application/x-ndjson"}
        with self.client.request(method, path, name=name, headers=headers, catch_response=True, **given) as response:
            return judged(response, wrong)


def in_path(product_id: str) -> str:
    """An id as a part of a path: it may have a slash, and a path may not have a blank."""
    return quote(product_id, safe="")
