"""What previs hands from room to room: who stands where, and what the camera sees of it.

Metres, seconds, degrees; Z up, right-handed. A set's origin is the middle of its floor, x is its
width, y its depth: the back wall is at +y, and the side that a stage would leave open is -y.
Bearings (`facing`, `azimuth`) turn from +x towards +y: 0 looks along +x, 90 along +y.
Times are seconds from the start of the scene. Everything round-trips through JSON:
`Boards.model_validate_json(boards.model_dump_json()) == boards`.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Vec2 = tuple[float, float]
Vec3 = tuple[float, float, float]
Stance = Literal["stand", "sit", "lie", "kneel", "walk", "run", "fight", "ride", "drive", "climb"]
Gesture = Literal[
    "none", "point", "raise", "hold", "phone", "gun", "sword", "drink", "write", "read", "embrace",
    "touch",
]  # fmt: skip
SetKind = Literal[
    "room", "hall", "corridor", "kitchen", "bedroom", "office", "bar", "church", "castle",
    "court", "cave", "tunnel", "car", "train", "boat", "street", "alley", "road", "park", "forest",
    "field", "heath", "hill", "shore", "camp", "roof",
]  # fmt: skip
Light = Literal["DAY", "NIGHT", "DAWN", "DUSK"]
Weather = Literal["clear", "overcast", "rain", "storm", "snow", "fog"]
Size = Literal["ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS"]
ShotType = Literal[
    "establishing", "master", "two-shot", "group", "ots", "single", "insert", "reaction", "pov",
    "re-establishing", "cutaway",
]  # fmt: skip
Movement = Literal["static", "pan", "tilt", "dolly", "track", "crane", "handheld"]
Aspect = Literal["2.39", "1.85", "16:9"]
BeatKind = Literal["action", "speech", "enter", "exit"]

SUPER_35 = 24.89  # mm of sensor width, the default; full frame is 36
STANCE_HEIGHT: dict[str, float] = {
    "stand": 1.0, "walk": 1.0, "run": 0.97, "fight": 0.95, "sit": 0.76, "drive": 0.76,
    "kneel": 0.74, "lie": 0.16, "ride": 1.55, "climb": 0.99,
}  # fmt: skip
"""Crown over the ground as a part of the standing height: chairs and saddles included."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Build(_Frozen):
    """What somebody looks like; one and the same in every shot of the film, told by the name.

    `height` is metres from sole to crown (for an animal: to the top of its head). `shape`, `hue`
    and `tone` are small numbers that the drawing turns into body and hair, costume, and its grey;
    who has an odd `shape` is drawn as a woman. `wears` is words of the script for their clothes
    ("coat yellow"), "elder" among them, and what an artist's `cast_file` adds: "young", a style of
    hair, "bearded", "shaven", "bareheaded".
    """

    height: float = Field(1.75, gt=0, le=60)
    shape: int = Field(0, ge=0)
    hue: int = Field(0, ge=0)
    tone: int = Field(0, ge=0)
    wears: str = ""

    @property
    def woman(self) -> bool:
        return self.shape % 2 == 1


class Pose(_Frozen):
    """What somebody does from `at` seconds on, until their next pose."""

    at: float = Field(0.0, ge=0)
    stance: Stance = "stand"
    gesture: Gesture = "none"
    facing: float = 0.0
    looks_at: str | Vec3 = ""  # a name, a point, or "" for straight on
    lift: float | None = None  # of the soles over the ground from then on; None: as it was


