"""How far a face may go: one gain a person and clip, so that identity is spent and not overspent.

The same years change one face more than the next. On a few frames spread over the clip the face is
made younger, its embedding taken before and after (`identity`), and the gain on all layers moved
until the frame that changes most is as far from itself as the limit for the years asked. A gain is
found for each number of years among the keyframes and eased between them as the years are; it never
changes from frame to frame otherwise.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.ages import GAIN, Strengths, governed, taken
from setpiece.deage.alter import lay, paint
from setpiece.deage.face import Aligned, Face, align
from setpiece.deage.given import matte_at, matte_plate
from setpiece.deage.identity import Embedding, distance, who
from setpiece.deage.prepare import Tracked, load
from setpiece.deage.warp import Picture
from setpiece.farm import Meter
from setpiece.media.plate import Plate

if TYPE_CHECKING:
    from setpiece.deage.shot import Stages

LOOKS = 5  # frames of a clip that are looked at
# Years -> distance from the untouched face. Another photograph of the same person is at 0.38.
LIMITS = ((0.0, 0.0), (10.0, 0.25), (20.0, 0.35), (30.0, 0.40), (50.0, 0.40))
_ROUNDING = 0.004  # what 8 bits, and averaging with neighbours, move a distance by
_NEAR = 0.01  # so far below the limit is at the limit
_TRIES = 6
_POWER = 0.8  # distance grows about as this power of the gain
_FILE = "governed.json"


@dataclass(frozen=True)
class Governed:
    """What was found. gain: on the layers (`ages.governed`), 1 is as the years alone say. reached:
    distance of the face that changes most among those looked at; at_one: the same at a gain of 1.
    """

    gain: float
    limit: float
    reached: float
    at_one: float
    looked_at: int


@dataclass(frozen=True, eq=False)
class Look:
    """A face of one frame, to be tried on.

    picture: float32 (h, w, 3) scene-linear, the frame's own pixels around the head; face and
    aligned: in it. seen: of the skin, from `prepare`, or None. hair: the artist's matte (h, w) and
    colour, or None. share: the artist's age map (h, w), or None.
    """

    picture: Picture
    face: Face
    aligned: Aligned
    before: Embedding
    seen: NDArray[np.float32] | None = None
    hair: tuple[NDArray[np.float32], str] | None = None
    share: NDArray[np.float32] | None = None

    @classmethod
    def of(
        cls, frame: Picture, face: Face, side: int, seen: NDArray[np.float32] | None = None,
        hair: tuple[NDArray[np.float32], str] | None = None,
        share: NDArray[np.float32] | None = None,
    ) -> Look:  # fmt: skip
        """frame: (h, w, 3) scene-linear. side: of the square that is worked on [px]."""
        placed = align(face, side)
        where = placed.window(frame.shape)
        at = np.array([where[1].start, where[0].start])
        points = face.points.copy()
        points[:, :2] -= at.astype(np.float32)
        matrix = placed.matrix.copy()
        matrix[:, 2] += matrix[:, :2] @ at
        picture, there = np.ascontiguousarray(frame[where]), Face(points, face.score)
        moved = Aligned(matrix, side, placed.points)
        if hair is not None:
            hair = (np.ascontiguousarray(hair[0][where]), hair[1])
        if share is not None:
            share = np.ascontiguousarray(share[where])
        return cls(picture, there, moved, who(picture, there), seen, hair, share)

    def changed(self, strengths: Strengths, engine: str, ages: tuple[float, float] | None) -> float:
        """Distance from the untouched face of what these strengths make of it."""
        painted = paint(
            self.picture, self.aligned, strengths, seen=self.seen, engine=engine, ages=ages,
            hair=self.hair, share=self.share,
        )  # fmt: skip
        done = lay(self.picture, self.aligned, painted)
        out = self.picture.copy()
        for delta in done.deltas.values():
            out[done.where] += delta
        return distance(self.before, who(out, self.face))


def limit_for(years: float, asked: float | None = None) -> float:
    """The limit for so many years, younger or older; or what the artist asked for instead."""
    if asked is not None:
        return asked
    return float(np.interp(abs(years), [y for y, _ in LIMITS], [d for _, d in LIMITS]))


def govern(
    looks: Sequence[Look],
    strengths: Strengths,
    limit: float,
    *,
    engine: str = "native",
    ages: tuple[float, float] | None = None,
    older: bool = False,
) -> Governed:
    """Find the gain for one person. looks: at least one. Older is only ever held back: what is
    drawn at more than its years was never looked at."""

    def worst(gain: float) -> float:
        tried = governed(strengths, gain)
        return max(look.changed(tried, engine, ages) for look in looks)

    most = 1.0 if older else GAIN[1]
    return replace(settle(worst, limit, most), looked_at=len(looks))


def settle(measure: Callable[[float], float], limit: float, most: float) -> Governed:
    """The largest gain, of the few that are tried, whose distance is within the limit.

    measure: gain -> distance, growing on the whole. The same answers give the same gain.
    """
    gain, least, aim = 1.0, GAIN[0], max(limit - _ROUNDING, 0.5 * limit)
    tried: dict[float, float] = {}
    while True:
        tried[gain] = measure(gain)
        within = [g for g, d in tried.items() if d <= aim]
        low = max(within, default=None)
        beyond = [g for g in tried if low is None or g > low]
        if low is not None and (low >= most or aim - tried[low] <= _NEAR):
            break
        if len(tried) >= _TRIES or (low is None and min(beyond) <= least):
            break
        high = min(beyond, default=None)
        gain = round(
            min(max(_next(tried, low, high, max(aim - _NEAR / 2, 0.7 * aim)), least), most), 3
        )
        if gain in tried:
            break
    best = min(tried) if low is None else low
    return Governed(best, limit, tried[best], tried[1.0], 0)


def _next(tried: dict[float, float], low: float | None, high: float | None, aim: float) -> float:
    if low is not None and high is not None:  # between the two, in logarithms
        a, b = (math.log(max(tried[g], 1e-6)) for g in (low, high))
        t = (math.log(max(aim, 1e-6)) - a) / max(b - a, 1e-6)
        return float(low * (high / low) ** min(max(t, 0.15), 0.85))
    only = high if low is None else low
    assert only is not None
    far = (aim / max(tried[only], 1e-6)) ** (1 / _POWER)
    return only * (min(far, 0.9) if low is None else max(far, 1.05))


def looks_at(
    plate: Plate, tracked: Tracked, hair: Plate | None, colour: str, age_map: Plate | None = None
) -> list[Look]:
    """Frames of a person spread over a clip, of those that are altered wholly where there are any;
    empty where the person is nowhere. hair, age_map: the artist's, frame for frame."""
    weight = tracked.person.weight
    altered = np.flatnonzero(weight >= min(1.0, float(weight.max(initial=0))))
    altered = altered[weight[altered] > 0]
    if not len(altered):
        return []
    # In the middle of equal parts, not at the ends, where people come and go.
    parts = (np.arange(min(LOOKS, len(altered))) + 0.5) / min(LOOKS, len(altered))
    out = []
    for i in altered[(parts * len(altered)).astype(int)].tolist():
        face = tracked.person.face(i)
        assert face is not None
        matte = None if hair is None else matte_at(hair, i)
        out.append(
            Look.of(
                plate.read(i), face, int(tracked.sides[i]), tracked.seen_at(i),
                None if matte is None else (matte, colour),
                None if age_map is None else matte_at(age_map, i),
            )
        )  # fmt: skip
    return out


