"""The whole measurement: load, run every mode over the judged queries, score."""

from dataclasses import dataclass
from pathlib import Path

from app.settings import ServiceSettings
from embed.settings import EmbedSettings
from es.embedded.progress import say
from es.settings import EngineSettings
from evaluate.errors import DataMissing, DataWrong
from evaluate.relevance.catalogue import Feed, ensure_loaded
from evaluate.relevance.cross_validation import cross_validate
from evaluate.relevance.judgments import read_judgments, scorable
from evaluate.relevance.report import Measured
from evaluate.relevance.runs import MODES, open_searcher
from evaluate.settings import PROJECT, EvaluateSettings

INDEX_SUFFIX = "-relevance"
EXAMPLE_MAP = PROJECT / "ingest" / "examples" / "chorus-electronics.yaml"


@dataclass(frozen=True, slots=True)
class JudgedData:
    """Judgments and the feed of the products that they judge."""

    judgments: Path
    feed: Feed


def default_data(settings: EvaluateSettings) -> JudgedData:
    """The Chorus electronics. Raises DataMissing."""
    folder = settings.data / "search" / "chorus-electronics"
    if not folder.is_dir():
        raise DataMissing(
            f"There is no judged data in {folder}; set SHOPSCOUT_DATA to the folder that has it, or name other data "
            "with --judgments, --products and --map."
        )
    return JudgedData(folder / "judgments.csv", Feed(folder / "products.jsonl.gz", EXAMPLE_MAP))


async def measure(
    data: JudgedData, engine: EngineSettings, url: str, settings: ServiceSettings, *, crossed: bool = False
) -> Measured:
    """Figures of every mode. `engine`'s prefix gets a suffix: the shop under it is not touched.

    Raises EvaluateError, and whatever loading raises.
    """
    judged = scorable(read_judgments(data.judgments))
    if not judged:
        raise DataWrong(f"No query in {data.judgments} has a product rated above 0.")
    embedding = EmbedSettings()
    apart = engine.model_copy(update={"index_prefix": engine.index_prefix + INDEX_SUFFIX})
    if ensure_loaded(data.feed, apart, url, embedding):
        say(f"loaded {data.feed.products.name} as {apart.index_prefix}")
    async with open_searcher(settings, apart, embedding, url) as searcher:
        rated = {product for ratings in judged.values() for product in ratings}
        known = await searcher.known(sorted(rated))
        if not known:
            raise DataWrong(f"None of the products in {data.judgments} is in {data.feed.products}.")
        facts = await searcher.services.catalogue.facts()
        return Measured(
            scored={mode: await searcher.scored(judged, mode) for mode in MODES},
            settings={
                "lexical_weight": settings.lexical_weight,
                "knn_k": settings.knn_k,
                "knn_candidates": settings.knn_candidates,
                "semantic_floor": settings.semantic_floor,
                "model": facts.text_model,
            },
            data={
                "queries": len(judged),
                "judgments": sum(map(len, judged.values())),
                "products": facts.products,
                "judged_but_not_there": len(rated - known),
            },
            crossed=await cross_validate(searcher, judged) if crossed else None,
        )
