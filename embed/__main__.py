"""`python -m embed info` checks the models that the settings name; `python -m embed text WORDS...` embeds texts;
`python -m embed export` writes an open_clip model as one that needs no torch; `python -m embed train` trains
shopscout-lite anew.

Exit codes: 0 all is well, 1 the model is missing, corrupt or refused, 2 the command or its data is wrong.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence

from embed.errors import EmbedError
from embed.export import add_arguments, export
from embed.load import bundled_models, clip_embedder, model_folder, text_embedder
from embed.manifest import read_file, read_manifest
from embed.settings import EmbedSettings


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m embed", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("info", help="models, their dims and whether their files are sound")
    text = commands.add_parser("text", help="embed texts: timing, and their cosines to the first")
    text.add_argument("texts", nargs="+")
    text.add_argument("--json", action="store_true", help="print model and vectors as JSON instead")
    add_arguments(commands.add_parser("export", help="an open_clip model to a folder that serving reads without torch"))
    commands.add_parser("train", help="train shopscout-lite (`--help`: its own options)", add_help=False)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    top = parser()
    options, more = top.parse_known_args(arguments)
    if options.command == "train":
        return _train(more)
    if more:
        top.error(f"unrecognized arguments: {' '.join(more)}")
    settings = EmbedSettings()
    try:
        if options.command == "info":
            return _info(settings)
        if options.command == "export":
            return export(options, settings, lambda line: print(line, flush=True))
        return _text(settings, options.texts, as_json=options.json)
    except EmbedError as error:
        print(error, file=sys.stderr)
        return 1


def _train(arguments: Sequence[str]) -> int:
    try:
        # Here, as it needs what serving does without.
        from embed.training.lite.__main__ import main as train
    except ImportError as error:
        print(f"{error.name} is missing: pip install '.[clip]' timm", file=sys.stderr)
        return 1
    return train(arguments)


def _info(settings: EmbedSettings) -> int:
    chosen = settings.text_model
    names = dict.fromkeys([*bundled_models(), *([] if chosen == "none" else [chosen])])
    sound = True
    for name in names:
        mark = "*" if name == chosen else " "
        folder = model_folder(name)
        try:
            manifest = read_manifest(folder)
            size = sum(len(read_file(folder, manifest, file)) for file in manifest.files)
        except EmbedError as error:
            print(f"{mark} {name}: {error}")
            sound = sound and name != chosen
            continue
        spec = manifest.spec
        kinds = ", ".join(sorted(spec.modalities))
        print(f"{mark} {name}: {spec.id}, {spec.dims} dims, {kinds}, {size / 1e6:.1f} MB, files sound")
        print(f"    {manifest.licence}; {manifest.source}")
    if chosen == "none":
        print("SHOPSCOUT_TEXT_MODEL is `none`: searches use words alone.")
    return 0 if _clip_info(settings) and sound else 1


def _clip_info(settings: EmbedSettings) -> bool:
    if settings.clip_model == "none":
        return True
    try:
        spec = clip_embedder(settings).spec
    except EmbedError as error:
        print(f"* {settings.clip_model}: {error}")
        return False
    print(f"* {settings.clip_model}: {spec.id}, {spec.dims} dims, {', '.join(sorted(spec.modalities))}, sound")
    return True


def _text(settings: EmbedSettings, texts: Sequence[str], *, as_json: bool) -> int:
    started = time.perf_counter()
    embedder = text_embedder(settings)
    loaded = time.perf_counter()
    vectors = embedder.embed_texts(texts)
    done = time.perf_counter()
    if as_json:
        print(json.dumps({"model": embedder.spec.id, "vectors": vectors.tolist()}))
        return 0
    for text, vector in zip(texts, vectors, strict=True):
        head = " ".join(f"{value:+.3f}" for value in vector[:6])
        print(f"{float(vector @ vectors[0]):+.3f}  [{head} ...]  {text[:70]}")
    print(f"{embedder.spec.id}: loaded in {1e3 * (loaded - started):.0f} ms, ", end="")
    print(f"{len(texts)} texts in {1e3 * (done - loaded):.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
