"""From pieces to a building that stands: stiffness, strength and the design step.

Every bond gets the stiffness of a short beam and capacities from its section and its class
(reinforced column, slab, facade panel, masonry, roof ...). Then the building is designed the way
an engineer would: a linear static solve under gravity gives what each bond carries, and every
capacity is raised to at least `margin` times that. The bonds start with the solved forces in
them, as if built with the camber that takes up their sag, so that an intact building stands still
in exactly the shape that was drawn, whatever the fracture made of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Bonds, Element, Fragments
from setpiece.collapse.joints import TABLE, Joint
from setpiece.collapse.layout.model import Layout
from setpiece.collapse.solver.statics import stable_share, under_gravity
from setpiece.collapse.ties import tie_free, tie_sagging
from setpiece.errors import StageError

F64 = NDArray[np.float64]
CRUMB = 5.0  # [kg] least mass of a piece
GYRATION = 0.06  # [m] least radius of gyration of a piece
ROUNDS = 8  # of tying what sags too far
_BRITTLE = {"frame": 0.2, "masonry": 0.7, "timber": 0.3}


@dataclass(frozen=True)
class Structure:
    """Stiffness and strength of every bond, and the loaded state the run starts from.

    M bonds are the fragments' own, in their order, then the ties added for pieces that hung free
    (`bonds` holds all of them). Components are normal force, shear 1, shear 2, bending about
    tangent, bending about second tangent, torsion.

    Attributes:
        bonds: all bonds, own ones first; own: how many are the fragments'.
        joint: `Joint` of each bond, (M,).
        stiffness: [N/m] x 3, [N m/rad] x 3, (M, 6).
        capacity: tension, compression, shear [N], bending 1, 2, torsion [N m], (M, 6).
        limit: plastic limits: rotation [rad], slip, stretch, crush [m], rupture and fade as
            multiples of them, largest strength loss (0..1), (M, 7).
        depth: section depth for bending 1 and 2 [m], (M, 2).
        friction: of compression on shear, (M,). confine: share of compression that adds to
            bending strength, (M,).
        demand: forces under gravity, tension and anything along the tangents positive, (M, 6).
        displacement: how far it would sag if it were built without camber [m], [rad], (N, 6);
            the bonds are built with that camber, so the loaded building has its drawn shape.
        mass: [kg], raised where a piece is a crumb, (N,).
        inertia: tensors, world axes at rest, raised where a piece is a crumb or a needle
            [kg m2], (N, 3, 3).
        utilisation: largest gravity demand / capacity after design.
        report: figures for the take.
    """

    bonds: Bonds
    own: int
    joint: NDArray[np.int64]
    stiffness: F64
    capacity: F64
    limit: F64
    depth: F64
    friction: F64
    confine: F64
    demand: F64
    displacement: F64
    mass: F64
    inertia: F64
    utilisation: float
    report: dict


def strengthen(
    fragments: Fragments,
    layout: Layout,
    *,
    brittle: float | None = None,
    margin: float = 1.7,
) -> Structure:
    """Design the building so that it stands with a margin.

    Args:
        brittle: 0 is well tied (slabs hang on their bars), 1 parts cleanly; None takes what the
            layout's construction suggests.
        margin: every capacity is at least this times its gravity demand.

    Raises:
        StageError: no piece is bonded to the ground, or the static solve fails.
    """
    if not (fragments.bonds.j < 0).any():
        raise StageError("structure: no piece is bonded to the ground; fracture the layout again")
    if margin < 1.0:
        raise ValueError("margin must be at least 1")
    kinds = [p.construction for p in layout.prisms]
    b = float(np.mean([_BRITTLE[k] for k in kinds])) if brittle is None else float(brittle)
    mass, inertia = _round(fragments)
    bonds = tie_free(fragments)
    for left in reversed(range(ROUNDS)):
        joint = _classify(fragments, bonds, layout)
        sections = _sections(bonds, joint, min(max(b, 0.0), 1.0))
        stiffness, capacity, limit, depth = sections
        scale = stable_share(fragments, bonds, stiffness, mass, inertia)
        stiffness *= scale[:, None]
        displacement, demand = under_gravity(fragments, bonds, stiffness, mass)
        tied = tie_sagging(fragments, bonds, displacement, demand / stiffness)
        if tied is bonds or not left:
            break
        bonds = tied
    friction = TABLE[joint, 4]
    confine = np.isin(joint, (Joint.COLUMN, Joint.COLUMN_SLAB, Joint.FOOT)).astype(float)
    use, raised = _design(
        fragments, bonds, joint, capacity, depth, friction, confine, demand, margin
    )
    report = {
        "bonds": len(bonds.i),
        "ties": len(bonds.i) - len(fragments.bonds.i),
        "utilisation": round(float(use.max()), 3),
        "strengthened": round(float((raised > 1.01).mean()), 3),
        "stiffness_kept": round(float(np.median(scale)), 3),
        "sag_mm": round(float(np.abs(displacement[:, :3]).max() * 1e3), 2),
        "weight_t": round(float(mass.sum() / 1e3), 1),
    }
    return Structure(
        bonds, len(fragments.bonds.i), joint, stiffness, capacity, limit, depth, friction, confine,
        demand, displacement, mass, inertia, float(use.max()), report,
    )  # fmt: skip


def _round(fr: Fragments) -> tuple[F64, F64]:
    """Masses and inertia tensors in which crumbs and needles are heavier than they are.

    A crumb bonded to a wall would need a tiny step, and so would a needle spun about its own
    axis; their real mass is not visible (mass scaling, as explicit finite elements do).
    """
    mass = np.maximum(fr.mass, CRUMB)
    value, axes = np.linalg.eigh(fr.inertia * (mass / fr.mass)[:, None, None])
    value = np.maximum(value, 0.06 * value.max(1, keepdims=True))
    value = np.maximum(value, GYRATION**2 * mass[:, None])
    return mass, np.einsum("kia,ka,kja->kij", axes, value, axes)


def _classify(fr: Fragments, b: Bonds, layout: Layout) -> NDArray[np.int64]:
    ei = fr.element[b.i].astype(int)
    ej = np.where(b.j < 0, -1, fr.element[np.maximum(b.j, 0)])
    timber = np.array([p.construction == "timber" for p in layout.prisms])
    wood = timber[np.clip(fr.prism[b.i], 0, len(timber) - 1)]

    def both(a: int, c: int) -> NDArray[np.bool_]:
        return ((ei == a) & (ej == c)) | ((ei == c) & (ej == a))

    def either(a: int) -> NDArray[np.bool_]:
        return (ei == a) | (ej == a)

    joint = np.full(len(ei), int(Joint.CLIP))
    joint[both(Element.SLAB, Element.SLAB)] = Joint.SLAB
    joint[both(Element.COLUMN, Element.COLUMN)] = Joint.COLUMN
    joint[both(Element.COLUMN, Element.SLAB)] = Joint.COLUMN_SLAB
    joint[both(Element.COLUMN, Element.MASONRY)] = Joint.MASONRY_SLAB
    joint[both(Element.PANEL, Element.PANEL)] = Joint.PANEL
    joint[both(Element.MASONRY, Element.MASONRY)] = Joint.MASONRY
    joint[both(Element.MASONRY, Element.SLAB)] = Joint.MASONRY_SLAB
    joint[either(Element.ROOF)] = Joint.ROOF_SEAT
    joint[both(Element.ROOF, Element.ROOF)] = Joint.ROOF
    ground = b.j < 0
    joint[ground & (ei == Element.COLUMN)] = Joint.FOOT
    joint[ground & (ei == Element.MASONRY)] = Joint.MASONRY
    joint[ground & (ei == Element.SLAB)] = Joint.SLAB
    walls = (joint == Joint.MASONRY) | (joint == Joint.MASONRY_SLAB)
    joint[walls & wood] = Joint.TIMBER
    joint[len(fr.bonds.i) :] = Joint.COLUMN_SLAB  # ties: stiff, whatever they join
    return joint


def _sections(b: Bonds, joint: NDArray[np.int64], brittle: float) -> tuple[F64, F64, F64, F64]:
    row = TABLE[joint]
    w1, w2 = np.maximum(b.width, 0.04).T
    length = np.maximum(b.length, 0.10)
    area = w1 * w2
    i1 = w1 * w2**3 / 12
    i2 = w2 * w1**3 / 12
    e = row[:, 0]
    stiffness = np.stack(
        [
            e * area / length,
            0.4 * e * area / length,
            0.4 * e * area / length,
            e * i1 / length,
            e * i2 / length,
            0.2 * e * (i1 + i2) / length,
        ],
        1,
    )
    capacity = np.stack(
        [
            row[:, 1] * area,
            row[:, 2] * area,
            row[:, 3] * area,
            row[:, 1] * area * w2 / 6 * row[:, 5] * 2,
            row[:, 1] * area * w1 / 6 * row[:, 5] * 2,
            row[:, 3] * area * np.minimum(w1, w2) / 3,
        ],
        1,
    )
    mix = lambda a, c: row[:, a] * (1 - brittle) + row[:, c] * brittle  # noqa: E731
    rupture = mix(10, 11)
    fade = np.minimum(3.0, 1.0 + 0.5 * (rupture - 1.0))
    limit = np.stack(
        [row[:, 6], row[:, 7], row[:, 8], row[:, 9], rupture, fade, 1 - mix(12, 13)], 1
    )
    return stiffness, capacity, limit, np.stack([w2, w1], 1)


def _utilisation(capacity: F64, depth: F64, friction: F64, confine: F64, demand: F64) -> F64:
    """Demand / capacity: tension, compression, shear, bending, torsion, (M, 5)."""
    comp = np.maximum(-demand[:, 0], 0)
    add = confine * 0.5 * comp * (1 - np.minimum(comp / capacity[:, 1], 1))
    bend = np.hypot(
        demand[:, 3] / (capacity[:, 3] + add * depth[:, 0]),
        demand[:, 4] / (capacity[:, 4] + add * depth[:, 1]),
    )
    return np.stack(
        [
            np.maximum(demand[:, 0], 0) / capacity[:, 0],
            comp / capacity[:, 1],
            np.hypot(demand[:, 1], demand[:, 2]) / (capacity[:, 2] + friction * comp),
            bend,
            np.abs(demand[:, 5]) / capacity[:, 5],
        ],
        1,
    )


def _design(
    fr: Fragments, b: Bonds, joint: NDArray[np.int64], capacity: F64, depth: F64, friction: F64,
    confine: F64, demand: F64, margin: float,
) -> tuple[F64, F64]:  # fmt: skip
    """Set capacities in place; returns the utilisation and how much each bond was raised.

    Supports are also cut down to what their storey needs: a column that could carry ten storeys
    would never fail under one that lands on it.
    """
    support = np.isin(joint, (Joint.COLUMN, Joint.COLUMN_SLAB, Joint.FOOT))
    comp = np.maximum(-demand[:, 0], 0)
    want = comp.copy()
    storey = fr.storey[b.i]
    for s in np.unique(storey[support]):
        z = support & (storey == s)
        want[z] = 0.5 * comp[z] + 0.5 * comp[z].max()
    trim = np.where(support, np.maximum(1.12 * margin * want / capacity[:, 1], 0.10), 1.0)
    trim = np.minimum(trim, 1.0)
    full = capacity[:, 1].copy()
    capacity *= np.maximum(trim, 0.3)[:, None]
    capacity[:, 1] = full * trim
    raised = np.ones(len(joint))
    for _ in range(12):
        over = _utilisation(capacity, depth, friction, confine, demand) * margin
        if over.max() <= 1.0 + 1e-9:
            break
        gain = np.maximum(over, 1.0)
        raised *= gain.max(1)
        for mode, columns in ((0, (0,)), (1, (1,)), (2, (2,)), (3, (3, 4)), (4, (5,))):
            for c in columns:
                capacity[:, c] *= gain[:, mode]
    return _utilisation(capacity, depth, friction, confine, demand), raised
