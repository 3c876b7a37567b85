"""Which reader a schedule from another program is for."""

from __future__ import annotations

from pathlib import Path

from setpiece.schedule.imported import Imported


def read_board(path: Path) -> Imported | None:
    """What another program's schedule says; None where the file is none (a script, a table).

    A .uss file by its name; a PDF where it has ends of days in it, which no script has.
    Raises InputError: see `read_uss` and `read_movie_magic`.
    """
    if path.suffix.casefold() == ".uss":
        from setpiece.schedule.uss_in import read_uss

        return read_uss(path)
    if path.suffix.casefold() == ".pdf":
        from setpiece.schedule.movie_magic import is_report, read_movie_magic

        return read_movie_magic(path) if is_report(path) else None
    return None
