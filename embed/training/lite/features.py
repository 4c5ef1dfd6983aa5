"""The frozen picture tower's outputs, computed once and kept: training reads these, never the pictures."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch

from embed.onnx import session_options
from embed.pictures import pixels
from embed.training.lite.data import Item
from embed.training.lite.export import picture_graph
from embed.training.lite.tower import SIDE, PictureTower

Array = npt.NDArray[np.float32]


class TowerSession:
    """The tower as serving runs it, on onnxruntime; `folder` keeps the graph and the outputs."""

    def __init__(self, tower: PictureTower, folder: Path, *, threads: int = 2) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._threads = threads
        graph = folder / "tower.onnx"
        if not graph.is_file():
            onnx.save(picture_graph(tower), graph)
        content = graph.read_bytes()
        self._stamp = hashlib.sha256(content).hexdigest()[:12]
        options = session_options()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def pooled(self, source: str, items: Sequence[Item], say: Callable[[str], None]) -> Array:
        """Outputs of `items`, (len(items), size), float32 kept as float16; from the folder where they are there."""
        key = hashlib.sha256("\n".join([self._stamp, *(item.id for item in items)]).encode()).hexdigest()[:12]
        path = self._folder / f"{source}-{key}.npy"
        if not path.is_file():
            say(f"{source}: {len(items)} pictures through the tower")
            with ThreadPoolExecutor(self._threads) as workers:
                rows = list(workers.map(self._row, items))
            np.save(path, np.stack(rows).astype(np.float16))
        return np.asarray(np.load(path), np.float32)

    def _row(self, item: Item) -> Array:
        square = pixels(item.content(), SIDE)[None]
        row: Array = self._session.run(None, {"pixels": square})[0][0]
        return row


@dataclass(frozen=True)
class Projection:
    """Principal components of the standardised outputs: x -> clip((x - mean) / deviation) @ axes."""

    mean: Array
    deviation: Array
    axes: Array
    """(size, components), each component divided by the root of its deviation: half way to equal weights."""

    def __call__(self, pooled: Array) -> Array:
        """(n, size) to (n, components)."""
        return np.asarray(np.clip((pooled - self.mean) / self.deviation, -6, 6) @ self.axes, np.float32)


def projection(pooled: Array, weights: Array, components: int) -> Projection:
    """Fit on the rows of `pooled`, weighted; a row of a small source counts more than one of a large."""
    share = (weights / weights.sum())[:, None]
    mean = (pooled * share).sum(0)
    deviation = np.sqrt(((pooled - mean) ** 2 * share).sum(0)) + np.float32(1e-4)
    standard = np.clip((pooled - mean) / deviation, -6, 6)
    covariance = torch.from_numpy((standard * share).T @ standard)
    values, vectors = torch.linalg.eigh(covariance)
    values, vectors = values[-components:].flip(0), vectors[:, -components:].flip(1)
    axes = vectors / values.clamp(min=1.0).sqrt().sqrt() * 2
    return Projection(mean.astype(np.float32), deviation.astype(np.float32), axes.numpy().astype(np.float32))
