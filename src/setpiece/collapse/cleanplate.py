"""What the building hid: the plate with the building taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.grain import living_grain, measure_grain
from setpiece.collapse.inpaint.atlas import make_atlas
from setpiece.collapse.inpaint.complete import complete
from setpiece.collapse.inpaint.fields import decode, disc, encode, guess_by_label, pull_push
from setpiece.collapse.inpaint.horizon import above_horizon, horizon_row, smooth_enough
from setpiece.collapse.inpaint.limits import limit, warning, way_to_fill
from setpiece.collapse.inpaint.materials import find_materials
from setpiece.collapse.inpaint.rim import meet_plate
from setpiece.collapse.inpaint.shift import shift_sky
from setpiece.collapse.inpaint.skyline import guess_label
from setpiece.errors import PlateError
from setpiece.render.light import Light

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]
Progress = Callable[[float], None] | None

# Above the skyline, in units of 1.6% of the longer side: how far what stands on it may reach up
# into the sky, and over how much more that is faded out.
NEAR, FADE = 0.25, 0.5
HAZE = 0.06  # of the picture's height below the horizon: over which the sky's light fades from land
# Price of texture from another height, per picture height: level storeys, shores and hedges stay
# so, while ground may come from nearer or farther.
ROWS, GROUND = 2.5, 1.0
FAIR_GROUND = 0.2  # ground is alike everywhere: rather the same again than a wall
HIDDEN = 0.04  # of the matte: that much of a pixel is building
GROW = 0.012  # of the picture's longer side: how far past the matte the hole reaches
FOOT = 0.008  # the same, below its lowest pixels


@dataclass(frozen=True)
class CleanPlate:
    """The plate without its building.

    Attributes:
        image: (h, w, 3) float32, scene-linear Rec.709; the plate's own bits outside `hole`.
        hole: (h, w) bool, where pixels were replaced.
        filled_fraction: share of the frame that was replaced.
        notes: how it was made, for the artist.
        trusted: the hole is small enough for what is shown in it to be believed.
    """

    image: F32
    hole: Mask
    filled_fraction: float
    notes: list[str] = field(default_factory=list)
    trusted: bool = True


def make_clean_plate(
    image: F32,
    matte: F32,
    *,
    given: F32 | None = None,
    sky: F32 | None = None,
    foreground: F32 | None = None,
    light: Light | None = None,
    horizon: float | None = None,
    progress: Progress = None,
    seed: int = 0,
) -> CleanPlate:
    """Paint out the building.

    Args:
        image: (h, w, 3) float32, scene-linear Rec.709.
        matte: (h, w) float32 0..1, the building (what stands in front of it may be included).
        given: a clean plate from the artist, same shape: it is used inside the hole.
        sky: (h, w) 0..1, where the sky shows. Without it the whole hole is filled by texture.
        foreground: (h, w) 0..1, things in front: never taken as texture.
        light: sky and haze colour, for a backdrop where there is nothing to copy from.
        horizon: row of the horizon [px], for the same.
        progress: called with 0..1.
        seed: of the search.

    Raises:
        PlateError: shapes do not match, or nothing of the place is left to be seen.
    """
    h, w = image.shape[:2]
    _same_size(matte, (h, w), "matte")
    fg = np.zeros((h, w), np.float32) if foreground is None else foreground
    sky_mask = np.zeros((h, w), np.float32) if sky is None else np.clip(sky, 0, 1)
    sky_mask = smooth_enough(image, sky_mask)
    far = horizon_row(image, sky_mask)
    sky_mask = above_horizon(sky_mask, far)
    _same_size(fg, (h, w), "foreground matte")
    _same_size(sky_mask, (h, w), "sky matte")
    hole = find_hole(matte, sky_mask)
    share = float(hole.mean())
    if given is not None:
        _same_size(given, (h, w), "clean plate given by the artist")
        out = np.where(hole[..., None], np.asarray(given, np.float32)[..., :3], image)
        return CleanPlate(out, hole, share, ["clean plate given by the artist"])
    if not hole.any():
        return CleanPlate(image.copy(), hole, 0.0, ["no building in the matte: nothing filled"])
    usable = ~hole & (cv2.dilate(fg, disc(2)) < 0.1)
    label = guess_label(sky_mask, hole, horizon)
    row = h if horizon is None else int(np.clip(horizon, 0, h))
    most = limit(float((label[hole] > 0.5).mean()), float(hole[row:].sum() / hole.sum()))
    way = way_to_fill(share, float(usable.mean()), most)
    if way == "paint":
        from setpiece.collapse.inpaint.backdrop import backdrop

        painted = backdrop(image, hole, light or Light(), horizon, seed)
        grain = measure_grain(image)
        painted += grain.at(painted) * living_grain(grain, (h, w), 0, seed)
        out = image.copy()
        out[hole] = np.maximum(painted, 0)[hole]
        return CleanPlate(out, hole, share, [warning(share, painted=True)], trusted=False)
    picture = encode(image)
    if share > 0.45:
        # so much must be invented that a lamp post or eave would be repeated all over
        plain = usable & ~_lines(picture)
        usable = plain if plain.mean() > 0.1 else usable
    # far land under haze has the sky's light, and would be too bright or dark elsewhere without it
    haze = np.zeros((h, 1), np.float32)
    if far is not None:
        below = np.arange(h, dtype=np.float32) - far
        # from a little above it, where the sky's matte fades out already
        haze[:, 0] = np.clip(1 - below / (HAZE * h), 0, 1) * (below > -0.02 * h)
    flat, shading = _split_sky(picture, sky_mask, hole, fg, haze)
    start = guess_by_label(flat, label, hole | ~usable)
    # High sky first, from sky alone: no twig or gable may come to hang in the open. The rest then
    # reaches up into it a little and is faded into it.
    depth = _sky_depth(label)
    high = hole & (depth > NEAR)
    open_sky = usable & (sky_mask > 0.95)
    if not high.any() or open_sky.mean() < 0.004:
        high = np.zeros_like(hole)
    part = float(high.sum() / hole.sum())
    sure = np.where(high, 1, label).astype(np.float32)
    # What still borders it of the building would tint it: there it borders on smooth sky instead.
    calm = pull_push(flat, open_sky.astype(np.float32))
    bare = np.where((open_sky | high)[..., None], flat, calm).astype(np.float32)
    above, sure = complete(
        bare, high, open_sky, start=start, label=sure, row_price=0.25, seed=seed + 1,
        whole=False,        progress=_share(progress, 0.0, part),
    )  # fmt: skip
    if high.any():
        above = shift_sky(above, high, open_sky)
    flat = np.where(high[..., None], above, flat).astype(np.float32)
    price, fairness = _row_rules(h, share, horizon)
    sheet = make_atlas(
        flat, hole & ~(high & (depth > NEAR + FADE)), usable, start, sure,
        find_materials(flat, hole, usable), horizon,
    )  # fmt: skip
    longer = (0, len(sheet.hole) - h)
    filled, pasted = complete(
        sheet.picture, sheet.hole, sheet.usable, start=sheet.start, label=sheet.label, seed=seed,
        materials=sheet.materials, level=sheet.level,
        row_price=np.pad(price, longer), fairness=np.pad(fairness, longer, mode="edge"),
        progress=_share(progress, part, 1.0),
    )  # fmt: skip
    filled, pasted = filled[:h], pasted[:h]
    ramp = np.where(high, np.clip((depth - NEAR) / FADE, 0, 1), 0).astype(np.float32)
    filled = flat * ramp[..., None] + filled * (1 - ramp[..., None])
    pasted = sure * ramp + pasted * (1 - ramp)
    if far is not None:  # a piece of sky that far below the horizon is water or ground
        pasted = pasted * np.clip(2 - below / (HAZE * h), 0, 1)[:, None]
    result = filled + np.maximum(pasted, haze)[..., None] * shading
    result = meet_plate(picture, result, matte > HIDDEN, hole)
    out = image.copy()
    out[hole] = decode(result)[hole]
    notes = [f"{share:.0%} of the frame filled from the texture around the building"]
    if (label[hole] > 0.5).mean() > 0.02:
        notes.append("hidden sky follows a smooth model of the visible sky, with its texture")
    if way == "fill with a warning":
        notes.append(warning(share, painted=False, trusted=most))
    return CleanPlate(out, hole, share, notes, trusted=way == "fill")


def building_picture(
    image: F32,
    matte: F32,
    foreground: F32,
    *,
    progress: Progress = None,
    seed: int = 0,
) -> F32:
    """The building with what stands in front of it painted out, from its own texture.

    Args and result as `make_clean_plate`: (h, w, 3) float32, scene-linear Rec.709. Pixels
    without foreground keep the plate's bits, those under its soft edge most of the plate, so that
    the foreground laid over the result is the plate again. This is the picture projected on the
    pieces.
    """
    amount = np.clip((foreground - 0.3) / 0.5, 0, 1)[..., None]
    covered = cv2.dilate((foreground > 0.25).astype(np.uint8), disc(2)) > 0
    reach = cv2.dilate((matte > 0.02).astype(np.uint8), disc(4)) > 0
    hole = covered & reach
    source = (matte > 0.95) & ~covered
    if not hole.any() or source.sum() < 400:
        return image.copy()
    ys, xs = np.nonzero(reach)
    box = np.s_[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    picture = encode(image[box])
    here, source_here = hole[box], source[box]
    start = pull_push(picture, source_here.astype(np.float32))
    label = np.zeros(here.shape, np.float32)
    filled, _ = complete(
        picture, here, source_here, start=start, label=label, row_price=0.5, seed=seed,
        progress=progress,
    )  # fmt: skip
    out = image.copy()
    k = amount[box][here]
    out[box][here] = k * decode(filled)[here] + (1 - k) * image[box][here]
    return out


def find_hole(matte: F32, sky: F32) -> Mask:
    """Matte grown by 1.2% of the frame, with masts and spires that stick out of it into the sky.

    Hardly past its foot: what lies below that is ground in front of the building, and the plate
    shows it.
    """
    h, w = matte.shape
    grow = max(2, round(GROW * max(h, w)))
    core = (matte > HIDDEN).astype(np.uint8)
    hole = cv2.dilate(core, disc(grow))
    rows = np.arange(h)[:, None]
    foot = np.where(core > 0, rows, -1).max(axis=0)
    # Beside the building its nearest foot counts.
    foot = cv2.dilate(foot[None].astype(np.float32), np.ones((1, 2 * grow + 1), np.uint8))[0]
    hole[rows > foot[None] + max(2, round(FOOT * max(h, w)))] = 0
    if (sky > 0.5).any():
        solid = (sky < 0.5).astype(np.uint8)
        thick = cv2.morphologyEx(solid, cv2.MORPH_OPEN, disc(max(2, grow // 2)))
        thin = (solid > 0) & (cv2.dilate(thick, disc(2)) == 0) & (hole == 0)
        # only what starts at the building and stands in the sky
        base = cv2.dilate(hole, disc(4)) > 0
        count, labels = cv2.connectedComponents((thin | base).astype(np.uint8))
        owner = np.zeros(count, bool)
        owner[np.unique(labels[base])] = True
        owner[0] = False
        spires = owner[labels] & thin
        hole = np.maximum(hole, cv2.dilate(spires.astype(np.uint8), disc(max(2, grow // 3))))
    return np.asarray(hole > 0)


def _lines(picture: F32) -> Mask:
    """Close to long straight edges: things that were built (R. Grompone von Gioi et al., "LSD",
    PAMI 2010, as OpenCV has it)."""
    h, w = picture.shape[:2]
    grey = (np.clip(picture, 0, 1).mean(-1) * 255).astype(np.uint8)
    found = cv2.createLineSegmentDetector().detect(grey)[0]
    out = np.zeros((h, w), np.uint8)
    width = max(3, round(0.02 * max(h, w)))
    for x0, y0, x1, y1 in [] if found is None else found.reshape(-1, 4):
        if np.hypot(x1 - x0, y1 - y0) > 0.03 * max(h, w):
            cv2.line(out, (round(x0), round(y0)), (round(x1), round(y1)), 1, width)
    return np.asarray(out > 0)


def _sky_depth(label: F32) -> F32:
    """How far sky is from all that is not, in units of 1.6% of the frame's longer side."""
    near = cv2.distanceTransform((label > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(near / (0.016 * max(label.shape)), np.float32)


def _row_rules(h: int, share: float, horizon: float | None) -> tuple[F32, F32]:
    """`row_price` and `fairness` (h,) of `complete`: upright things above the horizon keep their
    height, ground may be repeated."""
    ground = np.arange(h) > (h if horizon is None else horizon) + 0.04 * h
    price = np.where(ground, GROUND, ROWS if share < 0.5 else GROUND)
    return price.astype(np.float32), np.where(ground, FAIR_GROUND, 1.0).astype(np.float32)


def _share(progress: Progress, begin: float, end: float) -> Progress:
    """The part of a progress bar that belongs to one of several steps."""
    if progress is None:
        return None
    return lambda f: progress(begin + (end - begin) * f)


def _split_sky(picture: F32, sky: F32, hole: Mask, fg: F32, haze: F32) -> tuple[F32, F32]:
    """(picture with the sky's slow gradient taken out, that gradient (h, w, 3) relative to flat).

    haze: (h, 1), how much of it lies over what is not sky. The slow part is a quadratic fit plus
    a smooth extension of what the fit leaves over.
    """
    h, w = sky.shape
    solid = cv2.erode((sky > 0.9).astype(np.uint8), disc(2)) > 0
    clear = solid & ~hole & (fg < 0.05)
    if clear.sum() < 0.005 * h * w:
        return picture, np.zeros_like(picture)
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    u, v = xx / w - 0.5, yy / h - 0.5
    basis = np.stack([np.ones_like(u), u, v, u * u, v * v, u * v], -1)
    near = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 3)
    weight = np.exp(-near / (0.25 * max(h, w))) * clear
    step = max(1, round(max(h, w) / 320))
    b = basis[::step, ::step].reshape(-1, 6)
    t = picture[::step, ::step].reshape(-1, 3)
    wt = weight[::step, ::step].reshape(-1, 1)
    gram = b.T @ (b * wt) + np.diag([1e-4, 1e-2, 1e-2, 1e-1, 1e-1, 1e-1]).astype(np.float32)
    fit = basis @ np.linalg.solve(gram, b.T @ (t * wt)).astype(np.float32)
    sigma = 0.02 * max(h, w)
    k = cv2.GaussianBlur(clear.astype(np.float32), (0, 0), sigma)
    slow = cv2.GaussianBlur((picture - fit) * clear[..., None], (0, 0), sigma)
    slow = slow / np.maximum(k, 1e-4)[..., None]
    slow = pull_push(slow, np.clip(k * 4, 0, 1) * (k > 0.02))
    model = fit + cv2.GaussianBlur(slow, (0, 0), sigma / 2)
    low, high = np.percentile(picture[clear], [1, 99], axis=0)
    span = high - low
    model = np.clip(model, low - 0.15 * span, high + 0.15 * span).astype(np.float32)
    shading = model - np.median(model[clear], 0).astype(np.float32)
    return picture - np.maximum(sky, haze)[..., None] * shading, shading


def _same_size(array: F32, shape: tuple[int, int], name: str) -> None:
    if array.shape[:2] != shape:
        raise PlateError(
            f"the {name} is {array.shape[1]}x{array.shape[0]}, the plate is "
            f"{shape[1]}x{shape[0]}: give one of the plate's size"
        )
