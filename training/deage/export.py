"""Write the trained de-ageing network as ONNX where the product takes it from.

python training/deage/export.py RUN [--to src/setpiece/models/deage.onnx]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
from net import Younger
from torch import Tensor, nn

sys.path.append(str(Path(__file__).resolve().parents[1]))
from common import MODELS, averaged, write_onnx

# Its answers are hedged: a line that may be the photograph's own is taken away by a part. So much
# of an answer is laid on; between 1 and 2, which were measured on sixteen portraits that are not
# held out (it had learned from thirteen of them, with other lines than their own).
LAID = 1.6


class Laid(nn.Module):
    """The network, its answer made larger."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        return LAID * self.net(x)


def export(run: Path, to: Path) -> None:
    """The moving average of the weights in `run`, checked against PyTorch on noise."""
    net = Laid(averaged(run, Younger())).eval()
    high, wide = torch.export.Dim("h16", min=2), torch.export.Dim("w16", min=2)
    write_onnx(
        net, to, ["face"], (torch.rand(1, 5, 64, 96),), (torch.rand(1, 5, 144, 208),),
        {"x": {2: 16 * high, 3: 16 * wide}},
    )  # fmt: skip


if __name__ == "__main__":
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("run", type=Path)
    ask.add_argument("--to", type=Path, default=MODELS / "deage.onnx")
    asked = ask.parse_args()
    export(asked.run, asked.to)
