"""The least HTTP client: one connection kept open, the answer's bytes read and not looked at."""

import http.client
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from es.settings import EngineSettings
from evaluate.bench.workload import Call
from evaluate.errors import MeasurementFailed

TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go. `authorization` and `ca_cert` are empty where the server asks for none."""

    url: str
    authorization: str = ""
    ca_cert: str = ""


def engine_target(settings: EngineSettings) -> Target:
    """Elasticsearch, with the credentials of the settings."""
    return Target(settings.es_url, settings.authorization, str(settings.es_ca_cert or ""))


class Client:
    """One client with one connection."""

    def __init__(self, target: Target) -> None:
        parts = urlsplit(target.url)
        host = parts.hostname or "localhost"
        self._headers = {"Authorization": target.authorization} if target.authorization else {}
        self._connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=target.ca_cert or None)
            self._connection = http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT_S, context=context)
        else:
            self._connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_S)

    def open(self) -> None:
        """Connects now instead of with the first request."""
        try:
            self._connection.connect()
        except OSError as error:
            raise MeasurementFailed(f"{self._connection.host} cannot be reached: {error}") from error

    def ask(self, call: Call) -> bytes:
        """The body of the answer. Raises MeasurementFailed for no answer, or any status but 200."""
        headers = self._headers
        if call.body:
            headers = {**headers, "Content-Type": call.content_type}
        try:
            self._connection.request(call.method, call.path, call.body or None, headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise MeasurementFailed(f"{call.path[:100]} was not answered: {error}") from error
        if answer.status != 200:
            raise MeasurementFailed(
                f"{call.path[:100]} answered {answer.status}: {body[:300].decode(errors='replace')}"
            )
        return body

    def timed(self, call: Call) -> float:
        """Milliseconds from sending the request to the last byte of the answer."""
        started = time.perf_counter()
        self.ask(call)
        return (time.perf_counter() - started) * 1000

    def close(self) -> None:
        self._connection.close()
