"""The dust model: paints what neither a coarse simulation nor noise affords.

It takes what the march found (`render.volume.transport`) for the dust with its noise and for the
bare coarse dust, where the dust and the solids are, how the dust moves and where the sun stands,
and gives the same passes back, corrected towards a finer flow lit by a path tracer: see
`training/dust`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.dust import Dust
from setpiece.collapse.dust_motion import dust_motion
from setpiece.errors import StageError
from setpiece.render.camera import Camera
from setpiece.render.volume import LitVolume, Volume, transport
from setpiece.render.volume_fill import enlarge

F32 = NDArray[np.float32]
Box = tuple[slice, slice]
MODEL = "dust.onnx"
FOLD = 4  # pixels along an edge that the model takes as one, on its finest level
EVEN = 4 * FOLD  # sizes it takes are multiples of this
AROUND = 16  # px: what is further away from all dust is not looked at
LARGE = 1_000_000  # px: of larger pictures the model's memory is given back
NEAR = 2  # px: how far from dust it may paint
THIN, WIDE = 0.04, 0.5  # density at which dust begins to be thick, and over which it gets so
TAUGHT = 13.5  # px that a cell of the coarse dust has in the pictures it learned from
# Share of its answer that is laid on: all of it makes dust smoother than the truth, and this much
# is nearer in picture and gradients on the collapse that training watches. Of a cloud that is
# nearer than those it learned from it is less: there it takes form for haze.
LAID = 0.8
CHANNELS = 8  # at full size
COARSE = 8  # at a quarter


@dataclass(frozen=True)
class View:
    """What the model is told of a frame beside the dust with its noise.

    Attributes:
        coarse: passes of the bare coarse dust at `quarter` of the pixels, (h', w', 4 or 5).
        motion: of the dust to the next frame there [px of the full size], (h', w', 2).
        solid: depth of solids and ground along the optical axis [m], (h, w), inf where none.
        to_sun: unit vector, world. camera: of the full size. cell: of the coarse dust [m].
    """

    coarse: F32
    motion: F32
    solid: F32
    to_sun: NDArray[np.float64]
    camera: Camera
    cell: float


def sharpened(volume: Volume, extinction: float) -> Volume:
    """Thin dust thinner and thick dust thicker: lobes with the edges that a grid blurs.

    For what the model is to paint; it puts the light right that this makes too hard.
    extinction: of dust of density 1 [1/m].
    """
    out = np.empty(volume.density.shape, np.float32)
    _sharpen(np.ascontiguousarray(volume.density).ravel(), np.float32(extinction), out.ravel())
    return replace(volume, density=out)


@njit(cache=True, nogil=True)
def _sharpen(density, extinction, out):
    one, none = np.float32(1), np.float32(0)
    for n in range(density.shape[0]):
        share = (density[n] / extinction - np.float32(THIN)) / np.float32(WIDE)
        share = min(max(share, none), one)
        gain = np.float32(2) * share * share * (np.float32(3) - np.float32(2) * share)
        out[n] = density[n] * (np.float32(0.3) + gain)


def view_of(
    dust: Dust, frame: int, bare: LitVolume, camera: Camera, far: F32, solid: F32, seed: int = 0
) -> View:
    """Look at a frame as the model does.

    bare: the coarse dust without noise, lit. far: mean depth of the dust (h, w) [m], inf where
    there is none. solid: of solids and ground (h, w) [m].
    """
    small = np.ascontiguousarray(quarter(solid))
    coarse = transport(bare, camera, small, seed=seed)
    motion = FOLD * dust_motion(dust, frame, camera, quarter(far))
    return View(coarse, motion, solid, bare.to_sun, camera, dust.cell)


def answer(raw: F32, view: View) -> F32:
    """What the model would add to passes raw (h, w, 5): (h, w, 4), to be laid on by `painted`.

    raw: `transport` of the dust with its noise, `sharpened`. Raises StageError where the model
    cannot be run.
    """
    middle = _middle(raw)
    pixels = _cell_pixels(raw.shape[1], middle, view)
    times = int(np.clip(round(pixels / TAUGHT), 1, 4))
    found = _asked(raw, view, middle) if times == 1 else _answer_from_afar(raw, view, times)
    found *= np.float32(LAID * min(1.0, TAUGHT / pixels) ** 0.5)
    return found


def _asked(raw: F32, view: View, middle: float | None = None) -> F32:
    out = np.zeros((*raw.shape[:2], 4), np.float32)
    box = _box(raw)
    if box is None:
        return out
    full, coarse = features(raw, view, box, middle)
    delta = _run({"full": full[None], "coarse": coarse[None]})
    part = out[box]
    part[:] = delta[:, : part.shape[0], : part.shape[1]].transpose(1, 2, 0)
    return out


def _middle(raw: F32) -> float:
    """Depth than which half of the dust is nearer [m]."""
    dusty = (raw[..., 3] < 0.9999) & np.isfinite(raw[..., 4])
    return max(float(np.median(raw[..., 4][dusty])), 0.1) if dusty.any() else 1.0


def _cell_pixels(width: int, middle: float, view: View) -> float:
    """Of a cell of the coarse dust at that depth [m], in a picture so wide."""
    return view.cell * view.camera.focal * width / view.camera.width / middle


def _answer_from_afar(raw: F32, view: View, times: int) -> F32:
    """The answer to a picture `times` smaller, enlarged along the edges of the solids.

    A cloud that is near has larger lobes than any that the model saw, and it blurs them; from
    further away they are what it knows. What is finer than that stays as the recipe has it.
    """
    h, w = raw.shape[:2]
    depth = np.where(np.isfinite(view.solid), view.solid, np.float32(1e7)).astype(np.float32)
    solid = quarter(depth, times)
    size = solid.shape[::-1]
    small = np.dstack(
        [cv2.resize(raw[..., :4], size, interpolation=cv2.INTER_AREA), quarter(raw[..., 4], times)]
    )
    quarters = quarter(solid).shape[::-1]
    told = replace(
        view,
        coarse=cv2.resize(view.coarse[..., :4], quarters, interpolation=cv2.INTER_AREA),
        motion=cv2.resize(view.motion, quarters, interpolation=cv2.INTER_AREA) / times,
        solid=np.where(solid < 1e6, solid, np.inf).astype(np.float32),
    )
    out = np.zeros((h, w, 4), np.float32)
    # Away from all dust nothing is laid on: 0 says that nothing is asked for there.
    depth[near_dust(raw[..., 3]) <= 0] = 0
    enlarge(_asked(small, told), solid, depth, out)
    return out


def _run(told: dict[str, F32]) -> F32:
    import onnxruntime as ort

    session = _session()
    how = ort.RunOptions()
    if told["full"].size > CHANNELS * LARGE:
        # A third of a gigabyte, and the denoiser wants as much next. It takes a tenth longer.
        how.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return np.asarray(session.run(None, told, how)[0][0])


def _box(raw: F32) -> Box | None:
    """Where there is dust, and around it what the model looks at; None where there is none.

    It lies on the model's own grid of EVEN pixels, so that a crop is folded as the whole is.
    """
    dusty = raw[..., 3] < 0.9999
    rows, columns = (np.flatnonzero(dusty.any(axis)) for axis in (1, 0))
    if not len(rows):
        return None
    cuts = [
        slice(max(int(at[0]) - AROUND, 0) // EVEN * EVEN, min(int(at[-1]) + AROUND, size))
        for at, size in ((rows, raw.shape[0]), (columns, raw.shape[1]))
    ]
    return cuts[0], cuts[1]


def painted(raw: F32, delta: F32, asked: F32 | None = None, most: float = 1.0) -> F32:
    """raw (h, w, 5) with the model's answer laid on where there is dust; opaque stays opaque.

    asked: what the model saw let through (h, w), where raw is one of its layers: a layer takes its
    share of the answer, `most` of it at most. None lays all of it on.
    """
    out = raw.copy()
    lay_on(out, delta, asked, most)
    return out


def lay_on(raw: F32, delta: F32, asked: F32 | None = None, most: float = 1.0) -> None:
    """As `painted`, in place."""
    gate = near_dust(raw[..., 3])
    _lay(raw, delta, gate, gate if asked is None else asked, asked is not None, most)


@njit(cache=True, nogil=True)
def _lay(raw, delta, gate, asked, layer, most):
    one, none = np.float32(1), np.float32(0)
    h, w = gate.shape
    for y in range(h):
        for x in range(w):
            k = gate[y, x]
            if layer and k > 0:
                share = (one - raw[y, x, 3]) / max(one - asked[y, x], np.float32(1e-4))
                k *= min(max(share, none), np.float32(most))
            if k <= 0:
                continue
            opaque = raw[y, x, 3] <= 0
            for c in range(4):
                raw[y, x, c] = max(raw[y, x, c] + k * delta[y, x, c], none)
            raw[y, x, 3] = none if opaque else min(raw[y, x, 3], one)


def near_dust(left: F32) -> F32:
    """1 where the model may paint, 0 where there is no dust within a few pixels, (h, w)."""
    size = 2 * NEAR + 1
    least = cv2.erode(np.ascontiguousarray(left), np.ones((size, size), np.uint8))
    # 8 times what the least lets out, from 0 to 1, in place
    least *= np.float32(-8)
    least += np.float32(8)
    return np.asarray(np.clip(least, 0, 1, out=least), np.float32)


def quarter(a: F32, times: int = FOLD) -> F32:
    """Every fourth pixel of (h, w), or as told; the last repeated where there is none."""
    rows, columns = (np.minimum(np.arange(0, n, times) + times // 2, n - 1) for n in a.shape[:2])
    return a[np.ix_(rows, columns)]


def features(
    raw: F32, view: View, box: Box | None = None, middle: float | None = None
) -> tuple[F32, F32]:
    """What the model takes: (8, H, W) at full size and (8, H / 4, W / 4), edges repeated so that
    H and W are multiples of 16. box: rows and columns of the picture, from multiples of 4 on,
    that hold all dust; None is all of it. middle: of the dust's depth [m], where it is known."""
    h, w = raw.shape[:2]
    rows, columns = box or (slice(0, h), slice(0, w))
    small = tuple(slice(s.start // FOLD, -(-s.stop // FOLD)) for s in (rows, columns))
    part = raw[rows, columns]
    dusty = (part[..., 3] < 0.9999) & np.isfinite(part[..., 4])
    middle = _middle(raw) if middle is None else middle
    full = np.empty((CHANNELS, *dusty.shape), np.float32)
    motion = np.clip(view.motion[small] / 8, -4, 4).astype(np.float32)
    _tell(
        part, dusty, view.solid[rows, columns], motion, np.float32(middle),
        np.float32(4 * view.cell), full,
    )  # fmt: skip
    sun = view.camera.rotation @ view.to_sun
    told = np.array([*sun, np.clip(_cell_pixels(raw.shape[1], middle, view) / 10, 0, 4)])
    seen = view.coarse[small]
    coarse = np.concatenate(
        [
            seen[..., :4].transpose(2, 0, 1),
            np.broadcast_to(told[:, None, None], (4, *seen.shape[:2])),
        ]
    ).astype(np.float32)
    return _padded(full, EVEN), _padded(coarse, EVEN // FOLD)


@njit(cache=True, nogil=True)
def _tell(raw, dusty, solid, motion, middle, reach, full):
    """The channels at full size: passes, how far away dust is, how near to solids, and motion."""
    f4 = np.float32
    h, w = dusty.shape
    for y in range(h):
        for x in range(w):
            for c in range(4):
                full[c, y, x] = raw[y, x, c]
            full[4, y, x], full[5, y, x] = f4(0), f4(0)
            if dusty[y, x]:
                there = raw[y, x, 4]
                full[4, y, x] = np.log(max(there, f4(0.1)) / middle)
                gap = min(solid[y, x], f4(1e6)) - there
                full[5, y, x] = np.exp(-max(gap, f4(0)) / reach)
            for c in range(2):
                full[6 + c, y, x] = motion[y // FOLD, x // FOLD, c]


def _padded(x: F32, even: int) -> F32:
    _, h, w = x.shape
    if not (h % even or w % even):
        return x
    return np.ascontiguousarray(np.pad(x, ((0, 0), (0, -h % even), (0, -w % even)), mode="edge"))


@lru_cache(maxsize=1)
def _session() -> Any:
    try:
        import onnxruntime as ort

        options = ort.SessionOptions()
        # One thread: the farm runs a process a core, and the bits must not depend on their number.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # Pictures differ in size: plans of memory for each would be kept for ever.
        options.enable_mem_pattern = False
        model = files("setpiece.models").joinpath(MODEL).read_bytes()
        return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise StageError(f"the dust model ({MODEL}) cannot be run: {error}") from error


def compile_kernels() -> None:
    """Compile what this module needs."""
    raw = np.zeros((EVEN, EVEN, 5), np.float32)
    view = View(
        raw[::FOLD, ::FOLD], raw[::FOLD, ::FOLD, :2], raw[..., 0], np.zeros(3),
        Camera.from_angles(40.0, EVEN, EVEN), 1.0,
    )  # fmt: skip
    features(raw, view)
    sharpened(Volume(raw[..., :3], np.zeros(3), 1.0), 1.0)
    painted(raw, raw[..., :4], raw[..., 3])
