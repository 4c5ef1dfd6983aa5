"""Commands that measure recommendations and the conversation."""

import argparse
import asyncio
from pathlib import Path

from embed.load import text_embedder
from embed.settings import EmbedSettings
from evaluate.commands.options import DONE, FAILED, Commands, command, positive, tell
from evaluate.dialogues.measure import add_options as add_dialogue_options
from evaluate.intents.measure import add_options as add_intent_options
from evaluate.recommenders.command import add_options
from evaluate.settings import EvaluateSettings
from shop.dangers.model import DEFAULT


def recommenders(given: argparse.Namespace) -> int:
    """Measures every recommender on events that it has not seen, by full ranking."""
    from evaluate.recommenders.command import lines_of

    for line in lines_of(given):
        print(line)
    return DONE


def intents(given: argparse.Namespace) -> int:
    """Measures how well intents are learned from examples: cross-validated, and on a test file."""
    from evaluate.intents.measure import lines, measured_of, values

    measured = measured_of(given)
    tell(lines(measured), values(measured))
    return DONE


def dialogues(given: argparse.Namespace) -> int:
    """Holds scripted dialogues with a shop: how many go as they should, and how quickly. 1 where one does not."""
    from evaluate.dialogues.measure import lines, measure, values

    held = asyncio.run(measure(given))
    tell(lines(held), values(held))
    return FAILED if any(one.failures for one in held) else DONE


def requests(given: argparse.Namespace) -> int:
    """Reads the order numbers and intents of labelled support requests, by rules alone and as the conversation does."""
    from app.chat.reading.trained import TrainedReader
    from app.chat.reading.vectors import MessageVectors
    from evaluate.requests import measure as measured

    rows = measured.requests(given.file or EvaluateSettings().data / measured.FILE)
    sentences = text_embedder(EmbedSettings())
    found = measured.measure(rows, TrainedReader(MessageVectors(lambda: sentences)))
    tell(measured.lines(found), measured.values(found))
    return DONE


def dangers(given: argparse.Namespace) -> int:
    """What guardrails find of what no shop should answer, and what they stop wrongly: patterns, model, and both."""
    from app.chat.guardrails.learned import LearnedDangers
    from app.chat.reading.vectors import MessageVectors
    from evaluate.dangers.measure import HELD_OUT, held_out, lines, measure, ordinary, values

    messages, sentences = held_out(given.file or HELD_OUT), text_embedder(EmbedSettings())
    model = LearnedDangers(MessageVectors(lambda: sentences), given.model or DEFAULT)
    measured = measure(messages, ordinary(EvaluateSettings().data, given.every), model)
    tell(lines(measured), values(measured))
    return DONE


def knowledge(given: argparse.Namespace) -> int:
    """What documents answer rightly, and what though they do not hold it: held-out shops, others' requests."""
    from evaluate.knowledge.measure import HERE, libraries, lines, measure, requests, values
    from shop.knowledge.answering import model

    embedder = text_embedder(EmbedSettings())
    judge = model.load(given.model or model.DEFAULT, embedder.spec.id)
    others = requests(EvaluateSettings().data, given.every)
    measured = measure(judge, embedder, libraries(given.libraries or HERE), others)
    tell(lines(measured), values(measured))
    return DONE


def grounding(given: argparse.Namespace) -> int:
    """Puts falsehoods into true answers and counts what the checker lets through, and what it stops wrongly."""
    from evaluate.grounding.measure import lines, measure, values

    measured = measure(given.answers, given.seed)
    tell(lines(measured), values(measured))
    return DONE


def add_to(commands: Commands) -> None:
    """The commands with their options."""
    learned = command(commands, "recommenders", recommenders)
    add_options(learned)
    asked = command(commands, "intents", intents)
    add_intent_options(asked)
    talk = command(commands, "dialogues", dialogues)
    add_dialogue_options(talk)
    labelled = command(commands, "requests", requests)
    labelled.add_argument("--file", type=Path, metavar="CSV", help="utterance, intent, entity_type, entity_value")
    guarding = command(commands, "dangers", dangers)
    guarding.add_argument("--file", type=Path, metavar="JSONL", help="text, label, family (default: the held-out set)")
    guarding.add_argument("--model", type=Path, metavar="DIR", help="what train-dangers wrote (default: the product's)")
    guarding.add_argument("--every", type=positive, default=1, metavar="N", help="of others' requests each Nth (1)")
    known = command(commands, "knowledge", knowledge)
    known.add_argument("--libraries", type=Path, metavar="DIR", help="a folder a shop: its documents, questions.yaml")
    known.add_argument("--model", type=Path, metavar="DIR", help="what train-answers wrote (default: the product's)")
    known.add_argument("--every", type=positive, default=1, metavar="N", help="of others' requests each Nth (1)")
    checked = command(commands, "grounding", grounding)
    checked.add_argument("--answers", type=positive, default=150, metavar="N", help="true answers of each writer")
    checked.add_argument("--seed", type=int, default=7, metavar="N", help="of all that is drawn")
