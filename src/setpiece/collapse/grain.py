"""The plate's grain and softness, measured, and given to what we add."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import luminance

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so

BINS = 12
LIVING = 0.7  # share of the grain's amplitude that changes from frame to frame in a held still


@dataclass(frozen=True)
class Grain:
    """How noisy a plate is.

    Attributes:
        levels: luminances (n,), scene-linear, rising.
        sigma: standard deviation (n, 3) of each channel at those levels, scene-linear.
        size: correlation of neighbours, as the sigma [px] of a Gaussian that white noise would
            have been blurred with; 0 is white.
        shared: share of the variance that the three channels have in common, 0..1.
        source: what it was measured on.
    """

    levels: F32
    sigma: F32
    size: float = 0.0
    shared: float = 0.5
    source: str = "none"

    def at(self, picture: F32) -> F32:
        """Sigma (h, w, 3) at every pixel of a scene-linear picture (h, w, 3)."""
        lum = self.level(picture)
        out = np.stack([np.interp(lum, self.levels, self.sigma[:, c]) for c in range(3)], -1)
        return out.astype(np.float32)

    def level(self, picture: F32) -> F32:
        """Luminance (h, w) of a picture that sigma hangs on: smooth, or grain would feed grain."""
        return cv2.GaussianBlur(luminance(picture), (0, 0), 1.5)


def measure_grain(images: F32 | Sequence[F32]) -> Grain:
    """Measure grain on a still (h, w, 3) or on two or more frames of a locked-off clip.

    Still: the quietest 8x8 blocks of each luminance, their residual after a quadratic fit (so
    that slow shading is not taken for noise). Clip: differences of successive frames, by their
    median deviation (so that what moves does not count). Scene-linear Rec.709.
    """
    frames = [images] if isinstance(images, np.ndarray) and images.ndim == 3 else list(images)
    if len(frames) < 2:
        return _from_still(np.asarray(frames[0], np.float32))
    return _from_clip([np.asarray(f, np.float32) for f in frames])


def _from_still(image: F32) -> Grain:
    n = 8
    h, w = (s // n * n for s in image.shape[:2])
    blocks = image[:h, :w].reshape(h // n, n, w // n, n, 3).swapaxes(1, 2).reshape(-1, n * n, 3)
    lum = luminance(blocks)
    fine = (lum.max(1) < 0.97) & (lum.min(1) > 5e-4)
    blocks, lum = blocks[fine], lum[fine].mean(1)
    if len(blocks) < 40:
        return _silent()
    y, x = np.mgrid[0:n, 0:n].reshape(2, -1) / n - 0.5
    basis, _ = np.linalg.qr(np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], 1))
    basis = basis.astype(np.float32)
    rest = blocks - np.einsum("pk,bkc->bpc", basis, np.einsum("pk,bpc->bkc", basis, blocks))
    power = (rest**2).sum(1) / (n * n - 6)
    edges = np.unique(np.quantile(lum, np.linspace(0, 1, BINS + 1)))
    levels, sigma, quiet = [], [], []
    for low, high in itertools.pairwise(edges):
        here = np.nonzero((lum >= low) & (lum <= high))[0]
        if len(here) < 12:
            continue
        order = here[np.argsort(power[here].sum(1), kind="stable")]
        best = order[: max(6, len(order) // 12)]
        levels.append(float(lum[best].mean()))
        # the quietest twelfth of blocks lies about 13% under the true deviation
        sigma.append(np.sqrt(np.median(power[best], 0)) / 0.87)
        quiet.append(best)
    if not levels:
        return _silent()
    limited = _below_texture(np.array(levels), np.array(sigma))
    plain = [q for q, s, t in zip(quiet, sigma, limited, strict=True) if s.mean() < 1.05 * t.mean()]
    size, shared = _correlation(rest[np.concatenate(plain or quiet)].reshape(-1, n, n, 3))
    return _curve(levels, list(limited), size, shared, "the quietest blocks of the still")


def _below_texture(levels: F32, sigma: F32) -> F32:
    """Deviations with those that are texture, not noise, brought down.

    On the encoded scale a camera's noise is nearly the same at all levels (photon noise and the
    display curve about cancel), so a bin far above the quieter bins held no plain block. No
    still worth delivering has more than 1% of it.
    """
    slope = 2.2 * np.power(np.maximum(levels, 1e-4), 1 - 1 / 2.2)[:, None]
    encoded = sigma / slope
    limit = np.minimum(1.3 * np.quantile(encoded, 0.2, axis=0), 0.010)
    return np.asarray(np.minimum(encoded, limit) * slope)


def _silent() -> Grain:
    return Grain(np.array([0, 1], np.float32), np.zeros((2, 3), np.float32), source="no data")


def _from_clip(frames: list[F32]) -> Grain:
    diffs = np.stack([b - a for a, b in itertools.pairwise(frames)]) / np.sqrt(2.0)
    mean = np.mean(np.stack(frames), 0)
    lum = luminance(mean)
    edges = np.unique(np.quantile(lum, np.linspace(0, 1, BINS + 1)))
    levels, sigma = [], []
    for low, high in itertools.pairwise(edges):
        here = (lum >= low) & (lum <= high) & (mean.max(-1) < 0.97)
        if here.sum() < 200:
            continue
        d = diffs[:, here]
        levels.append(float(lum[here].mean()))
        sigma.append(1.4826 * np.median(np.abs(d), axis=(0, 1)))
    if not levels:
        return _silent()
    n = 8
    d = diffs[0]
    h, w = (s // n * n for s in d.shape[:2])
    blocks = d[:h, :w].reshape(h // n, n, w // n, n, 3).swapaxes(1, 2).reshape(-1, n, n, 3)
    loud = (blocks**2).mean((1, 2, 3))
    keep = loud <= np.quantile(loud, 0.6)
    size, shared = _correlation(blocks[keep])
    return _curve(levels, sigma, size, shared, f"differences of {len(frames)} frames")


def _curve(levels: list, sigma: list, size: float, shared: float, source: str) -> Grain:
    order = np.argsort(levels)
    lev = np.asarray(levels, np.float32)[order]
    sig = np.asarray(sigma, np.float32)[order]
    if len(sig) >= 3:  # one bad bin must not show
        padded = np.pad(sig, ((1, 1), (0, 0)), mode="edge")
        sig = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), 0).astype(np.float32)
    # grain dies where the picture clips
    lev = np.append(lev, max(float(lev[-1]) + 1e-3, 0.995)).astype(np.float32)
    sig = np.append(sig, 0.5 * sig[-1:], 0).astype(np.float32)
    return Grain(lev, sig, size, shared, source)


def _correlation(blocks: NDArray) -> tuple[float, float]:
    """(Gaussian size, variance shared by the channels) of residual blocks (n, 8, 8, 3)."""
    power = float((blocks**2).mean()) + 1e-20
    pairs = (blocks[:, :, 1:] * blocks[:, :, :-1]).mean() + (blocks[:, 1:] * blocks[:, :-1]).mean()
    rho = float(np.clip(pairs / 2 / power, 0.0, 0.85))
    size = float(np.sqrt(-1 / (4 * np.log(rho)))) if rho > 0.02 else 0.0
    c = blocks.reshape(-1, 3)
    corr = np.corrcoef(c.T + 0.0) if float(c.std()) > 1e-9 else np.eye(3)
    shared = float(np.clip(np.nan_to_num((corr.sum() - 3) / 6), 0, 1))
    return min(size, 1.5), shared


def living_grain(grain: Grain, shape: tuple[int, int], frame: int, seed: int) -> F32:
    """Grain of one frame, unit deviation, (h, w, 3); the same for the same frame and seed."""
    out = np.empty((*shape, 3), np.float32)
    _mix(*_field(grain, shape, frame, seed), out)
    return out


def _field(
    grain: Grain, shape: tuple[int, int], frame: int, seed: int
) -> tuple[F32, np.float32, np.float32]:
    """(noise (h, w, 4) of three channels and of what they share, what each counts)."""
    rng = np.random.default_rng([seed & 0x7FFFFFFF, frame & 0x7FFFFFFF, 9173])
    field: F32 = np.empty((*shape, 4), np.float32)
    _noise(rng.integers(0, 2**64, dtype=np.uint64), _deviates(), field)
    gain = 1.0
    if grain.size > 0.2:
        field = cv2.GaussianBlur(field, (0, 0), grain.size)
        # OpenCV's own looks at them once, without a copy of them.
        gain = 1 / max(float(cv2.meanStdDev(field.reshape(-1, 1))[1].item()), 1e-6)
    own, shared = (np.float32(gain * np.sqrt(s)) for s in (1 - grain.shared, grain.shared))
    return field, own, shared


@cache
def _deviates() -> F32:
    """4096 numbers, any of which is as likely as another in normal noise of unit deviation."""
    inner = [NormalDist().inv_cdf((i + 0.5) / 4096) for i in range(4096)]
    return (np.array(inner) / np.std(inner)).astype(np.float32)


@njit(cache=True, nogil=True)
def _noise(key, deviates, out):
    """White normal noise (h, w, 4): a hash of each pixel's number (SplitMix64: G. Steele, D. Lea
    and C. Flood, 2014) says which four deviates it takes; a fifth of the time of a generator."""
    h, w, _ = out.shape
    step = np.uint64(0x9E3779B97F4A7C15)
    for y in range(h):
        for x in range(w):
            key += step
            z = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z ^= z >> np.uint64(31)
            for c in range(4):
                out[y, x, c] = deviates[z & np.uint64(4095)]
                z >>= np.uint64(16)


@njit(cache=True, nogil=True)
def _mix(field, own, shared, out):
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            common = shared * field[y, x, 3]
            for c in range(3):
                out[y, x, c] = own * field[y, x, c] + common


@njit(cache=True, nogil=True)
def _live(field, own, shared, sigma, calm, out):
    """`_mix`, times sigma (h, w, 3), on calm (h, w, 3); nothing is below 0."""
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            common = shared * field[y, x, 3]
            for c in range(3):
                grain = own * field[y, x, c] + common
                out[y, x, c] = max(calm[y, x, c] + grain * sigma[y, x, c], np.float32(0))


@dataclass(frozen=True)
class HeldStill:
    """A still as the camera would have kept seeing it.

    The plate's own finest noise is turned down to sqrt(1 - LIVING^2) of its amplitude and living
    grain of LIVING times the measured deviation is added, so each frame is as noisy as the still
    was and 49% of that variance changes from frame to frame.

    calm: the plate with its noise turned down. sigma: of what is added; both (h, w, 3).
    """

    grain: Grain
    calm: F32
    sigma: F32

    @staticmethod
    def of(plate: F32, grain: Grain) -> HeldStill:
        """plate: (h, w, 3), scene-linear."""
        sigma = grain.at(plate)
        fine = plate - cv2.GaussianBlur(plate, (0, 0), 0.7 + grain.size)
        own = np.clip(fine, -2.5 * sigma, 2.5 * sigma)
        keep = np.float32(np.sqrt(1 - LIVING**2))
        calm = np.asarray(plate - (1 - keep) * own, np.float32)
        return HeldStill(grain, calm, np.asarray(LIVING * sigma, np.float32))

    def frame(self, frame: int, seed: int) -> F32:
        """Its frame of that number: (h, w, 3), scene-linear."""
        out = np.empty_like(self.calm)
        h, w = out.shape[:2]
        _live(*_field(self.grain, (h, w), frame, seed), self.sigma, self.calm, out)
        return out


def measure_softness(plate: F32) -> float:
    """Sigma [px] of the lens' blur at the plate's sharpest edges.

    Ratio of gradients before and after a known blur (S. Zhuo and T. Sim, "Defocus map estimation
    from a single image", Pattern Recognition 2011), at strong edges; the sharpest quarter counts.
    """
    lum = luminance(np.power(np.maximum(plate, 0), np.float32(1 / 2.2)))
    known = 1.0

    def slope(a: F32) -> F32:
        return np.hypot(cv2.Sobel(a, cv2.CV_32F, 1, 0), cv2.Sobel(a, cv2.CV_32F, 0, 1)) / 8

    base = slope(cv2.GaussianBlur(lum, (0, 0), 0.5))
    blurred = slope(cv2.GaussianBlur(lum, (0, 0), float(np.hypot(known, 0.5))))
    strong = base > max(float(np.quantile(base, 0.97)), 0.01)
    peak = base >= cv2.dilate(base, np.ones((3, 3), np.uint8))
    use = strong & peak
    if use.sum() < 30:
        return 0.6
    ratio = base[use] / np.maximum(blurred[use], 1e-6)
    ratio = ratio[ratio > 1.001]
    if len(ratio) < 20:
        return 2.5
    sigma2 = known**2 / (np.quantile(ratio, 0.75) ** 2 - 1) - 0.25
    return float(np.clip(np.sqrt(max(sigma2, 0.0)), 0.0, 2.5))


def match_softness(rgb: F32, alpha: F32, softness: float, own: float = 0.45) -> tuple[F32, F32]:
    """Blur a premultiplied layer whose own sharpness is `own` [px sigma] to the plate's."""
    extra = softness**2 - own**2
    if extra <= 0.02:
        return rgb, alpha
    sigma = float(np.sqrt(extra))
    return (
        np.asarray(cv2.GaussianBlur(rgb, (0, 0), sigma), np.float32),
        np.asarray(cv2.GaussianBlur(alpha, (0, 0), sigma), np.float32),
    )
