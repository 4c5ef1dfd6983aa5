"""Commands that measure how good search is."""

import argparse
import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import ServiceSettings
from es.reach import ensure_server
from es.settings import EngineSettings
from evaluate.commands.options import DONE, Commands, command, positive, tell
from evaluate.errors import DataMissing
from evaluate.settings import EvaluateSettings

if TYPE_CHECKING:
    from evaluate.relevance.measure import JudgedData

RANKING_FIGURES = ("ndcg_condensed", "ndcg_raw", "recall", "mrr")


def relevance(given: argparse.Namespace) -> int:
    """Scores search on judged queries, in an index of its own."""
    from evaluate.relevance.measure import measure
    from evaluate.relevance.report import lines, values

    data = _judged_data(given)
    engine, settings = EngineSettings(), ServiceSettings()
    measured = asyncio.run(measure(data, engine, ensure_server(engine), settings, crossed=given.cross_validate))
    tell(lines(measured), values(measured))
    return DONE


def _judged_data(given: argparse.Namespace) -> "JudgedData":
    """The judgments and the feed that were named, or the default ones. Raises DataMissing."""
    from evaluate.relevance.catalogue import Feed
    from evaluate.relevance.measure import JudgedData, default_data

    if given.judgments is None:
        return default_data(EvaluateSettings())
    data = JudgedData(given.judgments, Feed(given.products, given.map))
    for path in (data.judgments, data.feed.products, data.feed.mapping):
        if not path.is_file():
            raise DataMissing(f"There is no file {path}.")
    return data


def search(given: argparse.Namespace) -> int:
    """Compares configurations of search on judged queries, per class of query."""
    from evaluate.relevance.measure import default_data
    from evaluate.search.compare import compare_at, compare_in_own_index
    from evaluate.search.configs import read_configs
    from evaluate.search.report import lines, values

    configs = read_configs(given.config)
    if given.url:
        judgments = given.judgments or default_data(EvaluateSettings()).judgments
        compared = asyncio.run(compare_at(given.url, judgments, configs))
    else:
        data, engine = _judged_data(given), EngineSettings()
        compared = asyncio.run(compare_in_own_index(data, configs, engine, ensure_server(engine), ServiceSettings()))
    tell(lines(compared, given.by, given.list), values(compared, given.by))
    return DONE


def learn_fusion(given: argparse.Namespace) -> int:
    """Learns a weight of the words for each query, and says whether it beats one weight for all."""
    from evaluate.search.learn import learn, lines, write

    data, engine, settings = _judged_data(given), EngineSettings(), ServiceSettings()
    found = asyncio.run(learn(data, engine, ensure_server(engine), settings))
    for line in lines(found):
        print(line)
    if given.out is not None:
        print(f"Written: {given.out}" if write(found, given.out) else f"{given.out} was not written.")
    print(found.weights.model_dump_json())
    return DONE


def spelling(given: argparse.Namespace) -> int:
    """Measures corrections of mistyped searches over the judged catalogue."""
    from evaluate.spelling.measure import lines, measure, values

    engine, shoppers = EngineSettings(), EvaluateSettings().data / "search" / "webshop-goals" / "requests.txt"
    measured = asyncio.run(measure(_judged_data(given), shoppers, engine, ensure_server(engine)))
    tell(lines(measured), values(measured))
    return DONE


def pictures(given: argparse.Namespace) -> int:
    """Asks a model of words and pictures for fashion, outdoor gear, phone photos and the demo's products."""
    from embed.lite import LiteEmbedder
    from embed.load import model_folder
    from evaluate.pictures.measure import measure
    from evaluate.pictures.report import lines, values

    model = LiteEmbedder(model_folder(given.model))
    measured = measure(model, given.data or EvaluateSettings().data, given.unseen)
    tell(lines(model.spec.id, measured), values(model.spec.id, measured))
    return DONE


def similarity(given: argparse.Namespace) -> int:
    """Fits what a cosine means to pairs of products of real catalogues; --write keeps it for serving."""
    from evaluate.similarity.measure import lines, measure, values, write

    measured = measure(given.data or EvaluateSettings().data)
    for line in lines(measured):
        print(line)
    if given.write:
        write(measured)
    print(json.dumps(values(measured)))
    return DONE


def look_share(given: argparse.Namespace) -> int:
    """Searches judged pictures by words, with more and less weight on what the pictures show."""
    from evaluate.pictures.shares import lines, measure, values

    engine = EngineSettings()
    measured = asyncio.run(measure(engine, ensure_server(engine), given.data or EvaluateSettings().data))
    tell(lines(measured), values(measured))
    return DONE


def add_to(commands: Commands) -> None:
    """The commands with their options."""
    judged = command(commands, "relevance", relevance)
    _takes_judged_data(judged)
    judged.add_argument(
        "--cross-validate", action="store_true", help="choose the lexical weight on some queries, measure on others"
    )
    _add_search(command(commands, "search", search))
    learned = command(commands, "learn-fusion", learn_fusion)
    _takes_judged_data(learned)
    learned.add_argument("--out", type=Path, metavar="JSON", help="file to write if it beats the best fixed weight")
    spelled = command(commands, "spelling", spelling)
    _takes_judged_data(spelled)
    seen = command(commands, "pictures", pictures)
    seen.add_argument("--model", default="shopscout-lite", metavar="NAME", help="a bundled model, or its folder")
    seen.add_argument("--data", type=Path, metavar="DIR", help="holds images/ and catalog/; default: SHOPSCOUT_DATA")
    seen.add_argument("--unseen", nargs="+", default=[], metavar="TYPE", help="types that it was trained without")
    near = command(commands, "similarity", similarity)
    near.add_argument("--data", type=Path, metavar="DIR", help="holds images/ and catalog/; default: SHOPSCOUT_DATA")
    near.add_argument("--write", action="store_true", help="write embed/weights/similarity.json")
    shares = command(commands, "look-share", look_share)
    shares.add_argument("--data", type=Path, metavar="DIR", help="holds images/ and catalog/; default: SHOPSCOUT_DATA")


def _takes_judged_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--judgments", type=Path, metavar="CSV", help="columns query, product_id, rating (0 to 3)")
    parser.add_argument("--products", type=Path, metavar="FILE", help="the feed of the judged products")
    parser.add_argument("--map", type=Path, metavar="YAML", help="its mapping file")


def _add_search(parser: argparse.ArgumentParser) -> None:
    _takes_judged_data(parser)
    parser.add_argument("--url", metavar="URL", help="a shop that runs, instead of an index of the judged products")
    parser.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="FILE|NAME:KEY=VALUE,..",
        help="a configuration; the first is what the others are compared with (default: lexical, hybrid)",
    )
    parser.add_argument("--by", choices=RANKING_FIGURES, default="ndcg_condensed", help="figure of wins and losses")
    parser.add_argument("--list", type=positive, default=10, metavar="N", help="wins and losses that are listed")
