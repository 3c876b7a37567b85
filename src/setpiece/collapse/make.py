"""One function per stage: read the earlier folders, do the stage's work, write its own folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from setpiece.collapse.planning import load_light
from setpiece.farm import Meter
from setpiece.render.light import Light

if TYPE_CHECKING:
    from setpiece.collapse.fragments import Fragments
    from setpiece.collapse.motion import Motion
    from setpiece.collapse.shot import Stages

Progress = Callable[[float], None]


def prep(s: Stages, folder: Path, progress: Progress, _meter: Meter) -> None:
    """Foreground, clean plate and the building's own picture (see `collapse.prep`)."""
    from setpiece.collapse.prep import prep_plate

    prep_plate(s, light_of(s), folder, progress)


def fracture(s: Stages, folder: Path, progress: Progress, _meter: Meter) -> None:
    """The building in pieces, its silhouette covered to the last pixel of the matte."""
    from setpiece.collapse.fracture import fracture as break_up
    from setpiece.collapse.fracture import save_fragments
    from setpiece.collapse.pieces.fringe import add_fringe

    focus = s.brief.failure_storeys or None
    pieces = break_up(
        s.layout,
        count=s.request.fragments,
        seed=s.request.seed,
        focus=focus,
        progress=lambda f: progress(0.85 * f),
    )
    with np.load(s.folders["prep"] / "prep.npz") as prepared:
        pieces = add_fringe(pieces, s.layout.view(), prepared["matte"])
    save_fragments(folder / "fragments.npz", pieces)


def fall(s: Stages, folder: Path, progress: Progress, _meter: Meter) -> None:
    """Strengthen it until it stands, then let it fall as the brief says."""
    from setpiece.collapse.fall import fall as drop
    from setpiece.collapse.motion import save_motion
    from setpiece.collapse.structure import strengthen

    pieces = fragments_of(s)
    structure = strengthen(pieces, s.layout)
    motion = drop(
        pieces,
        structure,
        s.brief,
        frames=s.request.frames,
        fps=s.fps,
        seed=s.request.seed,
        progress=progress,
    )
    save_motion(folder / "motion.npz", motion)


def dust(s: Stages, folder: Path, progress: Progress, _meter: Meter) -> None:
    """The dust of every frame."""
    from setpiece.collapse.dust import blow_dust, default_cell

    pieces, motion = fragments_of(s), motion_of(s)
    draft = s.request.quality == "draft"
    blow_dust(
        pieces,
        motion,
        s.brief,
        out=folder,
        camera=s.layout.view(),
        cell=1.6 * default_cell(pieces, motion, s.brief.slow) if draft else None,
        seed=s.request.seed,
        until=s.until,
        progress=progress,
    )


def debris(s: Stages, folder: Path, progress: Progress, _meter: Meter) -> None:
    """Chunks, gravel, grit and glass."""
    from setpiece.collapse.debris import save_debris, throw_debris

    thrown = throw_debris(
        fragments_of(s),
        motion_of(s),
        s.brief,
        camera=s.layout.view(),
        seed=s.request.seed,
        progress=progress,
    )
    save_debris(folder / "debris.npz", thrown)


@lru_cache(maxsize=2)
def _fragments(path: Path) -> Fragments:
    from setpiece.collapse.fracture import load_fragments

    return load_fragments(path)


@lru_cache(maxsize=2)
def _motion(path: Path) -> Motion:
    from setpiece.collapse.motion import load_motion

    return load_motion(path)


def fragments_of(s: Stages) -> Fragments:
    """The pieces that `fracture` wrote."""
    return _fragments(s.folders["fracture"] / "fragments.npz")


def motion_of(s: Stages) -> Motion:
    """The motion that `fall` wrote."""
    return _motion(s.folders["fall"] / "motion.npz")


def light_of(s: Stages) -> Light:
    """The light that `layout` estimated, or the artist edited."""
    return load_light(s.folders["layout"] / "light.toml")
