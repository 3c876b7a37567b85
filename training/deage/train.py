"""Train the de-ageing network; resumable at any time.

    python training/deage/make_data.py DATA
    python training/deage/train.py DATA --out RUN
    python training/deage/train.py DATA --out RUN --minutes 5
    python training/deage/export.py RUN

The same command again goes on where it stopped.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from net import Younger
from samples import Sample, load, look
from torch import Tensor

sys.path.append(str(Path(__file__).resolve().parents[1]))
from common import energy_loss, follow, keep, octaves, resume

CROP = 128
BATCH = 8
STEPS = 2500
RATE = 1.2e-3
KEEP = 0.998  # of the moving average of weights
LEAST = 1e-5  # local energy of an octave that counts as none
SOFT = 0.01  # errors below this count by their squares: an uncertain line is hedged, not left


def batch(samples: list[Sample], odds: np.ndarray, rng: np.random.Generator) -> tuple[Tensor, ...]:
    """(x (n, 5, h, w), delta (n, 3, h, w), weight (n, 1, h, w))."""
    rows = [look(samples[rng.choice(len(samples), p=odds)], CROP, rng) for _ in range(BATCH)]
    return tuple(
        torch.from_numpy(np.stack([r[i] for r in rows]).transpose(0, 3, 1, 2).copy())
        for i in range(3)
    )


def loss_of(made: Tensor, x: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    off = made - truth
    plain = (torch.sqrt(off**2 + SOFT**2) - SOFT) * weight
    across, down = off[..., 1:] - off[..., :-1], off[..., 1:, :] - off[..., :-1, :]
    slopes = sum((torch.sqrt(d**2 + SOFT**2) - SOFT).mean() for d in (across, down))
    light = x.new_tensor([0.3, 0.6, 0.1]).view(1, 3, 1, 1)
    p, q = (((x[:, :3] + d) * light).sum(1, keepdim=True) for d in (made, truth))
    # The energies: the skin keeps its texture and loses its lines.
    return plain.mean() + 1.5 * slopes + 0.003 * energy_loss(p, q, LEAST)


def watch(net: Younger, samples: list[Sample], folder: Path, step: int) -> dict[str, float]:
    """On portraits that are only watched: error over that of leaving them as they are."""
    net.eval()
    made, left, energy = [], [], []
    shown = []
    for i, s in enumerate(samples[:16]):
        rng = np.random.default_rng([11, i])
        x, truth, weight = (torch.from_numpy(v.transpose(2, 0, 1).copy())[None]
                            for v in look(s, 192, rng))  # fmt: skip
        with torch.no_grad():
            d = net(x)
        made.append(float(((d - truth).abs() * weight).mean()))
        left.append(float((truth.abs() * weight).mean()))
        fine = [octaves((x[:, :3] + v).mean(1, keepdim=True))[0] for v in (d, truth)]
        energy.append(float((fine[0] ** 2).mean() / (fine[1] ** 2).mean()))
        if i < 6:
            row = torch.cat([x[0, :3], (x[:, :3] + d)[0], (x[:, :3] + truth)[0]], 2)
            shown.append(row.permute(1, 2, 0).numpy())
    net.train()
    picture = np.clip(np.vstack(shown) * 255, 0, 255).astype(np.uint8)[..., ::-1]
    cv2.imwrite(str(folder / f"watch_{step:06d}.png"), picture)
    return {"error": round(sum(made) / sum(left), 4), "fine": round(float(np.mean(energy)), 3)}


def main() -> None:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("data", type=Path)
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--minutes", type=float, default=120.0, help="stop after so long, to go on")
    ask.add_argument("--steps", type=int, default=STEPS)
    ask.add_argument("--threads", type=int, default=1, help="busy cores make more slower")
    asked = ask.parse_args()
    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    net = Younger().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = copy.deepcopy(net)
    opt = torch.optim.AdamW(net.parameters(), RATE, betas=(0.9, 0.99), weight_decay=1e-4)
    parts: dict[str, Any] = {"net": net, "mean": mean, "opt": opt}
    step, spent = resume(asked.out, parts)
    samples, watched = load(asked.data, "train"), load(asked.data, "watch")
    odds = np.array([s.weight for s in samples])
    odds = odds / odds.sum()
    count = sum(p.numel() for p in net.parameters())
    print(f"{count} parameters, {len(samples)} samples to learn from, from step {step}", flush=True)
    start, cpu, losses = time.time(), time.process_time(), []
    while step < asked.steps and time.time() - start < 60 * asked.minutes:
        rng = np.random.default_rng([7, step])
        x, truth, weight = batch(samples, odds, rng)
        x = x.to(memory_format=torch.channels_last)
        decay = 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * step / asked.steps))
        for g in opt.param_groups:
            g["lr"] = float(RATE * min(1, (step + 1) / 200) * decay)
        # Half precision where the processor multiplies it: four times the steps in the same time.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            made = net(x)
        loss = loss_of(made.float(), x, truth, weight)
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 0.1)
        opt.step()
        follow(mean, net, step, KEEP)
        step += 1
        losses.append(float(loss.detach()))
        last = step == asked.steps or time.time() - start >= 60 * asked.minutes
        if step % 250 == 0 or last:
            spent += time.process_time() - cpu
            cpu = time.process_time()
            row = {"step": step, "loss": round(float(np.mean(losses)), 5), "cpu_s": round(spent),
                   **watch(mean, watched, asked.out, step)}  # fmt: skip
            losses = []
            keep(asked.out, parts, step, spent, row)


if __name__ == "__main__":
    main()