def govern_shot(s: Stages, folder: Path, progress: Callable[[float], None], _meter: Meter) -> None:
    """Years -> gain of each person, for each number of years among their keyframes but 0, written
    to a file that `load_governed` opens; of nobody where the order says `off`."""
    r = s.request
    hair, age_map = (matte_plate(p) for p in (r.hair, r.age_map))
    asked = None if isinstance(r.identity, str) else r.identity
    tracks = (load(p) for p in sorted(s.folders["track"].glob("person*.npz")))
    tracked = {t.person.name: t for t in tracks}
    out: dict[str, list[list[Any]]] = {}
    for wanted in r.people if r.identity != "off" else ():
        looks = looks_at(s.plate, tracked[wanted.name], hair, r.hair_colour, age_map)
        out[wanted.name] = []
        for years in sorted({y for _, y in wanted.years if y}) if looks else ():
            found = govern(
                looks, r.strengths(years, wanted.age),
                limit_for(taken(years, wanted.age), asked),
                engine=r.engine, ages=wanted.ages(years), older=years < 0,
            )  # fmt: skip
            out[wanted.name].append([years, asdict(found)])
        progress(len(out) / len(r.people))
    (folder / _FILE).write_text(json.dumps(out), encoding="utf-8")


def load_governed(folder: Path) -> dict[str, dict[float, Governed]]:
    """What `govern_shot` wrote."""
    found = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    return {n: {years: Governed(**g) for years, g in many} for n, many in found.items()}


def as_facts(found: dict[float, Governed]) -> list[dict[str, Any]]:
    """What take.json says: one entry for each number of years that was asked for."""
    return [
        {"years": years, "gain": g.gain, "limit": g.limit, "reached": round(g.reached, 4),
         "at_gain_1": round(g.at_one, 4), "frames_looked_at": g.looked_at}
        for years, g in sorted(found.items())
    ]  # fmt: skip
