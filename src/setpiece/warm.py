"""Compile every kernel once and keep the result on disk."""

from __future__ import annotations

from importlib import import_module

from setpiece.farm.stages import Watcher

# Modules with numba kernels; each has `compile_kernels()`.
KERNELS: tuple[str, ...] = ()


def warm_up(watcher: Watcher) -> None:
    """Compile what is not compiled yet (about a minute the first time, then a second)."""
    watcher.begin("warm", False)
    for i, name in enumerate(KERNELS):
        import_module(name).compile_kernels()
        watcher.advance("warm", (i + 1) / len(KERNELS))
    watcher.end("warm", 0.0)
