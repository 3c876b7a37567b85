"""Bring down the block of stage street with the strokes that an artist would draw on it.

python examples/stage_street.py --out street
python examples/street_collapse.py street --out takes --brief "At 1 s it pancakes, heavy dust."
python examples/street_collapse.py street --show        # only prints the command
"""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path
from typing import Any

import cv2
import numpy as np

BRIEF = "At 0.5 s the ground floor fails on the right, it pancakes, heavy dust."


def strokes(truth: dict[str, Any]) -> dict[str, Any]:
    """Outline, level edges and shadow line of `truth.json`, each point rounded to a pixel.

    The result has the names of `Request`: outline (polygon around the block), lines (the eaves
    that meet over the nearest corner), shadow (foot of the bollard, tip of its shadow, its top).
    """
    _, high = np.array(truth["cornice_px"])
    near = int(np.linalg.norm(truth["footprint"], axis=1).argmin())
    return {
        "outline": _pixels(silhouette(truth)),
        "lines": (_pixels(high[[near - 1, near]]), _pixels(high[[near, (near + 1) % 4]])),
        "shadow": _pixels(truth["post_px"]),
    }


def silhouette(truth: dict[str, Any]) -> np.ndarray:
    """Polygon (6, 2) [px] around the block: the corners of its walls that stand against the rest.

    The mouldings that stand out from the walls are left to the matte.
    """
    return cv2.convexHull(np.array(truth["corners_px"], np.float32)).reshape(-1, 2)


def _pixels(points: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in np.round(np.asarray(points)))


def command(folder: Path, brief: str) -> str:
    """The same order as a command line."""
    told = json.loads((folder / "truth.json").read_text())
    drawn = strokes(told)

    def text(points: Any) -> str:
        return " ".join(f"{x:.0f},{y:.0f}" for x, y in points)

    words = ["setpiece", "collapse", str(folder / "plate.png"), "--brief", brief]
    words += ["--outline", text(drawn["outline"]), "--shadow", text(drawn["shadow"])]
    for line in drawn["lines"]:
        words += ["--line", text(line)]
    words += ["--lens", f"{told['lens_35mm']:g}", "--height", f"{told['height']:g}"]
    words += ["--storeys", str(told["storeys"])]
    words += ["--foreground", str(folder / "foreground.png")]  # the lamp: a roto, as an artist has
    return shlex.join(words)


def main(arguments: list[str] | None = None) -> None:
    """Command line."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("street", type=Path, help="folder that stage_street.py wrote")
    ask.add_argument("--out", type=Path, default=Path("takes"))
    ask.add_argument("--brief", default=BRIEF)
    ask.add_argument("--frames", type=int, default=96)
    ask.add_argument("--fragments", type=int, default=1500)
    ask.add_argument("--size", default="1280x720")
    ask.add_argument("--draft", action="store_true", help="quick and coarse")
    ask.add_argument("--show", action="store_true", help="print the command and stop")
    asked = ask.parse_args(arguments)
    if asked.show:
        print(command(asked.street, asked.brief))
        return
    from setpiece.collapse.shot import collapse

    told = json.loads((asked.street / "truth.json").read_text())
    width, height = (int(x) for x in asked.size.split("x"))
    take = collapse(
        asked.street / "plate.png", asked.brief, out=asked.out, frames=asked.frames,
        fragments=asked.fragments, size=(width, height), lens=told["lens_35mm"],
        height=told["height"], storeys=told["storeys"],
        foreground=asked.street / "foreground.png",
        quality="draft" if asked.draft else "final", **strokes(told),
    )  # fmt: skip
    print(f"Wrote {take.movie}")
    for name, check in take.checks.items():
        print(f"  {name}: {'holds' if check.get('ok') else 'FAILS'} ({check.get('value')})")


if __name__ == "__main__":
    main()
