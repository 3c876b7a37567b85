"""What the dust model is worth: coarse dust, enlarged dust, noise, the model, the truth.

    python bench/dust.py DATA                 # DATA: collapses made by training/dust/make_data.py
    python bench/dust.py DATA --short         # one held-out collapse, two frames, no 240 frames
    python bench/dust.py DATA --sheet dust.png
    python bench/dust.py DATA --json out.json

On collapses that were held out of the training, whole (`training/dust/collapses.py`); simulated
here where DATA lacks them. Five ways to show the same frame, the first four from one coarse
simulation:

coarse   the coarse dust, marched at full size
bicubic  the coarse dust, marched at a quarter of the size and enlarged
noise    the recipe: heads, lobes and billows that ride on the flow, light by `volume_scatter`
model    `collapse.dust_paint` on the recipe's passes, its dust sharpened
truth    a simulation of half the cell guided by the coarse one, sharpened, with finer lobes,
         path traced (`training/dust/pathtracer.py`)

psnr      against the truth, over a plain sky and street, where there is dust [dB]
gradient  mean difference of gradients over the truth's mean gradient
spectrum  mean distance of the energy of five octaves [dB]
flicker   change to the next frame once that is moved back along the dust's motion, x1000
off       how far that is from the truth's own: calmer than dust is, is an error too
cpu       CPU-seconds a frame: simulation (mean over the shot) and everything after it
drift     model over recipe, and model over truth, brightness and opacity, while the cloud hangs:
          end of a shot of 240 frames against frame 120 [%]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "training" / "dust")]
from collapses import COLLAPSES, SIZE, Collapse  # noqa: E402
from make_data import Scene  # noqa: E402
from measures import (  # noqa: E402
    bands,
    dusty,
    flicker,
    gradient_error,
    picture,
    psnr,
    spectrum_error,
)
from rows import Rows  # noqa: E402

from setpiece.collapse.dust_paint import FOLD, View, answer, painted, quarter  # noqa: E402
from setpiece.render.volume import light_volume, transport  # noqa: E402

METHODS = ("coarse", "bicubic", "noise", "model", "truth")
MEASURES = ("psnr", "gradient", "spectrum", "flicker", "off", "cpu")
FRAMES = (20, 34, 48, 64)
LONG = 240
# Frames while the building is down and the cloud hangs: soon after, and at the end of a long shot.
HANGS = {"early": (120, 132, 144), "late": (215, 227, 239)}
DRIFTS = ("light_recipe", "cover_recipe", "light_truth", "cover_truth")
SEED = 1


def passes_of(scene: Scene, frame: int, noise_seed: int | None = None) -> dict[str, Any]:
    """Every method's passes (h, w, 5) of one frame, and "cpu" of each."""
    told = scene.sample(frame, seed=noise_seed)
    assert told is not None, f"{scene.c.name}: no dust in frame {frame}"
    out: dict[str, Any] = {"truth": told["truth"], "solid": told["solid"]}
    cpu = {"truth": told["seconds"]["truth"]}
    _, solid, solids = scene.depth(frame)
    t = time.process_time()
    tuned = scene.volume(scene.coarse, frame, scene.detail, True, noise_seed)
    out["noise"] = transport(
        light_volume(tuned, scene.light, solids), scene.camera, solid, seed=SEED
    )
    cpu["noise"] = time.process_time() - t
    t = time.process_time()
    lit = light_volume(scene.volume(scene.coarse, frame, 1, False), scene.light, solids)
    cpu["bicubic"] = cpu["coarse"] = time.process_time() - t
    t = time.process_time()
    out["coarse"] = transport(lit, scene.camera, solid, seed=SEED)
    cpu["coarse"] += time.process_time() - t
    t = time.process_time()
    small = transport(lit, scene.camera, np.ascontiguousarray(quarter(solid)), seed=SEED)
    small[..., 4] = np.where(small[..., 3] < 0.9999, small[..., 4], 1e4)
    h, w = solid.shape
    big = cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC)
    big[..., :4] = np.clip(big[..., :4], 0, None)
    big[..., 3] = np.minimum(big[..., 3], 1)
    out["bicubic"] = big
    cpu["bicubic"] += time.process_time() - t
    t = time.process_time()
    view = View(
        told["coarse"], told["motion"], solid, scene.light.to_sun, scene.camera, scene.coarse.cell
    )
    out["model"] = painted(told["noise"], answer(told["noise"], view))
    cpu["model"] = time.process_time() - t + told["seconds"]["noise"] + told["seconds"]["told"]
    for m in cpu:
        cpu[m] += scene.solving["fine" if m == "truth" else "coarse"]
    return {**out, "cpu": cpu, "motion": told["motion"]}


