"""Command R+ and other models of Cohere, through its SDK. The only module that knows the SDK and its exceptions.

What the SDK does by itself is turned off or bounded: its retries (it has none for streams, so all are the service's),
its 300 seconds, and the address that it reads from the environment at import. It skips events of a stream that it
cannot read, and checks no types: every value is looked at here before it is used.
"""

import math
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

import httpx

from app.llm.errors import AnswerUnusable, ModelOff, ModelRefused, ModelUnavailable
from app.llm.models import CitedText, Finished, ModelEvent, Prompt, TextDelta, Tokens
from app.llm.settings import LanguageModelSettings

_CONNECT_S: Final = 3.0
_REFUSED: Final = frozenset({400, 404, 405, 413, 422, 501})
_KEY_REFUSED: Final = frozenset({401, 402, 403, 498})
_SHOWN: Final = 200


class CohereModel:
    """A LanguageModel over HTTPS."""

    def __init__(self, settings: LanguageModelSettings) -> None:
        """Opens no connection yet. Raises ModelOff where the SDK is not installed."""
        try:
            from cohere import AsyncClientV2
            from cohere.core import ApiError
        except ImportError as error:
            raise ModelOff("the package cohere is not installed; `pip install '.[chat]'` adds it") from error
        self._api_error: type[Exception] = ApiError
        self._name = settings.model
        self._citations = settings.citations
        # A client of our own, as the SDK's default waits 300 s; its limits lie just above those of the service.
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(
                max(settings.total_s, settings.recommend_total_s) + 1, connect=min(_CONNECT_S, settings.first_token_s)
            ),
            limits=httpx.Limits(max_connections=settings.max_concurrent + 4),
        )

        def client(http: httpx.AsyncClient) -> AsyncClientV2:
            return AsyncClientV2(
                api_key=settings.api_key.get_secret_value(),
                base_url=settings.base_url or None,
                client_name="shopscout",
                max_retries=0,
                httpx_client=http,
                log_warning_experimental_features=False,
            )

        self._client_over = client
        self._client = client(self._http)

    @property
    def name(self) -> str:
        return self._name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[ModelEvent, None]:
        """See LanguageModel."""
        with self._translated():
            answer = cast("AsyncGenerator[Any, None]", self._client.chat_stream(**self._request(prompt)))
            async with aclosing(answer):
                async for event in answer:
                    made = read_event(event)
                    if made is not None:
                        yield made

    async def prepare(self) -> None:
        """Has the SDK load what it loads with its first answer, a second's work, by one that comes from here."""
        end = 'data: {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}}\n\ndata: [DONE]\n\n'
        headers = {"content-type": "text/event-stream"}
        here = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, text=end))
        async with httpx.AsyncClient(transport=here) as http:
            asked = {"model": self._name, "messages": [{"role": "user", "content": "-"}], "documents": ["-"]}
            async for _ in self._client_over(http).chat_stream(**asked):  # type: ignore[arg-type]
                pass

    async def close(self) -> None:
        await self._http.aclose()

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._name,
            "messages": [{"role": message.role, "content": message.text} for message in prompt.messages],
            "max_tokens": prompt.max_tokens,
            "temperature": prompt.temperature,
            "request_options": {"max_retries": 0},
        }
        if prompt.documents:
            request["documents"] = [{"id": each.id, "data": dict(each.data)} for each in prompt.documents]
            request["citation_options"] = {"mode": self._citations.upper()}
        if prompt.schema is not None:
            request["response_format"] = {"type": "json_object", "json_schema": dict(prompt.schema)}
        return request

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._api_error as error:
            raise _of_status(error) from error
        except httpx.TimeoutException as error:
            raise ModelUnavailable("the connection to the model timed out") from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise ModelUnavailable(f"the connection to the model broke ({type(error).__name__})") from error
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
            # Bytes that are no UTF-8, JSON of another shape: the SDK lets through whatever its reading raises.
            raise AnswerUnusable(f"the model's answer cannot be read ({type(error).__name__})") from error


def read_event(event: object) -> ModelEvent | None:
    """What an event of the stream says; None for those that say nothing of use, and for malformed ones."""
    kind = _at(event, "type")
    if kind == "content-delta":
        text = _at(event, "delta", "message", "content", "text")
        return TextDelta(_whole(text)) if isinstance(text, str) and _whole(text) else None
    if kind == "citation-start":
        # One object, though its name is in the plural.
        found = _at(event, "delta", "message", "citations")
        return _citation(found[0] if isinstance(found, list) and found else found)
    if kind == "message-end":
        reason = _at(event, "delta", "finish_reason")
        return Finished(str(reason) if reason else "ERROR", _tokens(_at(event, "delta", "usage")))
    return None


def _whole(text: str) -> str:
    """Without halves of surrogate pairs, which JSON can spell and nobody can write on."""
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()


def _citation(found: object) -> CitedText | None:
    start, end, text = _at(found, "start"), _at(found, "end"), _at(found, "text")
    sources = _at(found, "sources")
    if not isinstance(start, int) or not isinstance(end, int) or not isinstance(text, str):
        return None
    ids = [_at(source, "id") for source in sources] if isinstance(sources, list) else []
    known = tuple(dict.fromkeys(each for each in ids if isinstance(each, str) and each))
    return CitedText(start, end, text, known) if known else None


def _tokens(usage: object) -> Tokens | None:
    """What is billed; where that is not said, what was counted."""
    for part in ("billed_units", "tokens"):
        counted = (_count(_at(usage, part, "input_tokens")), _count(_at(usage, part, "output_tokens")))
        if counted[0] is not None and counted[1] is not None:
            return Tokens(counted[0], counted[1])
    return None


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return int(value)


def _at(value: object, *names: str) -> Any:  # noqa: ANN401 - whatever was sent
    """A value inside of what the SDK made: its classes where the shape was right, else plain dictionaries."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return value


def _of_status(error: Exception) -> ModelRefused | ModelUnavailable:
    status = _at(error, "status_code")
    said = _at(error, "body", "message")
    told = f": {said[:_SHOWN]}" if isinstance(said, str) and said else ""
    if status in _KEY_REFUSED:
        return ModelRefused(
            f"the provider refuses the key (HTTP {status}{told}); check SHOPSCOUT_LLM_API_KEY", key=True
        )
    if status in _REFUSED:
        return ModelRefused(f"the provider refuses the request (HTTP {status}{told})")
    headers = _at(error, "headers")
    wait = _retry_after(headers) if isinstance(headers, Mapping) else None
    what = "the limit of calls is reached" if status == 429 else "the provider has a problem"
    return ModelUnavailable(f"{what} (HTTP {status}{told})", retry_after_s=wait)


def _retry_after(headers: Mapping[str, Any]) -> float | None:
    """Seconds; given as seconds or as a date."""
    value = {str(name).lower(): str(value) for name, value in headers.items()}.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
        seconds = (moment - datetime.now(moment.tzinfo or UTC)).total_seconds() if moment.tzinfo else -1.0
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
