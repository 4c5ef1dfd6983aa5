"""The two towers of an open_clip model as ONNX, each on its own, their vectors of length one."""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import onnx
import torch

OPSET = 18
# A file of this format cannot be larger than 2 GB; a little is left for what is not weights.
MOST_BYTES = 2_000_000_000


class TooLarge(ValueError):
    """The tower does not fit into one ONNX file; the message says which and how large."""


def reads_padding(module: Any) -> bool:  # noqa: ANN401 - torch is not typed here
    """Whether a text's vector depends on the padding behind it.

    It does not where tokens see only those before them and the vector is read at the end-of-text token: then
    what follows may be left out, and most of the work with it.
    """
    text = getattr(module, "text", module)
    pooling = getattr(text, "pool_type", None) or getattr(text, "text_pool_type", None)
    causal = getattr(text, "attn_mask", None) is not None and hasattr(text, "positional_embedding")
    return not (causal and pooling == "argmax" and getattr(text, "cls_emb", None) is None)


class TextTower(torch.nn.Module):  # type: ignore[misc, unused-ignore]
    """ids (n, context) -> vectors (n, dims)."""

    def __init__(self, module: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.module = module

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(self.module.encode_text(ids), dim=-1)


class CausalTextTower(torch.nn.Module):  # type: ignore[misc, unused-ignore]
    """ids (n, tokens), as many tokens as the longest text has -> vectors (n, dims)."""

    def __init__(self, module: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.text = getattr(module, "text", module)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        text, tokens = self.text, ids.shape[1]
        x = text.token_embedding(ids) + text.positional_embedding[:tokens]
        x = text.ln_final(text.transformer(x, attn_mask=text.attn_mask[:tokens, :tokens]))
        # The end-of-text token has the highest number.
        x = x[torch.arange(x.shape[0], device=x.device), ids.argmax(dim=-1)]
        projection = text.text_projection
        if isinstance(projection, torch.nn.Linear):
            x = projection(x)
        elif projection is not None:
            x = x @ projection
        return torch.nn.functional.normalize(x, dim=-1)


class ImageTower(torch.nn.Module):  # type: ignore[misc, unused-ignore]
    """pixels (n, 3, height, width) -> vectors (n, dims)."""

    def __init__(self, module: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.module = module

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(self.module.encode_image(pixels), dim=-1)


def text_tower(module: Any, ids: torch.Tensor) -> onnx.ModelProto:  # noqa: ANN401
    """The text tower; `ids` (2, context) is an example, cut short where the tower takes any length."""
    if reads_padding(module):
        return _exported(TextTower(module), ids, "ids", {0: torch.export.Dim.DYNAMIC})
    short = ids[:, : min(8, ids.shape[1])]
    return _exported(CausalTextTower(module), short, "ids", dict.fromkeys((0, 1), torch.export.Dim.DYNAMIC))


def image_tower(module: Any, height: int, width: int) -> onnx.ModelProto:  # noqa: ANN401
    """The image tower."""
    example = torch.zeros(2, 3, height, width)
    return _exported(ImageTower(module), example, "pixels", {0: torch.export.Dim.DYNAMIC})


def _exported(tower: torch.nn.Module, example: torch.Tensor, name: str, free: dict[int, Any]) -> onnx.ModelProto:
    size = sum(weight.numel() * weight.element_size() for weight in _weights(tower))
    if size > MOST_BYTES:
        raise TooLarge(
            f"the tower of {name} has {size / 1e9:.1f} GB of weights; at most {MOST_BYTES / 1e9:.1f} can be exported"
        )
    with _plain_attention(), torch.inference_mode(), warnings.catch_warnings():
        # The exporter warns of its own future.
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            tower.eval(),
            (example,),
            dynamo=True,
            opset_version=OPSET,
            dynamic_shapes=(free,),
            input_names=[name],
            output_names=["vectors"],
            verbose=False,
        )
    model: onnx.ModelProto = program.model_proto
    # Traces of where each node comes from: a third of a small file, and paths of this machine.
    for part in (model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    del model.graph.value_info[:]
    return model


def _weights(tower: torch.nn.Module) -> Iterator[torch.Tensor]:
    """Weights that the tower uses: of a whole model it holds both towers."""
    for name, weight in tower.named_parameters():
        if isinstance(tower, ImageTower) == (".visual." in name):
            yield weight


@contextlib.contextmanager
def _plain_attention() -> Iterator[None]:
    """Attention as the operations that it consists of: torch's one-piece kernel has no ONNX form."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)
