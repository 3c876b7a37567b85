"""Compile every kernel once and keep the result on disk."""

from __future__ import annotations

from importlib import import_module

from setpiece.farm.local import map_frames
from setpiece.farm.stages import Watcher

# Modules whose `compile_kernels()` compiles all that their room needs; the longest come first, so
# that no process is left alone with one of them at the end.
KERNELS = (
    "setpiece.collapse.fall",
    "setpiece.render.solids",
    "setpiece.previs.panel",
    "setpiece.schedule.patterns",
    "setpiece.collapse.dust",
    "setpiece.render.volume",
    "setpiece.collapse.fracture",
    "setpiece.schedule.talent.solve",
    "setpiece.collapse.layout.vanishing",
    "setpiece.collapse.inpaint.patchmatch",
    "setpiece.collapse.inpaint.blend",
    "setpiece.collapse.inpaint.graphcut",
    "setpiece.collapse.dust_paint",
    "setpiece.collapse.dust_pass",
    "setpiece.collapse.comp",
    "setpiece.collapse.flight",
    "setpiece.collapse.relief",
    "setpiece.collapse.seen",
    "setpiece.collapse.checks",
    "setpiece.collapse.views",
    "setpiece.collapse.wisps",
    "setpiece.deage.alter",
    "setpiece.deage.layers.skin",
    "setpiece.deage.layers.wrinkles",
    "setpiece.deage.light",
    "setpiece.deage.steady",
    "setpiece.media.cryptomatte",
    "setpiece.media.exr",
    "setpiece.media.movie",
    "setpiece.render.motionblur",
    "setpiece.render.particles",
    "setpiece.render.volume_before",
)


def warm_up(watcher: Watcher, workers: int | None = None) -> None:
    """Compile what is not compiled yet (a minute or two the first time, then seconds).

    workers: processes; None is one for each core.
    """
    watcher.begin("warm", False)
    finished = 0

    def one_more(index: int, value: None, cpu_seconds: float) -> None:
        nonlocal finished
        finished += 1
        watcher.advance("warm", finished / len(KERNELS))

    map_frames(tuple, _compile, KERNELS, range(len(KERNELS)), workers=workers, done=one_more)
    watcher.end("warm", 0.0)


def _compile(names: tuple[str, ...], index: int) -> None:
    import_module(names[index]).compile_kernels()
