"""Train the dust model; resumable at any time.

    python training/dust/make_data.py DATA
    python training/dust/train.py DATA --out RUN            # an hour of two cores
    python training/dust/train.py DATA --out RUN --minutes 5
    python training/dust/export.py RUN

The same command again goes on where it stopped. First the model learns to be near the truth, then
a critic and the energy of each octave keep it from getting there by blurring.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from collapses import COLLAPSES, Collapse
from measures import dusty, gradient_error, picture, psnr, spectrum_error
from net import Critic, Painter
from torch import Tensor
from torch.nn import functional as F

from setpiece.collapse.dust_paint import FOLD, View, features, near_dust, painted
from setpiece.render.volume_march import SKY_GAIN

sys.path.append(str(Path(__file__).resolve().parents[1]))
from common import energy_loss, follow, keep, resume, take_weights

CROP = 128
BATCH = 4  # pairs of following frames
STEPS = 8000
FIRST = 0.3  # share of the steps before the critic comes
AGAIN = 0.06  # the same for a network that begins with what another learned
RATE = 5e-4
LEAST = 2e-6  # local energy of an octave that counts as none
KEEP = 0.997  # of the moving average of weights
GAINS = torch.tensor([0.72, 0.72 * float(SKY_GAIN), 0.72 * 0.45 * float(SKY_GAIN)])


def load(folder: Path, split: str) -> list[list[dict[str, Any]]]:
    """Pairs of following frames of every collapse of the split that has been made."""
    pairs = []
    for c in COLLAPSES:
        if c.split != split or not (folder / c.name / "done").is_file():
            continue
        numbers = sorted(int(p.stem.split(".")[1]) for p in (folder / c.name).glob("truth.*.npz"))
        frames = {n: _frame(c, folder / c.name, n) for n in numbers}
        pairs += [[frames[f], frames[f + 1]] for f in frames if f + 1 in frames]
    return pairs


def _frame(c: Collapse, home: Path, number: int) -> dict[str, Any]:
    with np.load(home / f"truth.{number:04d}.npz") as data:
        f = {"truth": data["truth"].astype(np.float32)}
    with np.load(home / f"recipe.{number:04d}.npz") as data:
        f |= {k: data[k].astype(np.float32) for k in ("noise", "coarse", "motion", "solid")}
        cell, sun = float(data["cell"]), data["to_sun"].astype(np.float64)
    solid = np.where(f["solid"] > 5e4, np.inf, f["solid"])
    view = View(f["coarse"], f["motion"], solid, sun, c.camera, cell)
    motion = f["motion"].repeat(FOLD, 0).repeat(FOLD, 1)
    full, coarse = features(f["noise"], view)
    truth = f["truth"][..., :4].transpose(2, 0, 1)
    gate = near_dust(f["noise"][..., 3])[None]
    keep = {"full": full, "coarse": coarse, "truth": truth, "gate": gate, "motion": motion}
    tensors = {k: torch.from_numpy(np.ascontiguousarray(v)).half() for k, v in keep.items()}
    share = 1 - f["noise"][..., 3]
    if c.split == "train":
        return {**tensors, "share": share}
    return {**tensors, "share": share, "noise": f["noise"], "solid": solid, "true": f["truth"],
            "light": c.light}  # fmt: skip


def batch(pairs: list[list[dict[str, Any]]], rng: np.random.Generator) -> dict[str, Tensor]:
    """Crops (2 * BATCH, ...): first frames, then the frames after them; mostly where dust is."""
    rows: dict[str, list[list[Tensor]]] = {}
    for _ in range(BATCH):
        pair = pairs[rng.integers(len(pairs))]
        h, w = pair[0]["share"].shape
        for _ in range(12):
            y = int(rng.integers(0, (h - CROP) // FOLD + 1)) * FOLD
            x = int(rng.integers(0, (w - CROP) // FOLD + 1)) * FOLD
            if pair[0]["share"][y : y + CROP, x : x + CROP].mean() > 0.25:
                break
        flip = rng.random() < 0.5
        for k in ("full", "coarse", "truth", "gate", "motion"):
            s = FOLD if k == "coarse" else 1
            both = []
            for frame in pair:
                t = frame[k].permute(2, 0, 1) if k == "motion" else frame[k]
                t = t[:, y // s : (y + CROP) // s, x // s : (x + CROP) // s].float()
                if flip:
                    t = t.flip(2).clone()
                    for channel in {"full": [6], "motion": [0], "coarse": [4]}.get(k, []):
                        t[channel] *= -1
                both.append(t)
            rows.setdefault(k, []).append(both)
    return {k: torch.stack([r[0] for r in v] + [r[1] for r in v]) for k, v in rows.items()}


def shown(passes: Tensor, sun: Tensor, sky: Tensor, ground: Tensor, behind: Tensor) -> Tensor:
    """One grey picture (n, 1, h, w), display values, under lights (n,) and over a plain grey."""
    gains = GAINS.view(1, 3, 1, 1) * torch.stack([sun, sky, ground], 1).view(-1, 3, 1, 1)
    light = (passes[:, :3] * gains).sum(1, keepdim=True)
    return (light + passes[:, 3:] * behind.view(-1, 1, 1, 1) + 1e-3).clamp(min=1e-3) ** (1 / 2.2)


def slopes(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def warped(x: Tensor, motion: Tensor) -> Tensor:
    h, w = x.shape[2:]
    gy, gx = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    at = torch.stack([gx + motion[:, 0], gy + motion[:, 1]], -1)
    at = (at + 0.5) / torch.tensor([w, h]) * 2 - 1
    return F.grid_sample(x, at, align_corners=False, padding_mode="border")


def watch(net: Painter, pairs: list[list[dict[str, Any]]]) -> dict[str, float]:
    """Figures on the collapse that is only watched; the recipe's own beside them."""
    rows = []
    net.eval()
    for pair in pairs:
        f = pair[0]
        if dusty(f["true"]).mean() < 0.01:
            continue
        with torch.no_grad():
            delta = net(f["full"].float()[None], f["coarse"].float()[None])[0]
        h, w = f["share"].shape
        made = painted(f["noise"], delta[:, :h, :w].permute(1, 2, 0).numpy())
        p, q, t = (picture(r, f["light"], f["solid"]) for r in (made, f["noise"], f["true"]))
        where = dusty(f["noise"], f["true"])
        rows.append(
            [m(v, t, where) for v in (p, q) for m in (psnr, gradient_error, spectrum_error)]
        )
    net.train()
    names = ("psnr", "grad", "spec", "noise psnr", "noise grad", "noise spec")
    return dict(zip(names, np.mean(rows, 0).round(3).tolist(), strict=True))


