"""`python -m evaluate COMMAND`: is it good, and is it fast? (relevance, search, bench and more: see --help)

Each prints a table for people and ends with one line of JSON that holds the figures. Exit codes: 0 measured, 1 it
failed (one sentence says why), 2 wrong usage or a wrong setting, 3 the judged data is not on this machine.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from app import logs
from app.settings import ServiceSettings
from embed.errors import EmbedError
from es.errors import EngineError
from es.reach import ensure_server
from es.settings import EngineSettings, setting_problems
from evaluate.dialogues.measure import add_options as add_dialogue_options
from evaluate.errors import DataMissing, EvaluateError
from evaluate.intents.measure import add_options as add_intent_options
from evaluate.load.measure import add_options as add_load_options
from evaluate.recommenders.command import add_options
from evaluate.settings import EvaluateSettings
from ingest.errors import IngestError
from shop.recommenders.errors import RecommenderError

if TYPE_CHECKING:
    from evaluate.relevance.measure import JudgedData

RANKING_FIGURES = ("ndcg_condensed", "ndcg_raw", "recall", "mrr")
DONE, FAILED, USAGE, NO_DATA, INTERRUPTED = 0, 1, 2, 3, 130


def relevance(given: argparse.Namespace) -> int:
    """Scores search on judged queries, in an index of its own."""
    from evaluate.relevance.measure import measure
    from evaluate.relevance.report import lines, values

    data = _judged_data(given)
    engine, settings = EngineSettings(), ServiceSettings()
    measured = asyncio.run(measure(data, engine, ensure_server(engine), settings, crossed=given.cross_validate))
    _tell(lines(measured), values(measured))
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
    _tell(lines(compared, given.by, given.list), values(compared, given.by))
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


def bench(given: argparse.Namespace) -> int:
    """Compares the API with raw Elasticsearch, alternating, on a synthetic catalogue."""
    from evaluate.bench.measure import measure
    from evaluate.bench.report import lines, values

    measured = measure(EngineSettings(), given.products, given.seconds)
    _tell(lines(measured), values(measured))
    return DONE


def suggest(given: argparse.Namespace) -> int:
    """Times suggestions against a raw prefix query, alternating, on a synthetic catalogue."""
    from evaluate.bench.suggestions import lines, measure, values

    measured = measure(EngineSettings(), given.products, given.seconds)
    _tell(lines(measured), values(measured))
    return DONE


def vector_index(given: argparse.Namespace) -> int:
    """Compares the ways in which Elasticsearch can keep vectors: recall, time, size, building."""
    from evaluate.bench.vector_indexes import lines, measure, values

    measured = measure(EngineSettings(), given.products)
    _tell(lines(measured), values(measured))
    return DONE


def look_cost(given: argparse.Namespace) -> int:
    """Times searches by words with and without the search of pictures."""
    from evaluate.bench.look_cost import lines, measure, values

    measured = measure(EngineSettings(), given.products, given.seconds)
    _tell(lines(measured), values(measured))
    return DONE


def reindex(given: argparse.Namespace) -> int:
    """Reindexes a synthetic shop that is searched and changed: what fails, what is lost. 1 where anything is."""
    from evaluate.reindex.measure import lines, measure, values

    measured = measure(EngineSettings(), given.products, given.seconds, given.searches, given.changes)
    _tell(lines(measured), figures := values(measured))
    return FAILED if figures["failed"] or figures["lost"] else DONE


def sizing(given: argparse.Namespace) -> int:
    """Loads synthetic catalogues of several sizes: what a product takes on disk and in memory."""
    from evaluate.bench.sizing import lines, measure, values

    measured = measure(EngineSettings(), given.products)
    _tell(lines(measured), values(measured))
    return DONE


def spelling(given: argparse.Namespace) -> int:
    """Measures corrections of mistyped searches over the judged catalogue."""
    from evaluate.spelling.measure import lines, measure, values

    engine, shoppers = EngineSettings(), EvaluateSettings().data / "search" / "webshop-goals" / "requests.txt"
    measured = asyncio.run(measure(_judged_data(given), shoppers, engine, ensure_server(engine)))
    _tell(lines(measured), values(measured))
    return DONE


def pictures(given: argparse.Namespace) -> int:
    """Asks a model of words and pictures for fashion, outdoor gear, phone photos and the demo's products."""
    from embed.lite import LiteEmbedder
    from embed.load import model_folder
    from evaluate.pictures.measure import measure
    from evaluate.pictures.report import lines, values

    model = LiteEmbedder(model_folder(given.model))
    measured = measure(model, given.data or EvaluateSettings().data, given.unseen)
    _tell(lines(model.spec.id, measured), values(model.spec.id, measured))
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
    _tell(lines(measured), values(measured))
    return DONE


