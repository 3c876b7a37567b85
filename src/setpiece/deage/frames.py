"""Every frame of the shot: read, each person's face altered, written with its layers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.ages import LAYERS, at
from setpiece.deage.alter import (
    NETWORK,
    OF_SKIN,
    Altered,
    Painted,
    fine_energy,
    lay,
    paint,
    steadied,
    summed,
)
from setpiece.deage.brief import FIRST, Request, Wanted
from setpiece.deage.given import matte_at, matte_plate, nearest
from setpiece.deage.identity import Embedding
from setpiece.deage.measure import likeness, spread_over
from setpiece.deage.network import OWN
from setpiece.deage.prepare import Tracked, load
from setpiece.deage.steady import REACH
from setpiece.deage.watermark import watermark
from setpiece.farm import Meter, map_frames
from setpiece.media.atomic import whole_file
from setpiece.media.colour import to_display
from setpiece.media.exr import to_half, write_exr
from setpiece.media.plate import Plate, open_plate

if TYPE_CHECKING:
    from setpiece.deage.shot import Stages

Picture = NDArray[np.float32]
NAMES = (NETWORK, *LAYERS)


@dataclass
class _Room:
    """What a worker keeps between frames."""

    request: Request
    plate: Plate
    tracked: dict[str, Tracked]
    people: dict[str, Embedding]
    young: tuple[Embedding, ...]
    gains: dict[str, dict[float, float]]
    hair: Plate | None
    age_map: Plate | None
    folder: Path
    each: int
    looked: dict[str, frozenset[int]] = field(default_factory=dict)
    read: dict[int, Picture] = field(default_factory=dict)
    painted: dict[tuple[str, int], Painted] = field(default_factory=dict)

    def compared(self, name: str) -> frozenset[int]:
        """Frames whose faces are held against the reference."""
        if name not in self.looked:
            self.looked[name] = spread_over(self.tracked[name].person.weight)
        return self.looked[name]

    def frame(self, index: int) -> Picture:
        """A frame of the plate; those around it are kept, so that a movie is read in order."""
        if index not in self.read:
            self.read[index] = self.plate.read(index)
            while len(self.read) > 2 * REACH + 2:
                del self.read[min(self.read)]
        return self.read[index]


def make_frames(
    s: Stages, workers: int | None, folder: Path, progress: Callable[[float], None], meter: Meter
) -> None:
    """Write `<frame>.exr`, `<layer>/<frame>.exr` and `<frame>.json` for every frame of the plate;
    those that are there are kept."""
    count = s.plate.frames
    # Neighbours are needed too: a worker makes several frames on end and keeps what it painted.
    each = min(max(-(-count // (2 * (workers or os.cpu_count() or 1))), 4), 24)
    starts = range(0, count, each)
    done = 0

    def tell(_start: int, _value: Any, cpu: float) -> None:
        nonlocal done
        done += 1
        meter.add_worker(cpu)
        progress(done / len(starts))

    gains = {n: {y: g.gain for y, g in many.items()} for n, many in s.governed.items()}
    argument = (s.request, str(s.folders["track"]), s.people, s.young, gains, str(folder), each)
    map_frames(_prepare, _several, argument, starts, workers=workers, done=tell)


def _several(room: _Room, start: int) -> None:
    for index in range(start, min(start + room.each, room.plate.frames)):
        if not (room.folder / f"{FIRST + index}.json").is_file():
            _make(room, index)


def _prepare(
    argument: tuple[
        Request, str, dict[str, Embedding], tuple[Embedding, ...], dict[str, dict[float, float]],
        str, int,
    ],
) -> _Room:  # fmt: skip
    request, tracks, people, young, gains, folder, each = argument
    plate = open_plate(request.plate, colorspace=request.colorspace, fps=request.fps)
    tracked = {
        t.person.name: t for t in (load(p) for p in sorted(Path(tracks).glob("person*.npz")))
    }
    hair, age_map = (matte_plate(p) for p in (request.hair, request.age_map))
    return _Room(request, plate, tracked, people, young, gains, hair, age_map, Path(folder), each)


def _make(room: _Room, index: int) -> None:
    frame = room.frame(index)
    out = frame.copy()
    facts: dict[str, Any] = {"people": {}}
    layers: dict[str, tuple[Picture, NDArray[np.float32]]] = {}
    changed = np.zeros(frame.shape[:2], np.float32)
    faces = []
    for wanted in room.request.people:
        tracked = room.tracked[wanted.name]
        weight = float(tracked.person.weight[index])
        face = tracked.person.face(index)
        if face is None or weight <= 0:
            continue
        aligned = tracked.aligned(index)
        assert aligned is not None
        done = lay(out, aligned, _steadied(room, wanted, index), weight)
        before = out[done.where].copy()
        out[done.where], matte = summed(before, done)
        changed[done.where] = np.maximum(changed[done.where], matte)
        _gather(layers, done, frame.shape)
        faces.append(face)
        facts["people"][wanted.name] = {
            "weight": weight,
            "pixels": int((matte > 0).sum()),
            **_measured(room, wanted.name, frame, out, before, done, tracked, index),
        }
    if room.request.test and faces:
        out, marked = watermark(out, faces)
        changed[marked] = 1
        layers = {}  # a test hands out nothing that could be laid on the plate without its mark
    _write(room, index, out, changed, layers, facts)


def _steadied(room: _Room, wanted: Wanted, index: int) -> Painted:
    """A face of a frame as painted, held steady over the frames around it."""
    person = room.tracked[wanted.name].person
    sides = room.tracked[wanted.name].sides
    around = [index]
    for step in (-1, 1):
        for i in range(index + step, index + step * (REACH + 1), step):
            if not 0 <= i < len(person.weight) or person.shot[i] != person.shot[index]:
                break
            if person.weight[i] <= 0 or sides[i] != sides[index]:
                break
            around.append(i)
    around.sort()
    return steadied([_painted(room, wanted, i) for i in around], around.index(index))


def _painted(room: _Room, wanted: Wanted, index: int) -> Painted:
    known = room.painted.get((wanted.name, index))
    if known is not None:
        return known
    for old in [k for k in room.painted if k[0] == wanted.name and k[1] < index - 2 * REACH]:
        del room.painted[old]
    tracked = room.tracked[wanted.name]
    aligned = tracked.aligned(index)
    assert aligned is not None
    years = np.interp(FIRST + index, *np.array(wanted.years, np.float64).T)
    hair = None
    if room.hair is not None:
        others = [t.person.face(index) for n, t in room.tracked.items() if n != wanted.name]
        face = tracked.person.face(index)
        assert face is not None
        matte = nearest(matte_at(room.hair, index), face, [f for f in others if f is not None])
        hair = (matte, room.request.hair_colour)
    made = paint(
        room.frame(index), aligned,
        at(room.request.keys(wanted, room.gains.get(wanted.name), FIRST + index), FIRST + index),
        seen=tracked.seen_at(index), engine=room.request.engine, ages=wanted.ages(float(years)),
        hair=hair, share=None if room.age_map is None else matte_at(room.age_map, index),
    )  # fmt: skip
    room.painted[wanted.name, index] = made
    return made


def _gather(
    layers: dict[str, tuple[Picture, NDArray[np.float32]]], done: Altered, shape: tuple[int, ...]
) -> None:
    """Add a person's deltas to the frame's layers."""
    for name, delta in done.deltas.items():
        if name not in layers:
            layers[name] = (np.zeros(shape, np.float32), np.zeros(shape[:2], np.float32))
        total, matte = layers[name]
        total[done.where] += delta
        matte[done.where] = np.maximum(matte[done.where], done.mattes[name])


def _measured(
    room: _Room, name: str, frame: Picture, out: Picture, before: Picture, done: Altered,
    tracked: Tracked, index: int,
) -> dict[str, Any]:  # fmt: skip
    """What was done to the face, measured on the pictures themselves."""
    face = tracked.person.face(index)
    aligned = tracked.aligned(index)
    assert face is not None
    assert aligned is not None
    unit = face.height / 100
    fine = [fine_energy(to_display(p), done.skin, unit) for p in (before, out[done.where])]
    facts: dict[str, Any] = {"texture": fine[1] / fine[0] if fine[0] > 0 else 1.0}
    if index in room.compared(name):
        facts |= likeness(frame, out, face, room.people[name], room.young)
    return facts


def _write(
    room: _Room, index: int, out: Picture, changed: NDArray[np.float32],
    layers: dict[str, tuple[Picture, NDArray[np.float32]]], facts: dict[str, Any],
) -> None:  # fmt: skip
    number = FIRST + index
    rgba = np.dstack([to_half(out), np.ones(out.shape[:2], np.float16)])
    write_exr(
        room.folder / f"{number}.exr", {"rgba": rgba, "matte": changed},
        fps=room.plate.fps, frame=number,
    )  # fmt: skip
    for name in NAMES if not room.request.test else ():
        if not _used(room.request, name):
            continue
        delta, matte = layers.get(name) or (np.zeros_like(out), np.zeros_like(changed))
        write_exr(
            room.folder / name / f"{number}.exr", {"rgba": np.dstack([delta, matte])},
            fps=room.plate.fps, frame=number,
        )  # fmt: skip
    with whole_file(room.folder / f"{number}.json") as part:
        part.write_text(json.dumps(facts, default=float), encoding="utf-8")


def _used(request: Request, name: str) -> bool:
    """Is this layer part of the order? A sequence of it then has every frame."""
    if name == NETWORK:
        return request.engine != "native"
    if request.engine not in ("native", OWN) and name in OF_SKIN:
        return False
    keys = [k for p in request.people for k in request.keys(p)]
    return any(k.strengths.of(name) for k in keys)
