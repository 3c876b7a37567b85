"""The fall: a building that stands, a failure wave, and what gravity does with it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from setpiece.collapse.brief import Brief
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.motion import Motion
from setpiece.collapse.rubble import rubble
from setpiece.collapse.run import Run
from setpiece.collapse.solver import TICK
from setpiece.collapse.solver.measure import Rest
from setpiece.collapse.solver.world import World
from setpiece.collapse.structure import Structure
from setpiece.collapse.trigger import plan_failure

REST = 1.0  # [s] simulated before the trigger, to prove that it stands


def fall(
    fragments: Fragments,
    structure: Structure,
    brief: Brief,
    *,
    frames: int,
    fps: Fraction | float,
    seed: int,
    progress: Callable[[float], None] | None = None,
    take_out: tuple[int, ...] | None = None,
) -> Motion:
    """Let the building stand, fail and come down.

    The solver starts from the statically loaded state and runs `REST` seconds with nothing failing
    (check `stands_still`). Having shown that it stands, the building is held as it is until
    `brief.start`; poses are relative to that loaded state, so frame 0 is exactly the rest pose.
    From then on it is simulated in real time and resampled to the shot's clock (`brief.slow`).

    Args:
        frames: frames of the shot; the result holds one pose more.
        fps: frames per second. seed: decides jitter of the failure wave.
        take_out: crush every support of these storeys at `brief.start` and nothing else.

    Raises:
        BriefError: the brief names a storey the building does not have.
    """
    rate = Fraction(fps).limit_denominator(1_000_000)
    trigger = plan_failure(fragments, structure, brief, seed=seed, take_out=take_out)
    world = World(fragments, structure)
    rest = Rest(world)
    length = max((frames / float(rate) - brief.start) * brief.slow, 0.0)
    total = REST + length
    for k in range(round(REST / TICK)):
        rest.add(world, world.advance(), TICK)
        if progress and k % 24 == 0:
            progress(world.time / total)
    run = Run(world, trigger, fragments, seed)
    n = world.n
    position = np.empty((frames + 1, n, 3), np.float32)
    rotation = np.empty((frames + 1, n, 4), np.float32)
    for f in range(frames + 1):
        now = (f / float(rate) - brief.start) * brief.slow
        if now <= 0:
            position[f] = fragments.centre
            rotation[f] = (0, 0, 0, 1)
            continue
        run.until(now)
        x, q = run.pose(now)
        position[f] = fragments.centre + (x - run.x0)
        rotation[f] = q
        run.sample(now)
        if progress:
            progress((REST + now) / total)
    clock = lambda t: (brief.start + np.asarray(t) / brief.slow).astype(np.float32)  # noqa: E731
    time, body, place, energy = run.hits()
    own = structure.own
    motion = Motion(
        fps=rate,
        position=position,
        rotation=rotation,
        rest=fragments.centre.astype(np.float32),
        bond_break=clock(run.parted_at[:own]),
        pane_break=clock(run.panes(fragments, seed)),
        release=clock(run.moved_at),
        impact_time=clock(time),
        impact_body=body,
        impact_position=place,
        impact_energy=energy,
        checks={"stands_still": rest.check(), **run.descent.checks(world)},
    )
    motion.checks["settled"] = run.settle() if run.now > 0 else run.descent.settled(world, 0.0)
    ended = world.x[:n], world.rot[:n]
    motion.checks["rubble"] = rubble(world.hull, world.mass, run.stood, ended)
    return motion


def compile_kernels() -> None:
    """Compile (or load from cache) every kernel of the fall on one column under one slab."""
    from setpiece.collapse.fragments import Bonds, Element
    from setpiece.collapse.layout.model import CameraModel, Layout, Prism
    from setpiece.collapse.structure import strengthen
    from setpiece.render.scene import Mesh

    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    centre = np.array([[0, 0, 1.0], [0, 0, 2.1], [0.3, 0, 2.4]])
    half = np.array([[0.2, 0.2, 1.0], [1, 1, 0.1], [0.5, 0.5, 0.15]])
    mass = 2500 * 8 * half.prod(1)
    inertia = np.stack([np.eye(3) * m for m in mass])
    z = np.array([[0, 0, 1.0]])
    bonds = Bonds(
        np.array([0, 0], np.int32), np.array([-1, 1], np.int32),
        np.array([[0, 0, 0.0], [0, 0, 2.0]]), np.concatenate([-z, z]),
        np.array([[1.0, 0, 0], [1.0, 0, 0]]), np.full((2, 2), 0.4), np.array([1.0, 1.1]),
    )  # fmt: skip
    flat = np.zeros((0, 3), np.float32)
    mesh = Mesh(
        flat, flat, np.zeros((0, 3), np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint8),
        np.zeros(0, np.int32),
    )  # fmt: skip
    fr = Fragments(
        mesh, centre, mass, inertia, (corners[None] * half[:, None]).reshape(-1, 3),
        (8 * np.arange(4)).astype(np.int32),
        np.array([Element.COLUMN, Element.SLAB, Element.SLAB], np.uint8),
        np.zeros(3, np.int32), np.zeros(3, np.int32), bonds, np.zeros(0, np.int32),
        np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 2)),
    )  # fmt: skip
    layout = Layout(
        size=(16, 16), camera=CameraModel(focal=10.0), outline=[(0, 0), (1, 0), (1, 1)],
        prisms=[Prism(footprint=[(0, 0), (1, 0), (1, 1)], height=2.2)],
    )  # fmt: skip
    brief = Brief(start=0.0)
    fall(fr, strengthen(fr, layout), brief, frames=24, fps=Fraction(24), seed=0)
