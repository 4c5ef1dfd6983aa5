"""The matrix products of any exported tower in int8, with a scale for every row (a token, a patch).

The same products as in embed/training/bert_graph.py, put into a graph that torch.onnx wrote: every MatMul and Gemm
by a constant matrix becomes QuantizeLinear with one scale a row, MatMulIntegerToFloat with one scale a column, and
a multiplication. Large tables that rows are looked up in become int8 with a scale a row. Convolutions and
attention stay in float32.

Measured on ViT-B-32's shape, one thread (milliseconds, cosine to float32, difference of a vector alone and in a
batch), beside what onnxruntime's quantisers make:

                       text, 8 tokens          one picture
    float32            15.6                    66
    this               7.4  .9991   0          29   .9998  0
    quantize_dynamic   6.4  .9994   5.7e-3     24   .9999  2.7e-3
    MatMulNBits, 8     8.1  .9998   0          55   .9999  0

quantize_dynamic takes one scale a batch, so that a vector depends on its neighbours: an embedder must not.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from embed.training.bert_graph import MICROSOFT, Array, Float, quantise_columns, quantise_rows

# Smaller matrices gain nothing; smaller tables are positions, whose precision costs next to nothing.
_LEAST_SIDE = 64
_LEAST_TABLE = 1024
# An all-zero row would divide by zero.
_TINIEST_SCALE = 1e-20


def in_int8(model: onnx.ModelProto) -> onnx.ModelProto:
    """`model` with its matrix products and tables in int8; what it takes and gives is unchanged."""
    return _Rewriting(model).result()


class _Rewriting:
    def __init__(self, model: onnx.ModelProto) -> None:
        self._source = model
        self._weights = {tensor.name: tensor for tensor in model.graph.initializer}
        self._constants: dict[str, onnx.TensorProto] = {}
        self._nodes: list[onnx.NodeProto] = []
        self._products = 0

    def result(self) -> onnx.ModelProto:
        for node in self._source.graph.node:
            matrix = self._matrix(node)
            if matrix is not None:
                self._product(node, matrix)
            elif self._is_lookup(node):
                self._lookup(node)
            else:
                self._nodes.append(node)
        return self._model()

    # -- what is rewritten

    def _matrix(self, node: onnx.NodeProto) -> Float | None:
        """The constant (in, out) matrix of a product that is worth it."""
        if node.op_type not in ("MatMul", "Gemm") or node.input[1] not in self._weights:
            return None
        options = _options(node)
        if options.get("transA") or options.get("alpha", 1) != 1 or options.get("beta", 1) != 1:
            return None
        tensor = self._weights[node.input[1]]
        if len(tensor.dims) != 2 or tensor.data_type != TensorProto.FLOAT or min(tensor.dims) < _LEAST_SIDE:
            return None
        matrix: Float = numpy_helper.to_array(tensor)
        matrix = matrix.T if options.get("transB") else matrix
        # quantise_columns reads pairs of inputs.
        return matrix if matrix.shape[0] % 2 == 0 else None

    def _is_lookup(self, node: onnx.NodeProto) -> bool:
        table = self._weights.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or table.data_type != TensorProto.FLOAT or _options(node).get("axis", 0) != 0:
            return False
        return len(table.dims) == 2 and table.dims[0] >= _LEAST_TABLE

    # -- what it becomes

    def _product(self, node: onnx.NodeProto, matrix: Float) -> None:
        self._products += 1
        name = f"int8_{self._products}"
        inputs, outputs = matrix.shape
        last = self._constant("int8_last", np.array([-1], np.int64))
        rows_shape = self._constant(f"int8_rows_{inputs}", np.array([1, -1, inputs], np.int64))
        shape = self._op("Shape", node.input[0], to=f"{name}_shape")
        lead = self._op("Slice", shape, self._constant("int8_first", np.array([0], np.int64)), last, to=f"{name}_lead")
        rows = self._op("Reshape", node.input[0], rows_shape, to=f"{name}_rows")
        quantised, scale = self._quantised(rows, name)
        columns, column_scale = quantise_columns(np.ascontiguousarray(matrix.T))
        product = self._op(
            "MatMulIntegerToFloat",
            quantised,
            self._constant(f"{name}_weight", columns.T),
            self._constant("int8_one", np.array(1, np.float32)),
            self._constant(f"{name}_weight_scale", column_scale),
            self._constant("int8_middle", np.array(128, np.uint8)),
            self._constant("int8_zero", np.array(0, np.int8)),
            to=f"{name}_product",
            domain=MICROSOFT,
        )
        result = self._op("Mul", product, scale, to=f"{name}_scaled")
        if node.op_type == "Gemm" and len(node.input) > 2:
            result = self._op("Add", result, node.input[2], to=f"{name}_biased")
        width = self._constant(f"int8_width_{outputs}", np.array([outputs], np.int64))
        full = self._op("Concat", lead, width, to=f"{name}_full_shape", axis=0)
        self._op("Reshape", result, full, to=node.output[0])

    def _quantised(self, rows: str, name: str) -> tuple[str, str]:
        """(1, rows, in) in uint8 around 128, and the scale of each row, (1, rows, 1)."""
        last = self._constant("int8_last", np.array([-1], np.int64))
        # GlobalMaxPool is the vectorised row maximum; ReduceMax takes six times as long.
        peak = self._op("GlobalMaxPool", self._op("Abs", rows, to=f"{name}_abs"), to=f"{name}_peak")
        step = self._constant("int8_step", np.array(1 / 127, np.float32))
        scale = self._op("Mul", peak, step, to=f"{name}_raw_scale")
        scale = self._op("Max", scale, self._constant("int8_tiny", np.float32(_TINIEST_SCALE)), to=f"{name}_scale")
        row_scale = self._op("Reshape", scale, last, to=f"{name}_row_scale")
        count = self._op("Shape", row_scale, to=f"{name}_count")
        middle = self._constant("int8_middle", np.array(128, np.uint8))
        middles = self._op("Expand", middle, count, to=f"{name}_middles")
        return self._op("QuantizeLinear", rows, row_scale, middles, to=f"{name}_quantised", axis=1), scale

    def _lookup(self, node: onnx.NodeProto) -> None:
        name = f"int8_{node.input[0]}"
        rows, scales = quantise_rows(numpy_helper.to_array(self._weights[node.input[0]]))
        found = self._op("Gather", self._constant(f"{name}_rows", rows), node.input[1], to=f"{node.output[0]}_int8")
        scale = self._op("Gather", self._constant(f"{name}_scales", scales), node.input[1], to=f"{node.output[0]}_s")
        found = self._op("Cast", found, to=f"{node.output[0]}_float", cast_to=TensorProto.FLOAT)
        self._op("Mul", found, scale, to=node.output[0])

    # -- building blocks

    def _constant(self, name: str, value: Array | np.float32) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name)
        return name

    def _op(self, kind: str, *inputs: str, to: str, domain: str = "", cast_to: int = 0, **options: int) -> str:
        if cast_to:
            options["to"] = cast_to
        self._nodes.append(helper.make_node(kind, list(inputs), [to], name=to, domain=domain, **options))
        return to

    def _model(self) -> onnx.ModelProto:
        graph = self._source.graph
        used = {name for node in self._nodes for name in node.input}
        kept = [tensor for name, tensor in self._weights.items() if name in used]
        result = helper.make_model(
            helper.make_graph(self._nodes, graph.name, graph.input, graph.output, [*kept, *self._constants.values()]),
            opset_imports=[
                *(opset for opset in self._source.opset_import if opset.domain != MICROSOFT),
                helper.make_opsetid(MICROSOFT, 1),
            ],
            ir_version=self._source.ir_version,
            functions=self._source.functions,
        )
        onnx.checker.check_model(result)
        return result


def _options(node: onnx.NodeProto) -> Mapping[str, Any]:
    return {option.name: helper.get_attribute_value(option) for option in node.attribute}
