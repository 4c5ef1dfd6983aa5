"""Whether the packages of the extra `clip` are here."""

import importlib.util

import pytest

HERE = all(importlib.util.find_spec(name) for name in ("torch", "open_clip", "transformers", "onnx", "onnxscript"))
needs_torch = pytest.mark.skipif(not HERE, reason="the extra `clip` (torch, open_clip, onnx) is not installed")
"""For tests that load, make or export an open_clip model."""
