"""Previs from top to bottom: script, shot list, panels, animatic, take.

Each step's result is kept under `<out>/.work`, each panel and each scene of the animatic by itself:
the same command goes on from what is there, and an edited shot is the only one drawn again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from setpiece.errors import InputError
from setpiece.farm import Meter, StageDesk, Watcher, hash_file, key_of
from setpiece.previs.drawing import Drawn, draw_all
from setpiece.previs.listing import list_shots
from setpiece.previs.model import Boards
from setpiece.previs.moves import move_of
from setpiece.previs.order import made_before, order_key
from setpiece.previs.reflow import Reflow, carried_by_hand, earlier_take, plan_reflow
from setpiece.previs.request import Request
from setpiece.previs.scenes import pick_scenes
from setpiece.previs.screening import Scene as ScreenedScene
from setpiece.previs.screening import Take as ScreenedTake
from setpiece.previs.screening import screen
from setpiece.previs.storyboard import Storyboard
from setpiece.previs.tell import SIZE, Told, tell
from setpiece.previs.voices import MISSING, has_voices, language_of
from setpiece.script import Scene, Screenplay, read_script
from setpiece.show import TakeResult

# Raised when a step's result would differ for the same inputs: old results are then not reused.
STAGE_VERSION = {"shots": 6, "panels": 5, "animatic": 4}


@dataclass(frozen=True)
class Stages:
    """Everything that is settled before the take is put together.

    told: every shot with its panel, in order; drawn: its files. screened: the animatic's scenes,
    none where none was asked for. revised: the record of the take that this one revises. by_hand:
    numbers of panels that somebody drew over in it.
    """

    request: Request
    script: Screenplay
    scenes: tuple[Scene, ...]
    boards: Boards
    told: tuple[Told, ...]
    drawn: tuple[Drawn, ...]
    screened: tuple[ScreenedScene, ...]
    reflow: Reflow
    revised: dict[str, Any] | None
    order: str
    by_hand: frozenset[int]
    notes: tuple[str, ...]

    @property
    def frames(self) -> int:
        return sum(t.panel.frames for t in self.told)

    def film(self, version: str) -> Storyboard:
        """The storyboard as book and page show it."""
        page = {k.casefold(): " ".join(v) for k, v in self.script.title_page}
        author = page.get("author", page.get("authors", ""))
        return Storyboard(
            self.script.title or self.request.script.stem, author,
            page.get("draft date", ""), version, self.request.fps, self.request.aspect,
            tuple(t.panel for t in self.told), self.notes,
        )  # fmt: skip


def previs(
    request: Request,
    *,
    out: str | Path = "takes",
    watcher: Watcher | None = None,
    workers: int | None = None,
    database: str | Path | None = None,
    again: bool = False,
) -> TakeResult:
    """Carry out an order (`request.check` makes one); returns the finished take.

    out: folder of takes. workers: processes (None: one for each core). database: the show's (None:
    `show.db` in `out`). again: make it anew where the same order has made a take before.

    Raises ScriptError and InputError for what cannot be used, MissingExtra, StageError, StoreError.
    """
    from setpiece.previs.publish import publish

    out = Path(out)
    desk = StageDesk(out / ".work", watcher)
    script = read_script(request.script)
    scenes = pick_scenes(script, request.scenes)
    order = order_key(request)
    if not again and (made := made_before(order, request, out)) is not None:
        desk.watcher.say(f"{made.folder} is this very order already; --again makes a new version.")
        return made
    lost = sum(r.level == "lost" for r in script.report)
    if lost:
        desk.watcher.say(f"{lost} lines of the script were not understood: setpiece script read")

    revised, reflow = _revised(request, script)
    if request.revises is not None:
        desk.watcher.say(f"Against {request.revises.name}: {reflow.words}")

    shots_key = key_of(
        STAGE_VERSION["shots"], script.model_dump(mode="json"), [s.position for s in scenes],
        request.aspect, request.shot_model, hash_file(request.shots) if request.shots else None,
        hash_file(request.cast) if request.cast else None, revised and revised["order"],
    )  # fmt: skip
    folder = desk.run(
        "shots", shots_key, partial(_shots, request, script, scenes, reflow), lambda d: d
    )
    boards = Boards.model_validate_json((folder / "boards.json").read_bytes())
    language = language_of(b.words for s in boards.stagings for b in s.beats if b.what == "speech")
    told = tell(boards, request.fps, language, reflow.changed)
    if not told:
        raise InputError(f"{request.script}: nothing happens in those scenes; there is no shot.")

    drawn = _panels(request, desk, folder / "boards.json", shots_key, workers)
    by_hand: dict[int, Path] = {}
    if request.revises is not None and revised is not None:
        by_hand = carried_by_hand(request.revises, revised, reflow, [_place(t) for t in told])
        # A drawing by hand stands for the camera's frame as well, and does not move.
        drawn = [
            Drawn(by_hand[t.panel.number], by_hand[t.panel.number], None)
            if t.panel.number in by_hand
            else d
            for t, d in zip(told, drawn, strict=True)
        ]
    notes = _notes(request)
    for note in notes:
        desk.watcher.say(note)
    screened = _animatic(request, desk, script, told, drawn, workers) if request.animatic else []
    s = Stages(
        request, script, scenes, boards, tuple(told), tuple(drawn), tuple(screened), reflow,
        revised, order, frozenset(by_hand), tuple(notes),
    )  # fmt: skip
    return publish(s, desk, out, database, workers)


def _shots(
    request: Request, script: Screenplay, scenes: tuple[Scene, ...], reflow: Reflow, folder: Path,
    progress: Any, _meter: Meter,
) -> None:  # fmt: skip
    boards = list_shots(request, script, scenes, reflow, progress)
    (folder / "boards.json").write_text(boards.model_dump_json(), encoding="utf-8")


def _panels(
    request: Request, desk: StageDesk, boards: Path, key: str, workers: int | None
) -> list[Drawn]:
    """Draw what is not drawn yet. The stage keeps no files of its own: each panel is kept."""
    engine = {
        "name": request.engine, "server": request.server, "workflow": request.workflow,
        "model": request.model, "timeout": request.engine_timeout,
    }  # fmt: skip
    drawn: list[Drawn] = []

    def draw(_folder: Path, progress: Any, meter: Meter) -> None:
        drawn[:] = draw_all(
            boards, desk.work / "drawn", request.style, engine, workers=workers,
            progress=progress, meter=meter,
        )  # fmt: skip

    panels_key = key_of(STAGE_VERSION["panels"], key, request.style, request.engine)
    desk.run("panels", panels_key, draw, lambda d: d)
    if not drawn:  # found finished; what is missing all the same is drawn now
        draw(boards.parent, lambda _share: None, Meter())
    return drawn


def _animatic(
    request: Request, desk: StageDesk, script: Screenplay, told: list[Told], drawn: list[Drawn],
    workers: int | None,
) -> list[ScreenedScene]:  # fmt: skip
    takes, first = [], 0
    for t, d in zip(told, drawn, strict=True):
        move = move_of(t.shot.camera, SIZE[0]) if d.end is not None else None
        takes.append(ScreenedTake(t.panel, first, d, move))
        first += t.panel.frames
    note = " ".join(v for k, values in script.title_page if k.casefold() == "draft date"
                    for v in values)  # fmt: skip
    screened: list[ScreenedScene] = []

    def make(_folder: Path, progress: Any, meter: Meter) -> None:
        screened[:] = screen(
            takes, desk.work / "drawn", request.fps, note, voices=request.voices,
            workers=workers, progress=progress, meter=meter,
        )  # fmt: skip

    key = key_of(
        STAGE_VERSION["animatic"], [str(t.panel) for t in takes],
        [str(t.drawn.start) for t in takes], str(request.fps), note,
        request.voices and has_voices(),
    )  # fmt: skip
    desk.run("animatic", key, make, lambda d: d)
    if not screened:
        make(desk.work, lambda _share: None, Meter())
    return screened


def _place(told: Told) -> tuple[int, int]:
    return told.staging.position, told.panel.number


def _revised(request: Request, script: Screenplay) -> tuple[dict[str, Any] | None, Reflow]:
    """The take that is revised, and what becomes of each of its scenes."""
    if request.revises is None:
        return None, Reflow()
    record = earlier_take(request.revises)
    old = read_script(request.revises / "script" / record["script"]["file"])
    return record, plan_reflow(old, script)


def _notes(request: Request) -> list[str]:
    """What whoever looks at the boards should know of them."""
    notes = []
    if request.animatic and request.voices and not has_voices():
        notes.append(MISSING)
    if request.scenes:
        notes.append(f"Scenes {request.scenes} only.")
    return notes
