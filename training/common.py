"""What the training of every model here does in one way (PyTorch)."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

LARGEST = 16e6  # bytes of a model
MODELS = Path(__file__).resolve().parents[1] / "src" / "setpiece" / "models"


class Block(nn.Module):
    """Two convolutions beside a straight path (He, Zhang, Ren and Sun, 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.a = nn.Conv2d(width, width, 3, padding=1)
        self.b = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.b(F.leaky_relu(self.a(F.leaky_relu(x, 0.1)), 0.1))


def octaves(x: Tensor) -> list[Tensor]:
    """Differences of box means, finest first."""
    out = []
    for _ in range(3):
        low = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
        out.append(x - low)
        x = F.avg_pool2d(low, 2)
    return out


def energy_loss(a: Tensor, b: Tensor, least: float) -> Tensor:
    """Distance of the local energies of three octaves, in factors of e; below `least` energy counts
    as none."""
    total = a.new_zeros(())
    for p, q in zip(octaves(a), octaves(b), strict=True):
        k = max(p.shape[-1] // 8, 4)
        e, f = (F.avg_pool2d(v * v, k) for v in (p, q))
        total = total + (torch.log(e + least) - torch.log(f + least)).abs().mean()
    return total / 3


def follow(mean: nn.Module, net: nn.Module, step: int, most: float) -> None:
    """Move the average of the weights on; it follows faster at first."""
    with torch.no_grad():
        for m, n in zip(mean.parameters(), net.parameters(), strict=True):
            m.lerp_(n, 1 - min(most, step / (step + 10)))


def resume(run: Path, parts: dict[str, Any]) -> tuple[int, float]:
    """Give parts what an earlier run left; (step, CPU-seconds spent), zeros where there is none."""
    run.mkdir(parents=True, exist_ok=True)
    state = run / "state.pt"
    if not state.is_file():
        return 0, 0.0
    kept = torch.load(state, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(kept[name])
    return kept["step"], kept["spent"]


def keep(run: Path, parts: dict[str, Any], step: int, spent: float, row: dict[str, Any]) -> None:
    """Write down the figures of this step, and everything that `resume` needs."""
    print(json.dumps(row), flush=True)
    with (run / "log.jsonl").open("a") as f:
        f.write(json.dumps(row) + "\n")
    part = run / "state.part"
    states = {name: p.state_dict() for name, p in parts.items()}
    torch.save({**states, "step": step, "spent": spent}, part)
    os.replace(part, run / "state.pt")


def averaged(run: Path, net: nn.Module) -> nn.Module:
    """`net` with the moving average of the weights in `run`."""
    net.load_state_dict(torch.load(run / "state.pt", weights_only=True)["mean"])
    return net.eval()


def take_weights(net: nn.Module, model: Path) -> None:
    """Give `net` the weights of a model that `write_onnx` wrote. Exits where they do not fit."""
    import onnx

    found = {
        t.name: torch.from_numpy(onnx.numpy_helper.to_array(t).copy())
        for t in onnx.load(str(model)).graph.initializer
    }
    wanted = dict(net.named_parameters())
    wrong = [k for k, p in wanted.items() if k not in found or found[k].shape != p.shape]
    if wrong:
        raise SystemExit(f"{model}: not of this network, it lacks {', '.join(wrong)}")
    with torch.no_grad():
        for name, p in wanted.items():
            p.copy_(found[name])


def write_onnx(
    net: nn.Module, to: Path, names: Sequence[str], example: tuple[Tensor, ...],
    other: tuple[Tensor, ...], shapes: dict[str, Any],
) -> None:  # fmt: skip
    """`net` as ONNX, checked against PyTorch on inputs of another size.

    names: of the inputs; the output is "delta". example, other: inputs. shapes: of the inputs'
    sizes that are free, as torch.export wants them. Exits where the file is too large or differs.
    """
    import onnxruntime

    part = to.with_suffix(".part")
    torch.onnx.export(
        net, example, str(part), input_names=list(names), output_names=["delta"],
        dynamic_shapes=shapes, dynamo=True, external_data=False, opset_version=18, verbose=False,
    )  # fmt: skip
    _without_traces(part)
    if part.stat().st_size > LARGEST:
        raise SystemExit(f"{part}: {part.stat().st_size / 1e6:.1f} MB, more than a model may have")
    session = onnxruntime.InferenceSession(str(part), providers=["CPUExecutionProvider"])
    given = {name: x.numpy() for name, x in zip(names, other, strict=True)}
    with torch.no_grad():
        off = float(np.abs(session.run(None, given)[0] - net(*other).numpy()).max())
    if off > 1e-3:
        raise SystemExit(f"{part}: differs from the trained network by {off:.4f}")
    part.replace(to)
    print(f"{to}: {to.stat().st_size / 1e6:.1f} MB, differs from PyTorch by at most {off:.1e}")


def _without_traces(model: Path) -> None:
    """Take out where in whose folders the code lay that a network was traced from."""
    import onnx

    whole = onnx.load(str(model))
    graph = whole.graph
    graph.doc_string = ""
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info):
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.save(whole, str(model))
