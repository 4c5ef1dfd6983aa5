"""The whole bench: server, catalogue, API, rounds, profile."""

from contextlib import closing

import orjson

from app.settings import ServiceSettings
from embed.load import text_embedder
from embed.settings import EmbedSettings
from es.embedded.progress import say
from es.settings import EngineSettings
from evaluate.bench.api_process import running_api
from evaluate.bench.catalogue import ensure_loaded
from evaluate.bench.client import Client, Target, engine_target
from evaluate.bench.report import Measured
from evaluate.bench.rounds import BLOCK, alternate, crowd, warm_up
from evaluate.bench.workload import API, OWN_BODY, TWO_BODIES, Workload, workload
from evaluate.errors import MeasurementFailed
from evaluate.server import own_server

INDEX_SUFFIX = "-bench"
SERVER = "bench"
HEAP = "4g"
# A whole number of blocks, each asked once of every side before anything is measured, however long that takes.
WARM_SEARCHES = 8 * BLOCK
WARM_UP_S = 600.0
WARM_PASSES = 20
# Shares of the time: one client warm, one client cold, four clients, profile.
SHARES = (0.35, 0.15, 0.4, 0.1)
SEARCH_PATH = "/api/search"


def measure(engine: EngineSettings, products: int, seconds: float) -> Measured:
    """Runs the bench for about `seconds`, loading not counted. Raises EngineError, EmbedError, MeasurementFailed."""
    roomy = engine.model_copy(update={"es_heap": HEAP})
    with own_server(roomy, SERVER) as url:
        apart = roomy.model_copy(update={"es_url": url, "index_prefix": engine.index_prefix + INDEX_SUFFIX})
        return _measure(apart, products, seconds)


def _measure(engine: EngineSettings, products: int, seconds: float) -> Measured:
    embedding, settings = EmbedSettings(), ServiceSettings()
    embedder = text_embedder(embedding)
    loaded = ensure_loaded(engine, embedder, products)
    raw = engine_target(engine)
    known = workload(settings, engine.index_prefix, embedder, searches=WARM_SEARCHES, seed=1, path=SEARCH_PATH)
    one_s, new_s, crowd_s, profile_s = (share * seconds for share in SHARES)
    # More would not be reached: each is asked of three sides.
    new = workload(
        settings,
        engine.index_prefix,
        embedder,
        searches=max(BLOCK, int(new_s * 1000 / 3 / 4)),
        seed=2,
        path=SEARCH_PATH,
    )
    with running_api(settings, engine, embedding) as api:
        api.settle()
        targets = {API: api.target, TWO_BODIES: raw, OWN_BODY: raw}
        _check(targets, known)
        say(f"warming up, up to {WARM_PASSES} times all searches")
        say(f"warm after {warm_up(targets, known.calls, WARM_PASSES)}; measuring: one client, query vectors in memory")
        warm = alternate(targets, known.calls, one_s, repeat=True)
        say("measuring: one client, every query new")
        cold = alternate(targets, new.calls, new_s, repeat=False)
        say("measuring: four clients")
        turns = crowd(targets, known.calls, crowd_s)
    say("measuring: where the time goes")
    with running_api(settings, engine, embedding, timed_from=len(known)) as timed_api:
        timed_api.settle()
        only = {API: known.calls[API]}
        alternate({API: timed_api.target}, only, WARM_UP_S, repeat=False)
        blocks = alternate({API: timed_api.target}, only, profile_s, repeat=True)
    assert timed_api.times is not None
    return Measured(
        loaded=loaded,
        settings={
            "knn_k": settings.knn_k,
            "knn_candidates": settings.knn_candidates,
            "model": embedder.spec.id,
            "searches": len(known),
        },
        warm=warm,
        cold=cold,
        crowd=turns,
        profile=timed_api.times,
        profile_ms=[ms for block in blocks for ms in block[API]],
    )


def _check(targets: dict[str, Target], known: Workload) -> None:
    """That every side finds something, by words and by meaning, and shows it, before anything is timed."""
    for side, target in targets.items():
        with closing(Client(target)) as client:
            answer = orjson.loads(client.ask(known.calls[side][0]))
        lists = answer["responses"] if side == TWO_BODIES else [answer]
        hits = [one["hits"] if side == API else one.get("hits", {}).get("hits") for one in lists]
        shown = all(hits) and all(hit["name"] if side == API else hit.get("fields") for one in hits for hit in one)
        if not shown or (side == API and answer["degraded"]):
            raise MeasurementFailed(f"{side} finds nothing, or without meaning: {str(answer)[:300]}")
