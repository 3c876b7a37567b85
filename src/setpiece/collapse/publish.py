"""From finished frames to a published take: files, checks, take.json, ledger."""

from __future__ import annotations

import json
import os
import platform
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from setpiece import __version__
from setpiece.collapse.deliver import deliver
from setpiece.collapse.make import fragments_of, light_of, motion_of
from setpiece.errors import SetpieceError, StoreError
from setpiece.farm import Meter, StageDesk, hash_source
from setpiece.ledger import Entry, PlateFacts, Rate, StageCost, leave_entry, settle, settle_all
from setpiece.show import TakeFolder, new_take_folder, open_store

if TYPE_CHECKING:
    from setpiece.collapse.shot import Stages, TakeResult

FIRST = 1001
CHARGED = "charged"  # lies in a stage's folder once a take has paid for it


def publish(
    s: Stages, desk: StageDesk, frames: Path, out: Path, database: str | None
) -> TakeResult:
    """Put the take together under a hidden name, then give it its own. Costs go to the ledger.

    The take is there from the moment it has its name; its rows for the ledger lie in it until the
    database has them (see `ledger.entry`).

    Raises StoreError where disk or database refuse; a half-made take is then removed.
    """
    from setpiece.collapse.shot import TakeResult

    r = s.request
    store = open_store(database or out / "show.db")
    for complaint in settle_all(store, out):  # of runs that stopped before their last step
        desk.watcher.say(complaint)
    names = (r.show, r.sequence, r.shot_name)
    newest = store.last_version(*names, "collapse")
    take = new_take_folder(out, *names, "collapse", at_least=newest + 1)
    try:
        desk.watcher.begin("deliver", False)
        with Meter() as meter:
            _bring_frames(frames, take, r.frames)
            stages = take.path / "stages"
            stages.mkdir()
            for name, file in (
                ("brief", "brief.toml"),
                ("layout", "layout.toml"),
                ("layout", "light.toml"),
                ("fracture", "fragments.npz"),
                ("fall", "motion.npz"),
            ):
                shutil.copyfile(s.folders[name] / file, stages / file)
            shutil.copyfile(s.folders["layout"] / "layout.png", take.path / "layout.png")
            deliver(s, take, frames, lambda f: desk.watcher.advance("deliver", f))
        costs = [
            StageCost(
                x.name, x.usage.seconds, x.usage.cpu_seconds, x.usage.peak_mb,
                # What a run that was cut short made is charged to the take it was made for.
                reused=x.reused and (x.folder / CHARGED).is_file(),
            )
            for x in desk.records
        ]  # fmt: skip
        usage = meter.usage
        costs.append(StageCost("deliver", usage.seconds, usage.cpu_seconds, usage.peak_mb))
        rate = Rate.from_environment()
        record = _record(s, take, frames, costs, rate)
        text = json.dumps(record, indent=2, default=float)
        (take.path / "take.json").write_text(text, encoding="utf-8")
        leave_entry(
            Entry(
                show=r.show, sequence=r.sequence, shot=r.shot_name, task="collapse",
                version=take.version, brief=s.brief.text[:4000], seed=r.seed,
                plate=PlateFacts(
                    path=str(s.plate.path), sha256=record["plate"]["sha256"],
                    width=s.plate.native[0], height=s.plate.native[1], frames=s.plate.frames,
                    fps=str(s.fps), colorspace=s.plate.colorspace,
                ),
                stages=costs, rate=rate,
            ),
            take.path,
        )  # fmt: skip
        _label(s, desk, take, record)
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
        with suppress(OSError):  # at worst the next take pays for it once more
            (x.folder / CHARGED).touch()
    try:
        settle(store, take.path)
    except StoreError as error:
        raise StoreError(
            f"{error} The take is whole in {take.path}; the next run into {out}, or "
            f"`setpiece costs --out {out}`, brings it into the ledger."
        ) from error
    desk.watcher.end("deliver", usage.seconds)
    return TakeResult(take.path, take.path / f"{take.stem}.mp4", record["checks"], record)


