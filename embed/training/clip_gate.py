"""May an exported CLIP model replace its original? Compared on captioned pictures, refused below a floor."""

from dataclasses import asdict, dataclass

from embed.base import Vectors
from embed.training.gate import nearest, overlap


@dataclass(frozen=True)
class ClipVectors:
    """What one model made of the same captions and pictures: (n, dims) each."""

    texts: Vectors
    pictures: Vectors


@dataclass(frozen=True)
class ClipAgreement:
    """How near an export is to its original.

    Cosines are between the two vectors of one text or picture. An overlap is the share of the ten nearest pictures
    that both models name: for captions, and for pictures (each finds itself, too). `same_tokens` is the share of
    texts that the shipped tokenizer reads as open_clip does.
    """

    text_cosine_mean: float
    text_cosine_min: float
    image_cosine_mean: float
    image_cosine_min: float
    text_to_image_overlap_at_10: float
    image_to_image_overlap_at_10: float
    same_tokens: float

    def as_dict(self) -> dict[str, float]:
        """Rounded to four places, for a manifest or a table."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


FLOOR = ClipAgreement(
    text_cosine_mean=0.99,
    text_cosine_min=0.96,
    image_cosine_mean=0.99,
    image_cosine_min=0.96,
    text_to_image_overlap_at_10=0.85,
    image_to_image_overlap_at_10=0.90,
    same_tokens=0.99,
)


def clip_agreement(original: ClipVectors, export: ClipVectors, *, same_tokens: float) -> ClipAgreement:
    """Compare two models by their vectors, rows in the same order; more than ten pictures are needed."""
    texts = (original.texts * export.texts).sum(1)
    pictures = (original.pictures * export.pictures).sum(1)
    similar = nearest(original.pictures, original.pictures), nearest(export.pictures, export.pictures)
    found = nearest(original.texts, original.pictures), nearest(export.texts, export.pictures)
    return ClipAgreement(
        text_cosine_mean=float(texts.mean()),
        text_cosine_min=float(texts.min()),
        image_cosine_mean=float(pictures.mean()),
        image_cosine_min=float(pictures.min()),
        text_to_image_overlap_at_10=overlap(*found),
        image_to_image_overlap_at_10=overlap(*similar),
        same_tokens=same_tokens,
    )


def clip_shortfalls(measured: ClipAgreement, floor: ClipAgreement = FLOOR) -> list[str]:
    """What is below the floor, a line each; empty where the export may be used."""
    values = asdict(measured)
    # `not >=` and not `<`: what is not a number is below, too.
    return [
        f"{name} is {values[name]:.4f}, below the floor of {least}"
        for name, least in asdict(floor).items()
        if not values[name] >= least
    ]
