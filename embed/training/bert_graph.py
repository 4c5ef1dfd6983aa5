"""A BERT sentence encoder written straight into ONNX, with int8 matrix products that are exact per row.

Why not an exporter followed by a quantiser: dynamic quantisation as tools apply it takes ONE scale for the
activations of a whole batch, so that a text's vector depends on the texts beside it (cosine down to .985
between batches) and one large value coarsens every row. Here each token row has its own scale:

    row scale s = max|x| / 127          q = round(x / s) + 128 as uint8
    y = s * (q - 128) @ Wq * column scale

which costs as much as the tools' form, loses less than half as much, and makes a vector independent of its batch.
The steps around the products (attention, GELU with bias) are the fused kernels of onnxruntime.

Weights keep every sum of two neighbouring products inside 16 bits (`quantise_columns`), since CPUs without
VNNI add uint8 x int8 pairs in saturating 16-bit registers (so by arithmetic; measured with VNNI only).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float32]

MICROSOFT = "com.microsoft"
OPSET = 18
# GELU is never below -0.17: shifted by that much its values use all 255 steps of an unsigned byte.
GELU_SHIFT = 0.17


@dataclass(frozen=True)
class BertShape:
    """The sizes of a BERT encoder, from the model's config.json."""

    hidden: int
    layers: int
    heads: int
    eps: float
    max_tokens: int


def sentence_encoder(weights: Mapping[str, Float], shape: BertShape) -> onnx.ModelProto:
    """ONNX model: (input_ids, attention_mask) int64 (batch, tokens) -> vectors float32 (batch, hidden).

    `weights` are named as in a Hugging Face BertModel. Pooling is the mean over unmasked tokens, then L2.
    """
    return _EncoderGraph(weights, shape).build()


def quantise_rows(table: Float) -> tuple[npt.NDArray[np.int8], Float]:
    """int8 rows and their scales (n, 1), symmetric: table ~ rows * scales."""
    scale = np.abs(table).max(axis=1, keepdims=True) / 127.0
    scale = np.where(scale == 0, 1.0, scale).astype(np.float32)
    return np.clip(np.round(table / scale), -127, 127).astype(np.int8), scale


def quantise_columns(weight: Float) -> tuple[npt.NDArray[np.int8], Float]:
    """int8 form of a (out, in) weight and one scale per output, shape (out,), free of 16-bit saturation.

    The scale is the smallest for which 255 * (w[2k] + w[2k+1]) fits into a signed 16-bit number.
    """
    pairs = weight.reshape(weight.shape[0], -1, 2)
    same_sign = np.maximum(np.clip(pairs, 0, None).sum(2), np.clip(-pairs, 0, None).sum(2)).max(axis=1)
    scale = (np.maximum(np.abs(weight).max(axis=1), same_sign) / 127.0).astype(np.float32)
    scale = np.where(scale == 0, np.float32(1), scale)
    return np.clip(np.round(weight / scale[:, None]), -127, 127).astype(np.int8), scale