def measure(scene: Scene, frames: tuple[int, ...], sheet: list[Any]) -> dict[str, Any]:
    """Mean figures of every method over frames of one collapse."""
    rows: dict[str, list[dict[str, float]]] = {m: [] for m in METHODS}
    for frame in frames:
        now, then = passes_of(scene, frame), passes_of(scene, frame + 1)
        where = dusty(now["noise"], now["truth"])
        motion = now["motion"].repeat(FOLD, 0).repeat(FOLD, 1)
        shown = {m: picture(now[m], scene.light, now["solid"]) for m in METHODS}
        for m in METHODS:
            after = picture(then[m], scene.light, then["solid"])
            p, t = shown[m], shown["truth"]
            rows[m].append({
                "psnr": psnr(p, t, where), "gradient": gradient_error(p, t, where),
                "spectrum": spectrum_error(p, t, where),
                "flicker": flicker(p, after, motion, where), "cpu": now["cpu"][m],
                **{f"octave{i}": float(v) for i, v in enumerate(bands(p, where))},
            })  # fmt: skip
        sheet.append(np.hstack([shown[m] for m in METHODS[:1] + METHODS[2:]]))
    means = {m: {k: float(np.mean([r[k] for r in v])) for k in v[0]} for m, v in rows.items()}
    for m in METHODS:
        means[m]["off"] = abs(means[m]["flicker"] - means["truth"]["flicker"])
    return means


def drift(folder: Path, c: Collapse) -> dict[str, Any]:
    """Whether the model's dust grows lighter, darker, thicker or thinner over a long shot, against
    the recipe and against the truth of the same frames [%]."""
    from dataclasses import replace

    scene = Scene(replace(c, name=f"{c.name}{LONG}", frames=LONG), folder / f"{c.name}{LONG}")
    found: dict[str, dict[str, list[float]]] = {}
    for when, frames in HANGS.items():
        rows = found.setdefault(when, {k: [] for k in DRIFTS})
        for frame in frames:
            told = scene.sample(frame)
            if told is None:
                continue
            view = View(told["coarse"], told["motion"], told["solid"], scene.light.to_sun,
                        scene.camera, scene.coarse.cell)  # fmt: skip
            model = painted(told["noise"], answer(told["noise"], view))
            where = dusty(told["noise"], told["truth"])
            light = [float(picture(p, scene.light, told["solid"])[where].mean())
                     for p in (model, told["noise"], told["truth"])]  # fmt: skip
            cover = [float((1 - p[where, 3]).mean()) for p in (model, told["noise"], told["truth"])]
            for k in (1, 2):
                other = "recipe" if k == 1 else "truth"
                rows[f"light_{other}"].append(light[0] / light[k])
                rows[f"cover_{other}"].append(cover[0] / cover[k])
    early, late = (found[when] for when in HANGS)
    change = {k: 100 * float(np.mean(late[k]) / np.mean(early[k]) - 1) for k in DRIFTS}
    return {"found": found, **change}


