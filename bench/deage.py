"""What de-ageing is worth: the layers, the network, both, at 10, 20 and 30 years younger.

    python bench/deage.py --faces FOLDER            # FOLDER: portraits/colour/*.jpg, video/*
    python bench/deage.py --short                   # four portraits, one clip, 20 years
    python bench/deage.py --json out.json --sheet before_after.png
    python bench/deage.py --node-modules node_modules   # two more estimators, by Node.js

On portraits that were set aside before anything was tuned (`training/deage/held_out.txt`), and on
clips. Every estimator is reported by itself: they compress (about half a year for a year), and what
fools one need not fool the next.

age       an estimator's age after less before, mean [years]
identity  distance of dlib's embeddings of before and after, mean and worst (another photograph of
          the same person is at about 0.38)
beyond    people further than the governor's limit for the years that can be taken off them
texture   energy on skin of what is finer than 0.6 % of the face's height, after over before [%]
flow      change to the next frame once that is moved back along the source's own motion, on the
          skin of a clip, over the source's
outside   pixels outside the mattes of skin and layers that changed
ms        CPU-milliseconds a 1280x720 frame on one core, steadied, the face already found
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from deage_measures import (
    UNSEEN,
    Estimators,
    bytes_of,
    flow,
    grouped,
    texture_kept,
    warp_error,
    watched,
)
from numpy.typing import NDArray
from rows import Rows

from setpiece.deage.ages import YOUNGEST, Strengths, governed, strengths, taken
from setpiece.deage.alter import Altered, lay, paint, steadied, summed
from setpiece.deage.detect import find
from setpiece.deage.face import Face, align, fitting_size
from setpiece.deage.governor import LOOKS, Governed, Look, govern, limit_for
from setpiece.deage.identity import distance, who
from setpiece.deage.network import OWN
from setpiece.deage.steady import REACH
from setpiece.media.colour import to_display
from setpiece.media.plate import open_plate

F32 = NDArray[np.float32]
HERE = Path(__file__).resolve().parent
SET = HERE.parent / "training" / "deage"
METHODS = ("layers", "network", "both")
YEARS = (10, 20, 30)
GROUPS = ("tone", "sex", "older", "glasses", "beard", "pose")
TAKEN = 2016  # about when the portraits were made
GOALS = {10: 0.25, 20: 0.35, 30: 0.40}


def order_for(years: float, age: float, method: str) -> dict[str, Any]:
    """What `paint` is asked: strengths, and the engine."""
    order: dict[str, Any] = {"strengths": strengths(years, age)}
    if method != "layers":
        order |= {"engine": OWN, "ages": (age, max(age - years, YOUNGEST))}
    if method == "network":
        order["strengths"] = Strengths()
    return order


def held(
    frames: list[F32], faces: list[Face], years: float, age: float, method: str
) -> Governed | None:
    """How far the product would let these faces go; the network alone is measured as it is."""
    if method == "network":
        return None
    order = order_for(years, age, method)
    some = range(len(frames))[len(frames) // (2 * LOOKS) :: -(-len(frames) // LOOKS)]
    looks = [Look.of(frames[i], faces[i], fitting_size(faces[i])) for i in some]
    asked = order.pop("strengths")
    return govern(looks, asked, limit_for(taken(years, age)), **order)


def aged(
    frames: list[F32], faces: list[Face], years: float, age: float, method: str, gain: float = 1.0
) -> list[tuple[F32, F32]]:
    """Frames in a row with a face made younger, scene-linear, and the matte of what may change."""
    size = max(fitting_size(f) for f in faces)
    placed = [align(f, size) for f in faces]
    order = order_for(years, age, method)
    order["strengths"] = governed(order["strengths"], gain)
    painted = [paint(p, a, **order) for p, a in zip(frames, placed, strict=True)]
    made = []
    for i, (at, frame) in enumerate(zip(placed, frames, strict=True)):
        first = max(i - REACH, 0)
        calm = steadied(painted[first : i + REACH + 1], i - first)
        made.append(laid(frame, lay(frame, at, calm)))
    return made


def laid(picture: F32, made: Altered) -> tuple[F32, F32]:
    out, may = picture.copy(), np.zeros(picture.shape[:2], np.float32)
    out[made.where], may[made.where] = summed(picture[made.where], made)
    return out, may


def portraits(folder: Path, short: bool) -> list[dict[str, Any]]:
    """The portraits set aside, with what is known of each, its picture and face."""
    with (SET / "held_out.csv").open() as f:
        rows: list[dict[str, Any]] = list(csv.DictReader(f))
    for row in rows[::5] if short else rows:
        row["age"] = float(TAKEN - int(row["born"]))
        row["older"] = "60 and over" if row["age"] >= 60 else "under 60"
        path = folder / "portraits" / "colour" / f"{row['name']}.jpg"
        if not path.is_file():
            raise SystemExit(f"{path}: not there; say with --faces where the portraits are")
        row["picture"] = open_plate(path).read()
        row["face"] = next(iter(find(row["picture"])), None)
    return [r for r in rows if "face" in r]


def on_portraits(
    people: list[dict[str, Any]], method: str, years: int, estimators: Estimators, hold: bool
) -> dict[str, Any]:
    """Every person's figures for one method and one number of years."""
    rows = []
    seen = [p for p in people if p["face"] is not None]
    pairs = []
    for p in seen:
        alone = ([p["picture"]], [p["face"]], years, p["age"], method)
        found = held(*alone) if hold else None
        gain = 1.0 if found is None else found.gain
        out, matte = aged(*alone, gain)[0]
        before, after = bytes_of(p["picture"]), bytes_of(out)
        p.setdefault("who", who(before, p["face"]))
        p.setdefault("after", {})[method, years] = after
        pairs.append((after, p["face"]))
        hidden = matte == 0
        rows.append({
            "name": p["name"], **{g: p[g] for g in GROUPS},
            "gain": gain, "limit": limit_for(taken(years, p["age"])),
            "identity": distance(p["who"], who(after, p["face"])),
            "texture": texture_kept(to_display(p["picture"]), to_display(out), matte,
                                    p["face"].height / 100),
            "outside": int((out != p["picture"])[hidden].any(-1).sum()),
        })  # fmt: skip
    if "ages" not in seen[0]:
        first = estimators.ages([(bytes_of(p["picture"]), p["face"]) for p in seen])
        for i, p in enumerate(seen):
            p["ages"] = {n: v[i] for n, v in first.items()}
    for name, ages in estimators.ages(pairs).items():
        for p, row, age in zip(seen, rows, ages, strict=True):
            row[f"age {name}"] = age - p["ages"][name]
    return {"people": rows, "unseen": [p["name"] for p in people if p["face"] is None]}