def _label(s: Stages, desk: StageDesk, take: TakeFolder, record: dict[str, Any]) -> None:
    """Sign what was made. A take is not lost for want of a key: it says so and goes on."""
    from setpiece.collapse.provenance import provenance
    from setpiece.ledger.keys import open_key
    from setpiece.ledger.manifest import label

    dusty = record["measured"]["dust_mass_kg"]["most"] > 0
    try:
        label(take.path, provenance(s, dusty), open_key(), take.stem)
    except SetpieceError as error:
        again = f"setpiece ledger label {take.path.with_name(take.stem)}"
        desk.watcher.say(f"The take carries no content credentials: {error} Later: {again}")


def _bring_frames(frames: Path, take: TakeFolder, count: int) -> None:
    """EXRs into the take under their own names: linked where the disk can, else copied."""
    (take.path / "exr").mkdir()
    for f in range(FIRST, FIRST + count):
        source, target = frames / f"{f}.exr", take.frame(f)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)


def gather_checks(s: Stages, frames: Path) -> dict[str, Any]:
    """The take's checks out of what every frame and the fall measured."""
    facts = [
        json.loads((frames / f"{FIRST + f}.json").read_text()) for f in range(s.request.frames)
    ]
    untouched = sum(int(f["untouched"]["value"]) for f in facts)
    checks: dict[str, Any] = {
        "plate_untouched": {"ok": untouched == 0, "value": untouched, "limit": 0, "unit": "pixels"},
        "first_frame_psnr": facts[0]["first_frame"],
    }
    pops = [f["pop"] for f in facts if "pop" in f]
    if pops:
        checks["no_pop"] = pops[0]
    ratios = [f["temporal"] for f in facts if "temporal" in f]
    if ratios:
        worst = max(ratios, key=lambda v: abs(v - 1))
        checks["temporal"] = {
            "ok": abs(worst - 1) <= 0.02, "value": worst, "limit": 0.02, "unit": "ratio from 1",
        }  # fmt: skip
    return {**checks, **motion_of(s).checks}


def _record(
    s: Stages, take: TakeFolder, frames: Path, costs: list[StageCost], rate: Rate
) -> dict[str, Any]:
    """Everything take.json says."""
    from setpiece.collapse.dust import Dust
    from setpiece.collapse.order import order_key
    from setpiece.collapse.provenance import models
    from setpiece.collapse.shot import STAGE_VERSION

    r, motion = s.request, motion_of(s)
    plate_hash = hash_source(s.plate.path)
    dust = Dust.open(s.folders["dust"])
    mass = [float(m) for m in dust.checks["mass"]]
    dusty = max(mass, default=0.0) > 0
    pieces = fragments_of(s)
    moved = motion.position[r.frames - 1] - motion.position[0]
    share = pieces.mass / pieces.mass.sum()
    return {
        "take": take.stem,
        "order": order_key(r, plate_hash),
        "setpiece": __version__,
        "asked": r.model_dump(mode="json", exclude_defaults=True),
        "brief": s.brief.model_dump(mode="json"),
        "brief_in_words": s.brief.words(),
        "plate": {
            "file": s.plate.path.name,
            "sha256": plate_hash,
            "native": list(s.plate.native),
            "colorspace": s.plate.colorspace,
            "notes": list(s.plate.notes),
        },
        "frames": f"{FIRST}-{FIRST + r.frames - 1}",
        "fps": str(s.fps),
        "size": [s.plate.width, s.plate.height],
        "seed": r.seed,
        "engine": {
            "name": "built in", "stage_versions": STAGE_VERSION,
            "models": [{"file": m.title, "sha256": m.sha256} for m in models(s, dusty)],
        },
        "layout": {"scale": s.layout.scale_source, "proposed": s.layout.proposed,
                   "notes": s.layout.notes},
        "clean_plate": json.loads((s.folders["prep"] / "clean.json").read_text(encoding="utf-8")),
        "light": light_of(s).model_dump(mode="json"),
        "fragments": len(pieces),
        "measured": {
            "centre_of_mass_moved_m": [float(v) for v in (moved * share[:, None]).sum(0)],
            "onset_s": _finite(motion.release.min()),
            "bonds_broken": int(np.isfinite(motion.bond_break).sum()),
            "dust_mass_kg": {"most": max(mass, default=0.0), "last": mass[-1] if mass else 0.0},
            "dust_centroid_m": dust.checks["centroid"][-1] if dust.checks["centroid"] else None,
        },
        "checks": gather_checks(s, frames),
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


def _finite(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
