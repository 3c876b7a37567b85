"""Before a frame is altered: who is where, what their skin looks like, what is in front of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.detect import find
from setpiece.deage.face import Aligned, Face, align, fitting_size
from setpiece.deage.follow import follow
from setpiece.deage.identity import Embedding, who
from setpiece.deage.matte import SkinModel, mean_model, shrunk, skin_model, skin_seen
from setpiece.deage.track import Person, recognise
from setpiece.errors import InputError
from setpiece.media.atomic import whole_file
from setpiece.media.colour import to_display
from setpiece.media.plate import Plate, open_plate

SEEN = 128  # side of the maps of what is seen of the skin
_LEARN = 24  # frames of a shot from which a person's skin and usual look are learned
_USUAL = 5  # and how many it takes to know a usual look
# Departures from it that begin to be, and wholly are, something else: in log luma, which a turn to
# the light changes too, and in the two differences of log colour, which it hardly does.
_SHADE, _HUE = (0.12, 0.30), (0.04, 0.10)


@dataclass(frozen=True, eq=False)
class Tracked:
    """One person, ready to be altered.

    person: where they are. sides: (frames,) [px], the side of the square that is worked on, the
    same over a shot. seen: uint8 (frames, SEEN, SEEN), 255 where their skin is seen, steadied.
    """

    person: Person
    sides: NDArray[np.int32]
    seen: NDArray[np.uint8]

    def aligned(self, frame: int) -> Aligned | None:
        """The square of a frame, or None where the face is not there."""
        face = self.person.face(frame)
        return None if face is None else align(face, int(self.sides[frame]))

    def seen_at(self, frame: int) -> NDArray[np.float32]:
        """What is seen of the skin, float32 (SEEN, SEEN), 0..1."""
        return self.seen[frame].astype(np.float32) / np.float32(255)


def reference_face(path: Path, name: str) -> Embedding:
    """The embedding of the one face in a reference photograph.

    Raises InputError where there is none, or more than one of a size; PlateError.
    """
    picture = open_plate(path).read()
    faces = find(picture)
    if not faces:
        raise InputError(f"{path}: no face is found in it; give a clear photograph of {name}.")
    if len(faces) > 1 and faces[1].height > 0.6 * faces[0].height:
        raise InputError(
            f"{path}: there are {len(faces)} faces in it; give a photograph of {name} alone."
        )
    return who(picture, faces[0])


def track(
    plate: Plate, people: Mapping[str, Embedding], progress: Callable[[float], None]
) -> dict[str, Tracked]:
    """Follow the people of an order through a clip."""
    followed = follow(plate.read, plate.frames, progress=lambda f: progress(0.6 * f))
    persons = recognise(
        plate.read, followed, people, (plate.width, plate.height), lambda f: progress(0.6 + 0.2 * f)
    )
    out = {}
    for n, (name, person) in enumerate(persons.items()):
        sides = _sides(person)
        seen = _seen(plate, person, sides)
        out[name] = Tracked(person, sides, seen)
        progress(0.8 + 0.2 * (n + 1) / len(persons))
    return out


def save(path: Path, tracked: Tracked) -> None:
    """Write a track to an .npz; `load` opens it."""
    p = tracked.person
    with whole_file(path) as part, part.open("wb") as file:
        np.savez_compressed(
            file, name=np.array(p.name), points=p.points, score=p.score, weight=p.weight,
            reason=p.reason, shot=p.shot, distance=p.distance, sides=tracked.sides,
            seen=tracked.seen,
        )  # fmt: skip


def load(path: Path) -> Tracked:
    """A track that `save` wrote."""
    with np.load(path) as d:
        person = Person(
            str(d["name"]), d["points"], d["score"], d["weight"], d["reason"], d["shot"],
            d["distance"],
        )  # fmt: skip
        return Tracked(person, d["sides"], d["seen"])


def _sides(person: Person) -> NDArray[np.int32]:
    """One size of square a shot: a size that changed would make texture breathe."""
    sides = np.zeros(len(person.weight), np.int32)
    for shot in np.unique(person.shot):
        frames = np.flatnonzero((person.shot == shot) & np.isfinite(person.points[:, 0, 0]))
        if len(frames):
            faces = [Face(person.points[f], 1.0) for f in frames]
            middle = sorted(faces, key=lambda f: f.height)[len(faces) // 2]
            sides[frames] = fitting_size(middle)
    return sides


def _seen(plate: Plate, person: Person, sides: NDArray[np.int32]) -> NDArray[np.uint8]:
    maps = np.zeros((len(person.weight), SEEN, SEEN), np.uint8)
    for shot in np.unique(person.shot):
        frames = np.flatnonzero((person.shot == shot) & (person.weight > 0))
        if not len(frames):
            continue
        chosen = frames[np.linspace(0, len(frames) - 1, min(_LEARN, len(frames))).astype(int)]
        looks = [_crop(plate, person, sides, int(f)) for f in chosen]
        model = mean_model([skin_model(c, a) for c, a in looks])
        usual = _usual([c for c, _ in looks])
        known = dict(zip(chosen.tolist(), looks, strict=True))
        found = []
        for f in frames:
            crop, aligned = known.get(int(f)) or _crop(plate, person, sides, int(f))
            found.append(_one(crop, aligned, model, usual))
        maps[frames] = _steadied(np.array(found), frames)
    return maps


def _crop(
    plate: Plate, person: Person, sides: NDArray[np.int32], frame: int
) -> tuple[NDArray[np.float32], Aligned]:
    face = person.face(int(frame))
    assert face is not None
    small = shrunk(align(face, int(sides[frame])))
    return to_display(small.crop(plate.read(int(frame)))), small


def _usual(crops: list[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A face's usual look over a shot and how far it strays from it, (SEEN, SEEN, 3): log luma and
    hue; empty where too few frames tell."""
    if len(crops) < _USUAL:
        return np.zeros((0,), np.float32), np.zeros((0,), np.float32)
    logs = np.stack([_log(c) for c in crops])
    middle = np.median(logs, axis=0)
    return middle, np.median(np.abs(logs - middle), axis=0)


