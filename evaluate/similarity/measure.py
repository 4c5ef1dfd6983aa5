"""The scales of the models that serve, fitted and told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embed.load import lite_embedder, text_embedder
from embed.settings import EmbedSettings
from embed.similarity import BUNDLED_SCALES
from evaluate.similarity.fit import Fitted, fitted
from evaluate.similarity.pairs import of_pictures, of_texts

SHOWN = (0.5, 0.7, 0.9)


@dataclass(frozen=True)
class Measured:
    """One model's fit: `model` is its id, `what` it compares."""

    model: str
    what: str
    fit: Fitted


def measure(folder: Path) -> list[Measured]:
    """Texts by the sentence model, pictures by the model that comes with the product. Raises DataMissing."""
    settings = EmbedSettings()
    texts, pictures = text_embedder(settings), lite_embedder(settings)
    return [
        Measured(texts.spec.id, "texts", fitted(of_texts(texts, folder))),
        Measured(pictures.spec.id, "pictures", fitted(of_pictures(pictures, folder))),
    ]


def lines(measured: list[Measured]) -> list[str]:
    """A paragraph a model."""
    told = []
    for m in measured:
        at = ", ".join(f"{share:.0%} at {m.fit.scale.cosine(share):.3f}" for share in SHOWN)
        told.append(f"{m.model} ({m.what}): same kind {at}")
        told += [f"  off by {error:.3f} on {name}, fitted on the others" for name, error in m.fit.held_out.items()]
    return told


def values(measured: list[Measured]) -> dict[str, Any]:
    """The figures by model."""
    return {
        m.model: {"slope": m.fit.scale.slope, "offset": m.fit.scale.offset, "held_out_error": m.fit.held_out}
        for m in measured
    }


def write(measured: list[Measured]) -> None:
    """Replaces the file that serving reads."""
    scales = {
        model: {"slope": round(v["slope"], 4), "offset": round(v["offset"], 4)} for model, v in values(measured).items()
    }
    told = "Fitted by `python -m evaluate similarity --write`; see docs/explain/similarity.md."
    BUNDLED_SCALES.write_text(json.dumps({"about": told, "scales": scales}, indent=2) + "\n", encoding="utf-8")
