"""Write the trained dust model as ONNX where the product takes it from.

python training/dust/export.py RUN [--to src/setpiece/models/dust.onnx]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
from net import Painter

from setpiece.collapse.dust_paint import CHANNELS, COARSE, FOLD, MODEL

sys.path.append(str(Path(__file__).resolve().parents[1]))
from common import MODELS, averaged, write_onnx


def export(run: Path, to: Path) -> None:
    """The moving average of the weights in `run`, checked against PyTorch on noise."""

    def noise(h: int, w: int) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.rand(1, CHANNELS, h, w), torch.rand(1, COARSE, h // FOLD, w // FOLD)

    high, wide = torch.export.Dim("h16", min=2), torch.export.Dim("w16", min=2)
    write_onnx(
        averaged(run, Painter()), to, ["full", "coarse"], noise(64, 96), noise(144, 208),
        {"full": {2: 16 * high, 3: 16 * wide}, "coarse": {2: 4 * high, 3: 4 * wide}},
    )  # fmt: skip


if __name__ == "__main__":
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("run", type=Path)
    ask.add_argument("--to", type=Path, default=MODELS / MODEL)
    asked = ask.parse_args()
    export(asked.run, asked.to)
