"""The storyboard as the book, the page and the animatic show it: panels in order, in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Speech:
    """What somebody says in a panel; `start` [s] from the panel's first frame.

    voice: what is read aloud from here on, for `voice_seconds`; where it runs over the next cut it
    is "" there. None: the words themselves.
    """

    who: str
    words: str
    start: float
    seconds: float
    voice: str | None = None
    voice_seconds: float = 0.0

    @property
    def aloud(self) -> tuple[str, float]:
        """(words, seconds) to be read."""
        return (self.words, self.seconds) if self.voice is None else (
            self.voice, self.voice_seconds)  # fmt: skip


@dataclass(frozen=True)
class Sound:
    """A temp sound mark: what is heard, `start` [s] from the panel's first frame, and why."""

    what: str
    start: float
    seconds: float
    words: str


@dataclass(frozen=True)
class Panel:
    """One shot.

    number: its place in the film, from 1. scene: as the script numbers it. shot: its slate ("12A").
    picture: file name beside the book. box: left, top, width, height of the camera's frame in it,
    as shares of its size: book and page show that, having words of their own around it. frames:
    its length. changed: what a revision changed in its scene.
    """

    number: int
    scene: str
    slugline: str
    shot: str
    name: str
    size: str
    kind: str
    lens: str
    move: str
    people: tuple[str, ...]
    action: str
    speeches: tuple[Speech, ...]
    sounds: tuple[Sound, ...]
    frames: int
    reason: str
    picture: str
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    edited: bool = False
    flags: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Size, lens and move as a shot list has them: "MCU  50 mm  dolly in"."""
        parts = (self.size, self.kind if self.kind.casefold() not in self.size.casefold() else "")
        moves = "" if self.move == "static" else self.move
        return "  ".join(p for p in (*parts, self.lens, moves) if p)


@dataclass(frozen=True)
class Storyboard:
    """A film, or the part of it that was drawn. `version`: of the take ("v003")."""

    title: str
    author: str
    draft: str
    version: str
    fps: Fraction
    aspect: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return sum(p.frames for p in self.panels)

    @property
    def seconds(self) -> float:
        return float(self.frames / self.fps)

    def scenes(self) -> list[tuple[Panel, ...]]:
        """Panels scene by scene, in order."""
        out: list[list[Panel]] = []
        for panel in self.panels:
            if out and (out[-1][-1].scene, out[-1][-1].slugline) == (panel.scene, panel.slugline):
                out[-1].append(panel)
            else:
                out.append([panel])
        return [tuple(scene) for scene in out]

    def cast(self) -> list[str]:
        """Everybody seen or heard, most panels first."""
        counts: dict[str, int] = {}
        for panel in self.panels:
            for who in dict.fromkeys((*panel.people, *(s.who for s in panel.speeches))):
                counts[who] = counts.get(who, 0) + 1
        return sorted(counts, key=lambda who: (-counts[who], who))


def minutes(seconds: float) -> str:
    """`m:ss`, or `h:mm:ss` from an hour on."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
