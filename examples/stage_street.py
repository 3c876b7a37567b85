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
from street_light import bounce_light, combine, first_hits
from street_scene import POST, POST_HEIGHT, House, build_street

from setpiece.media.colour import to_display
from setpiece.render.camera import Camera
from setpiece.render.denoise import denoise
from setpiece.render.shading import light_rays
from setpiece.render.tracing import Tracer, camera_arrays, make_rays

LENS, TILT, ROLL, EYE = 30.0, 5.0, 0.6, 1.65  # 35 mm equivalent [mm], degrees, metres
DIAGONAL = 43.267  # of a 35 mm frame [mm]: equivalents are told by the diagonal (CIPA DCG-001)
SUN_AZIMUTH, SUN_ELEVATION = -128.0, 38.0  # 0 is away from the camera, 90 to its right
SUN = (2.75, 2.46, 2.02)
EXPOSURE = 0.80  # stops the pavement from burning out
HAZE = (0.66, 0.74, 0.84)
EXTINCTION = 0.0011
GRAIN = 0.006


@dataclass(frozen=True)
class Street:
    """plate, background: (h, w, 3) scene-linear. building, foreground: mattes (h, w). And truth."""

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
    """Render plate and background. About 2 CPU-seconds a sample at 1280x720, twice."""
    arrays, house = build_street()
    focal = LENS / DIAGONAL * float(np.hypot(width, height))
    camera = Camera.from_angles(focal, width, height, eye_height=EYE, tilt=TILT, roll=ROLL)
    plate, ids = _render(arrays, camera, samples)
    without = tuple(a[~arrays[4]] if k else arrays[0] for k, a in enumerate(arrays))
    background, _ = _render(without, camera, samples)
    alone = tuple(a[arrays[4]] if k else arrays[0] for k, a in enumerate(arrays))
    building = _coverage(alone, camera)
    seen = (ids == 1).astype(np.float32)
    # What covers the block's silhouette without being the block stands in front of it.
    foreground = np.clip(building - seen, 0, 1) * (building > 0.02)
    return Street(
        _photograph(plate, 1), _photograph(background, 2), building, foreground, camera,
        sun_direction(), house,
    )  # fmt: skip


def _render(arrays: tuple, camera: Camera, samples: int) -> tuple[NDArray, NDArray]:
    """(denoised radiance (h, w, 3), share of each pixel that is the block, rounded (h, w))."""
    v, f, material, tint, block = arrays
    v, f = np.ascontiguousarray(v, np.float32), np.ascontiguousarray(f, np.int32)
    tracer = Tracer(v, f)
    w, h = camera.width, camera.height
    n = w * h
    ys, xs = np.divmod(np.arange(n, dtype=np.int32), np.int32(w))
    pixel = np.arange(n)
    out, albedo, normal = (np.zeros((n, 3), np.float32) for _ in range(3))
    part = np.zeros(n, np.float32)
    sun = sun_direction()
    rng = np.random.default_rng(5)
    side = max(round(samples**0.5), 1)
    share = 1.0 / (side * side)
    o, d, point, nrm, base, mirror, to_sun, to_sky = (
        np.zeros((n, 3), np.float32) for _ in range(8)
    )
    for s in range(side * side):
        dx, dy = ((np.array([s % side, s // side]) + rng.random(2)) / side - 0.5).tolist()
        make_rays(*camera_arrays(camera), xs, ys, dx, dy, o, d)
        prim, dist, _, _ = tracer.hits(o, d)
        first_hits(prim, dist, o, d, v, f, material, tint, sun, 1, s, point, nrm, base, mirror)
        light_rays(n, pixel, nrm, sun, np.tan(np.radians(0.27)), 9, 31 * s, to_sun, to_sky)
        hit = np.asarray(prim) >= 0
        free = np.zeros(n, np.float32)
        free[hit] = ~tracer.occluded(point[hit], to_sun[hit])
        sky_prim, mirror_prim = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
        sky_prim[hit] = tracer.hits(point[hit], to_sky[hit])[0]
        glass = np.abs(mirror).sum(1) > 0
        if glass.any():
            mirror_prim[glass] = tracer.hits(point[glass], mirror[glass])[0]
        bounce = np.zeros((n, 3), np.float32)
        bounce_light(sky_prim, to_sky, v, f, material, tint, sun, np.array(SUN), bounce)
        combine(
            prim, dist, d, material, nrm, base, free, to_sky, sky_prim, bounce, mirror, mirror_prim,
            sun, np.array(SUN), np.array(HAZE), EXTINCTION, pixel, out, albedo, normal, share,
        )  # fmt: skip
        part[hit] += share * block[np.asarray(prim)[hit]]
    shape = (h, w, 3)
    clean = denoise(out.reshape(shape), albedo.reshape(shape), normal.reshape(shape))
    return clean, (part.reshape(h, w) > 0.5).astype(np.int32)


def _coverage(arrays: tuple, camera: Camera) -> NDArray[np.float32]:
    """Silhouette of the triangles, 16 samples a pixel."""
    tracer = Tracer(arrays[0], arrays[1])
    w, h = camera.width, camera.height
    ys, xs = np.divmod(np.arange(w * h, dtype=np.int32), np.int32(w))
    o, d = np.empty((w * h, 3), np.float32), np.empty((w * h, 3), np.float32)
    out = np.zeros(w * h, np.float32)
    for s in range(16):
        make_rays(*camera_arrays(camera), xs, ys, (s % 4 + 0.5) / 4 - 0.5,
                  (s // 4 + 0.5) / 4 - 0.5, o, d)  # fmt: skip
        out += (np.asarray(tracer.hits(o, d)[0]) >= 0) / 16.0
    return out.reshape(h, w).astype(np.float32)


def _photograph(radiance: NDArray, seed: int) -> NDArray[np.float32]:
    """What a camera makes of it: lens blur, vignette, exposure, grain. Scene-linear."""
    h, w = radiance.shape[:2]
    soft = cv2.GaussianBlur(EXPOSURE * radiance, (0, 0), 0.55 * w / 1280)
    y, x = np.mgrid[0:h, 0:w]
    r2 = ((x - w / 2) ** 2 + (y - h / 2) ** 2) / (w * w / 4)
    soft = soft * (1 - 0.10 * r2)[..., None]
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.standard_normal((h, w, 3)).astype(np.float32), (0, 0), 0.5)
    noise /= noise.std()
    grainy = soft + GRAIN * noise * np.sqrt(np.maximum(soft, 0.01))
    return np.clip(grainy, 0, 1).astype(np.float32)


def truth(street: Street) -> dict[str, Any]:
    """What is known about the plate, as truth.json says it. Pixels of this size.

    corners_px: foot and top of each corner of the walls in turn. cornice_px: (2, 4, 2) underside
    and top of the cornice. post_px: foot of the bollard, tip of its shadow, top of the bollard.
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