def recommenders(given: argparse.Namespace) -> int:
    """Measures every recommender on events that it has not seen, by full ranking."""
    from evaluate.recommenders.command import lines_of

    for line in lines_of(given):
        print(line)
    return DONE


def events_rate(given: argparse.Namespace) -> int:
    """Sends events in batches to an API of its own: how many a second are stored, beside raw Elasticsearch."""
    from evaluate.shoppers.events_rate import Asked, lines, measure, values

    asked = Asked(given.seconds, given.batch, given.connections, given.workers)
    measured = measure(EngineSettings(), asked)
    _tell(lines(measured), values(measured))
    return DONE


def recommend_cost(given: argparse.Namespace) -> int:
    """Times recommendations to visitors of a made-up shop against raw Elasticsearch, alternating."""
    from evaluate.shoppers.recommend_cost import lines, measure, values

    measured = measure(EngineSettings(), given.products, given.events, given.seconds)
    _tell(lines(measured), values(measured))
    return DONE


def intents(given: argparse.Namespace) -> int:
    """Measures how well intents are learned from examples: cross-validated, and on a test file."""
    from evaluate.intents.measure import lines, measured_of, values

    measured = measured_of(given)
    _tell(lines(measured), values(measured))
    return DONE


def dialogues(given: argparse.Namespace) -> int:
    """Holds scripted dialogues with a shop: how many go as they should, and how quickly. 1 where one does not."""
    from evaluate.dialogues.measure import lines, measure, values

    held = asyncio.run(measure(given))
    _tell(lines(held), values(held))
    return FAILED if any(one.failures for one in held) else DONE


def chat_overhead(given: argparse.Namespace) -> int:
    """Times turns of the conversation, with the built-in writer and with a model that takes no time itself."""
    from evaluate.overhead.measure import lines, measure, values

    found = asyncio.run(measure(given))
    _tell(lines(found), values(found))
    return DONE


def requests(given: argparse.Namespace) -> int:
    """Reads the order numbers and intents of labelled support requests, by the rules of the conversation alone."""
    from evaluate.requests import measure as measured

    found = measured.measure(measured.requests(given.file or EvaluateSettings().data / measured.FILE))
    _tell(measured.lines(found), measured.values(found))
    return DONE


def grounding(given: argparse.Namespace) -> int:
    """Puts falsehoods into true answers and counts what the checker lets through, and what it stops wrongly."""
    from evaluate.grounding.measure import lines, measure, values

    measured = measure(given.answers, given.seed)
    _tell(lines(measured), values(measured))
    return DONE


def loadtest(given: argparse.Namespace) -> int:
    """Sends locust users to a shop of its own, or to one that runs; 1 where a threshold is broken."""
    from evaluate.load.measure import run

    return run(given)


def soak(given: argparse.Namespace) -> int:
    """Users for a long time against a shop of its own: is its memory flat? 1 where it grows."""
    from evaluate.load.soak import lines, measure, values

    measured = measure(given.minutes * 60, given.users, given.products)
    _tell(lines(measured), values(measured))
    return DONE if measured.flat else FAILED


def faults(given: argparse.Namespace) -> int:
    """Runs a shop in trouble, a run a seed: cut, slow, refusing and killed dependencies; 1 where something broke."""
    from evaluate.faults.measure import line, measure, values

    ran = []
    for one in measure(EngineSettings(), range(given.seed, given.seed + given.runs), given.logs):
        print(line(one), flush=True)
        ran.append(one)
    print(json.dumps(values(ran)))
    return FAILED if any(one.wrong for one in ran) else DONE


