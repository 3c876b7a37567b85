"""From finished frames to a published take: files, checks, and what take.json says of the shot."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from setpiece import __version__
from setpiece.collapse.checks import NONE_SEEN, debris_sizes
from setpiece.collapse.deliver import deliver
from setpiece.collapse.make import fragments_of, light_of, motion_of
from setpiece.farm import StageDesk, hash_source
from setpiece.ledger.publish import Order, publish_take
from setpiece.show import TakeFolder, TakeResult

if TYPE_CHECKING:
    from setpiece.collapse.shot import Stages

FIRST = 1001
SEEN = 1e-4  # of the picture: less than that of the pieces is nothing, dust covers the fall
FALLS = 2.0  # [m/s] of a piece that falls
MUCH = 0.3  # of the mass that falls, for a frame of the fall


def publish(
    s: Stages, desk: StageDesk, frames: Path, out: Path, database: str | None
) -> TakeResult:
    """The take out of finished frames (see `ledger.publish`)."""
    from setpiece.collapse.provenance import provenance

    r = s.request
    return publish_take(
        Order(r.show, r.sequence, r.shot_name, "collapse", s.brief.text, r.seed, s.plate, s.fps),
        desk, out, database,
        fill=lambda take, _meter: _fill(s, desk, take, frames),
        facts=lambda take, _made: _record(s, take, frames),
        provenance=lambda record: provenance(s, record["measured"]["dust_mass_kg"]["most"] > 0),
        shown=lambda take: f"{take.stem}.mp4",
    )  # fmt: skip


def _fill(s: Stages, desk: StageDesk, take: TakeFolder, frames: Path) -> None:
    """Frames, the stages' files, and everything that is made of frames."""
    _bring_frames(frames, take, s.request.frames)
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


def _bring_frames(frames: Path, take: TakeFolder, count: int) -> None:
    """EXRs into the take under their own names: linked where the disk can, else copied."""
    (take.path / "exr").mkdir()
    for f in range(FIRST, FIRST + count):
        source, target = frames / f"{f}.exr", take.frame(f)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)


def gather_checks(s: Stages, facts: list[dict[str, Any]]) -> dict[str, Any]:
    """The take's checks out of what every frame (facts) and the fall measured."""
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
    falling = [k for k in _falling(s) if facts[k].get("pieces_seen", 1.0) > SEEN]
    if falling and s.brief.debris > 0:
        checks["debris"] = debris_sizes([facts[k].get("debris", NONE_SEEN) for k in falling])
    return {**checks, **motion_of(s).checks}


def _hidden(s: Stages, facts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """When dust has taken three quarters of the building from sight, and how far it had come down
    by then [m], its mass on the mean; None where it never does. A fall that nobody sees is lost."""
    seen = [fact.get("pieces_seen", 1.0) for fact in facts]
    gone = [k for k, share in enumerate(seen) if share < 0.25 * seen[0]]
    if not gone:
        return None
    motion, mass = motion_of(s), fragments_of(s).mass
    drop = (motion.position[0] - motion.position[gone[0]])[:, 2]
    return {"frame": FIRST + gone[0], "fallen_m": float(drop @ (mass / mass.sum()))}


def _falling(s: Stages) -> list[int]:
    """Frames (from 0) in which much of the building is on its way down."""
    motion, mass = motion_of(s), fragments_of(s).mass
    speed = np.linalg.norm(np.diff(motion.position, axis=0), axis=2) * float(motion.fps)
    share = (speed > FALLS * s.brief.slow) @ (mass / mass.sum())
    return [k for k in range(s.request.frames) if share[k] > MUCH]


def _record(s: Stages, take: TakeFolder, frames: Path) -> dict[str, Any]:
    """Everything take.json says of the shot."""
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
    facts = [json.loads((frames / f"{FIRST + f}.json").read_text()) for f in range(r.frames)]
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
            "hidden": _hidden(s, facts),
        },
        "checks": gather_checks(s, facts),
    }  # fmt: skip


def _finite(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