def on_clip(clip: dict[str, Any], method: str, years: int, hold: bool) -> dict[str, Any]:
    """Calm and cost on a clip."""
    frames, faces = clip["frames"], clip["faces"]
    t = time.process_time()
    found = held(frames, faces, years, 45.0, method) if hold else None
    searched = time.process_time() - t
    gain = 1.0 if found is None else found.gain
    made = aged(frames, faces, years, 45.0, method, gain)
    source, after = [], []
    for k in range(len(frames) - 1):
        motion = flow(bytes_of(frames[k]), bytes_of(frames[k + 1]))
        where = made[k][1] > 0.5
        if not where.any():
            continue
        source.append(warp_error(to_display(frames[k]), to_display(frames[k + 1]), motion, where))
        after.append(warp_error(to_display(made[k][0]), to_display(made[k + 1][0]), motion, where))
    k = 1280 / frames[0].shape[1]
    some = slice(0, 2 * REACH + 1)
    big = [cv2.resize(p, None, fx=k, fy=k, interpolation=cv2.INTER_CUBIC) for p in frames[some]]
    there = [Face(f.points * np.float32(k), f.score) for f in faces[some]]
    aged(big[:1], there[:1], years, 45.0, method, gain)
    t = time.process_time()
    aged(big, there, years, 45.0, method, gain)
    ms = 1000 * (time.process_time() - t) / len(big)
    return {"source": float(np.mean(source)), "flow": float(np.sum(after) / np.sum(source)),
            "ms": ms, "frames": len(frames), "gain": gain, "searched": searched}  # fmt: skip


def table(found: dict[tuple[str, int], dict[str, Any]], names: list[str], clips: list[str]) -> str:
    """Markdown: a row a method and number of years."""
    head = ["method", "years", *(f"age {n}" for n in names), "identity", "worst", "beyond",
            "texture", "outside", *(["flow", "ms"] if clips else [])]  # fmt: skip
    out = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for (method, years), row in found.items():
        rows = row["people"]
        cells = [method, f"-{years}", *(f"{mean(rows, f'age {n}'):+.1f}" for n in names),
                 f"{mean(rows, 'identity'):.2f}", f"{max(r['identity'] for r in rows):.2f}",
                 f"{sum(r['identity'] > r['limit'] for r in rows)} of {len(rows)}",
                 f"{100 * mean(rows, 'texture'):.0f} %",
                 f"{sum(r['outside'] for r in rows)}"]  # fmt: skip
        if clips:
            cells += [f"{np.mean([row['clips'][c][k] for c in clips]):{form}}"
                      for k, form in (("flow", ".3f"), ("ms", ".0f"))]  # fmt: skip
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out)