class Figure(_Frozen):
    """Somebody in a scene, as they are at its start or when they come in.

    `species` is "human", else what it is ("dog", "horse", "cloud"...). `path` is x, y, t: they
    stand at its first point before, at its last after. `enters` and `leaves` are when they
    come and go; None is never. `away` are spans (from, to) in between. `poses` are changes
    after the start, by time.
    """

    name: str
    role: Literal["cast", "extra", "animal"] = "cast"
    species: str = "human"
    build: Build = Build()
    stance: Stance = "stand"
    gesture: Gesture = "none"
    position: Vec2 = (0.0, 0.0)
    lift: float = 0.0  # of the soles over the ground
    facing: float = 90.0
    looks_at: str | Vec3 = ""
    path: tuple[Vec3, ...] = ()
    enters: float = Field(0.0, ge=0)
    leaves: float | None = None
    away: tuple[Vec2, ...] = ()
    poses: tuple[Pose, ...] = ()

    @property
    def top(self) -> float:
        """Crown over the ground, as they are posed now."""
        return self.lift + self.build.height * (
            STANCE_HEIGHT[self.stance] if self.species == "human" else 1.0
        )

    @property
    def eyes(self) -> Vec3:
        """Where they look from."""
        head = 0.07 * self.build.height
        return (*self.position, max(self.top - head, self.lift + 0.05))

    def present(self, seconds: float) -> bool:
        """Whether they are in the scene then."""
        gone = self.leaves is not None and seconds >= self.leaves
        gone = gone or any(a <= seconds < b - 1e-6 for a, b in self.away)
        return self.enters <= seconds + 1e-6 and not gone

    def at(self, seconds: float) -> Figure:
        """The same person at a moment: where they are by then, and in which pose."""
        pose = next((p for p in reversed(self.poses) if p.at <= seconds + 1e-6), None)
        changed: dict[str, object] = {}
        if pose is not None:
            changed = pose.model_dump(exclude={"at"}, exclude_none=True)
        for (ax, ay, at), (bx, by, bt) in zip(self.path, self.path[1:], strict=False):
            if at <= seconds < bt:
                part = (seconds - at) / (bt - at)
                changed["position"] = (ax + part * (bx - ax), ay + part * (by - ay))
                if (ax, ay) != (bx, by):
                    changed["facing"] = math.degrees(math.atan2(by - ay, bx - ax))
                    changed["looks_at"] = ""
                    now = changed.get("stance", self.stance)
                    if self.species == "human" and now not in ("lie", "ride", "drive"):
                        fast = math.dist((ax, ay), (bx, by)) > 2.6 * (bt - at)
                        changed["stance"] = "run" if fast else "walk"
                break
        else:
            if self.path:
                changed["position"] = self.path[0 if seconds < self.path[0][2] else -1][:2]
        return self.model_copy(update=changed)


class Prop(_Frozen):
    """A thing that can be seen, furniture and trees too. `position` is the middle of its foot.

    `item` is the script's word, `kind` the library's, else "box". `size` is across, along its
    bearing, and up: a chair with `facing` 0 has its back at -x. It is turned by `facing`.
    `held_by` names who has it in hand; it is then drawn in the hand and not at `position`.
    """

    item: str
    kind: str = "box"
    position: Vec3 = (0.0, 0.0, 0.0)
    size: Vec3 = (0.3, 0.3, 0.3)
    facing: float = 90.0
    held_by: str = ""


class Opening(_Frozen):
    """A door or window in a wall of an interior: N is the wall at +y, E at +x, S at -y, W at -x.

    `along` is metres from the wall's middle, towards +x (N, S) or +y (E, W).
    """

    kind: Literal["door", "window", "gate", "arch"] = "door"
    wall: Literal["N", "E", "S", "W"] = "E"
    along: float = 0.0
    width: float = 0.95
    height: float = 2.1
    sill: float = 0.0


class SetDesign(_Frozen):
    """Where a scene plays. The same place of the script has the same set in every scene.

    Indoors `size` (width, depth, height) is between walls, floor and ceiling. Outdoors it is the
    playing area: the set's own scenery (houses, woods, horizon) stands outside it, so that
    inside there are figures and props only; height is then of no use. The ground is flat.
    `features` are words for the drawing ("throne", "battlements", "kerb").
    """

    kind: SetKind = "room"
    place: str = ""
    interior: bool = True
    size: Vec3 = (6.0, 5.0, 2.8)
    seed: int = 0
    features: tuple[str, ...] = ()
    openings: tuple[Opening, ...] = ()
    time: Light = "DAY"
    sun_azimuth: float = 225.0  # bearing towards the sun (at night the moon, or its stand-in)
    sun_elevation: float = 40.0
    weather: Weather = "clear"


class Move(_Frozen):
    """A move within a beat, for arrows; the same as in the figure's `path`."""

    who: str
    what: Literal[
        "enter", "exit", "walk", "run", "rise", "sit", "fall", "back", "turn", "circle", "climb"
    ] = "walk"  # fmt: skip
    path: tuple[Vec3, ...] = ()


class Beat(_Frozen):
    """The smallest thing that happens: a speech, or an action paragraph.

    `first` and `last` are indices into the scene's `elements`, both included. `who` is who speaks
    or acts, first is the main one; `to` who is spoken to. `emotion` is 0 (calm) to 1.
    """

    first: int = Field(ge=0)
    last: int = Field(ge=0)
    what: BeatKind = "action"
    who: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    words: str = ""
    how: str = ""  # the parentheticals
    start: float = Field(0.0, ge=0)
    seconds: float = Field(2.0, gt=0)
    emotion: float = Field(0.0, ge=0, le=1)
    offscreen: bool = False  # heard only
    moves: tuple[Move, ...] = ()

    @property
    def end(self) -> float:
        return self.start + self.seconds


class Line(_Frozen):
    """The line of action redrawn: `axis` holds from `at` on, `who` has moved, `reason` says so."""

    at: float = Field(ge=0)
    axis: tuple[Vec2, Vec2]
    who: str = ""
    reason: str = ""


