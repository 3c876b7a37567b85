"""What a collapse costs: seconds and peak memory of every stage, and how they grow.

    python bench/collapse.py                 # 600, 2000, 5000 pieces, 96 frames, 1280x720
    python bench/collapse.py --short         # one small shot
    python bench/collapse.py --json out.json

Each row is a whole shot from the demo's photograph, made in a fresh folder. CPU-seconds are all
workers together; wall seconds depend on how busy the machine is. `growth` runs the render at half
the pixels, frames and pieces, so that a user can predict a shot's cost.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

from setpiece.collapse.demo import BRIEF, STROKES, photograph
from setpiece.collapse.preview import first_look
from setpiece.collapse.request import Request
from setpiece.collapse.shot import collapse
from setpiece.farm import StageDesk

ORDER = ("brief", "layout", "prep", "fracture", "fall", "dust", "debris", "frames", "deliver")


def one(pieces: int, frames: int, size: tuple[int, int], workers: int | None) -> dict[str, Any]:
    """A shot in a fresh folder; returns stage -> seconds, CPU-seconds, MB."""
    with tempfile.TemporaryDirectory() as folder:
        before = time.monotonic()
        take = collapse(
            photograph(), BRIEF, out=folder, workers=workers, fragments=pieces, frames=frames,
            size=size, **STROKES,
        )  # fmt: skip
        wall = time.monotonic() - before
    return {
        "pieces": pieces, "frames": frames, "size": list(size), "wall": wall,
        "stages": {s["stage"]: s for s in take.record["stages"]},
        "checks": {k: c["ok"] for k, c in take.checks.items()},
    }  # fmt: skip


def first_frame(size: tuple[int, int]) -> float:
    """Seconds from the command to the first preview, in a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        before = time.monotonic()
        request = Request.check(plate=photograph(), brief=BRIEF, size=size, **STROKES)
        first_look(request, StageDesk(Path(folder)))
        return time.monotonic() - before


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown: a row a stage, a column a shot (CPU-s / wall s / MB)."""
    head = "| stage | " + " | ".join(
        f"{r['pieces']} pieces, {r['frames']} fr, {r['size'][0]}x{r['size'][1]}" for r in rows
    )
    lines = [head + " |", "|---|" + "---|" * len(rows)]
    for stage in ORDER:
        cells = []
        for r in rows:
            s = r["stages"][stage]
            cells.append(f"{s['cpu_seconds']:.0f} / {s['seconds']:.0f} / {s['peak_mb']:.0f}")
        lines.append(f"| {stage} | " + " | ".join(cells) + " |")
    whole = []
    for r in rows:
        cpu = sum(s["cpu_seconds"] for s in r["stages"].values())
        peak = max(s["peak_mb"] for s in r["stages"].values())
        whole.append(f"**{cpu:.0f} / {r['wall']:.0f} / {peak:.0f}**")
    return "\n".join([*lines, "| **whole shot** | " + " | ".join(whole) + " |"])


def main() -> None:
    """Command line."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--short", action="store_true")
    ask.add_argument("--json", type=Path)
    ask.add_argument("--workers", type=int)
    ask.add_argument("--pieces", default="600,2000,5000")
    ask.add_argument("--no-growth", action="store_true", help="leave the two smaller shots out")
    asked = ask.parse_args()
    full = (1280, 720)
    if asked.short:
        shots = [(400, 24, (640, 360))]
    else:
        shots = [(int(n), 96, full) for n in asked.pieces.split(",")]
        if not asked.no_growth:
            shots += [(2000, 96, (640, 360)), (2000, 48, full)]
    print(f"{platform.machine()}, {os.cpu_count()} cores; CPU-s / wall s / peak MB")
    preview = first_frame(full)
    print(f"first preview frame after {preview:.1f} s")
    rows = []
    for pieces, frames, size in shots:
        rows.append(one(pieces, frames, size, asked.workers))
        print(
            f"... {pieces} pieces, {frames} frames, {size[0]}x{size[1]}: {rows[-1]['wall']:.0f} s"
        )
    print(table(rows))
    if asked.json is not None:
        asked.json.write_text(json.dumps({"first_preview_s": preview, "shots": rows}, indent=2))


if __name__ == "__main__":
    main()
