"""Stage street: a plate of our own making, whose camera, sun, building and background are known.

    python examples/stage_street.py --out street              # 1280x720, 64 samples, some minutes
    python examples/stage_street.py --out street --size 640x360 --samples 16

writes plate.png (16 bit), background.png (the same view without the block), building.png and
foreground.png (mattes) and truth.json. `street_collapse.py` then
draws what an artist would draw on it and brings the block down.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from street_set.builder import Group
from street_set.render import coverage, render_street
from street_set.scene import POST, POST_HEIGHT, House, build_street

from setpiece.media.colour import to_display
from setpiece.render.camera import Camera
from setpiece.render.light import Light

LENS, TILT, ROLL, EYE = 28.0, 9.0, 0.4, 1.7  # 35 mm equivalent [mm], degrees, metres
DIAGONAL = 43.267  # of a 35 mm frame [mm]: equivalents are told by the diagonal (CIPA DCG-001)
SUN_AZIMUTH, SUN_ELEVATION = -122.5, 37.5  # 0 is away from the camera, 90 to its right
EXPOSURE = 0.92
GLOW = 0.025  # share of the light that the lens scatters
SHOT, READ = 2.2e-4, 2e-6  # variance of the grain: per unit of light, and of black


@dataclass(frozen=True)
class Street:
    """plate, background: (h, w, 3) scene-linear. building: matte (h, w); foreground: matte of
    everything that stands before it, whether it hides the block or not. And truth."""

    plate: NDArray[np.float32]
    background: NDArray[np.float32]
    building: NDArray[np.float32]
    foreground: NDArray[np.float32]
    camera: Camera
    sun: NDArray[np.float64]
    house: House


def sun_direction() -> NDArray[np.float64]:
    """Unit vector towards the sun."""
    a, e = np.radians([SUN_AZIMUTH, SUN_ELEVATION])
    return np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])


def make_street(width: int = 1280, height: int = 720, samples: int = 64) -> Street:
    """Render plate and background. About 1.7 CPU-seconds a sample at 1280x720, both together."""
    street, house = build_street()
    focal = LENS / DIAGONAL * float(np.hypot(width, height))
    camera = Camera.from_angles(focal, width, height, eye_height=EYE, tilt=TILT, roll=ROLL)
    light = Light(
        direction=tuple(sun_direction().tolist()), sun=(2.05, 1.80, 1.42), softness=0.35,
        haze=(0.62, 0.68, 0.75), extinction=0.0011,
    )  # fmt: skip
    block = street.group == Group.BUILDING
    with_it = render_street(street, camera, light, samples)
    without = render_street(street.only(~block), camera, light, samples)
    building = coverage(street.only(block), camera)
    return Street(
        _photograph(with_it, 1), _photograph(without, 2), building,
        coverage(street.only(street.group == Group.FRONT), camera), camera, sun_direction(), house,
    )  # fmt: skip


def _photograph(radiance: NDArray, seed: int) -> NDArray[np.float32]:
    """What a camera makes of it: glow, exposure, fall-off to the corners, grain. Scene-linear."""
    h, w = radiance.shape[:2]
    glow = cv2.GaussianBlur(np.minimum(radiance, 4), (0, 0), w / 90)
    y, x = np.mgrid[0:h, 0:w] + 0.5
    r2 = ((x - w / 2) ** 2 + (y - h / 2) ** 2) / (w * w / 4)
    light = (radiance + GLOW * (glow - radiance)) * (EXPOSURE / (1 + 0.10 * r2) ** 2)[..., None]
    noise = np.random.default_rng(seed).standard_normal((h, w, 3))
    noise = cv2.GaussianBlur(noise, (0, 0), 0.45)  # neighbours share a little, as after demosaicing
    noise /= noise.std()
    grainy = light + noise * np.sqrt(SHOT * np.maximum(light, 0) + READ)
    return np.clip(grainy, 0, 1).astype(np.float32)


def truth(street: Street) -> dict[str, Any]:
    """What is known about the plate, as truth.json says it. Pixels of this size.

    corners_px: foot and top of each corner of the walls in turn, the top level with the parapet's
    edge. cornice_px: (2, 4, 2) underside of the cornice, then the parapet's edge: the eave line.
    post_px: foot of the nearest bollard, tip of its shadow, top of the bollard.
    """
    house, camera = street.house, street.camera
    foot = house.footprint()
    corners = np.array([[*p, z] for p in foot for z in (0.0, house.height)])
    return {
        "focal_px": camera.focal, "lens_35mm": LENS, "tilt": TILT, "roll": ROLL, "eye_height": EYE,
        "sun": street.sun.tolist(), "footprint": foot.tolist(), "height": house.height,
        "width": house.width, "depth": house.depth, "storeys": house.storeys,
        "yaw": house.yaw, "corners_px": camera.project(corners)[0].tolist(),
        "cornice_px": camera.project(house.cornice())[0].tolist(),
        "size": [camera.width, camera.height],
        "post_px": camera.project(
            np.array([[*POST, 0.0], [*_tip(street.sun), 0.0], [*POST, POST_HEIGHT]])
        )[0].tolist(),
    }  # fmt: skip


def _tip(sun: NDArray) -> NDArray:
    """Where the post's shadow ends on the ground."""
    return np.array(POST) - sun[:2] / sun[2] * POST_HEIGHT


def save_street(street: Street, out: Path) -> None:
    """Write the pictures (display-referred 16-bit PNG) and truth.json."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("plate", "background"):
        picture = to_display(getattr(street, name))
        cv2.imwrite(str(out / f"{name}.png"), (picture[..., ::-1] * 65535 + 0.5).astype(np.uint16))
    for name in ("building", "foreground"):
        cv2.imwrite(str(out / f"{name}.png"), (getattr(street, name) * 255 + 0.5).astype(np.uint8))
    (out / "truth.json").write_text(json.dumps(truth(street), indent=2))


def main() -> None:
    """Command line."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--out", type=Path, default=Path("street"))
    ask.add_argument("--size", default="1280x720")
    ask.add_argument("--samples", type=int, default=64)
    asked = ask.parse_args()
    width, height = (int(x) for x in asked.size.split("x"))
    save_street(make_street(width, height, asked.samples), asked.out)
    print(f"Wrote {asked.out}/plate.png, background.png, building.png, foreground.png, truth.json")


if __name__ == "__main__":
    main()