class _EncoderGraph:
    def __init__(self, weights: Mapping[str, Float], shape: BertShape) -> None:
        self._weights = weights
        self._shape = shape
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    # -- building blocks

    def _constant(self, name: str, value: Array) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def _axis(self, value: int) -> str:
        return self._constant(f"axis_{value}", np.array([value], np.int64))

    def _float(self, name: str, value: float) -> str:
        return self._constant(name, np.array(value, np.float32))

    def _op(self, kind: str, *inputs: str, **attributes: int | float | str) -> str:
        return self._ops(kind, inputs, 1, **attributes)[0]

    def _ops(self, kind: str, inputs: tuple[str, ...], outputs: int, **attributes: int | float | str) -> list[str]:
        name = f"{kind}_{len(self._nodes)}"
        names = [f"{name}_{i}" for i in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, name=name, **attributes))
        return names

    def _layer_norm(self, x: str, prefix: str) -> str:
        gain = self._constant(prefix + "weight", self._weights[prefix + "weight"])
        bias = self._constant(prefix + "bias", self._weights[prefix + "bias"])
        return self._op("LayerNormalization", x, gain, bias, axis=-1, epsilon=self._shape.eps)

    def _add_and_norm(self, x: str, residual: str, bias: Float, prefix: str) -> str:
        # Plain additions: onnxruntime's fused SkipLayerNormalization takes 2.5 times as long on CPU.
        biased = self._op("Add", x, self._constant(prefix + "skip_bias", bias))
        return self._layer_norm(self._op("Add", biased, residual), prefix)

    def _linear(self, x: str, weight: Float, name: str, *, unsigned: bool = False) -> tuple[str, Float]:
        """x (1, rows, in) times weight.T in int8; also the sum of each output's int8 weights, as floats."""
        # GlobalMaxPool is the vectorised row maximum; ReduceMax takes six times as long.
        peak = self._op("GlobalMaxPool", x if unsigned else self._op("Abs", x))
        steps = 255 if unsigned else 127
        scale = self._op("Mul", peak, self._float(f"one_{steps}th", 1 / steps))
        zeros, zero = ("zeros_u", "zero_u") if unsigned else ("zeros_s", "zero_s")
        row_scale = self._op("Reshape", scale, self._axis(-1))
        quantised = self._op("QuantizeLinear", x, row_scale, zeros, axis=1)
        columns, column_scale = quantise_columns(weight)
        product = self._op(
            "MatMulIntegerToFloat",
            quantised,
            self._constant(name, columns.T),
            self._float("one", 1.0),
            self._constant(name + "_scale", column_scale),
            zero,
            self._constant("zero_w", np.array(0, np.int8)),
            domain=MICROSOFT,
        )
        sums = (columns.astype(np.float32) * column_scale[:, None]).sum(axis=1)
        return self._op("Mul", product, scale), sums.astype(np.float32)

    # -- the encoder

    def build(self) -> onnx.ModelProto:
        x = self._embeddings()
        batch_shape = self._op("Concat", self._op("Shape", "input_ids"), self._axis(-1), axis=0)
        # One row a token, in one "image" with the rows as channels: what GlobalMaxPool reads.
        x = self._op("Reshape", x, self._constant("rows", np.array([1, -1, self._shape.hidden], np.int64)))
        self._zero_points(x)
        mask = self._op("Cast", "attention_mask", to=TensorProto.INT32)
        for layer in range(self._shape.layers):
            prefix = f"encoder.layer.{layer}."
            x = self._attention(x, prefix, batch_shape, mask)
            x = self._feed_forward(x, prefix)
        self._pool(self._op("Reshape", x, batch_shape))
        return self._model()

    def _embeddings(self) -> str:
        prefix = "embeddings."
        rows, scales = quantise_rows(self._weights[prefix + "word_embeddings.weight"])
        words = self._op("Gather", self._constant("words", rows), "input_ids")
        word_scale = self._op("Gather", self._constant("word_scales", scales), "input_ids")
        words = self._op("Mul", self._op("Cast", words, to=TensorProto.FLOAT), word_scale)
        positions = self._weights[prefix + "position_embeddings.weight"][: self._shape.max_tokens]
        positions = positions + self._weights[prefix + "token_type_embeddings.weight"][0]
        length = self._op("Shape", "input_ids", start=1, end=2)
        table = self._constant("positions", positions)
        here = self._op("Slice", table, self._axis(0), length, self._axis(0))
        return self._layer_norm(self._op("Add", words, here), prefix + "LayerNorm.")

    def _zero_points(self, x: str) -> None:
        rows = self._op("Shape", x, start=1, end=2)
        for name, value in (("u", 0), ("s", 128)):
            zero = self._constant(f"zero_{name}", np.array(value, np.uint8))
            self._nodes.append(helper.make_node("Expand", [zero, rows], [f"zeros_{name}"]))

    def _attention(self, x: str, prefix: str, batch_shape: str, mask: str) -> str:
        names = [f"{prefix}attention.self.{part}." for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[name + "weight"] for name in names])
        bias = np.concatenate([self._weights[name + "bias"] for name in names])
        product, _ = self._linear(x, weight, prefix + "qkv")
        parts = self._ops("Split", (self._op("Reshape", product, batch_shape),), 3, axis=-1, num_outputs=3)
        context = self._op(
            "MultiHeadAttention",
            *parts,
            self._constant(prefix + "qkv_bias", bias),
            mask,
            domain=MICROSOFT,
            num_heads=self._shape.heads,
        )
        output = f"{prefix}attention.output."
        context = self._op("Reshape", context, "rows")
        y, _ = self._linear(context, self._weights[output + "dense.weight"], output + "q")
        return self._add_and_norm(y, x, self._weights[output + "dense.bias"], output + "LayerNorm.")

    def _feed_forward(self, x: str, prefix: str) -> str:
        inner, output = prefix + "intermediate.dense.", prefix + "output."
        y, _ = self._linear(x, self._weights[inner + "weight"], inner + "q")
        bias = self._constant(inner + "bias", self._weights[inner + "bias"])
        y = self._op("BiasGelu", y, bias, domain=MICROSOFT)
        y = self._op("Add", y, self._float("gelu_shift", GELU_SHIFT))
        y, sums = self._linear(y, self._weights[output + "dense.weight"], output + "q", unsigned=True)
        bias_out = self._weights[output + "dense.bias"] - np.float32(GELU_SHIFT) * sums
        return self._add_and_norm(y, x, bias_out, output + "LayerNorm.")

    def _pool(self, x: str) -> None:
        mask = self._op("Unsqueeze", self._op("Cast", "attention_mask", to=TensorProto.FLOAT), self._axis(2))
        total = self._op("ReduceSum", self._op("Mul", x, mask), self._axis(1), keepdims=0)
        # The mean and the sum have the same direction, so the division by the count is left out.
        norm = self._op("ReduceL2", total, self._axis(1), keepdims=1)
        self._nodes.append(helper.make_node("Div", [total, norm], ["vectors"], name="vectors"))

    def _model(self) -> onnx.ModelProto:
        tokens = ["batch", "tokens"]
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, tokens) for name in ("input_ids", "attention_mask")
        ]
        size = ["batch", self._shape.hidden]
        outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, size)]
        graph = helper.make_graph(self._nodes, "sentence_encoder", inputs, outputs, list(self._constants.values()))
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        onnx.checker.check_model(model)
        return model
