"""The network in 8 bits: what is calibrated on, and that little is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is not installed: pip install 'setpiece[training]'")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training" / "deage"))

import quantise
from onnx import TensorProto, helper, save


def small_net(path: Path) -> Path:
    """Five convolutions in a row, with a size left open, as the exported network has."""
    rng = np.random.default_rng(5)
    nodes, weights, last = [], [], "x"
    for i, (a, b) in enumerate([(5, 8), (8, 8), (8, 8), (8, 8), (8, 3)]):
        w = rng.normal(0, (9 * a) ** -0.5, (b, a, 3, 3)).astype(np.float32)
        weights.append(helper.make_tensor(f"w{i}", TensorProto.FLOAT, w.shape, w.ravel()))
        nodes.append(helper.make_node("Conv", [last, f"w{i}"], [f"y{i}"], name=f"conv{i}",
                                      pads=[1, 1, 1, 1]))  # fmt: skip
        last = f"y{i}"
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "g", [value("x", TensorProto.FLOAT, [1, 5, "h", "w"])],
        [value(last, TensorProto.FLOAT, [1, 3, "h", "w"])], weights,
    )  # fmt: skip
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9),
         str(path))  # fmt: skip
    return path


def test_it_answers_nearly_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    crops = [rng.random((1, 5, 32, 48), np.float32) for _ in range(4)]
    monkeypatch.setattr(quantise, "crops_of", lambda _: crops)
    monkeypatch.setattr(quantise, "ALONE", 1.0)
    source, to = small_net(tmp_path / "float.onnx"), tmp_path / "q.onnx"
    quantise.quantise(source, tmp_path, to)
    true, got = (quantise.answers(p, crops) for p in (source, to))
    off = quantise.off(got, true)
    assert 0 < off < 0.05 * float(np.std(true))
    monkeypatch.setattr(quantise, "ALONE", 0.0)  # nothing may move
    with pytest.raises(SystemExit, match="no convolution"):
        quantise.quantise(source, tmp_path, to)


def test_no_portraits_is_said(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no portrait"):
        quantise.quantise(tmp_path / "x.onnx", tmp_path, tmp_path / "y.onnx")