def _tell(lines: Iterable[str], figures: object) -> None:
    """A table for people, and the figures as one line of JSON."""
    for line in lines:
        print(line)
    print(json.dumps(figures))


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m evaluate", description="Measurements of search.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    judged = commands.add_parser("relevance", help=relevance.__doc__, description=relevance.__doc__)
    _takes_judged_data(judged)
    judged.add_argument(
        "--cross-validate", action="store_true", help="choose the lexical weight on some queries, measure on others"
    )
    judged.set_defaults(verb=relevance)
    _add_search(commands.add_parser("search", help=search.__doc__, description=search.__doc__))
    learned = commands.add_parser("learn-fusion", help=learn_fusion.__doc__, description=learn_fusion.__doc__)
    _takes_judged_data(learned)
    learned.add_argument("--out", type=Path, metavar="JSON", help="file to write if it beats the best fixed weight")
    learned.set_defaults(verb=learn_fusion)
    fast = commands.add_parser("bench", help=bench.__doc__, description=bench.__doc__)
    fast.add_argument("--products", type=_positive, default=100_000, metavar="N", help="size of the catalogue")
    fast.add_argument("--seconds", type=_positive, default=90, metavar="S", help="time spent on measuring")
    fast.set_defaults(verb=bench)
    typing = commands.add_parser("suggest", help=suggest.__doc__, description=suggest.__doc__)
    typing.add_argument("--products", type=_positive, default=100_000, metavar="N", help="size of the catalogue")
    typing.add_argument("--seconds", type=_positive, default=30, metavar="S", help="time spent on measuring")
    typing.set_defaults(verb=suggest)
    anew = commands.add_parser("reindex", help=reindex.__doc__, description=reindex.__doc__)
    anew.add_argument("--products", type=_positive, default=100_000, metavar="N", help="size of the catalogue")
    anew.add_argument("--seconds", type=_positive, default=60, metavar="S", help="of quiet, to compare with")
    anew.add_argument("--searches", type=_positive, default=50, metavar="N", help="searches a second")
    anew.add_argument("--changes", type=_positive, default=20, metavar="N", help="changes of products a second")
    anew.set_defaults(verb=reindex)
    spelled = commands.add_parser("spelling", help=spelling.__doc__, description=spelling.__doc__)
    _takes_judged_data(spelled)
    spelled.set_defaults(verb=spelling)
    seen = commands.add_parser("pictures", help=pictures.__doc__, description=pictures.__doc__)
    seen.add_argument("--model", default="shopscout-lite", metavar="NAME", help="a bundled model, or its folder")
    seen.add_argument("--data", type=Path, metavar="DIR", help="holds images/ and catalog/; default: SHOPSCOUT_DATA")
    seen.add_argument("--unseen", nargs="+", default=[], metavar="TYPE", help="types that it was trained without")
    seen.set_defaults(verb=pictures)
    near = commands.add_parser("similarity", help=similarity.__doc__, description=similarity.__doc__)
    near.add_argument("--data", type=Path, metavar="DIR", help="holds images/ and catalog/; default: SHOPSCOUT_DATA")
    near.add_argument("--write", action="store_true", help="write embed/weights/similarity.json")
    near.set_defaults(verb=similarity)
    shares = commands.add_parser("look-share", help=look_share.__doc__, description=look_share.__doc__)
    shares.add_argument("--data", type=Path, metavar="DIR", help="holds images/ and catalog/; default: SHOPSCOUT_DATA")
    shares.set_defaults(verb=look_share)
    kept = commands.add_parser("vector-index", help=vector_index.__doc__, description=vector_index.__doc__)
    kept.add_argument("--products", type=_positive, default=100_000, metavar="N", help="vectors in each index")
    kept.set_defaults(verb=vector_index)
    sizes = commands.add_parser("sizing", help=sizing.__doc__, description=sizing.__doc__)
    sizes.add_argument("--products", type=_positive, nargs="+", default=[10_000, 100_000], metavar="N", help="sizes")
    sizes.set_defaults(verb=sizing)
    cost = commands.add_parser("look-cost", help=look_cost.__doc__, description=look_cost.__doc__)
    cost.add_argument("--products", type=_positive, default=100_000, metavar="N", help="size of the catalogue")
    cost.add_argument("--seconds", type=_positive, default=60, metavar="S", help="time spent on measuring")
    cost.set_defaults(verb=look_cost)
    learned = commands.add_parser("recommenders", help=recommenders.__doc__, description=recommenders.__doc__)
    add_options(learned)
    learned.set_defaults(verb=recommenders)
    sent = commands.add_parser("events-rate", help=events_rate.__doc__, description=events_rate.__doc__)
    sent.add_argument("--seconds", type=_positive, default=30, metavar="S", help="time spent on measuring")
    sent.add_argument("--batch", type=_positive, default=500, metavar="N", help="events of a request")
    sent.add_argument("--connections", type=_positive, default=4, metavar="N", help="connections at once")
    sent.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes of the API")
    sent.set_defaults(verb=events_rate)
    cost = commands.add_parser("recommend-cost", help=recommend_cost.__doc__, description=recommend_cost.__doc__)
    cost.add_argument("--products", type=_positive, default=100_000, metavar="N", help="size of the catalogue")
    cost.add_argument("--events", type=_positive, default=1_000_000, metavar="N", help="events to learn from")
    cost.add_argument("--seconds", type=_positive, default=60, metavar="S", help="time spent on measuring")
    cost.set_defaults(verb=recommend_cost)
    asked = commands.add_parser("intents", help=intents.__doc__, description=intents.__doc__)
    add_intent_options(asked)
    asked.set_defaults(verb=intents)
    talk = commands.add_parser("dialogues", help=dialogues.__doc__, description=dialogues.__doc__)
    add_dialogue_options(talk)
    talk.set_defaults(verb=dialogues)
    loaded = commands.add_parser("loadtest", help=loadtest.__doc__, description=loadtest.__doc__)
    add_load_options(loaded)
    loaded.set_defaults(verb=loadtest)
    long = commands.add_parser("soak", help=soak.__doc__, description=soak.__doc__)
    long.add_argument("--minutes", type=float, default=30.0, metavar="M", help="how long (30)")
    long.add_argument("--users", type=_positive, default=20, metavar="N", help="users (20)")
    long.add_argument("--products", type=_positive, default=20_000, metavar="N", help="size of the catalogue")
    long.set_defaults(verb=soak)
    troubled = commands.add_parser("faults", help=faults.__doc__, description=faults.__doc__)
    troubled.add_argument("--seed", type=int, default=1, metavar="N", help="of the first run; the next has one more")
    troubled.add_argument("--runs", type=_positive, default=10, metavar="N", help="how many (10)")
    troubled.add_argument("--logs", type=Path, metavar="DIR", help="keep what the API and the consumer say there")
    troubled.set_defaults(verb=faults)
    checked = commands.add_parser("grounding", help=grounding.__doc__, description=grounding.__doc__)
    checked.add_argument("--answers", type=_positive, default=150, metavar="N", help="true answers of each writer")
    checked.add_argument("--seed", type=int, default=7, metavar="N", help="of all that is drawn")
    checked.set_defaults(verb=grounding)
    labelled = commands.add_parser("requests", help=requests.__doc__, description=requests.__doc__)
    labelled.add_argument("--file", type=Path, metavar="CSV", help="utterance, intent, entity_type, entity_value")
    labelled.set_defaults(verb=requests)
    waits = commands.add_parser("chat-overhead", help=chat_overhead.__doc__, description=chat_overhead.__doc__)
    waits.add_argument("--turns", type=_positive, default=150, metavar="N", help="messages to each writer (150)")
    waits.set_defaults(verb=chat_overhead)
    return top


