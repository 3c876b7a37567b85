"""From finished frames to a published take: files, and what take.json and credentials say."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from setpiece import __version__
from setpiece.deage.brief import FIRST
from setpiece.deage.deliver import Delivered, deliver, in_words
from setpiece.deage.governor import as_facts
from setpiece.deage.measure import checks
from setpiece.deage.prepare import load
from setpiece.deage.track import REASONS
from setpiece.farm import StageDesk, hash_file, hash_source
from setpiece.ledger.provenance import Ingredient, Provenance
from setpiece.ledger.publish import Order, publish_take
from setpiece.show import TakeFolder, TakeResult

if TYPE_CHECKING:
    from setpiece.deage.shot import Stages


def publish(
    s: Stages, desk: StageDesk, frames: Path, out: Path, database: str | Path | None
) -> TakeResult:
    """The take out of finished frames (see `ledger.publish`)."""
    r, still = s.request, s.plate.frames == 1
    return publish_take(
        Order(r.show, r.sequence, r.shot_name, r.task, in_words(s), 0, s.plate, s.plate.fps),
        desk, out, database,
        fill=lambda take, _meter: deliver(
            s, take, frames, lambda f: desk.watcher.advance("deliver", f)
        ),
        facts=lambda take, made: _record(s, take, made),
        provenance=lambda _record: provenance(s),
        shown=lambda take: f"{take.stem}.{'png' if still else 'mp4'}",
    )  # fmt: skip


def provenance(s: Stages) -> Provenance:
    """The plate, the photographs by which people were recognised, and the network where one drew.

    Raises InputError where one of them cannot be read any more.
    """
    made_from = [Ingredient.of_plate(s.plate.path)]
    for path in s.references.values():
        # The photograph itself is not handed on, only which one it was.
        one = Ingredient.of("other", path)
        made_from.append(one.model_copy(update={"path": None, "title": "reference photograph"}))
    painters = models(s)
    name = "compositeWithTrainedAlgorithmicMedia" if painters else "algorithmicallyEnhanced"
    return Provenance(source_type=name, ingredients=(*made_from, *painters))


def models(s: Stages) -> list[Ingredient]:
    """The network that drew, where one was asked for."""
    if s.request.engine == "native":
        return []
    from setpiece.deage.network import model_path

    model = Ingredient.of("model", model_path(s.request.engine))
    return [model.model_copy(update={"path": None})]


def _record(s: Stages, take: TakeFolder, made: Delivered) -> dict[str, Any]:
    """Everything take.json says of the faces."""
    from setpiece.deage.shot import STAGE_VERSION

    r, plate = s.request, s.plate
    return {
        "take": take.stem,
        "setpiece": __version__,
        "asked": r.model_dump(mode="json", exclude_defaults=True),
        "in_words": in_words(s),
        "test": r.test,
        "consents": {name: list(numbers) for name, numbers in s.consents.items()},
        "scene": r.scene_name,
        "plate": {
            "file": plate.path.name, "sha256": hash_source(plate.path),
            "native": list(plate.native), "colorspace": plate.colorspace,
            "notes": list(plate.notes),
        },
        "frames": f"{FIRST}-{FIRST + plate.frames - 1}",
        "fps": str(plate.fps),
        "size": [plate.width, plate.height],
        "engine": {
            "name": r.engine, "stage_versions": STAGE_VERSION,
            "models": [{"file": m.title, "sha256": m.sha256} for m in models(s)],
        },
        "people": _people(s, made),
        "checks": checks(made.untouched, made.facts, made.flows.values()),
    }  # fmt: skip


def _people(s: Stages, made: Delivered) -> dict[str, Any]:
    """Of each person: which frames were altered and which not, and why; and what was measured."""
    out: dict[str, Any] = {}
    for path in sorted(s.folders["track"].glob("person*.npz")):
        person = load(path).person
        facts = [f["people"].get(person.name) for f in made.facts]
        seen = [f for f in facts if f]
        compared = [f for f in seen if "distance" in f]
        out[person.name] = {
            "reference_sha256": hash_file(s.references[person.name]),
            "frames": _ranges(person.reason),
            "altered": len(seen),
            "compared": len(compared),
            "identity": as_facts(s.governed.get(person.name, {})),
            "distance": _spread([f["distance"] for f in compared]),
            "to_reference_before": _spread([f["to_reference"][0] for f in compared]),
            "to_reference": _spread([f["to_reference"][1] for f in compared]),
            **{
                f"to_young{word}": _spread([f["to_young"][k] for f in compared])
                for k, word in ((0, "_before"), (1, ""))
                if compared and "to_young" in compared[0]
            },
            "texture": _spread([f["texture"] for f in seen]),
            "flow_warp_error": made.flows.get(person.name),
        }
    return out


def _ranges(reason: np.ndarray) -> list[dict[str, str]]:
    """Consecutive frames with one reason: [{"frames": "1001-1024", "why": "altered"}, ...]."""
    cuts = [0, *(np.flatnonzero(np.diff(reason)) + 1).tolist(), len(reason)]
    return [
        {"frames": f"{FIRST + a}-{FIRST + b - 1}", "why": REASONS[int(reason[a])]}
        for a, b in pairwise(cuts)
    ]


def _spread(values: list[float]) -> dict[str, float] | None:
    if not values:
        return None
    return {"median": float(np.median(values)), "worst": float(max(values)),
            "least": float(min(values))}  # fmt: skip