def table(rows: dict[str, Any], name: str) -> str:
    """One collapse's figures as Markdown."""
    out = [f"| {name} | " + " | ".join(MEASURES) + " |", "|---|" + "---|" * len(MEASURES)]
    for m in METHODS:
        # The truth is not measured against itself.
        cells = [f"{rows[m][k]:.{digits}f}" if m != "truth" or k in ("flicker", "cpu") else "-"
                 for k, digits in zip(MEASURES, (1, 2, 2, 1, 1, 2), strict=True)]  # fmt: skip
        out.append(f"| {m} | " + " | ".join(cells) + " |")
    return "\n".join(out)


def main() -> None:
    form = argparse.RawDescriptionHelpFormatter
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    ask.add_argument("data", type=Path)
    ask.add_argument("--short", action="store_true")
    ask.add_argument("--json", type=Path, default=Path("dust.json"))
    ask.add_argument("--sheet", type=Path, help="PNG: coarse, noise, model, truth of every frame")
    ask.add_argument("--split", default="held", choices=["held", "watch", "train"])
    ask.add_argument("--fresh", action="store_true", help="measure everything again")
    asked = ask.parse_args()
    held = [c for c in COLLAPSES if c.split == asked.split]
    if asked.short:
        held = held[:1]
    frames = (34, 64) if asked.short else FRAMES
    kept = Rows(asked.json, {"frames": frames, "size": SIZE, "model": _model()}, asked.fresh)
    sheet: list[Any] = []

    def one(c: Collapse) -> dict[str, Any]:
        t, cpu = time.monotonic(), time.process_time()
        found = measure(Scene(c, asked.data / c.name), frames, sheet)
        return {**found, "wall": time.monotonic() - t, "cpu": time.process_time() - cpu}

    for c in held:
        print(table(kept.row(c.name, lambda c=c: one(c)), f"{c.name}, {_sun(c)}"), "\n", flush=True)
    every = {m: {k: float(np.mean([kept.rows[c.name][m][k] for c in held]))
                 for k in MEASURES} for m in METHODS}  # fmt: skip
    print(table(every, "mean"))
    ahead = [k for k, better in (("psnr", 1), ("gradient", -1), ("spectrum", -1), ("flicker", -1),
                               ("off", -1))
             if better * (every["model"][k] - every["noise"][k]) > 0]  # fmt: skip
    times = every["truth"]["cpu"] / every["model"]["cpu"]
    print(f"\nThe model is ahead of the noise in: {', '.join(ahead) or 'nothing'}.")
    print(f"The truth costs {times:.0f} times as much.")
    if not asked.short:
        t, cpu = time.monotonic(), time.process_time()

        def long() -> dict[str, Any]:
            found = drift(asked.data, held[-1])
            return {**found, "wall": time.monotonic() - t, "cpu": time.process_time() - cpu}

        d = kept.row("drift", long)
        print(f"Frames {HANGS['early'][0]} to {HANGS['late'][-1]}, drift of the model:")
        for other in ("recipe", "truth"):
            print(f"  against the {other}: brightness {d[f'light_{other}']:+.1f} %, "
                  f"opacity {d[f'cover_{other}']:+.1f} %.")  # fmt: skip
    if asked.sheet and sheet:
        rows = (np.vstack(sheet) * 255).astype(np.uint8)[..., ::-1]
        cv2.imwrite(str(asked.sheet), cv2.resize(rows, None, fx=0.5, fy=0.5,
                                                 interpolation=cv2.INTER_AREA))  # fmt: skip
    print(json.dumps({"ahead": ahead}))


def _sun(c: Collapse) -> str:
    round_ = abs((c.sun[0] + 180) % 360 - 180)
    return "front light" if round_ < 60 else ("side light" if round_ < 120 else "back light")


def _model() -> str:
    from hashlib import sha256
    from importlib.resources import files

    return sha256(files("setpiece.models").joinpath("dust.onnx").read_bytes()).hexdigest()[:12]


if __name__ == "__main__":
    main()
