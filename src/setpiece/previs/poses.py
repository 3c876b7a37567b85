"""What somebody's body does from beat to beat: stance, gesture, whom they face and look at."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from setpiece.previs.beats import named, sentences
from setpiece.previs.blocking import Leg
from setpiece.previs.details import shows_hands, touching
from setpiece.previs.model import Beat, Figure, Pose, Vec2

_POSES: tuple[tuple[str, dict[str, str]], ...] = (
    (
        r"\b(falls|collapses|faints|swoons|sviene|evanouit)\b",
        {"stance": "lie"},
    ),
    (
        r"\b(fights?|fighting|combatt|se battent|luchan|kämpf)",
        {"stance": "fight", "gesture": "sword"},
    ),
    (r"\b(kneels?|inginocchia|genou|arrodilla|kniet)", {"stance": "kneel"}),
    (r"\b(holds? up|raises?|alza|lève|levanta)", {"gesture": "raise"}),
    (
        r"\b(?:reads?|looks at|stud(?:y|ies)|examines|legge|lit|lee|liest)\b[^.;]*"
        r"\b(?:letter|phone|book|paper|note|message|map|lettera|lettre|carta|brief)",
        {"gesture": "read", "looks": ""},
    ),
    (r"\b(points?|indica)\b", {"gesture": "point"}),
)


def poses_of(
    figure: Figure, beats: tuple[Beat, ...], legs: list[Leg], partner: str, fallen: int | None,
    where: Callable[[str, float], Vec2 | None],
) -> list[Pose]:  # fmt: skip
    """Changes after the start: what action words ask for, whom they turn to as they speak or are
    spoken to, and how they stand where a move has brought them.

    where: a person's place at a second, None while they are not there. fallen: the beat in which
    they die.
    """
    out: list[Pose] = []
    first = (figure.stance, "none", figure.facing, partner, 0.0)
    now: tuple[str, str, float, str, float] = first
    rest = figure.stance  # how they stand or sit when nothing else is asked for
    held: float | None = None  # a bearing that a move gave them, until they speak or are spoken to
    times = sorted(
        [(b.start, 1, i) for i, b in enumerate(beats)]
        + [(g.until, 0, k) for k, g in enumerate(legs)]
        + [(g.at, 2, k) for k, g in enumerate(legs)]
    )
    settled = {g.beat: g for g in legs if g.who == figure.name}
    for at, is_beat, k in times:
        stance, gesture, facing, looks, lift = now
        if is_beat == 2:  # they set off, and come down first
            if legs[k].who != figure.name or not lift:
                continue
            rest, stance, lift = "stand", "stand", 0.0
        elif is_beat:
            beat = beats[k]
            stance, gesture, looks = _acted(figure.name, beat, now, rest)
            if fallen is not None and k >= fallen:
                stance, gesture = "lie", "none"
            spoken = figure.name in (*beat.who, *beat.to) and beat.what == "speech"
            if spoken and settled.get(k) is None:
                held = None
        else:
            leg = legs[k]
            if leg.who == figure.name:
                rest = "sit" if leg.how == "sit" else "climb" if leg.holds else "stand"
                lift = leg.lift
                stance = "lie" if stance == "lie" else rest
                held = leg.facing
                looks = "" if held is not None else leg.to if where(leg.to, at) else looks
        me, other = where(figure.name, at), where(partner, at) if partner else None
        if held is not None:
            facing = held
        elif legs and me is not None and other is not None and math.dist(me, other) > 0.1:
            turn = math.degrees(math.atan2(other[1] - me[1], other[0] - me[0]))
            # Who sits turns the head, not the chair.
            off = abs((turn - facing + 180) % 360 - 180)
            facing = facing if stance == "sit" and now[0] == "sit" and off < 75 else round(turn, 1)
        if held is None and not looks and gesture != "read":
            looks = partner
        changed = (stance, gesture, facing, looks, lift)
        if changed != now and at >= figure.enters:
            up = lift if lift or now[4] else None
            out.append(Pose.model_validate({"stance": stance, "gesture": gesture, "at": at,
                "facing": facing, "looks_at": looks, "lift": up}))  # fmt: skip
        now = changed
    return out


def _acted(
    name: str, beat: Beat, now: tuple[str, str, float, str, float], rest: str
) -> tuple[str, str, str]:
    """Stance, gesture and whom they look at in a beat, by its words."""
    stance, _, _, looks, _ = now
    gesture = "none"
    up = stance == "fight" or (stance in ("lie", "kneel") and name in beat.who)
    if up and (beat.what == "speech" or name in beat.who):
        stance = rest
    if beat.what == "speech" and now[1] == "touch" and name in beat.who:
        gesture = "touch"  # the hand stays where it was laid
    if beat.what != "speech" and name in beat.who:
        for part in sentences(beat.words):
            if (named(part, beat.who) or list(beat.who))[0] != name:
                continue
            if touching(part):
                return stance, "touch", ""
            if shows_hands(part):
                gesture = "hold"
    said = f"{beat.how} {beat.words if beat.what != 'speech' else ''}".casefold()
    if beat.who and beat.who[0] == name and said.strip():
        for pattern, change in _POSES:
            if re.search(pattern, said):
                stance, gesture = change.get("stance", stance), change.get("gesture", gesture)
                if "looks" in change:
                    return stance, gesture, change["looks"]
                break
    if name in beat.who and beat.to:
        looks = beat.to[0]
    elif beat.who and name not in beat.who and beat.what in ("speech", "enter"):
        looks = beat.who[0]
    return stance, gesture, looks
