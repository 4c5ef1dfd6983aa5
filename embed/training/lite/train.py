"""Training of the heads: captions drawn at random; every picture of which a caption is true counts as right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch

from embed.training.lite.captions import CaptionTable
from embed.training.lite.classes import CLASSES
from embed.training.lite.data import Item
from embed.training.lite.familiar import doubt
from embed.training.lite.heads import PictureHead, TextHead

Array = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """How long and how hard. `shares` is the part of a batch that each source gets.

    `dropout` and `alone` are those of PictureHead. `alike` weighs the second aim: that pictures of one type, and
    of one type, colour and gender, lie together. `doubt` is how much more the classes' way counts, when all is done,
    for pictures unlike those of the training: more finds what was never shown (the weights' README has the table).
    """

    epochs: int = 32
    batch: int = 1024
    rate: float = 2e-3
    decay: float = 0.05
    temperature: float = 0.05
    hidden: int = 1024
    dropout: float = 0.2
    alone: float = 0.15
    doubt: float = 2.0
    alike: float = 0.4
    shares: Mapping[str, float] = field(
        default_factory=lambda: {"fashion": 0.62, "renders": 0.2, "magento": 0.03, "catalogue": 0.07, "classes": 0.08}
    )


@dataclass(frozen=True)
class Material:
    """What is learned from, row by row: items, their components (n, size) and class mixtures (n, 384)."""

    items: Sequence[Item]
    components: torch.Tensor
    mixtures: torch.Tensor


@dataclass(frozen=True)
class Trained:
    """The two heads after training."""

    text: TextHead
    picture: PictureHead


def train(material: Material, table: CaptionTable, sentences: torch.Tensor, plan: Plan, seed: int) -> Trained:
    """Train both heads. `sentences` (m, 384) are the vectors of `table.texts`. Equal seeds give equal heads."""
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    text = TextHead(sentences.shape[1])
    head = PictureHead(material.components.shape[1], plan.hidden, plan.dropout, plan.alone)
    warmth = torch.nn.Parameter(torch.tensor(-float(np.log(plan.temperature))))
    optimizer = torch.optim.AdamW(
        [{"params": [*head.parameters(), *text.parameters()]}, {"params": [warmth], "weight_decay": 0.0}],
        lr=plan.rate,
        weight_decay=plan.decay,
    )
    steps = max(2, plan.epochs * len(material.items) // plan.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.rate, total_steps=steps, pct_start=0.1)
    groups = _groups(material.items)
    batches = _Batches(material.items, plan)
    for _ in range(steps):
        places = batches.draw(generator)
        drawn = table.draw(places, generator)
        rows = torch.from_numpy(places)
        pictures = head(material.components[rows], material.mixtures[rows], text)
        said = text(sentences[torch.from_numpy(table.text_of[drawn])])
        scale = warmth.clamp(max=4.6).exp()
        true = torch.from_numpy(table.true_of(drawn, places)).float()
        logits = said @ pictures.T * scale
        loss = spread(logits, true) + spread(logits.T, true.T)
        if plan.alike:
            loss = loss + plan.alike * _alike(pictures, [group[places] for group in groups], scale / 2)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
        optimizer.step()
        schedule.step()
    # Rows without a picture are no pictures that could be familiar.
    shown = torch.tensor([item.source != CLASSES for item in material.items])
    head.doubt = doubt(head, material.components[shown], plan.doubt)
    return Trained(text.eval(), head.eval())


def spread(logits: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """Cross entropy of each row against an even spread over all that is true of it; rows need one truth at least."""
    return -(logits.log_softmax(1) * true / true.sum(1, keepdim=True)).sum(1).mean()


def _alike(pictures: torch.Tensor, groups: Sequence[Places], scale: torch.Tensor) -> torch.Tensor:
    """Pictures of a group against all others, the mean over the groupings."""
    itself = torch.eye(len(pictures), dtype=torch.bool)
    logits = (pictures @ pictures.T * scale).masked_fill(itself, -30.0)
    losses = []
    for group in groups:
        same = torch.from_numpy(group[:, None] == group[None]).float().masked_fill(itself, 0.0)
        some = same.sum(1) > 0
        losses.append(spread(logits[some], same[some]))
    return torch.stack(losses).mean()


def _groups(items: Sequence[Item]) -> list[Places]:
    kinds: dict[object, int] = {}
    looks: dict[object, int] = {}
    by_kind = [kinds.setdefault(item.types[0], len(kinds)) for item in items]
    by_look = [looks.setdefault((item.types[0], item.color, item.gender), len(looks)) for item in items]
    return [np.array(by_kind), np.array(by_look)]


class _Batches:
    """Draws a batch in which every source has its share, whatever its size."""

    def __init__(self, items: Sequence[Item], plan: Plan) -> None:
        sources = np.array([item.source for item in items])
        members = {name: np.flatnonzero(sources == name) for name in plan.shares}
        self._members = {name: found for name, found in members.items() if len(found)}
        total = sum(plan.shares[name] for name in self._members)
        self._sizes = {name: max(1, round(plan.batch * plan.shares[name] / total)) for name in self._members}

    def draw(self, generator: np.random.Generator) -> Places:
        return np.concatenate(
            [
                generator.choice(found, self._sizes[name], replace=len(found) < self._sizes[name])
                for name, found in self._members.items()
            ]
        )