def mean(rows: list[dict[str, Any]], key: str) -> float:
    return float(np.mean([r[key] for r in rows]))


def by_group(rows: list[dict[str, Any]], names: list[str]) -> str:
    """Markdown: whom it serves how well."""
    head = ["who", "people", *(f"age {n}" for n in names), "identity", "texture"]
    out = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for g in GROUPS:
        for value, some in grouped(rows, g).items():
            cells = [f"{g}: {value}", str(len(some)),
                     *(f"{mean(some, f'age {n}'):+.1f}" for n in names),
                     f"{mean(some, 'identity'):.2f}",
                     f"{100 * mean(some, 'texture'):.0f} %"]  # fmt: skip
            out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out)


def sheet(people: list[dict[str, Any]], years: int, to: Path) -> None:
    """Before, layers, network, both, a row a person. Shows faces: keep it out of the repository."""
    rows = []
    for p in people:
        if "after" not in p:
            continue
        aligned = align(p["face"], 320)
        pictures = [bytes_of(p["picture"])] + [p["after"][m, years] for m in METHODS
                                               if (m, years) in p["after"]]  # fmt: skip
        rows.append(np.hstack([np.clip(aligned.crop(i.astype(np.float32)), 0, 255)[20:280, 30:290]
                               for i in pictures]))  # fmt: skip
    half = -(-len(rows) // 2)
    rows += [np.zeros_like(rows[0])] * (2 * half - len(rows))
    both = np.hstack([np.vstack(rows[:half]), np.vstack(rows[half:])])
    cv2.imwrite(str(to), both[..., ::-1].astype(np.uint8))


def main() -> None:
    form = argparse.RawDescriptionHelpFormatter
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    ask.add_argument("--faces", type=Path, default=HERE.parents[1] / "shared" / "faces")
    ask.add_argument("--short", action="store_true")
    ask.add_argument("--json", type=Path, default=Path("deage.json"))
    ask.add_argument("--sheet", type=Path, help="PNG: before, layers, network, both")
    ask.add_argument("--node-modules", type=Path)
    ask.add_argument("--years", default=",".join(map(str, YEARS)), help="some of them")
    ask.add_argument("--methods", default=",".join(METHODS), help="some of them, by commas")
    ask.add_argument("--final", action="store_true",
                     help=f"ask {UNSEEN} too, which nobody tunes by")  # fmt: skip
    ask.add_argument("--ungoverned", action="store_true",
                     help="the years as they are, however far a face goes")  # fmt: skip
    ask.add_argument("--fresh", action="store_true", help="measure everything again")
    asked = ask.parse_args()
    chosen = [y for y in YEARS if str(y) in asked.years.split(",")]
    methods = [m for m in METHODS if m in asked.methods.split(",")]
    cv2.setNumThreads(1)
    model = sha256(files("setpiece.models").joinpath("deage.onnx").read_bytes()).hexdigest()[:12]
    estimators = Estimators(asked.node_modules, asked.final)
    hold = not asked.ungoverned
    made_by = {"short": asked.short, "estimators": estimators.names, "governed": hold}
    kept = Rows(asked.json, made_by, asked.fresh or asked.sheet is not None)
    people = portraits(asked.faces, asked.short)
    paths = sorted(p for p in (asked.faces / "video").iterdir() if p.is_file())
    clips = [watched(p) for p in (paths[:1] if asked.short else paths)]
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for years in YEARS[1:2] if asked.short else chosen:
        for method in methods:

            def one(method: str = method, years: int = years) -> dict[str, Any]:
                t, cpu = time.monotonic(), time.process_time()
                row = on_portraits(people, method, years, estimators, hold)
                row["clips"] = {c["name"]: on_clip(c, method, years, hold) for c in clips}
                return {**row, "wall": time.monotonic() - t, "cpu": time.process_time() - cpu}

            name = f"{method}-{years}" + ("" if method == "layers" else f"-{model}")
            found[method, years] = kept.row(name, one)
    names = estimators.names
    print(table(found, names, [c["name"] for c in clips]), "\n")
    for missing in estimators.missing:
        print(f"Not measured: {missing}.")
    for method in methods:
        years = 20 if 20 in chosen else chosen[0]
        print(f"\n{method}, -{years}:\n\n{by_group(found[method, years]['people'], names)}")
    print()
    for (method, years), row in found.items():
        worst = mean(row["people"], "identity")
        ok = "meets" if worst <= GOALS[years] else "misses"
        print(f"{method} -{years}: identity {worst:.2f} {ok} {GOALS[years]:.2f}")
    if asked.sheet:
        sheet(people, 20, asked.sheet)
    print(json.dumps({f"{m}-{y}": mean(r["people"], "identity") for (m, y), r in found.items()}))


if __name__ == "__main__":
    main()
