"""The plate's light: where the sun is, how strong it is against the sky, and the haze.

One photograph says little about its light for certain, so each number is bounded to what is
plausible and `Light.source` and `Light.uncertainty` say what it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import luminance
from setpiece.collapse.layout.model import Layout
from setpiece.collapse.shade import street_shade
from setpiece.collapse.sun import SunFix, from_shadow
from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.show.sun import sun_position

if TYPE_CHECKING:
    from setpiece.media.exif import Exif

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Point = tuple[float, float]

MOST_SKY = 0.6  # of all light, where walls do not say that there is no sun
NEAR_WHITE = 0.72  # albedo taken for the brightest things in a street
MOST_BLUE = (
    2.0  # blue over red of a whole clear sky's light (15,000 K); what one picture shows is bluer
)
PAVED = (1.05, 1.0, 0.9)  # colour of streets and their dust
SEEN = 0.5  # mean of a whole sky over what a level camera sees of it (CIE S 011, clear skies)
# A white card in the sun over the sky that a level camera sees; plates with something white in the
# sun have 2 to 3. Of a card under cloud it is the least.
OUTSHINES, UNDER_CLOUD = 2.0, 1.0
FAR = 2000.0  # metres: how far the land just under the horizon is taken to be


@dataclass(frozen=True)
class _Wall:
    """normal: outward, level (2,). level: luminance of its plain parts. seen: pixels."""

    normal: NDArray[np.float64]
    level: float
    seen: int


def estimate_light(
    image: F32,
    layout: Layout,
    *,
    shadow: Sequence[Point] | None = None,
    sky: F32 | None = None,
    exif: Exif | None = None,
) -> Light:
    """Sun, sky, ground bounce and haze of a plate.

    Args:
        image: (h, w, 3) float32, scene-linear Rec.709.
        layout: camera and building, in the picture's own size.
        shadow: foot, tip and (optional) top of what casts a shadow [px]; see `from_shadow`.
        sky: (h, w) 0..1 where the sky shows; None means that it is not known.
        exif: time with zone, place and heading together give the sun's position.

    Raises:
        LayoutError: a shadow line that cannot be one.
    """
    h, w = image.shape[:2]
    camera = layout.view(w, h)
    walls = _visible_walls(image, layout, camera)
    fix = _direction(layout, camera, shadow, exif, walls)
    lum = luminance(image)
    is_sky = np.zeros((h, w), bool) if sky is None else sky > 0.8
    ground_part = lum[~is_sky] if (~is_sky).sum() > 500 else lum.ravel()
    overcast = _overcast(image, is_sky, ground_part)
    ratio = _sun_to_sky(walls, fix, ground_part) * (1 - overcast)
    white = _white(image, is_sky, ground_part, overcast)
    below = image[round(0.8 * h) :][~is_sky[round(0.8 * h) :]]
    soil = np.median(below, 0) if len(below) > 100 else np.full(3, 0.15 * white)
    clear = (0.0, 0.0, 0.0)
    shade = clear if overcast > 0.6 else street_shade(image, layout, camera, fix.direction)
    tint = _sky_tint(image, is_sky, overcast, soil if shade != clear else None)
    warm = _sun_tint(tint, fix.direction[2], overcast)
    ratio = float(np.clip(ratio, 0.12, 6.0))
    # Walls tell the least that the sky may give; where the sky that shows is brighter (haze), the
    # truth lies between the two, on a scale of stops.
    sky_level = white / (1 + ratio)
    shows = min(_seen_sky(image, is_sky), MOST_SKY * white)
    sky_level = max(sky_level, float(np.sqrt(sky_level * shows)))
    sun_level = white - sky_level
    cap = 0.6 * white / max(float(luminance(soil[None].astype(np.float32))[0]), 1e-4)
    haze, extinction = _haze(image, is_sky, camera, white)
    return Light(
        direction=_rgb(fix.direction),
        sun=_rgb(warm * sun_level),
        sky=_rgb(tint * sky_level),
        ground=_rgb(soil * min(1.0, cap)),
        softness=float(0.5 + 14.0 * overcast**2),
        haze=_rgb(haze),
        extinction=extinction,
        shade=shade,
        source=fix.source + (", overcast" if overcast > 0.6 else ""),
        uncertainty=fix.uncertainty,
    )


def _direction(
    layout: Layout,
    camera: Camera,
    shadow: Sequence[Point] | None,
    exif: Exif | None,
    walls: list[_Wall],
) -> SunFix:
    if shadow:
        outline = np.array(layout.outline, np.float32).reshape(-1, 1, 2)
        scale = camera.width / layout.size[0]
        at = (shadow[0][0] / scale, shadow[0][1] / scale)
        near = cv2.pointPolygonTest(outline, at, True) > -0.02 * layout.size[0]
        return from_shadow(camera, shadow, layout.top if near else None)
    fix = _from_exif(exif)
    if fix is not None:
        return fix
    lit = sorted((x for x in walls if x.seen > 400), key=lambda x: -x.level)
    elevation = np.radians(40.0)
    if len(lit) >= 2 and lit[0].level > 1.25 * lit[-1].level:
        # halfway between facing the bright wall and grazing the dark one
        toward = lit[0].normal - 0.5 * lit[-1].normal
        toward = toward / np.linalg.norm(toward)
        direction = np.array([*(toward * np.cos(elevation)), np.sin(elevation)])
        return SunFix(direction, 35.0, "guess from the brighter facade, 40 degrees high")
    side = -1.0
    direction = np.array([side * np.sin(np.pi / 4), -np.cos(np.pi / 4), 0.0]) * np.cos(elevation)
    direction[2] = np.sin(elevation)
    return SunFix(
        direction, 45.0, "guess: 45 degrees behind the camera on the left, 40 degrees high"
    )


def _from_exif(exif: Exif | None) -> SunFix | None:
    if exif is None or exif.taken is None or exif.taken.tzinfo is None:
        return None
    if exif.latitude is None or exif.longitude is None or exif.heading is None:
        return None
    azimuth, elevation = sun_position(exif.taken, exif.latitude, exif.longitude)
    if elevation < 1.0:
        return None  # at night the light is not the sun's
    a, e = np.radians(azimuth - exif.heading), np.radians(elevation)
    direction = np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])
    return SunFix(direction, 12.0, "time, place and heading that the camera wrote")


def _visible_walls(image: F32, layout: Layout, camera: Camera) -> list[_Wall]:
    """Luminance of each wall that faces the camera (65th percentile: windows are darker)."""
    h, w = image.shape[:2]
    lum = luminance(image)
    out = []
    for prism in layout.prisms:
        foot = np.asarray(prism.footprint, float)
        for a, b in zip(foot, np.roll(foot, -1, 0), strict=True):
            edge = b - a
            length = np.hypot(*edge)
            if length < 1e-6:
                continue
            normal = np.array([edge[1], -edge[0]]) / length
            if normal @ (camera.position[:2] - (a + b) / 2) <= 0:
                continue
            low, high = prism.base, prism.base + prism.height
            quad = np.array([[*a, low], [*b, low], [*b, high], [*a, high]])
            pixels, depth = camera.project(quad)
            if (depth <= 0.1).any():
                continue
            mask = np.zeros((h, w), np.uint8)
            cv2.fillConvexPoly(mask, np.round(np.clip(pixels, -4 * w, 5 * w)).astype(np.int32), 1)
            values = lum[mask > 0]
            if len(values) > 100:
                out.append(_Wall(normal, float(np.percentile(values, 65)), len(values)))
    return out


def _overcast(image: F32, is_sky: NDArray[np.bool_], ground: F32) -> float:
    """0 clear .. 1 a white even sky over a street with little contrast."""
    low, high = np.percentile(ground, [12, 88])
    flat = float(np.clip((7.0 - high / max(low, 1e-3)) / 5.0, 0, 1))
    if is_sky.mean() < 0.01:
        return 0.35 * flat
    sky = image[is_sky]
    mean = sky.mean(0)
    grey = float(np.clip(1 - (mean.max() - mean.min()) / max(float(mean.max()), 1e-3) / 0.18, 0, 1))
    lum = luminance(sky)
    even = float(np.clip(1 - lum.std() / max(float(lum.mean()), 1e-3) / 0.35, 0, 1))
    clipped = lum.mean() > 0.9  # a burnt-out sky says nothing about its colour
    if clipped:
        return max(flat, 0.45)
    return float(np.sqrt(grey * even) * (0.4 + 0.6 * flat))


def _sun_to_sky(walls: list[_Wall], fix: SunFix, ground: F32) -> float:
    """Sun over sky on a white card: from a lit and an unlit wall, else from lit and dark parts."""
    lit = [(x, float(x.normal @ fix.direction[:2])) for x in walls if x.seen > 400]
    bright = [(x, c) for x, c in lit if c > 0.2]
    dark = [x for x, c in lit if c <= 0.05]
    if bright and dark:
        wall, cosine = max(bright, key=lambda p: p[0].level)
        shade = min(x.level for x in dark)
        # a wall sees half of the sky and a bright ground: about 0.6 of what faces up
        return float(np.clip((wall.level / max(shade, 1e-4) - 1) * 0.6 / cosine, 0.3, 6.0))
    low, high = np.percentile(ground, [20, 90])
    return float(np.clip(0.3 * (high / max(low, 1e-3) - 1), 0.5, 3.2))


def _white(image: F32, is_sky: NDArray[np.bool_], ground: F32, overcast: float) -> float:
    """Luminance of a white card that faces the sun.

    The brightest things on the ground tell where they are near white; a plate of trees, water and
    dark roofs has none, and its dust and broken faces would be grey under a bright sky. So the sky
    is asked as well, and where it says more the truth lies between the two, on a scale of stops.
    """
    white = float(np.percentile(ground, 97)) / NEAR_WHITE
    if is_sky.mean() >= 0.03:
        more = OUTSHINES * (1 - overcast) + UNDER_CLOUD * overcast
        told = more * float(luminance(image[is_sky]).mean())
        white = max(white, float(np.sqrt(white * told)))
    return float(np.clip(white, 0.25, 1.6))


def _seen_sky(image: F32, is_sky: NDArray[np.bool_]) -> float:
    """Light on a white card from a whole sky like the part of it that the plate shows; 0: none."""
    if is_sky.mean() < 0.03:
        return 0.0
    return SEEN * float(luminance(image[is_sky]).mean())


def _sky_tint(
    image: F32, is_sky: NDArray[np.bool_], overcast: float, shaded: NDArray[Any] | None
) -> NDArray[np.float64]:
    """Colour of sky light at luminance 1: that of what shows, no bluer than a whole sky.

    shaded: (3,) colour of a street that only the sky lights. It tells as much as the sky that
    shows: light from sunlit walls comes to it too. One of lawn or shrubs tells nothing.
    """
    default = np.array([0.88, 1.0, 1.22])
    tint = default
    if is_sky.mean() > 0.01:
        values = image[is_sky]
        open_ = values[values.max(1) < 0.97]
        if len(open_) > 0.2 * len(values):
            tint = open_.mean(0) / max(float(luminance(open_).mean()), 1e-4)
    tint = np.clip(tint, 0.45, 1.9)
    blue = float(tint[2] / tint[0])
    if blue > MOST_BLUE:
        tint = tint ** (np.log(MOST_BLUE) / np.log(blue))
    if shaded is not None and shaded.min() > 0:
        street = shaded / np.array(PAVED)
        if street[2] >= street[0] and street[1] <= 1.05 * max(street[0], street[2]):
            tint = np.sqrt(tint * street / luminance(street[None].astype(np.float32))[0])
    tint = tint * (1 - 0.6 * overcast) + 0.6 * overcast
    return np.asarray(tint / (tint @ np.array([0.2126, 0.7152, 0.0722])))


def _sun_tint(sky: NDArray[np.float64], height: float, overcast: float) -> NDArray[np.float64]:
    """Colour of the sun at luminance 1: what the sky scattered away, warmer when it is low.

    High it is between white and CIE D55, as cameras set their white between the two.
    """
    low = float(np.clip((0.5 - height) / 0.5, 0, 1))
    tint = np.array([1.08 + 0.12 * low, 0.99, 0.86 - 0.21 * low])
    tint = tint * (1 - overcast) + overcast
    del sky
    return np.asarray(tint / (tint @ np.array([0.2126, 0.7152, 0.0722])))


def _haze(
    image: F32, is_sky: NDArray[np.bool_], camera: Camera, white: float
) -> tuple[NDArray[np.float64], float]:
    """(colour that distance fades to, extinction per metre).

    Colour: the lowest visible sky. Extinction from the dark channel (K. He et al., "Single image
    haze removal using dark channel prior", CVPR 2009) of the land just under the horizon, which
    is taken to be 2 km away; near land lowers the estimate, so it errs towards clear air.
    """
    h, w = image.shape[:2]
    left, right = camera.horizon
    row = int(np.clip((left[1] + right[1]) / 2, 1, h - 2))
    if is_sky.mean() > 0.01:
        rows = np.nonzero(is_sky.sum(1) > 0.02 * w)[0]
        bottom = rows.max() if len(rows) else row
        band = is_sky.copy()
        band[: max(0, bottom - h // 12)] = False
        haze = np.median(image[band if band.sum() > 50 else is_sky], 0).astype(float)
    else:
        haze = white * np.array([0.74, 0.8, 0.88])
    band = np.zeros((h, w), bool)
    band[row : min(h, row + max(3, h // 60))] = True
    band &= ~(cv2.dilate(is_sky.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    if band.sum() < 0.25 * w or float(haze.max()) < 1e-3:
        return haze, 0.0
    dark = cv2.erode((image / haze).min(2).astype(np.float32), np.ones((7, 7), np.uint8))
    veil = float(np.clip(np.percentile(dark[band], 40), 0, 0.9))
    extinction = abs(np.log(1 - 0.9 * max(0.0, veil - 0.1))) / FAR
    return haze, float(np.clip(extinction, 0.0, 8e-4))


def _rgb(values: NDArray) -> tuple[float, float, float]:
    r, g, b = (float(v) for v in values)
    return r, g, b
