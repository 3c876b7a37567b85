"""What a collapse costs: seconds and peak memory of every stage, and how they grow.

    python bench/collapse.py                 # 600, 2000, 5000 pieces, 96 frames, 1280x720; an hour
    python bench/collapse.py --short         # four small shots; minutes
    python bench/collapse.py --shots "1500,96,1280x720"
    python bench/collapse.py --json out.json # where rows are kept; run again to go on

Each row is a whole shot from the demo's photograph, made by a process of its own in a fresh
folder. Rows are written as they finish: a run that was stopped goes on at the stage it had
reached, and rows of the same version on the same machine are not made again (`--fresh` makes all).
CPU-seconds are all workers together; wall seconds depend on how busy the machine is. Peak memory
is resident, of all processes. The last table says by how much each stage grows when only pieces,
frames or pixels do, so that a user can predict a shot's cost.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rows import Rows, with_cost

from setpiece import __version__
from setpiece.collapse.demo import BRIEF, STROKES, photograph

ORDER = ("brief", "layout", "prep", "fracture", "fall", "dust", "debris", "frames", "deliver")
Shot = tuple[int, int, tuple[int, int]]  # pieces, frames, (width, height)
FULL = (1280, 720)
LONG: list[Shot] = [
    (600, 96, FULL), (2000, 96, FULL), (5000, 96, FULL), (2000, 96, (640, 360)), (2000, 48, FULL),
]  # fmt: skip
SHORT: list[Shot] = [
    (400, 24, (640, 360)), (200, 24, (640, 360)), (400, 12, (640, 360)), (400, 24, (320, 180)),
]  # fmt: skip


# In a process of its own


def make_row(shot: Shot, out: Path, workers: int | None) -> dict[str, Any]:
    """A whole shot in `out`; returns stage -> seconds, CPU-seconds, MB."""
    from setpiece.collapse.shot import collapse

    pieces, frames, size = shot
    take = collapse(
        photograph(), BRIEF, out=out, workers=workers, fragments=pieces, frames=frames, size=size,
        **STROKES,
    )  # fmt: skip
    return {
        "stages": {s["stage"]: s for s in take.record["stages"]},
        "size_made": take.record["size"],
        "checks": {k: c["ok"] for k, c in take.checks.items()},
    }


def make_preview(size: tuple[int, int], out: Path) -> dict[str, Any]:
    """The first preview frame, as `setpiece collapse` makes it before the long work."""
    from setpiece.collapse.preview import first_look
    from setpiece.collapse.request import Request
    from setpiece.farm import StageDesk

    request = Request.check(plate=photograph(), brief=BRIEF, size=size, **STROKES)
    first_look(request, StageDesk(out / ".work"))
    return {}


def child(words: list[str]) -> dict[str, Any]:
    """This script again; returns what it measured, and the process's wall and CPU-seconds."""

    def ask() -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            answer = Path(folder) / "answer.json"
            subprocess.run([sys.executable, __file__, "--child", str(answer), *words], check=True)
            answered: dict[str, Any] = json.loads(answer.read_text())
        return answered

    return with_cost(ask)


# What was measured, kept


def results(path: Path, workers: int | None, fresh: bool) -> Rows:
    """Rows on disk, made by this version on this machine."""
    from setpiece.collapse.shot import STAGE_VERSION

    made_by = {
        "setpiece": __version__, "stage_versions": STAGE_VERSION, "cores": os.cpu_count(),
        "machine": platform.machine(), "workers": workers,
    }  # fmt: skip
    return Rows(path, made_by, fresh)


def measured(rows: Rows, name: str, words: list[str]) -> dict[str, Any]:
    """The row of that name; work that a stopped run left in its folder is gone on with."""
    out = rows.work / name.replace(" ", "_")

    def make() -> dict[str, Any]:
        row = child([*words, str(out)])
        # Stages that a stopped run had finished are counted as if made now.
        row["wall"] = max(row["wall"], sum(s["seconds"] for s in row.get("stages", {}).values()))
        return row

    row = rows.row(name, make)
    shutil.rmtree(out, ignore_errors=True)
    return row


def title(shot: Shot) -> str:
    """A row's name."""
    pieces, frames, (w, h) = shot
    return f"{pieces} pieces, {frames} frames, {w}x{h}"


# Tables


def cpu_of(row: dict[str, Any], stage: str) -> float:
    """CPU-seconds of one stage, or of "whole shot"."""
    stages = row["stages"]
    chosen = stages.values() if stage == "whole shot" else [stages[stage]]
    return float(sum(s["cpu_seconds"] for s in chosen))


