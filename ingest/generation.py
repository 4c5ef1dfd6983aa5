"""A new generation of the catalogue: filled, checked, and put in the place of the live one.

Whatever ends that early (an error, Ctrl-C, a failed check) removes it; the live one is never touched. After kill -9 it
stays behind, and the next run removes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from es.errors import EngineError
from es.generations import Check
from ingest.errors import LoadRefused
from ingest.progress import Progress
from shop.products.store import ProductStore

_ALL = 10**9


@dataclass(frozen=True, slots=True)
class Replaced:
    """The generation that is live now, and the one that was live before."""

    index: str
    before: str | None


def replace_live(
    store: ProductStore,
    begin: Callable[[], str],
    fill: Callable[[str], None],
    checks: Callable[[], Sequence[Check]],
    *,
    progress: Progress,
    keep: int,
) -> Replaced:
    """Makes an index (`begin`), fills it, checks it, swaps, prunes to `keep` generations.

    `checks` is asked once it is filled. Raises LoadRefused if one fails, EngineError, and what `fill` raises; the new
    generation is then gone.
    """
    generations = store.generations
    for left in store.retrying(lambda: generations.prune(keep=_ALL)):
        progress.say(f"removed {left}, which a load that died had left behind")
    index = begin()
    try:
        fill(index)
        progress.say("merging and checking")
        store.retrying(lambda: generations.finish(index))
        _check(store, index, checks())
        before = store.retrying(lambda: generations.swap(index))
    except BaseException:
        _discard(store, index, progress)
        raise
    store.retrying(lambda: generations.prune(keep=keep))
    return Replaced(index, before)


def _check(store: ProductStore, index: str, checks: Sequence[Check]) -> None:
    problems = [
        f"{result.name}: {result.problem}"
        for result in store.retrying(lambda: store.generations.check(index, checks))
        if result.problem
    ]
    if problems:
        raise LoadRefused(f"The new generation failed its checks and did not go live ({'; '.join(problems)}).")


def _discard(store: ProductStore, index: str, progress: Progress) -> None:
    # One attempt: if Elasticsearch is away, the next load removes it.
    try:
        store.generations.delete(index)
    except EngineError:
        progress.say(f"{index} could not be removed now; the next load removes it")
