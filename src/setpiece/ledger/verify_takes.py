"""Are all the takes of a folder still there, and as they were signed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from setpiece.errors import SetpieceError
from setpiece.ledger.manifest import MANIFEST, check_folder
from setpiece.ledger.shown import RECORD
from setpiece.show.models import Take
from setpiece.show.store import Store

LEDGER = "show.db"


@dataclass(frozen=True)
class Checked:
    """One take: its folder's name, how many files were hashed, and all that is wrong, in words."""

    name: str
    files: int
    problems: tuple[str, ...]


def is_database(path: Path) -> bool:
    """Is this file an SQLite database?"""
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


def takes_in(folder: Path) -> list[Path]:
    """The folders of takes that lie in a folder, by name; half-made ones (hidden) are none."""
    return sorted(
        p for p in folder.iterdir()
        if not p.name.startswith(".")
        and ((p / MANIFEST).is_file() or (p / RECORD).is_file())
    )  # fmt: skip


def is_folder_of_takes(path: Path) -> bool:
    """Is this a folder with a ledger or takes in it, and no take itself?"""
    if not path.is_dir() or (path / MANIFEST).is_file():
        return False
    return (path / LEDGER).is_file() or bool(takes_in(path))


def check_all(folder: Path, store: Store | None) -> Iterator[Checked]:
    """Hash every take in a folder again; name those that are unsigned, unknown to the ledger, or
    on record and gone. store: the folder's ledger, where it has one."""
    known: dict[str, Path] = {}
    if store is not None:
        with store.session() as session:
            places = session.scalars(select(Take.folder).order_by(Take.id))
            known = {Path(p).name: Path(p) for p in places}
    for path in takes_in(folder):  # by name: a whole folder of takes may have been moved
        yield _checked(path, store is None or known.pop(path.name, None) is not None)
    for name, path in known.items():
        if not path.is_dir():
            yield Checked(name, 0, (f"is on record, and its folder {path} is gone",))


def _checked(path: Path, on_record: bool) -> Checked:
    problems = [] if on_record else ["is not on record in this ledger"]
    if not (path / MANIFEST).is_file():
        problems.append(f"is not signed (no {MANIFEST})")
        return Checked(path.name, 0, tuple(problems))
    try:
        report = check_folder(path)
    except SetpieceError as error:
        return Checked(path.name, 0, (*problems, str(error)))
    return Checked(path.name, report.files, (*problems, *report.problems))
