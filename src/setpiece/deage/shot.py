"""De-ageing from top to bottom: consent, reference, track, frames, deliver.

Consent is asked of the ledger before the plate is even opened, and once more before the take gets
its name. Each stage's result is kept under `<out>/.work`, keyed by all it depends on; the same
command goes on from the last that still holds.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from setpiece.deage.brief import Request
from setpiece.deage.clearance import clear, reference_of
from setpiece.deage.given import fits
from setpiece.deage.identity import Embedding
from setpiece.deage.prepare import load, reference_face, save, track
from setpiece.deage.track import REASONS
from setpiece.errors import InputError
from setpiece.farm import Meter, StageDesk, Watcher, hash_file, hash_source, key_of
from setpiece.media.plate import Plate, open_plate
from setpiece.show import Store, TakeResult, open_store

if TYPE_CHECKING:
    from setpiece.deage.governor import Governed

# Raised when a stage's result would differ for the same inputs: old results are then not reused.
STAGE_VERSION = {"track": 2, "identity": 2, "frames": 3}


@dataclass(frozen=True)
class Stages:
    """Everything that is settled before frames are made, and the folders it lies in.

    people: name -> embedding of the reference. young: of the photographs of --from-photo.
    references: name -> its file. consents: name -> numbers of the consents that cover the work;
    empty in a test. governed: name -> years -> how far the face may go.
    """

    request: Request
    plate: Plate
    people: dict[str, Embedding]
    young: tuple[Embedding, ...]
    references: dict[str, Path]
    consents: dict[str, tuple[int, ...]]
    folders: dict[str, Path] = field(default_factory=dict)
    governed: dict[str, dict[float, Governed]] = field(default_factory=dict)


def deage(
    request: Request,
    *,
    out: str | Path = "takes",
    watcher: Watcher | None = None,
    workers: int | None = None,
    database: str | Path | None = None,
    keep_work: bool = False,
) -> TakeResult:
    """Carry out an order (`brief.check` makes one); returns the finished take.

    out: folder of takes. workers: processes (None: one for each core). database: the show's
    (None: `show.db` in `out`).

    Raises NotCleared where a consent is missing and the order is no test, InputError (and its
    kinds) for what cannot be used or where nobody asked for is in the clip, MissingExtra,
    StageError and StoreError.
    """
    from setpiece.deage.frames import make_frames
    from setpiece.deage.governor import govern_shot, load_governed
    from setpiece.deage.publish import publish

    out = Path(out)
    store = _ledger(out, database)
    consents = {} if request.test else clear(store, request)
    references = {p.name: reference_of(store, p) for p in request.people}
    desk = StageDesk(out / ".work", watcher)
    plate = open_plate(request.plate, colorspace=request.colorspace, fps=request.fps)
    for note in plate.notes:
        desk.watcher.say(note)
    _fits(request, plate)
    people = {name: reference_face(path, name) for name, path in references.items()}
    (whose, *_) = people
    young = tuple(reference_face(path, whose) for path in request.from_photo)
    s = Stages(request, plate, people, young, references, consents)

    track_key = key_of(
        STAGE_VERSION["track"], hash_source(plate.path), request.colorspace,
        {name: hash_file(path) for name, path in references.items()},
    )  # fmt: skip
    s.folders["track"] = desk.run("track", track_key, partial(_track, s), lambda d: d)
    _say_who(s, desk)

    look_key = key_of(
        STAGE_VERSION["identity"], STAGE_VERSION["frames"], track_key,
        request.model_dump(mode="json", include=_OF_FRAMES),
        [p.model_dump(mode="json", exclude={"reference"}) for p in request.people],
        [hash_source(p) if p else None for p in (request.hair, request.age_map)],
        _engine_key(request.engine),
    )  # fmt: skip
    s.governed.update(desk.run("identity", look_key, partial(govern_shot, s), load_governed))
    _say_gains(s, desk)

    frames_key = key_of(
        look_key, request.test, str(plate.fps), [hash_file(p) for p in request.from_photo]
    )
    frames = desk.run(
        "frames", frames_key, partial(make_frames, s, workers), lambda d: d, keep_partial=True
    )
    if not request.test:
        s.consents.update(clear(store, request))  # withdrawn meanwhile: nothing is handed out
    take = publish(s, desk, frames, out, database)
    if not keep_work:
        shutil.rmtree(frames, ignore_errors=True)
    return take


_OF_FRAMES = {"regions", "layers", "hair_colour", "engine", "identity"}


def _ledger(out: Path, database: str | Path | None) -> Store | None:
    """The show's database with its chain, if there is one."""
    from setpiece.ledger import open_chain

    if database is None and not (out / "show.db").is_file():
        return None
    return open_chain(open_store(database or out / "show.db"))


def _fits(request: Request, plate: Plate) -> None:
    fits("--hair", request.hair, plate)
    fits("--age-map", request.age_map, plate)
    if request.engine != "native":
        from setpiece.deage.network import open_network

        open_network(request.engine)


def _engine_key(engine: str) -> str:
    from setpiece.deage.network import model_path

    return engine if engine == "native" else f"{engine} {hash_file(model_path(engine))}"


def _track(s: Stages, folder: Path, progress: Any, _meter: Meter) -> None:
    for n, tracked in enumerate(track(s.plate, s.people, progress).values()):
        save(folder / f"person{n:02d}.npz", tracked)


def _say_gains(s: Stages, desk: StageDesk) -> None:
    for name, many in s.governed.items():
        for years, g in many.items():
            desk.watcher.say(
                f"{name}, {years:g} years: gain {g.gain:.2f}, {g.reached:.2f} from the untouched "
                f"face (limit {g.limit:.2f})"
            )
            if g.reached > g.limit:
                desk.watcher.say(
                    f"{name} is beyond the limit even at the least gain; ask for fewer years."
                )


def _say_who(s: Stages, desk: StageDesk) -> None:
    """Tell in how many frames each person is altered. Raises InputError where in none at all."""
    told = {}
    for path in sorted(s.folders["track"].glob("person*.npz")):
        person = load(path).person
        told[person.name] = frame_counts(person.reason, person.weight)
        count = int((person.weight > 0).sum())
        words = ", ".join(f"{n} {why}" for why, n in told[person.name].items() if why != "altered")
        desk.watcher.say(
            f"{person.name}: altered in {count} of {len(person.weight)} frames"
            + (f" ({words})" if words else "")
        )
        if count and s.request.people and not (person.weight >= 1).any():
            desk.watcher.say(f"{person.name} is nowhere seen well; look at the result closely.")
    if not any("altered" in c or "fading" in c for c in told.values()):
        names = " or ".join(told)
        raise InputError(
            f"{s.plate.path}: no face that is {names} is seen well enough in it to be altered. "
            "Check the clip and the reference photograph; unknown faces are never altered, nor "
            "profiles beyond 60 degrees or faces of a few pixels."
        )


def frame_counts(reason: np.ndarray, weight: np.ndarray) -> Mapping[str, int]:
    """How many frames for each of `track.REASONS`, those that occur."""
    counts = {why: int((reason == n).sum()) for n, why in enumerate(REASONS)}
    return {why: n for why, n in counts.items() if n}
