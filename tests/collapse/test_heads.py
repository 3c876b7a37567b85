"""Large heads of a cloud: they ride on patches, keep the amount, and leave calm between them."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from setpiece.collapse.gas.heads import crispness, heads, raised
from setpiece.collapse.gas.refine import refine

SHAPE = (48, 48, 32)


def _patches(seed=5):
    rng = np.random.default_rng(seed)
    position = (rng.random((1400, 3)) * SHAPE).astype(np.float32)
    key = rng.integers(1, 2**32, len(position), np.uint32)
    return position, np.ones(len(position), np.float32), key


def _bank():
    """A bank whose top is a soft slope, as the simulation's are."""
    z = np.arange(SHAPE[2], dtype=np.float32)
    return np.broadcast_to(np.clip((20 - z) / 6, 0, 1.5), SHAPE).astype(np.float32)


def test_they_add_large_forms_and_keep_the_amount():
    position, strength, key = _patches()
    dust = _bank()
    made = raised(dust, heads(SHAPE, position, strength, key))
    assert 0.85 < made.sum() / dust.sum() < 1.15
    assert not made[dust == 0].any()
    # The height of the top now differs from place to place, and over many cells alike.
    top = (made > 0.4).sum(2).astype(np.float32)
    assert np.ptp((dust > 0.4).sum(2)) == 0
    large = gaussian_filter(top, 3, mode="nearest")[6:-6, 6:-6]
    assert np.ptp(large) > 1


def test_between_heads_dust_is_calmer():
    position, strength, key = _patches()
    dust = _bank()
    height = heads(SHAPE, position, strength, key)
    made = refine(dust, position, strength, key, 2)
    busy = np.abs(made - gaussian_filter(made, 2))[:, :, 28:40]
    high = height.repeat(2, 0).repeat(2, 1).repeat(2, 2)[:, :, 28:40]
    thick = gaussian_filter(made, 2)[:, :, 28:40]
    edge = (thick > 0.3) & (thick < 1.5)
    assert busy[edge & (high > 0.7)].mean() > 1.15 * busy[edge & (high < 0.2)].mean()


def test_a_patch_that_comes_raises_its_head_little_by_little():
    position, strength, key = _patches()
    before = heads(SHAPE, position, strength, key)
    weaker = heads(SHAPE, position, strength * np.float32(0.9), key)
    moved = heads(SHAPE, position + np.float32(0.1), strength, key)
    assert np.abs(before - weaker).max() < 0.11
    assert np.abs(before - moved).max() < 0.1
    crisp = crispness(before, position)
    assert 0 <= crisp.min() < 0.1
    assert 0.9 < crisp.max() <= 1
    assert np.abs(crisp - crispness(moved, position)).max() < 0.3


def test_the_order_of_patches_does_not_matter():
    position, strength, key = _patches()
    turned = heads(SHAPE, position[::-1].copy(), strength[::-1].copy(), key[::-1].copy())
    assert np.array_equal(heads(SHAPE, position, strength, key), turned)


def test_dust_that_has_its_heads_already_gets_no_others():
    position, strength, key = _patches()
    dust = _bank()
    for crisp in (0.0, 1.0):
        made = refine(dust, position, strength, key, 2, height=np.full(SHAPE, crisp, np.float32))
        own = refine(dust, position, strength, key, 2)
        top, raw = ((m > 0.4).sum(2).astype(np.float32) for m in (made, own))
        # Over many cells alike the bank is as even as it was, crisp or calm.
        large, forms = (
            gaussian_filter(t, 8, mode="nearest")[12:-12, 12:-12].std() for t in (top, raw)
        )
        assert large < 0.6 * forms, (crisp, large, forms)
