"""The door from Python: an order as one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from setpiece.deage.brief import check
from setpiece.deage.shot import deage as make
from setpiece.farm import Watcher
from setpiece.show import TakeResult

People = str | Sequence[str] | Mapping[str, str | Path | None]
Years = float | str | Mapping[str, float | str]


def deage(
    plate: str | Path,
    person: People,
    years: Years = 20,
    age: Years | None = None,
    *,
    consent: str | Path | Sequence[str | Path] = (),
    out: str | Path = "takes",
    watcher: Watcher | None = None,
    workers: int | None = None,
    database: str | Path | None = None,
    keep_work: bool = False,
    **options: Any,
) -> TakeResult:
    """Make people in a plate younger or older, where they have consented; the finished take.

    plate: photograph, numbered sequence (`plate.####.exr`) or movie.
    person: "ana" (their consent names the photograph), "ana=ana.jpg", several of these, or
        {"ana": "ana.jpg"}.
    years: taken off (negative: put on): 30, "1001:0 1048:30", or by person {"ana": 30}.
    age: in the plate: 62, or by person {"ana": 62}.
    consent: consent files (`ledger.consent_file`) that are recorded first, each once.
    out, watcher, workers, database, keep_work: as of `shot.deage`.
    options: fields of `brief.Request` (regions, layers, engine, show, scene, test, ...), and
        `reference`, the photograph of one person.

    Raises NotCleared where a consent is missing and the order is no test, InputError (and its
    kinds) for what cannot be used, MissingExtra, StageError and StoreError.
    """
    options = {k: Path(v) if k in _PATHS and v is not None else v for k, v in options.items()}
    options["from_photo"] = tuple(Path(p) for p in _many(options.get("from_photo", ())))
    request = check(Path(plate), _people(person), _by(years), _by(age), **options)
    files = [Path(p) for p in _many(consent)]
    if files:
        from setpiece.ledger import open_chain
        from setpiece.ledger.consent_file import record_file
        from setpiece.ledger.keys import open_key
        from setpiece.show import open_store

        store = open_chain(open_store(database or Path(out) / "show.db"))
        for path in files:
            record_file(store, path, open_key())
    return make(
        request, out=out, watcher=watcher, workers=workers, database=database, keep_work=keep_work
    )


_PATHS = ("reference", "hair", "age_map")


def _people(person: People) -> list[str]:
    if isinstance(person, Mapping):
        return [f"{name}={photo}" if photo else name for name, photo in person.items()]
    return [person] if isinstance(person, str) else list(person)


def _by(value: Years | None) -> list[str]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [f"{name}={one}" for name, one in value.items()]
    return [str(value)]


def _many(value: str | Path | Sequence[str | Path]) -> Sequence[str | Path]:
    return (value,) if isinstance(value, (str, Path)) else value
