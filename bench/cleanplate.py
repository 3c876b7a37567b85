"""How well the clean plate is filled: holes of known truth, ours against OpenCV's inpainting.

    python bench/cleanplate.py                  # all cuts, 640 pixels wide; minutes
    python bench/cleanplate.py --short          # a few, 400 wide
    python bench/cleanplate.py --held           # cuts that the method was not tuned on
    python bench/cleanplate.py --only seattle   # cuts whose name has that word
    python bench/cleanplate.py --out sheets     # a picture a cut: truth, hole, ours, both of OpenCV
    python bench/cleanplate.py --json out.json  # where rows are kept; run again to go on

A block, house or tower that was never there is painted over sky, foliage, masonry and street of the
shared plates (`--plates`), and over the background of stage street (`examples/`), then taken out
as a shot's prep does it: the sky's matte is read from the plate with the block in it. OpenCV's
Telea and Navier-Stokes fill the same hole, radius 5. Measured inside the hole against the plate:

psnr     on the encoded picture [dB]; it rewards blur, so it is the measure of skies alone
fine     texture finer than a pixel or two, over the truth's (1 is right, 0 a smear)
broad    texture of two to eight pixels, the same
seam     mean step across the hole's border, over the truth's
copies   share of the texture that one and the same move lays on other texture, less the truth's:
         what the eye sees as a repeat
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from rows import Rows  # noqa: E402

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]
METHODS = ("ours", "telea", "ns")
WORDS = {"ours": "ours", "telea": "OpenCV Telea", "ns": "OpenCV Navier-Stokes"}
MEASURES = ("psnr", "fine", "broad", "seam", "copies")
CLASSES = ("sky", "foliage", "masonry", "street")
RADIUS = 5  # of OpenCV's methods [px]
LEAST_SKY = 0.2  # of a hole: sky in it that is judged as sky


@dataclass(frozen=True)
class Cut:
    """A block in a plate. box: left, top, right, bottom in parts of the frame."""

    kind: str
    file: str
    shape: str
    box: tuple[float, float, float, float]

    @property
    def name(self) -> str:
        """Unique among cuts."""
        x0, y0, x1, y1 = (round(100 * v) for v in self.box)
        return f"{self.kind} {Path(self.file).stem.split('_')[0]} {self.shape} {x0},{y0},{x1},{y1}"


LOWRISE = "photos/lowrise_hdr_sky_4080x3072.jpg"
PAVILION = "photos/pavilion_china_640x427.jpg"
SEATTLE = "video/seattle_sculpture_spaceneedle_640x360.avi"
PARK = "video/park_trees_1920x1080.mp4"
HOUSE = "photos/suburban_house_640x480.jpg"
WALL = "photos/kodak_kodim01.png"
FACADE = "photos/institute_facade_a_1024x682.jpg"
TIMBER = "photos/kodak_kodim08.png"
SUBURB = "photos/suburb_street_3840x2160.jpg"
LUND, LUND_6 = "multiview_street/01.jpg", "multiview_street/06.jpg"
LUND_4, LUND_10 = "multiview_street/04.jpg", "multiview_street/10.jpg"
FACADE_B = "photos/institute_facade_b_1024x682.jpg"
PAINTED = "photos/kodak_kodim24.png"
PATH = "video/gopro_walk_past_building_848x480.mp4"
MARATHON = "video/marathon_street_720x400.mp4"
SQUARE = "video/opencv_vtest_static_768x576.avi"
STAGE = "stage street"
# Rows of the horizons, in parts of the frame: a shot has them from the artist's lines.
HORIZON = {
    LOWRISE: 0.86, PAVILION: 0.50, SEATTLE: 0.74, PARK: 0.74, HOUSE: 0.78, WALL: 0.85,
    FACADE: 0.80, TIMBER: 0.80, SUBURB: 0.64, LUND: 0.52, LUND_6: 0.50, SQUARE: -0.10,
    STAGE: 0.71, LUND_4: 0.54, LUND_10: 0.52, FACADE_B: 0.80, PAINTED: 0.85, PATH: 0.36,
    MARATHON: -0.05,
}  # fmt: skip

CUTS = [
    Cut("sky", LOWRISE, "tower", (0.35, 0.05, 0.50, 0.46)),
    Cut("sky", LOWRISE, "house", (0.30, 0.05, 0.72, 0.48)),
    Cut("sky", LOWRISE, "steps", (0.10, 0.03, 0.88, 0.50)),
    Cut("sky", PAVILION, "tower", (0.65, 0.10, 0.80, 0.46)),
    Cut("sky", PAVILION, "house", (0.57, 0.06, 0.86, 0.46)),
    Cut("sky", SEATTLE, "tower", (0.18, 0.04, 0.32, 0.50)),
    Cut("sky", SEATTLE, "steps", (0.05, 0.04, 0.38, 0.50)),
    Cut("sky", LUND, "tower", (0.38, 0.06, 0.54, 0.40)),
    Cut("foliage", PARK, "tower", (0.55, 0.05, 0.72, 0.62)),
    Cut("foliage", PARK, "steps", (0.42, 0.05, 0.92, 0.66)),
    Cut("foliage", PAVILION, "house", (0.58, 0.68, 0.86, 0.98)),
    Cut("foliage", HOUSE, "tower", (0.76, 0.04, 0.97, 0.40)),
    Cut("masonry", WALL, "tower", (0.23, 0.10, 0.40, 0.70)),
    Cut("masonry", WALL, "house", (0.18, 0.08, 0.62, 0.80)),
    Cut("masonry", FACADE, "tower", (0.08, 0.22, 0.22, 0.66)),
    Cut("masonry", FACADE, "steps", (0.24, 0.04, 0.52, 0.62)),
    Cut("masonry", TIMBER, "house", (0.62, 0.30, 0.90, 0.92)),
    Cut("street", LUND, "house", (0.34, 0.24, 0.62, 0.82)),
    Cut("street", LUND, "steps", (0.30, 0.64, 0.62, 0.95)),
    Cut("street", LUND_6, "tower", (0.24, 0.08, 0.48, 0.78)),
    Cut("street", SUBURB, "tower", (0.44, 0.15, 0.60, 0.70)),
    Cut("street", SUBURB, "house", (0.36, 0.12, 0.78, 0.72)),
    Cut("street", SQUARE, "house", (0.42, 0.16, 0.70, 0.64)),
    Cut("street", STAGE, "block", (0.0, 0.0, 0.0, 0.0)),
]
# From plates that nobody looked at while the method was being tuned.
HELD = [
    Cut("sky", LUND_4, "tower", (0.42, 0.05, 0.60, 0.38)),
    Cut("sky", LUND_10, "tower", (0.40, 0.05, 0.60, 0.38)),
    Cut("foliage", PATH, "house", (0.55, 0.55, 0.95, 0.98)),
    Cut("masonry", FACADE_B, "steps", (0.62, 0.20, 0.80, 0.62)),
    Cut("masonry", PAINTED, "house", (0.42, 0.40, 0.64, 0.88)),
    Cut("street", LUND_4, "steps", (0.30, 0.60, 0.70, 0.92)),
    Cut("street", LUND_10, "house", (0.40, 0.25, 0.66, 0.80)),
    Cut("street", PATH, "tower", (0.36, 0.50, 0.58, 0.95)),
    Cut("street", MARATHON, "house", (0.35, 0.30, 0.60, 0.80)),
]
SHORT = [CUTS[i] for i in (0, 3, 5, 8, 12, 17)]
# The same plates with ever more taken out, for where filling stops being of use.
GROW = [
    Cut(kind, file, "block", (x - k * a, y - k * b, x + k * a, y + k * b))
    for kind, file, x, y, a, b in (
        ("sky", LOWRISE, 0.5, 0.26, 0.5, 0.26),
        ("foliage", PARK, 0.55, 0.5, 0.45, 0.5),
        ("masonry", WALL, 0.5, 0.5, 0.5, 0.5),
        ("street", LUND, 0.5, 0.5, 0.5, 0.5),
        ("street", SUBURB, 0.5, 0.5, 0.5, 0.5),
    )
    for k in (0.5, 0.65, 0.8, 0.9)
]


# Plates


def read_plate(path: Path, width: int) -> F32:
    """(h, w, 3) scene-linear; of a clip its first frame."""
    if path.suffix in {".mp4", ".avi"}:
        ok, picture = cv2.VideoCapture(str(path)).read()
        found = picture if ok else None
    else:
        found = cv2.imread(str(path))
    if found is None:
        raise SystemExit(f"{path}: not a picture")
    size = (width, round(found.shape[0] * width / found.shape[1]))
    small = cv2.resize(found, size, interpolation=cv2.INTER_AREA)
    return (small[..., ::-1].astype(np.float32) / 255) ** np.float32(2.2)


def outline(shape: str, box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """Corners of a building in the box, parts of the frame."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    if shape == "house":  # a gable
        return [(x0, y1), (x0, y0 + 0.3 * h), (x0 + 0.45 * w, y0), (x1, y0 + 0.3 * h), (x1, y1)]
    if shape == "steps":
        return [(x0, y1), (x0, y0 + 0.25 * h), (x0 + 0.3 * w, y0 + 0.25 * h), (x0 + 0.3 * w, y0),
                (x0 + 0.7 * w, y0), (x0 + 0.7 * w, y0 + 0.12 * h), (x1, y0 + 0.12 * h),
                (x1, y1)]  # fmt: skip
    lean = 0.03 * w if shape == "tower" else 0.0  # seen from below
    return [(x0, y1), (x0 + lean, y0), (x1 - lean, y0), (x1, y1)]