def table(rows: dict[Shot, dict[str, Any]]) -> str:
    """Markdown: a row a stage, a column a shot (CPU-s / wall s / peak MB)."""
    lines = [f"| CPU-s / s / MB | {' | '.join(title(s) for s in rows)} |", _rule(len(rows))]
    for stage in ORDER:
        cells = []
        for row in rows.values():
            took = row["stages"][stage]
            cells.append(
                f"{took['cpu_seconds']:.1f} / {took['seconds']:.1f} / {took['peak_mb']:.0f}"
            )
        lines.append(f"| {stage} | " + " | ".join(cells) + " |")
    whole = []
    for row in rows.values():
        peak = max(s["peak_mb"] for s in row["stages"].values())
        whole.append(f"**{cpu_of(row, 'whole shot'):.0f} / {row['wall']:.0f} / {peak:.0f}**")
    return "\n".join([*lines, "| **whole shot** | " + " | ".join(whole) + " |"])


def growth(rows: dict[Shot, dict[str, Any]]) -> str:
    """Markdown: CPU-seconds of the larger shot over the smaller, where one thing differs."""
    pairs: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
    for kind, of in (("pieces", 0), ("frames", 1), ("pixels", 2)):
        for small, large in [
            (a, b) for a in rows for b in rows if _amount(a, of, rows) < _amount(b, of, rows)
        ]:
            if all(small[k] == large[k] for k in range(3) if k != of):
                less, more = _amount(small, of, rows), _amount(large, of, rows)
                words = f"{kind} x{more / less:.2g} ({less} to {more})"
                pairs.append((words, rows[small], rows[large]))
    if not pairs:
        return "Growth: not measured; give shots that differ in one thing only."
    lines = [f"| CPU-s grow by | {' | '.join(p[0] for p in pairs)} |", _rule(len(pairs))]
    for stage in (*ORDER, "whole shot"):
        cells = []
        for _words, less_row, more_row in pairs:
            before, after = cpu_of(less_row, stage), cpu_of(more_row, stage)
            # Below a tenth of a second the clock is measured, not the stage.
            cells.append(f"x{after / before:.2g}" if min(before, after) >= 0.1 else "-")
        lines.append(f"| {stage} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _amount(shot: Shot, of: int, rows: dict[Shot, dict[str, Any]]) -> int:
    if of == 2:  # the picture is fitted into the box: count what was made
        width, height = rows[shot]["size_made"]
        return int(width * height)
    return int((shot[0], shot[1])[of])


def _rule(columns: int) -> str:
    return "|---|" + "---|" * columns


def _shots(text: str) -> list[Shot]:
    out: list[Shot] = []
    for word in text.split():
        pieces, frames, size = word.split(",")
        width, height = size.split("x")
        out.append((int(pieces), int(frames), (int(width), int(height))))
    return out


def main() -> None:
    """Command line."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--short", action="store_true", help="four small shots")
    ask.add_argument("--shots", type=_shots, help='"pieces,frames,WxH ..." in place of the list')
    ask.add_argument("--json", type=Path, help="rows; default collapse[-short].json beside this")
    ask.add_argument("--workers", type=int)
    ask.add_argument("--fresh", action="store_true", help="make every row again")
    ask.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.child:
        answer, what, workers, out = asked.child
        (shot,) = _shots(what.removeprefix("preview:"))
        if what.startswith("preview:"):
            answered = make_preview(shot[2], Path(out))
        else:
            answered = make_row(shot, Path(out), int(workers) or None)
        Path(answer).write_text(json.dumps(answered, default=float))
        return
    shots = asked.shots or (SHORT if asked.short else LONG)
    name = "collapse-short.json" if asked.short else "collapse.json"
    kept = results(asked.json or Path(__file__).with_name(name), asked.workers, asked.fresh)
    print(f"{platform.machine()}, {os.cpu_count()} cores; rows in {kept.path}", flush=True)
    workers = str(asked.workers or 0)
    size = max(s[2] for s in shots)
    look = measured(
        kept,
        f"first preview, {size[0]}x{size[1]}",
        [f"preview:0,0,{size[0]}x{size[1]}", workers],
    )
    rows = {
        s: measured(kept, title(s), [f"{s[0]},{s[1]},{s[2][0]}x{s[2][1]}", workers]) for s in shots
    }
    print(f"\nFirst preview frame {look['wall']:.1f} s after the command.\n")
    print(table(rows))
    print()
    print(growth(rows))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Finished rows and stages are kept: the same command goes on.")
    except subprocess.CalledProcessError as error:
        sys.exit(f"The shot stopped (status {error.returncode}); the same command goes on there.")