def main() -> None:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("data", type=Path)
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--minutes", type=float, default=120.0, help="stop after so long, to go on")
    ask.add_argument("--steps", type=int, default=STEPS)
    ask.add_argument("--threads", type=int, default=1, help="busy cores make more slower")
    ask.add_argument("--critic", type=float, default=0.03, help="weight of the critic")
    ask.add_argument("--energy", type=float, default=0.05, help="weight of the octaves' energy")
    ask.add_argument("--taught", type=Path, help="an exported model to begin with; it keeps what it"
                     " knows, so the critic comes sooner and steps are half as large")  # fmt: skip
    asked = ask.parse_args()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    net, critic = Painter(), Critic()
    first, most = FIRST, RATE
    if asked.taught:
        take_weights(net, asked.taught)
        first, most = AGAIN, RATE / 2
    mean = copy.deepcopy(net)
    opt = torch.optim.Adam(net.parameters(), RATE, betas=(0.9, 0.99))
    opt_c = torch.optim.Adam(critic.parameters(), RATE, betas=(0.5, 0.99))
    parts = {"net": net, "mean": mean, "critic": critic, "opt": opt, "opt_c": opt_c}
    step, spent = resume(asked.out, parts)
    pairs, watched = load(asked.data, "train"), load(asked.data, "watch")
    count = sum(p.numel() for p in net.parameters())
    print(f"{count} parameters, {len(pairs)} pairs to learn from, from step {step}", flush=True)
    start, cpu, losses = time.time(), time.process_time(), []
    while step < asked.steps and time.time() - start < 60 * asked.minutes:
        rng = np.random.default_rng([7, step])
        b = batch(pairs, rng)
        share = step / asked.steps
        decay = 0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * share))
        rate = float(most * min(1, (step + 1) / 100) * decay)
        for o in (opt, opt_c):
            for g in o.param_groups:
                g["lr"] = rate
        lamps = [torch.from_numpy(rng.uniform(lo, hi, BATCH).astype(np.float32)).repeat(2)
                 for lo, hi in ((0.2, 1.1), (0.2, 0.6), (0.02, 0.15), (0.05, 0.9))]  # fmt: skip
        base, truth = b["full"][:, :4], b["truth"]
        made = base + b["gate"] * net(b["full"], b["coarse"])
        p, q = shown(made, *lamps), shown(truth, *lamps)
        loss = (p - q).abs().mean() + 0.25 * (made - truth).abs().mean()
        loss = loss + 0.5 * sum((i - j).abs().mean() for i, j in
                                zip(slopes(p), slopes(q), strict=True))  # fmt: skip
        loss = loss + asked.energy * energy_loss(p, q, LEAST)
        moves = [(warped(v[BATCH:], b["motion"][:BATCH]) - v[:BATCH]).abs() for v in (p, q)]
        loss = loss + 0.3 * F.relu(moves[0] - moves[1]).mean()
        fooled = torch.zeros(())
        known = shown(base, *lamps)
        real = torch.cat([q, truth[:, :1], truth[:, 3:], known], 1)
        fake = torch.cat([p, made[:, :1], made[:, 3:], known], 1)
        if share >= first and asked.critic > 0:
            score, seen = critic(fake)
            with torch.no_grad():
                _, wanted = critic(real)
            fooled = ((score - 1) ** 2).mean()
            alike = sum((i - j).abs().mean() for i, j in zip(seen, wanted, strict=True))
            ramp = min((share - first) / 0.1, 1.0)
            # What the critic sees in both should agree as well (Wang et al., pix2pixHD, 2018).
            loss = loss + ramp * asked.critic * (fooled + 2 * alike)
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        if share >= first - 0.03 and asked.critic > 0:
            wrong = ((critic(real)[0] - 1) ** 2).mean() + (critic(fake.detach())[0] ** 2).mean()
            opt_c.zero_grad()
            wrong.backward()
            opt_c.step()
        follow(mean, net, step, KEEP)
        step += 1
        losses.append(float(loss.detach()))
        if step % 200 == 0 or step == asked.steps:
            spent += time.process_time() - cpu
            cpu = time.process_time()
            row = {"step": step, "loss": round(float(np.mean(losses)), 4), "cpu_s": round(spent),
                   "fooled": round(float(fooled.detach()), 3), **watch(mean, watched)}  # fmt: skip
            losses = []
            keep(asked.out, parts, step, spent, row)


if __name__ == "__main__":
    main()