def build(truth: F32, cut: Cut) -> tuple[F32, F32]:
    """(plate with a windowed block painted in, its matte (h, w))."""
    h, w = truth.shape[:2]
    big = np.zeros((h * 4, w * 4), np.uint8)
    corners = np.array(outline(cut.shape, cut.box)) * (4 * w, 4 * h)
    cv2.fillPoly(big, [np.round(corners).astype(np.int32)], 255)
    matte = cv2.resize(big, (w, h), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    yy, xx = np.mgrid[0:h, 0:w]
    storey = max(6, h // 22)
    panes = ((yy % storey) > 0.4 * storey) & ((xx % storey) > 0.5 * storey)
    wall = np.where(panes[..., None], (0.03, 0.035, 0.04), (0.30, 0.19, 0.13))
    wall = wall * np.random.default_rng(5).uniform(0.85, 1.15, (h, w, 1))
    plate = truth * (1 - matte[..., None]) + wall * matte[..., None]
    return plate.astype(np.float32), matte


@dataclass(frozen=True)
class Case:
    """What is filled and what was there; h, w are those of the plate."""

    plate: F32
    truth: F32
    matte: F32
    horizon: float
    foreground: F32 | None = None


def make_case(cut: Cut, plates: Path, width: int) -> Case:
    """A cut's pictures."""
    if cut.file == STAGE:
        sys.path.insert(0, str(HERE.parent / "examples"))
        from stage_street import make_street

        street = make_street(width, round(width * 9 / 16), 16)
        row = HORIZON[STAGE] * len(street.plate)
        return Case(street.plate, street.background, street.building, row, street.foreground)
    truth = read_plate(plates / cut.file, width)
    plate, matte = build(truth, cut)
    return Case(plate, truth, matte, HORIZON[cut.file] * len(truth))


# Filling and measuring


def encoded(picture: F32) -> F32:
    """Near-perceptual, clipped to 0..1 as OpenCV sees it."""
    return np.asarray(np.clip(picture, 0, 1) ** np.float32(1 / 2.2))


def fill(case: Case, seed: int = 1) -> tuple[dict[str, F32], Mask, dict[str, float], list[str]]:
    """(method -> encoded picture, the hole, method -> CPU-seconds, what ours says)."""
    from setpiece.collapse.cleanplate import make_clean_plate
    from setpiece.collapse.layout import sky_mask

    start = time.process_time()
    clean = make_clean_plate(
        case.plate, case.matte, sky=sky_mask(case.plate) * (1 - case.matte),
        foreground=case.foreground, horizon=case.horizon, seed=seed,
    )  # fmt: skip
    seconds = {"ours": time.process_time() - start}
    made = {"ours": encoded(clean.image)}
    eight = np.round(encoded(case.plate) * 255).astype(np.uint8)
    hole = clean.hole.astype(np.uint8)
    for name, flag in (("telea", cv2.INPAINT_TELEA), ("ns", cv2.INPAINT_NS)):
        start = time.process_time()
        painted = cv2.inpaint(eight, hole, RADIUS, flag).astype(np.float32) / 255
        seconds[name] = time.process_time() - start
        made[name] = np.where(clean.hole[..., None], painted, encoded(case.plate))
    return made, clean.hole, seconds, clean.notes


def band(picture: F32, low: float, high: float) -> F32:
    """Grey detail (h, w) between two blurs [px]; low 0 is none."""
    grey = picture.mean(2).astype(np.float32)
    fine = cv2.GaussianBlur(grey, (0, 0), low) if low else grey
    return np.asarray(fine - cv2.GaussianBlur(grey, (0, 0), high))


def step(picture: F32, hole: Mask, where: Mask) -> float:
    """Mean difference between neighbours of which one is in the hole and one is not."""
    total, count = 0.0, 0
    for axis in (0, 1):
        near = np.abs(np.diff(picture, axis=axis)).mean(2)
        lo, hi = (np.s_[:-1], np.s_[1:]) if axis == 0 else (np.s_[:, :-1], np.s_[:, 1:])
        edge = (hole[lo] != hole[hi]) & (where[lo] | where[hi])
        total, count = total + float(near[edge].sum()), count + int(edge.sum())
    return total / max(count, 1)


def repeats(picture: F32, where: Mask) -> float:
    """Largest share of the texture in `where` that one move of the picture lies over, 0..1."""
    detail = band(picture, 0, 2.0)
    h, w = where.shape
    size = (2 * h, 2 * w)
    inside = np.fft.rfft2(detail * where, size)
    cross = np.fft.irfft2(np.conj(inside) * np.fft.rfft2(detail, size), size)
    energy = float((detail[where] ** 2).sum())
    least = max(8, round(0.03 * w))  # nearer ones are the texture's own grain
    cross[:least, :least] = cross[-least:, :least] = 0
    cross[:least, -least:] = cross[-least:, -least:] = 0
    return float(cross.max()) / max(energy, 1e-9)


def measure(made: F32, truth: F32, hole: Mask, where: Mask) -> dict[str, float]:
    """MEASURES of one filled picture inside `where`."""
    out = {"psnr": float(-10 * np.log10(max(float(((made - truth)[where] ** 2).mean()), 1e-9)))}
    for name, low, high in (("fine", 0.0, 1.0), ("broad", 1.0, 4.0)):
        ours, was = (float(np.abs(band(p, low, high))[where].mean()) for p in (made, truth))
        out[name] = ours / max(was, 1e-6)
    out["seam"] = step(made, hole, where) / max(step(truth, hole, where), 1e-6)
    out["copies"] = repeats(made, where) - repeats(truth, where)
    return out


def make_row(cut: Cut, case: Case, out: Path | None) -> dict[str, Any]:
    """Fill and measure one cut; its sky apart from the rest where it has both."""
    from setpiece.collapse.layout import sky_mask

    start, cpu = time.monotonic(), time.process_time()
    made, hole, seconds, notes = fill(case)
    truth = encoded(case.truth)
    sky = cv2.erode((sky_mask(case.truth) > 0.5).astype(np.uint8), np.ones((3, 3))) > 0
    parts = {"sky": hole & sky, cut.kind: hole & ~sky}
    if cut.kind == "sky" or (hole & sky).sum() < LEAST_SKY * hole.sum():
        parts = {cut.kind: hole}
    measured = {
        kind: {m: measure(p, truth, hole, where) for m, p in made.items()}
        for kind, where in parts.items()
    }
    if out is not None:
        draw(out / f"{cut.name.replace(' ', '_').replace(',', '-')}.png", case, made)
    return {
        "parts": measured, "share": float(hole.mean()), "seconds": seconds, "notes": notes,
        "wall": time.monotonic() - start, "cpu": time.process_time() - cpu,
    }  # fmt: skip


def draw(path: Path, case: Case, made: dict[str, F32]) -> None:
    """Truth and block above, the three fills below."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tiles = [encoded(case.truth), encoded(case.plate), *(made[m] for m in METHODS)]
    tiles.insert(2, np.zeros_like(tiles[0]))
    rows = [np.concatenate(tiles[i : i + 3], 1) for i in (0, 3)]
    sheet = np.round(np.concatenate(rows) * 255).astype(np.uint8)
    cv2.imwrite(str(path), sheet[..., ::-1])


# Tables


def table(rows: dict[str, dict[str, Any]]) -> str:
    """Markdown: a row a class and method, medians over its cuts; the worst of ours below."""
    lines = [
        "| class | method | psnr [dB] | fine | broad | seam | copies | CPU-s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in CLASSES:
        chosen = [r for r in rows.values() if kind in r["parts"]]
        for method in METHODS if chosen else ():
            cells = []
            for m in MEASURES:
                middle = float(np.median([r["parts"][kind][method][m] for r in chosen]))
                cells.append(f"{middle:.1f}" if m == "psnr" else f"{middle:.2f}")
            took = np.median([r["seconds"][method] for r in chosen])
            words = f"{kind} ({len(chosen)})" if method == "ours" else ""
            lines.append(f"| {words} | {WORDS[method]} | {' | '.join(cells)} | {took:.1f} |")
    return "\n".join(lines)


def each(rows: dict[str, dict[str, Any]]) -> str:
    """Markdown: ours, a row a cut, and by how many dB it is ahead of the better of OpenCV's."""
    lines = [
        "| cut | of the frame | part | psnr [dB] | ahead | fine | broad | seam | copies |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        for kind, by in row["parts"].items():
            ours = by["ours"]
            ahead = ours["psnr"] - max(by["telea"]["psnr"], by["ns"]["psnr"])
            lines.append(
                f"| {name} | {row['share']:.0%} | {kind} | {ours['psnr']:.1f} | {ahead:+.1f} | "
                + " | ".join(f"{ours[m]:.2f}" for m in MEASURES[1:]) + " |"
            )  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--plates", type=Path, default=HERE.parents[1] / "shared" / "plates")
    ask.add_argument("--short", action="store_true", help="six cuts, 400 pixels wide")
    ask.add_argument("--grow", action="store_true", help="ever larger holes instead")
    ask.add_argument("--held", action="store_true", help="the held-out cuts instead")
    ask.add_argument("--only", default="", help="cuts whose name has this in it")
    ask.add_argument("--width", type=int, help="of the plates [px]; default 640")
    ask.add_argument("--out", type=Path, help="folder for pictures")
    ask.add_argument("--json", type=Path, help="rows; default cleanplate[-short].json beside this")
    ask.add_argument("--fresh", action="store_true", help="make every row again")
    asked = ask.parse_args()
    from setpiece import __version__
    from setpiece.collapse.inpaint.blend import compile_kernels as compile_blend
    from setpiece.collapse.inpaint.graphcut import compile_kernels as compile_cuts
    from setpiece.collapse.inpaint.patchmatch import compile_kernels
    from setpiece.collapse.shot import STAGE_VERSION

    compile_kernels()
    compile_blend()
    compile_cuts()
    cv2.setNumThreads(1)
    width = asked.width or (400 if asked.short else 640)
    made_by = {
        "setpiece": __version__, "prep": STAGE_VERSION["prep"], "opencv": cv2.__version__,
        "machine": platform.machine(), "cores": os.cpu_count(), "width": width,
    }  # fmt: skip
    name = f"cleanplate{'-short' if asked.short else ''}{'-grow' if asked.grow else ''}"
    name += f"{'-held' if asked.held else ''}.json"
    results = Rows(asked.json or HERE / name, made_by, asked.fresh)
    rows: dict[str, dict[str, Any]] = {}
    cuts = GROW if asked.grow else HELD if asked.held else SHORT if asked.short else CUTS
    for cut in cuts:
        if asked.only not in cut.name:
            continue
        if cut.file != STAGE and not (asked.plates / cut.file).is_file():
            print(f"{cut.name}: left out, {asked.plates / cut.file} is not there")
            continue

        def make(cut: Cut = cut) -> dict[str, Any]:
            return make_row(cut, make_case(cut, asked.plates, width), asked.out)

        rows[cut.name] = results.row(cut.name, make)
    print(f"\n{table(rows)}\n\n{each(rows)}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Finished rows are kept: the same command goes on.")
