"""Triangles of the set: quads and boxes with a stuff, a colour and a group. World metres, Z up."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Stuff(IntEnum):
    """What a surface of the stage is made of."""

    BRICK = 0
    STONE = 1
    STUCCO = 2
    GLASS = 3
    PAINT = 4
    ASPHALT = 5
    PAVING = 6
    LEAF = 7
    BARK = 8
    METAL = 9
    ROOF = 10


class Group(IntEnum):
    """What a surface belongs to."""

    SET = 0  # ground, neighbours, what is behind
    BUILDING = 1  # the one that falls
    FRONT = 2  # trees and lamps before it


@dataclass
class Builder:
    """Collects triangles in world metres; `now` is the group that the next ones belong to."""

    points: list[NDArray[np.float64]] = field(default_factory=list)
    stuff: list[NDArray[np.int64]] = field(default_factory=list)
    colour: list[NDArray[np.float64]] = field(default_factory=list)
    group: list[NDArray[np.int64]] = field(default_factory=list)
    pane: list[NDArray[np.int64]] = field(default_factory=list)
    panes: list[NDArray[np.float64]] = field(default_factory=list)
    now: Group = Group.SET

    def triangles(self, points: NDArray, stuff: Stuff, colour: NDArray | tuple) -> None:
        """points (n, 3, 3) [m]. colour: albedo (3,) or (n, 3), linear Rec.709."""
        n = len(points)
        self.points.append(np.asarray(points, float))
        self.stuff.append(np.full(n, int(stuff)))
        self.colour.append(np.broadcast_to(np.asarray(colour, float), (n, 3)))
        self.group.append(np.full(n, int(self.now)))
        self.pane.append(np.full(n, -1))

    def quads(self, points: NDArray, stuff: Stuff, colour: NDArray | tuple) -> None:
        """points (n, 4, 3), in order around each quad."""
        p = np.asarray(points, float)
        tri = np.stack([p[:, [0, 1, 2]], p[:, [0, 2, 3]]], 1).reshape(-1, 3, 3)
        c = np.repeat(np.broadcast_to(np.asarray(colour, float), (len(p), 3)), 2, axis=0)
        self.triangles(tri, stuff, c)

    def glass(self, quad: NDArray, colour: tuple) -> None:
        """A window pane (4, 3): bottom left, bottom right, top right, top left from outside."""
        quad = np.asarray(quad, float)
        self.quads(quad[None], Stuff.GLASS, colour)
        self.pane[-1][:] = len(self.panes)
        right, up = quad[1] - quad[0], quad[3] - quad[0]
        w, h = np.linalg.norm(right), np.linalg.norm(up)
        self.panes.append(np.concatenate([quad.mean(0), right / w, [w / 2, h / 2]]))

    def box(self, frame: Frame, low: tuple, high: tuple, stuff: Stuff, colour: tuple) -> None:
        """A box from low to high in (along, up, out) of a frame."""
        (a0, b0, c0), (a1, b1, c1) = low, high
        corner = np.array(
            [(a0, b0, c0), (a1, b0, c0), (a1, b1, c0), (a0, b1, c0),
             (a0, b0, c1), (a1, b0, c1), (a1, b1, c1), (a0, b1, c1)]
        )  # fmt: skip
        p = frame.at(corner)
        sides = [(4, 5, 6, 7), (1, 0, 3, 2), (0, 4, 7, 3), (5, 1, 2, 6), (3, 7, 6, 2), (0, 1, 5, 4)]
        self.quads(p[np.array(sides)], stuff, colour)

    def arrays(self) -> tuple[NDArray, ...]:
        """(triangles (n, 3, 3) float32, stuff, colour float32, group, pane int32, panes (k, 8)).

        pane: which of `panes` a triangle is, -1 for all but glass. A pane is its centre (3), its
        direction along the wall (3), half its width and half its height [m].
        """
        panes = np.array(self.panes).reshape(-1, 8)
        return (
            np.concatenate(self.points).astype(np.float32),
            np.concatenate(self.stuff).astype(np.int32),
            np.concatenate(self.colour).astype(np.float32),
            np.concatenate(self.group).astype(np.int32),
            np.concatenate(self.pane).astype(np.int32),
            panes,
        )


@dataclass(frozen=True)
class Frame:
    """Axes of a wall: along it, up, and out of it; origin in the world (3,)."""

    origin: NDArray[np.float64]
    along: NDArray[np.float64]
    out: NDArray[np.float64]

    def at(self, p: NDArray) -> NDArray:
        """World points of (along, up, out) coordinates (n, 3)."""
        p = np.asarray(p, float)
        up = np.array([0.0, 0.0, 1.0])
        return self.origin + p[..., :1] * self.along + p[..., 1:2] * up + p[..., 2:] * self.out
