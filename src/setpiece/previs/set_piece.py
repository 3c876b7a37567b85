"""Set pieces in the action: what comes down becomes a brief for `collapse` and a VFX bid line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from setpiece.ledger.costs import Rate
from setpiece.ledger.estimate import Estimate
from setpiece.previs.beats import read_beats
from setpiece.previs.model import Prop, Staging
from setpiece.script.csv_table import csv_text
from setpiece.script.lines import plain
from setpiece.script.model import Screenplay

_THING = (
    r"tower|building|house|castle|church|bridge|wall|chimney|block|hotel|roof|hospital|school|factory|"
    r"torre|edificio|palazzo|casa|chiesa|ponte|ciminiera|tour|immeuble|maison|église|pont|"
    r"puente|iglesia|turm|gebäude|haus|kirche|brücke|prédio|ponte"
)
_FALLS = (
    r"comes? (?:crashing |tumbling )?down|collapses?|crumbles?|topples?|falls? (?:down|in|over)|"
    r"caves? in|implodes?|is demolished|crashes down|gives way|viene giù|crolla|cede|implode|"
    r"s['’]effondre|s['’]écroule|se derrumba|se desploma|colapsa|stürzt ein|bricht zusammen|desaba"
)
_PIECE = re.compile(
    rf"\b(?P<thing>{_THING})\b(?P<between>[^.!?;]{{0,60}}?)\b(?P<falls>{_FALLS})", re.IGNORECASE
)
_NOT = re.compile(r"\b(not|never|almost|non|quasi|nicht)\b", re.IGNORECASE)
_NAMES = {
    "torre": "tower", "turm": "tower", "tour": "tower", "chiesa": "church", "église": "church",
    "iglesia": "church", "kirche": "church", "ponte": "bridge", "pont": "bridge",
    "puente": "bridge", "brücke": "bridge",
}  # fmt: skip
FPS, WIDTH, HEIGHT = 24, 1920, 1080
MEASURED = (448.0, 96, 1280, 720)
"""CPU-seconds of a whole collapse shot of 5000 pieces, its frames and pixels (README's bench)."""


class SetPiece(BaseModel):
    """One collapse that the script asks for.

    `brief` is what `setpiece collapse --brief` takes: the writer's own sentence. Hours and money
    are in the estimate's terms: `traditional_*` from its collapse task, `ours_*` from
    `measured` core-hours scaled to the shot's frames and pixels; artists' time on ours is not
    measured, and not in it.
    """

    model_config = ConfigDict(frozen=True)

    scene: str
    element: int
    thing: str
    brief: str
    seconds: float
    frames: int
    traditional_artist_hours: float
    traditional_core_hours: float
    traditional_cost: float
    ours_core_hours: float
    ours_cost: float
    currency: str
    sources: str


def falls(text: str) -> list[str]:
    """What a text brings down, by its English name where it has one ("tower")."""
    out = []
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
        found = _PIECE.search(sentence)
        if found is not None and not _NOT.search(found[0]):
            thing = found["thing"].casefold()
            out.append(_NAMES.get(thing, thing))
    return out


@dataclass(frozen=True)
class Fall:
    """A thing of the set that comes down: from `start` on, and lies by `end` [s]."""

    prop: Prop
    start: float
    end: float

    def share(self, seconds: float) -> float:
        """How far it has come down: 0 it stands, 1 it lies."""
        return min(max((seconds - self.start) / (self.end - self.start), 0.0), 1.0)

    @property
    def lean(self) -> float:
        """The way it falls: 1 toward +x, -1 toward -x: out over the middle of the set."""
        return 1.0 if self.prop.position[0] < 0 else -1.0


def falls_in(staging: Staging) -> tuple[Fall, ...]:
    """What of a staging's set comes down in it, and when, by its action lines."""
    out: dict[str, Fall] = {}
    for beat in staging.beats:
        if beat.what == "speech":
            continue
        for sentence in re.split(r"(?<=[.!?])\s+", beat.words):
            for item in falls(sentence):
                thing = next((p for p in staging.props if p.item == item and not p.held_by), None)
                if thing is None or item in out or thing.kind == "rubble":
                    continue
                after = beat.words.find(sentence) / max(len(beat.words), 1)
                start = beat.start + after * beat.seconds - 0.3
                out[item] = Fall(thing, start, max(start + 0.85 * (beat.end - start), start + 3.5))
    return tuple(out.values())


def set_pieces(
    script: Screenplay, estimate: Estimate, *, rate: Rate | None = None,
    measured: tuple[float, int, int, int] = MEASURED,
) -> tuple[SetPiece, ...]:  # fmt: skip
    """Every building that an action line brings down, with its bid both ways.

    Args:
        measured: CPU-seconds, frames, width and height of a shot that was made here; the ledger's
            own where there are takes, else the bench's.
    """
    task = estimate.tasks.get("collapse")
    if task is None:
        return ()
    rate = rate or Rate()
    out: list[SetPiece] = []
    for scene in script.scenes if task else ():
        if scene.omitted:
            continue
        beats, _ = read_beats(scene, script)
        for index, element in enumerate(scene.elements):
            text = " ".join(plain(element.text).split())
            for sentence in re.split(r"(?<=[.!?])\s+", text) if element.kind == "action" else ():
                found = _PIECE.search(sentence)
                if found is None or _NOT.search(found[0]):
                    continue
                beat = next((b for b in beats if b.first <= index <= b.last), None)
                seconds = min(max(beat.seconds if beat else 4.0, 4.0), 8.0)
                frames = round(seconds * FPS)
                usual = task.scaled(frames, WIDTH, HEIGHT)
                share = frames * WIDTH * HEIGHT / (measured[1] * measured[2] * measured[3])
                core = measured[0] / 3600 * share
                ours = estimate.money(core * rate.per_core_hour, rate.currency)
                out.append(SetPiece(
                    scene=scene.number or str(scene.position), element=index,
                    thing=found["thing"].lower(), brief=sentence, seconds=seconds, frames=frames,
                    traditional_artist_hours=usual.artist_hours,
                    traditional_core_hours=usual.core_hours,
                    traditional_cost=round(estimate.cost(usual), 2), ours_core_hours=round(core, 3),
                    ours_cost=round(ours, 2), currency=estimate.currency,
                    sources=f"{usual.artist_source} {usual.machine_source}",
                ))  # fmt: skip
    return tuple(out)


def bid_text(pieces: tuple[SetPiece, ...]) -> str:
    """The bid lines as CSV, one a set piece."""
    names = list(SetPiece.model_fields)
    return csv_text([names, *([getattr(piece, n) for n in names] for piece in pieces)])
