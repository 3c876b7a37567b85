"""Fits the two networks of `render.volume_scatter` and writes their numbers.

    python training/dust/fit_light.py DATA [--grids FILE ...]

DATA: folder of `make_data.py`, of which the simulated dust of three collapses is taken. --grids:
more volumes, as `bench/vs_blender.py` exports them (`grid.*.npz`). Every light's error is counted
against how much of it that volume has under that sun, so that dark states count as bright ones do.
Volumes of HELD are only ever measured on. Five minutes of one core.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from light_samples import Samples, samples, volumes

from setpiece.render.volume_kernel import AHEAD, BACKWARD2, FORWARD2
from setpiece.render.volume_scatter import WAYS

NAMES = ("lane", "mill", "hotel")
HELD = ("grid.0086", "hotel 36", "hotel 48", "mill 48", "heads 4", "ball 0.8")
HIDDEN_SUN, HIDDEN_SKY = 12, 10
STEPS, BATCH, RATE = 1500, 8000, 0.01
TO = Path(__file__).parents[2] / "src" / "setpiece" / "render" / "volume_scatter_fit.py"
HEAD = '''"""What `volume_scatter` was taught, written by `training/dust/fit_light.py`.

A row for each hidden or outgoing value; its last number is added.
"""

import numpy as np

# fmt: off
'''


class Wandering(torch.nn.Module):
    """The networks as the march uses them, eight cells mixed around each grain."""

    def __init__(self) -> None:
        super().__init__()
        self.sun, self.sky = _network(10, HIDDEN_SUN), _network(13, HIDDEN_SKY)
        with torch.no_grad():
            self.sun[2].bias.fill_(0.3)
            self.sky[2].bias.fill_(0.4)

    def forward(self, told: tuple[torch.Tensor, ...]) -> torch.Tensor:
        of_sun, of_sky, weight, met, ahead = told
        sun = (torch.relu(self.sun(of_sun)) * (weight * met)[..., None]).sum(1)
        sky = (torch.relu(self.sky(of_sky)) * weight[..., None]).sum(1)
        return torch.cat([(ahead * sun[:, 0] + sun[:, 1])[:, None], sky], -1)


def _network(size: int, hidden: int) -> torch.nn.Sequential:
    return torch.nn.Sequential(
        torch.nn.Linear(size, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 2)
    )


def told(s: Samples) -> tuple[torch.Tensor, ...]:
    """What the networks are given, as `volume_scatter` makes it, and how it is mixed."""
    corners = torch.tensor(s.corners)
    ways, sun, own = corners[..., 1:11], corners[..., 11], corners[..., 12]
    front = torch.tensor(0.5 + 0.5 * WAYS @ s.to_sun, dtype=torch.float32)
    front, back = front / front.sum(), (1 - front) / (1 - front).sum()
    decays = [torch.exp(-ways / reach) for reach in (1, 4, 16)]
    of_sun = [torch.exp(-sun / reach) for reach in (1, 4, 16)]
    of_sky = []
    for e in decays:
        of_sun += [(e * front).sum(-1), (e * back).sum(-1)]
        of_sky += [e[..., 0], e[..., 1:5].mean(-1), e[..., 5], e[..., 6:].mean(-1)]
    of_sun.append(torch.exp(-own))
    of_sky.append(of_sun[-1])
    cosine = torch.tensor(s.cosine)
    phase = AHEAD * _lobe(cosine, FORWARD2) + (1 - AHEAD) * _lobe(cosine, BACKWARD2)
    return (
        torch.stack(of_sun, -1), torch.stack(of_sky, -1), corners[..., 0],
        1 - decays[0].mean(-1), phase * torch.exp(-torch.tensor(s.depth) / 2),
    )  # fmt: skip


def _lobe(cosine: torch.Tensor, g: float) -> torch.Tensor:
    return (1 - g * g) / (1 + g * g - 2 * g * cosine) ** 1.5


def fit(states: list[Samples]) -> Wandering:
    """The networks, from samples of many states."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    given = [torch.cat(parts) for parts in zip(*map(told, states), strict=True)]
    truth = torch.cat([torch.tensor(s.light) for s in states])
    level = torch.cat([torch.tensor(s.light.mean(0)).expand(len(s.depth), 3) for s in states])
    model = Wandering()
    run = torch.optim.Adam(model.parameters(), RATE)
    for step in range(STEPS):
        i = torch.randint(0, len(truth), (BATCH,))
        error = (model(tuple(g[i] for g in given)) - truth[i]) / (level[i] + 0.03)
        run.zero_grad()
        (error**2).mean().backward()
        run.step()
        for group in run.param_groups:
            group["lr"] = RATE * (1 - step / STEPS) ** 0.7 + 1e-5
    return model


def measure(model: Wandering, states: list[Samples]) -> str:
    """Of sun, sky and ground: ratio of means over states and its deviation, and how far sixths of a
    state, from what the sun reaches to what it does not, are off, of the state's mean."""
    ratios, sixths = [], []
    for s in states:
        with torch.no_grad():
            found = model(told(s)).numpy()
        ratios.append(found.mean(0) / s.light.mean(0))
        for part in np.array_split(np.argsort(s.depth), 6):
            sixths.append((found[part].mean(0) - s.light[part].mean(0)) / s.light.mean(0))
    mean, spread = np.mean(ratios, 0), np.std(ratios, 0)
    off = np.sqrt(np.mean(np.square(sixths), 0))
    return ", ".join(
        f"{n} {a:.2f} +- {b:.2f} ({c:.2f})"
        for n, a, b, c in zip(("sun", "sky", "ground"), mean, spread, off, strict=True)
    )


def write(model: Wandering, path: Path) -> None:
    """The networks' numbers as a module of Python."""
    text = HEAD
    for name, layer in (
        ("SUN_IN", model.sun[0]), ("SUN_OUT", model.sun[2]),
        ("SKY_IN", model.sky[0]), ("SKY_OUT", model.sky[2]),
    ):  # fmt: skip
        matrix = torch.cat([layer.weight, layer.bias[:, None]], 1).detach().numpy()
        text += f"{name} = np.array([\n" + "".join(map(_row, matrix)) + "], np.float32)\n"
    path.write_text(text + "# fmt: on\n")


def _row(values: Any) -> str:
    line, lines = "    [", []
    for value in values:
        word = f"{value:.4g}, "
        if len(line) + len(word) > 98:
            lines.append(line.rstrip())
            line = "     "
        line += word
    return "\n".join([*lines, line.removesuffix(", ") + "],"]) + "\n"


def main() -> None:
    form = argparse.RawTextHelpFormatter
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    ask.add_argument("data", type=Path)
    ask.add_argument("--grids", type=Path, nargs="*", default=[])
    ask.add_argument("--grains", type=int, default=2500, help="of each state")
    asked = ask.parse_args()
    learnt: list[Samples] = []
    held: list[Samples] = []
    for seed, (name, make) in enumerate(volumes(asked.data, NAMES, asked.grids).items()):
        found = list(samples(make(), 8, asked.grains, seed))
        (held if name in HELD else learnt).extend(found)
        print(f"{name}: {len(found)} states", flush=True)
    model = fit(learnt)
    print("learnt", measure(model, learnt))
    print("held out", measure(model, held))
    write(model, TO)


if __name__ == "__main__":
    main()
