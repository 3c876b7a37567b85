"""One frame after another: solids, debris, dust and comp, written as an EXR with its layers.

Frames do not depend on one another: any number of workers makes the same pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse import checks
from setpiece.collapse.castshadow import find_ground_light
from setpiece.collapse.comp import CompInputs, comp_frame, shake_path
from setpiece.collapse.debris import Debris, load_debris, tinted
from setpiece.collapse.debris_pass import draw_debris
from setpiece.collapse.dust import Dust
from setpiece.collapse.dust_paint import sharpened
from setpiece.collapse.dust_pass import Bare, DustPass
from setpiece.collapse.foreground import ClipForeground
from setpiece.collapse.foreground_edge import front_colour
from setpiece.collapse.fragments import Bonds
from setpiece.collapse.frame_files import FIRST, write_frame
from setpiece.collapse.grain import HeldStill
from setpiece.collapse.make import fragments_of, light_of, motion_of
from setpiece.collapse.motion import Motion
from setpiece.collapse.prep import Prep, load_prep
from setpiece.collapse.relief import Relief
from setpiece.collapse.seen import shown
from setpiece.collapse.shards import LooseGlass, Shards
from setpiece.collapse.surroundings import (
    clear_of_camera,
    front_depth,
    settled_dust,
    sun_at,
    sun_on_ground,
    to_ground,
)
from setpiece.collapse.views import Views
from setpiece.collapse.wisps import Wisps
from setpiece.farm import Meter, map_frames
from setpiece.media.atomic import whole_file
from setpiece.render.light import Light
from setpiece.render.motionblur import blur
from setpiece.render.openness import openness
from setpiece.render.solids import Posed, RestView, SolidPasses, render_solids
from setpiece.render.volume import Volume, light_volume

if TYPE_CHECKING:
    from setpiece.collapse.shot import Stages

F32 = NDArray[np.float32]


@dataclass
class Context:
    """What a worker opens once."""

    stages: Stages
    prep: Prep
    light: Light
    motion: Motion
    bonds: Bonds
    view: RestView
    rest: SolidPasses
    dust: Dust
    debris: Debris
    shards: Shards
    held: HeldStill | None
    clip: ClipForeground | None
    front_depth: F32 | None
    front_shift: F32 | None
    near: float
    ground_depth: F32  # of the ground, planar Z (h, w) [m]
    relief: Relief | None
    wisps: Wisps
    shake: F32
    albedo: tuple[float, float, float]
    names: list[str]
    views: Views
    out: Path
    last: tuple[int, Posed] | None = None


def render_frames(
    stages: Stages,
    workers: int | None,
    folder: Path,
    progress: Callable[[float], None],
    meter: Meter,
) -> None:
    """Make every frame that is not there yet; measurements go beside it as `NNNN.json`."""
    import json

    frames = stages.request.frames
    todo = [f for f in range(frames) if not (folder / f"{FIRST + f}.json").is_file()]
    done = frames - len(todo)

    def one(frame: int, facts: dict[str, Any], cpu: float) -> None:
        nonlocal done
        meter.add_worker(cpu)
        # It says that the frame is there: half of one, at Ctrl-C, would be taken for it.
        with whole_file(folder / f"{FIRST + frame}.json") as part:
            part.write_text(json.dumps(facts), encoding="utf-8")
        done += 1
        progress(done / frames)

    progress(done / frames)
    map_frames(
        open_shot, make_frame, (stages, folder), todo, workers=workers, done=one, share=folder
    )


def open_shot(argument: tuple[Stages, Path]) -> Context:
    """Open everything a frame needs, and render the standing building once. It pickles."""
    s, out = argument
    pieces, motion, prep, light = fragments_of(s), motion_of(s), load_prep(s), light_of(s)
    camera = s.layout.view()
    view = RestView.of(pieces.mesh, camera, light, prep.picture, prep.matte, samples=_samples(s))
    standing = render_solids(
        view, motion.pose(0), next_pose=motion.pose(0), samples=_samples(s), seed=s.request.seed
    )
    # Nothing moves yet and no shadow has changed: a pixel says it for all.
    standing = replace(
        standing,
        motion=standing.motion[:1, :1].copy(),
        ground_ratio=standing.ground_ratio[:1, :1].copy(),
    )
    ground = find_ground_light(prep.still, prep.clean, prep.hole, prep.foreground, view)
    view = replace(view, ground=ground, opened=openness(view))
    view.settle()
    clip = None
    if not s.plate.still:
        clip = ClipForeground.load(s.folders["prep"] / "clip.npz")
    near = float(np.percentile(standing.depth[np.isfinite(standing.depth)], 2))
    relief = Relief.of(camera, near)
    # Dust is what the building was made of, ground fine: pale, and only a little of its colour. Of
    # the light that meets a grain this much goes on, as the path tracer was told: whiter is steam.
    tint = np.maximum(view.mean, 0.02)
    tint = tint / float(tint.max())
    albedo = np.array([0.75, 0.72, 0.67]) * (0.86 + 0.14 * tint)
    return Context(
        stages=s,
        prep=prep,
        light=light,
        motion=motion,
        bonds=pieces.bonds,
        view=view,
        rest=standing,
        dust=Dust.open(s.folders["dust"]),
        debris=tinted(
            load_debris(s.folders["debris"] / "debris.npz"),
            prep.picture,
            prep.matte,
            camera,
        ),
        shards=Shards.of(pieces, motion, s.request.seed),
        held=HeldStill.of(prep.still, prep.grain) if s.plate.still else None,
        clip=clip,
        near=near,
        ground_depth=to_ground(camera, np.full_like(standing.depth, np.inf))
        if relief is None
        else relief.depth(camera, standing.alpha.shape),
        relief=relief,
        wisps=Wisps.of(camera, near, motion, standing.alpha.shape, s.request.seed),
        front_depth=front_depth(prep.foreground, camera, standing.depth, prep.still),
        front_shift=_front_shift(prep) if s.plate.still else None,
        shake=shake_path(motion, s.request.frames, s.brief.shake, s.request.seed),
        albedo=(float(albedo[0]), float(albedo[1]), float(albedo[2])),
        names=[f"fragment_{i:05d}" for i in range(len(pieces))],
        views=Views.of(
            s.plate.width,
            s.plate.height,
            len(pieces),
            s.request.frames,
            s.fps,
            np.array(light.direction),
        ),
        out=out,
    )


def make_frame(c: Context, frame: int) -> dict[str, Any]:
    """Render, comp and write one frame (0 is 1001); returns what was measured on it."""
    s, prep, light, motion = c.stages, c.prep, c.light, c.motion
    plate, front = plate_frame(c, frame)
    seconds = frame / float(motion.fps)
    moving = bool((motion.release < seconds + 1 / float(motion.fps)).any())
    volume = c.dust.frame(
        frame,
        detail=2 if s.request.quality == "draft" else None,
        camera=c.view.camera,
    )
    if volume is not None:
        volume = _on_ground(c, volume)
        if s.request.quality == "final":
            volume = sharpened(volume, c.dust.extinction)
    lit = None if volume is None else light_volume(volume, light, _posed(c, frame).tracer)
    through = on_ground = None
    if lit is not None:
        through = partial(sun_at, lit, light)
        on_ground = partial(sun_on_ground, lit, light)

    solids = sharp = replace(
        c.rest, motion=np.broadcast_to(c.rest.motion, (*c.rest.alpha.shape, 2))
    )
    cover = None
    if lit is not None:
        cover = DustPass(
            lit, c.view.camera, light, c.ground_depth, c.albedo, seed=s.request.seed,
            draft=s.request.quality == "draft", front_depth=c.front_depth,
            bare=_bare(c, frame) if s.request.quality == "final" else None,
            wisps=(c.wisps, frame),
        )  # fmt: skip
    if moving or lit is not None:
        sharp = render_solids(
            c.view,
            motion.pose(frame),
            posed=_posed(c, frame),
            next_pose=motion.pose(frame + 1),
            next_glass=_glass(c, frame + 1),
            samples=_samples(s),
            seed=s.request.seed,
            volume_shadow=through,
            ground_shadow=on_ground,
            dusty=settled_dust(motion, c.bonds, seconds, s.brief.dust),
            seen=partial(_shown, cover, front),
            covered=None if cover is None else cover.hides,
        )
        rgb, alpha = blur(sharp.rgb, sharp.alpha, sharp.motion, sharp.depth)
        solids = replace(sharp, rgb=rgb, alpha=alpha)

    active = moving or lit is not None
    camera = c.view.camera
    dust = None if cover is None else cover.before(sharp.depth, sharp.alpha, sharp.motion)
    debris = None
    particles = c.debris.frame(frame)
    if c.relief is not None:
        particles = c.relief.settled(particles)
    if active and len(particles.position):
        debris = draw_debris(
            particles,
            camera,
            light,
            sharp.depth,
            lit=lit,
            dust=dust,
            tracer=_posed(c, frame).tracer,
            front=front,
            fps=float(motion.fps),
            seconds=seconds,
        )
    veil = None if cover is None else cover.veil
    behind = None if cover is None else cover.behind
    result = comp_frame(
        CompInputs(
            plate=plate,
            clean=prep.clean,
            hole=prep.hole,
            matte=prep.matte,
            frame=frame,
            seed=s.request.seed,
            solids=solids if active else None,
            rest=c.rest,
            debris_rgb=None if debris is None else debris.rgb,
            debris_alpha=None if debris is None else debris.alpha,
            debris_veiled=None if debris is None else debris.veiled,
            dust_rgb=None if dust is None else dust.rgb,
            dust_transmittance=None if dust is None else dust.transmittance,
            behind_rgb=None if behind is None else behind.rgb,
            behind_transmittance=None if behind is None else behind.transmittance,
            foreground=front,
            foreground_shift=c.front_shift,
            grain=prep.grain,
            light=light,
            softness=prep.softness,
            **({} if c.clip is None else {"clean_has_grain": 0.2}),
            veil_rgb=None if veil is None else veil.rgb,
            veil_transmittance=None if veil is None else veil.transmittance,
            distance=float(np.linalg.norm(s.layout.centre)),
            shake=None if not c.shake[frame].any() else tuple(c.shake[frame]),  # type: ignore[arg-type]
        )
    )
    write_frame(c.out, frame, result, sharp, c.names, motion.fps, camera, c.views)
    facts = _measure(c, frame, plate, result, active)
    if debris is not None:
        facts["debris"] = debris.facts
    left = 1 if dust is None else dust.transmittance
    facts["pieces_seen"] = float((sharp.alpha * left * (1 - front)).mean())
    return facts


def _shown(
    cover: DustPass | None, front: F32, depth: F32, alpha: F32, motion: F32
) -> tuple[F32, F32]:
    """What `render_solids` asks: how much of pieces and ground is seen past dust and foreground."""
    left = np.ones_like(alpha)
    if cover is not None:
        left = cover.before(depth, alpha, motion).transmittance
    return shown(left, alpha, motion, front)


def _bare(c: Context, frame: int) -> Bare | None:
    """The frame's dust as it was simulated, for the dust model."""
    volume = c.dust.frame(frame, detail=1, fine_grain=False)
    if volume is None:
        return None
    volume = _on_ground(c, volume)
    return Bare(c.dust, frame, light_volume(volume, c.light, _posed(c, frame).tracer))


