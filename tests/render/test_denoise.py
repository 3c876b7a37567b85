"""Noise is looked for where it is, and goes wherever that lies."""

from __future__ import annotations

import numpy as np

from setpiece.render.denoise import areas, denoise


def _covered(boxes, shape) -> np.ndarray:
    out = np.zeros(shape, bool)
    for box in boxes:
        out[box] = True
    return out


def test_things_that_stand_apart_get_a_box_each_with_room_around():
    noisy = np.zeros((300, 500), bool)
    noisy[40:60, 50:90] = noisy[250:252, 400:402] = True
    boxes = areas(noisy)
    assert len(boxes) == 2
    assert _covered(boxes, noisy.shape)[24:76, 34:106].all()
    assert sum((r.stop - r.start) * (c.stop - c.start) for r, c in boxes) < 0.1 * noisy.size


def test_one_thing_of_many_parts_is_not_looked_at_twice():
    noisy = np.random.default_rng(0).random((200, 333)) > 0.98
    boxes = areas(noisy)
    assert _covered(boxes, noisy.shape)[noisy].all()
    assert sum((r.stop - r.start) * (c.stop - c.start) for r, c in boxes) <= noisy.size
    assert areas(np.zeros((20, 30), bool)) == []


def test_a_part_of_a_picture_is_cleaned_as_the_whole_is():
    rng = np.random.default_rng(1)
    true = np.full((160, 160, 3), 0.4, np.float32)
    true[:, :60] = 0.05
    seen = true * rng.gamma(4.0, 0.25, true.shape).astype(np.float32)
    grey, up = np.full_like(true, 0.5), np.zeros_like(true)
    up[..., 2] = 1
    level = float(seen.mean())
    whole = denoise(seen, grey, up, level=level)
    part = denoise(seen[:, 80:], grey[:, 80:], up[:, 80:], level=level)
    assert np.abs(whole[:, 100:] - part[:, 20:]).max() < 0.05
    assert np.abs(whole - true)[:, 80:].mean() < 0.2 * np.abs(seen - true)[:, 80:].mean()
