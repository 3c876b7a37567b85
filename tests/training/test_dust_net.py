"""The dust network: it starts as the recipe, and what is shipped is this network."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install setpiece[training]"
)
pytest.importorskip("onnx", reason="onnx is not installed: pip install 'setpiece[training]'")

TRAINING = Path(__file__).resolve().parents[2] / "training"
sys.path[:0] = [str(TRAINING / "dust"), str(TRAINING)]


def _given(h: int = 48, w: int = 80):
    torch.manual_seed(2)
    return torch.rand(1, 8, h, w), torch.rand(1, 8, h // 4, w // 4)


def test_untaught_it_adds_nothing():
    from net import Painter

    with torch.no_grad():
        assert not Painter()(*_given()).any()


def test_what_is_shipped_can_be_taught_on():
    import onnxruntime
    from common import MODELS, take_weights
    from net import Painter

    net = Painter().eval()
    take_weights(net, MODELS / "dust.onnx")
    full, coarse = _given()
    session = onnxruntime.InferenceSession(str(MODELS / "dust.onnx"))
    told = session.run(None, {"full": full.numpy(), "coarse": coarse.numpy()})[0]
    with torch.no_grad():
        assert np.allclose(net(full, coarse).numpy(), told, atol=1e-4)
    assert np.abs(told).max() > 0.01


def test_a_model_of_another_network_is_not_taken():
    from common import MODELS, take_weights
    from net import Critic

    with pytest.raises(SystemExit, match="not of this network"):
        take_weights(Critic(), MODELS / "dust.onnx")