def _on_ground(c: Context, volume: Volume) -> Volume:
    """Dust away from the camera, and on the ground that it sees."""
    volume = clear_of_camera(volume, c.view.camera, c.near, c.stages.brief.dust)
    return volume if c.relief is None else c.relief.lowered(volume)


def _front_shift(prep: Prep) -> F32 | None:
    """What building and sky left in the edges of what stands before them, to be taken out."""
    if not prep.foreground.any():
        return None
    own = front_colour(prep.still, prep.picture, prep.foreground, prep.matte > 0.5)
    return np.where(prep.foreground[..., None] > 0, own - prep.still, 0).astype(np.float32)


def _posed(c: Context, frame: int) -> Posed:
    """The pieces of a frame as rays meet them; the last frame's are kept, several ask for them."""
    if c.last is None or c.last[0] != frame:
        c.last = frame, Posed.of(c.view, c.motion.pose(frame), glass=_glass(c, frame))
    return c.last[1]


def _glass(c: Context, frame: int) -> LooseGlass:
    return c.shards.when(frame / float(c.motion.fps), c.stages.brief.slow)


def plate_frame(c: Context, frame: int) -> tuple[F32, F32]:
    """(plate of this frame (h, w, 3), what stands in front of the building in it (h, w))."""
    if c.held is not None:
        return c.held.frame(frame, c.stages.request.seed), c.prep.foreground
    assert c.clip is not None, "a plate is a still or a clip"
    plate = c.stages.plate.read(frame)
    return plate, np.maximum(c.prep.foreground, c.clip.matte(plate, everywhere=False))


