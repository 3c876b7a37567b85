"""Blocked scenes and their shots, told as panels: who, what is said when, for how many frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from setpiece.previs.model import Beat, Boards, Shot, Staging
from setpiece.previs.panel import picture_box
from setpiece.previs.sound import marks_in
from setpiece.previs.storyboard import Panel, Sound, Speech
from setpiece.previs.timing import INSTANT, spoken_by
from setpiece.show import slug

SIZE = (960, 540)  # of a panel [px]
TOUCH = 0.05  # s: cuts that meet within this much follow on one another


@dataclass(frozen=True)
class Told:
    """A shot with the scene it is of, and its panel."""

    staging: Staging
    shot: Shot
    panel: Panel


@dataclass(frozen=True)
class _Piece:
    """The part of a beat that one shot shows, as seconds of the scene."""

    shot: int
    start: float
    end: float


def tell(
    boards: Boards, fps: Fraction, language: str, changed: Mapping[int, tuple[str, ...]]
) -> list[Told]:
    """Every shot in order. changed: position of a scene -> what a revision changed in it.

    Frames are counted from the film's beginning, so that rounding never adds up. A speech that runs
    over a cut is written, word for word, under the shots that it is heard in, and read in one go.
    """
    out: list[Told] = []
    seconds, frames = Fraction(0), 0
    for staging, shots in scenes_of(boards):
        heard = _speeches(staging, shots)
        acts = _actions(staging, shots)
        for n, shot in enumerate(shots):
            seconds += Fraction(shot.seconds).limit_denominator(10000)
            end = max(round(seconds * fps), frames + 1)
            sounds = tuple(
                mark
                for start, length, words in acts[n]
                for mark in marks_in(words, start, start + length, language)
            )
            panel = _panel(len(out) + 1, staging, shot, end - frames)
            panel = replace(
                panel, speeches=tuple(heard[n]), sounds=_inside(sounds, shot.seconds),
                action=" ".join(words for _, _, words in acts[n]),
                changed=changed.get(staging.position, ()) if n == 0 else (),
            )  # fmt: skip
            out.append(Told(staging, shot, panel))
            frames = end
    return out


def scenes_of(boards: Boards) -> Iterator[tuple[Staging, tuple[Shot, ...]]]:
    """Each scene with its shots, in the film's order."""
    for staging, one in zip(boards.stagings, boards.lists, strict=True):
        yield staging, one.shots


def _panel(number: int, staging: Staging, shot: Shot, frames: int) -> Panel:
    left, top, wide, tall = picture_box(shot, SIZE)
    people = dict.fromkeys((*shot.subjects, *([shot.over] if shot.over else [])))
    return Panel(
        number=number, scene=staging.number, slugline=staging.slugline, shot=shot.id,
        name=shot.coverage, size=shot.size, kind=shot.type, lens=f"{shot.camera.lens:g} mm",
        move=_move(shot), people=tuple(people), action="", speeches=(), sounds=(), frames=frames,
        box=(left / SIZE[0], top / SIZE[1], wide / SIZE[0], tall / SIZE[1]),
        reason=shot.reason, edited=shot.edited, flags=shot.flags,
        picture=f"panels/{staging.position:03d}_{slug(shot.id, 'shot').upper()}.jpg",
    )  # fmt: skip


def _move(shot: Shot) -> str:
    """The move with its way, as one says it on set: "dolly in", "crane up", "pan left"."""
    c = shot.camera
    end = c.at(1.0)
    if c.move == "dolly":
        return "dolly in" if _far(end.position, c.target) < _far(c.position, c.target) else (
            "dolly out")  # fmt: skip
    if c.move == "crane":
        return "crane up" if end.position[2] > c.position[2] else "crane down"
    if c.move == "tilt":
        return "tilt up" if end.target[2] > c.target[2] else "tilt down"
    if c.move in ("pan", "track"):
        ahead = (c.target[0] - c.position[0], c.target[1] - c.position[1])
        a, b = (c.target, end.target) if c.move == "pan" else (c.position, end.position)
        turn = ahead[0] * (b[1] - a[1]) - ahead[1] * (b[0] - a[0])
        return f"{c.move} {'left' if turn > 0 else 'right'}" if abs(turn) > 1e-6 else c.move
    return c.move


def _far(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    return float(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5)


def _pieces(beat: Beat, shots: tuple[Shot, ...]) -> list[_Piece]:
    """In cutting order, which a hand may have changed."""
    found = []
    for n, shot in enumerate(shots):
        start, end = max(beat.start, shot.start), min(beat.end, shot.start + shot.seconds)
        if end - start > INSTANT:
            found.append(_Piece(n, start, end))
    return found


def _speeches(staging: Staging, shots: tuple[Shot, ...]) -> list[list[Speech]]:
    """For each shot what is heard in it, in seconds from its start."""
    out: list[list[Speech]] = [[] for _ in shots]
    for beat in staging.beats:
        if beat.what != "speech" or not beat.words.strip():
            continue
        words = beat.words.split()
        pieces = _pieces(beat, shots)
        # A word belongs to the piece in which its middle is spoken, by letters.
        cuts = [spoken_by(words, p.end - beat.start, beat.seconds) for p in pieces]
        starts = [spoken_by(words, p.start - beat.start, beat.seconds) for p in pieces]
        for k, piece in enumerate(pieces):
            last = k
            while last + 1 < len(pieces) and _follows(pieces[last], pieces[last + 1]):
                last += 1
            goes_on = k > 0 and _follows(pieces[k - 1], piece)
            said = words[starts[k] : cuts[k]]
            run = "" if goes_on else " ".join(words[starts[k] : cuts[last]])
            if not said and not run:
                continue
            out[piece.shot].append(
                Speech(
                    " & ".join(beat.who) or "?", " ".join(said),
                    piece.start - shots[piece.shot].start, piece.end - piece.start,
                    voice=run, voice_seconds=pieces[last].end - piece.start,
                )
            )  # fmt: skip
    for row in out:
        row.sort(key=lambda s: s.start)
    return out


def _follows(a: _Piece, b: _Piece) -> bool:
    return b.shot == a.shot + 1 and abs(b.start - a.end) < TOUCH


def _actions(staging: Staging, shots: tuple[Shot, ...]) -> list[list[tuple[float, float, str]]]:
    """For each shot the paragraphs that begin in it: (start, seconds, words)."""
    out: list[list[tuple[float, float, str]]] = [[] for _ in shots]
    for beat in staging.beats:
        pieces = _pieces(beat, shots) if beat.what != "speech" and beat.words.strip() else []
        if pieces:
            first = pieces[0]
            at = first.start - shots[first.shot].start
            out[first.shot].append((at, first.end - first.start, " ".join(beat.words.split())))
    return out


def _inside(sounds: tuple[Sound, ...], seconds: float) -> tuple[Sound, ...]:
    return tuple(s for s in sounds if s.start < seconds)
