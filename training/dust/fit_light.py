"""Fits the two networks of `render.volume_scatter` and writes their numbers.

    python training/dust/fit_light.py DATA [--grids FILE ...]

DATA: folder of `make_data.py`, of which the simulated dust of three collapses is taken. --grids:
more volumes, as `bench/vs_blender.py` exports them (`grid.*.npz`). Every light's error is counted
against how much of it that volume shows under that sun, so that dark states count as bright ones.
Volumes of HELD are only ever measured on. Eight minutes of one core.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from light_samples import Samples, samples, states
from numpy.typing import NDArray

from setpiece.render.volume_kernel import (
    AHEAD,
    BACKWARD,
    BACKWARD2,
    FORWARD,
    FORWARD2,
    ONCE,
)
from setpiece.render.volume_told import OF_SKY, OF_SUN

NAMES = ("lane", "mill", "hotel")
HELD = (
    "grid.0062",
    "grid.0086",
    "hotel 36",
    "hotel 48",
    "mill 48",
    "heads 4",
    "shell 4",
    "ball 0.8",
)
LIKE = 3  # times that states count which are as the march sees them, at a shot's own detail
HIDDEN_SUN, HIDDEN_SKY = 12, 10
STEPS, BATCH, RATE = 2500, 8000, 0.01
TO = Path(__file__).parents[2] / "src" / "setpiece" / "render" / "volume_scatter_fit.py"
HEAD = '''"""What `volume_scatter` was taught, written by `training/dust/fit_light.py`.

A row for each hidden or outgoing value; its last number is added. EVEN: added to the phase
function of light that knows where it came from, for it was scattered more than twice. LEAN: how
much more of what has forgotten goes on with the sun's light than back, of the mean.
"""

import numpy as np

# fmt: off
'''


class Wandering(torch.nn.Module):
    """The networks as the march uses them, eight cells mixed around each grain."""

    def __init__(self) -> None:
        super().__init__()
        self.sun, self.sky = _network(OF_SUN, HIDDEN_SUN), _network(OF_SKY, HIDDEN_SKY)
        self.even, self.lean = (torch.nn.Parameter(torch.tensor(0.0)) for _ in range(2))
        with torch.no_grad():
            self.sun[2].bias.fill_(0.3)
            self.sky[2].bias.fill_(0.4)

    def forward(self, told: tuple[torch.Tensor, ...]) -> torch.Tensor:
        of_sun, of_sky, weight, met, dimmed, phase, cosine = told
        sun = (torch.relu(self.sun(of_sun)) * (weight * met)[..., None]).sum(1)
        sky = (torch.relu(self.sky(of_sky)) * weight[..., None]).sum(1)
        ahead = dimmed * (phase + self.even) * sun[:, 0]
        often = (1 + self.lean * cosine) * sun[:, 1]
        return torch.cat([(ahead + often)[:, None], sky], -1)


def _network(size: int, hidden: int) -> torch.nn.Sequential:
    return torch.nn.Sequential(
        torch.nn.Linear(size, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 2)
    )


def told(s: Samples) -> tuple[torch.Tensor, ...]:
    """What the networks are given, and how their answers are mixed."""
    cosine = torch.tensor(s.cosine)
    phase = AHEAD * _lobe(cosine, FORWARD2) + (1 - AHEAD) * _lobe(cosine, BACKWARD2)
    return (
        torch.tensor(s.of_sun), torch.tensor(s.of_sky), torch.tensor(s.weight),
        torch.tensor(s.met), torch.exp(-torch.tensor(s.depth) / 2), phase, cosine,
    )  # fmt: skip


def _lobe(cosine: torch.Tensor, g: float) -> torch.Tensor:
    return (1 - g * g) / (1 + g * g - 2 * g * cosine) ** 1.5


def fit(seen: list[Samples]) -> Wandering:
    """The networks, from samples of many states."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    given = [torch.cat(parts) for parts in zip(*map(told, seen), strict=True)]
    truth = torch.cat([torch.tensor(s.light) for s in seen])
    level = torch.cat([torch.tensor(_level(s)).expand(len(s.depth), 3) for s in seen])
    model = Wandering()
    run = torch.optim.Adam(model.parameters(), RATE)
    for step in range(STEPS):
        i = torch.randint(0, len(truth), (BATCH,))
        error = (model(tuple(g[i] for g in given)) - truth[i]) / (level[i] + 0.15)
        run.zero_grad()
        ((error**2).mean() + _dark(model)).backward()
        run.step()
        for group in run.param_groups:
            group["lr"] = RATE * (1 - step / STEPS) ** 0.7 + 1e-5
    return model


def _dark(model: Wandering) -> torch.Tensor:
    """How bright cells are that nothing reaches, in dust or behind solids: no camera sees many."""
    of_sun, of_sky = torch.zeros(BATCH // 8, OF_SUN), torch.zeros(BATCH // 8, OF_SKY)
    for of, own, shut in ((of_sun, 9, slice(13, 15)), (of_sky, 12, slice(13, 17))):
        of[:, own] = torch.rand(len(of))
        # Half of them with solids around.
        of[::2, shut] = torch.rand(of[::2, shut].shape)
    said = torch.cat([torch.relu(model.sun(of_sun)), torch.relu(model.sky(of_sky))], -1)
    return 2 * (said**2).mean()


def _level(s: Samples) -> NDArray[np.float32]:
    """How much of each light that volume shows, with what the sun scatters once there, (3,)."""
    cosine = torch.tensor(s.cosine)
    phase = AHEAD * _lobe(cosine, FORWARD) + (1 - AHEAD) * _lobe(cosine, BACKWARD)
    once = (ONCE * phase * torch.exp(-torch.tensor(s.depth))).mean().item()
    return (s.light.mean(0) + np.array([once, 0, 0])).astype(np.float32)


def measure(model: Wandering, seen: list[Samples]) -> str:
    """Of sun, sky and ground: ratio of means over states and its deviation, and how far sixths of a
    state, from what the sun reaches to what it does not, are off, of the state's mean."""
    ratios, sixths = [], []
    for s in seen:
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
    text += f"EVEN, LEAN = {model.even.item():.4g}, {model.lean.item():.4g}\n"
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
    for seed, (name, make) in enumerate(states(asked.data, NAMES, asked.grids).items()):
        found = list(samples(make(), 8, asked.grains, seed))
        (held if name in HELD else learnt).extend(found * (LIKE if name[:4] == "grid" else 1))
        print(f"{name}: {len(found)} states", flush=True)
    model = fit(learnt)
    print("learnt", measure(model, learnt))
    print("held out", measure(model, held))
    write(model, TO)


if __name__ == "__main__":
    main()
