"""Paint age on portraits; goes on where it stopped.

    python training/deage/make_data.py DATA --colour PORTRAITS [--grey PORTRAITS]

PORTRAITS are folders of pictures to which the rights are clear, one face each; a name that ends in
_YEAR tells the year of birth. Those in held_out.txt are left alone. What was painted is kept beside
each photograph: the photograph itself is what the network is to find again.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
from ageing import FULL, age
from faces import detected, held_out, portrait
from samples import STEP

from setpiece.media.atomic import whole_file

COUNT = {"colour": 8, "grey": 3}  # painted a portrait
AT_ONCE = 4  # of those that share one photograph at one size
WATCH = 12  # one portrait in so many is only watched
LARGEST, SMALLEST = 448, 192  # sides of the aligned square [px]


def main() -> None:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("data", type=Path)
    ask.add_argument("--colour", type=Path, required=True)
    ask.add_argument("--grey", type=Path)
    ask.add_argument("--every", type=int, default=1, help="take one grey portrait in so many")
    asked = ask.parse_args()
    cv2.setNumThreads(1)
    aside = held_out()
    for kind, folder in (("colour", asked.colour), ("grey", asked.grey)):
        files = [] if folder is None else sorted(p for p in folder.iterdir() if p.is_file())
        for path in files[:: asked.every if kind == "grey" else 1]:
            if path.stem not in aside:
                _paint(path, kind, asked.data)


def _paint(path: Path, kind: str, data: Path) -> None:
    code = crc32(path.stem.encode())
    split = "watch" if kind == "colour" and code % WATCH == 0 else "train"
    sets = -(-COUNT[kind] // AT_ONCE)
    wanted = [data / split / f"{kind}_{path.stem}_{k}.npz" for k in range(sets)]
    if all(p.exists() for p in wanted):
        return
    found = detected(path)
    if found is None:
        print(f"{path.name}: no face found", flush=True)
        return
    rgb, face = found
    for k, to in enumerate(wanted):
        if to.exists():
            continue
        rng = np.random.default_rng([code, k])
        own = 1.9 * face.height  # its own resolution, and others that films may have
        side = int(16 * round(np.clip(own * rng.uniform(0.75, 1.35), SMALLEST, LARGEST) / 16))
        p = portrait(rgb, face, path.stem, side, rng)
        ys, xs = np.nonzero(p.skin > 0.1)
        edge = side // 12
        y0, x0 = max(ys.min() - edge, 0), max(xs.min() - edge, 0)
        box = np.s_[y0 : ys.max() + edge, x0 : xs.max() + edge]
        rows = {}
        count = min(AT_ONCE, COUNT[kind] - k * AT_ONCE)
        for i in range(count):
            aged = age(p.crop, p.points, p.skin, float(rng.uniform(0.15, 1) * FULL), rng)
            rows[f"delta{i}"] = np.round(aged.delta[box] * 255 * STEP).astype(np.int16)
            rows[f"years{i}"] = aged.years[box].astype(np.float16)
        photo = np.round(p.crop[box] * 255).astype(np.uint8)
        to.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(to) as part, part.open("wb") as f:
            np.savez(f, photo=photo, skin=np.round(p.skin[box] * 255).astype(np.uint8), age=p.age,
                     count=count, **rows)  # fmt: skip


if __name__ == "__main__":
    main()
