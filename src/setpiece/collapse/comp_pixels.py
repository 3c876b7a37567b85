"""The comp's arithmetic, pixel by pixel: a picture is read once, whatever lies over what."""

from __future__ import annotations

import numpy as np
from numba import njit

from setpiece.render.tracing import J


@njit(inline="always")
def _most(a, b, c):
    return max(a, max(b, c))


@njit(**J)
def stack(
    plate, clean, hole, hold, ratio, solid_rgb, solid_alpha, with_solids, debris_rgb, debris_alpha,
    veiled, with_debris, dust_rgb, dust_alpha, clean_grain, own_grain, past_rgb, past_alpha,
    with_past, base, carried, effect,
):  # fmt: skip
    """Plate, ground's light, pieces, dust and debris over one another into base (h, w, 3); with
    the share of the plate's grain that shows through, (h, w), and how much was changed, (h, w).
    The dust is left, in place, as the debris lets it be seen.

    See `comp.CompInputs` for what goes in; layers are premultiplied. hold: 1 where the plate's own
    picture stays. ratio: (h, w, 3). past: the dust behind the pieces.
    """
    h, w = hold.shape
    for y in range(h):
        for x in range(w):
            inside, stays = hole[y, x], hold[y, x]
            grain, past, veil = 1.0, 0.0, 0.0
            dusty = dust_alpha[y, x]
            if with_debris and dusty > 0:
                veil = min(veiled[y, x] / dusty, debris_alpha[y, x])
            if with_past:
                past = past_alpha[y, x]
            if with_solids:
                a = min(max(solid_alpha[y, x], 0.0), 1.0)
                # outside the hole the background is the plate: `hold` there only says what is
                # covered (an edge with dust behind it is no longer the plate's either)
                k = stays if inside and past <= 0 else 0.0
                grainy = a * own_grain + (1 - a) * (clean_grain if inside else 1.0) * (1 - past)
                grain = k + (1 - k) * grainy
            e = 0.0
            for c in range(3):
                r = ratio[y, x, c]
                e = max(e, abs(1 - r))
                b = plate[y, x, c] * (1.0 if inside else r)
                if with_solids:
                    back = (clean[y, x, c] if inside else plate[y, x, c]) * r
                    if with_past:
                        back = past_rgb[y, x, c] + (1 - past) * back
                    b = k * b + (1 - k) * (solid_rgb[y, x, c] + (1 - a) * back)
                if with_debris:
                    # Grains fly in the dust: it lies over `veil` of them and behind the others.
                    grit, own = debris_alpha[y, x], dust_rgb[y, x, c]
                    over = own * (1 - grit) + own * veil
                    base[y, x, c] = debris_rgb[y, x, c] + over + (1 - grit) * (1 - dusty) * b
                    dust_rgb[y, x, c] = over
                else:
                    base[y, x, c] = dust_rgb[y, x, c] + (1 - dusty) * b
            e = _most(1 - stays, dusty, e * stays)
            if with_past:
                e = max(e, past * (1 - a))
            if with_debris:
                e = max(e, debris_alpha[y, x])
                grain *= 1 - debris_alpha[y, x]
                dust_alpha[y, x] = dusty * (1 - debris_alpha[y, x]) + veil * dusty
            carried[y, x] = grain * (1 - dusty)
            effect[y, x] = e


@njit(**J)
def differs(rgb, rest_rgb, alpha, rest_alpha, matte, out):
    """1 in out (h, w) where pieces do not look as at rest, and there are any. rgb: (h, w, 3)."""
    f4 = np.float32
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            a, rest = alpha[y, x], rest_alpha[y, x]
            off, most = f4(0), f4(0)
            for c in range(3):
                off = max(off, abs(rgb[y, x, c] - rest_rgb[y, x, c]))
                most = max(most, max(rgb[y, x, c], rest_rgb[y, x, c]))
            changed = off > f4(0.004) + f4(0.02) * most or abs(a - rest) > f4(0.02)
            there = a > f4(0.003) or rest > f4(0.003) or matte[y, x] > f4(0.01)
            out[y, x] = changed and there


@njit(**J)
def finish(
    plate, base, carried, effect, luminance, levels, sigma, noise, grainy, front, front_shift,
    with_shift, veil_rgb, veil_alpha, veiled, dust_rgb, dust_alpha, least, steady, dust,
):  # fmt: skip
    """Grain that is missing, what stands in front and its veil, and the plate's own bits where
    nothing was changed: into steady (h, w, 3), effect (in place) and dust (h, w, 4).

    luminance: of base, smooth (h, w); sigma (n, 3) of the grain at its levels (n,). front_shift:
    what the old background left in the front's soft edge, to be added as that background goes.
    """
    h, w = effect.shape
    last = levels.shape[0] - 1
    for y in range(h):
        for x in range(w):
            f = min(max(front[y, x], 0.0), 1.0)
            changed = min(effect[y, x], 1.0)
            e = effect[y, x] * (1 - f)
            if veiled:
                e = max(e, veil_alpha[y, x] * f)
            e = 0.0 if e < least else min(e, 1.0)
            effect[y, x] = e
            for c in range(3):
                dust[y, x, c] = dust_rgb[y, x, c] * (1 - f)
            dust[y, x, 3] = dust_alpha[y, x] * (1 - f)
            if e <= 0:
                for c in range(3):
                    steady[y, x, c] = plate[y, x, c]
                continue
            missing = 0.0
            if grainy:
                missing = max(1 - carried[y, x] * carried[y, x], 0.0) ** 0.5
                i, t = 0, min(max(luminance[y, x], levels[0]), levels[last])
                while i < last - 1 and levels[i + 1] < t:
                    i += 1
                t = (t - levels[i]) / (levels[i + 1] - levels[i])
            for c in range(3):
                b = base[y, x, c]
                if missing > 0:
                    s = sigma[i, c] + t * (sigma[i + 1, c] - sigma[i, c])
                    b += missing * s * noise[y, x, c]
                over = plate[y, x, c]
                if with_shift:
                    over += changed * front_shift[y, x, c]
                if veiled:
                    over = veil_rgb[y, x, c] + (1 - veil_alpha[y, x]) * over
                steady[y, x, c] = max(b * (1 - f) + over * f, 0.0)


@njit(**J)
def thin_out(rgb, through, least, clear, haze, out, alpha):
    """Dust (rgb premultiplied, what it lets through) with its faintest edge drawn to nothing, and
    seen through haze: into out (h, w, 3) and alpha (h, w)."""
    h, w = through.shape
    for y in range(h):
        for x in range(w):
            cover = min(max(1 - through[y, x], 0.0), 1.0)
            kept = max(cover - least, 0.0) / (1 - least)
            alpha[y, x] = kept
            share = kept / max(cover, 1e-6) * clear
            for c in range(3):
                out[y, x, c] = rgb[y, x, c] * share + haze[c] * kept
