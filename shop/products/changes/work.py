"""What a consumer does with the changes of the stream."""

from collections import Counter
from collections.abc import Callable, Sequence

from embed.errors import EmbedError
from es.errors import EngineUnavailable, ModelMismatch, NothingLoaded
from shop.products.changes.apply import ProductUpserts
from shop.products.changes.change import Outcome, Result
from shop.products.changes.direct import made
from shop.products.changes.request import ChangeRequest, loaded
from shop.products.changes.road import Answer, Queued
from shop.products.changes.steps import sentences_of
from shop.settings import ChangeSettings
from shop.stream.consumer import Settled
from shop.stream.redis_stream import Entry

MODEL_RETRY_S = 5.0


class ChangeWork:
    """Makes changes; `upserts` gives what writes them."""

    def __init__(self, upserts: Callable[[], ProductUpserts], settings: ChangeSettings) -> None:
        self._upserts = upserts
        self._settings = settings

    def __call__(self, entries: Sequence[Entry]) -> Settled:
        """As shop.stream.consumer.Work."""
        settled = Settled()
        for group in _rounds(entries, settled):
            answers = made(self._upserts(), [request for _, request in group], decides=True)
            for (entry, _), answer in zip(group, answers, strict=True):
                self._sort(entry, answer, settled)
        return settled

    def _sort(self, entry: Entry, answer: Answer, settled: Settled) -> None:
        """Where an entry goes by its answer."""
        if isinstance(answer, EngineUnavailable | NothingLoaded) and not isinstance(answer, ModelMismatch):
            settled.hold(entry, str(answer))
            return
        if isinstance(answer, Outcome) and answer.result not in (Result.MISSING, Result.REFUSED):
            settled.succeed(entry, answer.result.value)
            return
        assert not isinstance(answer, Queued)
        why = str(answer) if isinstance(answer, Exception) else "; ".join(sentences_of(answer))
        if isinstance(answer, Outcome) and answer.result is Result.REFUSED:
            settled.bury(entry, why)
            return
        # A product may still come that is to be changed, and a model come back; what is invalid stays so.
        base_s = MODEL_RETRY_S if isinstance(answer, EmbedError | ModelMismatch) else self._settings.changes_retry_s
        settled.put_off(entry, why, tries=self._settings.changes_tries, base_s=base_s)


def _rounds(entries: Sequence[Entry], settled: Settled) -> list[list[tuple[Entry, ChangeRequest]]]:
    """Groups of distinct products, those of one product in order. What is no change goes to the dead letters."""
    rounds: list[list[tuple[Entry, ChangeRequest]]] = []
    turns: Counter[str] = Counter()
    for entry in entries:
        try:
            request = loaded(entry.payload)
        except ValueError as error:
            settled.bury(entry, f"it is no change: {error}")
            continue
        turn = turns[request.product_id]
        turns[request.product_id] += 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append((entry, request))
    return rounds
