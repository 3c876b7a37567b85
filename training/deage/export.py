"""Write the trained de-ageing network as ONNX where the product takes it from.

python training/deage/export.py RUN [--to src/setpiece/models/deage.onnx]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from net import Younger
from torch import Tensor, nn

HERE = Path(__file__).resolve().parents[2] / "src" / "setpiece" / "models" / "deage.onnx"
LARGEST = 16e6  # bytes
# Its answers are hedged: a line that may be the photograph's own is taken away by a part. So much
# of an answer is laid on; between 1 and 2, which were measured on sixteen portraits that are not
# held out (it had learned from thirteen of them, with other lines than their own).
LAID = 1.6


class Laid(nn.Module):
    """The network, its answer made larger."""

    def __init__(self, net: Younger) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        return LAID * self.net(x)


def export(run: Path, to: Path) -> None:
    """The moving average of the weights in `run`, checked against PyTorch on noise."""
    learned = Younger()
    learned.load_state_dict(torch.load(run / "state.pt", weights_only=True)["mean"])
    net = Laid(learned).eval()
    part = to.with_suffix(".part")
    high, wide = torch.export.Dim("h16", min=2), torch.export.Dim("w16", min=2)
    torch.onnx.export(
        net, (torch.rand(1, 5, 64, 96),), str(part), input_names=["face"], output_names=["delta"],
        dynamic_shapes={"x": {2: 16 * high, 3: 16 * wide}},
        dynamo=True, external_data=False, opset_version=18, verbose=False,
    )  # fmt: skip
    if part.stat().st_size > LARGEST:
        raise SystemExit(f"{part}: {part.stat().st_size / 1e6:.1f} MB, more than a model may have")
    session = onnxruntime.InferenceSession(str(part), providers=["CPUExecutionProvider"])
    x = torch.rand(1, 5, 144, 208)
    got = session.run(None, {"face": x.numpy()})[0]
    with torch.no_grad():
        off = float(np.abs(got - net(x).numpy()).max())
    if off > 1e-3:
        raise SystemExit(f"{part}: differs from the trained network by {off:.4f}")
    part.replace(to)
    print(f"{to}: {to.stat().st_size / 1e6:.1f} MB, differs from PyTorch by at most {off:.1e}")


if __name__ == "__main__":
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("run", type=Path)
    ask.add_argument("--to", type=Path, default=HERE)
    asked = ask.parse_args()
    export(asked.run, asked.to)