def _takes_judged_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--judgments", type=Path, metavar="CSV", help="columns query, product_id, rating (0 to 3)")
    command.add_argument("--products", type=Path, metavar="FILE", help="the feed of the judged products")
    command.add_argument("--map", type=Path, metavar="YAML", help="its mapping file")


def _add_search(command: argparse.ArgumentParser) -> None:
    _takes_judged_data(command)
    command.add_argument("--url", metavar="URL", help="a shop that runs, instead of an index of the judged products")
    command.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="FILE|NAME:KEY=VALUE,..",
        help="a configuration; the first is what the others are compared with (default: lexical, hybrid)",
    )
    command.add_argument("--by", choices=RANKING_FIGURES, default="ndcg_condensed", help="figure of wins and losses")
    command.add_argument("--list", type=_positive, default=10, metavar="N", help="wins and losses that are listed")
    command.set_defaults(verb=search)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    top = parser()
    given = top.parse_args(arguments)
    if given.command in ("relevance", "search", "spelling", "learn-fusion"):
        feed = [given.products, given.map]
        if given.command == "search" and given.url:
            if any(feed):
                top.error("--url has its own products: leave out --products and --map")
        elif any([given.judgments, *feed]) and not all([given.judgments, *feed]):
            top.error("--judgments, --products and --map belong together")
    try:
        code: int = given.verb(given)
        return code
    except ValidationError as error:
        sys.stderr.write(f"{setting_problems(error)}\n")
        return USAGE
    except DataMissing as error:
        sys.stderr.write(f"{error}\n")
        return NO_DATA
    except (EvaluateError, EngineError, IngestError, EmbedError, RecommenderError) as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return INTERRUPTED


if __name__ == "__main__":
    # Of the process, so not for `main`; no setting is read here, as a wrong one is told by its command.
    logs.configure(ServiceSettings.model_construct(log_level="warning"))
    sys.exit(main())