class Staging(_Frozen):
    """One scene as it is blocked. `axis` is the line of action, two points on the ground, as the
    scene begins; `lines` are what it becomes when somebody crosses, by time."""

    position: int = Field(ge=1)  # of the scene in the script
    number: str  # as printed, else the position
    slugline: str = ""
    set: SetDesign = SetDesign()
    figures: tuple[Figure, ...] = ()
    props: tuple[Prop, ...] = ()
    axis: tuple[Vec2, Vec2] = ((-1.0, 0.0), (1.0, 0.0))
    lines: tuple[Line, ...] = ()
    beats: tuple[Beat, ...] = ()
    notes: tuple[str, ...] = ()  # what was assumed, for a person to check

    @property
    def seconds(self) -> float:
        return self.beats[-1].end if self.beats else 0.0

    def line(self, seconds: float) -> tuple[Vec2, Vec2]:
        """The line of action at that moment."""
        now = [one.axis for one in self.lines if one.at <= seconds + 1e-6]
        return now[-1] if now else self.axis

    def at(self, seconds: float) -> tuple[Figure, ...]:
        """Everybody who is in the scene at that moment, where they are by then."""
        return tuple(f.at(seconds) for f in self.figures if f.present(seconds))


class Camera(_Frozen):
    """A lens at a place. `position_end` and `target_end` are where a move ends; None: it stays.

    `sensor` is the width in mm that is used across the frame (24.89: Super 35; 36: full frame).
    """

    position: Vec3
    target: Vec3
    lens: float = Field(35.0, gt=3, le=1200)  # mm
    sensor: float = Field(SUPER_35, gt=1, le=80)
    aspect: Aspect = "2.39"
    roll: float = 0.0
    move: Movement = "static"
    position_end: Vec3 | None = None
    target_end: Vec3 | None = None

    @property
    def follows(self) -> bool:
        """Whether it goes along with somebody, so that panels of it are wanted on the way."""
        return self.move in ("pan", "track")

    @property
    def ratio(self) -> float:
        """Width over height of the picture."""
        return {"2.39": 2.39, "1.85": 1.85, "16:9": 16 / 9}[self.aspect]

    def at(self, part: float) -> Camera:
        """The camera at a part (0 to 1) of its move, standing still."""
        return self.model_copy(
            update={
                "position": _between(self.position, self.position_end, part),
                "target": _between(self.target, self.target_end, part),
                "position_end": None, "target_end": None,
            }
        )  # fmt: skip


class Shot(_Frozen):
    """One set-up as it is cut in. `id` is as a slate says it: scene and letter, no I and no O.

    `subjects` are who the frame is for, first the main one; `over` is whose shoulder an "ots"
    looks past; of a "pov", whose eyes it is. `beats` are indices into the staging's
    beats. `start` is seconds in the scene:
    the panel shows the staging at `moment`.
    """

    id: str
    scene: str
    position: int = Field(ge=1)  # of the scene in the script
    size: Size = "MS"
    type: ShotType = "single"
    subjects: tuple[str, ...] = ()
    over: str = ""
    prop: str = ""  # the thing that the frame is for, or holds beside its people
    camera: Camera
    beats: tuple[int, ...] = ()
    start: float = Field(0.0, ge=0)
    seconds: float = Field(3.0, gt=0)
    reason: str = ""
    coverage: str = ""  # "12B single ANA"
    neutral: bool = False  # taken on the line: the side may change after it
    edited: bool = False  # by hand; kept when the list is made again
    flags: tuple[str, ...] = ()

    @property
    def moment(self) -> float:
        """The second of the scene that the panel shows."""
        return moment_of(self.camera, self.start, self.seconds)


def moment_of(camera: Camera, start: float, seconds: float) -> float:
    """The second that a panel shows: the middle of a shot; where the camera goes along with
    somebody, their first steps."""
    if camera.follows:
        return start + min(0.4, 0.25 * seconds)
    return start + 0.5 * seconds


class ShotList(_Frozen):
    """All shots of one scene in cutting order. `scene_hash`: what the scene said when made."""

    position: int = Field(ge=1)
    scene: str
    scene_hash: str = ""
    shots: tuple[Shot, ...] = ()
    by: str = "setpiece"  # or the address of the server that proposed it


class Boards(_Frozen):
    """The whole film as boards. `stagings` and `lists` run side by side, a scene each."""

    title: str = ""
    stagings: tuple[Staging, ...] = ()
    lists: tuple[ShotList, ...] = ()
    version: int = Field(1, ge=1)

    @property
    def shots(self) -> tuple[Shot, ...]:
        return tuple(shot for one in self.lists for shot in one.shots)


def _between(a: Vec3, b: Vec3 | None, part: float) -> Vec3:
    if b is None:
        return a
    return (a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]), a[2] + part * (b[2] - a[2]))
