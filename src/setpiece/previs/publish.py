"""From drawn panels to a published take: book, page, animatic, scenes, lists, and take.json."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from setpiece import __version__
from setpiece.farm import Meter, StageDesk, hash_file
from setpiece.ledger.provenance import Ingredient, Provenance
from setpiece.ledger.publish import Order, publish_take
from setpiece.previs.book import write_book
from setpiece.previs.flip import write_flip
from setpiece.previs.measure import measure
from setpiece.previs.picture_file import drawing_hash
from setpiece.previs.reflow import set_aside
from setpiece.previs.screening import deliver_animatic
from setpiece.previs.tell import SIZE
from setpiece.show import TakeFolder, TakeResult

if TYPE_CHECKING:
    from setpiece.previs.make import Stages


@dataclass(frozen=True)
class ScriptSource:
    """What boards are made from, as the ledger asks of a source: see `ledger.publish.Source`."""

    path: Path
    native: tuple[int, int]
    frames: int
    colorspace: str = "Rec.709"


def publish(
    s: Stages, desk: StageDesk, out: Path, database: str | Path | None, workers: int | None
) -> TakeResult:
    """The take out of finished panels and scenes (see `ledger.publish`)."""
    r = s.request
    source = ScriptSource(r.script, SIZE, s.frames)
    return publish_take(
        Order(r.show, "boards", r.shot_name, "previs", in_words(s), 0, source, r.fps),
        desk, out, database,
        fill=lambda take, meter: _fill(s, desk, take, workers, meter),
        facts=lambda take, aside: _record(s, take, aside),
        provenance=lambda _record: provenance(s),
        shown=lambda take: shown_name(s, take),
    )  # fmt: skip


def in_words(s: Stages) -> str:
    """The order in a line, for the ledger."""
    r = s.request
    where = f"scenes {r.scenes}" if r.scenes else "all scenes"
    return f"{r.script.name}: {where}, {len(s.told)} shots, {r.style}, {r.engine}"


def shown_name(s: Stages, take: TakeFolder) -> str:
    return f"{take.stem}.mp4" if s.screened else "flip.html"


def provenance(s: Stages) -> Provenance:
    """Drawn by an algorithm that was not trained, unless an engine finished the panels."""
    script = Ingredient.of("other", s.request.script)
    name = "algorithmicMedia"
    if s.request.engine != "native":
        name = "compositeWithTrainedAlgorithmicMedia"
    return Provenance(source_type=name, ingredients=(script.model_copy(update={"path": None}),))


def _fill(
    s: Stages, desk: StageDesk, take: TakeFolder, workers: int | None, meter: Meter
) -> list[str]:
    """Everything but take.json; returns what was set aside, in words."""
    from setpiece.previs.scene_files import write_lists, write_scenes, write_set_pieces

    def tell(share: float) -> None:
        desk.watcher.advance("deliver", share)

    folder = take.path
    (folder / "panels").mkdir()
    for told, drawn in zip(s.told, s.drawn, strict=True):
        shutil.copyfile(drawn.panel, folder / told.panel.picture)
    (folder / "script").mkdir()
    shutil.copyfile(s.request.script, folder / "script" / s.request.script.name)
    film = s.film(f"v{take.version:03d}")
    tell(0.05)
    write_lists(s, folder)
    write_set_pieces(s, folder)
    write_scenes(s, folder, meter, workers=workers, done=lambda part: tell(0.05 + 0.2 * part))
    write_book(folder / "book.pdf", film, folder)
    tell(0.35)
    write_flip(folder / "flip.html", film, folder)
    tell(0.5)
    if s.screened:
        deliver_animatic(folder, take.stem, film, s.screened, lambda f: tell(0.5 + 0.5 * f))
    if s.request.revises is not None and s.revised is not None:
        return set_aside(s.request.revises, s.revised, s.reflow, folder)
    return []


def _record(s: Stages, take: TakeFolder, aside: list[str]) -> dict[str, Any]:
    """Everything take.json says of the boards."""
    from setpiece.previs.make import STAGE_VERSION

    r = s.request
    digest = hash_file(r.script)
    return {
        "take": take.stem,
        "order": s.order,
        "setpiece": __version__,
        "asked": r.model_dump(mode="json", exclude_defaults=True),
        "in_words": in_words(s),
        "plate": {"file": r.script.name, "sha256": digest},  # the ledger's name for a source
        "script": {
            "file": r.script.name, "sha256": digest, "title": s.script.title,
            "format": s.script.source, "scenes": len(s.script.scenes),
        },
        "revises": str(r.revises) if r.revises else None,
        "reflow": {
            "kept": {str(k): v for k, v in s.reflow.kept.items()},
            "changed": {str(k): list(v) for k, v in s.reflow.changed.items()},
            "new": list(s.reflow.fresh), "aside": aside,
        },
        "shown": shown_name(s, take),
        "fps": str(r.fps),
        "size": list(SIZE),
        "frames": s.frames,
        "seconds": round(float(s.frames / r.fps), 2),
        "engine": {"name": r.engine, "style": r.style, "stage_versions": STAGE_VERSION},
        "notes": list(s.notes),
        "panels": [
            {
                "shot": t.panel.shot, "scene": t.panel.scene, "position": t.staging.position,
                "slugline": t.panel.slugline, "name": t.panel.name, "title": t.panel.title,
                "frames": t.panel.frames, "edited": t.panel.edited,
                "picture": t.panel.picture, "by_hand": t.panel.number in s.by_hand,
                "sha256": drawing_hash(take.path / t.panel.picture),
            }
            for t in s.told
        ],
        "checks": measure(s, take),
    }  # fmt: skip