def _samples(s: Stages) -> int:
    return 1 if s.request.quality == "draft" else 4


def _measure(c: Context, frame: int, plate: F32, result: Any, active: bool) -> dict[str, Any]:
    """Facts of this frame that the take's checks are made of (see `collapse.publish`)."""
    facts: dict[str, Any] = {
        "active": active,
        "untouched": checks.plate_untouched(plate, result.steady, result.effect),
    }
    if frame == 0:
        standing = c.rest.rgb + (1 - c.rest.alpha[..., None]) * c.prep.clean
        visible = c.prep.matte * (c.prep.foreground < 0.02)
        facts["first_frame"] = checks.first_frame_psnr(standing, c.prep.still, visible)
    first = _first_moving(c.motion)
    if frame > 0 and (frame == first or frame % 8 == 0):
        before_plate, _ = plate_frame(c, frame - 1)
        if frame == first:
            facts["pop"] = checks.no_pop(
                before_plate, result.steady, before_plate, plate, c.prep.matte
            )
        away = result.effect <= 0
        if away.any():
            # The frame before has the same plate pixels there, or its own check fails.
            own = np.abs(plate - before_plate)[away].astype(np.float64).mean()
            ours = np.abs(result.steady - before_plate)[away].astype(np.float64).mean()
            facts["temporal"] = 1.0 if own == ours else float(ours / max(own, 1e-12))
    return facts


def _first_moving(motion: Motion) -> int:
    start = float(motion.release.min()) if len(motion.release) else np.inf
    return int(np.floor(start * float(motion.fps))) if np.isfinite(start) else -1
