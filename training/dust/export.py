"""Write the trained dust model as ONNX where the product takes it from.

python training/dust/export.py RUN [--to src/setpiece/models/dust.onnx]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from net import Painter

from setpiece.collapse.dust_paint import CHANNELS, COARSE, FOLD, MODEL

HERE = Path(__file__).resolve().parents[2] / "src" / "setpiece" / "models" / MODEL
LARGEST = 16e6  # bytes


def export(run: Path, to: Path) -> None:
    """The moving average of the weights in `run`, checked against PyTorch on noise."""
    net = Painter()
    net.load_state_dict(torch.load(run / "state.pt", weights_only=True)["mean"])
    net.eval()
    full, coarse = torch.rand(1, CHANNELS, 64, 96), torch.rand(1, COARSE, 64 // FOLD, 96 // FOLD)
    part = to.with_suffix(".part")
    high, wide = torch.export.Dim("h16", min=2), torch.export.Dim("w16", min=2)
    torch.onnx.export(
        net, (full, coarse), str(part), input_names=["full", "coarse"], output_names=["delta"],
        dynamic_shapes={"full": {2: 16 * high, 3: 16 * wide}, "coarse": {2: 4 * high, 3: 4 * wide}},
        dynamo=True, external_data=False, opset_version=18, verbose=False,
    )  # fmt: skip
    if part.stat().st_size > LARGEST:
        raise SystemExit(f"{part}: {part.stat().st_size / 1e6:.1f} MB, more than a model may have")
    session = onnxruntime.InferenceSession(str(part), providers=["CPUExecutionProvider"])
    full, coarse = torch.rand(1, CHANNELS, 144, 208), torch.rand(1, COARSE, 36, 52)
    got = session.run(None, {"full": full.numpy(), "coarse": coarse.numpy()})[0]
    with torch.no_grad():
        off = float(np.abs(got - net(full, coarse).numpy()).max())
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
