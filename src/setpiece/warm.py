"""Compile every kernel once and keep the result on disk."""

from __future__ import annotations

from importlib import import_module

from setpiece.farm.stages import Watcher

# Modules whose `compile_kernels()` compiles all that their room needs.
KERNELS = (
    "setpiece.collapse.layout.vanishing",
    "setpiece.collapse.inpaint.patchmatch",
    "setpiece.collapse.inpaint.blend",
    "setpiece.collapse.inpaint.graphcut",
    "setpiece.collapse.fracture",
    "setpiece.collapse.fall",
    "setpiece.collapse.dust",
    "setpiece.collapse.dust_paint",
    "setpiece.collapse.dust_pass",
    "setpiece.collapse.comp",
    "setpiece.collapse.checks",
    "setpiece.collapse.views",
    "setpiece.deage.alter",
    "setpiece.deage.layers.skin",
    "setpiece.deage.layers.wrinkles",
    "setpiece.deage.light",
    "setpiece.deage.steady",
    "setpiece.media.cryptomatte",
    "setpiece.media.movie",
    "setpiece.previs.panel",
    "setpiece.render.solids",
    "setpiece.render.volume",
    "setpiece.render.motionblur",
    "setpiece.render.particles",
    "setpiece.schedule.patterns",
    "setpiece.schedule.talent.solve",
)


def warm_up(watcher: Watcher) -> None:
    """Compile what is not compiled yet (about a minute the first time, then seconds)."""
    watcher.begin("warm", False)
    for i, name in enumerate(KERNELS):
        import_module(name).compile_kernels()
        watcher.advance("warm", (i + 1) / len(KERNELS))
    watcher.end("warm", 0.0)