def _one(
    crop: NDArray[np.float32],
    aligned: Aligned,
    model: SkinModel,
    usual: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> NDArray[np.float32]:
    seen = cv2.resize(skin_seen(crop, aligned, model), (SEEN, SEEN), interpolation=cv2.INTER_AREA)
    middle, strays = usual
    if not len(middle):
        return seen
    # A hand is skin too, but it is not what this place on this face looks like in this shot.
    away = np.abs(_log(crop) - middle) - 3 * strays
    hidden = np.maximum(_hidden(away[..., 0], _SHADE), _hidden(away[..., 1:].max(axis=2), _HUE))
    return seen * (1 - cv2.dilate(hidden, np.ones((5, 5), np.uint8)))


def _hidden(away: NDArray[np.float32], limits: tuple[float, float]) -> NDArray[np.float32]:
    away = cv2.GaussianBlur(away, (0, 0), 1.5)
    t = np.clip((away - limits[0]) / (limits[1] - limits[0]), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def _log(crop: NDArray[np.float32]) -> NDArray[np.float32]:
    small = cv2.resize(crop, (SEEN, SEEN), interpolation=cv2.INTER_AREA)
    log = cv2.log(cv2.GaussianBlur(np.maximum(small, 0), (0, 0), 1.5) + np.float32(0.04))
    red, green, blue = cv2.split(log)
    return cv2.merge([(red + green + blue) / 3, red - green, blue - green])


def _steadied(maps: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.uint8]:
    """A symmetric filter over time, in the face's own square; gaps are not filtered across."""
    total = np.zeros_like(maps)
    weight = np.zeros(len(maps), np.float32)
    for step, share in ((-2, 0.25), (-1, 0.75), (0, 1.0), (1, 0.75), (2, 0.25)):
        for i in range(len(maps)):
            j = i + step
            if 0 <= j < len(maps) and frames[j] - frames[i] == step:
                total[i] += np.float32(share) * maps[j]
                weight[i] += np.float32(share)
    return np.round(total / weight[:, None, None] * 255).astype(np.uint8)
