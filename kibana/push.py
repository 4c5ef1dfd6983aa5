"""Saved objects into Kibana, over its public API: POST /api/saved_objects/_import. Doing it again changes nothing."""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from kibana.errors import ImportIncomplete, KibanaRefused, KibanaUnavailable
from kibana.settings import KibanaSettings

NEEDED: Final = (9, 4)
"""The Kibana that the objects are made for; a later one of the same major version takes them too."""
_PAUSE_S: Final = 2.0
_SHOWN_PROBLEMS: Final = 20


@dataclass(frozen=True, slots=True)
class Pushed:
    """What Kibana took. `version`: Kibana's, empty where it does not tell."""

    objects: int
    version: str
    space: str


def push(
    content: bytes,
    settings: KibanaSettings,
    *,
    any_version: bool = False,
    say: Callable[[str], None] = lambda _: None,
    transport: httpx.BaseTransport | None = None,
) -> Pushed:
    """Imports a built file. Objects of an earlier push are replaced; those that people made stay.

    Raises KibanaUnavailable, KibanaRefused, ImportIncomplete.
    """
    with _client(settings, transport) as client:
        version = _ready(client, settings, say)
        if version and not any_version:
            _check_version(version)
        base = ""
        if settings.space and settings.space != "default":
            base = f"/s/{settings.space}"
            _check_space(client, settings)
        answer = _asked(
            client,
            settings,
            "POST",
            f"{base}/api/saved_objects/_import",
            params={"overwrite": "true"},
            files={"file": ("shopscout.ndjson", content, "application/x-ndjson")},
        )
        if answer.status_code >= 400:
            raise _refusal(answer, settings)
        taken = _taken(_json(answer))
    return Pushed(taken, version, settings.space or "default")


def _client(settings: KibanaSettings, transport: httpx.BaseTransport | None) -> httpx.Client:
    headers, auth = {"kbn-xsrf": "true"}, None
    if key := settings.api_key.get_secret_value():
        headers["Authorization"] = f"ApiKey {key}"
    elif settings.user:
        auth = httpx.BasicAuth(settings.user, settings.password.get_secret_value())
    verify: ssl.SSLContext | bool = True
    if settings.ca_cert is not None:
        try:
            verify = ssl.create_default_context(cafile=str(settings.ca_cert))
        except OSError as error:
            raise KibanaRefused(f"SHOPSCOUT_KIBANA_CA_CERT cannot be read: {error}") from error
    return httpx.Client(
        base_url=settings.url,
        headers=headers,
        auth=auth,
        verify=verify,
        timeout=settings.timeout_s,
        transport=transport,
    )


def _ready(client: httpx.Client, settings: KibanaSettings, say: Callable[[str], None]) -> str:
    """Waits until Kibana is there; its version."""
    until = time.monotonic() + settings.wait_s
    while True:
        try:
            answer = _asked(client, settings, "GET", "/api/status")
            if answer.status_code < 400:
                return str(_json(answer).get("version", {}).get("number", ""))
            if answer.status_code != 503:
                raise _refusal(answer, settings)
            why = f"Kibana at {settings.url} is not ready yet."
        except KibanaUnavailable as error:
            why = str(error)
        if time.monotonic() + _PAUSE_S > until:
            raise KibanaUnavailable(f"{why} Start it, check SHOPSCOUT_KIBANA_URL, or give it longer with --wait.")
        say(why)
        time.sleep(_PAUSE_S)


def _check_version(version: str) -> None:
    numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2] if part.isdigit())
    if len(numbers) != 2 or numbers[0] != NEEDED[0] or numbers < NEEDED:
        needed = ".".join(str(number) for number in NEEDED)
        raise KibanaRefused(
            f"This is Kibana {version}, and the dashboards are made for {needed} and later {NEEDED[0]}.x. "
            "Update it, or try all the same with --any-version."
        )


def _check_space(client: httpx.Client, settings: KibanaSettings) -> None:
    answer = _asked(client, settings, "GET", f"/api/spaces/space/{settings.space}")
    if answer.status_code == 404:
        raise KibanaRefused(f"There is no space {settings.space}; make it in Kibana, or name another one.")
    if answer.status_code >= 400:
        raise _refusal(answer, settings)


def _asked(client: httpx.Client, settings: KibanaSettings, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
    try:
        return client.request(method, path, **more)
    except httpx.TimeoutException as error:
        raise KibanaUnavailable(f"Kibana at {settings.url} gave no answer in {settings.timeout_s:g} s.") from error
    except httpx.HTTPError as error:
        raise KibanaUnavailable(f"Kibana at {settings.url} cannot be reached ({error}).") from error


def _refusal(answer: httpx.Response, settings: KibanaSettings) -> KibanaRefused | KibanaUnavailable:
    """What a status says that is no success."""
    said = _message(answer)
    match answer.status_code:
        case 401:
            return KibanaRefused(
                f"Kibana does not know who asks ({said}); set SHOPSCOUT_KIBANA_API_KEY, or _USER and _PASSWORD."
            )
        case 403:
            return KibanaRefused(
                f"Kibana does not allow it ({said}); the key needs all rights of Saved Objects Management"
                + (f" in the space {settings.space}." if settings.space else ".")
            )
        case 404:
            return KibanaRefused(f"There is no Kibana at {settings.url} ({said}); check SHOPSCOUT_KIBANA_URL.")
        case 409:
            return KibanaRefused(f"Kibana says that somebody else is changing the same ({said}); run it again.")
        case 413:
            return KibanaRefused("The file is larger than Kibana takes; raise savedObjects.maxImportPayloadBytes.")
        case 429 | 502 | 503 | 504:
            return KibanaUnavailable(f"Kibana is too busy or not ready ({said}); run it again.")
    return KibanaRefused(f"Kibana answered {answer.status_code}: {said}")


def _taken(answer: Mapping[str, Any]) -> int:
    """How many objects were imported. Raises ImportIncomplete."""
    count = int(answer.get("successCount", 0))
    errors = answer.get("errors") or []
    if errors or not answer.get("success"):
        told = [_problem(error) for error in errors[:_SHOWN_PROBLEMS]] or ["it does not say why"]
        raise ImportIncomplete(count, told)
    return count


def _problem(error: Mapping[str, Any]) -> str:
    what = f"{error.get('type')} {error.get('id')}"
    why = error.get("error") or {}
    match why.get("type"):
        case "missing_references":
            missing = ", ".join(f"{each.get('type')} {each.get('id')}" for each in why.get("references", ()))
            return f"{what} refers to what is not there: {missing}"
        case "conflict" | "ambiguous_conflict":
            return f"{what} is there already, from somewhere else"
        case "unsupported_type":
            return f"{what} is of a type that this Kibana does not know"
    return f"{what}: {why.get('message') or why.get('type') or 'unknown'}"


def _message(answer: httpx.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return answer.text.strip()[:200] or answer.reason_phrase
    return str(told.get("message") or told.get("error") or told)[:500] if isinstance(told, dict) else str(told)[:200]


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError as error:
        raise KibanaRefused(
            "What answers there is no Kibana: no JSON came back; check SHOPSCOUT_KIBANA_URL."
        ) from error
    if not isinstance(told, dict):
        raise KibanaRefused("What answers there is no Kibana; check SHOPSCOUT_KIBANA_URL.")
    return told
