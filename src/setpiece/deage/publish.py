"""From finished frames to a published take: files, checks, take.json, credentials, ledger."""

from __future__ import annotations

import json
import os
import platform
import shutil
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from setpiece import __version__
from setpiece.deage.brief import FIRST
from setpiece.deage.deliver import Delivered, deliver, in_words
from setpiece.deage.measure import checks
from setpiece.deage.prepare import load
from setpiece.deage.track import REASONS
from setpiece.errors import SetpieceError, StoreError
from setpiece.farm import Meter, StageDesk, hash_file, hash_source
from setpiece.ledger import Entry, PlateFacts, Rate, StageCost, leave_entry, settle, settle_all
from setpiece.ledger.provenance import Ingredient, Provenance
from setpiece.show import TakeFolder, new_take_folder, open_store

if TYPE_CHECKING:
    from setpiece.deage.shot import Stages, TakeResult

CHARGED = "charged"  # lies in a stage's folder once a take has paid for it


def publish(
    s: Stages, desk: StageDesk, frames: Path, out: Path, database: str | Path | None
) -> TakeResult:
    """Put the take together under a hidden name, then give it its own. Costs go to the ledger.

    Raises StoreError where disk or database refuse; a half-made take is then removed.
    """
    from setpiece.deage.shot import TakeResult

    r = s.request
    store = open_store(database or out / "show.db")
    for complaint in settle_all(store, out):
        desk.watcher.say(complaint)
    names = (r.show, r.sequence, r.shot_name)
    take = new_take_folder(out, *names, r.task, at_least=store.last_version(*names, r.task) + 1)
    try:
        desk.watcher.begin("deliver", False)
        with Meter() as meter:
            made = deliver(s, take, frames, lambda f: desk.watcher.advance("deliver", f))
        costs = [
            StageCost(
                x.name, x.usage.seconds, x.usage.cpu_seconds, x.usage.peak_mb,
                reused=x.reused and (x.folder / CHARGED).is_file(),
            )
            for x in desk.records
        ]  # fmt: skip
        usage = meter.usage
        costs.append(StageCost("deliver", usage.seconds, usage.cpu_seconds, usage.peak_mb))
        rate = Rate.from_environment()
        record = _record(s, take, made, costs, rate)
        text = json.dumps(record, indent=2, default=float)
        (take.path / "take.json").write_text(text, encoding="utf-8")
        plate = s.plate
        leave_entry(
            Entry(
                show=r.show, sequence=r.sequence, shot=r.shot_name, task=r.task,
                version=take.version, brief=in_words(s)[:4000], seed=0,
                plate=PlateFacts(
                    path=str(plate.path), sha256=record["plate"]["sha256"], width=plate.native[0],
                    height=plate.native[1], frames=plate.frames, fps=str(plate.fps),
                    colorspace=plate.colorspace,
                ),
                stages=costs, rate=rate,
            ),
            take.path,
        )  # fmt: skip
        _label(s, desk, take)
        take = take.publish()
    except OSError as error:
        shutil.rmtree(take.path, ignore_errors=True)
        raise StoreError(
            f"{error.filename or take.path}: cannot be written while delivering "
            f"({error.strerror or error}). Free some room or give another folder with --out; "
            "finished frames are kept and the same command goes on from there."
        ) from error
    except BaseException:
        shutil.rmtree(take.path, ignore_errors=True)
        raise
    for x in desk.records:
        with suppress(OSError):
            (x.folder / CHARGED).touch()
    settle(store, take.path)
    desk.watcher.end("deliver", usage.seconds)
    shown = f"{take.stem}.{'png' if s.plate.frames == 1 else 'mp4'}"
    return TakeResult(take.path, take.path / shown, record["checks"], record)


def provenance(s: Stages) -> Provenance:
    """The plate, the photographs by which people were recognised, and the network where one drew.

    Raises InputError where one of them cannot be read any more.
    """
    made_from = [Ingredient.of_plate(s.plate.path)]
    for path in s.references.values():
        # The photograph itself is not handed on, only which one it was.
        one = Ingredient.of("other", path)
        made_from.append(one.model_copy(update={"path": None, "title": "reference photograph"}))
    name = "algorithmicallyEnhanced"
    if s.request.engine != "native":
        from setpiece.deage.network import model_path

        model = Ingredient.of("model", model_path(s.request.engine))
        made_from.append(model.model_copy(update={"path": None}))
        name = "compositeWithTrainedAlgorithmicMedia"
    return Provenance(source_type=name, ingredients=tuple(made_from))


def _label(s: Stages, desk: StageDesk, take: TakeFolder) -> None:
    """Sign what was made. A take is not lost for want of a key: it says so and goes on."""
    from setpiece.ledger.keys import open_key
    from setpiece.ledger.manifest import label

    try:
        label(take.path, provenance(s), open_key(), take.stem)
    except SetpieceError as error:
        again = f"setpiece ledger label {take.path.with_name(take.stem)}"
        desk.watcher.say(f"The take carries no content credentials: {error} Later: {again}")


def _record(
    s: Stages, take: TakeFolder, made: Delivered, costs: list[StageCost], rate: Rate
) -> dict[str, Any]:
    """Everything take.json says."""
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
            "models": [
                {"file": i.title, "sha256": i.sha256}
                for i in provenance(s).ingredients
                if i.role == "model"
            ],
        },
        "people": _people(s, made),
        "checks": checks(made.untouched, made.facts, made.flows.values()),
        "stages": [
            {
                "stage": c.stage, "seconds": round(c.seconds, 2),
                "cpu_seconds": round(c.cpu_seconds, 2), "peak_mb": round(c.peak_mb),
                "cost": round(c.money(rate), 6), "reused": c.reused,
            }
            for c in costs
        ],
        "cost": {
            "total": round(sum(c.money(rate) for c in costs), 6), "currency": rate.currency,
            "per_core_hour": rate.per_core_hour,
        },
        "machine": {"cores": os.cpu_count(), "processor": platform.machine()},
    }  # fmt: skip


def _people(s: Stages, made: Delivered) -> dict[str, Any]:
    """Of each person: which frames were altered and which not, and why; and what was measured."""
    out: dict[str, Any] = {}
    for path in sorted(s.folders["track"].glob("person*.npz")):
        person = load(path).person
        facts = [f["people"].get(person.name) for f in made.facts]
        seen = [f for f in facts if f]
        out[person.name] = {
            "reference_sha256": hash_file(s.references[person.name]),
            "frames": _ranges(person.reason),
            "altered": len(seen),
            "distance": _spread([f["distance"] for f in seen]),
            "to_reference_before": _spread([f["to_reference"][0] for f in seen]),
            "to_reference": _spread([f["to_reference"][1] for f in seen]),
            **{
                f"to_young{word}": _spread([f["to_young"][k] for f in seen])
                for k, word in ((0, "_before"), (1, ""))
                if seen and "to_young" in seen[0]
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
